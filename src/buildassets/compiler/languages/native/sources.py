"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "8ba69c6dc079a55b"
