"""Duplicates in a release: files, modules in several bundles, packages in several folders. Pure."""

from collections.abc import Iterable, Mapping

from buildassets.foundation.frozen import frozen
from buildassets.foundation.measures import BundleContents
from buildassets.manifest.model import IDENTITY, Entry, Manifest

_MODULES = "node_modules/"


@frozen
class Duplicate:
    """Something that is there more than once: its name, where it is, and the bytes that all but one of these take."""

    name: str
    places: tuple[str, ...]
    extra_bytes: int


def repeated_files(manifest: Manifest) -> list[Duplicate]:
    """Assets with the same content, those first that take the most; empty files are no matter."""
    by_content: dict[object, list[str]] = {}
    for path in sorted(manifest.assets):
        entry = manifest.assets[path]
        if entry.size:
            by_content.setdefault(_content(entry), []).append(path)
    groups = (
        Duplicate(paths[0], tuple(paths), manifest.assets[paths[0]].size * (len(paths) - 1))
        for paths in by_content.values()
        if len(paths) > 1
    )
    return _ordered(groups)


def repeated_modules(contents: Mapping[str, BundleContents]) -> list[Duplicate]:
    """Sources whose text is in several bundles."""
    places: dict[str, list[str]] = {}
    for bundle in sorted(contents):
        for name, size_bytes in contents[bundle].sizes.items():
            if size_bytes:
                places.setdefault(name, []).append(bundle)
    groups = []
    for name, bundles in places.items():
        if len(bundles) > 1:
            sizes = [contents[bundle].sizes[name] for bundle in bundles]
            groups.append(Duplicate(name, tuple(bundles), sum(sizes) - max(sizes)))
    return _ordered(groups)


def repeated_packages(contents: Mapping[str, BundleContents]) -> list[Duplicate]:
    """Packages of npm that bundles hold from several folders, often in several versions."""
    folders: dict[str, dict[str, int]] = {}
    for made in contents.values():
        for name, size_bytes in made.sizes.items():
            folder = _package_folder(name)
            if folder and size_bytes:
                sizes = folders.setdefault(folder.rpartition(_MODULES)[2], {})
                sizes[folder] = sizes.get(folder, 0) + size_bytes
    return _ordered(
        Duplicate(package, tuple(sorted(sizes)), sum(sizes.values()) - max(sizes.values()))
        for package, sizes in folders.items()
        if len(sizes) > 1
    )


def _package_folder(name: str) -> str | None:
    """The folder of the package that the file `name` is in: `node_modules/a/node_modules/@b/c`."""
    outer, modules, inner = name.rpartition(_MODULES)
    if not modules:
        return None
    parts = inner.split("/")
    return f"{outer}{modules}{'/'.join(parts[: 2 if inner.startswith('@') else 1])}"


def _content(entry: Entry) -> object:
    return entry.size, entry.integrity or entry.digests.get(IDENTITY) or entry.file


def _ordered(groups: Iterable[Duplicate]) -> list[Duplicate]:
    return sorted(groups, key=lambda group: (-group.extra_bytes, group.name))
