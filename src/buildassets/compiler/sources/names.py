"""What sources are called: by their files, and by what these are compiled to. Pure."""

from posixpath import basename, dirname, join
from typing import Final

from buildassets.compiler.model import Source
from buildassets.lazy_pattern import lazy_pattern

_DIGESTED: Final = lazy_pattern(r"-[0-9a-zA-Z_-]{7,128}\.digested")


def file_name(source: Source) -> str:
    """The logical path that `source` would have if it were not compiled: with the suffix of its file."""
    return join(dirname(source.logical), basename(source.relative))


def names_of(source: Source) -> tuple[str, ...]:
    """What a user may call `source`: its logical path, and the name of its file where it is compiled."""
    return tuple(dict.fromkeys((source.logical, file_name(source))))


def is_compiled(source: Source) -> bool:
    """Whether the asset has another suffix than its file, as what is compiled has."""
    return file_name(source) != source.logical


def is_template(source: Source) -> bool:
    """Whether the source is a template that becomes a script."""
    return source.logical.endswith(f"{source.relative}.js")


def carries_digest(logical: str) -> bool:
    """Whether a name has a digest and marks it, as `chunk-ABCDEFGH.digested.js` does (Propshaft, `Asset`)."""
    return ".digested" in logical and _DIGESTED.search(logical) is not None
