"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "3f961762f7bbfd80"
