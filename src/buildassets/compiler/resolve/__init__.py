"""What a reference means: URLs, and Node's algorithm over packages. Names come in, logical paths go out.

Must not import sources; only `package_json` reads files.
"""
