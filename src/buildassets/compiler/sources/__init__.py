"""Takes source roots, gives a Source for each file that makes an asset.

Reads folders. Must not import the stages that make drafts of sources.
"""
