"""Compilers that are programs: which there are, for which machines, and where they lie. `located` is all of a build."""
