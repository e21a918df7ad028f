"""Results kept between builds: the whole of the last build if nothing changed, else drafts and names.

Takes the record of the last build and the changes since; gives the results that are still valid.
Must not import `build`: the function that builds is passed in.
"""
