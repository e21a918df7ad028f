"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "d6d77dc3637911cb"
