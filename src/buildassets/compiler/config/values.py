"""The values of a configuration, frozen. `key_table` describes the keys."""

import os
from collections.abc import Mapping
from typing import Any, Final, Literal

from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.engines.protocol import OF_PACKAGES, EngineOptions, Templating
from buildassets.compiler.engines.registry import MINIFIED, engines_for
from buildassets.compiler.engines.sass.wheel import available_engine
from buildassets.compiler.fonts.subset import Fallback, FontFormat
from buildassets.disk.folders import is_within, path_below
from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.digest import IntegrityAlgorithm
from buildassets.foundation.frozen import field, frozen, frozen_by_name, replace
from buildassets.foundation.permission import Permission
from buildassets.manifest.model import Packages

Missing = Literal["error", "warn", "ignore"]
Modules = Literal["rewrite", "importmap"]
Resolve = Literal["browser", "bundler"]
Mode = Literal["production", "development"]
VENDOR: Final = "vendor"  # the folder of a source root with the packages that `buildassets vendor` adds
MODES: Final[tuple[Mode, ...]] = ("production", "development")
TemplateEngine = Literal["jinja", "django", "mako", "chameleon"]
BundleFormat = Literal["esm", "iife"]
Prefer = Literal["compiled", "source"]
ImageFormat = Literal["avif", "webp", "original"]
_MARKUP: Final = ("svg", "html", "json")
HIDDEN: Final = "hidden"
SourceMaps = bool | Literal["hidden"]
Definition = str | bool | int | float


@frozen
class SourceRoot:
    """A folder whose files are assets.

    `path` is absolute, `shown` is the path as the user wrote it. `prefix` precedes the logical paths of its files and
    has no slash at its ends. `include` (empty: everything) and `exclude` are globs on paths below the root. In a root
    with `npm`, bare names find packages, and only files that something refers to are released. A `vendored` root
    belongs to other projects and is used as they built it. If a file and the compiled form of another make one asset,
    `prefer` chooses: the file that is `compiled` already, or the `source`; without it that is an error, except in npm's
    packages. Vite built a root with a `manifest`, which is the path of Vite's own below it; `dev` is the URL of Vite's
    server. A root with `files` has exactly these: paths below it, each with the absolute path of its content. They are
    served under their own names, too. With `compiles` their sources are compiled, also in a vendored root. A root with
    a `package`, the absolute folder of an installed one, has the files of that package's release; `project` is the
    absolute folder of its sources where it is an editable install.
    """

    path: str
    shown: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    npm: bool = False
    vendored: bool = False
    prefer: Prefer | None = None
    manifest: str = ""
    dev: str = ""
    files: tuple[tuple[str, str], ...] | None = None
    compiles: bool = False
    package: str = ""
    project: str = ""

    @property
    def lists_files(self) -> bool:
        """Whether it has only the files that it lists."""
        return self.files is not None

    @property
    def is_built(self) -> bool:
        """Whether its sources were compiled before they came here, so that nothing here compiles them."""
        return self.vendored and self.prefer != "source" and not self.compiles

    @property
    def is_of_others(self) -> bool:
        """Whether its files are those of other projects, which the user cannot fix."""
        return self.npm or self.vendored

    @property
    def shown_prefix(self) -> str:
        """The prefix of its files' paths where they are shown."""
        return "" if self.shown == "." else self.shown.rstrip("/") + "/"


@frozen
class EngineNames:
    """The names of the engines that compile or minify each kind; `none` leaves the kind as it is.

    `compilers` are engines of other packages by the suffix, without its dot, of the sources that they compile. If
    `is_scss_pinned`, the settings or the lock name the one for Sass; else it is whichever is installed here.
    """

    scss: str = field(default_factory=available_engine)
    css: str = engines_for("css")[0]
    js: str = engines_for("js")[0]
    compilers: Mapping[str, str] = field(default_factory=dict)
    is_scss_pinned: bool = False
    svg: str = engines_for("svg")[0]
    html: str = engines_for("html")[0]
    json: str = engines_for("json")[0]

    @property
    def minifiers(self) -> dict[str, str]:
        """The engine for each kind that can be minified."""
        return {kind: getattr(self, kind) for kind in MINIFIED}

    @property
    def packaged(self) -> dict[str, str]:
        """The engines of other packages for SVG, HTML and JSON, by kind: minifiers, or compilers if they declare it."""
        markup = {kind: name for kind, name in self.minifiers.items() if kind in _MARKUP}
        return {kind: name for kind, name in markup.items() if name not in (*engines_for(kind), "none")}


