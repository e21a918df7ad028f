"""Facts that the files of a project show, for the verbs `init` and `doctor`: framework, settings, dependencies, assets.

Takes a folder, gives frozen values. Reads files and runs nothing of the project. May import `migrate` and what that
may.
"""
