"""Provides the dotted names of django-compressor if that is not installed.

Settings, and modules of the project, may name its finder, storages, parsers and filters; a project that has it
installed gets its own. Imports nothing before it is asked for.
"""