@frozen
class ModuleBundle:
    """A bundle that esbuild makes: its entry and the options. `define` maps names to the values that replace them."""

    files: tuple[str, ...]
    format: BundleFormat = "esm"
    splitting: bool = False
    define: Mapping[str, Definition] = field(default_factory=dict)


@frozen
class ImageVariants:
    """The variants of pictures: `widths` in pixels, ascending; `formats`, where `original` is that of the source.

    `quality` is that of the lossy formats, from 1 to 100.
    """

    widths: tuple[int, ...]
    formats: tuple[ImageFormat, ...] = ("avif", "webp")
    quality: int = 80


@frozen
class FontRule:
    """The parts of fonts that are made: the characters of `unicode_range`, all if it is empty.

    With `text = "templates"`, those in the texts of templates, too; with `text_only`, only these, as far as they are in
    the range if there is one. `allow` are names of fonts that may be cut down although they forbid it: the logical
    path, the name of the file, that name without its suffix, or the family. See `Subset` for `fallback` and `preload`.
    """

    unicode_range: tuple[str, ...] = ()
    text: Literal["", "templates"] = ""
    text_only: bool = False
    formats: tuple[FontFormat, ...] = ("woff2",)
    allow: tuple[str, ...] = ()
    fallback: Fallback = "auto"
    preload: bool = True


@frozen
class TemplateFolder:
    """A folder of templates: `path` is absolute, `shown` as the user wrote it, perhaps a glob.

    Without an `engine`, the one for all templates applies.
    """

    path: str
    shown: str
    engine: TemplateEngine | None = None


@frozen
class Templates:
    """The folders of the templates and how to read them.

    Without `folders`, the usual folders of frameworks are searched; `further` ones are added in either case. Without an
    `engine`, the templates are Django's if the project has a `manage.py`, or else Jinja's. `functions` are the
    project's own functions that take the name of an asset, `extensions` are Jinja's, `builtins` are the modules of tag
    libraries that all Django templates load.
    """

    folders: tuple[TemplateFolder, ...] = ()
    engine: TemplateEngine | None = None
    functions: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    builtins: tuple[str, ...] = ()
    further: tuple[TemplateFolder, ...] = ()


@frozen
class DataUrls:
    """The files that style sheets embed as `data:` URLs: up to `limit_bytes`, and matched by a glob of `include`.

    Without `include`, images and fonts. Files that a glob of `of_any_size` matches may be larger.
    """

    limit_bytes: int
    include: tuple[str, ...] = ()
    of_any_size: tuple[str, ...] = ()


@frozen
class IconFolder:
    """The icons of a sprite: the SVG files in `path`, an absolute folder; with `used_only`, those in templates."""

    path: str
    used_only: bool = False


@frozen
class Retain:
    """The limits on earlier releases: their number, and the hours for which each is kept after it was superseded."""

    releases: int = 3
    hours: float = 24


@frozen
class PackageRules:
    """The rules for releases of tools and packages: none younger than `min_age_days`.

    `installed` are the names of the releases of installed packages that are merged.
    """

    min_age_days: float = 0
    installed: tuple[str, ...] = ()


@frozen
class CacheSettings:
    """The remote cache: its URL, empty if there is none, and the public keys of those who may write, by scope."""

    remote: str = ""
    trust: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@frozen
class _Level:
    """The levels of a content coding: the range that its library accepts, and the default."""

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
    """The blocks that templates of another system need; `path` is the file that contains the plan.

    `blocks` have the form of the manifest; `bundles` are the members of each asset that they name, `files` the paths by
    which the files of some are named, where these are not the logical paths; `parts` are sources
    that are released only inside these; `named` are other assets that templates use. `places` are the positions in
    templates, by shown name, where the texts of generated sources begin. `folder` is the shown name of their source
    root, `inputs` are the absolute paths of the files that decided the plan; the command `renew` writes it again.
    `merged` are the absolute folders of static files, each with its prefix, which `collectstatic` makes one tree of.
    Texts may have `mark` in them where templates have nothing.
    """

    path: str
    folder: str
    blocks: Mapping[str, Any] = field(default_factory=dict)
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    places: Mapping[str, Location] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    inputs: tuple[str, ...] = ()
    renew: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    mark: str = ""


