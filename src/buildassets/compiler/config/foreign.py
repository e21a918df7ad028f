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
_JAMMIT_READER: Final = "buildassets.compat.jammit.build.read:read"
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


# Takes the folder of the configuration, the file as the user wrote it, and the mode. Gives None for a file of something
# else, where it was not asked for by name. Raises ConfigError.
Reader = Callable[[str, str, Mode, bool], Foreign | None]


def with_foreign(document: Document, folder: str, mode: Mode) -> tuple[Foreign, Document]:
    """What other systems have in `folder`, and our own `document` with the keys that this means. Raises ConfigError."""
    foreign = read_foreign(document.table, folder, mode)
    return foreign, document.above(foreign.table, sources=foreign.further_sources)


def read_foreign(table: Table, folder: str, mode: Mode) -> Foreign:
    """What other systems have in `folder`: the file that `jammit` names, or the usual one if that is there.

    Without the key it is read only where our own table names neither sources nor bundles. Raises ConfigError.
    """
    named = table.take(_JAMMIT)
    if named is False:
        return Foreign()
    if named is not None:
        file = table.filled_text(_JAMMIT, "")
        found = _reader()(folder, file, mode, True) if file else None
        return _beside(table.peek("sources"), found) if found else Foreign()
    if any(key in table for key in _OURS):
        return Foreign()
    path = os.path.join(folder, *_JAMMIT_FILE.split("/"))
    found = _reader()(folder, _JAMMIT_FILE, mode, False) if os.path.isfile(path) else None
    return found or Foreign(files=(path,))


def _beside(sources: object, found: Foreign) -> Foreign:
    """`found`, its source roots behind the `sources` of our own file, if that has any."""
    if not isinstance(sources, list):
        return found
    paths = [one.get("path") if isinstance(one, dict) else one for one in sources]
    further = [one for one in found.table.get("sources", ()) if one["path"] not in paths]
    return replace(found, further_sources=tuple(further))


def _reader() -> Reader:
    module, _, attribute = _JAMMIT_READER.partition(":")
    reader: Reader = getattr(import_module(module), attribute)
    return reader
