"""Reads the keys of the configuration: one function for each, with its check and its default."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal

from buildassets.compiler.config.toml_table import Document, Table, parse
from buildassets.compiler.config.values import (
    HIDDEN,
    LEVELS,
    USUAL,
    BundleFormat,
    DataUrls,
    Definition,
    EngineNames,
    IconFolder,
    ImageFormat,
    ImageVariants,
    Missing,
    ModuleBundle,
    Modules,
    PackageRules,
    Prefer,
    Resolve,
    Retain,
    SourceMaps,
    TemplateEngine,
    TemplateFolder,
    Templates,
)
from buildassets.compiler.engines.registry import MINIFIED, canonical, engines_for, installed_engines
from buildassets.compiler.engines.sass.wheel import available_engine
from buildassets.foundation.credentials import begins_with_password, names_user
from buildassets.foundation.digest import IntegrityAlgorithm
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import normalise
from buildassets.manifest.json import RELEASE_FILE
from buildassets.manifest.soundness import is_file, names_media_type

_DEFAULT_IMAGE_WARN_BYTES: Final = 1_000_000
_DEFAULT_DATA_URL_BYTES: Final = 4000
_URL: Final = lazy_pattern(r"(?:(?:https?:)?//[^\s/?#\\]+)?/(?!/)[^\s?#\\]*")
_LONE_SURROGATE: Final = lazy_pattern("[\ud800-\udfff]")
_PATH_PREFIX: Final = lazy_pattern(r"/(?!/)[^\s?#\\]*")
# What browsers remove from the path of a URL: `.` and `..` (URL Standard, section 4.4), also as `%2e`, and control
# characters; and empty parts, which no asset's path has.
_NEVER_IN_PATH: Final = lazy_pattern(r"/(?:(?:\.|%2e){1,2}(?:/|\Z)|/)|[\x00-\x1f\x7f]", re.IGNORECASE)
_ABSOLUTE_URL: Final = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
# The digest in exactly its own bytes, with no bit set behind them: browsers compare the texts (W3C SRI, 3.3.4).
_DIGEST: Final = "sha(?:256-[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|384-[A-Za-z0-9+/]{64}|512-[A-Za-z0-9+/]{85}[AQgw]==)"
METADATA: Final = rf"{_DIGEST}(?:[ \t]+{_DIGEST})*"  # of integrity: W3C SRI, section 3.5
_LENGTHS: Final = "43 characters and `=` after `sha256-`, 64 after `sha384-`, 86 and `==` after `sha512-`"
_SERVER: Final = lazy_pattern(r"https?://[A-Za-z0-9.\[\]:_-]+(?:/[^\s?#\\\"'<>]*)?")
_REGISTRY: Final = lazy_pattern(r"https?://[^\s/?#\\]+(?:/[^\s?#\\]*)?")
_SIZE: Final = lazy_pattern(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([a-z]+)", re.IGNORECASE)
_UNIT_BYTES: Final = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}

# The hints for top-level keys that belong into a table, and for a table that belongs into the other file.
ELSEWHERE: Final = {
    **{
        key: f'put it into an element of `sources`, as in `{{ path = "assets", {key} = {example} }}`'
        for key, example in {
            "path": "…",
            "prefix": '"site"',
            "include": '["*.css"]',
            "npm": "true",
            "vendored": "true",
            "prefer": '"compiled"',
            "manifest": '".vite/manifest.json"',
            "dev": '"http://localhost:5173"',
        }.items()
    },
    "tool": "leave `tool.buildassets` out of the headers: in this file the keys are at the top",
}
# What browsers run as a script (WHATWG MIME Sniffing, "JavaScript MIME type").
_JAVASCRIPT_TYPES: Final = frozenset(
    (
        *(f"{kind}/{name}" for kind in ("application", "text") for name in ("ecmascript", "javascript")),
        *(f"{kind}/x-{name}" for kind in ("application", "text") for name in ("ecmascript", "javascript")),
        *("text/jscript", "text/livescript", *(f"text/javascript1.{minor}" for minor in range(6))),
    )
)
_NEEDED_TYPES: Final = {
    ".css": (frozenset(("text/css",)), "style sheet", "text/css"),
    **dict.fromkeys((".js", ".mjs"), (_JAVASCRIPT_TYPES, "script", "text/javascript")),
}
RESOLVE: Final[tuple[Resolve, ...]] = ("browser", "bundler")
MISSING: Final[tuple[Missing, ...]] = ("error", "warn", "ignore")
MODULES: Final[tuple[Modules, ...]] = ("rewrite", "importmap")
_TEMPLATE_ENGINES: Final[tuple[TemplateEngine, ...]] = ("jinja", "django", "mako", "chameleon")
INTEGRITY: Final[tuple[IntegrityAlgorithm | Literal["none"], ...]] = ("sha256", "sha384", "sha512", "none")
_PREFER: Final[tuple[Prefer, ...]] = ("compiled", "source")
IMAGE_FORMATS: Final[tuple[ImageFormat, ...]] = ("avif", "webp", "original")
LARGEST_WIDTH: Final = 16383  # of a WebP (RFC 9649, section 1)
_FORMATS: Final[tuple[BundleFormat, ...]] = ("esm", "iife")
_BUNDLE_KEYS: Final = ("files", "bundle", "format", "splitting", "define")
_DEFINABLE: Final = lazy_pattern(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_VARIABLE: Final = lazy_pattern(r"[A-Za-z_][A-Za-z0-9_]*")
OWN_NAMES: Final = ("BASE_URL", "DEV", "MODE", "PROD")
"""What `import.meta.env` has in every build."""
_AUTO: Final = "auto"  # the locked engine, else an installed one
_DART_SASS: Final = "dart-sass"
ENGINES: Final = {"scss": _AUTO, **{kind: engines_for(kind)[0] for kind in MINIFIED}}
"""The keys of `engines`, each with its default."""
_OUR_SUFFIXES: Final = ("sass", "jst")  # compiled, but without a key
_SUFFIX: Final = lazy_pattern(r"[^A-Z./\\\s]+")
_DOTTED_SUFFIX: Final = lazy_pattern(r"\.[^A-Z./\\\s]+")
# The names that both engines know, each with a version for an example.
_BROWSERS: Final = {"chrome": 109, "edge": 109, "firefox": 115, "ios": 16.4, "opera": 95, "safari": 16.4}
_BROWSER: Final = lazy_pattern(r"(\S+) +([1-9][0-9]{0,3}(?:\.[0-9]{1,3}){0,2})")


def absolute(folder: str, path: str) -> str:
    """`path`, relative to `folder`, as an absolute path."""
    return os.path.normpath(os.path.join(folder, path))


_LEADS: Final = "begin it with `/`, `//`, `http://` or `https://`, without `?` and `#`"


def url(table: Table, key: str = "url") -> str:
    """The URL prefix of assets in pages, with a slash at its end."""
    given = table.filled_text(key, "/assets/")
    if _is_refused(table, key, given):
        return "/assets/"
    if begins_with_password(given):
        table.refuse_unseen("cannot begin with a user and a password", key, hint="leave them out, and " + _LEADS)
        return "/assets/"
    with_slash = given if given.endswith("/") else given + "/"
    if _LONE_SURROGATE.search(given):  # of a command line that is not UTF-8
        table.refuse(f"cannot be `{given}`", key, hint="write bytes that are not UTF-8 as `%` and two hex digits")
    elif _URL.fullmatch(with_slash):
        return with_slash
    else:
        table.refuse(f"cannot be `{given}`", key, hint=_LEADS)
    return "/assets/"


def url_prefixes(table: Table) -> tuple[str, ...]:
    """The beginnings of root-relative references that may name assets, with a slash at the end; the longest first."""
    found = []
    for index, prefix in table.elements("url_prefixes"):
        if not table.is_one_of((str,), prefix, "url_prefixes", index):
            continue
        if not _PATH_PREFIX.fullmatch(prefix):
            hint = "begin it with one `/`, without a host, `?` and `#`, as in `/static/`"
            table.refuse(f"cannot be `{prefix}`", "url_prefixes", index, hint=hint)
        elif _NEVER_IN_PATH.search(prefix):
            hint = "leave out `.`, `..`, empty parts and control characters, as in `/static/`"
            table.refuse(f"cannot be `{prefix}`, which begins no URL of an asset", "url_prefixes", index, hint=hint)
        else:
            found.append(prefix if prefix.endswith("/") else prefix + "/")
    return tuple(sorted(set(found), key=lambda prefix: (-len(prefix), prefix)))


def _is_refused(table: Table, key: str, url: str) -> bool:
    """Whether `url`, which pages will name, has user or password in it (Fetch, section 4.4)."""
    if not names_user(url):
        return False
    hint = "leave them out: browsers load nothing of a page from such a URL, and every visitor would read them"
    table.refuse("cannot have a user or a password in it", key, hint=hint)
    return True


def path_globs(table: Table, key: str) -> tuple[str, ...]:
    """Globs on paths below a root; a leading slash means the root itself: `/app.css` is `./app.css`."""
    return tuple("." + glob if glob.startswith("/") else glob for glob in table.texts(key))


def preferred(root: Table) -> Prefer | None:
    """Which file to take if two of a source root make one asset; None if the key is absent."""
    prefer = root.choice("prefer", _PREFER, "compiled")
    return prefer if "prefer" in root else None


def vite_manifest(root: Table) -> str:
    """The path of Vite's manifest below the source root; empty if Vite has not built that."""
    if "manifest" not in root:
        root.take("manifest")
        return ""
    given = root.filled_text("manifest", "")
    if given and normalise(given) != given:
        hint = "write it relative to `path`, as in `.vite/manifest.json`"
        root.refuse(f"cannot be `{given}`", "manifest", hint=hint)
        return ""
    return given


