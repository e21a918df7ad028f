"""Drafts come in; assets that refer to one another go out, and then their names and contents.

Touches the disk through `body` and for output maps only. Must not know the release directory.
"""
