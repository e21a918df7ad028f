"""Named assets come in, a release directory and its manifest go out, with what is kept of earlier releases.

Must not know how assets are made.
"""