def dev_server(root: Table) -> str:
    """The URL of Vite's server, without a slash at its end; empty if there is none."""
    if "dev" not in root:
        root.take("dev")
        return ""
    given = root.filled_text("dev", "")
    if not given or _is_refused(root, "dev", given):
        return ""
    if not _SERVER.fullmatch(given):
        hint = "write it as Vite prints it, as in `http://localhost:5173`"
        root.refuse(f"cannot be `{given}`", "dev", hint=hint)
        return ""
    if "manifest" not in root:
        hint = 'name Vite\'s manifest, too, as in `manifest = ".vite/manifest.json"`'
        root.refuse("needs `manifest` in the same table", "dev", hint=hint)
        return ""
    return given.rstrip("/")


def browsers(table: Table) -> tuple[str, ...]:
    """The browsers to support, each with its oldest version: `safari 16.4`."""
    oldest = []
    for index, text in table.elements("browsers"):
        if not table.is_one_of((str,), text, "browsers", index):
            continue
        match = _BROWSER.fullmatch(text.lower())
        name = match[1] if match else text.lower().split(" ")[0]
        if name not in _BROWSERS:
            meant = nearest(name, _BROWSERS)
            known = ", ".join(f"`{one}`" for one in _BROWSERS)
            hint = f"did you mean `{meant}`?" if meant else f"use one of {known}, as in `safari 16.4`"
            table.refuse(f"cannot be `{text}`", "browsers", index, hint=hint)
        elif match is None:
            hint = f"write the name and the oldest version, as in `{name} {_BROWSERS[name]}`"
            table.refuse(f"cannot be `{text}`", "browsers", index, hint=hint)
        else:
            oldest.append(f"{name} {match[2]}")
    return tuple(sorted(set(oldest)))


