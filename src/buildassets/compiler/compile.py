"""From a source file to a draft: compiled, minified, its references found, its output name still unknown.

Takes a Source and the engines, gives a Draft that carries its diagnostics; never raises for what a user can cause.
"""

from dataclasses import dataclass, replace
from typing import Final

from buildassets.compiler.directives import read_header
from buildassets.compiler.engines import Engine
from buildassets.compiler.model import Draft, EngineInput, Source
from buildassets.compiler.references import scan
from buildassets.compiler.text import decoded
from buildassets.diagnostics import Diagnostic, Location, Severity, error, reason_text
from buildassets.media import Syntax, media_of, suffix

_SASS_SUFFIXES: Final = (".scss", ".sass")


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one build; `css` and `js` are None where nothing is to be minified."""

    scss: Engine
    css: Engine | None
    js: Engine | None

    def minifier(self, syntax: Syntax) -> Engine | None:
        """What minifies texts of that syntax, if anything does."""
        return {Syntax.CSS: self.css, Syntax.JAVASCRIPT: self.js}.get(syntax)


def needs_sass(source: Source) -> bool:
    """Whether the Sass engine has to compile this source."""
    return suffix(source.path) in _SASS_SUFFIXES


def is_template(source: Source) -> bool:
    """Whether the source is a JST template, which becomes a script."""
    return suffix(source.path) == ".jst"


def drafted(source: Source, engines: Engines, *, directives: bool = False) -> Draft:
    """The draft of `source`; its diagnostics tell why there is none. `directives` says whether its head is read."""
    try:
        with open(source.path, "rb") as file:
            raw = file.read()
    except OSError as fault:
        message = f"cannot read `{source.shown}`: {reason_text(fault)}"
        return Draft(source, diagnostics=(error("source/unreadable", message, Location(source.shown)),))
    syntax = media_of(source.logical).syntax
    if syntax is None:
        return Draft(source, raw, inputs=(source.path,))
    text = decoded(raw, source.shown)
    if isinstance(text, Diagnostic):
        return _undecoded(source, raw, syntax, text)
    if not directives or syntax not in (Syntax.CSS, Syntax.JAVASCRIPT) or is_template(source):
        return _compiled(source, text, raw, syntax, engines)
    header = read_header(text, source.shown)
    draft = _compiled(source, header.text, header.text.encode("utf-8"), syntax, engines)
    return replace(draft, directives=header.directives, diagnostics=(*header.diagnostics, *draft.diagnostics))


def _compiled(source: Source, text: str, body: bytes, syntax: Syntax, engines: Engines) -> Draft:
    """The draft of `text`, which is `body` in UTF-8."""
    if needs_sass(source):
        return _styled(source, text, engines)
    if is_template(source):
        return _scripted(source, text, engines)
    return _finished(Draft(source, body, inputs=(source.path,)), text, syntax, engines)


def _undecoded(source: Source, raw: bytes, syntax: Syntax, fault: Diagnostic) -> Draft:
    """The draft of a text that is not UTF-8: markup names its encoding itself and is released as it is."""
    if syntax not in (Syntax.SVG, Syntax.HTML):
        return Draft(source, diagnostics=(fault,))
    tolerated = replace(fault, severity=Severity.WARNING, notes=("its references are left alone",))
    return Draft(source, raw, inputs=(source.path,), diagnostics=(tolerated,))


def _styled(source: Source, text: str, engines: Engines) -> Draft:
    compiled = engines.scss.run(EngineInput(text, source.path, source.shown))
    draft = Draft(
        source,
        compiled.text.encode("utf-8"),
        inputs=(source.path, *compiled.inputs),
        engines=(("scss", engines.scss.version),),
        compiled=compiled,
        diagnostics=compiled.diagnostics,
    )
    return draft if draft.failed else _finished(draft, compiled.text, Syntax.CSS, engines)


def _scripted(source: Source, text: str, engines: Engines) -> Draft:
    from buildassets.compiler.engines.jst import compile_template

    compiled = compile_template(EngineInput(text, source.path, source.shown))
    body = compiled.text.encode("utf-8")
    draft = Draft(source, body, inputs=(source.path,), compiled=compiled, diagnostics=compiled.diagnostics)
    return draft if draft.failed else _finished(draft, compiled.text, Syntax.JAVASCRIPT, engines)


def _finished(draft: Draft, text: str, syntax: Syntax, engines: Engines) -> Draft:
    """`draft` with `text` minified, where that makes it smaller, and with the references of the result."""
    minifier = None if _is_minified(draft.source) else engines.minifier(syntax)
    if minifier is not None:
        minified = minifier.run(EngineInput(text, draft.source.path, draft.source.shown))
        draft = replace(
            draft,
            engines=(*draft.engines, (syntax.value, minifier.version)),
            diagnostics=(*draft.diagnostics, *minified.diagnostics),
        )
        if draft.failed:
            return draft
        if len(minified.text) < len(text):
            text = minified.text
            draft = replace(draft, body=text.encode("utf-8"))
    references = tuple(scan(syntax, text))
    return replace(draft, body=text, references=references) if references else draft


def _is_minified(source: Source) -> bool:
    """Whether the name says that somebody else has minified this already: it is left as it is, and its map fits."""
    return ".min." in source.relative[source.relative.rfind("/") + 1 :]
