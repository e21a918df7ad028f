"""The parts for a web process: the key of a block, the tag's nodes, and the look-up in the manifest.

Imports the vocabulary and `runtime` only; the build stage imports it, so that both find the same keys.
"""
