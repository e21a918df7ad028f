"""Earlier releases to carry files over from: folders, archives, or served ones.

A name that the user gives comes in, a manifest and what fetches its files go out. Imports `archive` and `inventory`.
"""
