"""The names of sources: that of the file, and that of the asset. Pure."""

from typing import Final

from buildassets.compiler.model import Source
from buildassets.compiler.sources.uncompiled import TYPED
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import suffix

_DIGESTED: Final = lazy_pattern(r"-[0-9a-zA-Z_-]{7,128}\.digested")


def file_name(source: Source) -> str:
    """The logical path that `source` would have if it were not compiled: with the suffix of its file."""
    logical, relative = source.logical, source.relative
    return logical[: logical.rfind("/") + 1] + relative[relative.rfind("/") + 1 :]


def names_of(source: Source) -> tuple[str, ...]:
    """The names that a user may use for `source`: its logical path, and if it is compiled, that of its file."""
    return tuple(dict.fromkeys((source.logical, file_name(source))))


def is_compiled(source: Source) -> bool:
    """Whether the file is compiled, so that its asset has another suffix."""
    return file_name(source) != source.logical


def is_typed(source: Source) -> bool:
    """Whether the source is in TypeScript or JSX and is compiled to a script."""
    return suffix(source.relative) in TYPED and is_compiled(source)


def is_script_template(source: Source) -> bool:
    """Whether the source is a template that becomes a script."""
    return source.logical.endswith(f"{source.relative}.js")


def carries_digest(logical: str) -> bool:
    """Whether a name has a digest that is marked as such: `chunk-ABCDEFGH.digested.js` (Propshaft, `Asset`)."""
    return ".digested" in logical and _DIGESTED.search(logical) is not None
