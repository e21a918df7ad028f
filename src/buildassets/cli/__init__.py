"""The command line, a module for each verb: arguments come in, messages and an exit code go out.

Imports every package; none imports it.
"""
