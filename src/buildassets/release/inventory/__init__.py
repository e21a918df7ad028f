"""What a release has to hold by its manifest, and what a folder or archive does hold.

A manifest and files come in, an inventory and a report go out. Imports no other package of the wing.
"""
