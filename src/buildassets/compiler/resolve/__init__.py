"""Resolves references: takes URLs and module names, gives logical paths, by URL rules and Node's algorithm.

Must not import sources; only `package_json` and `browser_files` read files.
"""
