"""Reads the answers of a registry: packages with their releases, and advisories. Pure.

Takes bytes of JSON and checks them; gives frozen values, or raises ValueError with the fault. After npm's documentation
of package metadata; unknown keys are ignored.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

# npm's rules for names, with upper case, which old names have; versions become parts of file names here.
_NAME: Final = lazy_pattern(r"(?:@[A-Za-z0-9~-][\w.~-]*/)?[A-Za-z0-9~_-][\w.~-]{0,213}")
_VERSION: Final = lazy_pattern(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,127}")

_LONGEST_REASON: Final = 300  # characters


@frozen
class PackageRelease:
    """A version of a package: `integrity` is npm's text with a `sha512`, `license` may be empty.

    `requires` are ranges of dependencies by name; `peers` are ranges of peer dependencies, without the optional ones;
    `deprecation` is the reason for which it is deprecated, empty if it is not; `published` is in seconds since 1970,
    None if the registry does not state it.
    """

    name: str
    version: str
    tarball: str
    integrity: str
    license: str
    requires: Mapping[str, str]
    peers: Mapping[str, str]
    deprecation: str
    published: float | None


@frozen
class RegistryPackage:
    """A package in a registry: its releases by version, and versions by tag, as in `latest`."""

    name: str
    releases: Mapping[str, PackageRelease]
    tags: Mapping[str, str]


@frozen
class Advisory:
    """A vulnerability of a package: `versions` is the affected range."""

    package: str
    title: str
    severity: str
    versions: str
    url: str


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a package."""
    return _NAME.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether `text` has only characters that a version can have."""
    return _VERSION.fullmatch(text) is not None


def package_in(content: bytes, name: str) -> RegistryPackage:
    """The package `name` in the answer of a registry; releases without a tarball are left out."""
    document = _document(content)
    if document.get("name") != name:
        raise ValueError(f"it describes another package than `{name}`")
    versions, times = _table(document, "versions"), _table(document, "time")
    releases = {
        version: _release(name, version, described, _seconds(times.get(version)))
        for version, described in versions.items()
        if is_version(version) and isinstance(described, dict) and _tarball(described)
    }
    tags = {tag: version for tag, version in _texts(document, "dist-tags").items() if version in releases}
    return RegistryPackage(name, releases, tags)


def advisories_in(content: bytes) -> tuple[Advisory, ...]:
    """The advisories in the answer of the endpoint for many packages, sorted."""
    found = []
    for name, listed in _document(content).items():
        if not isinstance(listed, list):
            raise ValueError("it is not a list of advisories")
        for one in listed:
            if not isinstance(one, dict):
                raise ValueError("it is not a list of advisories")
            texts = (one.get(key) for key in ("title", "severity", "vulnerable_versions", "url"))
            found.append(Advisory(name, *(text if isinstance(text, str) else "" for text in texts)))
    return tuple(sorted(found, key=lambda one: (one.package, one.title, one.url)))


def license_of(described: Mapping[str, Any]) -> str:
    """The licence that a package states, in either of npm's forms."""
    stated = described.get("license") or described.get("licenses") or ""
    many = stated if isinstance(stated, list) else [stated]
    names = [one.get("type") if isinstance(one, dict) else one for one in many]
    return _line(" OR ".join(name for name in names if isinstance(name, str) and name))


def _line(text: str) -> str:
    """`text` on one line, without invisible characters: it is written to the lock and to terminals."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("it is not the description of a package")
    return document


def _release(name: str, version: str, described: dict[str, Any], published: float | None) -> PackageRelease:
    meta = _table(described, "peerDependenciesMeta")
    optional = {peer for peer, one in meta.items() if isinstance(one, dict) and one.get("optional") is True}
    peers = _texts(described, "peerDependencies")
    integrity = _table(described, "dist").get("integrity")
    return PackageRelease(
        name,
        version,
        tarball=_tarball(described),
        integrity=integrity if isinstance(integrity, str) else "",
        license=license_of(described),
        requires=_ranges(_texts(described, "dependencies")),
        peers=_ranges({peer: wanted for peer, wanted in peers.items() if peer not in optional}),
        deprecation=_deprecation(described.get("deprecated")),
        published=published,
    )


def _deprecation(stated: object) -> str:
    """The reason in one line; some registries state only that there is one."""
    if not isinstance(stated, str):
        return "without a reason" if stated else ""
    return _line(stated)[:_LONGEST_REASON] or ("without a reason" if stated else "")


def _ranges(texts: dict[str, str]) -> dict[str, str]:
    return {name: _line(wanted) for name, wanted in texts.items() if is_name(name)}


def _tarball(described: dict[str, Any]) -> str:
    tarball = _table(described, "dist").get("tarball")
    return tarball if isinstance(tarball, str) and tarball.startswith(("https://", "http://")) else ""


def _seconds(text: object) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _texts(document: Mapping[str, Any], key: str) -> dict[str, str]:
    return {name: value for name, value in _table(document, key).items() if isinstance(value, str)}
