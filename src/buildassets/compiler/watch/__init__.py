"""Takes changes of files, gives builds and events for open pages, for as long as the watch runs.

The function that builds is passed in: this package must not know how a build is made.
"""
