"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "b363d945471f7efc"