def types(table: Table) -> dict[str, str]:
    """The media types of released files by suffix, with its dot."""
    found = {}
    for name in table:
        given = table.filled_text(name, "")
        if not _DOTTED_SUFFIX.fullmatch(name):
            table.refuse_key(
                "is not a suffix", name, hint="write the last one in lower case with its dot, as in `.foobar`"
            )
        elif given and not names_media_type(given):
            hint = "write a media type without parameters, as in `application/x-foobar`"
            table.refuse(f"cannot be `{given}`", name, hint=hint)
        elif given and not _is_refused_type(table, name, given):
            found[name] = given.lower()
    return found


def _is_refused_type(table: Table, name: str, given: str) -> bool:
    """Whether browsers would reject files of that type: servers of releases send `nosniff`, so the type has to fit."""
    fit, kind, example = _NEEDED_TYPES.get(name, (None, "", ""))
    if fit is None or given.lower() in fit:
        return False
    complaint = f"cannot be `{given}`: browsers take no {kind} of that type"
    table.refuse(complaint, name, hint=f"write `{example}`, or leave it out")
    return True


def precache(table: Table) -> str:
    """The name of the list for a service worker, below `assets/`; empty for none."""
    given = table.filled_text("precache", "") if table.has("precache") else ""
    if given and (not is_file(given) or not given.endswith(".json") or given == RELEASE_FILE):
        hint = 'give it the name of a JSON file below `assets/`, as in `"precache.json"`'
        table.refuse(f"cannot be `{given}`", "precache", hint=hint)
        return ""
    return given


