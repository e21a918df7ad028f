"""A release as a web process sees it: URLs and markup by logical path.

Takes the path of a manifest, which it opens once. Imports the standard library and the vocabulary only, and of these
what is light: a process starts in the time that parsing its manifest takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from buildassets.document import AssetLines, no_manifest, read_served, refusal
from buildassets.paths import to_url
from buildassets.runtime import tags
from buildassets.runtime.tags import Markup, attribute_names, element

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Any, Final, TypeVar

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
_NOT_IN_A_URL: Final = frozenset(' "<>\\^`{|}')  # RFC 3986, appendix A

_Stamp = tuple[int, int, int]  # of a file: modified at (ns), bytes, inode


class AssetNotFound(LookupError):  # noqa: N818 a name of the contract
    """No asset has this name. `nearest` are those that have one like it, the most like first, at most three."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(name)
        self.name = name
        self._known = known

    @cached_property
    def nearest(self) -> tuple[str, ...]:
        """Looked for when asked: who catches this to fall back on something else does not pay for it."""
        from difflib import get_close_matches

        return tuple(get_close_matches(self.name, self._known, n=3))

    def __str__(self) -> str:
        near = " or ".join(f"`{name}`" for name in self.nearest)
        hint = f"did you mean {near}? Otherwise " if near else ""
        message = f"no asset is named `{self.name}`; {hint}run `buildassets build` if it is newer than the manifest"
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
    """What one reading of a manifest gave."""

    __slots__ = (
        *("_assets", "_digest", "_maps", "_page_map", "_retained"),
        *("entries", "manifest", "prefix", "texts", "urls", "watcher_file"),
    )

    def __init__(self, document: dict[str, Any], prefix: str, manifest: str) -> None:
        self._assets: Mapping[str, Any] = document["assets"]
        self.prefix = prefix
        self.manifest = manifest
        self._maps: list[dict[str, Any]] = [document.get(key) or {} for key in ("importmap", "modules", "scopes")]
        self._page_map: str | None = None
        self._digest = document.get("release")
        self._retained = document.get("retained", ())
        self.watcher_file = document.get("livereload")
        self.entries = _Made(self._entry)  # what the manifest says of a name: at least its file
        self.urls = _Made(self._url)
        self.texts: dict[str, str] = {}  # of what stands in pages, by name

    def _entry(self, name: str) -> dict[str, Any]:
        entry = self._assets.get(name)
        if entry is None:
            raise AssetNotFound(str(name), self._assets)
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise no_manifest(self.manifest)
        return entry

    def all_entries(self) -> Iterator[Any]:
        """What the manifest says of each file: of every asset, and of those of earlier releases that are retained."""
        assets = self._assets
        yield from (assets.parsed() if isinstance(assets, AssetLines) else assets).values()
        for earlier in self._retained:
            yield from earlier["assets"].values()

    def _url(self, name: str) -> str:
        return self.prefix + to_url(self._entry(name)["file"])

    def page_map(self) -> str:
        """The import map for pages, as JSON; empty where there is none. Made once: it may name hundreds of modules."""
        if self._page_map is None:
            self._page_map = self._made_page_map() if any(self._maps) else ""
        return self._page_map

    def _made_page_map(self) -> str:
        importmap, modules, scopes = self._maps
        imports = self._addresses(importmap)
        imports |= {_address(self.prefix + url): _address(self.urls[target]) for url, target in modules.items()}
        document: dict[str, object] = {"imports": imports}
        if scopes:
            document["scopes"] = {self._scope(scope): self._addresses(names) for scope, names in scopes.items()}
        named = {target for names in (importmap, modules, *scopes.values()) for target in names.values()}
        checks = {
            _address(self.urls[one]): self.entries[one].get("integrity") for one in named if not self._is_url(one)
        }
        if any(checks.values()):
            document["integrity"] = {url: check for url, check in checks.items() if check}
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    def _addresses(self, names: dict[str, str]) -> dict[str, str]:
        return {name: target if self._is_url(target) else _address(self.urls[target]) for name, target in names.items()}

    def _is_url(self, target: str) -> bool:
        return target not in self._assets and (":" in target or target.startswith("/"))

    def _scope(self, scope: str) -> str:
        return _address(self.prefix + to_url(scope) if scope.endswith("/") else self.urls[scope])

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
        for one in sorted({*self._maps[1].values()} & {*targets}):
            if os.path.basename(to_url(self.entries[one]["file"])) not in text:
                why = f"it imports `{one}` by a URL relative to its own, which is not mapped in a page"
                raise ValueError(f"cannot inline `{name}`: {why}; load it by its URL instead")
        from buildassets.runtime.in_page import with_full_urls

        return with_full_urls(text, name, {self.entries[one]["file"]: _address(self.urls[one]) for one in targets})

    def livereload(self) -> dict[str, object] | None:
        """What the live reload client is told; None where no development build made the release."""
        if not isinstance(self.watcher_file, str):
            return None
        where = {"data-prefix": self.prefix, "data-server": self.prefix + to_url(self.watcher_file)}
        return {**where, "data-release": self._digest}

    def preload(self, name: str, given: dict[str, object]) -> dict[str, object]:
        """The attributes of a link that preloads `name`, as the request for it will be made."""
        link: dict[str, object] = {"rel": "preload", "href": self.urls[name]}
        media_type: str = self.entries[name].get("type", "")
        destination = given.pop("as", None)
        if given.get("type") == "module" or (not destination and name.endswith(".mjs")):
            given.pop("type", None)
            return link | {"rel": "modulepreload"} | self.integrity(given, name) | given
        link["as"] = destination = destination or _destination(media_type)
        link["type"] = media_type or None
        if destination in _WITH_INTEGRITY:
            return link | self.integrity(given, name) | given
        return link | {"crossorigin": "anonymous" if destination in _ALWAYS_CORS else None} | given


