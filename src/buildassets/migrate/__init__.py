"""A project of another system comes in, an account of each of its lines and a configuration of ours go out.

Writes nothing. May import the build parts of `compat` and the compiler.
"""
