"""Minifies SVG, HTML and JSON with our own readers: what goes is white space and comments, and the tree stays.

Each result is read again and compared with the source by the module of its language. A text for which there is no
proof, such as one that is not well-formed, is left as it is.
"""

from collections.abc import Callable
from typing import Final

from buildassets._version import __version__
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.errors import BuildError
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import split_url

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


def builtin_engine(kind: str) -> SpacesEngine:
    """The engine `builtin` for `svg`, `html` or `json`, which has web app manifests, too."""
    return SpacesEngine({"svg": _svg, "html": _html, "json": _json}[kind])


def _svg(given: EngineInput) -> str | None:
    from buildassets.compiler.languages.markup.svg_minify import minified

    return minified(given.text)


def _json(given: EngineInput) -> str | None:
    from buildassets.compiler.languages.json.minify import minified

    return minified(given.text)


def _html(given: EngineInput) -> str | None:
    from buildassets.compiler.languages.markup.html_minify import linked_sheets, minified

    return minified(given.text, keeps_space=any(_preserves_space(given, url) for url in linked_sheets(given.text)))


def _preserves_space(given: EngineInput, url: str | None) -> bool:
    """Whether the style sheet at `url` may preserve white space: one that is no file beside the page may do so."""
    from urllib.parse import unquote

    from buildassets.compiler.languages.markup.html_minify import preserves_space

    path = unquote(split_url(url)[0]) if url and not _ELSEWHERE.match(url) else ""
    try:
        css = given.read(path) if path else None
    except BuildError:  # a source that cannot be read is reported where it is drafted
        return True
    return css is None or preserves_space(css)
