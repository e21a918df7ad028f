"""Runs programs that the project's configuration names: finds them, limits them, reads what they report.

Takes lists of arguments, gives bytes. Knows the vocabulary, `engines.process` and the lock of tools; no configuration.
"""
