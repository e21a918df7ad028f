"""Minifies SVG, HTML and JSON with our own readers: what goes is white space and comments, and the tree stays.

Each result is read again and compared with the source by the module of its language. A text for which there is no
proof, such as one that is not well-formed, is left unchanged.
"""

from collections.abc import Callable
from typing import Final

from buildassets._version import __version__
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.languages.json import lexer as json
from buildassets.compiler.languages.markup import html_minify as html
from buildassets.compiler.languages.markup import svg_minify as svg
from buildassets.errors import BuildError
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import percent_decoded, split_url

_ELSEWHERE: Final = lazy_pattern(r"[/\\]|[A-Za-z][A-Za-z0-9+.-]*:")  # what begins so is no relative path


class SpacesEngine:
    """Minifies one language with `minified`, which gives None where it cannot prove anything."""

    name = "spaces"
    version = f"buildassets {__version__}"
    programs: tuple[str, ...] = ()  # our own, which are part of every key
    reads: tuple[str, ...] = ()

    def __init__(self, minified: Callable[[EngineInput], str | None]) -> None:
        self._minified = minified

    def run(self, given: EngineInput) -> Compiled:
        """The same document in fewer characters, or as it is."""
        made = self._minified(given)
        return Compiled(
            given.text if made is None else min(given.text, made, key=len),
            inputs=tuple(sorted(given.reader.inputs)),
            absences=tuple(sorted(given.reader.absences)),
        )

    def close(self) -> None:
        """Do nothing: the engine has no resources."""


def svg_engine(_options: EngineOptions) -> SpacesEngine:
    """The engine `builtin` for SVG."""
    return SpacesEngine(_svg)


def html_engine(_options: EngineOptions) -> SpacesEngine:
    """The engine `builtin` for HTML."""
    return SpacesEngine(_html)


def json_engine(_options: EngineOptions) -> SpacesEngine:
    """The engine `builtin` for JSON and web app manifests."""
    return SpacesEngine(_json)


def _svg(given: EngineInput) -> str | None:
    return svg.minified(given.text)


def _json(given: EngineInput) -> str | None:
    return json.minified(given.text)


def _html(given: EngineInput) -> str | None:
    keeps_space = any(_preserves_space(given, url) for url in html.linked_sheets(given.text))
    return html.minified(given.text, keeps_space=keeps_space)


def _preserves_space(given: EngineInput, url: str | None) -> bool:
    """Whether the style sheet at `url` may preserve white space: one that is not a file next to the page may do so."""
    path = percent_decoded(split_url(url)[0]) if url and not _ELSEWHERE.match(url) else ""
    try:
        css = given.read(path) if path else None
    except BuildError:  # a source that cannot be read is reported where it is drafted
        return True
    return css is None or html.preserves_space(css)
