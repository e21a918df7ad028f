"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "e45939a9a78ede5c"
