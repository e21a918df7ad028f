"""Opens an earlier release so that a build can carry files over from it.

The name that the user gives to a folder, an archive or a served release comes in; its manifest and a function that
fetches its files go out. Imports `archive` and `inventory`.
"""