def source_maps(table: Table) -> SourceMaps:
    """Whether the release has source maps, or `hidden` ones beside it."""
    hint = 'use `true`, `false` or `"hidden"`'
    given = table.take("source_maps")
    if given is None or not table.is_one_of((bool, str), given, "source_maps", hint=hint):
        return False
    if isinstance(given, str) and given != HIDDEN:
        table.refuse(f"cannot be `{given}`", "source_maps", hint=hint)
        return False
    return HIDDEN if given == HIDDEN else bool(given)


def compress(table: Table) -> dict[str, int]:
    """The content codings of the copies, with their levels: from an array, or a table with a level for each."""
    given = table.take("compress")
    if given is None or not table.is_one_of((list, dict), given, "compress"):
        return {coding: LEVELS[coding].default for coding in USUAL}
    if isinstance(given, list):
        return {coding: LEVELS[coding].default for coding in table.choices("compress", LEVELS, ())}
    levels = table.table("compress")
    found = {
        coding: int(levels.number(coding, (int,), level.default, level.least, most=level.most))
        for coding, level in LEVELS.items()
    }
    levels.close()
    return {coding: found[coding] for coding in levels if coding in found}


def engines(table: Table, locked: Collection[str]) -> EngineNames:
    """The engine of each kind, built in or of an installed package; for Sass, the `locked` one by default."""
    installed = cache(installed_engines)  # called only for a name that is not built in: it takes 30 ms
    scss = _engine(table, "scss", installed)
    if scss == _AUTO and _DART_SASS in locked:
        scss = _DART_SASS
    found = EngineNames(
        scss=available_engine() if scss == _AUTO else scss,
        **{kind: _engine(table, kind, installed) for kind in MINIFIED},
        compilers=_compilers(table, installed),
        is_scss_pinned=scss != _AUTO,
    )
    table.close()
    return found


def our_engines(kind: str) -> tuple[str, ...]:
    """The names that `kind` in `engines` may have, but for the engines of packages."""
    own = engines_for(kind)
    if kind == "scss":
        return (_AUTO, *own)
    return (*own, "none")


def all_our_engines() -> set[str]:
    """The names that any key in `engines` may have, but for the engines of packages."""
    return {name for kind in ENGINES for name in our_engines(kind)}


def _engine(table: Table, kind: str, installed: Callable[[], Iterable[str]]) -> str:
    """The engine of a built-in kind: one of ours, or one that a package brings."""
    default = ENGINES[kind]
    name = table.text(kind, default)
    if kind not in table or name in (built_in := our_engines(kind)) or name in installed():
        return canonical(name)
    meant = nearest(name, (*built_in, *installed()))
    listed = ", ".join(f"`{one}`" for one in built_in)
    hint = f"did you mean `{meant}`?" if meant else f"use one of {listed}, or install the package that has it"
    table.refuse(f"cannot be `{name}`", kind, hint=hint)
    return default


def _compilers(table: Table, installed: Callable[[], Iterable[str]]) -> dict[str, str]:
    """The engines for further kinds. Keys that are probably misspelt are left for `close` to report."""
    found = {}
    for key in table:
        name = table.peek(key)
        if key in ENGINES or key in _OUR_SUFFIXES or not isinstance(name, str) or name in all_our_engines():
            continue
        if not _SUFFIX.fullmatch(key):
            table.take(key)
            table.refuse_key("is not a suffix", key, hint="write it in lower case and without a dot, as in `less`")
        elif table.filled_text(key, "") and name not in installed():
            hint = "install the package that has it"
            if meant := nearest(name, installed()):
                hint = f"did you mean `{meant}`?"
            elif meant := nearest(key, sorted(ENGINES)):
                hint += f", or did you mean the key `{meant}`?"
            table.refuse(f"cannot be `{name}`: no package that is installed has such an engine", key, hint=hint)
        elif name:
            found[key] = name
    return found


