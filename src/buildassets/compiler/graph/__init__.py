"""Takes drafts, gives assets that refer to one another, and then their names and final contents.

Touches the disk only through `body` and for output maps. Must not know the release directory.
"""
