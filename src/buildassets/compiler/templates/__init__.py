"""Checks templates: takes them and the names of a release, gives missing names, unchecked places and used assets.

Reads templates, renders none. Must not import the graph: it needs only names.
"""