def bundles(table: Table, settings: Collection[str]) -> dict[str, tuple[str, ...] | ModuleBundle]:
    """The bundles by logical path: the globs of files to join, or the settings for esbuild.

    `settings` are the keys at the top, which may stand below the header by mistake.
    """
    described: dict[str, tuple[str, ...] | ModuleBundle] = {}
    for name in table:
        faults = table.fault_count
        if _is_misplaced(table, name, settings) or _is_without_quotes(table, name):
            continue
        _is_logical(table, name)
        if isinstance(table.take(name), dict):
            described[name] = _described_bundle(table.table(name))
        else:
            described[name] = path_globs(table, name)
        if described[name] in ((), ModuleBundle(())) and table.fault_count == faults:
            table.refuse("names no files", name, hint="give it an array of globs")
    return described


def _is_misplaced(table: Table, name: str, settings: Collection[str]) -> bool:
    """Whether `name` is a setting that was written below `[bundles]` by mistake."""
    if name not in settings:
        return False
    hint = f"put `{name}` above `[bundles]`: keys below a header belong to its table"
    table.refuse_key("is not a bundle, but a setting", name, hint=hint)
    return True


def _is_without_quotes(table: Table, name: str) -> bool:
    """Whether `name` is the beginning of a path without quotes, which TOML splits into tables at each dot."""
    parts, inner = [name], table
    value = table.peek(name)
    while isinstance(value, dict) and "." not in name:
        key = next(iter(value), "files")
        if nearest(key, _BUNDLE_KEYS):
            break
        inner, value = inner.inner(value, parts[-1]), value[key]
        parts.append(key)
    if len(parts) == 1:
        return False
    path = ".".join(parts)
    inner.refuse_key("is a key in a table, as dots part keys", parts[-1], hint=f'put the path in quotes: `"{path}"`')
    return True


def _described_bundle(table: Table) -> tuple[str, ...] | ModuleBundle:
    files = path_globs(table, "files")
    if not table.flag("bundle", default=False):
        table.close()
        return files
    bundle = ModuleBundle(
        files,
        table.choice("format", _FORMATS, "esm"),
        table.flag("splitting", default=False),
        definitions(table.table("define")),
    )
    if bundle.splitting and bundle.format == "iife":
        table.refuse('cannot be with `format = "iife"`', "splitting", hint='use `format = "esm"`: chunks are modules')
    table.close()
    return bundle if files else ModuleBundle(())


def definitions(table: Table) -> dict[str, Definition]:
    """The values of names in scripts."""
    values = {}
    for name in table:
        value = table.take(name)
        if not _DEFINABLE.fullmatch(name):
            table.refuse_key(
                "is not a name in JavaScript", name, hint="write a name such as `VERSION` or `app.version`"
            )
        elif table.is_one_of((str, bool, int, float), value, name):
            values[name] = value
    return values


def env_names(table: Table) -> tuple[str, ...]:
    """The names of the environment variables that `import.meta.env` has, sorted."""
    names = []
    for index, name in enumerate(table.texts("env")):
        if not _VARIABLE.fullmatch(name):
            hint = "write the name of a variable, as in `API_URL`: letters, digits and `_`"
            table.refuse(f"cannot be `{name}`", "env", index, hint=hint)
        elif name in OWN_NAMES:
            table.refuse(
                f"cannot be `{name}`: the build sets it", "env", index, hint="leave it out, or name it otherwise"
            )
        else:
            names.append(name)
    return tuple(sorted(set(names)))


def _is_logical(table: Table, name: str) -> bool:
    if normalise(name) == name:
        return True
    table.refuse_key(
        "is not a logical path", name, hint="write it without a leading slash, `.` and `..`, as in `js/site.js`"
    )
    return False


def specifiers(table: Table, *, besides: str = "") -> dict[str, str]:
    """Module specifiers with their targets; the table at the key `besides` is skipped."""
    importmap = {}
    for specifier in table:
        if specifier == besides and isinstance(table.take(specifier), dict):
            continue
        importmap[specifier] = target = table.filled_text(specifier, "")
        if not target or _is_refused(table, specifier, target):
            continue
        if not _ABSOLUTE_URL.match(target) and normalise(target) != target.removesuffix("/"):
            table.refuse(f"cannot be `{target}`", specifier, hint="use a logical path or an absolute URL")
        elif specifier.endswith("/") and not target.endswith("/") and not names_several(target):
            # HTML standard, "sort and normalize a module specifier map": a browser drops such an entry.
            table.refuse(f"ends in a slash and `{target}` does not", specifier, hint=f"write `{target}/`")
    return importmap


