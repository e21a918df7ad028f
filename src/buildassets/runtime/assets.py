"""Gives a web process the URLs and the markup of assets, by logical path.

Takes the path of a manifest, which it opens once. Imports only light modules of the standard library and the
vocabulary, so that a process starts in little more than the time for parsing its manifest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from buildassets.disk.plain_files import plain, plain_below
from buildassets.manifest.json import ASSETS_FOLDER, no_manifest, read_served, refusal
from buildassets.runtime import tags
from buildassets.runtime.not_found import AssetNotFound
from buildassets.runtime.release import Release
from buildassets.runtime.tags import SPECULATION_RULES, Markup, attribute_names, element
from buildassets.runtime.urls import link_value, url_prefix

__all__ = ["AssetNotFound", "Assets", "Release", "release_folder", "release_of", "warn_of_development"]

if TYPE_CHECKING:
    from buildassets.runtime.vite import Servers

_Stamp = tuple[int, int, int]  # modification time (ns), size in bytes and inode of a file


class Assets:
    """The assets of one release, by logical path.

    `manifest` is the path of the manifest, which is read here, once; `url` replaces the URL prefix in it, with or
    without a slash at the end. Raises ManifestError where the manifest is missing, invalid or of an unknown schema,
    ValueError where `url` is not a URL. Threads and forked processes may share an instance.

    With `reload`, for development only, the manifest is read again whenever it has been replaced. Without it, a
    RuntimeWarning reports a release that was built for development, once for each manifest.

    In all markup, keyword arguments are attributes, written in their order after the default ones:
    `data_turbo_track="reload"` is `data-turbo-track`, a final `_` avoids reserved words (`class_`), True gives the bare
    attribute, False and None omit it, even a default one (`integrity=False`). Every value is escaped; an invalid
    attribute name raises ValueError. Every method raises AssetNotFound for an unknown name.
    """

    def __init__(self, manifest: str | os.PathLike[str], *, url: str | None = None, reload: bool = False) -> None:
        self._shown = os.fspath(manifest)
        self._path = os.path.abspath(self._shown)
        self._url = url
        self.reload = reload
        self._servers = _servers() if reload else None
        self._latest = self._read()
        # In development nothing is pinned, so that every call looks for a newer manifest.
        self._pinned = None if reload else self._latest[1]
        self._report_development()

    def url(self, name: str) -> str:
        """The full URL of `name`, percent-encoded."""
        return (self._pinned or self._reloaded()).urls[name]

    def __contains__(self, name: object) -> bool:
        """Whether `name` is an asset."""
        try:
            return isinstance(name, str) and bool((self._pinned or self._reloaded()).entries[name])
        except AssetNotFound:
            return False

    @property
    def prefix(self) -> str:
        """The URL prefix: what precedes the file name in each URL, with a slash at the end."""
        return (self._pinned or self._reloaded()).prefix

    def integrity(self, name: str) -> str | None:
        """Subresource Integrity metadata of `name`; None where the release was built without it."""
        metadata: str | None = (self._pinned or self._reloaded()).entries[name].get("integrity")
        return metadata

    def stylesheet(self, name: str, **attributes: object) -> Markup:
        """`<link rel="stylesheet">`, with integrity metadata where there is any.

        Before it come preloads of the fonts that the build made for the sheet, but with `preload=False`.
        """
        release = self._pinned or self._reloaded()
        given = attribute_names(attributes)
        fonts = release.entries[name].get("preloads", ()) if given.pop("preload", True) else ()
        link = {"rel": "stylesheet", "href": release.urls[name]}
        sheet = element("link", {**link, **release.integrity(given, name), **given})
        if not fonts:
            return sheet
        media = {"media": given["media"]} if "media" in given else {}
        links = [element("link", release.preload(font, {**media})) for font in fonts]
        return Markup("\n".join((*links, sheet)))

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

        It has `defer` by default, except modules, which are always deferred, and `async_` scripts, which never are.
        A source that Vite built is a module; its style sheets and the preloads of what it imports come before it. With
        `reload` and while Vite's server runs, it comes from there, after Vite's client, which is in each page once.
        """
        release = self._pinned or self._reloaded()
        given = attribute_names(attributes)
        if name in release.vite or (release.running and not release.is_built(name)):
            return self._vite_script(
                release, name, {"type": type, "defer": defer, "async": async_, "nonce": nonce}, given
            )
        is_module = given.get("type", type) == "module"
        if defer is None:
            defer = not is_module and not given.get("async", async_)
        loading = {"src": release.urls[name], "type": type, "defer": defer, "async": async_}
        integrity = release.integrity(given, name, is_module=is_module)
        return element("script", {**loading, **integrity, "nonce": nonce, **given}, "")

    def _vite_script(self, release: Release, name: str, loading: dict[str, object], given: dict[str, object]) -> Markup:
        from buildassets.runtime import vite

        loading["type"] = loading["type"] or "module"
        if self._servers and release.running and (release.is_at_server(name) or name not in release.vite):
            return vite.from_server(self._servers, release, name, {"type": None, "src": None, **loading, **given})
        integrity = release.integrity(given, name, is_module=given.get("type", loading["type"]) == "module")
        script = {"src": release.urls[name], **loading, **integrity, **given}
        return vite.from_release(release, name, script)

    def vite_refresh(self, *, nonce: object = None, **attributes: object) -> Markup:
        """`<script>` that React's plugin for Vite needs before the first component; empty unless Vite's server runs."""
        release = self._pinned or self._reloaded()
        server = next((server for server in release.servers if server in release.running), None)
        if server is None:
            return Markup()
        from buildassets.runtime.vite import refresh

        return refresh(server, nonce, attribute_names(attributes))

    def image(self, name: str, alt: str = "", **attributes: object) -> Markup:
        """`<img>` with the image's width and height. Without `alt` it is decoration, which screen readers skip.

        A given width or height alone scales the other; with both given, only these count. False leaves one out. With
        `widths`, or with `sizes` for a picture that has variants, `srcset` offers these in one format; `widths` are
        numbers, a text such as `480, 960`, or True for all.
        """
        release = self._pinned or self._reloaded()
        given = attribute_names(attributes)
        has_variants = bool(release.entries[name].get("variants"))
        if given.get("widths") or (has_variants and "sizes" in given and "srcset" not in given):
            from buildassets.runtime import variants

            return variants.image(release, name, alt, given)
        given.pop("widths", None)
        size = tags.image_size(release.entries[name], given)
        return element("img", {"src": release.urls[name], "alt": alt} | given | size)

    def picture(self, name: str, alt: str = "", **attributes: object) -> Markup:
        """`<picture>` that offers all variants of the picture in every format; `attributes` are those of its `<img>`.

        `sizes` is how wide pages show it, as CSS has it; `widths` selects variants, see `image`. A picture without
        variants is shown as it is. Raises AssetNotFound for a width that is not made, unless it is larger than the
        picture.
        """
        from buildassets.runtime import variants

        return variants.picture(self._pinned or self._reloaded(), name, alt, attribute_names(attributes))

    def icon(
        self,
        name: str,
        label: object = None,
        *,
        sprite: str | None = None,
        inline: bool | None = None,
        **attributes: object,
    ) -> Markup:
        """`<svg>` with an icon of a sprite, as in `check` or `arrows/left`. Without `label` screen readers skip it.

        It has the size of the icon's file; of `width` and `height` one scales the other. `sprite` is the logical path
        of one where several have the icon. With `inline` the icon itself is in the page, for style sheets that
        color its parts; so it does under a URL prefix with a host, as browsers take no `<use>` from elsewhere. Raises
        AssetNotFound.
        """
        from buildassets.runtime import icons

        release = self._pinned or self._reloaded()
        path = release.sprite_of(name, sprite)
        given = icons.outer(release.entries[path]["icons"][name], label, attribute_names(attributes))
        if not (inline or (inline is None and release.has_host)):
            return icons.by_use(release.urls[path], name, given)
        if path not in release.texts:
            release.texts[path] = self._text(release.entries[path]["file"])
        return icons.inlined(release.texts[path], name, given)

    def css(self, module: str, *names: str, bundle: str | None = None) -> str:
        """The released names for `names` of the CSS module, for the attribute `class`, separated by spaces.

        `module` is its logical path without `.module.css`, or the last part of that where only one module has it. If
        bundles differ in what a name is, `bundle` has to name one. Raises AssetNotFound.
        """
        return (self._pinned or self._reloaded()).class_names(module, names, bundle)

    def preload(self, name: str, *, as_: str | None = None, **attributes: object) -> Markup:
        """`<link rel="preload">`; its `as`, `type`, `crossorigin` and `integrity` match those of the later request.

        The `rel` is `modulepreload` for `type="module"`, for `.mjs` and for a script that imports others. For a picture
        with variants `imagesrcset` has those that `picture` shows in a browser of today, or with `widths` those of
        `image`; `sizes` has to be the same there. `widths=False` preloads the picture itself.
        """
        release = self._pinned or self._reloaded()
        return element("link", release.preload(name, attribute_names({"as": as_, **attributes})))

    def modulepreload(self, *names: str, **attributes: object) -> Markup:
        """`<link rel="modulepreload">` for the modules `names` and all their imports, each once.

        So a browser can request them all at once instead of module by module. Targets of `import()` are left out.
        """
        release = self._pinned or self._reloaded()
        given = attribute_names(attributes)
        links = [element("link", release.modulepreload(module, {**given})) for module in release.modules(names)]
        return Markup("\n".join(links))

    def early_hints(self, *names: str, modules: Iterable[str] = ()) -> list[str]:
        """Values of `Link` headers (RFC 8288) that preload `names`, and `modules` with all their imports.

        They request the same as the elements of `preload`, `modulepreload` and `stylesheet`; none is repeated. They
        suit a 103 response (RFC 8297) or the response itself; several may be joined with `, `.
        """
        release = self._pinned or self._reloaded()
        fonts = (font for name in names for font in release.entries[name].get("preloads", ()))
        links = [*map(release.hint, (*names, *fonts)), *map(release.module_hint, release.modules(modules))]
        return list(dict.fromkeys(map(link_value, links)))

    def importmap(self, *, nonce: object = None, integrity: bool = False, **attributes: object) -> Markup:
        """`<script type="importmap">` with the import map of the release; empty if the map is empty.

        It must precede the first module in the page, and the first preload of one. It holds the integrity metadata of
        the modules that it maps, and with `integrity=True` of all that modules import, as `Integrity-Policy` requires.
        In a release that was built with `modules = "importmap"`, modules do not work without it.
        """
        text = (self._pinned or self._reloaded()).page_map(checks_all=bool(integrity))
        if not text:
            return Markup()
        return tags.script(text, {"type": "importmap", "nonce": nonce, **attribute_names(attributes)})

    def inline(self, name: str, **attributes: object) -> Markup:
        """The content of the asset in an element: `<style>` for CSS, `<script>` for JavaScript and JSON, `<svg>`.

        Its references become full URLs, as relative ones would be resolved against the page. The file is read at the
        first use and kept, since a file with a fingerprint never changes. Text that would end the element early is
        escaped (see `tags`).

        Raises ValueError for other media types and for a module whose imports are left to the page's import map,
        ManifestError where the file cannot be read.
        """
        release = self._pinned or self._reloaded()
        entry = release.entries[name]
        in_page = tags.INLINE.get(entry.get("type", ""))
        if in_page is None:
            raise ValueError(f"cannot inline `{name}`: only CSS, JavaScript, JSON and SVG can be in a page")
        if release.running and not release.is_built(name):
            raise AssetNotFound(name)
        if name not in release.texts:
            release.texts[name] = release.moved_into_page(self._text(entry["file"]), name)
        # The live reload client finds all other assets by their URLs; this one has none in the page.
        mark = {"data-livereload": name} if self._pinned is None and release.livereload() else {}
        return in_page(release.texts[name], mark | attribute_names(attributes))

    def livereload(self, *, nonce: object = None, **attributes: object) -> Markup:
        """`<script>` with the live reload client; empty without `reload` and in a release for production.

        It should be the first script of the page. It updates the page when `buildassets watch` reports a change.
        """
        release = self._reloaded() if self._pinned is None else None
        client_attributes = release.livereload() if release else None
        if release is None or client_attributes is None:
            return Markup()
        path = os.path.join(os.path.dirname(self._path), ASSETS_FOLDER, str(release.watcher_file))
        made_of = {"data-templates": _templates_now(path)}  # an edit before the page has connected is seen by it
        return tags.script(_client(), {"nonce": nonce, **client_attributes, **made_of, **attribute_names(attributes)})

    def release_watch(self, *, nonce: object = None, **attributes: object) -> Markup:
        """`<script>` by which the page notices that its release is no longer served; empty in a development release.

        It should be the first script of the page. It fires `buildassets:stale` at the document where a script, an
        import or a style sheet of the release cannot be loaded, and where a newer release is served when the page is
        shown again. Unless that is prevented, the page is reloaded where no form is filled in, once for each release.
        """
        watched = (self._pinned or self._reloaded()).watch()
        if watched is None:
            return Markup()
        return tags.script(_watch_script(), {"nonce": nonce, **watched, **attribute_names(attributes)})

    def csp(self, inline: Iterable[str] = ()) -> dict[str, list[str]]:
        """Sources for `script-src` and `style-src` of a Content-Security-Policy, for pages without a nonce.

        They are the place of the assets, and the hashes of what is in the page itself: the import map, the scripts
        of `release_watch` and `livereload`, and all of `inline`: names of assets that `inline` writes, and markup.
        """
        from buildassets.runtime.csp import sources

        given = (inline,) if isinstance(inline, str) else inline
        markup = [
            one if hasattr(one, "__html__") or one.lstrip().startswith("<") else self.inline(one) for one in given
        ]
        return sources(self.prefix, [self.importmap(), self.release_watch(), self.livereload(), *markup])

    def speculation_rules(self, name: str) -> str:
        """The value of the header `Speculation-Rules` for the rules in `name`, such as `pages.speculationrules`.

        Raises ValueError for an asset that browsers would not read as such rules.
        """
        release = self._pinned or self._reloaded()
        kind = release.entries[name].get("type")
        if kind != SPECULATION_RULES:
            why = f"it is served as `{kind}`, and browsers take `{SPECULATION_RULES}` only"
            raise ValueError(f"`{name}` has no speculation rules: {why}; end its name with `.speculationrules`")
        return f'"{release.urls[name]}"'

    def at(self, url: str) -> Assets:
        """The same release under another URL prefix, such as that of a request or a tenant.

        Takes microseconds. The copy caches import map and inlined texts of its own, so keep it if pages use these.
        Raises ValueError where `url` is not a URL.
        """
        prefix = url_prefix(url)
        stamp, release = self._latest
        copy = Assets.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._url, copy._latest = prefix, (stamp, release.at(prefix))
        copy._pinned = None if self._pinned is None else copy._latest[1]
        return copy

    def _report_development(self) -> None:
        """Warn where a process that does not run for development uses a release for it."""
        warn_of_development(self)

    def _text(self, file: str) -> str:
        name = release_of(self).folder + file
        shown = os.path.join(os.path.dirname(self._shown), *name.split("/"))
        try:
            descriptor = plain_below(release_folder(self), name)
            with open(descriptor, encoding="utf-8-sig", newline="") as opened:
                return opened.read()
        except OSError as fault:
            raise refusal("manifest/file", f"cannot read `{shown}`: {_reason(fault)}", shown) from None
        except UnicodeDecodeError:
            raise ValueError(f"cannot inline `{shown}`: it is not UTF-8") from None

    def _reloaded(self) -> Release:
        stamp, release = self._latest
        try:
            if _stamp(os.stat(self._path)) == stamp:
                return self._on_servers(release)
        except OSError:
            pass  # the read below raises a better error
        self._latest = self._read()
        return self._on_servers(self._latest[1])

    def _on_servers(self, release: Release) -> Release:
        """`release`, in which the servers of Vite that run take the place of files; only in development."""
        return release if self._servers is None or release.dev is None else self._servers.serving(release)

    def _read(self) -> tuple[_Stamp, Release]:
        try:
            # The stamp is taken from the open file, so that it belongs to the content even if the path is replaced now.
            with open(plain(self._path), "rb") as opened:
                stamp = _stamp(os.fstat(opened.fileno()))
                content = opened.read()
        except OSError as fault:
            message = f"cannot read the manifest `{self._shown}`: {_reason(fault)}"
            if os.path.isdir(self._path) or not self._path.endswith(".json"):
                message += f"; that of a release is `{os.path.join(self._shown, 'manifest.json')}`"
            raise refusal("manifest/missing", message, self._shown) from None
        document = read_served(content, self._shown)
        return stamp, Release(document, self._prefix_beside(document.get("url")), self._shown)

    def _prefix_beside(self, url: object) -> str:
        """The URL prefix: the one given to this object, or else `url`, the manifest's. Raises ManifestError."""
        if self._url is not None:
            return url_prefix(self._url)
        try:
            if isinstance(url, str):
                return url_prefix(url)
        except ValueError:
            pass
        raise no_manifest(self._shown)