def _destination(media_type: str) -> str:
    return _DESTINATIONS.get(media_type) or _DESTINATIONS.get(media_type.partition("/")[0]) or "fetch"


class Assets:
    """The assets of one release, by logical path.

    `manifest` is read here, once; `url` takes the place of the URL prefix that it names, with or without a slash at
    the end. Raises ManifestError where the manifest is missing, is none or has an unknown schema, ValueError where
    `url` is no URL. Threads and forked processes may share it.

    With `reload`, for development only, the manifest is read again whenever another has taken its place.

    In all markup, keyword arguments are attributes, written in their order after those that are there by default:
    `data_turbo_track="reload"` is `data-turbo-track`, a last `_` frees a reserved word (`class_`), True gives the bare
    attribute, False and None leave it out, also one of the defaults (`integrity=False`). Every value is escaped;
    ValueError for what is no attribute name. Every method raises AssetNotFound for a name that is no asset.
    """

    def __init__(self, manifest: str | os.PathLike[str], *, url: str | None = None, reload: bool = False) -> None:
        self._shown = os.fspath(manifest)
        self._path = os.path.abspath(self._shown)
        self._url = url
        self.reload = reload
        self._latest = self._read()
        # In development there is none, so that every question finds it missing and looks for a newer manifest.
        self._pinned = None if reload else self._latest[1]

    def url(self, name: str) -> str:
        """The full URL of `name`, percent-encoded."""
        return (self._pinned or self._reloaded()).urls[name]

    @property
    def prefix(self) -> str:
        """What stands before the file name in each URL, with a slash at the end."""
        return (self._pinned or self._reloaded()).prefix

    def integrity(self, name: str) -> str | None:
        """Subresource Integrity metadata of `name`, or None where the release was built without."""
        metadata: str | None = (self._pinned or self._reloaded()).entries[name].get("integrity")
        return metadata

    def stylesheet(self, name: str, **attributes: object) -> Markup:
        """`<link rel="stylesheet">`, with integrity metadata where there is any."""
        release = self._pinned or self._reloaded()
        given = attribute_names(attributes)
        link = {"rel": "stylesheet", "href": release.urls[name]}
        return element("link", {**link, **release.integrity(given, name), **given})

    def script(
        self,
        name: str,
        *,
        type: str | None = None,  # noqa: A002 it is HTML's word
        defer: bool | None = None,
        async_: bool = False,
        nonce: object = None,
        **attributes: object,
    ) -> Markup:
        """`<script src>`, with integrity metadata where there is any.

        By default it is deferred, unless it is a module, which always is, or `async_`, which never is.
        """
        release = self._pinned or self._reloaded()
        given = attribute_names(attributes)
        if defer is None:
            defer = given.get("type", type) != "module" and not given.get("async", async_)
        loading = {"src": release.urls[name], "type": type, "defer": defer, "async": async_}
        return element("script", {**loading, **release.integrity(given, name), "nonce": nonce, **given}, "")

    def image(self, name: str, alt: str = "", **attributes: object) -> Markup:
        """`<img>`. Without `alt` it is decoration, which screen readers pass over."""
        release = self._pinned or self._reloaded()
        return element("img", {"src": release.urls[name], "alt": alt} | attribute_names(attributes))

    def preload(self, name: str, *, as_: str | None = None, **attributes: object) -> Markup:
        """`<link rel="preload">`, its `as`, `type`, `crossorigin` and `integrity` as the later request will have them.

        `modulepreload` for `type="module"` and for `.mjs`.
        """
        release = self._pinned or self._reloaded()
        return element("link", release.preload(name, attribute_names({"as": as_, **attributes})))

    def early_hints(self, *names: str) -> list[str]:
        """One value of a `Link` header (RFC 8288) for each of `names`, saying the same as `preload`.

        For a 103 response (RFC 8297), or for the response itself; several may be joined with `, `.
        """
        release = self._pinned or self._reloaded()
        return [_link_value(release.preload(name, {})) for name in names]

    def importmap(self, *, nonce: object = None, **attributes: object) -> Markup:
        """`<script type="importmap">` for the import map of the release; empty where that is.

        It has to stand before the first module and before whatever loads one ahead. It carries the integrity metadata
        of what it names. Where modules were built as `modules = "importmap"`, no page works without it.
        """
        text = (self._pinned or self._reloaded()).page_map()
        if not text:
            return Markup()
        return tags.script(text, {"type": "importmap", "nonce": nonce, **attribute_names(attributes)})

    def inline(self, name: str, **attributes: object) -> Markup:
        """The asset itself in the page: `<style>` for CSS, `<script>` for JavaScript and JSON, `<svg>` for SVG.

        What it refers to is named by full URLs, as its own relative ones would mean other files in a page. The file,
        which stands beside the manifest, is read at the first use and kept: its name is made from its content, so it
        cannot change. What would end the element early is escaped (see `tags`).

        Raises ValueError for other media types and for a module whose imports are left to the page's import map,
        ManifestError where the file cannot be read.
        """
        release = self._pinned or self._reloaded()
        entry = release.entries[name]
        in_page = tags.INLINE.get(entry.get("type", ""))
        if in_page is None:
            raise ValueError(f"cannot inline `{name}`: only CSS, JavaScript, JSON and SVG can stand in a page")
        if name not in release.texts:
            release.texts[name] = release.moved_into_page(self._text(entry["file"]), name)
        # The client cannot know it by its URL, as it knows all others.
        mark = {"data-livereload": name} if self._pinned is None and release.livereload() else {}
        return in_page(release.texts[name], mark | attribute_names(attributes))

    def livereload(self, *, nonce: object = None, **attributes: object) -> Markup:
        """`<script>` with the live reload client; empty unless `reload` was given and a development build made this.

        It is best the first script of the page. It carries out what `buildassets watch` tells it.
        """
        told = self._reloaded().livereload() if self._pinned is None else None
        if told is None:
            return Markup()
        from buildassets.runtime.livereload import client

        return tags.script(client(), {"nonce": nonce, **told, **attribute_names(attributes)})

    def _text(self, file: str) -> str:
        path = os.path.join(files_folder(self), file)
        shown = os.path.join(os.path.dirname(self._shown), "assets", file)
        try:
            with open(path, encoding="utf-8-sig", newline="") as opened:
                return opened.read()
        except OSError as fault:
            raise refusal("manifest/file", f"cannot read `{shown}`: {_reason(fault)}", shown) from None
        except UnicodeDecodeError:
            raise ValueError(f"cannot inline `{shown}`: it is not UTF-8") from None

    def _reloaded(self) -> Release:
        stamp, release = self._latest
        try:
            if _stamp(os.stat(self._path)) == stamp:
                return release
        except OSError:
            pass  # reading says better what is wrong
        self._latest = self._read()
        return self._latest[1]

    def _read(self) -> tuple[_Stamp, Release]:
        try:
            # The stamp is that of the file which is read, even if another takes its place meanwhile.
            with open(self._path, "rb") as opened:
                stamp = _stamp(os.fstat(opened.fileno()))
                content = opened.read()
            document = read_served(content, self._shown)
        except OSError as fault:
            message = f"cannot read the manifest `{self._shown}`: {_reason(fault)}"
            raise refusal("manifest/missing", message, self._shown) from None
        except UnicodeDecodeError:
            raise refusal("manifest/invalid", f"`{self._shown}` is not UTF-8", self._shown) from None
        url = document.get("url") if self._url is None else self._url
        if not isinstance(url, str):
            raise no_manifest(self._shown)
        return stamp, Release(document, _prefix(url), self._shown)


