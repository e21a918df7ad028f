"""Sass: Dart Sass through its embedded protocol, libsass in a child process, and the code that both share.

Takes Sass sheets, gives style sheets and the files that were read. Imports languages and the engines' protocol.
"""
