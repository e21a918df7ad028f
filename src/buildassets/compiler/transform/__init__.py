"""Takes a Source, gives a Draft: compiled, minified, with its references, made in this process or in workers.

Runs engines, reads sources and the cache. Must not depend on the rest of the release.
"""
