"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "0596bc572f32dc85"
