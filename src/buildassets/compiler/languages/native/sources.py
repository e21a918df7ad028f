"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "cb0d02426512a70c"