@frozen
class ConfiguredCommand:
    """A program of the project that makes assets: those of all sources with a suffix, or the one at `output`.

    `source_suffix` and `suffix` are those of the sources and of what it makes, without dots; both are empty if there is
    an `output`, a logical path. `run` are its arguments, with placeholders. `inputs` are globs of the files that it may
    read, `depfile` names the file in which it lists them; `env` are the names of variables that it gets, `problem` is a
    regular expression for the lines that it prints.
    """

    run: tuple[str, ...]
    source_suffix: str = ""
    suffix: str = ""
    output: str = ""
    inputs: tuple[str, ...] = ()
    depfile: str = ""
    env: tuple[str, ...] = ()
    problem: str = ""
    timeout_seconds: float = 60

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all variables that it gets with their values, but for PATH."""
        return ("HOME", "LANG", *self.env)


@frozen_by_name
class Config:
    """All settings of a build, named as in the configuration. Paths are absolute; `budgets` are in bytes after gzip.

    `folder` is the base of relative paths, `file` the configuration file, if there is one. `integrity` is None if it is
    switched off; `url_prefixes`, `data_urls` and `retain` are None if the file does not set them. `scopes` are those of
    the import map. `compress` has the level of each coding. A build warns of images of more than `image_warn_bytes`; of
    none if that is 0. `image_variants` lose metadata if `image_strip` is set. `locked` are the versions of the tools in
    the lock. `permission` states what may happen in a build. `plan` is the plan of the templates of another system, if
    there is one; `companions` are the formats of further files for other systems, by the names of that feature. It
    `sets_integrity` if the file has the key `integrity`.

    Only other systems' files set these: `pieces` are the members of bundles that pages may load one by one;
    `template_names` are the names of templates by bundle and logical path; `bases` are the logical paths to which
    references in some sheets are relative; `wrappers` are the texts before and after the scripts of bundles; `notices`
    are diagnostics for such a file; `declared_by` are the owners of entries and scopes of the import map, such as
    "application `shop`", by the keys that they would have in the file; `is_computed` is whether code of the project was
    run for it; `read_for` is the mode that it was read for; `read` are the absolute paths of all files that were read
    or looked for.
    """

    folder: str
    sources: tuple[SourceRoot, ...]
    output: str
    permission: Permission = field(repr=False)
    file: str | None = None
    url: str = "/assets/"
    url_prefixes: tuple[str, ...] | None = None
    entries: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fingerprinted: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    load_paths: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    missing: Missing = "error"
    modules: Modules = "rewrite"
    resolve: Resolve = "browser"
    directives: bool = False
    minify: bool = True
    inline_imports: bool = False
    browsers: tuple[str, ...] = ()
    define: Mapping[str, Definition] = field(default_factory=dict)
    env: tuple[str, ...] = ()
    source_maps: SourceMaps = False
    sources_content: bool = True
    types: Mapping[str, str] = field(default_factory=dict)
    compress: Mapping[str, int] = field(default_factory=lambda: {coding: LEVELS[coding].default for coding in USUAL})
    integrity: IntegrityAlgorithm | None = "sha384"
    sets_integrity: bool = False
    engines: EngineNames = field(default_factory=EngineNames)
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    module_bundles: Mapping[str, ModuleBundle] = field(default_factory=dict)
    importmap: Mapping[str, str] = field(default_factory=dict)
    importmap_integrity: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    importmap_preload: Mapping[str, bool] = field(default_factory=dict)
    data_urls: DataUrls | None = None
    templates: Templates = field(default_factory=Templates)
    components: bool = False
    templating: Templating = field(default_factory=Templating)
    retain: Retain | None = None
    budgets: Mapping[str, int] = field(default_factory=dict)
    image_warn_bytes: int = 1_000_000
    image_variants: Mapping[str, ImageVariants] = field(default_factory=dict)
    image_strip: bool = True
    fonts: Mapping[str, FontRule] = field(default_factory=dict)
    icons: Mapping[str, IconFolder] = field(default_factory=dict)
    registry: str = ""
    packages: PackageRules = field(default_factory=PackageRules)
    locked: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, ConfiguredCommand] = field(default_factory=dict)
    run: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cache: CacheSettings = field(default_factory=CacheSettings, repr=False)
    precache: str = ""
    plan: BlockPlan | None = None
    was_libsass: bool = False
    sass_digits: int = 0
    companions: tuple[str, ...] = ()
    pieces: Packages | None = None
    template_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    wrappers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notices: tuple[Diagnostic, ...] = ()
    declared_by: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    is_computed: bool = field(default=False, compare=False)
    read_for: Mode | None = None
    read: tuple[str, ...] = field(default=(), compare=False)
    document: Document | None = field(default=None, repr=False, compare=False)

    def shown(self, path: str) -> str:
        """The absolute `path` as the user would write it: relative to the configuration's folder, POSIX."""
        return relative_to(self.folder, path)

    @property
    def engine_options(self) -> EngineOptions:
        """The options that engines may use."""
        return EngineOptions(
            self.folder,
            self.shown,
            load_paths=self.load_paths,
            url=self.url,
            browsers=self.browsers,
            permission=self.permission,
            merged=self.merged,
            was_libsass=self.was_libsass and not self.engines.is_scss_pinned,
            sass_digits=self.sass_digits,
            of_others=self.of_others,
        )

    @property
    def merged(self) -> tuple[tuple[str, str], ...]:
        """The folders, each with its prefix, that the system of the plan merges into one tree.

        Also those in which Sass finds `~package`: load paths, and `node_modules` and `vendor` where they exist.
        """
        of_plan = self.plan.merged if self.plan else ()
        vendored = [os.path.join(self.package_root.path, VENDOR)] if self.package_root else []
        there = filter(os.path.isdir, (os.path.join(self.folder, "node_modules"), *vendored))
        return (*of_plan, *((folder, OF_PACKAGES) for folder in dict.fromkeys((*self.load_paths, *there))))

    @property
    def of_others(self) -> tuple[str, ...]:
        """The absolute folders of other projects: roots of others, load paths that lie in no other root, packages."""
        own = [root.path for root in self.sources if not root.is_of_others]
        packages = self.package_root and os.path.join(self.package_root.path, VENDOR)
        load_paths = [
            path for path in self.load_paths if path == packages or not any(is_within(folder, path) for folder in own)
        ]
        return (*load_paths, *(root.path for root in self.sources if root.is_of_others))

    @property
    def package_root(self) -> SourceRoot | None:
        """The source root for vendored packages: the first of the project's own that has no `include`."""
        return next((root for root in self.sources if not (root.is_of_others or root.include)), None)

    def without_folder(self, text: str) -> str:
        """`text`, such as an argument, with paths below this folder relative to it, as in every clone."""
        return text.replace(os.path.join(self.folder, ""), "")

    def place(self, *keys: str | int) -> Location | None:
        """The place in the configuration file of the value at `keys`, or of what encloses it; None without a file."""
        where = self.document.locate_value(keys) if self.document else None
        return replace(where, file=self.shown(self.file)) if where and self.file else None

    def input_name(self, path: str) -> str:
        """`path` below its source root, with the root's prefix, or below its load path: the same on every machine.

        A text that the plan has from a template is named as that template.
        """
        place = self.plan.places.get(self.shown(path)) if self.plan and self.components else None
        if place and place.line:
            return place.file
        for root in self.sources:
            if (name := path_below(root.path, path)) is not None:
                return f"{root.prefix}/{name}".lstrip("/")
        for folder in self.load_paths:
            if (name := path_below(folder, path)) is not None:
                return name
        shown = self.shown(path)
        _, modules, package = shown.partition("/node_modules/")
        return f"node_modules/{package}" if modules and shown.startswith("../") else shown


def variables(config: Config) -> dict[str, str]:
    """The listed environment variables that are set."""
    return {name: os.environ[name] for name in config.env if name in os.environ}


def meta_env(config: Config, mode: Mode) -> dict[str, str | bool]:
    """All values by name, sorted; a name that is not among them is undefined."""
    is_production = mode == "production"
    own: dict[str, str | bool] = {"BASE_URL": config.url, "DEV": not is_production, "MODE": mode, "PROD": is_production}
    return dict(sorted({**variables(config), **own}.items()))
