"""Makes drafts of source files: compiled, minified, with their references; output names are still unknown.

Takes a Source and the engines, gives a Draft that carries its diagnostics; never raises for what a user can cause.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from buildassets.compiler.body import Body, OnDisk, bytes_of, left_on_disk
from buildassets.compiler.engines.protocol import Compiled, Engine, EngineInput
from buildassets.compiler.engines.registry import known_of
from buildassets.compiler.engines.sass.functions import outside, uncalled
from buildassets.compiler.images.size import Size, SizeReader, raster_size, vector_size
from buildassets.compiler.languages.css import minify as css
from buildassets.compiler.languages.css.survey import keep_survey as keep_css_survey
from buildassets.compiler.languages.directives import ignored_directives, read_header
from buildassets.compiler.languages.edits import Edit, edited
from buildassets.compiler.languages.javascript import minify as js
from buildassets.compiler.languages.javascript.asset_url import find_asset_urls
from buildassets.compiler.languages.javascript.lexer import has_names, reads_as_module
from buildassets.compiler.languages.javascript.meta_env import meta_env_edits
from buildassets.compiler.languages.javascript.survey import keep_survey as keep_js_survey
from buildassets.compiler.languages.javascript.survey import kept_survey, surveyed
from buildassets.compiler.languages.json.source_map import may_refer
from buildassets.compiler.languages.native.library import FileRead
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import composed, edited_map, map_of_pairs, read_map
from buildassets.compiler.languages.source_map.values import Origin, SourceMap
from buildassets.compiler.languages.utf8 import decoded, is_utf16
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.discover import unreadable
from buildassets.compiler.sources.names import is_script_template
from buildassets.compiler.transform.command_map import map_of_command
from buildassets.compiler.transform.engine_set import EngineSet, is_minified
from buildassets.compiler.transform.input_map import input_map
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.compiler.transform.plain_script import plain_script
from buildassets.compiler.transform.recipes import making_by
from buildassets.compiler.transform.sass_globs import with_globs_written_out
from buildassets.compiler.transform.syntax_faults import (
    foreign_rule_faults,
    is_json,
    is_json_name,
    json_faults,
    late_rule_faults,
    syntax_faults,
)
from buildassets.compiler.transform.tailwind import KIND as TAILWIND
from buildassets.compiler.transform.tailwind import text_needs_tailwind
from buildassets.disk.files import chunks_of, content_of, small_content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, error, warning
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax, media_of

if TYPE_CHECKING:
    from buildassets.compiler.transform.command_engine import CommandEngine

_XML_ENCODING: Final = lazy_pattern(r"(\A<\?xml[^>]*?\bencoding\s*=\s*[\"'])[^\"']*")


def drafted(source: Source, engines: EngineSet, *, directives: bool = False, ahead: FileRead | None = None) -> Draft:
    """The draft of `source`; a failed one has diagnostics. With `directives`, those in its head are read.

    What was read `ahead` of it is not read again.
    """
    if ahead and not directives and (draft := plain_script(source, ahead, engines)):
        return draft
    if source.recipe is not None:
        return making_by(source.recipe).draft(source, source.recipe)
    if command := engines.command(source):
        return _commanded(source, command, engines)
    return _of_file(source, engines, ahead, directives=directives)


def _of_file(source: Source, engines: EngineSet, file: FileRead | None, *, directives: bool) -> Draft:
    """The draft of a source that no command makes."""
    syntax = source.syntax
    is_compiled = engines.compiler(source) is not None
    is_parsed = is_compiled or syntax not in (None, Syntax.SOURCE_MAP)
    try:
        raw = file.content if file else _content(source, syntax, is_parsed=is_parsed)
        if raw is None:
            header = SizeReader()
            body = left_on_disk(source.path, source.shown, header.take)
            return replace(_as_it_is(source, body), size=header.size if _is_image(source) else None)
    except OSError as fault:
        return Draft(source, diagnostics=(unreadable(source.shown, fault),))
    if not is_parsed and not is_json(source) and (syntax is None or not may_refer([raw])):
        return _as_it_is(source, raw, file=file)
    text = decoded(raw, source.shown)
    if isinstance(text, Diagnostic):
        if syntax is Syntax.SOURCE_MAP and not is_compiled:
            return _as_it_is(source, raw, file=file)
        is_released = syntax in (None, Syntax.SVG, Syntax.HTML) and not is_compiled
        return _undecoded(source, raw, text) if is_released else Draft(source, diagnostics=(text,))
    if is_utf16(raw):
        return _transcoded(source, text, engines, directives=directives)
    if file and file.survey is not None:
        _keep_survey(syntax, text, file.survey)
    return _drafted(source, text, raw, engines, directives=directives, file=file)


def _content(source: Source, syntax: Syntax | None, *, is_parsed: bool) -> bytes | None:
    """The content of the file; None for a large one that need not be parsed. Raises OSError."""
    if is_parsed:
        return content_of(source.path)
    raw = small_content_of(source.path)
    if raw is None and syntax is Syntax.SOURCE_MAP and may_refer(chunks_of(source.path)):
        return content_of(source.path)
    return raw


def _keep_survey(syntax: Syntax | None, text: str, answer: bytes) -> None:
    """Keep what the library has answered about `text`, a sheet or a script, until it is asked for."""
    keep = keep_css_survey if syntax is Syntax.CSS else keep_js_survey
    keep(text, answer)


def _drafted(
    source: Source, text: str, raw: bytes, engines: EngineSet, *, directives: bool, file: FileRead | None = None
) -> Draft:
    """The draft of `text`, which is `raw` in UTF-8, and what was read from the `file`, if it was read ahead."""
    syntax = source.syntax
    if engines.compiler(source) is None and is_json(source):
        draft = with_diagnostics(_as_it_is(source, raw, file=file), json_faults(text, source))
        return _minified_json(draft, text, syntax, engines)
    if source.keeps_name:
        references = tuple(scan(syntax, text)) if syntax else ()
        draft = _as_it_is(source, text if references else raw, references, file)
        return with_diagnostics(draft, syntax_faults(text, source, OriginalPositions(draft, engines.shown, text)))
    if syntax not in (Syntax.CSS, Syntax.JAVASCRIPT) or is_script_template(source):
        return _compiled(source, text, raw, syntax, engines=engines, file=file)
    if not directives:
        ignored = ignored_directives(text, source.shown)
        return with_diagnostics(_compiled(source, text, raw, syntax, engines=engines, file=file), ignored)
    header = read_header(text, source.shown)
    is_whole = header.text == text
    if is_whole:
        draft = _compiled(source, text, raw, syntax, engines=engines, file=file)
    else:
        draft = replace(
            _compiled(source, header.text, header.text.encode("utf-8"), syntax, engines=engines), digest=None
        )
    return replace(draft, directives=header.directives, diagnostics=(*header.diagnostics, *draft.diagnostics))


def _minified_json(draft: Draft, text: str, syntax: Syntax | None, engines: EngineSet) -> Draft:
    """The `draft` of JSON, minified, with its references; a source that is released as it is has a digest already."""
    minifier = engines.minifier_of_json(draft.source)
    if minifier is not None:
        draft, text = _with_minified(draft, text, "json", minifier, engines=engines)
    references = tuple(scan(syntax, text)) if syntax and not draft.failed else ()
    return replace(draft, body=text, references=references) if references else draft


def _with_minified(draft: Draft, text: str, kind: str, minifier: Engine, *, engines: EngineSet) -> tuple[Draft, str]:
    """`draft` and its `text`, markup or data, as `minifier` returns them; unchanged if there is nothing to gain."""
    minified = minifier.run(EngineInput(text, draft.source.path, draft.source.shown))
    used = () if minified.text == text else ((kind, minifier.version),)
    draft = _beside(draft, text, minified, engines, *used)
    if draft.failed or not used:
        return draft, text
    return replace(draft, body=minified.text.encode("utf-8"), digest=None), minified.text


def _transcoded(source: Source, text: str, engines: EngineSet, *, directives: bool) -> Draft:
    """The draft of a source in UTF-16, converted to UTF-8: servers send one charset for all files of a type."""
    hint = "save the file as UTF-8"
    if source.keeps_name:
        message = f"`{source.shown}` is UTF-16, not UTF-8"
        return Draft(source, diagnostics=(error("source/encoding", message, Location(source.shown), hint=hint),))
    message = f"`{source.shown}` is UTF-16, and is released as UTF-8"
    converted = warning("source/encoding", message, Location(source.shown), hint=hint)
    if source.syntax is Syntax.SVG:
        text = _XML_ENCODING.sub(r"\1UTF-8", text, count=1)
    draft = replace(_drafted(source, text, text.encode("utf-8"), engines, directives=directives), digest=None)
    return with_diagnostics(draft, (converted,))


def _as_it_is(
    source: Source, body: Body, references: tuple[Reference, ...] = (), file: FileRead | None = None
) -> Draft:
    """The draft of a source that is released unchanged, except for its references; `file` is what was read ahead."""
    if isinstance(body, OnDisk):
        return Draft(source, body, references, inputs=(source.path,), digest=body.digest)
    own = (file and file.digest) or digest(bytes_of(body))
    size = _size(source, body) if _is_image(source) else None
    stamp = file.stamp if file else None
    return Draft(source, body, references, inputs=(source.path,), digest=own, size=size, stamp=stamp)


def _is_image(source: Source) -> bool:
    return media_of(source.logical).type.startswith("image/")


def _size(source: Source, body: bytes | str) -> Size | None:
    """The size of an image in pixels, if its header contains one."""
    if source.syntax is not Syntax.SVG:
        return raster_size(bytes_of(body))
    return vector_size(body if isinstance(body, str) else body.decode("utf-8", "replace"))


def _undecoded(source: Source, raw: bytes, fault: Diagnostic) -> Draft:
    """The draft of markup that is not UTF-8: it declares its encoding itself and is released unchanged."""
    tolerated = replace(fault, severity=Severity.WARNING, notes=("its references are left alone",))
    return replace(_as_it_is(source, raw), diagnostics=(tolerated,))


def _compiled(
    source: Source, text: str, body: bytes, syntax: Syntax | None, *, engines: EngineSet, file: FileRead | None = None
) -> Draft:
    """The draft of `text`, which is `body` in UTF-8; `file` is what was read ahead, if that is the same."""
    if compiler := engines.compiler(source):
        kind, engine = compiler
        return _made(source, text, syntax, kind, engine=engine, engines=engines)
    if is_script_template(source):
        return _scripted(source, text, engines)
    if engines.tailwind is not None and syntax is Syntax.CSS and text_needs_tailwind(text, source.path):
        return _made(source, text, syntax, TAILWIND, engine=engines.tailwind, engines=engines)
    draft = _as_it_is(source, body, file=file)
    if engines.source_maps and syntax in (Syntax.CSS, Syntax.JAVASCRIPT):
        draft = _followed(draft, text, syntax)
    return _finished(draft, text, syntax, engines)


def _followed(draft: Draft, text: str, syntax: Syntax) -> Draft:
    """`draft` with the origin from the source map that the source itself names, if there is one."""
    vendor = input_map(draft.source, text, syntax)
    return replace(
        draft,
        origin=vendor.source_map,
        inputs=(*draft.inputs, *vendor.inputs),
        absences=(*draft.absences, *vendor.absences),
        diagnostics=vendor.diagnostics,
    )


def _made(source: Source, text: str, syntax: Syntax | None, kind: str, *, engine: Engine, engines: EngineSet) -> Draft:
    """The draft of `text` compiled by `engine`."""
    listed: tuple[str, ...] = ()
    given = text
    if kind == "scss" and "*" in text:
        given, listed = with_globs_written_out(text, source.path)
    compiled = engine.run(EngineInput(given, source.path, source.shown, engines.source_maps))
    compiled = engines.linked.without(compiled, source, text)
    draft = Draft(
        source,
        compiled.text.encode("utf-8"),
        inputs=tuple(dict.fromkeys((source.path, *compiled.inputs))),
        absences=(*compiled.absences, *listed),  # paths that may come to exist
        engines=((kind, engine.version),),
        compiled=compiled,
        origin=engine_map(compiled, syntax) if engines.source_maps else None,
        diagnostics=compiled.diagnostics,
        sets=compiled.sets,
    )
    if draft.failed:
        return draft
    stray = _stray(draft, compiled, engines.shown) if kind == "scss" else ()
    finish = _minified_json if is_json_name(source.logical) else _finished
    finished = finish(draft, compiled.text, syntax, engines)
    return replace(finished, diagnostics=(*finished.diagnostics, *stray))


def _commanded(source: Source, command: "CommandEngine", engines: EngineSet) -> Draft:
    """The draft of what a command of the project makes of `source`: a text, or bytes where no text is expected."""
    made = command.run(source)
    read = (source.path, *made.inputs) if source.root >= 0 else made.inputs
    draft = Draft(
        source,
        made.body,
        inputs=tuple(dict.fromkeys(read)),
        absences=made.absences,
        engines=((command.kind, command.version),),
        diagnostics=made.diagnostics,
    )
    syntax = source.syntax
    if draft.failed or (syntax is None and not is_json_name(source.logical)):
        return draft
    text = decoded(made.body, source.logical)
    if syntax is None:
        return draft if isinstance(text, Diagnostic) else _minified_json(draft, text, None, engines)
    if isinstance(text, Diagnostic):
        return with_diagnostics(draft, [command.undecodable(source, text)])
    found = map_of_command(text.removeprefix("\ufeff"), syntax, made.map_json, made.folders)
    compiled = Compiled(found.text, source_map=found.map_json)
    draft = replace(
        draft,
        body=compiled.text.encode("utf-8"),
        inputs=tuple(dict.fromkeys((*draft.inputs, *found.files))),
        compiled=compiled,
        origin=engine_map(compiled, syntax) if engines.source_maps else None,
    )
    return _finished(draft, compiled.text, syntax, engines)


def _stray(draft: Draft, compiled: Compiled, shown: Callable[[str], str]) -> Iterator[Diagnostic]:
    """The errors for results of asset functions that stand where browsers expect no URL."""
    positions = OriginalPositions(draft, shown)
    for start, end in uncalled(compiled.text):
        name = compiled.text[start : end - 1]
        where = positions.place_in(start, end - 1)
        yield error("scss/uncalled", f"Sass does not call `{name}()` here", where, hint=f"write `#{{{name}(…)}}`")
    if compiled.asset_urls:
        references = [(reference.start, reference.end) for reference in scan(Syntax.CSS, compiled.text)]
        for start, end in outside(compiled.text, compiled.asset_urls, references):
            message = f"`{compiled.text[start:end]}` would be released unchanged: it is not in a reference"
            is_twice = compiled.text.endswith('url(url("', 0, start)
            hint = "leave out the outer `url()`" if is_twice else "write it in `url(…)`, or call `asset-url()`"
            yield error("scss/asset-path", message, positions.place_in(start, end), hint=hint)


def _scripted(source: Source, text: str, engines: EngineSet) -> Draft:
    from buildassets.compiler.engines.jst import compile_template

    given = EngineInput(text, source.path, source.shown, engines.source_maps)
    compiled = compile_template(given, engines.templating)
    draft = Draft(
        source,
        compiled.text.encode("utf-8"),
        inputs=(source.path,),
        compiled=compiled,
        origin=engine_map(compiled, Syntax.JAVASCRIPT) if engines.source_maps else None,
        diagnostics=compiled.diagnostics,
    )
    return draft if draft.failed else _finished(draft, compiled.text, Syntax.JAVASCRIPT, engines)


def _finished(draft: Draft, text: str, syntax: Syntax | None, engines: EngineSet) -> Draft:
    """`draft` with `text` minified, and with the references of the result."""
    if syntax is None:
        return draft
    minifier = None if is_minified(draft.source) else engines.minifier(syntax)
    if syntax is Syntax.JAVASCRIPT:
        draft, text = _with_definitions(draft, text, engines)
        if draft.failed:
            return draft
        if minifier is None:
            surveyed(text)  # which answers all of the following questions at once
        draft, text = _with_meta_env(*_with_asset_urls(draft, text, engines), engines)
    draft = with_diagnostics(draft, _faults(draft, text, minifier, engines))
    if draft.failed:
        return draft
    if minifier and minifier.name == "esbuild" and any(fault.code == "js/syntax" for fault in draft.diagnostics):
        minifier = None  # it would refuse what is released as it is
    if minifier is not None and syntax in (Syntax.SVG, Syntax.HTML):
        draft, text = _with_minified(draft, text, syntax.value, minifier, engines=engines)
    elif minifier is not None:
        draft, text = _with_minified_code(draft, text, syntax, minifier, engines=engines)
    if draft.failed:
        return draft
    return _with_references(draft, text, syntax)


def _with_references(draft: Draft, text: str, syntax: Syntax) -> Draft:
    """`draft` with the references of its final `text`."""
    references = scan(syntax, text)
    if draft.origin is not None:  # then the release's own map replaces the one that is named
        references = [reference for reference in references if reference.kind is not ReferenceKind.SOURCE_MAP]
    if syntax is Syntax.JAVASCRIPT and (survey := kept_survey(text)):
        bundler = None if survey.may_be_bundled else ""
        draft = replace(draft, may_name_workers=survey.may_name_workers, bundler=bundler)
    return replace(draft, body=text, references=tuple(references)) if references else draft


def _with_minified_code(
    draft: Draft, text: str, syntax: Syntax, minifier: Engine, *, engines: EngineSet
) -> tuple[Draft, str]:
    """`draft` and its `text`, a sheet or a script, as `minifier` returns them, with what they map to."""
    minified = minifier.run(EngineInput(text, draft.source.path, draft.source.shown, engines.source_maps))
    draft = _beside(draft, text, minified, engines, (syntax.value, minifier.version))
    if draft.failed:
        return draft, text
    if engines.source_maps:
        draft = replace(draft, origin=_composed(draft, text, minified, syntax))
    return replace(draft, body=minified.text.encode("utf-8"), digest=None), minified.text


def _beside(draft: Draft, text: str, minified: Compiled, engines: EngineSet, *used: tuple[str, str]) -> Draft:
    """`draft` with what a minifier has read and reported beside its result, made of `text`."""
    positions = OriginalPositions(draft, engines.shown, text)
    return replace(
        draft,
        inputs=tuple(dict.fromkeys((*draft.inputs, *minified.inputs))),
        absences=(*draft.absences, *minified.absences),
        engines=(*draft.engines, *used),
        diagnostics=(*draft.diagnostics, *map(positions.as_written, minified.diagnostics)),
        sets=(*draft.sets, *minified.sets),
    )


def _faults(draft: Draft, text: str, minifier: Engine | None, engines: EngineSet) -> Iterator[Diagnostic]:
    """The faults of `text`, except those that its `minifier` reports itself."""
    positions = OriginalPositions(draft, engines.shown, text)
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
    """The faults that browsers reject in the script `text`: those that esbuild rejects, and those that it accepts."""
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


def with_diagnostics(draft: Draft, further: Iterable[Diagnostic]) -> Draft:
    """`draft` with `further` diagnostics."""
    further = tuple(further)
    return replace(draft, diagnostics=(*draft.diagnostics, *further)) if further else draft


def _composed(draft: Draft, text: str, minified: Compiled, syntax: Syntax) -> SourceMap:
    """The source map of `minified`, made from the draft's `text`, onto the sources."""
    outer = engine_map(minified, syntax)
    return outer if draft.origin is None else composed(outer, draft.origin, Lines(text, syntax))


