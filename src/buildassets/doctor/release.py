"""Findings about the release: whether there is one, whole, of today's sources and for production."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NoReturn
from urllib.parse import urlsplit

from buildassets.compiler.cache.folder import BUILDS
from buildassets.compiler.cache.store import KEPT_BUILDS, newest_of
from buildassets.compiler.config.values import MODES
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.watch.livereload_server import ADDRESS
from buildassets.disk.files import bytes_at, write_whole
from buildassets.disk.folders import temporary_folder, walk
from buildassets.disk.plain_files import plain_below
from buildassets.doctor.application import has_release_storage, is_collected
from buildassets.doctor.subject import Subject
from buildassets.errors import BuildAssetsError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.typed import IS_WATCHED
from buildassets.manifest.model import ASSETS_FOLDER, LIVERELOAD_NAME, Manifest

_ANSWER_SECONDS: Final = 0.5
_TICK_NS: Final = 10_000_000  # in which a file system may give two files the same time
_MOST_BYTES: Final = 1 << 28  # of the notes of builds; of 200,000 files they take 40 MB
_SKEW_SECONDS: Final = 60.0  # between the clocks of two machines, which is nothing to report


def release_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What is wrong with the release."""
    manifest = subject.manifest
    if manifest is None:
        yield from _unread(subject)
        return
    yield from _missing_files(subject, manifest)
    yield from _for_development(subject, manifest)
    yield from _stale(subject)
    yield from _without_admin(subject, manifest)


def _unread(subject: Subject) -> Iterator[Diagnostic]:
    shown = subject.shown(subject.manifest_path)
    fault = subject.manifest_fault
    if fault is not None:
        hint = f"run `{subject.build_command}`, which writes a new one"
        yield error("doctor/manifest", fault.message, Location(shown), notes=fault.notes, hint=hint)
    elif os.path.lexists(subject.manifest_path):
        hint = "let the user that runs the application read it"
        yield error("doctor/manifest", f"`{shown}` cannot be read", Location(shown), hint=hint)
    elif not subject.faults and not is_collected(subject):
        message = f"nothing is built: there is no `{shown}`, which pages need"
        yield warning("doctor/no-release", message, hint=f"run `{subject.build_command}`")


def _missing_files(subject: Subject, manifest: Manifest) -> Iterator[Diagnostic]:
    """Files of the release that are not there, or not whole; none at all may be served from elsewhere."""
    folder = os.path.join(os.path.dirname(subject.manifest_path), ASSETS_FOLDER)
    sizes = {entry.file: entry.size for entry in manifest.assets.values()}
    wrong = [file for file, size in sorted(sizes.items()) if _size(os.path.join(folder, file)) != size]
    if wrong:
        first = subject.shown(os.path.join(folder, wrong[0]))
        more = f", as are {len(wrong) - 1} more files" if len(wrong) > 1 else ""
        message = f"`{first}` of the release is missing or incomplete{more}"
        hint = (
            f"run `{subject.build_command}`, or copy the whole release directory; `buildassets verify` lists each file"
        )
        yield error("doctor/files", message, hint=hint)


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except OSError:
        return None


def _for_development(subject: Subject, manifest: Manifest) -> Iterator[Diagnostic]:
    """A release for development that no watch keeps up to date any more."""
    if manifest.livereload is None or IS_WATCHED in subject.environment:
        return
    watcher = os.path.join(os.path.dirname(subject.manifest_path), ASSETS_FOLDER, LIVERELOAD_NAME)
    if not _is_answered(watcher):
        shown = subject.shown(subject.manifest_path)
        message = "the release was built for development: it is neither minified nor compressed"
        hint = f"run `{subject.build_command}` before it is deployed"
        yield warning("doctor/development", message, Location(shown), hint=hint)


def _is_answered(watcher: str) -> bool:
    """Whether the watch of this machine that wrote the file `watcher` listens; a killed one leaves it behind."""
    try:
        address = urlsplit(str(json.loads(bytes_at(watcher) or b"")["url"]))
        if address.hostname != ADDRESS:  # somebody else wrote it
            return False
        socket.create_connection((ADDRESS, address.port or 0), _ANSWER_SECONDS).close()
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False
    return True


def _stale(subject: Subject) -> Iterator[Diagnostic]:
    """What was modified after the last build, unless the cache knows that a build would do nothing.

    Folders, in which files came and went, and the configuration count only if the cache knows that. Files of the future
    are another finding.
    """
    records = [path for path, _ in newest_of(subject.cache, BUILDS)]
    built_ns = max(map(_modified_ns, [subject.manifest_path, *records]))
    if records:  # with them the cache decides in the end
        built_ns -= _TICK_NS
    now_ns = int((subject.now_seconds + _SKEW_SECONDS) * 1e9)
    files = [*subject.sources]
    if records:
        file = subject.config.file
        files += [file] if file and not file.endswith("pyproject.toml") else []
        files += _folders(subject)
    changed = [path for path in files if built_ns < _modified_ns(path) <= now_ns]
    if changed and not _has_nothing_to_do(subject):
        more = f", as were {len(changed) - 1} more files" if len(changed) > 1 else ""
        message = f"`{subject.shown(changed[0])}` was modified after the release was built{more}"
        yield warning("doctor/stale", message, hint=f"run `{subject.build_command}`")


def _without_admin(subject: Subject, manifest: Manifest) -> Iterator[Diagnostic]:
    """A release of `buildassets build`, which knows no folders of applications, where Django's admin needs it."""
    settings = subject.found.django
    has_admin = settings is not None and "django.contrib.admin" in settings.literal_applications()
    is_needed = settings is not None and has_admin and has_release_storage(subject, settings)
    if is_needed and not any(path.startswith("admin/") for path in (*manifest.assets, *subject.config.external)):
        message = "the release has no files of `django.contrib.admin`, whose pages then fail"
        hint = "run `python manage.py assets build` and not `buildassets build`, which knows no installed applications"
        yield warning("doctor/stale", message, hint=hint)


class _WorkError(Exception):
    """There is work for a build."""


def _has_nothing_to_do(subject: Subject) -> bool:
    """Whether the last build with these settings still holds, as a build itself decides it.

    It decides on a copy of what the cache notes of builds, as it may note more.
    """

    def work(*, last: object) -> NoReturn:
        raise _WorkError

    with temporary_folder() as folder, suppress(OSError):
        _copy_builds(subject.cache, folder)
        for mode in MODES:
            with suppress(_WorkError, BuildAssetsError):
                kept_or_built(BuildRequest(config=subject.config, mode=mode, cache=folder), work)
                return True
    return False


def _copy_builds(cache: str, target: str) -> None:
    """Copy what the `cache` notes of builds into the folder `target`: no links, and no more than builds keep."""
    os.mkdir(os.path.join(target, BUILDS))
    room_bytes = _MOST_BYTES
    for path, size_bytes in newest_of(cache, BUILDS)[:KEPT_BUILDS]:
        if size_bytes <= room_bytes:
            room_bytes -= size_bytes
            name = f"{BUILDS}/{os.path.basename(path)}"
            with suppress(OSError), open(plain_below(cache, name), "rb") as file:
                write_whole(os.path.join(target, name), file.read(size_bytes))


def _folders(subject: Subject) -> Iterator[str]:
    """The folders in the project's own roots."""
    for root in subject.config.sources:
        if not (root.npm or root.vendored):
            for folder, names, _ in walk(root.path):
                names[:] = [name for name in names if not name.startswith(".") and name != "node_modules"]
                yield folder


def _modified_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
