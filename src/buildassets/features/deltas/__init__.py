"""Deltas: assets compressed against the files that browsers have of earlier releases (RFC 9842)."""
