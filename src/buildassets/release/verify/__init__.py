"""Verifies that a release, in a folder or an archive, matches its manifest, and that its sources still make it.

A release comes in, a report goes out; nothing is written. Imports `archive` and `inventory`.
"""
