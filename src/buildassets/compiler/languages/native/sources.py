"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "51caeb63aef474ca"
