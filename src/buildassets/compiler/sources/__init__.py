"""Source roots come in, a Source for each file that makes an asset goes out.

Reads folders. Must not import what makes drafts of sources.
"""
