"""Documents what a release was made of: a statement and a bill of materials, written next to it.

A release and the digests of its sources come in, two documents go out. Imports `inventory` only.
"""
