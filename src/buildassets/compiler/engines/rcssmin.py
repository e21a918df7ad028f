"""Minifies style sheets with rcssmin, and uses a result only if it is proven to mean the same.

rcssmin knows no grammar: it takes spaces out of strings and custom properties and puts some where a comment was. Its
result has to have the essence of the source; if it has not, the source's own tokens are written with the least
between them.
"""

from collections.abc import Iterator
from functools import cached_property

import rcssmin

from buildassets.compiler.engines.program_files import files_of_modules
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.languages.css.minify import alignment
from buildassets.compiler.languages.css.open_ends import MOST_OPEN_ENDS, open_ends
from buildassets.compiler.languages.css.proof import Source
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import encoded_map, map_of_pairs
from buildassets.compiler.languages.source_map.values import Origin
from buildassets.diagnostics import Diagnostic, Location, locate, warning
from buildassets.media import Syntax


class RcssminEngine:
    """Minifies style sheets.

    Comments that begin with `/*!` stay. All others go, `/*# sourceMappingURL=` with them: that map is one of the
    source.
    """

    name = "rcssmin"
    version = f"rcssmin {rcssmin.__version__}"
    reads: tuple[str, ...] = ()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files of the package, which is two modules."""
        return files_of_modules("rcssmin", "_rcssmin")

    def run(self, given: EngineInput) -> Compiled:
        """The same sheet in fewer characters; a warning for each place that browsers ignore."""
        text = given.text
        faulty = open_ends(text)
        warnings = tuple(
            warning("css/syntax", one.message, locate(given.shown, text, one.start, one.end), hint=one.hint)
            for one in faulty[:MOST_OPEN_ENDS]
        )
        source = Source(text)
        for minified in _minified(text, source, by_rcssmin=not faulty):
            if source.means(minified):
                source_map = _source_map(minified, given) if given.wants_source_map else None
                return Compiled(minified, diagnostics=warnings, source_map=source_map)
        source_map = _source_map(text, given) if given.wants_source_map else None
        return Compiled(text, diagnostics=(*warnings, _unproven(given.shown)), source_map=source_map)

    def close(self) -> None:
        """Do nothing: the engine has no resources."""


def _minified(text: str, source: Source, *, by_rcssmin: bool) -> Iterator[str]:
    """Shorter texts, still to be proven, of which the last one always passes.

    A text that would be no shorter is replaced by the source itself.
    """
    if by_rcssmin:  # not where a token is unclosed: 50,000 `/*!` take it three seconds, and four times that if doubled
        # As bytes, so that lone surrogates do it no harm.
        encoded = text.encode("utf-8", "surrogatepass")
        yield min(text, rcssmin.cssmin(encoded, keep_bang_comments=True).decode("utf-8", "surrogatepass"), key=len)
    yield min(text, source.joined(), key=len)
    yield min(text, source.written_apart(), key=len)


def _source_map(minified: str, given: EngineInput) -> str:
    pairs = alignment(minified, given.text)
    source_map = map_of_pairs(pairs, Origin(given.path), Lines(given.text, Syntax.CSS))
    return encoded_map(source_map, Lines(minified, Syntax.CSS))


def _unproven(shown: str) -> Diagnostic:
    message = f"`{shown}` is not minified: no shorter text is proven to mean the same"
    return warning(
        "css/unproven", message, Location(shown), hint='set `css = "none"` under `[tool.buildassets.engines]`'
    )


def rcssmin_engine(_options: EngineOptions) -> RcssminEngine:
    """The engine `rcssmin`."""
    return RcssminEngine()
