"""The values of a configuration. Frozen; what they mean is in the README, under Configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.engines.protocol import Templating
from buildassets.compiler.engines.sass.wheel import available_engine
from buildassets.diagnostics import Diagnostic, Location
from buildassets.digest import IntegrityAlgorithm
from buildassets.frozen import frozen
from buildassets.manifest import Packages

Missing = Literal["error", "warn", "ignore"]
Modules = Literal["rewrite", "importmap"]
TemplateEngine = Literal["jinja", "django"]
BundleFormat = Literal["esm", "iife"]
Prefer = Literal["compiled", "source"]


@frozen
class SourceRoot:
    """A folder whose files are assets.

    `path` is absolute, `shown` the same as the user wrote it. `prefix` stands before the logical paths of its files
    and has no slash at its ends. `include` (empty: everything) and `exclude` are globs on paths below the root. In one
    with `npm` bare names find packages, and only what something refers to is released. What is `vendored` others keep
    in order: it is taken as they built it. Where a file and what is compiled of another make one asset, `prefer` names
    the one to take: what is `compiled` already, or the `source`; without it that is an error, but for npm's packages.
    """

    path: str
    shown: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    npm: bool = False
    vendored: bool = False
    prefer: Prefer | None = None


@frozen
class EngineNames:
    """Which engine compiles or minifies each kind; `none` leaves the kind as it is.

    `compilers` are engines of other packages by the suffix, without its dot, of the sources that they compile. Where
    `is_scss_pinned`, the settings or the lock name that for Sass; else it is what is installed here.
    """

    scss: str = field(default_factory=available_engine)
    css: str = "rcssmin"
    js: str = "rjsmin"
    compilers: Mapping[str, str] = field(default_factory=dict)
    is_scss_pinned: bool = False


@frozen
class ModuleBundle:
    """A bundle that esbuild makes: its entry, and how. `define` are names with the values that stand for them."""

    files: tuple[str, ...]
    format: BundleFormat = "esm"
    splitting: bool = False
    define: Mapping[str, str | bool | int | float] = field(default_factory=dict)


@frozen
class TemplateFolder:
    """A folder of templates: `path` is absolute, `shown` as the user wrote it, perhaps a glob.

    Without an `engine`, that of all templates.
    """

    path: str
    shown: str
    engine: TemplateEngine | None = None


@frozen
class Templates:
    """Where the templates lie and how they are read.

    Without `folders` they are where frameworks look for them; `further` ones are added in either case. Without an
    `engine` they are Django's where the project has a `manage.py`, or else Jinja's. `functions` are those of the
    project's own that take the name of an asset, `extensions` are Jinja's, `builtins` the modules of tag libraries that
    all Django templates have.
    """

    folders: tuple[TemplateFolder, ...] = ()
    engine: TemplateEngine | None = None
    functions: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    builtins: tuple[str, ...] = ()
    further: tuple[TemplateFolder, ...] = ()


@frozen
class DataUrls:
    """Which files style sheets hold as `data:` URLs: those of at most `limit_bytes` that a glob of `include` matches.

    Without `include` they are images and fonts. Those that a glob of `of_any_size` matches may be larger.
    """

    limit_bytes: int
    include: tuple[str, ...] = ()
    of_any_size: tuple[str, ...] = ()


@frozen
class Retain:
    """How long earlier releases stay: at most so many, and each for at most so many hours after it was superseded."""

    releases: int = 3
    hours: float = 24


@frozen
class PackageRules:
    """Which releases of tools and packages are taken: none younger than `min_age_days`, unless it is named."""

    min_age_days: float = 0


@frozen
class _Level:
    """How hard a coding may try: the range that its library takes, and what it does unless told otherwise."""

    least: int
    most: int
    default: int


# A browser need not keep more than 8 MB to decompress zstd (RFC 9659); levels from 20 up may ask for more.
LEVELS: Final[Mapping[str, _Level]] = {
    "gzip": _Level(1, 9, 9),
    "br": _Level(0, 11, 11),
    **dict.fromkeys(("zstd", "dcz"), _Level(1, 19, 19)),
}
USUAL: Final = ("gzip", "br")


@frozen
class BlockPlan:
    """What the templates of another system want to have built; `path` is that of the file which holds the plan.

    `blocks` are as the manifest has them, `bundles` the members of each asset that they name, `parts` what is released
    in these alone. `named` are other assets that templates use. `places` are where the texts of generated sources, by
    shown name, begin in templates. `folder` is the shown name of their source root, `inputs` the absolute paths of what
    decided the plan; the command `renew` writes it anew.
    """

    path: str
    folder: str
    blocks: Mapping[str, Any] = field(default_factory=dict)
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    places: Mapping[str, Location] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    inputs: tuple[str, ...] = ()
    renew: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a build does. Paths are absolute; globs are those of `globs`; `budgets` are in bytes after gzip.

    `folder` is what relative paths are relative to, `file` the configuration file, if there is one. `integrity` is
    None where no integrity is wanted; `url_prefixes`, `data_urls` and `retain` are None where the file does not speak
    of them. `scopes` are those of the import map. `compress` are content codings, each with the level of its copies.
    `browsers` are the oldest to understand the result, as in `safari 16.4`; none: nothing is translated for them.
    `types` are media types by suffix, in the place of the usual ones for what is released, not for how it is compiled.
    Of images of more than `image_warn_bytes` a build warns; of none if that is 0. `registry` is the URL of the registry
    of packages, empty where npm's own settings name it; `locked` are versions of the tools in the lock. `plan` is what
    templates of another system want to have built, where they want something; `companions` are the forms of files for
    other systems, as `write.companions` has them.

    What only other systems' files set: `pieces` are the members of bundles that pages may load one by one,
    `template_names` the names of templates by bundle and logical path, `bases` the logical paths that relative
    references of some sheets are seen from, `wrappers` what stands before and behind the scripts of bundles, `notices`
    what was found in such a file, `is_computed` whether code of the project was run for it, `read` the absolute paths
    of all that was read or looked for.
    """

    folder: str
    sources: tuple[SourceRoot, ...]
    output: str
    file: str | None = None
    url: str = "/assets/"
    url_prefixes: tuple[str, ...] | None = None
    entries: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fingerprinted: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    load_paths: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    missing: Missing = "error"
    modules: Modules = "rewrite"
    directives: bool = False
    minify: bool = True
    browsers: tuple[str, ...] = ()
    source_maps: bool = False
    sources_content: bool = True
    types: Mapping[str, str] = field(default_factory=dict)
    compress: Mapping[str, int] = field(default_factory=lambda: {coding: LEVELS[coding].default for coding in USUAL})
    integrity: IntegrityAlgorithm | None = "sha384"
    engines: EngineNames = field(default_factory=EngineNames)
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    module_bundles: Mapping[str, ModuleBundle] = field(default_factory=dict)
    importmap: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    importmap_preload: Mapping[str, bool] = field(default_factory=dict)
    data_urls: DataUrls | None = None
    templates: Templates = field(default_factory=Templates)
    templating: Templating = field(default_factory=Templating)
    retain: Retain | None = None
    budgets: Mapping[str, int] = field(default_factory=dict)
    image_warn_bytes: int = 1_000_000
    registry: str = ""
    packages: PackageRules = field(default_factory=PackageRules)
    locked: Mapping[str, str] = field(default_factory=dict)
    plan: BlockPlan | None = None
    companions: tuple[str, ...] = ()
    pieces: Packages | None = None
    template_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    wrappers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notices: tuple[Diagnostic, ...] = ()
    is_computed: bool = field(default=False, compare=False)
    read: tuple[str, ...] = field(default=(), compare=False)
    document: Document | None = field(default=None, repr=False, compare=False)


_BESIDE: Final = ("folder", "file", "document", "module_bundles", "scopes", "image_warn_bytes")  # are no keys
SETTINGS: Final = frozenset(each.name for each in fields(Config)).difference(_BESIDE)

Mode = Literal["production", "development"]
MODES: Final[tuple[Mode, ...]] = ("production", "development")
