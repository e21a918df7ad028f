"""The protocol of compilers and minifiers: their input, their result, their options.

Stages use engines only through it.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from buildassets.compiler.engines.reader import Reader
from buildassets.disk.file_sets import FileSet
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.permission import BUILDING, Permission

if TYPE_CHECKING:
    from buildassets.compiler.engines.process.child import SharedProcesses

OF_PACKAGES: Final = "~"  # the prefix of folders of packages among those that are `merged`, and of names in them


@frozen
class EngineInput:
    """One text for an engine. `path` is its file, `shown` the name of that file in diagnostics.

    `wants_source_map` asks for `Compiled.source_map`; an engine that makes one anyhow may do so unasked.
    """

    text: str
    path: str
    shown: str
    wants_source_map: bool = False
    reader: Reader = field(default_factory=Reader, repr=False, compare=False)

    def read(self, name: str) -> str | None:
        """The text of another file, None if there is none; `name` is absolute or relative to this file's folder.

        Both results are recorded as inputs of the run. A file that cannot be read ends the run with a diagnostic.
        """
        return self.reader.read(os.path.normpath(os.path.join(os.path.dirname(self.path), name)))

    def list(self, glob: str) -> tuple[str, ...]:
        """The files that `glob`, absolute or relative to this file's folder, matches: absolute POSIX paths, sorted.

        `**` stands for any number of folders. Which files there are is recorded as an input of the run; what they hold
        is only if they are read.
        """
        return self.reader.list(os.path.dirname(os.path.abspath(self.path)), glob)


@frozen
class Templating:
    """Which files are templates for scripts, and how scripts find them.

    `extension` is the end of their names, without its first dot, as in `jst` or `html.mustache`; each becomes a
    property of the object `namespace`. `function` is the JavaScript function that is called with the text of each; an
    empty one keeps the text itself, and None compiles it here, with the syntax of underscore.js.
    """

    extension: str = "jst"
    namespace: str = "window.JST"
    function: str | None = None

    @property
    def suffix(self) -> str:
        """The last suffix of their names, with its dot."""
        return "." + self.extension.rpartition(".")[2].lower()

    def stem(self, path: str) -> str:
        """`path`, perhaps that of the script, without the extension."""
        name = path.removesuffix(".js")
        return name[: -len(self.extension) - 1] if name.lower().endswith("." + self.extension.lower()) else name


@frozen
class Compiled:
    """The result of an engine.

    `inputs` are the files read, as paths to open (sorted, without the source itself); `absences` are the paths looked
    for and not found. Both leave out what `EngineInput.read` has recorded. `sets` are for `EngineInput.list` alone to
    fill. `source_map` is a source map of the text, if
    the engine made one, in the standard's form (ECMA-426: JSON, columns in UTF-16 code units); its `sources` are
    absolute paths.
    `asset_urls` are the results of functions for assets, sorted: the text should contain them in references only.
    """

    text: str
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    source_map: str | None = None
    asset_urls: tuple[str, ...] = ()
    sets: tuple[FileSet, ...] = ()


@frozen
class EngineOptions:
    """The part of the configuration that engines may use.

    `folder` and `load_paths` are absolute folders; `url` is the URL prefix of logical paths in references; `shown`
    turns an absolute path into the name that the user would write; `browsers` are those that have to understand the
    result, as in `safari 16.4`, and empty if it is not to be translated. `permission` states which programs may be
    started, and whether Python of the project may be imported. `merged` are folders, each with its prefix, whose files
    count as one tree, as `collectstatic` makes it; those with the prefix `OF_PACKAGES` are for names with it. If it
    `was_libsass` that compiled the sheets so far, and nobody chose a compiler, the result is to be as from it; libsass
    writes `sass_digits` behind the point, 0 for as many as Dart Sass.
    `of_others` are absolute folders of other projects.
    """

    folder: str
    shown: Callable[[str], str]
    load_paths: tuple[str, ...] = ()
    url: str = "/assets/"
    browsers: tuple[str, ...] = ()
    permission: Permission = BUILDING
    merged: tuple[tuple[str, str], ...] = ()
    was_libsass: bool = False
    sass_digits: int = 0
    of_others: tuple[str, ...] = ()

    def is_of_others(self, path: str) -> bool:
        """Whether the absolute `path` is that of a file that the user cannot fix."""
        is_of_package = f"{os.sep}node_modules{os.sep}" in path
        return is_of_package or any(is_within(folder, path) for folder in self.of_others)


class Engine(Protocol):
    """A compiler or a minifier.

    `name` and `version` are recorded in the manifest. `run` never raises for faults that a user can cause: its result
    then carries diagnostics with at least one error, and its text is not used. An engine may own a process: `close`
    ends it, and `run` after `close` starts it again.
    """

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        ...

    @property
    def version(self) -> str:
        """Its name and version, as in `libsass 3.6.6`."""
        ...

    def run(self, given: EngineInput) -> Compiled:
        """The result for `given`, with every file that was read for it."""
        ...

    def close(self) -> None:
        """End processes and close pipes."""
        ...


class KnownEngine(Engine, Protocol):
    """An engine that declares what its results depend on besides its version and the files that it reads.

    `programs` are the absolute paths of its code; `reads` are the names of the EngineOptions and, in small letters, of
    the environment variables that it uses.
    """

    @property
    def programs(self) -> tuple[str, ...]:
        """The absolute paths of its code, found at each access."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The options that it uses, as in `url`."""
        ...


@runtime_checkable
class SharesProcesses(Protocol):
    """An engine whose processes can do the work of other builds, too."""

    def share(self, processes: "SharedProcesses") -> None:
        """Take processes from these pools from now on, and leave them there."""
        ...


@runtime_checkable
class KnownCompiler(KnownEngine, Protocol):
    """A compiler that declares what its results depend on."""

    @property
    def compiles_to(self) -> str:
        """The suffix of what it makes, as in `.css`."""
        ...


class Compiler(Engine, Protocol):
    """An engine that turns a source into another language, as a Sass compiler makes style sheets."""

    @property
    def compiles_to(self) -> str:
        """The suffix of what it makes, as in `.css`."""
        ...
