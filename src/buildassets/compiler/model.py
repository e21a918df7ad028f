"""The frozen values that one stage passes to the next. Pure: values without behaviour."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from buildassets.compiler.body import Body, Later, OnDisk
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.fonts.subset import FontMetrics, Subset
from buildassets.compiler.images.variant import Sprite, Variant
from buildassets.compiler.languages.reference import Directive, Link, Reference
from buildassets.disk.file_sets import FileSet
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.media import Syntax, media_of
from buildassets.foundation.paths import LogicalPath
from buildassets.wheels.contents import ReleasedFile

if TYPE_CHECKING:
    from buildassets.compiler.images.size import Size
    from buildassets.compiler.languages.source_map.values import SourceMap

Recipe: TypeAlias = Variant | Subset | Sprite | ReleasedFile
"""How an asset is made of files that make other assets, too; `transform.recipes` has a row for each."""


@frozen
class Source:
    """A file that makes one asset.

    - `path`: its absolute path
    - `shown`: the path as the user would write it, relative to the configuration's folder, for diagnostics
    - `root`: the index of its source root, or -1
    - `relative`: its POSIX path below that root
    - `keeps_name`: its name carries a hash already, so it is released under that name, byte for byte
    - `uncompiled`: nothing here compiles its language, so it is released only if something refers to it
    - `variants`: the variants of this picture, sorted; they are released with it
    - `recipe`: how it is made of other files, which makes `path` a name for it that no file can have
    """

    logical: LogicalPath
    path: str
    shown: str
    root: int
    relative: str
    keeps_name: bool = False
    uncompiled: bool = False
    variants: tuple[LogicalPath, ...] = ()
    recipe: Recipe | None = None

    @property
    def syntax(self) -> Syntax | None:
        """The language of the asset; None for one that refers to nothing, such as a picture."""
        return media_of(self.logical).syntax

    @property
    def variant(self) -> Variant | None:
        """The recipe, if it is that of a variant of a picture."""
        return self.recipe if isinstance(self.recipe, Variant) else None

    @property
    def subset(self) -> Subset | None:
        """The recipe, if it is that of a part of a font."""
        return self.recipe if isinstance(self.recipe, Subset) else None

    @property
    def file(self) -> str:
        """The absolute path of the file that it is made of: of a variant the picture, of a part the font."""
        return self.recipe.of if isinstance(self.recipe, Variant | Subset) else self.path


@frozen
class Draft:
    """An asset whose references are found but not resolved.

    - `body`: a text if there are references, else bytes
    - `digest`: the digest of the source file, if `body` is the same as that file
    - `stamp`: that of the source file before it was read, as `stamps.signature` has it, if it is known
    - `inputs`: the paths of all files read, the source's first
    - `absences`: the paths that were looked for and not found
    - `sets`: the sets of files of which it was decisive which there are
    - `compiled`: the result of a compiler, before minifying
    - `engines`: (kind, name and version) of the engines that ran
    - `origin`: the source map of `body`, if maps are configured; None if the body is the text of the source
    - `directives`: those at the head of the source, if they are configured
    - `contents`: in a bundle, the path of each file that it is made of, and the bytes that it has there
    - `size`: that of an image, if its header contains one
    - `bundler`: the bundler that wrote this script, empty if none did; None if that is not known
    - `may_name_workers`: False if it is a script in which the words are known to be missing by which workers are made
    - `names`: those that a bundle gives to what CSS modules declare, by the logical path of the module without
      `.module.css` and by the name as written there
    - `metrics`: those of a font that was made here
    - `icons`: of a sprite, the width and height of each icon in CSS pixels, empty where it has none
    """

    source: Source
    body: Body = b""
    references: tuple[Reference, ...] = ()
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    engines: tuple[tuple[str, str], ...] = ()
    compiled: Compiled | None = None
    origin: "SourceMap | None" = None
    directives: tuple[Directive, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    digest: str | None = None
    contents: tuple[tuple[str, int], ...] = ()
    sets: tuple[FileSet, ...] = ()
    size: "Size | None" = None
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    may_name_workers: bool = True
    bundler: str | None = None
    metrics: FontMetrics | None = None
    icons: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    stamp: tuple[int, int, int, int] | None = field(default=None, compare=False)

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that `body` must not be used."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


@frozen
class ViteEntry:
    """Vite's output for one source: the asset, and the style sheets of it and of what it imports, in order.

    `source` is the path by which Vite knows it; `dev` is the URL of Vite's server, in development, empty without one.
    """

    source: str
    asset: LogicalPath
    css: tuple[LogicalPath, ...] = ()
    dev: str = ""


@frozen
class FrontEnds:
    """Vite's output in source roots.

    - `entries`: by the names of sources
    - `kept`: the files that keep their names, as others name them in ways that are not rewritten
    - `files`: all files but pages
    - `servers`: the URLs of Vite's servers, in development
    - `misplaced`: the shown names of roots that were built for another base, so that references lead astray
    - `chunks`: by the paths that chunks import, which are those of no file, the files to which a page's import map
      leads (`build.chunkImportMap`)
    """

    entries: Mapping[str, ViteEntry] = field(default_factory=dict)
    kept: frozenset[LogicalPath] = frozenset()
    files: frozenset[LogicalPath] = frozenset()
    servers: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    chunks: Mapping[LogicalPath, LogicalPath] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    looked_at: tuple[str, ...] = ()


Follow: TypeAlias = Callable[[Reference, LogicalPath], LogicalPath | None]  # from a reference in an asset to its target


@frozen
class Linked:
    """A draft with its links in text order. `missing` are its references to no asset, by their numbers."""

    draft: Draft
    links: tuple[Link, ...] = ()
    missing: tuple[tuple[int, LogicalPath], ...] = ()

    @property
    def targets(self) -> tuple[LogicalPath, ...]:
        """The assets that it refers to, sorted, each once."""
        return tuple(sorted({target for _, target in self.links}))


@frozen
class WithLinks:
    """Assets, the links that are written into each of them, and the source maps of assets that do not name them.

    `plain` are the assets that keep their own names.
    """

    assets: Mapping[LogicalPath, Linked]
    written: Mapping[LogicalPath, tuple[Link, ...]]
    hidden_maps: Mapping[LogicalPath, bytes] = field(default_factory=dict)
    plain: frozenset[LogicalPath] = frozenset()


@frozen
class Content:
    """An asset before names are known: bytes, or a text with links to other assets, in text order.

    One that `keeps_name` is named `name`, or by its logical path, and has no links; one that `is_plain` is named by its
    path, too, but may have links. `digest` is that of the body's bytes, if known. A file that is `named_as` another
    path has the logical path in its fingerprint: several may share a name.
    """

    body: Body
    links: tuple[Link, ...] = ()
    keeps_name: bool = False
    digest: str | None = None
    named_as: LogicalPath | None = None
    is_plain: bool = False
    name: str = ""


@frozen
class Named:
    """An asset with its final name, relative to the release directory's `assets/`, and its final content.

    `digest` is that of the content.
    """

    logical: LogicalPath
    file: str
    digest: str
    content: bytes | OnDisk | Later
    is_plain: bool = False


@frozen
class Stored:
    """A file of the release. `encodings` are the sizes in bytes of its copies by content coding.

    `digests` are those of the copies in the form of the manifest, and that of the file if `integrity` is None.
    """

    file: str
    size: int
    integrity: str | None
    encodings: Mapping[str, int]
    digests: Mapping[str, str]
    is_plain: bool = False


@frozen
class ImportMap:
    """The import map of a page, with logical paths in place of URLs.

    - `imports`: maps bare specifiers to logical paths or absolute URLs
    - `scopes`: the same for modules in a folder (a logical path with a slash at its end) or for one module
    - `modules`: maps URL paths below the prefix, as modules import them, to logical paths
    - `not_preloaded`: modules that pages do not preload, together with those that only they import
    """

    imports: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    modules: Mapping[str, LogicalPath] = field(default_factory=dict)
    not_preloaded: tuple[LogicalPath, ...] = ()


@frozen
class ModuleBundles:
    """The bundles that esbuild makes.

    - `drafts`: the bundles, their style sheets and chunks
    - `sources`: the files outside of source roots that they refer to
    - `parts`: the sources that they are made of and that are not assets of their own; all TypeScript and JSX, too
    - `imports`: the paths of all files that were read, each with those that it imports
    """

    drafts: Mapping[LogicalPath, Draft] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    parts: frozenset[LogicalPath] = frozenset()
    diagnostics: tuple[Diagnostic, ...] = ()
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
