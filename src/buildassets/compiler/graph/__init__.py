"""Takes sources and a function that drafts them, gives assets that refer to one another, then names and final contents.

Touches the disk only through `body`, for output maps, and to see whether a file or folder is there. Must not know the
release directory.
"""