def names_several(target: str) -> bool:
    """Whether `target` matches several modules, each of which gets a specifier of its own."""
    return any(mark in target for mark in "*?[") and not _ABSOLUTE_URL.match(target)


def pinned_integrity(table: Table, importmap: Mapping[str, str]) -> dict[str, str]:
    """The integrity metadata of files on other hosts, by the name that `importmap` has for their URL."""
    integrity = {name: table.filled_text(name, "") for name in table}
    for name, metadata in integrity.items():
        if not _ABSOLUTE_URL.match(importmap.get(name, "")):
            hint = "map it to an absolute URL in `importmap`: assets have the integrity of the release"
            table.refuse_key("is not mapped to a URL", name, hint=hint)
        elif metadata and not re.fullmatch(METADATA, metadata):
            table.refuse(f"cannot be `{metadata}`", name, hint=f"write the digest in base64: {_LENGTHS}")
    return integrity


def preloads(table: Table) -> dict[str, bool]:
    """Whether pages preload each name of the import map, by specifier."""
    return {specifier: table.flag(specifier, default=True) for specifier in table}


def scopes(importmap: Table) -> dict[str, dict[str, str]]:
    """The scopes of the import map, from its table."""
    if not isinstance(importmap.take("scopes"), dict):
        return {}
    table = importmap.table("scopes")
    for scope in table:
        if normalise(scope) != scope.removesuffix("/"):
            hint = "write a folder, as in `vendor/old/`, or the logical path of a module"
            table.refuse_key("is neither a folder of assets nor an asset", scope, hint=hint)
    return {scope: specifiers(table.table(scope)) for scope in table}


def data_urls(table: Table) -> DataUrls:
    """The rules for files that style sheets embed as `data:` URLs."""
    found = DataUrls(
        limit_bytes=_size_bytes(table, "limit") if table.has("limit") else _DEFAULT_DATA_URL_BYTES,
        include=path_globs(table, "include"),
    )
    table.close()
    return found


def templates(table: Table, folder: str) -> Templates:
    """The folders of the templates and how to read them."""
    listed = (_template_folder(table, value, folder, "dirs", index) for index, value in table.elements("dirs"))
    found = Templates(
        folders=tuple(one for one in listed if one),
        engine=_template_engine(table),
        functions=_names(table, "functions"),
        extensions=_names(table, "extensions"),
        builtins=_names(table, "builtins"),
    )
    table.close()
    return found


def described_folder(table: Table, value: object, *keys: str | int) -> Table | None:
    """`value`, found at `keys`, as a table, also if it is only a path; None if it is neither."""
    if not table.is_one_of((str, dict), value, *keys):
        return None
    given = table.inner({"path": value} if isinstance(value, str) else value, *keys)
    if "path" not in given:
        table.refuse("has no `path`", *keys)
    return given


def _template_folder(table: Table, value: object, folder: str, *keys: str | int) -> TemplateFolder | None:
    """The folder of templates that `value`, found at `keys`, describes."""
    given = described_folder(table, value, *keys)
    if given is None:
        return None
    path = given.filled_text("path", "")
    engine = _template_engine(given)
    given.close()
    shown = path.replace(os.sep, "/").rstrip("/") or "/"
    return TemplateFolder(absolute(folder, path), shown.removeprefix("./"), engine) if path else None


def further_templates(templates: Sequence[str], start: str, given: Document) -> Iterator[TemplateFolder]:
    """The folders of templates that the command line adds, in the form of `dirs`."""
    for value in from_command_line(templates, "--templates"):
        folder = _template_folder(given.table, value, start, "--templates")
        if folder is not None:
            yield folder


def _template_engine(table: Table) -> TemplateEngine | None:
    engine = table.choice("engine", _TEMPLATE_ENGINES, "jinja")
    return engine if "engine" in table else None


def _names(table: Table, key: str) -> tuple[str, ...]:
    """Python names, which may contain dots."""
    names = []
    for index, name in enumerate(table.texts(key)):
        if all(part.isidentifier() for part in name.split(".")):
            names.append(name)
        else:
            table.refuse(f"cannot be `{name}`", key, index, hint="write the name alone, as in `icon_url`")
    return tuple(names)


def retain(table: Table) -> Retain:
    """The limits on earlier releases that are kept."""
    found = Retain(
        releases=int(table.number("releases", (int,), 3)),
        hours=table.number("hours", (int, float), 24),
    )
    table.close()
    return found


