"""The one protocol behind which compilers and minifiers stand: what goes in, what comes out.

Stages know engines only by it.
"""

import os.path
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from buildassets.compiler.engines.reader import Reader
from buildassets.diagnostics import Diagnostic
from buildassets.frozen import field, frozen


@frozen
class EngineInput:
    """One text for an engine. `path` is the file it came from, `shown` that name as diagnostics give it.

    `wants_source_map` asks for `Compiled.source_map`; an engine that makes one anyhow may do so unasked.
    """

    text: str
    path: str
    shown: str
    wants_source_map: bool = False
    reader: Reader = field(default_factory=Reader, repr=False, compare=False)

    def read(self, name: str) -> str | None:
        """The text of another file, None where there is none; `name` is absolute or relative to this file's folder.

        Either is remembered. What there is and cannot be read ends the run with a diagnostic.
        """
        return self.reader.read(os.path.normpath(os.path.join(os.path.dirname(self.path), name)))


@frozen
class Templating:
    """Which files are templates for scripts, and how scripts find them.

    `extension` is what their names end in, without its first dot, as in `jst` or `html.mustache`; each becomes a
    property of the object `namespace`. `function` is the JavaScript that is called with the text of each, and empty
    where that text itself is kept; None where it is compiled here, in the manner of underscore.js.
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
    """What a compile step gave.

    `inputs` are the files read, as paths to open (sorted, without the source itself); `absences` the paths looked
    for and not found: of both, those that `EngineInput.read` does not know. `source_map` is a source map of the text,
    where the engine made one, as the standard has it (ECMA-426: JSON, columns in UTF-16 code units); its `sources` are
    absolute paths.
    `asset_urls` are those that functions for assets gave, sorted: the text should have them in references only.
    """

    text: str
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    source_map: str | None = None
    asset_urls: tuple[str, ...] = ()


@frozen
class EngineOptions:
    """What an engine may want to know of the configuration.

    `folder` and `load_paths` are absolute folders; `url` is the prefix under which a reference means a logical path;
    `shown` turns an absolute path into what the user would write; `browsers` are those that have to understand the
    result, as in `safari 16.4`, and none where it is not to be translated.
    """

    folder: str
    shown: Callable[[str], str]
    load_paths: tuple[str, ...] = ()
    url: str = "/assets/"
    browsers: tuple[str, ...] = ()


class Engine(Protocol):
    """A compiler or a minifier.

    `name` and `version` stand in the manifest. `run` never raises for what a user can have caused: its result then
    carries diagnostics with at least one error, and its text is not used. An engine may own a process: `close` ends it,
    and `run` after `close` starts it anew.
    """

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        ...

    @property
    def version(self) -> str:
        """Its name and version, as in `libsass 3.6.6`."""
        ...

    def run(self, given: EngineInput) -> Compiled:
        """What the engine makes of `given`, with everything that it read on the way."""
        ...

    def close(self) -> None:
        """Let go of processes and pipes."""
        ...


class KnownEngine(Engine, Protocol):
    """An engine of which is known what decides its results besides its version and the files that it reads.

    `programs` are the files that its code is in, absolute; `reads` the names of the EngineOptions that it goes by, and
    of environment variables, in small letters.
    """

    @property
    def programs(self) -> tuple[str, ...]:
        """Looked for when it is asked for."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """Such as `url`."""
        ...


@runtime_checkable
class StartsAhead(Protocol):
    """An engine with a process that may start before there is work for it."""

    def start_ahead(self) -> None:
        """Have the process start, and do not wait for it. Why it cannot is for `run` to report."""
        ...


class KnownCompiler(KnownEngine, Protocol):
    """The same of a Compiler."""

    @property
    def compiles_to(self) -> str:
        """The suffix of what it makes, as in `.css`."""
        ...


class Compiler(Engine, Protocol):
    """An engine that makes something else of a source, as a Sass compiler makes style sheets."""

    @property
    def compiles_to(self) -> str:
        """The suffix of what it makes, as in `.css`."""
        ...
