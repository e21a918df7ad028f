"""Fonts: what is asked of them, what their headers contain, and how a system font is brought to their measures.

Takes bytes and ranges, gives values. Imports the vocabulary only. `compiler.engines.fonttools` makes files.
"""
