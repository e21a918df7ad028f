"""Minifies style sheets: writes what they mean, and uses a result only if it is proven to mean the same."""

from buildassets._version import __version__
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.languages.css.minify import alignment
from buildassets.compiler.languages.css.open_ends import MOST_OPEN_ENDS, open_ends
from buildassets.compiler.languages.css.proof import ProvenSheet
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import encoded_map, map_of_pairs
from buildassets.compiler.languages.source_map.values import Origin
from buildassets.foundation.diagnostics import Diagnostic, Location, locate, warning
from buildassets.foundation.media import Syntax


class SheetEngine:
    """Minifies style sheets.

    Comments that begin with `/*!` stay. All others go, `/*# sourceMappingURL=` with them: that map is one of the
    source.
    """

    name = "builtin"
    version = f"buildassets {__version__}"
    programs: tuple[str, ...] = ()  # our own, which are part of every key
    reads: tuple[str, ...] = ()

    def run(self, given: EngineInput) -> Compiled:
        """The same sheet in fewer characters; a warning for each place that browsers ignore."""
        text = given.text
        warnings = tuple(
            warning("css/syntax", one.message, locate(given.shown, text, one.start, one.end), hint=one.hint)
            for one in open_ends(text)[:MOST_OPEN_ENDS]
        )
        source = ProvenSheet(text)
        for written in (source.joined, source.written_apart):  # what is joined may run together
            minified = min(text, written(), key=len)
            if source.means(minified):
                source_map = _source_map(minified, given) if given.wants_source_map else None
                return Compiled(minified, diagnostics=warnings, source_map=source_map)
        source_map = _source_map(text, given) if given.wants_source_map else None
        return Compiled(text, diagnostics=(*warnings, _unproven(given.shown)), source_map=source_map)

    def close(self) -> None:
        """Do nothing: the engine has no resources."""


def _source_map(minified: str, given: EngineInput) -> str:
    pairs = alignment(minified, given.text)
    source_map = map_of_pairs(pairs, Origin(given.path), Lines(given.text, Syntax.CSS))
    return encoded_map(source_map, Lines(minified, Syntax.CSS))


def _unproven(shown: str) -> Diagnostic:
    message = f"`{shown}` is not minified: no shorter text is proven to mean the same"
    return warning(
        "css/unproven", message, Location(shown), hint='set `css = "none"` under `[tool.buildassets.engines]`'
    )


def sheet_engine(_options: EngineOptions) -> SheetEngine:
    """The engine `builtin` for style sheets."""
    return SheetEngine()
