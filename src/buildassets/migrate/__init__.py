"""Takes a project of another system, gives an account of each of its lines and a configuration of ours.

Writes nothing. May import the `compile` parts of `compat` and the compiler.
"""
