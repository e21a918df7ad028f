"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "edd3972fd38ed92a"
