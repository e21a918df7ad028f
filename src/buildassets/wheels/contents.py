"""Reads the manifest of a package's release, and lists the files that an application's build takes over.

Takes a release directory, gives files with digests, or errors for all that no build writes. Reads the manifest only:
the files are compared with their digests when they are read. Plain names, companions, blocks and servers of the
manifest are not taken.
"""

import os
from base64 import b64decode
from collections.abc import Iterator, Mapping, Set
from typing import Final

from buildassets.disk.files import MOST_MANIFEST_BYTES
from buildassets.disk.plain_files import plain_below
from buildassets.errors import ManifestError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.manifest.model import ASSETS_FOLDER, IDENTITY, MANIFEST_NAME, Entry, Manifest, is_whole, loads
from buildassets.manifest.soundness import is_file, is_refused_by_windows

_HASH: Final = lazy_pattern(r"[-._~][A-Za-z0-9_-]{8,}(?=\.[^/]*\Z|\Z)")
_HINT: Final = "install the package again, or report it to its authors"
_URL: Final = lazy_pattern(r"(?i:[a-z][a-z0-9+.-]*:|//)")
_MOST_FILES: Final = 20_000  # the largest sets of icons have 10,000
_BYTES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}


@frozen
class ReleasedFile:
    """A file of a package's release, which is taken over unchanged.

    `logical`, `file` and the paths in `names` and `variants` begin with the name of the release. `folder` is the
    absolute folder in which the file has the name `relative`. `names` maps the file names of assets that it refers to,
    to their logical paths. `modules` are the names of CSS modules, `icons` the sizes of icons of a sprite.
    """

    logical: str
    file: str
    folder: str
    relative: str
    size_bytes: int
    algorithm: str
    digest: str
    names: tuple[tuple[str, str], ...] = ()
    variants: tuple[str, ...] = ()
    dimensions: tuple[int, int] | None = None
    modules: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    icons: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def path(self) -> str:
        """The absolute path of the file."""
        return os.path.join(self.folder, *self.relative.split("/"))


@frozen
class Contents:
    """The files of a release, sorted by logical path; none if there are `faults`."""

    files: tuple[ReleasedFile, ...] = ()
    faults: tuple[Diagnostic, ...] = ()


def contents_of(folder: str, name: str, shown: str, *, is_production: bool, project: str = "") -> Contents:
    """The files of the release in the absolute `folder`, to be merged below `name`; errors call the folder `shown`.

    A release of a watch, which an editable install may have, is not merged in production. `project` is the shown folder
    of the sources of such an install.
    """
    hint = f"run `buildassets build` in `{project}`" if project else _HINT
    where = Location(f"{shown}/{MANIFEST_NAME}")
    try:
        manifest = _manifest(folder, where.file)
    except ManifestError as fault:
        faults = tuple(error("wheel/manifest", one.message, where, hint=hint) for one in fault.diagnostics)
        return Contents(faults=faults)
    except OSError as fault:
        message = f"cannot read `{where.file}`: {reason_text(fault)}"
        return Contents(faults=(error("wheel/manifest", message, where, hint=hint),))
    entries = _taken(manifest)
    complaints = [f"the release has {len(manifest.assets):,} files, of at most {_MOST_FILES:,}"]
    if len(manifest.assets) <= _MOST_FILES:
        complaints = list(_complaints(manifest, entries, is_production=is_production))
    if complaints:
        return Contents(faults=tuple(error("wheel/manifest", text, where, hint=hint) for text in complaints))
    assets = os.path.join(folder, ASSETS_FOLDER)
    return Contents(tuple(_file(entries, path, name, assets) for path in sorted(entries)))


def import_map_of(folder: str, name: str) -> dict[str, object]:
    """The import map of the release in the absolute `folder`, with targets and scopes below `name`.

    Empty where `contents_of` reports faults of the manifest.
    """
    try:
        manifest = _manifest(folder, folder)
    except (ManifestError, OSError):
        return {}
    taken = _taken(manifest)
    scopes = {f"{name}/{scope}": _below(name, names, taken) for scope, names in manifest.scopes.items()}
    scopes = {scope: names for scope, names in scopes.items() if names}
    return {**_below(name, manifest.importmap, taken), **({"scopes": scopes} if scopes else {})}


def _below(name: str, names: Mapping[str, str], taken: Mapping[str, Entry]) -> dict[str, str]:
    """The `names` of an import map with assets below `name`; URLs stay, and whatever is neither is left out."""
    named = {specifier: f"{name}/{target}" for specifier, target in names.items() if target in taken}
    return {**named, **{specifier: target for specifier, target in names.items() if _URL.match(target)}}


