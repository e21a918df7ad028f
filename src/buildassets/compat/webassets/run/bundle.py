"""A bundle as webassets has it: what it is made of, and the URLs that it has in a release.

Takes contents and options, gives URLs with integrity metadata. Imports the vocabulary and `runtime`.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from buildassets.runtime.assets import Assets, Release, release_of

__all__ = ["Bundle", "asset_of", "bundle_key", "is_url", "output_key", "source_key"]

_Element = Mapping[str, Any]

_OPTIONS = frozenset(
    ("config", "debug", "depends", "env", "extra", "filters", "merge", "output", "remove_duplicates", "version")
)
_VERSION: Final = "%(version)s"
# With what divides it from the rest: the slash behind it, where it is a whole folder.
_PLACEHOLDER: Final = re.compile(r"(?:(?<=/)|^)%\(version\)s/|[-._]?%\(version\)s")
_URL: Final = re.compile(r"(?:[A-Za-z][\w+.-]*:)?//")


class Owner(Protocol):
    """The environment as a bundle uses it."""

    @property
    def debug(self) -> object:
        """Whether pages load the members of bundles."""

    @property
    def assets(self) -> Assets:
        """The release that answers. Raises ManifestError where there is none."""


class Bundle:
    """Files, globs, URLs and other bundles, in order, and what is to be made of them.

    `name` is that under which it is registered; `place` is the file and line where it was made. Raises TypeError for
    an option that there is not.
    """

    def __init__(self, *contents: Any, **options: Any) -> None:
        for option in options:
            if option not in _OPTIONS:
                raise TypeError(f"got unexpected keyword argument {option!r}")
        self.contents = contents
        self.output: str | None = options.get("output")
        self.filters = _listed(options.get("filters"))
        self.depends = _listed(options.get("depends"))
        self.extra: Mapping[str, Any] = options.get("extra") or {}
        self.merge: bool = options.get("merge", True)
        self.remove_duplicates: bool = options.get("remove_duplicates", True)
        self.version = options.get("version")
        self.config: dict[str, Any] = dict(options.get("config") or {})
        self.debug: bool | str | None = options.get("debug", self.config.get("debug"))
        self.env: Owner | None = options.get("env")
        self.name: str | None = None
        self.place = caller(2)

    def __repr__(self) -> str:
        return f"<Bundle output={self.output}, filters={self.filters}, contents={self.contents}>"

    @property
    def is_container(self) -> bool:
        """Whether it only holds other bundles, which are built each by itself."""
        return not self.output and all(isinstance(one, Bundle) for one in self.contents)

    def urls(self, *_: Any, calculate_sri: bool = False, **__: Any) -> list[Any]:
        """The URLs to load for it; with `calculate_sri`, mappings with `uri` and `sri`.

        Raises AssetNotFound for what the release does not have.
        """
        if self.env is None:
            raise RuntimeError(f"{self!r} is not connected to an environment")
        found = entries(self.env, self)
        return [{"uri": url, "sri": sri} for url, sri in found] if calculate_sri else [url for url, _ in found]


def caller(depth: int) -> tuple[str, int]:
    """The file and the line of whoever called, `depth` calls above."""
    frame = sys._getframe(depth)
    return frame.f_code.co_filename, frame.f_lineno


def _listed(value: Any) -> tuple[Any, ...]:
    """Filters or files as webassets takes them: a text with commas, one, or several."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for part in map(str.strip, value.split(",")) if part)
    return tuple(value) if isinstance(value, Iterable) else (value,)


def entries(environment: Owner, bundle: Bundle) -> list[tuple[str, str | None]]:
    """Each URL of `bundle` with its integrity metadata, in order, each once.

    Raises AssetNotFound for what the release does not have.
    """
    assets = environment.assets
    release = release_of(assets)
    is_debugged = environment.debug is True and bundle.debug in (None, True)
    names = dict.fromkeys(_shown(release, _names(release, bundle), is_debugged=is_debugged))
    return [(name, None) if is_url(name) else _entry(assets, name) for name in names]


def extra_of(environment: Owner, bundle: Bundle) -> Mapping[str, Any]:
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
    """The files for `names` in the page: when debugged, the members that a release for development lists."""
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


def bundle_key(name: str) -> str:
    """The key of a registered bundle: what its `urls()` are."""
    return f"webassets bundle {name}"


def output_key(asset: str) -> str:
    """The key of the members that stand for the asset of a bundle, where pages are debugged."""
    return f"webassets output {asset}"


def source_key(item: str) -> str:
    """The key of what a bundle has for contents: a glob, or a file whose asset is called otherwise."""
    return f"webassets source {item}"


def is_url(item: str) -> bool:
    """Whether an item of a bundle is on another host."""
    return _URL.match(item) is not None


def asset_of(output: str) -> str:
    """The logical path of the asset for an `output`: without the version, as every name has a fingerprint.

    Empty where nothing else names it.
    """
    name = _PLACEHOLDER.sub("", output) if _VERSION in output else output
    stem = name.rpartition("/")[2].partition(".")[0]
    return name.removeprefix("./") if stem else ""
