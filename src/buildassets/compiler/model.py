"""The frozen values that stages hand to one another. No behaviour, and no I/O but that of an engine's reader."""

import os.path
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from buildassets.compiler.reader import Reader
from buildassets.diagnostics import Diagnostic, Location
from buildassets.frozen import field, frozen
from buildassets.paths import LogicalPath


@frozen
class Source:
    """A file that makes one asset.

    `path` is where to read it; `shown` is the same as the user would write it, relative to the configuration's
    folder, for diagnostics; `root` is the index of its source root, `relative` its POSIX path below that root.
    `keeps_name` says that the name carries a hash already: the file is released under it, byte for byte.
    """

    logical: LogicalPath
    path: str
    shown: str
    root: int
    relative: str
    keeps_name: bool = False


@frozen
class OnDisk:
    """What the file at `path` holds, where memory is too dear for it (see `bodies`); `digest` is that of its bytes."""

    path: str
    shown: str
    digest: str
    size_bytes: int


Body: TypeAlias = bytes | str | OnDisk


class ReferenceKind(Enum):
    """What a reference's text means."""

    URL = "url"  # a URL reference: `a.png` is beside the file
    MODULE = "module"  # a module specifier: `a.js` is a bare name, only `./`, `../` and `/` begin a path
    LATER = "module, later"  # the same in `import()`, which loads it when it is called
    RESOLVED = "resolved"  # a module specifier of which only the URL is wanted: `import.meta.resolve("./a.js")`
    SOURCE_MAP = "source map"  # a URL whose absence hurts nobody but a debugger
    ORIGINAL = "original"  # the same in a source map: it names what is released anyhow, and reaches nothing

    def __setstate__(self, state: object) -> None:
        """Refuse: a pickle from another process must change neither a member nor the class, which are everybody's."""
        raise TypeError("it has no state")


DATA_URL_DEMAND: Final = "buildassets-data-url"  # the query of a reference that is to be embedded whatever the size


@frozen
class Reference:
    """A place in a text that points at another asset.

    `text[start:end]` is the raw text between the quotes (or parentheses), `url` what it means once the language's
    escapes are resolved. `start` and `end` count characters.
    """

    start: int
    end: int
    url: str
    kind: ReferenceKind = ReferenceKind.URL


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


class Origin(NamedTuple):
    """A text that another was made from.

    `name` is its absolute path; or its URL as a foreign source map gives it, where `is_url`. `content` is the text
    itself where that map holds it.
    """

    name: str
    content: str | None = None
    is_url: bool = False

    def __setstate__(self, state: object) -> None:
        """Refuse: a pickle from another process must not change the class, which is everybody's."""
        raise TypeError("it has no state")


Mapped: TypeAlias = tuple[int, int, int, int, int]
"""Offset in the text, number of the origin, line and column there, number of the name; -1 is no origin, no name.

The offset counts characters; line and column count from 0, the column UTF-16 code units.
"""


@frozen
class SourceMap:
    """Where the places of a text came from. `mappings` are sorted."""

    mappings: tuple[Mapped, ...] = ()
    origins: tuple[Origin, ...] = ()
    names: tuple[str, ...] = ()


@frozen
class Directive:
    """A line in the head of a source that asks for others, as Sprockets has them: `//= require x`.

    `kind` is the second argument of those that take one: a suffix or a media type.
    """

    name: str
    argument: str
    kind: str
    location: Location


@frozen
class Draft:
    """An asset whose references are found and not yet named.

    `body` is a text where there are references, else bytes. `digest` is that of the source file where `body` is all of
    it, as it is there. `inputs` are the paths of all files read, the source's
    first; `absences` those looked for in vain. `compiled` is what a compiler gave, before minifying. `engines` are
    (kind, name and version) of those that ran. `origin` is the source map of `body`, where maps are wanted; without,
    the body is what the source holds. `directives` are those that its head holds, where they are asked for.
    """

    source: Source
    body: Body = b""
    references: tuple[Reference, ...] = ()
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    engines: tuple[tuple[str, str], ...] = ()
    compiled: Compiled | None = None
    origin: SourceMap | None = None
    directives: tuple[Directive, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    digest: str | None = None

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that `body` means nothing."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


IN_FLIGHT_BYTES: Final = 64_000  # 10 ms of work or more, in a worker while this process has no time to send it others
IN_FLIGHT_JOBS: Final = 64  # the same of small sources


class Job(NamedTuple):
    """A source to draft. `size_bytes` tells how long that takes, more or less."""

    source: Source
    size_bytes: int


@frozen
class Answer:
    """What a worker gives: a draft, and what engines printed on the way."""

    draft: Draft
    printed: str = ""


@frozen
class ModuleBundles:
    """What became of the bundles that esbuild makes.

    `drafts` are the bundles, their style sheets and chunks; `sources` the files they point at that lie in no source
    root; `parts` the sources that they are made of and that are no assets by themselves, with all TypeScript and JSX.
    """

    drafts: Mapping[LogicalPath, Draft] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    parts: frozenset[LogicalPath] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()


IMPORTS: Final = (ReferenceKind.MODULE, ReferenceKind.LATER)  # what loads a module
SPECIFIERS: Final = (*IMPORTS, ReferenceKind.RESOLVED)  # what is read as module specifiers are


Link: TypeAlias = tuple[Reference, LogicalPath]  # a place in a text and the asset that it names
Follow: TypeAlias = Callable[[Reference, LogicalPath], LogicalPath | None]  # what a reference in an asset names


@frozen
class Linked:
    """A draft with its links in text order, and those of its references that name no asset, by number."""

    draft: Draft
    links: tuple[Link, ...] = ()
    missing: tuple[tuple[int, LogicalPath], ...] = ()

    @property
    def targets(self) -> tuple[LogicalPath, ...]:
        """The assets referred to, sorted, each once."""
        return tuple(sorted({target for _, target in self.links}))


@frozen
class Content:
    """An asset before names are known: bytes, or a text with places that point at other assets, in text order.

    One that `keeps_name` is called as its logical path says, and has no such places. `digest` is that of the body's
    bytes, where it is known.
    """

    body: Body
    links: tuple[Link, ...] = ()
    keeps_name: bool = False
    digest: str | None = None


@frozen
class Named:
    """An asset with its final name, relative to the release directory's `assets/`, and its final content.

    `digest` is that of the content.
    """

    logical: LogicalPath
    file: str
    digest: str
    content: bytes | OnDisk


@frozen
class Stored:
    """A file of the release. `encodings` are the sizes in bytes of its copies by content coding.

    `digests` are those of the copies as the manifest has them, and that of the file where `integrity` is None.
    """

    file: str
    size: int
    integrity: str | None
    encodings: Mapping[str, int]
    digests: Mapping[str, str]


@frozen
class ImportMap:
    """What the import map of a page says, in logical paths where a browser needs URLs.

    `imports` maps bare specifiers to logical paths or absolute URLs. `scopes` holds the same for what stands in a
    folder (a logical path with a slash at its end) or in one module. `modules` maps URL paths below the prefix, as
    modules import them, to logical paths.
    """

    imports: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    modules: Mapping[str, LogicalPath] = field(default_factory=dict)


@frozen
class PageTemplates:
    """Templates as they stand: their digests by path, and the `folders` that may hold some; absolute."""

    folders: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
