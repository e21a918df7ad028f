"""What is examined: a project, its configuration, files and release. Takes a folder, gives frozen values."""

import os
from collections.abc import Iterator, Mapping
from errno import EFBIG
from typing import Final

from buildassets.compiler.cache.folder import cache_folder
from buildassets.compiler.config.file import search, working_directory
from buildassets.compiler.config.load import load_config
from buildassets.compiler.config.values import Config
from buildassets.compiler.sources.globs import BUILT_IN_EXCLUDES, compile_globs
from buildassets.disk.files import MOST_MANIFEST_BYTES, content_of
from buildassets.disk.folders import walk
from buildassets.errors import ConfigError, ManifestError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import Permission
from buildassets.manifest.model import MANIFEST_NAME, Manifest, loads
from buildassets.project.files import ProjectFiles
from buildassets.project.found import ProjectFindings, find

_RUN: Final = ("pipeline", "webassets")  # keys for which code of the project is run
_EXCLUDED: Final = compile_globs(BUILT_IN_EXCLUDES)
_MOST_SOURCES: Final = 20_000


@frozen
class Subject:
    """A project. `faults` are those of its configuration; `sources` are the absolute paths of files in its own roots.

    `manifest` is that of its release, None if there is none or it cannot be read; `manifest_fault` then describes why.
    `cache` is the folder of the cache, `environment` that of this process, `now_seconds` the time since 1970.
    """

    config: Config
    faults: tuple[Diagnostic, ...]
    files: ProjectFiles
    found: ProjectFindings
    sources: tuple[str, ...]
    manifest_path: str
    manifest: Manifest | None
    manifest_fault: Diagnostic | None
    cache: str
    environment: Mapping[str, str]
    now_seconds: float

    @property
    def folder(self) -> str:
        """The folder of the configuration."""
        return self.config.folder

    @property
    def build_command(self) -> str:
        """The command that builds this project."""
        return "python manage.py assets build" if self.uses_django else "buildassets build"

    @property
    def build_in_image(self) -> str:
        """The commands that build this project on a new machine."""
        has_tools = "[tools." in self.files.text("buildassets.lock")
        return f"buildassets tools install && {self.build_command}" if has_tools else self.build_command

    @property
    def uses_django(self) -> bool:
        """Whether our application for Django is in its settings."""
        settings = self.found.django
        return settings is not None and any(
            "buildassets.runtime.django" in self.files.text(file) for file in settings.files
        )

    def shown(self, path: str) -> str:
        """The absolute `path` as a user would write it."""
        return self.config.shown(path)

    def place(self, file: str, start: int, end: int | None = None) -> Location:
        """The place of a part of the project's file `file`."""
        return locate(file, self.files.text(file), start, end)


def subject(
    config_file: str | None,
    cache_dir: str | None,
    *,
    permission: Permission,
    environment: Mapping[str, str],
    now_seconds: float,
) -> Subject:
    """What is examined in the working directory. Raises ConfigError for a named file that is not there."""
    config, faults = _configured(config_file, permission)
    files = ProjectFiles(config.folder, (config.output, *_of_others(config)))
    found = find(files)
    if found.django is not None and (found.is_equipped or config.file is None):  # Django's finders find sources
        faults = tuple(fault for fault in faults if fault.code != "config/no-sources")
    path = _manifest_path(config, found)
    manifest, fault = _read(path, config.shown(path))
    cache = cache_folder(config, cache_dir)
    sources = tuple(_sources(config))
    return Subject(
        config,
        faults,
        files=files,
        found=found,
        sources=sources,
        manifest_path=path,
        manifest=manifest,
        manifest_fault=fault,
        cache=cache,
        environment=environment,
        now_seconds=now_seconds,
    )


def _configured(file: str | None, permission: Permission) -> tuple[Config, tuple[Diagnostic, ...]]:
    """The configuration, with its faults; what cannot be read is as if it were not there."""
    start = working_directory()
    try:
        runs = not file and any(search(start)[1].table.peek(key) for key in _RUN)
        if runs and not permission.python:
            return load_config(needs_sources=False, permission=permission), ()
        return load_config(file, permission=permission), ()
    except ConfigError as failure:
        if file is not None and not os.path.isfile(file):
            raise
        faults = failure.diagnostics
    try:
        return load_config(file, needs_sources=False, permission=permission), faults
    except ConfigError:
        return Config(folder=start, sources=(), output=os.path.join(start, "build"), permission=permission), faults


def _of_others(config: Config) -> Iterator[str]:
    return (root.path for root in config.sources if root.npm or root.vendored)


def _manifest_path(config: Config, found: ProjectFindings) -> str:
    """The manifest that the application reads, as far as settings of Django name it, or else the configured one."""
    path = found.django.table("BUILDASSETS").get("manifest") if found.django else None
    if isinstance(path, str):
        return os.path.normpath(os.path.join(config.folder, *path.split("/")))
    return os.path.join(config.output, MANIFEST_NAME)


def _read(path: str, shown: str) -> tuple[Manifest | None, Diagnostic | None]:
    try:
        return loads(content_of(path, MOST_MANIFEST_BYTES), shown), None
    except FileNotFoundError:
        return None, None
    except OSError as fault:
        is_too_large = fault.errno == EFBIG
        message = f"cannot read `{shown}`: {reason_text(fault)}"
        return None, error("manifest/unreadable", message, Location(shown)) if is_too_large else None
    except ManifestError as failure:
        return None, failure.diagnostics[0]


def _sources(config: Config) -> Iterator[str]:
    """The files in the project's own roots that may be assets or parts of them."""
    count = 0
    for root in config.sources:
        if root.is_of_others:
            continue
        for top, folders, files in walk(root.path):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
            for name in sorted(files):
                if not _EXCLUDED(name) and (count := count + 1) <= _MOST_SOURCES:
                    yield os.path.join(top, name)
