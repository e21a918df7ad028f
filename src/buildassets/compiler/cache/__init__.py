"""Keeps the results of earlier builds and decides whether they are still valid: takes keys and digests, gives values.

Must not import a stage. `folder`, `stamps` and `toolchain` load next to nothing: a build with nothing to do needs only
them.
"""
