"""Holds a manifest as it was read: entries by name, URLs, and the attributes of elements that load an asset.

Takes the document and a URL prefix. Pure; imports the standard library and light modules of the vocabulary only.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from buildassets.foundation.paths import LogicalPath, relative, to_url
from buildassets.manifest.json import ASSETS_FOLDER, RELEASE_FILE, STATICFILES_NAME, AssetLines, no_manifest
from buildassets.runtime.not_found import AssetNotFound
from buildassets.runtime.urls import address

if TYPE_CHECKING:
    from buildassets.errors import ManifestError

    _T = TypeVar("_T")

# Characters that may not stand right before or after a reference: it would be part of a longer path.
_PATH: Final = r"[\w/.%~-]"
# Characters of a URL prefix that could end the string or the `url()` around a reference.
_CLOSERS: Final = str.maketrans({"'": "%27", "(": "%28", ")": "%29"})

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
_ALWAYS_CORS: Final = ("font", "fetch")  # browsers fetch these in CORS mode; a preload must match


class _Made(dict[str, "_T"]):
    """A value for each name, made at its first lookup: most pages name few of many thousand assets."""

    def __init__(self, make: Callable[[str], _T]) -> None:
        self._make = make

    def __missing__(self, name: str) -> _T:
        made = self[name] = self._make(name)
        return made


class Release:
    """A manifest as it was read, under one URL prefix; `document` is what `read_served` returns.

    Raises ManifestError for a reference to an asset that the manifest does not hold: at once where all entries are
    parsed, else at the first lookup of the entry.
    """

    __slots__ = (
        *(
            "_assets",
            "_companions",
            "_css_modules",
            "_sprites",
            "_maps",
            "_not_preloaded",
            "_page_maps",
            "_paths",
            "_pinned_integrity",
            "_retained",
        ),
        *(
            "blocks",
            "digest",
            "entries",
            "asks_integrity",
            "has_dictionaries",
            "manifest",
            "packages",
            "prefix",
            "reached",
            "texts",
            "urls",
        ),
        *("_gives", "dev", "folder", "is_unbuilt", "running", "unreleased", "vite", "watcher_file"),
    )

    def __init__(self, document: dict[str, Any], prefix: str, manifest: str) -> None:
        self._assets: Mapping[str, Any] = document["assets"]
        self.prefix = prefix
        self.manifest = manifest
        self._maps: list[dict[str, Any]] = [document.get(key) or {} for key in ("importmap", "modules", "scopes")]
        self._not_preloaded = frozenset(document.get("not_preloaded") or ())
        self._pinned_integrity: Mapping[str, str] = document.get("importmap_integrity") or {}
        self._page_maps: dict[bool, str] = {}
        self._css_modules: Any = None
        self._sprites: Any = None
        self.digest: str | None = document.get("release")
        self._retained = document.get("retained", ())
        self._companions: Mapping[str, Any] = document.get("companions") or {}
        self.watcher_file = document.get("livereload")
        # `collectstatic` puts the files next to the manifest, and names what is served under no other name.
        self.folder = "" if "unreleased" in document else f"{ASSETS_FOLDER}/"
        self.is_unbuilt = bool(document.get("is_unbuilt"))  # where there is no release, every name has a URL
        self.unreleased = tuple(document.get("unreleased") or ())
        self.blocks: Mapping[str, Any] = document.get("blocks") or {}
        self.vite: Mapping[str, Any] = document.get("vite") or {}  # what Vite built, by the names of sources
        self.dev: str | None = document.get("dev")  # the URL of Vite's server
        self.running: frozenset[str] = frozenset()  # the URLs of the servers that take the place of files
        self._gives: Callable[[str, str], bool] = lambda server, path: False  # whether a server has a file
        self.asks_integrity = bool(document.get("integrity"))  # in the tags of other systems, too
        self.has_dictionaries = document.get("dictionaries") is True
        self.packages: Mapping[str, Any] = document.get("packages") or {}
        self.entries = _Made(self._entry)  # the manifest's entries by name, each with at least `file`
        self._paths = _Made(self._path)  # the parts of URLs after the prefix
        self.urls = _urls(prefix, self._paths)
        self.reached = _Made(self._reached)
        self.texts: dict[str, str] = {}  # the texts of inlined assets by name
        if isinstance(self._assets, dict):
            self._check_all(self._assets)

    def _check_all(self, assets: dict[str, Any]) -> None:
        """Raise ManifestError unless all targets of references are assets. Entries parsed later are checked then."""
        importmap, modules, scopes = self._maps
        named = [target for names in (importmap, modules, *scopes.values()) for target in names.values()]
        named = [target for target in named if not self._is_url(target)]
        named += [scope for scope in scopes if not scope.endswith("/")]
        for entry in assets.values():
            named += (*entry.get("imports", ()), *filter(None, [entry.get("map")]))
        for source in self.vite.values():
            named += (source["asset"], *source["css"])
        if not assets.keys() >= set(named):
            raise no_manifest(self.manifest)

    def at(self, prefix: str) -> Release:
        """The same release under another prefix. Both share the parsed entries."""
        copy = Release.__new__(Release)
        for slot in Release.__slots__:
            setattr(copy, slot, getattr(self, slot))
        copy.prefix, copy.urls = prefix, _urls(prefix, self._paths)
        copy.texts, copy._page_maps = {}, {}
        return copy

    @property
    def lists(self) -> dict[str, int]:
        """The lists for service workers: names and sizes. Other companions are for programs that read the disk."""
        files = {name: file["size"] for name, file in self._companions.items()}
        return {name: size for name, size in files.items() if not name.startswith(".") and name != STATICFILES_NAME}

    @property
    def servers(self) -> tuple[str, ...]:
        """The URLs of Vite's servers."""
        if self.dev is None:
            return ()
        of_sources = (self.server_of(name) for name in self.vite)
        return tuple(dict.fromkeys((self.dev, *filter(None, of_sources))))

    def server_of(self, name: str) -> str | None:
        """The server for the source `name`: its own, or for a source that was never built the first one."""
        return (self.vite[name].get("dev") if name in self.vite else None) or self.dev

    def at_server(self, name: str) -> str:
        """The URL of the source `name` at its server."""
        source: str = self.vite[name].get("source", name) if name in self.vite else name
        return f"{self.server_of(name)}/{to_url(source)}"

    def on_servers(self, running: frozenset[str], gives: Callable[[str, str], bool]) -> Release:
        """The same release, in which the URLs of sources lead to the servers that are `running`.

        `gives` asks a server, by its URL, whether it has the file at a path: there are those that were never built.
        """
        copy = self.at(self.prefix)
        copy.running, copy._gives = running, gives
        copy.entries, copy.reached = _Made(copy._entry_at_server), _Made(copy._reached)
        copy.urls = _Made(copy._url_at_server)
        return copy

    def is_at_server(self, name: str) -> bool:
        """Whether a running server has the source `name`, which was built."""
        return name in self.vite and self.server_of(name) in self.running

    def is_built(self, name: str) -> bool:
        """Whether the release has a file for `name`, whatever servers have."""
        try:
            return bool(self._entry(name))
        except AssetNotFound:
            return False

    def _entry_at_server(self, name: str) -> dict[str, Any]:
        try:
            entry = self._entry(name)
        except AssetNotFound:
            if self.dev not in self.running or not self._gives(self.dev, to_url(name)):
                raise
            from buildassets.foundation.media import media_of  # the manifest has the types of what was built

            return {"file": name, "type": media_of(name).type}
        if not self.is_at_server(name):
            return entry
        return {key: value for key, value in entry.items() if key not in ("integrity", "imports")}

    def _url_at_server(self, name: str) -> str:
        if self.is_at_server(name) or (self.entries[name] and not self.is_built(name)):
            return self.at_server(name)
        return self.prefix + self._paths[name]

    def _entry(self, name: str) -> dict[str, Any]:
        entry: dict[str, Any] | None = self._assets.get(name)
        if entry is None and name in self.vite:
            entry = self._assets.get(self.vite[name]["asset"])
            if entry is None:
                raise self._dangling(AssetNotFound(self.vite[name]["asset"]))
        entry = entry or self._compiled(name)
        if entry is None:
            raise AssetNotFound(str(name), (known for names in (self._assets, self.vite) for known in names))
        return entry

    def _compiled(self, name: str) -> dict[str, Any] | None:
        """The entry of the script that was made of the module `name` in TypeScript or JSX."""
        from buildassets.foundation.media import script_name  # not needed for the names of assets

        script = script_name(name) if isinstance(name, str) else None
        entry: dict[str, Any] | None = self._assets.get(script) if script else None
        if entry is None:
            return None
        return entry if os.path.basename(name) in map(os.path.basename, entry.get("inputs", ())) else None

    def all_entries(self) -> Iterator[tuple[str, Any]]:
        """The names and entries of all assets, those of retained earlier releases included."""
        yield from self._own_entries()
        for earlier in self._retained:
            yield from earlier["assets"].items()

    def class_names(self, module: str, names: Iterable[str], bundle: str | None) -> str:
        """The names of a CSS module; see `css_names.class_names`. All entries are read at the first call."""
        from buildassets.runtime import css_names

        if self._css_modules is None:
            self._css_modules = css_names.modules_of(self.all_entries())
        return css_names.class_names(self._css_modules, module, names, bundle)

    def sprite_of(self, icon: str, sprite: str | None) -> str:
        """The sprite that has `icon`; see `icons.found`. All entries are read at the first call."""
        from buildassets.runtime import icons

        if self._sprites is None:
            self._sprites = icons.sprites_of(self._own_entries())
        return icons.found(self._sprites, icon, sprite)

    def _path(self, name: str) -> str:
        return to_url(self.entries[name]["file"])

    def _reached(self, name: str) -> list[str]:
        """`name` and all modules that it imports, directly or not, nearest first, without those not to be preloaded."""
        self.entries[name]  # outside of `try`: the caller names it, and the manifest names all others
        known = {name: None}
        waiting = [name]
        try:
            for module in waiting:
                targets = self.entries[module].get("imports", ())
                news = [target for target in targets if target not in known and target not in self._not_preloaded]
                known.update(dict.fromkeys(news))
                waiting += news
        except AssetNotFound as missing:
            raise self._dangling(missing) from None
        return waiting

    def _dangling(self, missing: AssetNotFound) -> ManifestError:
        """The error for a manifest that refers to an asset which it does not hold."""
        return no_manifest(self.manifest, f"it refers to `{missing.name}`, which it does not hold")

    def modules(self, names: Iterable[str]) -> dict[str, None]:
        """`names` and all modules that they import, directly or not, each once."""
        return dict.fromkeys(module for name in names for module in self.reached[name])

    def page_map(self, *, checks_all: bool = False) -> str:
        """The import map for pages, as JSON; empty where there is none. Kept, since it may name hundreds of modules.

        With `checks_all` it has the integrity metadata of all modules that others import, also of those not mapped.
        """
        if checks_all not in self._page_maps:
            try:
                document = self._made_page_map() if any(self._maps) else {}
                checks = self.imported_integrity() if checks_all else {}
            except AssetNotFound as missing:
                raise self._dangling(missing) from None
            if checks:
                document["integrity"] = {**document.get("integrity", {}), **checks}
            text = json.dumps(document, sort_keys=True, separators=(",", ":")) if document else ""
            self._page_maps[checks_all] = text
        return self._page_maps[checks_all]

    def _made_page_map(self) -> dict[str, Any]:
        importmap, modules, scopes = self._maps
        imports = self._addresses(importmap)
        imports |= {address(self.prefix + url): address(self.urls[target]) for url, target in modules.items()}
        document: dict[str, Any] = {"imports": imports}
        if scopes:
            document["scopes"] = {self._scope(scope): self._addresses(names) for scope, names in scopes.items()}
        named = {target for names in (importmap, modules, *scopes.values()) for target in names.values()}
        assets = [name for name in named if not self._is_url(name)]
        checks = {address(self.urls[name]): self.entries[name].get("integrity") for name in assets}
        checks.update(self._pinned_integrity)
        if any(checks.values()):
            document["integrity"] = {url: check for url, check in checks.items() if check}
        return document

    def _addresses(self, names: dict[str, str]) -> dict[str, str]:
        return {name: target if self._is_url(target) else address(self.urls[target]) for name, target in names.items()}

    def _is_url(self, target: str) -> bool:
        return target not in self._assets and (":" in target or target.startswith("/"))

    def _scope(self, scope: str) -> str:
        return address(self.prefix + to_url(scope) if scope.endswith("/") else self.urls[scope])

    @property
    def is_collected(self) -> bool:
        """Whether `collectstatic` made it."""
        return not self.folder

    @property
    def has_host(self) -> bool:
        """Whether URLs name a host, perhaps another one than that of the page."""
        return "//" in self.prefix

    def integrity(self, given: dict[str, object], name: str, *, is_module: bool = False) -> dict[str, object]:
        """The attributes `integrity` and `crossorigin`, without which browsers reject a file of another host.

        Modules are always requested in CORS mode, and a file of the page's own host needs no `crossorigin`. Removes
        `integrity` from `given`: False or None omits both attributes, a text replaces the manifest's metadata.
        """
        integrity = given.pop("integrity", True)
        if integrity is True:
            integrity = self.entries[name].get("integrity")
        needs_cors = integrity and (is_module or self.has_host)
        return {"integrity": integrity or None, "crossorigin": "anonymous" if needs_cors else None}

    def moved_into_page(self, text: str, name: str) -> str:
        """The text of the asset `name`, with its references as full URLs. Raises ValueError where one cannot be."""
        entry = self.entries[name]
        targets = [*entry.get("references", ()), *filter(None, [entry.get("map")])]
        if not targets:
            return text
        try:
            files = {target: self.entries[target]["file"] for target in targets}
        except AssetNotFound as missing:
            raise self._dangling(missing) from None
        for target in sorted({*self._maps[1].values()} & {*targets}):
            if os.path.basename(to_url(files[target])) not in text:
                why = f"it imports `{target}` by a URL relative to its own, which is not mapped in a page"
                raise ValueError(f"cannot inline `{name}`: {why}; load it by its URL instead")
        return with_full_urls(text, name, {file: address(self.urls[target]) for target, file in files.items()})

    def livereload(self) -> dict[str, object] | None:
        """The attributes that the live reload client reads; None unless a development build made the release."""
        if not isinstance(self.watcher_file, str):
            return None
        where = {"data-prefix": self.prefix, "data-server": self.prefix + to_url(self.watcher_file)}
        return {**where, "data-release": self.digest}

    def watch(self) -> dict[str, object] | None:
        """The attributes that the script of `release_watch` reads; None where pages are reloaded by other means."""
        if self.watcher_file or not self.digest:
            return None
        earlier = " ".join(str(release["release"]) for release in self._retained)
        where = {"data-prefix": self.prefix, "data-file": self.prefix + RELEASE_FILE}
        return {**where, "data-release": self.digest, "data-earlier": earlier}

    def imported_integrity(self) -> dict[str, str]:
        """The integrity metadata of all modules that others import or may import later, by URL. Reads all entries."""
        checks = {}
        for _, entry in self._own_entries():
            if entry.get("type") == "text/javascript":
                for name in {*entry.get("imports", ()), *entry.get("references", ())}:
                    target = self.entries[name]
                    if target.get("type") == "text/javascript" and target.get("integrity"):
                        checks[address(self.urls[name])] = target["integrity"]
        return checks

    def _own_entries(self) -> Iterator[tuple[str, Any]]:
        assets = self._assets
        return iter(assets.each()) if isinstance(assets, AssetLines) else iter(assets.items())

    def preload(self, name: str, given: dict[str, object]) -> dict[str, object]:
        """The attributes of a link that preloads `name`; they match those of the later request."""
        entry = self.entries[name]
        destination = given.pop("as", None)
        is_module = name.endswith(".mjs") or "imports" in entry or (name in self.vite and entry["file"].endswith(".js"))
        if given.get("type") == "module" or (is_module and not destination):
            given.pop("type", None)
            return self.modulepreload(name, given)
        link: dict[str, object] = {"rel": "preload", "href": self.urls[name]}
        media_type: str = entry.get("type", "")
        link["as"] = destination = destination or _destination(media_type)
        link["type"] = media_type or None
        if destination in _WITH_INTEGRITY:
            return link | self.integrity(given, name) | given
        if entry.get("variants") and destination == "image":
            from buildassets.runtime import variants

            return variants.preload(self, name, link, given)
        given.pop("widths", None)
        return link | {"crossorigin": "anonymous" if destination in _ALWAYS_CORS else None} | given

    def modulepreload(self, name: str, given: dict[str, object]) -> dict[str, object]:
        """The attributes of a link that preloads the module `name`."""
        return {"rel": "modulepreload", "href": self.urls[name], **self.integrity(given, name, is_module=True), **given}

    def hint(self, name: str) -> dict[str, object]:
        """The attributes of a link that preloads `name` from a header.

        A header precedes the import map, and a browser that has begun to load modules may refuse the map. So in a
        release with a map, modules are preloaded as scripts, in the CORS mode in which modules are requested.
        """
        link = self.preload(name, {})
        if link["rel"] == "modulepreload":
            return self.module_hint(name)
        return {"href": self.urls[name], **link}  # which a header needs, also beside `imagesrcset`

    def module_hint(self, name: str) -> dict[str, object]:
        """Like `hint`, for the module `name`."""
        link = self.modulepreload(name, {})
        if any(self._maps):
            link |= {"rel": "preload", "as": "script", "crossorigin": "anonymous"}
        return link


def _urls(prefix: str, paths: Mapping[str, str]) -> _Made[str]:
    return _Made(lambda name: prefix + paths[name])


def _destination(media_type: str) -> str:
    return _DESTINATIONS.get(media_type) or _DESTINATIONS.get(media_type.partition("/")[0]) or "fetch"


def with_full_urls(text: str, name: str, urls: Mapping[str, str]) -> str:
    """`text`, the released content of the asset `name`, with each reference replaced by its URL.

    Query and fragment stay. `urls` maps the `file` of each target to its URL, in a form that an import accepts (`/…`,
    `./…`, `https://…`).

    A build writes each reference in one form: the relative path of the file, percent-encoded, for modules with `./`
    before it. It holds a fingerprint, or the hash that the file came with. So wherever this form stands and is not part
    of a longer path, it names that file, and no language has to be parsed. At worst a comment that quotes the release
    is changed.
    """
    base = LogicalPath(name)
    forms = {to_url(relative(base, file)): url.translate(_CLOSERS) for file, url in urls.items()}
    if not forms:
        return text
    longest_first = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    pattern = re.compile(rf"(?<!{_PATH})(?:\./)?({longest_first})(?!{_PATH})")
    return pattern.sub(lambda match: forms[match[1]], text)
