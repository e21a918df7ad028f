"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "1b7210c35c2ab15e"
