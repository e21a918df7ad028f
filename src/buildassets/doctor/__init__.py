"""Finds what is wrong with a project, its release, its tools and this machine, for the verb `doctor`.

Takes what `project` found and a configuration, gives diagnostics. Writes nothing, and runs nothing of the project
unless that is asked for.
"""