def release_of(assets: Assets) -> Release:
    """What `assets` answers with now: the same as before, unless another manifest has been read."""
    return assets._pinned or assets._reloaded()


def files_folder(assets: Assets) -> str:
    """The absolute path of the folder that the files of a release are in."""
    return os.path.join(os.path.dirname(assets._path), "assets")


def _reason(fault: OSError) -> str:
    from buildassets.diagnostics import reason_text  # needed where a release is refused only

    return reason_text(fault)


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino


def _prefix(url: str) -> str:
    """`url` with exactly one slash at its end."""
    if not url.isprintable() or not _NOT_IN_A_URL.isdisjoint(url):
        raise ValueError(f"{url!r} is no URL")
    return url.rstrip("/") + "/"


def _address(url: str) -> str:
    """`url` as an import map takes it (HTML, section 8.1.6): a relative one has to begin with `./`, `../` or `/`."""
    has_lead = url.startswith(("/", "./", "../")) or "://" in url
    return url if has_lead else f"./{url}"


def _link_value(link: dict[str, object]) -> str:
    parameters = [f"{name}={_token_or_quoted(str(value))}" for name, value in link.items() if name != "href" and value]
    return "; ".join([f"<{link['href']}>", *parameters])


def _token_or_quoted(value: str) -> str:
    return value if value.isalnum() else f'"{value}"'
