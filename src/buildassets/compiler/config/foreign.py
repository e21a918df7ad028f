"""Reads configurations of other asset systems, which replace parts of ours.

Takes our own table and its folder, gives the values of the other system's file. The module that reads such a file is
named here and imported when there is one: those modules import the compiler, which must not import them.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from buildassets.compiler.config.toml_table import Document, Table
from buildassets.compiler.config.values import Mode
from buildassets.compiler.engines.failures import NOT_RUN_HINT
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Severity, warning
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.permission import Permission

_JAMMIT: Final = "jammit"
_JAMMIT_FILE: Final = "config/assets.yml"
# The reader of the file that each of our keys names, as `module:function`.
READERS: Final[Mapping[str, str]] = {
    _JAMMIT: "buildassets.compat.jammit.compile.read:read",
    "pipeline": "buildassets.compat.pipeline.compile.read:read",
    "webassets": "buildassets.compat.webassets.compile.read:read",
}
# The keys that may name code, each with the suffixes of files that are none.
_CODE: Final[Mapping[str, tuple[str, ...]]] = {"pipeline": (), "webassets": (".yaml", ".yml")}
SEVERAL: Final = "webassets"
"""The key that may name several files."""
_OURS: Final = ("sources", "bundles")  # with these keys, no file of another system is searched for


@frozen
class Foreign:
    """The values in the file of another system.

    `table` are keys in the form of our file, which takes precedence; `fields` are fields of `Config` without a key.
    `files` are the absolute paths of all files and folders that were read or looked for; `further_sources` are source
    roots that follow those of our own file.
    """

    table: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    further_sources: tuple[Mapping[str, Any], ...] = ()


@frozen
class ReaderArguments:
    """The arguments of a reader: the `file` of its system as the user wrote it, relative to `folder`, and the mode.

    If the file `is_named` in our own file, it has to be of that system; `more` files are named with it. `engines` are
    the suffixes, without dots, that engines of other packages compile. `missing` is that setting of our own file, if it
    has one, and `output` the release directory.
    """

    folder: str
    file: str
    mode: Mode
    permission: Permission
    is_named: bool = False
    more: tuple[str, ...] = ()
    engines: frozenset[str] = frozenset()
    missing: object = None
    output: str = "build"


# Gives None for a file of another system, unless our own file names it. Raises ConfigError.
Reader = Callable[[ReaderArguments], Foreign | None]


def with_foreign(document: Document, folder: str, mode: Mode, *, permission: Permission) -> tuple[Foreign, Document]:
    """The values of other systems in `folder`, and our own `document` with their keys added. Raises ConfigError.

    Without the permission for Python, a system whose values are computed is left out, with a warning.
    """
    if not permission.python and (key := _computed(document.table)):
        message = f"`{key}` is not read: that would run code of the project"
        notice = warning("config/not-run", message, document.locate_value((key,)), hint=NOT_RUN_HINT)
        return Foreign(fields={"notices": (notice,)}), document
    foreign = read_foreign(document.table, folder, mode, permission=permission)
    extended = document.above(foreign.table, sources=foreign.further_sources)
    extended.faults += document.faults
    return foreign, extended


def _computed(table: Table) -> str | None:
    """The key that names code of the project, from which the values of another system are computed."""
    return next((key for key, data in _CODE.items() if key in table and not _is_data(table.peek(key), data)), None)


def _is_data(value: object, suffixes: tuple[str, ...]) -> bool:
    """Whether `value` names one or several files with `suffixes`."""
    return all(str(one).endswith(suffixes) for one in (value if isinstance(value, list) else [value]))


def read_foreign(table: Table, folder: str, mode: Mode, *, permission: Permission) -> Foreign:
    """The values of another system in `folder`: of the file that a key names, or else of Jammit's usual one.

    Jammit's is read only if our own table has no sources and no bundles. Raises ConfigError.
    """
    named = [key for key in READERS if table.take(key) not in (None, False)]
    if len(named) > 1:
        table.refuse(f"cannot be set together with `{named[0]}`", named[1], hint="name the files of one system only")
        return Foreign()
    if named:
        takes_several = named[0] == SEVERAL and isinstance(table.peek(named[0]), list)
        files = table.texts(named[0]) if takes_several else (table.filled_text(named[0], ""),)
        asked = ReaderArguments(
            folder,
            files[0] if files else "",
            mode,
            permission,
            is_named=True,
            more=files[1:],
            engines=_engines(table),
            missing=table.peek("missing"),
            output=_output(table),
        )
        foreign = _read(named[0], asked) if asked.file else None
        return _beside(table.peek("sources"), foreign) if foreign else Foreign()
    if table.peek(_JAMMIT) is False or any(key in table for key in _OURS):
        return Foreign()
    path = os.path.join(folder, *_JAMMIT_FILE.split("/"))
    asked = ReaderArguments(
        folder, _JAMMIT_FILE, mode, permission, missing=table.peek("missing"), output=_output(table)
    )
    foreign = _read(_JAMMIT, asked) if os.path.isfile(path) else None
    return foreign or Foreign(files=(path,))


def _output(table: Table) -> str:
    output = table.peek("output")
    return output if isinstance(output, str) and output else "build"


def severity_of_empty(missing: object, *, is_glob: bool) -> Severity | None:
    """The severity for an entry of another system that matches no file; None if `missing`, our setting, ignores it.

    A glob may match nothing, with a warning.
    """
    if missing == "ignore":
        return None
    return Severity.WARNING if is_glob or missing == "warn" else Severity.ERROR


def _engines(table: Table) -> frozenset[str]:
    engines = table.peek("engines")
    return frozenset(engines) if isinstance(engines, dict) else frozenset()


def _beside(sources: object, foreign: Foreign) -> Foreign:
    """`foreign` with its source roots after the `sources` of our own file, if that has any."""
    if not isinstance(sources, list):
        return foreign
    paths = [source.get("path") if isinstance(source, dict) else source for source in sources]
    further = [source for source in foreign.table.get("sources", ()) if source["path"] not in paths]
    return replace(foreign, further_sources=tuple(further))


def _read(system: str, asked: ReaderArguments) -> Foreign | None:
    module, _, attribute = READERS[system].partition(":")
    reader: Reader = getattr(import_module(module), attribute)
    try:
        return reader(asked)
    except ConfigError as failure:
        raise ConfigError(failure.diagnostics, looked_at={*failure.looked_at, *_paths_of(system, asked)}) from None


def _paths_of(system: str, asked: ReaderArguments) -> Iterator[str]:
    """The absolute paths of the files that are asked for; a file may be named as a module."""
    for file in (asked.file, *asked.more):
        yield os.path.join(asked.folder, _file_of(system, file))


def _file_of(system: str, file: str) -> str:
    if system in _CODE and not file.endswith(_CODE[system]):
        return file.partition(":")[0].replace(".", os.sep) + ".py"
    return file
