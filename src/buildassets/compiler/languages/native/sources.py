"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "c2d4f1e9838ca5c4"
