"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "dde7ef830f2131f0"
