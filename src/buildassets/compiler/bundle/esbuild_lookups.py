"""Lists what decides to which file an import of a bundle leads: esbuild reports the real path of that file only.

Takes esbuild's imports, gives paths. Asks the disk which of them there are.
"""

import os
from collections.abc import Iterable, Iterator

from buildassets.compiler.engines.esbuild.bundle import BundledImport
from buildassets.compiler.engines.esbuild.special_files import candidates
from buildassets.compiler.resolve.node import package_of

_PACKAGES = "node_modules"


def lookups(imports: Iterable[BundledImport]) -> dict[str, tuple[set[str], set[str]]]:
    """Of each importer: files by the paths at which esbuild found them, through links; where it found no package."""
    by_importer: dict[str, tuple[set[str], set[str]]] = {}
    for one in imports:
        found, absent = by_importer.setdefault(one.importer, (set(), set()))
        found.update(filter(os.path.isfile, ways(one, one.importer, one.path)))
        if name := _package(one.written):
            nearer: set[str] = set()
            for place in _places(os.path.dirname(one.importer), name):
                if os.path.isdir(place):
                    found.update(filter(os.path.isfile, [os.path.join(place, "package.json")]))
                    absent |= nearer
                    break
                nearer.add(place)
    return by_importer


def ways(one: BundledImport, importer: str, own: str) -> Iterator[str]:
    """The path by which a relative import of `importer` leads to its file, if that is not the file's `own`."""
    written = one.written.partition("?")[0]
    if written.startswith("."):
        named = os.path.normpath(os.path.join(os.path.dirname(importer), written))
        if not own.startswith(named):
            yield from (path for path in candidates(named) if os.path.realpath(path) == one.path)


def _package(written: str) -> str | None:
    """The name of the package that an import may mean; None if it means a file, a URL or what its own package names."""
    if written.startswith((".", "/", "#")) or ":" in written:
        return None
    return package_of(written) or None


def _places(folder: str, name: str) -> Iterator[str]:
    """Where Node looks for the package `name` from `folder` on, the nearest first."""
    while True:
        if os.path.basename(folder) != _PACKAGES:
            yield os.path.join(folder, _PACKAGES, name)
        if folder == (folder := os.path.dirname(folder)):
            return
