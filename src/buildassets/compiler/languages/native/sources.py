"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "7b4dcef1f86984d9"
