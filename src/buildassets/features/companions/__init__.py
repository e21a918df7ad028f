"""Companions: files beside the assets by which other systems find the fingerprinted names, and the precache list."""
