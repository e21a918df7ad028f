"""Removes files from a release directory that no release names any more, and old results from a cache.

Takes folders, gives the files that were removed and those that could not be. Takes turns with the builds that write
there, and follows no links. Files that buildassets has not written stay.
"""

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from errno import EFBIG, ENOSPC
from typing import Final

from buildassets.compiler.cache.folder import BUILDS, MEASURES
from buildassets.compiler.cache.store import CONTENT, IGNORE_FILE, IGNORES_ALL, INDEX, NAMES, Cache
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at, content_of, is_staging
from buildassets.disk.folders import NamesInFolder, files_below, walk
from buildassets.disk.locks import LOCK_NAME, locked
from buildassets.disk.removal import remove_empty_folder, remove_path
from buildassets.errors import ConfigError, ManifestError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import SUFFIXES, delta_file
from buildassets.foundation.permission import Permission
from buildassets.foundation.typed import typed
from buildassets.manifest.model import (
    ASSETS_FOLDER,
    MANIFEST_NAME,
    MAPS_SUFFIX,
    Manifest,
    digest_of_release,
    dumps,
    loads,
)
from buildassets.programs.places import reason_not_own

Shown = Callable[[str], str]  # from an absolute path to the same path as the user writes it

_BEGIN_OF_INDEX: Final = re.compile(rb"[0-9a-f]{64}\n(?:[0-9]+ |\{)")
_MAP: Final = re.compile(r"\.(?:css|[cm]?js)\.map\Z")
_FINGERPRINTED: Final = re.compile(
    r"\.[0-9a-f]{12}(?:\.[^./]*)?(?:\.gz|\.br|\.zst)?\Z|/(?:\.sprockets-manifest-[0-9a-f]{32}|\.manifest|staticfiles)\.json\Z"
)


