"""Compilers that are programs: the known ones, their platforms, and their files. Builds use only `located`."""
