"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "6530c3f42a85f8de"
