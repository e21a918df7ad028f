"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "e0e477f08f88ff70"
