"""The build stage: a configuration and source roots come in, a release directory and diagnostics go out. Private.

Must not import the run stage, what is done with a release, or the command line.
"""
