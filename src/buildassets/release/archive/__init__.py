"""Archives of releases: read, written, unpacked, each form the same bytes for the same release.

Imports `inventory` only.
"""
