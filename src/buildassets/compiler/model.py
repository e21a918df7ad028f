"""The frozen values that stages hand to one another. Pure: there is no behaviour."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from buildassets.compiler.body import Body, OnDisk
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.languages.reference import Directive, Link, Reference
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.diagnostics import Diagnostic
from buildassets.frozen import field, frozen
from buildassets.paths import LogicalPath


@frozen
class Source:
    """A file that makes one asset.

    `path` is where to read it; `shown` is the same as the user would write it, relative to the configuration's
    folder, for diagnostics; `root` is the index of its source root, `relative` its POSIX path below that root.
    `keeps_name` says that the name carries a hash already: the file is released under it, byte for byte. What is
    `uncompiled` is written in a language that nothing here compiles: it is released only where something refers to it.
    """

    logical: LogicalPath
    path: str
    shown: str
    root: int
    relative: str
    keeps_name: bool = False
    uncompiled: bool = False


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
    modules import them, to logical paths. `not_preloaded` are those that pages do not load ahead, with what only they
    import.
    """

    imports: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    modules: Mapping[str, LogicalPath] = field(default_factory=dict)
    not_preloaded: tuple[LogicalPath, ...] = ()


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
