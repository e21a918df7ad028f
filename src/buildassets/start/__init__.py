"""What `buildassets init` proposes for a project: edits of its files, and what is left to do by hand.

Takes what `project` found, gives frozen values; only `edits` writes. Knows nothing of the command line.
"""
