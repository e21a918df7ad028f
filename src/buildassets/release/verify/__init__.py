"""Whether a release is what its manifest says, in a folder or an archive, and whether it can be built again.

A release comes in, a report goes out; nothing is written. Imports `archive` and `inventory`.
"""
