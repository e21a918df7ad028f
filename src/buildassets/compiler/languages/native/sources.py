"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "c316746ab13d6f96"
