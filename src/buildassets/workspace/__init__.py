"""Workspaces: which projects there are, and which of them a change can reach.

Takes a folder, gives projects, each with its configuration. `cli` builds them; nothing here does.
"""