def _with_asset_urls(draft: Draft, text: str, engines: EngineSet) -> tuple[Draft, str]:
    """The script with its `ASSET_URL()` calls replaced, before minifying, since a minifier may join two calls."""
    calls = find_asset_urls(text, draft.source.logical)
    if calls.faults:
        positions = OriginalPositions(draft, engines.shown, text)
        faults = (
            error("js/asset-url", one.message, positions.place_in(one.start, one.end), hint=one.hint)
            for one in calls.faults
        )
        return replace(draft, diagnostics=(*draft.diagnostics, *faults)), text
    return _with_edits(draft, text, calls.edits, engines)


def _with_meta_env(draft: Draft, text: str, engines: EngineSet) -> tuple[Draft, str]:
    """The module with the values of `import.meta.env`, before minifying, which folds what hangs on them."""
    return _with_edits(draft, text, meta_env_edits(text, engines.meta_env), engines)


def _with_edits(draft: Draft, text: str, edits: Sequence[Edit], engines: EngineSet) -> tuple[Draft, str]:
    if not edits:
        return draft, text

    origin = None
    if engines.source_maps:
        origin = edited_map(origin_of(draft, text, Syntax.JAVASCRIPT), edits)
    text = edited(text, edits)
    return replace(draft, body=text.encode("utf-8"), origin=origin, digest=None), text


def _with_definitions(draft: Draft, text: str, engines: EngineSet) -> tuple[Draft, str]:
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


def origin_of(draft: Draft, text: str, syntax: Syntax) -> SourceMap:
    """The source map of the draft's `text`; for a text that was not compiled, the map onto itself."""
    if draft.origin is not None:
        return draft.origin
    starts = css.token_starts(text) if syntax is Syntax.CSS else js.token_starts(text)
    return map_of_pairs(((start, start) for start in starts), Origin(draft.source.path), Lines(text, syntax))


def engine_map(compiled: Compiled, syntax: Syntax | None) -> SourceMap:
    """The source map of an engine's result, whose syntax is `syntax`; an empty map if the engine made none.

    A source that is no absolute path counts as a URL, such as the `data:` URL of a sheet without a file.
    """
    source_map = read_map(compiled.source_map or "", Lines(compiled.text, syntax)) or SourceMap()
    origins = (origin._replace(is_url=not os.path.isabs(origin.name)) for origin in source_map.origins)
    return replace(source_map, origins=tuple(origins))
