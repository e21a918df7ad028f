"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "b6865e6dc2f0bff6"
