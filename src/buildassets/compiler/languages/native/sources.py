"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "e48eb7bc3856d819"
