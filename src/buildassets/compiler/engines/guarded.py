"""Guards engines of other packages: turns whatever they raise or return into a valid result.

Takes an engine, gives one that never raises and whose results fulfil the protocol.
"""

import json
import os.path
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from threading import Lock
from typing import Any, Final

from buildassets.compiler.engines.program_files import descriptions, files_of_modules
from buildassets.compiler.engines.protocol import Compiled, Engine, EngineInput
from buildassets.compiler.engines.reader import Reader
from buildassets.errors import BuildAssetsError, Terminated
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, error
from buildassets.foundation.frozen import frozen, replace

_LONGEST_NOTE: Final = 400  # characters of an exception's text


@frozen
class Label:
    """The name of an engine and of its package, for diagnostics; and the `module` that contains it."""

    name: str
    package: str
    module: str = ""

    @property
    def text(self) -> str:
        """The beginning of a message."""
        return f"the engine `{self.name}` of the package `{self.package}`"


class GuardedEngine:
    """An engine of another package. One thread at a time calls it, since it may not be safe for more."""

    def __init__(self, engine: Engine, label: Label, shown: Callable[[str], str]) -> None:
        self.name = label.name
        self.version = _exact(engine.version)
        self._engine = engine
        self._label = label
        self._shown = shown
        self._lock = Lock()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """Its package, and the metadata of all others, since it may use any of them."""
        return (*files_of_modules(self._label.module.partition(".")[0]), *descriptions())

    @property
    def reads(self) -> tuple[str, ...]:
        """All options, since it may use any of them."""
        return ("load_paths", "url", "browsers")

    def run(self, given: EngineInput) -> Compiled:
        """The engine's result for `given`, or `engine/failed`; with all files read through `given.read`."""
        reader = Reader(self._shown)
        given = replace(given, text=given.text.removeprefix("\ufeff"), reader=reader)
        try:
            with self._lock:
                result: object = self._engine.run(given)
        except Terminated:
            raise
        except (Exception, SystemExit) as fault:
            result = _unread(fault) or self._failed(f"{self._label.text} failed", described(fault), given)
        if complaint := next(_complaints(result), None):
            result = self._failed(f"{self._label.text} gave no result that can be used", complaint, given)
        assert isinstance(result, Compiled)
        return _merged(result, reader, os.path.dirname(given.path))

    def _failed(self, message: str, note: str, given: EngineInput) -> Compiled:
        hint = f"report it to the authors of `{self._label.package}`"
        fault = error("engine/failed", message, Location(given.shown), notes=[note], hint=hint)
        return Compiled("", diagnostics=(fault,))

    def close(self) -> None:
        """Close the engine. Ignores exceptions, since the build is finished."""
        with suppress(Exception):
            self._engine.close()


class GuardedCompiler(GuardedEngine):
    """A guarded engine with the suffix that it compiles to."""

    def __init__(self, engine: Engine, label: Label, shown: Callable[[str], str], compiles_to: str) -> None:
        super().__init__(engine, label, shown)
        self.compiles_to = compiles_to


def described(fault: BaseException) -> str:
    """An exception on one line, with the place where it was raised."""
    from traceback import format_exception_only  # 4 ms

    text = " ".join("".join(format_exception_only(fault)).split())[:_LONGEST_NOTE]
    innermost = fault.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost is None:
        return text
    return f"{text} (raised in `{innermost.tb_frame.f_globals.get('__name__')}`, line {innermost.tb_lineno})"


def _unread(fault: BaseException) -> Compiled | None:
    """The result if the reader raised: its diagnostics already describe what is wrong with a file."""
    if isinstance(fault, BuildAssetsError) and any(diagnostic.is_error for diagnostic in fault.diagnostics):
        return Compiled("", diagnostics=fault.diagnostics)
    return None


