"""The build stage: takes a configuration and source roots, gives a release directory and diagnostics. Private.

Must not import the runtime, the packages that work on a finished release, or the command line.
"""