@frozen
class Cleaned:
    """The files that were or would be removed, absolute paths with their sizes in bytes, and errors for the rest."""

    removed: tuple[tuple[str, int], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def clean_release(
    output: str, shown: Shown, *, everything: bool = False, dry_run: bool = False, permission: Permission
) -> Cleaned:
    """Remove from the release directory `output` the files that no release in it names, or all that builds wrote.

    Raises ConfigError if it contains something other than a release.
    """

    def doomed() -> list[str]:
        manifest = _manifest(output, shown)
        left = [*_left_by_killed_builds(output)]
        if manifest is None:
            return [*_assets(output), *left]
        if everything:
            return [os.path.join(output, MANIFEST_NAME), *_assets(output), *left]
        return [*_unnamed(output, _named(manifest)), *left]

    def doomed_maps() -> list[str]:
        manifest = _manifest(output, shown)
        named = frozenset(manifest.maps) if manifest and not everything else frozenset()
        return [*_maps_besides(output + MAPS_SUFFIX, named)]

    def cleaned() -> Cleaned:
        maps = _removed(doomed_maps(), output + MAPS_SUFFIX, shown, dry_run=dry_run, permission=permission)
        if maps.removed and not dry_run:
            top, name = os.path.split(output + MAPS_SUFFIX)
            remove_empty_folder(top, name, permission=permission)
        rest = _removed(doomed(), output, shown, dry_run=dry_run, permission=permission)
        return Cleaned(rest.removed + maps.removed, rest.diagnostics + maps.diagnostics)

    return _in_turn(output, shown, cleaned, dry_run=dry_run)


def clean_cache(
    folder: str, shown: Shown, *, everything: bool = False, dry_run: bool = False, permission: Permission
) -> Cleaned:
    """Remove from the cache `folder` what is too old or too much, or all of it.

    Raises ConfigError if it contains something other than a cache.
    """

    def cleaned() -> Cleaned:
        held = _files_of_cache(folder)
        if not held:
            _refuse_foreign(
                folder, os.listdir(folder), (IGNORE_FILE, CONTENT, BUILDS, MEASURES), "a build cache", shown=shown
            )
            return Cleaned()
        if everything:
            return _removed(held, folder, shown, dry_run=dry_run, permission=permission)
        return Cleaned(tuple(Cache(folder).prune(dry_run=dry_run)))

    return _in_turn(folder, shown, cleaned, dry_run=dry_run)


def refuse_foreign(project: str, folder: str, option: str, shown: Shown) -> None:
    """Raise ConfigError if `folder`, which the `project` configures, may not be its own."""
    if message := reason_not_own(project, folder, shown):
        hint = f"name the folder with `{option}` if it is the right one; nothing was removed"
        raise ConfigError([error("clean/foreign", message, Location(shown(folder)), hint=hint)])


def _in_turn(folder: str, shown: Shown, clean: Callable[[], Cleaned], *, dry_run: bool) -> Cleaned:
    """The result of `clean`, run while no build writes to `folder`. A folder that does not exist is clean."""
    try:
        with locked(folder, shared=dry_run):
            return clean()
    except FileNotFoundError:
        return Cleaned()
    except OSError as fault:
        return Cleaned((), (_refused(folder, fault, shown),))


def _manifest(output: str, shown: Shown) -> Manifest | None:
    """The manifest of the release directory; None if it contains only files of killed builds.

    The first build may have been killed after it had moved its files to their places, but before its manifest.
    """
    path = os.path.join(output, MANIFEST_NAME)
    try:
        content = content_of(path, MOST_MANIFEST_BYTES)
    except FileNotFoundError:
        ours = {ASSETS_FOLDER} if _holds_only_fingerprinted(output) else set()
        foreign = [name for name in os.listdir(output) if not is_staging(name)]
        _refuse_foreign(output, foreign, ours, "a release", shown=shown)
        return None
    except OSError as fault:
        if fault.errno != EFBIG:
            raise
        message, hint = f"cannot read `{shown(path)}`: {reason_text(fault)}", f"run `{typed('build')}` again"
        raise ConfigError([error("clean/damaged", message, Location(shown(path)), hint=hint)]) from None
    try:
        manifest = loads(content, shown(path))
    except ManifestError as fault:
        raise ConfigError(fault.diagnostics) from None
    if json.loads(dumps(manifest))["release"] != digest_of_release(content):
        message = f"`{shown(path)}` is damaged: its `release` is not the digest of its content"
        hint = f"run `{typed('build')}` again"
        raise ConfigError([error("clean/damaged", message, Location(shown(path)), hint=hint)])
    return manifest


def _refuse_foreign(folder: str, names: Iterable[str], ours: Collection[str], kind: str, *, shown: Shown) -> None:
    """Raise ConfigError if there are `names` besides `ours`, so that `folder` is not of that `kind`."""
    foreign = sorted(set(names).difference(ours, [LOCK_NAME]))
    if foreign:
        message = f"`{shown(folder)}` does not hold {kind}"
        notes = [f"it holds `{foreign[0]}`" + (f" and {len(foreign) - 1} more" if len(foreign) > 1 else "")]
        hint = "name the right folder; nothing was removed"
        raise ConfigError([error("clean/foreign", message, Location(shown(folder)), notes=notes, hint=hint)])


def _named(manifest: Manifest) -> frozenset[str]:
    """The files below `assets/` that a manifest and the releases that it retains name."""
    named = {name for name in (manifest.livereload, manifest.release_file) if name}
    for assets in (manifest.assets, *(release.assets for release in manifest.retained)):
        for entry in assets.values():
            named |= {entry.file, *(entry.file + SUFFIXES[coding] for coding in entry.encodings if coding in SUFFIXES)}
            named |= {delta_file(entry.file, dictionary) for dictionary in entry.deltas}
    return frozenset(named.union(manifest.companions))


def _unnamed(output: str, named: Collection[str]) -> Iterator[str]:
    start = len(os.path.join(output, ASSETS_FOLDER, ""))
    files = NamesInFolder(os.path.join(output, ASSETS_FOLDER), named)
    folders = {parent for file in named for parent in _parents(file)}
    for path in _assets(output):
        name = path[start:].replace(os.sep, "/")
        if name not in files and name not in folders:  # a link may stand for a folder of named files
            yield path


def _maps_besides(folder: str, named: Collection[str]) -> Iterator[str]:
    """The hidden source maps in `folder` that builds wrote, without those `named`."""
    for path in _files_in(folder):
        name = _relative(path, folder)
        if name not in named and _MAP.search(name):
            yield path


def _parents(file: str) -> Iterator[str]:
    while file := file.rpartition("/")[0]:
        yield file


def _assets(output: str) -> Iterator[str]:
    yield from _files_in(os.path.join(output, ASSETS_FOLDER))


def _holds_only_fingerprinted(output: str) -> bool:
    """Whether all files below `assets/` have names that builds give."""
    files = list(_assets(output))
    return bool(files) and all(_FINGERPRINTED.search(file) for file in files)


def _left_by_killed_builds(output: str) -> Iterator[str]:
    for name in sorted(os.listdir(output)):
        if is_staging(name):
            yield from _files_in(os.path.join(output, name))


def _files_in(folder: str) -> Iterator[str]:
    """The paths of all files and links below `folder`; none if it is not a folder."""
    if os.path.isdir(folder) and not os.path.islink(folder):
        yield from (os.path.join(folder, name) for name in files_below(folder))


def _files_of_cache(folder: str) -> list[str]:
    """The paths of the files of a build cache; empty if `folder` is none."""
    held = []
    for name, pattern in NAMES.items():
        top = os.path.join(folder, name)
        held += [path for path in _files_in(top) if pattern.fullmatch(_relative(path, top))]
    is_ignored = bytes_at(os.path.join(folder, IGNORE_FILE)) == IGNORES_ALL
    if not (held and is_ignored) and not _BEGIN_OF_INDEX.match(bytes_at(os.path.join(folder, INDEX)) or b""):
        return []
    tops = (name for name in sorted(os.listdir(folder)) if name == INDEX or is_staging(name))
    return [*(os.path.join(folder, name) for name in tops), *held]


def _relative(path: str, top: str) -> str:
    return os.path.relpath(path, top).replace(os.sep, "/")


def _removed(paths: Iterable[str], top: str, shown: Shown, *, dry_run: bool, permission: Permission) -> Cleaned:
    """Remove files and links below `top`, and then the folders that are empty afterwards."""
    removed: list[tuple[str, int]] = []
    faults: list[Diagnostic] = []
    for path in paths:
        try:
            size_bytes = os.lstat(path).st_size
            if not dry_run:
                remove_path(top, path, permission=permission)
            removed.append((path, size_bytes))
        except FileNotFoundError:
            continue
        except OSError as fault:
            faults.append(_refused(path, fault, shown))
    if not dry_run and os.path.isdir(top):
        _remove_empty_folders(top, permission)
    return Cleaned(tuple(removed), tuple(faults))


def _remove_empty_folders(top: str, permission: Permission) -> None:
    for name in os.listdir(top):
        folder = os.path.join(top, name)
        is_ours = top.endswith(MAPS_SUFFIX) or name in (ASSETS_FOLDER, BUILDS, CONTENT, MEASURES) or is_staging(name)
        if is_ours and not os.path.islink(folder):
            for inner in reversed([inner for inner, _, _ in walk(folder)]):
                remove_empty_folder(top, _relative(inner, top), permission=permission)


def _refused(path: str, fault: OSError, shown: Shown) -> Diagnostic:
    path = os.fspath(fault.filename or path)
    message = f"cannot remove `{shown(path)}`: {reason_text(fault)}"
    hint = "give it, and the folder that it is in, to the user that cleans"
    if fault.errno == ENOSPC:
        message = f"cannot clean `{shown(path)}`: {reason_text(fault)}"
        hint = "free some space: what stays of a cache is listed in a new file"
    return error("clean/refused", message, Location(shown(path)), hint=hint)
