"""Configurations of other asset systems that stand in for parts of ours.

Takes the table of ours and the folder that it is in, gives what the file of the other system means. Which module reads
it is named here and imported when there is such a file: those modules know the compiler, and not the other way round.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, Final

from buildassets.compiler.config.toml_table import Document, Table
from buildassets.compiler.config.values import Mode
from buildassets.frozen import field, frozen

_JAMMIT: Final = "jammit"
_JAMMIT_FILE: Final = "config/assets.yml"
# What reads the file that a key of ours names, as `module:function`.
READERS: Final[Mapping[str, str]] = {
    _JAMMIT: "buildassets.compat.jammit.build.read:read",
    "pipeline": "buildassets.compat.pipeline.build.read:read",
    "webassets": "buildassets.compat.webassets.build.read:read",
}
_OURS: Final = ("sources", "bundles")  # who has these does without the other system


@frozen
class Foreign:
    """What the file of another system means.

    `table` are keys as our file has them, for which our own file goes before; `fields` are those of `Config` that have
    no key. `files` are the absolute paths of all that was read or looked for, folders among them; `further_sources` are
    source roots that stand behind those of our own file.
    """

    table: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    further_sources: tuple[Mapping[str, Any], ...] = ()


@frozen
class Asked:
    """What a reader is asked: the `file` of its system as the user wrote it, as seen from `folder`, and the mode.

    One that `is_named` in our own file has to be of that system. `engines` are the suffixes, without dots, that engines
    of other packages compile.
    """

    folder: str
    file: str
    mode: Mode
    is_named: bool = False
    engines: frozenset[str] = frozenset()


# Gives None for a file of something else, where it was not asked for by name. Raises ConfigError.
Reader = Callable[[Asked], Foreign | None]


def with_foreign(document: Document, folder: str, mode: Mode) -> tuple[Foreign, Document]:
    """What other systems have in `folder`, and our own `document` with the keys that this means. Raises ConfigError."""
    foreign = read_foreign(document.table, folder, mode)
    found = document.above(foreign.table, sources=foreign.further_sources)
    found.faults += document.faults
    return foreign, found


def read_foreign(table: Table, folder: str, mode: Mode) -> Foreign:
    """What another system has in `folder`: the file that its key names, or Jammit's usual one if that is there.

    Without a key that one is read only where our own table names neither sources nor bundles. Raises ConfigError.
    """
    named = [key for key in READERS if table.take(key) not in (None, False)]
    if len(named) > 1:
        table.refuse(f"cannot stand beside `{named[0]}`", named[1], hint="name the files of one system only")
        return Foreign()
    if named:
        file = table.filled_text(named[0], "")
        asked = Asked(folder, file, mode, True, _engines(table))
        found = _reader(named[0])(asked) if file else None
        return _beside(table.peek("sources"), found) if found else Foreign()
    if table.peek(_JAMMIT) is False or any(key in table for key in _OURS):
        return Foreign()
    path = os.path.join(folder, *_JAMMIT_FILE.split("/"))
    found = _reader(_JAMMIT)(Asked(folder, _JAMMIT_FILE, mode)) if os.path.isfile(path) else None
    return found or Foreign(files=(path,))


def _engines(table: Table) -> frozenset[str]:
    engines = table.peek("engines")
    return frozenset(engines) if isinstance(engines, dict) else frozenset()


def _beside(sources: object, found: Foreign) -> Foreign:
    """`found`, its source roots behind the `sources` of our own file, if that has any."""
    if not isinstance(sources, list):
        return found
    paths = [one.get("path") if isinstance(one, dict) else one for one in sources]
    further = [one for one in found.table.get("sources", ()) if one["path"] not in paths]
    return replace(found, further_sources=tuple(further))


def _reader(system: str) -> Reader:
    module, _, attribute = READERS[system].partition(":")
    reader: Reader = getattr(import_module(module), attribute)
    return reader
