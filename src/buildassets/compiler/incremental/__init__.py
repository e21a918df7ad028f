"""Builds that do less than everything: nothing if nothing changed, or only the assets that a few changes concern.

Takes the record of the last build and the changes since; gives a result, or reports that a full build is needed.
Must not import `build`: the function that builds everything is passed in.
"""
