"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "f70804893c53cbe4"
