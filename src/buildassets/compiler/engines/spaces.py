"""Minifies SVG, HTML and JSON with our own readers: what goes is white space and comments, and the tree stays.

Each result is read again and compared with the source by the module of its language. A text for which there is no
proof, such as one that is not well-formed, is left as it is.
"""

from collections.abc import Callable
from typing import Final

from buildassets._version import __version__
from buildassets.compiler.engines.protocol import Compiled, EngineInput

BUILT_IN: Final = "builtin"


class SpacesEngine:
    """Minifies one language with `minified`, which gives None where it cannot prove anything."""

    name = BUILT_IN
    version = f"buildassets {__version__}"
    programs: tuple[str, ...] = ()  # our own, which are part of every key
    reads: tuple[str, ...] = ()

    def __init__(self, minified: Callable[[EngineInput], str | None]) -> None:
        self._minified = minified

    def run(self, given: EngineInput) -> Compiled:
        """The same document in fewer characters, or as it is."""
        made = self._minified(given)
        return Compiled(given.text if made is None else min(given.text, made, key=len))

    def close(self) -> None:
        """Do nothing: the engine has no resources."""


def builtin_engine(kind: str) -> SpacesEngine:
    """The engine `builtin` for `svg` or `json`, which has web app manifests, too."""
    if kind == "svg":
        from buildassets.compiler.languages.markup import svg_minify

        return SpacesEngine(lambda given: svg_minify.minified(given.text))
    from buildassets.compiler.languages.json import minify

    return SpacesEngine(lambda given: minify.minified(given.text))
