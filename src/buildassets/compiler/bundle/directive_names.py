"""What directives may call a source, and how one is found by such a name. Pure.

After Sprockets (`resolve_under_paths`): of the sources that have a name, with whatever suffix, the first by its file
that is of a fitting kind; then an index in a folder of that name.
"""

from collections.abc import Callable, Iterable, Iterator
from posixpath import basename, dirname, join, normpath
from typing import Final, Protocol

from buildassets.compiler.model import Source
from buildassets.compiler.resolve.node import Description
from buildassets.compiler.sources.uncompiled import compiled_name
from buildassets.frozen import frozen
from buildassets.media import Syntax, media_of, suffix

_JST: Final = ".jst"


@frozen
class Wanted:
    """A source that a directive asks for: of the kind with the suffix `kind`, or of any where that is None."""

    kind: str | None

    def fits(self, source: Source) -> bool:
        """Whether `source` is, or would be once somebody compiled it, of that kind."""
        return self.kind is None or syntax_of(source) is media_of(f"x{self.kind}").syntax


def _compiled(source: Source) -> str:
    """What `source` is called where it is compiled, by us or by somebody else."""
    return compiled_name(source.logical) if source.uncompiled else source.logical


def syntax_of(source: Source) -> Syntax | None:
    """The syntax of what `source` is compiled to, or would be."""
    return media_of(_compiled(source)).syntax


def kinds_of(source: Source) -> tuple[str, str]:
    """The suffix and the media type of the same."""
    return suffix(_compiled(source)), media_of(_compiled(source)).type


def stem_of(name: str, source: Source) -> str:
    """The `name` of the file of `source` without suffixes: `v/item.jst`, `v/item.jst.ejs`, `v/item.js` → `v/item`."""
    name = compiled_name(name) if source.uncompiled else name
    name = name[: -len(suffix(name)) or None]
    return name.removesuffix(_JST) if source.uncompiled else name


class Names:
    """Sources by their names; `name_of` gives that of a source's file."""

    def __init__(self, sources: Iterable[Source], name_of: Callable[[Source], str]) -> None:
        self._exact: dict[str, Source] = {}
        self._of_stem: dict[str, list[Source]] = {}
        ordered = sorted(sources, key=lambda one: (one.uncompiled, one.root, one.path))
        named = [(name_of(source), source) for source in ordered]
        for name, source in named:
            self._exact.setdefault(name, source)
            self._of_stem.setdefault(stem_of(name, source), []).append(source)
        for name, source in named:  # what is called so itself goes before what is compiled to it
            self._exact.setdefault(join(dirname(name), basename(source.logical)), source)
            self._exact.setdefault(stem_of(name, source) + suffix(_compiled(source)), source)

    def __iter__(self) -> Iterator[str]:
        return iter(self._exact)

    def direct(self, name: str, wanted: Wanted) -> Source | None:
        """The source of that name, with or without its suffix."""
        if wanted.kind is None:
            candidates = [self._exact.get(name), *self._of_stem.get(name, ())]
        else:
            candidates = [self._exact.get(name + wanted.kind), self._exact.get(name)]
        return next((one for one in candidates if one and wanted.fits(one)), None)

    def index(self, name: str, wanted: Wanted) -> Source | None:
        """The index in the folder of that name."""
        if wanted.kind is None:
            return next(iter(self._of_stem.get(f"{name}/index", ())), None)
        found = self._exact.get(f"{name}/index{wanted.kind}")
        return found if found and wanted.fits(found) else None


class Place(Protocol):
    """A folder in which packages lie; whether files in it can be released."""

    makes_assets: bool

    def source(self, name: str) -> Source | None:
        """The file of that name below the folder."""

    def description(self, name: str) -> Description:
        """What the `package.json` of the folder `name` contains."""

    def name_of(self, path: str) -> str | None:
        """What the file at the absolute `path` is called below the folder, if it lies there."""


def candidates(name: str, kind: str | None, description: Callable[[str], Description]) -> Iterator[str]:
    """What `name` may stand for, the first that is there counts: a file, what a package names as its `main`, an index.

    `kind` is the suffix of what is wanted, None where any file may be meant. A package of style sheets names one as its
    `style`.
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
