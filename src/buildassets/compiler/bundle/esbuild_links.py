"""Finds what esbuild put into a bundle by a link out of a source root, which discovery skips.

Takes esbuild's pieces, gives diagnostics. Asks the disk about links, and reads files only to find the place of a fault.
"""

from collections.abc import Callable, Iterator, Mapping

from buildassets.compiler.bundle.esbuild_lookups import ways
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.esbuild.bundle import Import, Pieces
from buildassets.compiler.model import Source
from buildassets.compiler.sources.links import BY_OWN_PATH, LINK_OUTSIDE, LinksOutside
from buildassets.diagnostics import Diagnostic, Location, error, locate
from buildassets.files import content_of


def linked_imports(
    pieces: Pieces, config: Config, by_path: Mapping[str, Source], as_configured: Callable[[str], str]
) -> Iterator[Diagnostic]:
    """An error for each import that leads along such a link.

    `by_path` are the sources by their real paths; `as_configured` spells a real path as the user named its folder.
    """
    links = LinksOutside(config)
    for one in pieces.imports:
        source = by_path.get(one.importer)
        importers = {as_configured(one.importer), source.path if source else one.importer}
        for importer in sorted(importers):
            found = links.among(ways(one, importer, as_configured(one.path)))
            for path, link in found.items():
                name = config.shown(path)
                what = f"`{name}` is" if name == link else f"`{name}` is reached by `{link}`,"
                where = _place(one, config.shown(as_configured(one.importer)))
                yield error("source/link-outside", f"{what} {LINK_OUTSIDE}", where, hint=BY_OWN_PATH)


def _place(one: Import, shown: str) -> Location:
    try:
        text = content_of(one.importer).decode("utf-8", "replace")
    except OSError:
        return Location(shown)
    start = next((at for mark in "\"'`(" if (at := text.find(mark + one.written)) >= 0), -1)
    return Location(shown) if start < 0 else locate(shown, text, start + 1, start + 1 + len(one.written))
