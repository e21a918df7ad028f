"""Changes of files come in, builds and messages to open pages go out, for as long as the watch runs.

Builds by a function that it is given. Must not know how a build is made.
"""
