"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "a9ed30312b2719c5"
