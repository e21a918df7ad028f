"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "a94f0e4010b78064"
