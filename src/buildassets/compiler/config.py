"""The configuration: `[tool.buildassets]` in `pyproject.toml`, or the same keys at the top of `buildassets.toml`.

Takes a file's name, gives a frozen `Config` with absolute paths, or every fault of the file at once. Imports the
vocabulary only.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from buildassets.diagnostics import error
from buildassets.digest import IntegrityAlgorithm
from buildassets.errors import ConfigError

__all__ = [
    "Config",
    "Engines",
    "Retain",
    "SourceRoot",
    "Templates",
    "load_config",
    "shown_path",
    "with_output",
    "with_sources",
]

Missing = Literal["error", "warn", "ignore"]
Modules = Literal["rewrite", "importmap"]


@dataclass(frozen=True, slots=True)
class SourceRoot:
    """A folder whose files are assets.

    `path` is absolute, `shown` the same as the user wrote it. `prefix` stands before the logical paths of its files
    and has no slash at its ends. `include` (empty: everything) and `exclude` are globs on paths below the root.
    """

    path: str
    shown: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Engines:
    """Which engine compiles or minifies each kind; `none` leaves the kind as it is."""

    scss: str = "libsass"
    css: str = "rcssmin"
    js: str = "rjsmin"


@dataclass(frozen=True, slots=True)
class Templates:
    """Where the templates lie (absolute folders) and which language they are written in."""

    dirs: tuple[str, ...] = ()
    engine: Literal["jinja", "django"] = "jinja"


@dataclass(frozen=True, slots=True)
class Retain:
    """How long old releases stay: at least that many of them, and each for at least that many hours."""

    releases: int = 3
    hours: float = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a build does. Paths are absolute; globs are those of `globs`; `budgets` are in bytes after gzip.

    `folder` is what relative paths are relative to, `file` the configuration file, if there is one. `integrity` is
    None where no integrity is wanted, `templates` and `retain` are None where the file does not speak of them.
    """

    folder: str
    sources: tuple[SourceRoot, ...]
    output: str
    file: str | None = None
    url: str = "/assets/"
    entries: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    load_paths: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    missing: Missing = "error"
    modules: Modules = "rewrite"
    minify: bool = True
    source_maps: bool = False
    compress: tuple[str, ...] = ("gzip", "br")
    integrity: IntegrityAlgorithm | None = "sha384"
    engines: Engines = Engines()
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    importmap: Mapping[str, str] = field(default_factory=dict)
    templates: Templates | None = None
    retain: Retain | None = None
    budgets: Mapping[str, int] = field(default_factory=dict)


def load_config(file: str | None = None, *, start: str = ".") -> Config:
    """The configuration in `file`, or in the nearest one from the folder `start` upward, or else the default one.

    Raises ConfigError with every fault that was found.
    """
    import tomllib

    found = os.path.abspath(file) if file is not None else _search(os.path.abspath(start))
    if found is None:
        return _default_config(os.path.abspath(start))
    with open(found, encoding="utf-8-sig") as stream:
        document = tomllib.loads(stream.read())
    values = document.get("tool", {}).get("buildassets", {}) if found.endswith("pyproject.toml") else document
    return _config_from(values, found)


def _search(folder: str) -> str | None:
    while True:
        for name in ("buildassets.toml", "pyproject.toml"):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                return path
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _default_config(folder: str) -> Config:
    for name in ("assets", "static"):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            return Config(folder=folder, sources=(SourceRoot(path, name),), output=os.path.join(folder, "build"))
    raise ConfigError([error("config/no-sources", "there is neither a folder `assets/` nor a folder `static/` here")])


def _config_from(values: Mapping[str, Any], file: str) -> Config:
    folder = os.path.dirname(file)
    base = None if "sources" in values else _default_config(folder)
    return Config(
        folder=folder,
        file=file,
        sources=base.sources if base else tuple(_source_root(folder, source) for source in values["sources"]),
        output=os.path.normpath(os.path.join(folder, values.get("output", "build"))),
        url=values.get("url", "/assets/").rstrip("/") + "/",
        entries=tuple(values.get("entries", ())),
        exclude=tuple(values.get("exclude", ())),
        load_paths=tuple(os.path.normpath(os.path.join(folder, path)) for path in values.get("load_paths", ())),
        external=tuple(values.get("external", ())),
        missing=values.get("missing", "error"),
        minify=values.get("minify", True),
        compress=tuple(values.get("compress", ("gzip", "br"))),
        integrity=None if values.get("integrity") == "none" else values.get("integrity", "sha384"),
        engines=Engines(**values.get("engines", {})),
        importmap=values.get("importmap", {}),
    )


def _source_root(folder: str, source: str | Mapping[str, Any]) -> SourceRoot:
    if isinstance(source, str):
        source = {"path": source}
    return SourceRoot(
        path=os.path.normpath(os.path.join(folder, source["path"])),
        shown=source["path"].rstrip("/"),
        prefix=source.get("prefix", "").strip("/"),
        include=tuple(source.get("include", ())),
        exclude=tuple(source.get("exclude", ())),
    )


def shown_path(config: Config, path: str) -> str:
    """The absolute `path` as the user would write it: relative to the configuration's folder, POSIX."""
    return os.path.relpath(path, config.folder).replace(os.sep, "/")


def with_sources(config: Config, paths: Sequence[str], cwd: str) -> Config:
    """`config` with the source roots `paths`, relative to `cwd`, instead of its own."""
    return replace(
        config,
        sources=tuple(
            SourceRoot(os.path.normpath(os.path.join(cwd, path)), path.rstrip("/") or path) for path in paths
        ),
    )


def with_output(config: Config, path: str, cwd: str) -> Config:
    """`config` with the release directory `path`, relative to `cwd`, instead of its own."""
    return replace(config, output=os.path.normpath(os.path.join(cwd, path)))
