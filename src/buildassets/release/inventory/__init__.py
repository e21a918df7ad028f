"""Lists what a release must hold by its manifest, and compares that with what a folder or archive holds.

A manifest and files come in, an inventory and a report go out. Imports no other package of `release`.
"""
