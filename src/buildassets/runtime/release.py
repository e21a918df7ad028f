"""What one reading of a manifest gave: entries, URLs and the attributes that say how an asset is loaded.

Takes the document and a URL prefix. Pure; imports the standard library and what is light of the vocabulary only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from buildassets.manifest_json import AssetLines, no_manifest
from buildassets.paths import to_url
from buildassets.runtime.urls import address

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Any, Final, TypeVar

    from buildassets.errors import ManifestError

    _T = TypeVar("_T")

# Preload destinations (Fetch, section 2.2.5) by media type, or by its part before the slash.
_DESTINATIONS: Final = {
    "text/css": "style",
    "text/javascript": "script",
    "text/vtt": "track",
    "application/vnd.ms-fontobject": "font",
    "image": "image",
    "font": "font",
    "audio": "audio",
    "video": "video",
}
_WITH_INTEGRITY: Final = ("style", "script")  # browsers apply integrity metadata to these destinations only
_ALWAYS_CORS: Final = ("font", "fetch")  # fetched in CORS mode by those who use them; a preload must match


class AssetNotFound(LookupError):  # noqa: N818 a name of the contract
    """No asset has this name. `nearest` are those that have one like it, the most like first, at most three."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(name)
        self.name = name
        self._known = known

    @cached_property
    def nearest(self) -> tuple[str, ...]:
        """Looked for when asked: who catches this to fall back on something else does not pay for it."""
        from buildassets.errors import ManifestError
        from buildassets.nearest import nearest_paths

        try:
            return nearest_paths(self.name, self._known, most=3)
        except ManifestError:  # of names that cannot be read none is near
            return ()

    def __str__(self) -> str:
        from buildassets.typed import typed

        near = " or ".join(f"`{name}`" for name in self.nearest)
        hint = f"did you mean {near}? Otherwise " if near else ""
        message = f"no asset is named `{self.name}`; {hint}run `{typed('build')}` if it is newer than the manifest"
        return message if message.isprintable() else ascii(message)[1:-1]

    def __reduce__(self) -> tuple[type[AssetNotFound], tuple[str, tuple[str, ...]]]:
        return type(self), (self.name, self.nearest)


class _Made(dict[str, "_T"]):
    """Something for each name, made when first asked for: most pages name few of many thousand assets."""

    def __init__(self, make: Callable[[str], _T]) -> None:
        self._make = make

    def __missing__(self, name: str) -> _T:
        made = self[name] = self._make(name)
        return made


