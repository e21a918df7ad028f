"""Pictures: what their headers contain. Nothing here decodes pixels.

Takes bytes, gives sizes.
"""
