"""The digest of `native/`, by which a library that was made of other sources is known. Written by `make`."""

SOURCES = "60c19d6a42ce2628"
