"""From a bundle to what a page loads for it, as the manifest has it.

Takes an environment and a bundle, gives URLs with integrity metadata. Imports the vocabulary and `runtime`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from buildassets.compat.webassets.run.bundle import Bundle
from buildassets.compat.webassets.run.environment import Environment
from buildassets.compat.webassets.run.key import asset_of, bundle_key, is_url, output_key, source_key
from buildassets.runtime.assets import Assets, Release, release_of

_Element = Mapping[str, Any]


def entries(environment: Environment, bundle: Bundle) -> list[tuple[str, str | None]]:
    """Each URL of `bundle` with its integrity metadata, in order, each once.

    Raises AssetNotFound for what the release does not have.
    """
    assets = environment.assets
    release = release_of(assets)
    is_debugged = environment.debug is True and bundle.debug in (None, True)
    names = dict.fromkeys(_shown(release, _names(release, bundle), is_debugged=is_debugged))
    return [(name, None) if is_url(name) else _entry(assets, name) for name in names]


def extra_of(environment: Environment, bundle: Bundle) -> Mapping[str, Any]:
    """The values that go with `bundle`: its own, those of what it wraps, or what the manifest has of its file."""
    if bundle.extra:
        return bundle.extra
    release = release_of(environment.assets)
    if bundle.name is not None and not bundle.contents:
        block = _block(release, bundle_key(bundle.name)) or ()
        merged = {key: value for one in block for key, value in one.get("attributes", {}).items()}
        return {key: value for key, value in merged.items() if key not in ("href", "src")}
    inner = [one for one in bundle.contents if isinstance(one, Bundle)]
    if len(inner) < len(bundle.contents):
        return {}
    return {key: value for one in inner for key, value in extra_of(environment, one).items()}


def _entry(assets: Assets, name: str) -> tuple[str, str | None]:
    return assets.url(name), assets.integrity(name)


def _shown(release: Release, names: Iterator[str], *, is_debugged: bool) -> Iterator[str]:
    """What stands for `names` in the page: where it is debugged, the members that a release for development lists."""
    for name in names:
        members = _block(release, output_key(name)) if is_debugged else None
        if members is None:
            yield name
        else:
            yield from map(_named, members)


def _names(release: Release, bundle: Bundle) -> Iterator[str]:
    """The assets and URLs that `bundle` stands for."""
    known = _block(release, bundle_key(bundle.name)) if bundle.name is not None else None
    if known is not None:
        yield from map(_named, known)
    elif bundle.output and asset_of(bundle.output):
        yield asset_of(bundle.output)
    else:
        for item in bundle.contents:
            yield from _names(release, item) if isinstance(item, Bundle) else _items(release, str(item))


def _items(release: Release, item: str) -> Iterator[str]:
    found = _block(release, source_key(item))
    if found is None:
        yield item
    else:
        yield from map(_named, found)


def _block(release: Release, key: str) -> Sequence[_Element] | None:
    found: Sequence[_Element] | None = release.blocks.get(key)
    return found


def _named(element: _Element) -> str:
    """The asset of an element, or the URL that it names."""
    attributes = element.get("attributes", {})
    return str(element.get("asset") or attributes.get("href") or attributes.get("src"))
