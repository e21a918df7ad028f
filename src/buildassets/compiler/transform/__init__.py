"""A Source comes in, a Draft goes out: compiled, minified, its references found, in this process or in workers.

Runs engines, reads sources and the cache. Must not know what else is in the release.
"""
