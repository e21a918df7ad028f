"""Finds sources by the names that directives use. Pure.

After Sprockets (`resolve_under_paths`): of the sources with a name, whatever their suffixes, the first file of a
fitting kind; then an index in a folder of that name.
"""

from collections.abc import Callable, Iterable, Iterator
from posixpath import basename, dirname, join, normpath
from typing import Final, Protocol

from buildassets.compiler.model import Source
from buildassets.compiler.resolve.node import Description
from buildassets.compiler.sources.uncompiled import compiled_name
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax, media_of, suffix

_JST: Final = ".jst"
# As Sprockets 4.2 registers them, where the standard names of today are others.
_TYPES_OF_SPROCKETS: Final = {
    ".js": "application/javascript",
    ".ico": "image/x-icon",
    ".otf": "application/x-font-opentype",
    ".ttf": "application/x-font-ttf",
    ".woff": "application/font-woff",
    ".woff2": "application/font-woff2",
    ".xml": "application/xml",
}


@frozen
class KindFilter:
    """The kind of source that a directive asks for: that of files with `suffix`, or any if it is None."""

    suffix: str | None

    def fits(self, source: Source) -> bool:
        """Whether `source` is of that kind, or would be if something compiled it."""
        return self.suffix is None or syntax_of(source) is media_of(f"x{self.suffix}").syntax


def _compiled(source: Source) -> str:
    """The name of the compiled file of `source`, whether an engine compiles it or another tool would."""
    return compiled_name(source.logical) if source.uncompiled else source.logical


def syntax_of(source: Source) -> Syntax | None:
    """The syntax of the compiled file of `source`."""
    return media_of(_compiled(source)).syntax


def kinds_of(source: Source) -> tuple[str, ...]:
    """The suffix and the media type of the compiled file of `source`, and Sprockets' type, if that is another."""
    kind = suffix(_compiled(source))
    own = _TYPES_OF_SPROCKETS.get(kind)
    return (kind, media_of(_compiled(source)).type, *([own] if own else []))


def stem_of(name: str, source: Source) -> str:
    """The `name` of the file of `source` without suffixes: `v/item.jst`, `v/item.jst.ejs`, `v/item.js` → `v/item`."""
    name = compiled_name(name) if source.uncompiled else name
    name = name[: -len(suffix(name)) or None]
    return name.removesuffix(_JST) if source.uncompiled else name


class SourcesByName:
    """Sources by their names; `name_of` gives the name of a source's file."""

    def __init__(self, sources: Iterable[Source], name_of: Callable[[Source], str]) -> None:
        self._exact: dict[str, Source] = {}
        self._of_stem: dict[str, list[Source]] = {}
        ordered = sorted(sources, key=lambda source: (source.uncompiled, source.root, source.path))
        named = [(name_of(source), source) for source in ordered]
        for name, source in named:
            self._exact.setdefault(name, source)
            self._of_stem.setdefault(stem_of(name, source), []).append(source)
        for name, source in named:  # a file with the exact name goes before one that is compiled to it
            self._exact.setdefault(join(dirname(name), basename(source.logical)), source)
            self._exact.setdefault(stem_of(name, source) + suffix(_compiled(source)), source)

    def __iter__(self) -> Iterator[str]:
        return iter(self._exact)

    def direct(self, name: str, kind: KindFilter) -> Source | None:
        """The source of that name, with or without its suffix."""
        if kind.suffix is None:
            candidates = [self._exact.get(name), *self._of_stem.get(name, ())]
        else:
            candidates = [self._exact.get(name + kind.suffix), self._exact.get(name)]
        return next((source for source in candidates if source and kind.fits(source)), None)

    def index(self, name: str, kind: KindFilter) -> Source | None:
        """The index file in the folder of that name."""
        if kind.suffix is None:
            return next(iter(self._of_stem.get(f"{name}/index", ())), None)
        index = self._exact.get(f"{name}/index{kind.suffix}")
        return index if index and kind.fits(index) else None


class Place(Protocol):
    """A folder that contains packages. `makes_assets` is true if files in it can be released."""

    makes_assets: bool

    def source(self, name: str) -> Source | None:
        """The file of that name below the folder."""

    def description(self, name: str) -> Description:
        """The content of the `package.json` of the folder `name`."""

    def name_of(self, path: str) -> str | None:
        """The name of the file at the absolute `path` below the folder; None if it does not lie there."""


def candidates(name: str, kind: str | None, description: Callable[[str], Description]) -> Iterator[str]:
    """The files that `name` may mean, the first existing one counts: a file, the `main` of a package, an index.

    `kind` is the suffix of the file, None if any may be meant. A package of style sheets may name one as its `style`.
    """
    if kind is not None:
        yield name + kind
    yield name
    described = description(name)
    for key in ("style", "main") if kind == ".css" else ("main",):
        given = described.get(key)
        for main in given if isinstance(given, list) else [given]:
            if isinstance(main, str) and main:
                path = normpath(join(name, main))
                yield from (path, f"{path}{kind or '.js'}")
    yield f"{name}/index{kind or '.js'}"
