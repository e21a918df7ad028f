"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "f3ae7e90c9d17bf5"
