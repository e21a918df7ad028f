"""Takes named assets, gives a release directory and its manifest, with the retained files of earlier releases.

Must not know how assets are made.
"""
