"""Companions: files beside the assets by which other systems find the fingerprinted names, such as Django's manifest.

Takes a manifest, gives names below `assets/` and contents; the same manifest gives the same bytes. Pure.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from buildassets.foundation.digest import digest
from buildassets.foundation.paths import to_url
from buildassets.manifest.model import IDENTITY, STATICFILES_NAME, Entry, Manifest

# Sprockets sorts the versions of an asset by this time when it cleans up. With the time of a build two builds would
# differ.
_SPROCKETS_TIME: Final = "1980-01-01T00:00:00+00:00"
_SPROCKETS_DIGITS: Final = 32  # of a manifest's name (`Sprockets::ManifestUtils::MANIFEST_RE`)
_DJANGO_VERSION: Final = "1.1"  # of the format (`ManifestFilesMixin.manifest_version`)
_DJANGO_DIGITS: Final = 12  # of the MD5 (`HashedFilesMixin.file_hash`)


def companions_of(forms: Sequence[str], manifest: Manifest) -> dict[str, bytes]:
    """The contents of the companions in `forms`, which are keys of `FORMS`, by their names below `assets/`; sorted."""
    written = (FORMS[form](manifest.assets) for form in forms)
    return dict(sorted(written))


def precache_list(manifest: Manifest) -> bytes:
    """The list of files for a service worker, as Workbox reads it: `url` and `revision`, sorted.

    A revision is null where the URL changes with the content (Workbox, `PrecacheEntry`). Source maps are left out, as
    Workbox leaves them out: pages work without them.
    """
    entries = [entry for path, entry in manifest.assets.items() if not path.endswith(".map")]
    entries.sort(key=attrgetter("file"))
    return _json([{"url": manifest.url + to_url(entry.file), "revision": _revision(entry)} for entry in entries])


def _revision(entry: Entry) -> str | None:
    return entry.digests[IDENTITY] if entry.plain else None


def taken_names(companions: Iterable[str], manifest: Manifest) -> Iterator[str]:
    """The logical paths of the assets whose file names are those of `companions`."""
    companions = tuple(companions)
    if not companions:
        return
    files = {entry.file: path for path, entry in manifest.assets.items()}
    yield from (files[name] for name in companions if name in files)


def _sprockets(assets: Mapping[str, Entry]) -> tuple[str, bytes]:
    """As `Sprockets::Manifest#save` of Sprockets 3 and 4 writes it. Sprockets finds the file by its name."""
    files = {entry.file: _sprockets_file(path, entry) for path, entry in assets.items()}
    content = _json({"files": files, "assets": {path: entry.file for path, entry in assets.items()}})
    return f".sprockets-manifest-{digest(content)[:_SPROCKETS_DIGITS]}.json", content


def _sprockets_file(path: str, entry: Entry) -> dict[str, Any]:
    integrity = {"integrity": entry.integrity} if entry.integrity else {}
    fingerprint = entry.file.rpartition("/")[2].removeprefix(_stem(path) + ".").partition(".")[0]
    return {
        "logical_path": path,
        "mtime": _SPROCKETS_TIME,
        "size": entry.size,
        "digest": fingerprint if entry.file != path else "",
        **integrity,
    }


def _stem(path: str) -> str:
    """The name of the file without its last suffix."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _propshaft_plain(assets: Mapping[str, Entry]) -> tuple[str, bytes]:
    """As Propshaft up to 1.1 reads it."""
    return ".manifest.json", _json({path: entry.file for path, entry in assets.items()})


def _propshaft_described(assets: Mapping[str, Entry]) -> tuple[str, bytes]:
    """As Propshaft 1.3 writes it. All assets belong to the application: Rails engines do not exist here."""
    described = {
        path: {"digested_path": entry.file, "integrity": entry.integrity, "app": True} for path, entry in assets.items()
    }
    return ".manifest.json", _json(described)


def _django(assets: Mapping[str, Entry]) -> tuple[str, bytes]:
    """As `ManifestStaticFilesStorage` writes it; the hash is computed as in its `save_manifest`."""
    paths = {path: entry.file for path, entry in sorted(assets.items())}
    listed = json.dumps(sorted(paths.items())).encode("ascii")
    hashed = hashlib.md5(listed, usedforsecurity=False).hexdigest()[:_DJANGO_DIGITS]
    return STATICFILES_NAME, _json({"paths": paths, "version": _DJANGO_VERSION, "hash": hashed})


def _json(value: Any) -> bytes:
    return (json.dumps(value, sort_keys=True) + "\n").encode("ascii")


FORMS: Final[Mapping[str, Callable[[Mapping[str, Entry]], tuple[str, bytes]]]] = {
    "sprockets": _sprockets,
    "propshaft-1.1": _propshaft_plain,
    "propshaft-1.3": _propshaft_described,
    "staticfiles": _django,
}
