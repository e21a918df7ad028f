"""Minifies JavaScript with rjsmin, and uses a result only if it is proven to be the same program.

rjsmin knows no grammar, so it breaks templates, class fields and regular expressions. Its result has to consist of the
very tokens of the source; if it does not, the source's own tokens are written with the least between them.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import rjsmin

from buildassets.compiler.engines.program_files import files_of_modules
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.languages.javascript.lexer import NAME_START, Kind, tokens
from buildassets.compiler.languages.javascript.minify import ProvenScript, alignment
from buildassets.compiler.languages.javascript.unclosed import unclosed
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import encoded_map, map_of_pairs
from buildassets.compiler.languages.source_map.values import Origin
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax

_DECORATOR: Final = lazy_pattern(rf"@(?:{NAME_START}|[(\\])")


class RjsminEngine:
    """Minifies scripts and modules.

    Comments that name a licence stay (see `javascript.minify.pieces`). All others go, `//# sourceMappingURL=` with
    them: that map is one of the source.
    """

    name = "rjsmin"
    version = f"rjsmin {rjsmin.__version__}"
    reads: tuple[str, ...] = ()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files of the package, which is two modules."""
        return files_of_modules("rjsmin", "_rjsmin")

    def run(self, given: EngineInput) -> Compiled:
        """The same program in fewer characters, without a byte order mark; an error for an unclosed token."""
        text = given.text.removeprefix("\ufeff")
        module = True if given.path.endswith(".mjs") else None
        if fault := unclosed(text, module=module):
            place = locate(given.shown, text, fault.start, fault.end)
            return Compiled(text, diagnostics=(error("js/syntax", fault.message, place, hint=fault.hint),))
        source = ProvenScript(text, module=module)
        for minified in _minified(text, source):
            is_proven = source.compared(minified)
            if is_proven is None:
                return Compiled(text, diagnostics=(_syntax_error(text, module=module, shown=given.shown),))
            if is_proven:
                return Compiled(minified, source_map=_source_map(minified, text, module=module, given=given))
        return Compiled(
            text, diagnostics=(_unproven(given.shown),), source_map=_source_map(text, text, module=module, given=given)
        )

    def close(self) -> None:
        """Do nothing: the engine has no resources."""


def _minified(text: str, source: ProvenScript) -> Iterator[str]:
    """Shorter texts, still to be proven; a text that would be no shorter is replaced by the source itself."""
    yield min(text, _by_rjsmin(text), key=len)
    yield min(text, source.reduced(), key=len)


def _by_rjsmin(text: str) -> str:
    # As bytes: a `str` with a lone surrogate makes rjsmin crash the process.
    encoded = text.encode("utf-8", "surrogatepass")
    return str(rjsmin.jsmin(encoded, keep_bang_comments=True).decode("utf-8", "surrogatepass"))


def _source_map(minified: str, text: str, *, module: bool | None, given: EngineInput) -> str | None:
    """The source map, if one is asked for; `text` is the source without a byte order mark."""
    if not given.wants_source_map:
        return None
    pairs = alignment(minified, text, module=module)
    source_map = map_of_pairs(pairs, Origin(given.path), Lines(text, Syntax.JAVASCRIPT))
    return encoded_map(source_map, Lines(minified, Syntax.JAVASCRIPT))


def _syntax_error(text: str, *, module: bool | None, shown: str) -> Diagnostic:
    """The error for the first bad token of `text`, which contains at least one."""
    start, end = next((start, end) for kind, start, end in tokens(text, module=module) if kind == Kind.BAD)
    message, hint = f"unexpected character `{text[start]}`", "remove it, or put it in quotes"
    place = locate(shown, text, start, end)
    if not _DECORATOR.match(text, start):
        return error("js/syntax", message, place, hint=hint)
    hint = (
        'set `js = "esbuild"` under `[tool.buildassets.engines]` and `browsers`, for which it translates decorators; '
        'or `js = "none"`'
    )
    return error("js/syntax", message, place, notes=["rjsmin minifies no scripts with decorators"], hint=hint)


def _unproven(shown: str) -> Diagnostic:
    message = f"`{shown}` is not minified: no shorter text is proven to mean the same"
    return warning("js/unproven", message, Location(shown), hint='set `js = "none"` under `[tool.buildassets.engines]`')


def rjsmin_engine(_options: EngineOptions) -> RjsminEngine:
    """The engine `rjsmin`."""
    return RjsminEngine()
