"""Sass: Dart Sass by its embedded protocol, libsass in a child, and what both need of sheets and messages.

Sheets come in, style sheets with the files that were read go out. Imports languages and the engines' protocol.
"""