def _servers() -> Servers:
    from buildassets.runtime.vite import Servers  # for development only

    return Servers()


def warn_of_development(assets: Assets) -> None:
    """Warn, once in a process for each manifest, where `assets` run in production with a release for development."""
    if assets._pinned is not None and assets._pinned.watcher_file:
        from buildassets.foundation.typed import IS_WATCHED

        if IS_WATCHED not in os.environ:
            _warn_once(assets._path, assets._shown)


@cache
def _warn_once(path: str, shown: str) -> None:
    from warnings import warn

    from buildassets.foundation.typed import typed

    what = f"`{shown}` is a release for development, neither minified nor compressed"
    build = typed("build")
    to_develop = "`DEBUG`" if build.startswith("manage.py") else "`reload=True` or the framework's debug mode"
    mend = f"run `{build}`, or to develop use {to_develop}"
    warn(f"{what}: {mend}", RuntimeWarning, stacklevel=5)  # the line that makes `Assets`


def release_of(assets: Assets) -> Release:
    """The release that `assets` uses now; with `reload`, the newest."""
    return assets._pinned or assets._reloaded()


def release_folder(assets: Assets) -> str:
    """The absolute path of the release directory, which holds the manifest."""
    return os.path.dirname(assets._path)


def _reason(fault: OSError) -> str:
    from buildassets.foundation.diagnostics import reason_text  # only needed where a release is refused

    return reason_text(fault)


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino


@cache
def _client() -> str:
    """The live reload client, a script for pages in development."""
    with open(os.path.join(os.path.dirname(__file__), "livereload.js"), encoding="utf-8") as file:
        return file.read()


def _templates_now(path: str) -> str | None:
    """The digest of the templates that the watcher saw last, from its file at `path`; None where no watcher runs."""
    try:
        with open(plain(path), "rb") as file:
            templates = json.loads(file.read()).get("templates")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return templates if isinstance(templates, str) else None


@cache
def _watch_script() -> str:
    """The script by which a page notices a newer release, without indentation and lines that are comments."""
    with open(os.path.join(os.path.dirname(__file__), "release_watch.js"), encoding="utf-8") as file:
        lines = map(str.strip, file)
        return "\n".join(line for line in lines if line and not line.startswith("//"))