def budgets(table: Table) -> dict[str, int]:
    """The most bytes that assets may have after gzip, by name."""
    found = {}
    for name in table:
        if _is_logical(table, name):
            found[name] = _size_bytes(table, name)
    return found


def image_warn_bytes(images: Table) -> int:
    """The size in bytes above which a build warns of an image; 0: never."""
    found = _size_bytes(images, "warn") if "warn" in images else _DEFAULT_IMAGE_WARN_BYTES
    images.take("warn")
    return found


def image_variants(images: Table) -> dict[str, ImageVariants]:
    """The variants of pictures, by globs on logical paths."""
    table = images.table("variants")
    found = {}
    for glob in table:
        faults = table.fault_count
        given = table.table(glob)
        variants = ImageVariants(
            widths=_widths(given),
            formats=given.choices("formats", IMAGE_FORMATS, ("avif", "webp")),
            quality=int(given.number("quality", (int,), 80, 1, most=100)),
        )
        given.close()
        for key, values in (("widths", variants.widths), ("formats", variants.formats)):
            if not values and table.fault_count == faults:
                table.refuse(f"has no `{key}`", glob, hint="write them, as in `widths = [480, 960, 1920]`")
        found["." + glob if glob.startswith("/") else glob] = variants
    return found


def icons(table: Table, folder: str) -> dict[str, IconFolder]:
    """The folders of icons, by the logical path of the sprite."""
    found = {}
    for name in table:
        if not _is_logical(table, name):
            continue
        if not name.endswith(".svg"):
            table.refuse_key("is not an SVG file", name, hint=f"name the sprite, as in `{name.partition('.')[0]}.svg`")
        faults = table.fault_count
        given = table.table(name)
        if "dir" not in given and table.fault_count == faults:
            table.refuse("has no `dir`", name, hint='name the folder of the icons, as in `{ dir = "assets/icons" }`')
        path = absolute(folder, given.filled_text("dir", "."))
        found[name] = IconFolder(path, used_only=given.flag("used_only", default=False))
        given.close()
    return found


def _widths(table: Table) -> tuple[int, ...]:
    """Widths in pixels, ascending."""
    widths = set()
    for index, value in table.elements("widths"):
        if not table.is_one_of((int,), value, "widths", index):
            continue
        if 1 <= value <= LARGEST_WIDTH:
            widths.add(value)
        else:
            hint = f"write a width in pixels from 1 to {LARGEST_WIDTH}, more than which WebP cannot hold"
            table.refuse(f"cannot be {value}", "widths", index, hint=hint)
    return tuple(sorted(widths))


def _size_bytes(table: Table, name: str) -> int:
    value: Any = table.take(name)
    if not isinstance(value, str):
        return int(table.number(name, (int, str), 0))
    size = _SIZE.fullmatch(value)
    if size is None or size[2].lower() not in _UNIT_BYTES:
        table.refuse(f"cannot be `{value}`", name, hint="write a size such as `60 kB`, `60 KiB` or `61440`")
        return 0
    return round(float(size[1]) * _UNIT_BYTES[size[2].lower()])


def from_command_line(texts: Iterable[str], option: str) -> Iterator[object]:
    """The values of an option's arguments: a text, or the table that an inline table describes."""
    for text in texts:
        yield parse(f"value = {text}", option)["value"] if text.startswith("{") else text


def registry(table: Table) -> str:
    """The URL of the registry of packages; empty if none is named."""
    given = table.filled_text("registry", "")
    if names_user(given) or begins_with_password(given):
        hint = "leave them out, and put them into the user's `.npmrc`: this file is for everybody who sees the project"
        table.refuse_unseen("cannot have a user or a password in it", "registry", hint=hint)
        return ""
    if not given or _REGISTRY.fullmatch(given):
        return given
    table.refuse(f"cannot be `{given}`", "registry", hint="begin it with `https://` and a host, without `?` and `#`")
    return ""


def package_rules(table: Table) -> PackageRules:
    """The rules for releases of packages that may be used, and the names of installed ones that are merged."""
    if isinstance(table.take("packages"), list):
        return PackageRules(installed=table.texts("packages"))
    rules = table.table("packages")
    days, installed = rules.number("min_age_days", (int, float), 0), rules.texts("installed")
    rules.close()
    return PackageRules(min_age_days=days, installed=installed)
