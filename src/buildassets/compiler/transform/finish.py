"""Finishes drafts: the steps from the text of a file, or of its compiler, to a minified text with its references.

Takes a draft and its text, which are followed through the steps of its syntax; gives the draft, with an error if a step
failed. Which steps there are is a table.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from buildassets.compiler.engines.protocol import Compiled, Engine, EngineInput
from buildassets.compiler.engines.registry import known_of
from buildassets.compiler.languages.css import minify as css
from buildassets.compiler.languages.edits import Edit, edited
from buildassets.compiler.languages.javascript import minify as js
from buildassets.compiler.languages.javascript.asset_url import find_asset_urls
from buildassets.compiler.languages.javascript.lexer import has_names, reads_as_module
from buildassets.compiler.languages.javascript.meta_env import meta_env_edits
from buildassets.compiler.languages.javascript.survey import kept_survey, surveyed
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import composed, edited_map, map_of_pairs, read_map
from buildassets.compiler.languages.source_map.values import Origin, SourceMap
from buildassets.compiler.model import Draft
from buildassets.compiler.transform.engine_set import EngineSet, is_minified
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.compiler.transform.syntax_faults import (
    foreign_rule_faults,
    is_json_name,
    late_rule_faults,
    syntax_faults,
)
from buildassets.foundation.diagnostics import Diagnostic, Severity, error
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax

_ESBUILD: Final = "esbuild"
_SYNTAX: Final = "js/syntax"

_Text: TypeAlias = tuple[Draft, str]
_Step: TypeAlias = Callable[[Draft, str, EngineSet], _Text]


def finished(draft: Draft, text: str, engines: EngineSet) -> Draft:
    """`draft` after all steps for its `text`, or up to the first that fails."""
    source = draft.source
    for step in _OF_JSON if is_json_name(source.logical) else _STEPS.get(source.syntax, ()):
        draft, text = step(draft, text, engines)
        if draft.failed:
            return draft
    return draft


def _defined(draft: Draft, text: str, engines: EngineSet) -> _Text:
    """The module with the values of `define`, if it is not compiled and has names that are defined."""
    definer = engines.definer(draft.source)
    # esbuild replaces `process.env["NODE_ENV"]`, too: only the first part of a name is sure to be a word of the code.
    roots = {name.partition(".")[0] for name in engines.defined if name.rpartition(".")[2] in text}
    if definer is None or not roots or is_minified(draft.source):
        return draft, text

    if not (draft.source.logical.endswith(".mjs") or reads_as_module(text)) or not has_names(text, roots):
        return draft, text
    given = EngineInput(text, draft.source.path, draft.source.shown, wants_source_map=True)
    compiled = definer.run(given)
    if compiled.text == text:  # the words mean something else
        return with_diagnostics(draft, compiled.diagnostics), text
    draft = replace(
        draft,
        body=compiled.text.encode("utf-8"),
        compiled=compiled,
        engines=(*draft.engines, ("define", definer.version)),
        diagnostics=(*draft.diagnostics, *compiled.diagnostics),
        digest=None,
    )
    if draft.failed:
        return draft, text
    if engines.source_maps:
        draft = replace(draft, origin=_composed(draft, text, compiled, Syntax.JAVASCRIPT))
    return draft, compiled.text


def _with_assets(draft: Draft, text: str, engines: EngineSet) -> _Text:
    """The script with its `ASSET_URL()` calls replaced, and the values of `import.meta.env` in it.

    That is before minifying: a minifier may join two calls, and leaves out what these values decide.
    """
    if _minifier(draft, engines) is None:
        surveyed(text)  # which answers all of the following questions at once
    calls = find_asset_urls(text, draft.source.logical)
    if not calls.faults:
        draft, text = _with_edits(draft, text, calls.edits, engines)
    return _with_edits(draft, text, meta_env_edits(text, engines.meta_env), engines)


def _with_edits(draft: Draft, text: str, edits: Sequence[Edit], engines: EngineSet) -> _Text:
    if not edits:
        return draft, text

    origin = None
    if engines.source_maps:
        origin = edited_map(origin_of(draft, text, Syntax.JAVASCRIPT), edits)
    text = edited(text, edits)
    return replace(draft, body=text.encode("utf-8"), origin=origin, digest=None), text


def _checked(draft: Draft, text: str, engines: EngineSet) -> _Text:
    """The same text; its faults are reported, except those that its minifier reports itself."""
    return with_diagnostics(draft, _faults(draft, text, _minifier(draft, engines), engines)), text


def _faults(draft: Draft, text: str, minifier: Engine | None, engines: EngineSet) -> Iterator[Diagnostic]:
    """The faults of `text`, except those that its `minifier` reports itself."""
    positions = OriginalPositions(draft, engines.shown, text)
    if draft.source.syntax is Syntax.JAVASCRIPT:
        for one in find_asset_urls(text, draft.source.logical).faults:
            yield error("js/asset-url", one.message, positions.place_in(one.start, one.end), hint=one.hint)
    if engines.grammar and draft.source.syntax is Syntax.JAVASCRIPT:
        faults = tuple(_grammar_faults(draft, text, positions, engines))
        if faults:
            surely = () if faults[0].is_error else tuple(syntax_faults(text, draft.source, positions))
            yield from surely or faults
            return
    if minifier is None or not known_of(minifier.name).reports_unclosed:
        yield from syntax_faults(text, draft.source, positions)
    is_sheet = draft.source.syntax is Syntax.CSS
    if is_sheet and draft.compiled is None and (minifier is None or minifier.name != "lightningcss"):
        yield from late_rule_faults(text, positions)
    if is_sheet:
        is_of_others = draft.source.root in engines.of_others
        yield from foreign_rule_faults(text, draft.source, positions, is_of_others=is_of_others)


def _grammar_faults(draft: Draft, text: str, positions: OriginalPositions, engines: EngineSet) -> Iterator[Diagnostic]:
    """The faults that browsers reject in the script `text`: those that esbuild rejects, then those that it accepts."""
    source = draft.source
    severity = Severity.WARNING if source.root in engines.lenient else Severity.ERROR
    grammar = engines.grammar_of(source)
    faults = grammar.run(EngineInput(text, source.path, source.shown)).diagnostics if grammar else ()
    yield from (positions.as_written(replace(fault, severity=severity)) for fault in faults)
    if not faults:
        from buildassets.compiler.languages.javascript.early_errors import early_error

        fault = early_error(text, module=True if source.logical.endswith(".mjs") else None)
        if fault:
            where = positions.place_in(fault.start, fault.end)
            yield Diagnostic(severity, "js/syntax", fault.message, where, hint=fault.hint)


def _minified_code(draft: Draft, text: str, engines: EngineSet) -> _Text:
    """The sheet or script minified, with what the result maps to."""
    minifier = _minifier(draft, engines)
    if minifier is not None and minifier.name == _ESBUILD and any(one.code == _SYNTAX for one in draft.diagnostics):
        return draft, text  # esbuild would refuse it, and it is released unchanged
    syntax = draft.source.syntax
    if minifier is None or syntax is None:
        return draft, text
    minified = minifier.run(EngineInput(text, draft.source.path, draft.source.shown, engines.source_maps))
    draft = _beside(draft, text, minified, engines, (syntax.value, minifier.version))
    if draft.failed:
        return draft, text
    if engines.source_maps:
        draft = replace(draft, origin=_composed(draft, text, minified, syntax))
    return replace(draft, body=minified.text.encode("utf-8"), digest=None), minified.text


def _minified_markup(draft: Draft, text: str, engines: EngineSet) -> _Text:
    """The markup minified."""
    minifier, syntax = _minifier(draft, engines), draft.source.syntax
    return _minified(draft, text, syntax.value, minifier, engines=engines) if minifier and syntax else (draft, text)


def _minified_json(draft: Draft, text: str, engines: EngineSet) -> _Text:
    """The JSON minified."""
    minifier = engines.minifier_of_json(draft.source)
    return _minified(draft, text, "json", minifier, engines=engines) if minifier else (draft, text)


def _minified(draft: Draft, text: str, kind: str, minifier: Engine, *, engines: EngineSet) -> _Text:
    """`draft` and its `text`, markup or data, as `minifier` returns them; unchanged if there is nothing to gain."""
    minified = minifier.run(EngineInput(text, draft.source.path, draft.source.shown))
    used = () if minified.text == text else ((kind, minifier.version),)
    draft = _beside(draft, text, minified, engines, *used)
    if draft.failed or not used:
        return draft, text
    return replace(draft, body=minified.text.encode("utf-8"), digest=None), minified.text


def _beside(draft: Draft, text: str, minified: Compiled, engines: EngineSet, *used: tuple[str, str]) -> Draft:
    """`draft` with what a minifier has read and reported next to its result, made of `text`."""
    positions = OriginalPositions(draft, engines.shown, text)
    return replace(
        draft,
        inputs=tuple(dict.fromkeys((*draft.inputs, *minified.inputs))),
        absences=(*draft.absences, *minified.absences),
        engines=(*draft.engines, *used),
        diagnostics=(*draft.diagnostics, *map(positions.as_written, minified.diagnostics)),
        sets=(*draft.sets, *minified.sets),
    )


def _minifier(draft: Draft, engines: EngineSet) -> Engine | None:
    """The minifier of the draft's text, if it is not minified already."""
    syntax = draft.source.syntax
    return None if syntax is None or is_minified(draft.source) else engines.minifier(syntax)


