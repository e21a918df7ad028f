"""Differences between two releases, and their causes. Manifests come in, values and text go out.

Imports nothing else of `release`, and reads no file.
"""
