"""The frozen values that stages hand to one another. No behaviour, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from buildassets.diagnostics import Diagnostic
from buildassets.paths import LogicalPath


@dataclass(frozen=True, slots=True)
class Source:
    """A file that makes one asset.

    `path` is where to read it; `shown` is the same as the user would write it, relative to the configuration's
    folder, for diagnostics; `root` is the index of its source root, `relative` its POSIX path below that root.
    """

    logical: LogicalPath
    path: str
    shown: str
    root: int
    relative: str


class ReferenceKind(Enum):
    """What a reference's text means."""

    URL = "url"  # a URL reference: `a.png` is beside the file
    MODULE = "module"  # a module specifier: `a.js` is a bare name, only `./`, `../` and `/` begin a path
    SOURCE_MAP = "source map"  # a URL whose absence hurts nobody but a debugger


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a text that points at another asset.

    `text[start:end]` is the raw text between the quotes (or parentheses), `url` what it means once the language's
    escapes are resolved. `start` and `end` count characters.
    """

    start: int
    end: int
    url: str
    kind: ReferenceKind = ReferenceKind.URL


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a compile step gave.

    `inputs` are the files read, as paths to open (sorted, without the source itself); `absences` the paths looked
    for and not found. `source_map` is a source map (version 3, JSON) of the text, where the engine made one.
    """

    text: str
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    source_map: str | None = None


@dataclass(frozen=True, slots=True)
class EngineInput:
    """One text for an engine. `path` is the file it came from, `shown` that name as diagnostics give it."""

    text: str
    path: str
    shown: str


References = Mapping[LogicalPath, tuple[LogicalPath, ...]]  # who refers to whom