def _referring(draft: Draft, text: str, _: EngineSet) -> _Text:
    """The same text, with its references."""
    syntax = draft.source.syntax
    references = scan(syntax, text) if syntax else []
    if draft.origin is not None:  # then the release's own map replaces the one that is named
        references = [reference for reference in references if reference.kind is not ReferenceKind.SOURCE_MAP]
    if syntax is Syntax.JAVASCRIPT and (survey := kept_survey(text)):
        bundler = None if survey.may_be_bundled else ""
        draft = replace(draft, may_name_workers=survey.may_name_workers, bundler=bundler)
    return replace(draft, body=text, references=tuple(references)) if references else draft, text


def with_diagnostics(draft: Draft, further: Iterable[Diagnostic]) -> Draft:
    """`draft` with `further` diagnostics."""
    further = tuple(further)
    return replace(draft, diagnostics=(*draft.diagnostics, *further)) if further else draft


def _composed(draft: Draft, text: str, minified: Compiled, syntax: Syntax) -> SourceMap:
    """The source map of `minified`, made from the draft's `text`, onto the sources."""
    outer = engine_map(minified, syntax)
    return outer if draft.origin is None else composed(outer, draft.origin, Lines(text, syntax))


def origin_of(draft: Draft, text: str, syntax: Syntax) -> SourceMap:
    """The source map of the draft's `text`; for a text that was not compiled, the map onto itself."""
    if draft.origin is not None:
        return draft.origin
    starts = css.token_starts(text) if syntax is Syntax.CSS else js.token_starts(text)
    return map_of_pairs(((start, start) for start in starts), Origin(draft.source.path), Lines(text, syntax))


def engine_map(compiled: Compiled, syntax: Syntax | None) -> SourceMap:
    """The source map of an engine's result, whose syntax is `syntax`; an empty map if the engine made none.

    A source that is not an absolute path counts as a URL, such as the `data:` URL of a sheet without a file.
    """
    source_map = read_map(compiled.source_map or "", Lines(compiled.text, syntax)) or SourceMap()
    origins = (origin._replace(is_url=not os.path.isabs(origin.name)) for origin in source_map.origins)
    return replace(source_map, origins=tuple(origins))


_STEPS: Final[Mapping[Syntax | None, tuple[_Step, ...]]] = {
    Syntax.CSS: (_checked, _minified_code, _referring),
    Syntax.JAVASCRIPT: (_defined, _with_assets, _checked, _minified_code, _referring),
    Syntax.SVG: (_checked, _minified_markup, _referring),
    Syntax.HTML: (_checked, _minified_markup, _referring),
    Syntax.SOURCE_MAP: (_referring,),
}
_OF_JSON: Final[tuple[_Step, ...]] = (_minified_json, _referring)