def _taken(manifest: Manifest) -> dict[str, Entry]:
    """The assets of a release that an application takes: not plain names, and none that the release has from packages.

    Of these only what the package's own files refer to. Else packages that list each other would grow by each build.
    """
    entries = {path: entry for path, entry in manifest.assets.items() if not entry.plain}
    reached = [path for path, entry in entries.items() if not _is_of_package(path, entry)]
    taken = dict.fromkeys(reached)
    while reached:
        entry = entries[reached.pop()]
        further = {*entry.references, *entry.variants, *([entry.map] if entry.map else [])}
        reached += (new := sorted(path for path in further if path in entries and path not in taken))
        taken.update(dict.fromkeys(new))
    return {path: entry for path, entry in entries.items() if path in taken}


def _is_of_package(path: str, entry: Entry) -> bool:
    """Whether a build took the asset over from a package: only then a file with a fingerprint gets a name without."""
    return entry.inputs == (entry.file,) and path != entry.file


def _manifest(folder: str, shown: str) -> Manifest:
    """The manifest of the release. Raises ManifestError if no build wrote it, and OSError."""
    with open(plain_below(folder, MANIFEST_NAME), "rb") as stream:
        content = stream.read(MOST_MANIFEST_BYTES + 1)
    manifest = loads(content, shown)
    if len(content) > MOST_MANIFEST_BYTES or not is_whole(content.decode("utf-8", "replace"), shown):
        raise ManifestError([error("wheel/manifest", f"`{shown}` is not as a build wrote it")])
    return manifest


def _complaints(manifest: Manifest, entries: Mapping[str, Entry], *, is_production: bool) -> Iterator[str]:
    """The messages for what a release must not contain to be merged."""
    if manifest.livereload and is_production:
        yield "the release was built for development"
    # Modules that a bare name means, which come with their packages.
    from_packages = {path for path, entry in manifest.assets.items() if _is_of_package(path, entry)}
    yield from _complaints_of_map(manifest, entries.keys() | from_packages)
    files: dict[str, str] = {}
    for path, entry in sorted(entries.items()):
        for name in (path, entry.file):
            if not is_file(name) or is_refused_by_windows(name):
                yield f"{name!a} cannot be the name of a file on every system"
        if _HASH.search(entry.file) is None:
            yield f"the name of `{entry.file}` has no fingerprint"
        if files.setdefault(entry.file.lower(), path) != path:
            yield f"`{files[entry.file.lower()]}` and `{path}` have files whose names differ in case at most"
        if files.setdefault(f"/{path.lower()}", path) != path:
            yield f"`{files[f'/{path.lower()}']}` and `{path}` differ in case only"
        if _digest(entry) is None:
            yield f"the digest of `{path}` is missing"
        absent = sorted({*_targets(entry), *entry.variants} - entries.keys() - from_packages)
        if absent:
            yield f"`{path}` refers to `{absent[0]}`, which the release lacks, or has under a plain name"


def _complaints_of_map(manifest: Manifest, assets: Set[str]) -> Iterator[str]:
    """The messages for names that are not those of modules, and for targets that are neither assets nor URLs."""
    if manifest.modules:
        yield 'it was built with `modules = "importmap"`, whose names are for pages of one site'
    for names in (manifest.importmap, *manifest.scopes.values()):
        for specifier, target in names.items():
            if _URL.match(specifier) or specifier.startswith(("/", ".")):
                yield f"`{specifier}` in its import map is a URL, which another module may have"
            elif target not in assets and not _URL.match(target):
                where = "which the release lacks, or has under a plain name"
                yield f"`{specifier}` in its import map is `{target}`, {where}"


def _targets(entry: Entry) -> set[str]:
    return {*entry.references, *entry.imports, *([entry.map] if entry.map else [])}


def _digest(entry: Entry) -> tuple[str, str] | None:
    """The algorithm and the digest in hex of the file of `entry`, if the manifest has one."""
    algorithm, _, in_base64 = (entry.integrity or f"sha256-{entry.digests.get(IDENTITY, '')}").partition("-")
    try:
        content = b64decode(in_base64, validate=True)
    except ValueError:
        return None
    return (algorithm, content.hex()) if len(content) == _BYTES.get(algorithm) else None


def _file(entries: Mapping[str, Entry], path: str, name: str, folder: str) -> ReleasedFile:
    entry = entries[path]
    algorithm, digest = _digest(entry) or ("", "")
    targets = sorted(_targets(entry) & entries.keys())
    return ReleasedFile(
        logical=f"{name}/{path}",
        file=f"{name}/{entry.file}",
        folder=folder,
        relative=entry.file,
        size_bytes=entry.size,
        algorithm=algorithm,
        digest=digest,
        names=tuple((f"{name}/{entries[target].file}", f"{name}/{target}") for target in targets),
        variants=tuple(f"{name}/{variant}" for variant in entry.variants),
        dimensions=(entry.width, entry.height) if entry.width and entry.height else None,
        modules=tuple((f"{name}/{module}", tuple(names.items())) for module, names in entry.names.items()),
        icons=tuple((icon, tuple(size)) for icon, size in entry.icons.items()),
    )