class Release:
    """What one reading of a manifest gave, under one URL prefix; `document` is as `read_served` gives it.

    Raises ManifestError where what the manifest refers to is none of its assets: at once where all entries are parsed
    already, else when one is asked for.
    """

    __slots__ = (
        *("_assets", "_digest", "_maps", "_not_preloaded", "_page_map", "_paths", "_retained"),
        *("blocks", "entries", "has_dictionaries", "manifest", "packages", "prefix", "reached", "texts", "urls"),
        "watcher_file",
    )

    def __init__(self, document: dict[str, Any], prefix: str, manifest: str) -> None:
        self._assets: Mapping[str, Any] = document["assets"]
        self.prefix = prefix
        self.manifest = manifest
        self._maps: list[dict[str, Any]] = [document.get(key) or {} for key in ("importmap", "modules", "scopes")]
        self._not_preloaded = frozenset(document.get("not_preloaded") or ())
        self._page_map: str | None = None
        self._digest = document.get("release")
        self._retained = document.get("retained", ())
        self.watcher_file = document.get("livereload")
        self.blocks: Mapping[str, Any] = document.get("blocks") or {}
        self.has_dictionaries = document.get("dictionaries") is True
        self.packages: Mapping[str, Any] = document.get("packages") or {}
        self.entries = _Made(self._entry)  # what the manifest says of a name: at least its file
        self._paths = _Made(self._path)  # what stands behind the prefix
        self.urls = _urls(prefix, self._paths)
        self.reached = _Made(self._reached)
        self.texts: dict[str, str] = {}  # of what stands in pages, by name
        if isinstance(self._assets, dict):
            self._check_all(self._assets)

    def _check_all(self, assets: dict[str, Any]) -> None:
        """Whether all that is referred to is there. What is parsed when asked for is looked up then."""
        importmap, modules, scopes = self._maps
        named = [target for names in (importmap, modules, *scopes.values()) for target in names.values()]
        named = [*filter(lambda one: not self._is_url(one), named), *(one for one in scopes if not one.endswith("/"))]
        for entry in assets.values():
            named += (*entry.get("imports", ()), *filter(None, [entry.get("map")]))
        if not assets.keys() >= set(named):
            raise no_manifest(self.manifest)

    def at(self, prefix: str) -> Release:
        """The same under another prefix. What is known of names is shared."""
        other = Release.__new__(Release)
        for slot in Release.__slots__:
            setattr(other, slot, getattr(self, slot))
        other.prefix, other.urls = prefix, _urls(prefix, self._paths)
        other.texts, other._page_map = {}, None
        return other

    def _entry(self, name: str) -> dict[str, Any]:
        entry: dict[str, Any] | None = self._assets.get(name)
        if entry is None:
            raise AssetNotFound(str(name), self._assets)
        return entry

    def all_entries(self) -> Iterator[tuple[str, Any]]:
        """Every asset with what the manifest says of it; those of earlier releases that are retained, too."""
        assets = self._assets
        yield from assets.each() if isinstance(assets, AssetLines) else assets.items()
        for earlier in self._retained:
            yield from earlier["assets"].items()

    def _path(self, name: str) -> str:
        return to_url(self.entries[name]["file"])

    def _reached(self, name: str) -> list[str]:
        """`name` and every module that it waits for, the nearest first, but for those that are not loaded ahead."""
        self.entries[name]  # which the caller has named, and the manifest all others
        found = {name: None}
        waiting = [name]
        try:
            for one in waiting:
                targets = self.entries[one].get("imports", ())
                news = [target for target in targets if target not in found and target not in self._not_preloaded]
                found.update(dict.fromkeys(news))
                waiting += news
        except AssetNotFound as missing:
            raise self._dangling(missing) from None
        return waiting

    def _dangling(self, missing: AssetNotFound) -> ManifestError:
        """The error for a manifest that refers to an asset which it does not hold."""
        return no_manifest(self.manifest, f"it refers to `{missing.name}`, which it does not hold")

    def modules(self, names: Iterable[str]) -> dict[str, None]:
        """`names` and every module that they wait for, each once."""
        return dict.fromkeys(one for name in names for one in self.reached[name])

    def page_map(self) -> str:
        """The import map for pages, as JSON; empty where there is none. Made once: it may name hundreds of modules."""
        if self._page_map is None:
            try:
                self._page_map = self._made_page_map() if any(self._maps) else ""
            except AssetNotFound as missing:
                raise self._dangling(missing) from None
        return self._page_map

    def _made_page_map(self) -> str:
        importmap, modules, scopes = self._maps
        imports = self._addresses(importmap)
        imports |= {address(self.prefix + url): address(self.urls[target]) for url, target in modules.items()}
        document: dict[str, object] = {"imports": imports}
        if scopes:
            document["scopes"] = {self._scope(scope): self._addresses(names) for scope, names in scopes.items()}
        named = {target for names in (importmap, modules, *scopes.values()) for target in names.values()}
        checks = {address(self.urls[one]): self.entries[one].get("integrity") for one in named if not self._is_url(one)}
        if any(checks.values()):
            document["integrity"] = {url: check for url, check in checks.items() if check}
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    def _addresses(self, names: dict[str, str]) -> dict[str, str]:
        return {name: target if self._is_url(target) else address(self.urls[target]) for name, target in names.items()}

    def _is_url(self, target: str) -> bool:
        return target not in self._assets and (":" in target or target.startswith("/"))

    def _scope(self, scope: str) -> str:
        return address(self.prefix + to_url(scope) if scope.endswith("/") else self.urls[scope])

    def integrity(self, given: dict[str, object], name: str) -> dict[str, object]:
        """`integrity` and the `crossorigin` that it needs elsewhere than on one's own host.

        Takes `integrity` out of `given`: False or None drops both, a text takes the manifest's place.
        """
        integrity = given.pop("integrity", True)
        if integrity is True:
            integrity = self.entries[name].get("integrity")
        return {"integrity": integrity or None, "crossorigin": "anonymous" if integrity else None}

    def moved_into_page(self, text: str, name: str) -> str:
        """The text of the asset `name` with full URLs for what it refers to."""
        entry = self.entries[name]
        targets = [*entry.get("references", ()), *filter(None, [entry.get("map")])]
        if not targets:
            return text
        try:
            files = {one: self.entries[one]["file"] for one in targets}
        except AssetNotFound as missing:
            raise self._dangling(missing) from None
        for one in sorted({*self._maps[1].values()} & {*targets}):
            if os.path.basename(to_url(files[one])) not in text:
                why = f"it imports `{one}` by a URL relative to its own, which is not mapped in a page"
                raise ValueError(f"cannot inline `{name}`: {why}; load it by its URL instead")
        from buildassets.runtime.in_page import with_full_urls

        return with_full_urls(text, name, {file: address(self.urls[one]) for one, file in files.items()})

    def livereload(self) -> dict[str, object] | None:
        """What the live reload client is told; None where no development build made the release."""
        if not isinstance(self.watcher_file, str):
            return None
        where = {"data-prefix": self.prefix, "data-server": self.prefix + to_url(self.watcher_file)}
        return {**where, "data-release": self._digest}

    def preload(self, name: str, given: dict[str, object]) -> dict[str, object]:
        """The attributes of a link that preloads `name`, as the request for it will be made."""
        entry = self.entries[name]
        destination = given.pop("as", None)
        is_module = name.endswith(".mjs") or "imports" in entry
        if given.get("type") == "module" or (is_module and not destination):
            given.pop("type", None)
            return self.modulepreload(name, given)
        link: dict[str, object] = {"rel": "preload", "href": self.urls[name]}
        media_type: str = entry.get("type", "")
        link["as"] = destination = destination or _destination(media_type)
        link["type"] = media_type or None
        if destination in _WITH_INTEGRITY:
            return link | self.integrity(given, name) | given
        return link | {"crossorigin": "anonymous" if destination in _ALWAYS_CORS else None} | given

    def modulepreload(self, name: str, given: dict[str, object]) -> dict[str, object]:
        """The same for a module."""
        return {"rel": "modulepreload", "href": self.urls[name], **self.integrity(given, name), **given}

    def hint(self, name: str) -> dict[str, object]:
        """The attributes of a preloading link in a header.

        That comes before the import map, if there is one, and a browser that has begun to load modules may refuse a map
        then. So a module is preloaded as the script that it is, in the mode in which modules are requested.
        """
        link = self.preload(name, {})
        return self.module_hint(name) if link["rel"] == "modulepreload" else link

    def module_hint(self, name: str) -> dict[str, object]:
        """The same for what is known to be a module."""
        link = self.modulepreload(name, {})
        if any(self._maps):
            link |= {"rel": "preload", "as": "script", "crossorigin": "anonymous"}
        return link


def _urls(prefix: str, paths: Mapping[str, str]) -> _Made[str]:
    return _Made(lambda name: prefix + paths[name])


def _destination(media_type: str) -> str:
    return _DESTINATIONS.get(media_type) or _DESTINATIONS.get(media_type.partition("/")[0]) or "fetch"
