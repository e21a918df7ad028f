"""The contents of a release, for people: sizes, references, duplicates, changes. Manifests come in, documents go out.

Reads no file but its own page; knows `diff`, and nothing else of `release`.
"""
