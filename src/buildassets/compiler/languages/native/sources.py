"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "c9338483b49c2e98"
