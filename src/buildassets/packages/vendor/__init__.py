"""Packages for browsers: which versions go together, and their files in a source root."""