def _merged(compiled: Compiled, reader: Reader, folder: str) -> Compiled:
    """`compiled` with the files read, absolute paths, and values of our own classes, since a worker sends no others."""
    source_map = compiled.source_map
    return Compiled(
        _exact(compiled.text),
        inputs=_absolute(folder, {*compiled.inputs, *reader.inputs}),
        absences=_absolute(folder, {*compiled.absences, *reader.absences}),
        diagnostics=tuple(map(_exact_diagnostic, compiled.diagnostics)),
        source_map=None if source_map is None else _with_absolute_sources(source_map, folder),
        asset_urls=tuple(map(_exact, compiled.asset_urls)),
        sets=tuple(reader.sets[name] for name in sorted(reader.sets)),
    )


def _exact(text: str) -> str:
    """`text` as an exact `str`, in case it is an instance of a subclass."""
    return str.__str__(text)


def _exact_diagnostic(found: Diagnostic) -> Diagnostic:
    where = found.location
    if where is not None:
        line, column, length, excerpt_column = map(int, (where.line, where.column, where.length, where.excerpt_column))
        where = Location(
            _exact(where.file),
            line,
            column=column,
            length=length,
            excerpt=_exact(where.excerpt),
            excerpt_column=excerpt_column,
        )
    hint = None if found.hint is None else _exact(found.hint)
    return Diagnostic(
        found.severity,
        _exact(found.code),
        message=_exact(found.message),
        location=where,
        notes=tuple(map(_exact, found.notes)),
        hint=hint,
    )


def _absolute(folder: str, paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({os.path.normpath(os.path.join(folder, _exact(path))) for path in paths}))


def _with_absolute_sources(source_map: str, folder: str) -> str:
    document = json.loads(source_map)
    root = document.pop("sourceRoot", None) or ""
    document["sources"] = [os.path.normpath(os.path.join(folder, root, path)) for path in document["sources"]]
    return json.dumps(document, separators=(",", ":"))


def _complaints(result: object) -> Iterator[str]:
    """How `result` breaks the protocol, one clause for each fault."""
    if not isinstance(result, Compiled):
        yield f"`run` gave a `{type(result).__name__}`, not a `Compiled`"
        return
    text: object = result.text
    if not isinstance(text, str):
        yield f"`text` is a `{type(text).__name__}`, not a `str`"
    elif not _is_encodable(text):
        yield "`text` holds half a surrogate pair, which UTF-8 cannot"
    for name in ("inputs", "absences", "asset_urls"):
        if not _holds(getattr(result, name), lambda path: isinstance(path, str)):
            yield f"`{name}` is not a tuple of `str`"
    if not _holds(result.diagnostics, _is_diagnostic):
        yield "`diagnostics` is not a tuple of diagnostics as `error` and `warning` make them"
    if result.source_map is not None and not _is_source_map(result.source_map):
        yield "`source_map` is not the JSON of a source map of version 3 with `sources` and `mappings`"


def _holds(values: object, is_one: Callable[[Any], bool]) -> bool:
    return isinstance(values, tuple | list) and all(map(is_one, values))


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_diagnostic(value: object) -> bool:
    """Whether `value` can be sorted and shown."""
    if not isinstance(value, Diagnostic) or not isinstance(value.notes, tuple):
        return False
    texts = (value.code, value.message, *value.notes, *([] if value.hint is None else [value.hint]))
    place = value.location or Location("")
    numbers = (place.line, place.column, place.length, place.excerpt_column)
    return (
        isinstance(value.severity, Severity)
        and all(isinstance(text, str) for text in (*texts, place.file, place.excerpt))
        and all(isinstance(number, int) for number in numbers)
    )


def _is_source_map(text: object) -> bool:
    try:
        document = json.loads(text)  # type: ignore[arg-type]  # whatever an engine took for a source map
        return (
            document["version"] == 3
            and isinstance(document["mappings"], str)
            and isinstance(document.get("sourceRoot") or "", str)
            and _holds(document["sources"], lambda path: isinstance(path, str))
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return False
