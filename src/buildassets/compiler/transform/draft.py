"""Makes drafts of source files: compiled, minified, with their references; output names are still unknown.

Takes a Source and the engines, gives a Draft that carries its diagnostics; never raises for what a user can cause.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from buildassets.compiler.body import Body, OnDisk, bytes_of, left_on_disk
from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.engines.protocol import Compiled, Engine, EngineInput
from buildassets.compiler.engines.sass.functions import outside, uncalled
from buildassets.compiler.images.size import Size, SizeReader, raster_size, vector_size
from buildassets.compiler.languages.css.survey import keep_survey as keep_css_survey
from buildassets.compiler.languages.directives import ignored_directives, read_header
from buildassets.compiler.languages.javascript.survey import keep_survey as keep_js_survey
from buildassets.compiler.languages.json.source_map import may_refer
from buildassets.compiler.languages.native.library import FileRead
from buildassets.compiler.languages.reference import Reference
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.languages.utf8 import decoded, is_utf16
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.discover import unreadable
from buildassets.compiler.sources.names import is_script_template
from buildassets.compiler.transform.command_map import map_of_command
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.compiler.transform.finish import engine_map, finished, with_diagnostics
from buildassets.compiler.transform.input_map import input_map
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.compiler.transform.plain_script import plain_script
from buildassets.compiler.transform.recipes import making_by
from buildassets.compiler.transform.sass_globs import with_globs_written_out
from buildassets.compiler.transform.syntax_faults import (
    is_json,
    is_json_name,
    json_faults,
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
    seen = signature(source.path) if is_compiled else None
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
    draft = _drafted(source, text, raw, engines, directives=directives, file=file)
    return replace(draft, stamp=seen) if is_compiled else draft


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
        return finished(draft, text, engines)
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
    return finished(draft, text, engines)


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
    return with_diagnostics(finished(draft, compiled.text, engines), stray)


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
        return draft if isinstance(text, Diagnostic) else finished(draft, text, engines)
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
    return finished(draft, compiled.text, engines)


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
    return draft if draft.failed else finished(draft, compiled.text, engines)
