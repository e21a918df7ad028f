"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "8d666fd133c8a02c"
