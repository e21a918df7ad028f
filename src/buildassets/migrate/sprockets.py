"""Sprockets: the load path of Rails, `manifest.js` and `precompile` become ours. Takes a folder, gives a Plan."""

import os
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.compiler.languages.directives import read_header
from buildassets.folders import files_below
from buildassets.media import suffix
from buildassets.migrate.assets_rb import RUBY, Answer, Setting, accounts, settings
from buildassets.migrate.plan import Accounted, Outcome, Plan, lines_of, nothing_there, written
from buildassets.migrate.rails import MADE_BY_RUBY, asset_roots, existing, importmap_roots, unread

_MANIFEST: Final = "app/assets/config/manifest.js"
_STARS_AT_MOST: Final = 4  # in a pattern: each of them doubles the number of globs
_APPLICATION: Final = ("application.css", "application.js")
_COMPILED: Final = {".scss": ".css", ".sass": ".css", ".jst": ".js"}
_LEFT_OUT: Final = {
    "version": "names change with the content alone: change the content",
    "debug": "`build --mode development` neither minifies nor compresses",
    "compile": "nothing is compiled in a web process: run `buildassets build`, or `watch` in development",
    "digest": "every name has a fingerprint",
    "unknown_asset_fallback": "a name that is no asset is an error where a template names it",
    "check_precompiled_asset": "`buildassets check` finds names in templates that no asset has",
    "quiet": "nothing logs requests of assets",
    "configure": "processors of Sprockets are Ruby: engines of other packages take their place, docs/engines.md",
    "manifest": "a release is a folder of its own, `build/`: let Rails look there, see docs/companions.md",
}


def plan(folder: str) -> Plan:
    """The migration of the project of Sprockets in `folder`. Raises ConfigError."""
    roots = [*asset_roots(folder), *importmap_roots(folder)]
    if not roots:
        raise nothing_there("Sprockets", ["app/assets/"])
    project = Project(folder, roots)
    linked = [*project.linked()]
    lines = [line for one in settings(folder) for line in project.taken(one)]
    unread_sources = [*project.unread()]
    return Plan((*linked, *lines, *unread_sources), written(project.settings()))


class Project:
    """Collects the settings of one project, as its lines are read."""

    def __init__(self, folder: str, roots: list[str]) -> None:
        self._folder = folder
        self._roots = roots
        self._entries: list[str] = []
        self._more: dict[str, Any] = {}

    def settings(self) -> dict[str, Any]:
        """Our configuration."""
        found: dict[str, Any] = {"sources": self._roots, "url": "/assets/", "directives": True, **self._more}
        if not self._entries:
            return found
        usual = [] if "/manifest.js" in self._entries else self._usual()
        return {**found, "entries": list(dict.fromkeys((*usual, *self._entries)))}

    def _usual(self) -> list[str]:
        """The entries that Sprockets has without a `manifest.js`: `application`, and all but scripts and sheets."""
        names = {
            name
            for root in asset_roots(self._folder)
            if root.startswith("app/")
            for name in files_below(os.path.join(self._folder, root))
            if not name.rpartition("/")[2].startswith(".")
        }
        tops = {os.path.splitext(name)[0] + _COMPILED.get(suffix(name), suffix(name)) for name in names}
        suffixes = {suffix(name) for name in names}.difference(_COMPILED, _COMPILED.values(), [""])
        return [*(f"/{top}" for top in _APPLICATION if top in tops), *(f"*{one}" for one in sorted(suffixes))]

    def linked(self) -> Iterator[Accounted]:
        """The account of each line of `manifest.js`, which becomes an entry, since it links to the released assets."""
        path = os.path.join(self._folder, _MANIFEST)
        if not os.path.isfile(path):
            return
        self._entries.append("/manifest.js")
        text = read_text(path, _MANIFEST)
        known = {one.location.line for one in read_header(text, _MANIFEST).directives if one.location}
        for number, line in lines_of(text, comment="/*"):
            is_directive = number in known
            note = "it is read as it is, with `directives = true`" if is_directive else "it is code of a script"
            yield Accounted(_MANIFEST, number, line.strip(), "taken over", note)

    def unread(self) -> Iterator[Accounted]:
        """The account of each source that needs Ruby."""
        names = [*unread(self._folder, (root for root in self._roots if isinstance(root, str)))]
        if names:
            self._more["exclude"] = [f"*{one}" for one in MADE_BY_RUBY if any(name.endswith(one) for name in names)]
        note = "only Ruby compiles it: replace it by its result, or bring an engine, see docs/engines.md"
        yield from (Accounted(name, 1, name.rpartition("/")[2], "not possible", note) for name in names)

    def taken(self, setting: Setting) -> Iterator[Accounted]:
        """The account of each line of `setting`; records its value."""
        answers: dict[str, Answer] = {
            "paths": self._paths,
            "precompile": self._precompiles,
            "prefix": self._prefix,
            "css_compressor": partial(self._compressor, "css"),
            "js_compressor": partial(self._compressor, "js"),
            "gzip": self._gzip,
            "enabled": self._enabled,
        }
        return accounts(setting, _LEFT_OUT, answers, "Sprockets")

    def _paths(self, paths: list[Any]) -> tuple[Outcome, str]:
        texts = [one for one in paths if isinstance(one, str)]
        there = existing(self._folder, texts)
        self._roots += [path for path in there if path not in self._roots]
        if len(there) < len(paths):
            gone = next((path for path in texts if path not in there), "")
            return "not possible", f"there is no folder `{gone}`: make it, or name it in `sources` when it is there"
        if "node_modules" in there:
            self._roots[self._roots.index("node_modules")] = {"path": "node_modules", "npm": True}  # type: ignore[call-overload]  # a table
            return (
                "changed",
                "it is a source root with `npm = true`: only the files of packages that something refers to are read",
            )
        return "taken over", "it is a source root"

    def _precompiles(self, patterns: list[Any]) -> tuple[Outcome, str]:
        texts = [one for one in patterns if isinstance(one, str)]
        if len(texts) < len(patterns) or not texts:
            return "not possible", f"a function or an expression: name the assets in `entries`; {RUBY}"
        globs = [one for text in texts for one in anchored(text)]
        self._entries += [one for one in dict.fromkeys(globs) if one not in self._entries]
        if any("*" in one for one in texts):
            return "changed", "they are globs of `entries`; `*` matches in each folder, as with Sprockets"
        return "taken over", "they are `entries`, each at the top of a root as with Sprockets"

    def _prefix(self, values: list[Any]) -> tuple[Outcome, str]:
        self._more["url"] = f"/{str(values[0]).strip('/')}/"
        return "taken over", "it is `url`"

    def _compressor(self, kind: str, values: list[Any]) -> tuple[Outcome, str]:
        if values[0] is False:
            self._more.setdefault("engines", {})[kind] = "none"
            return "taken over", f'it is `{kind} = "none"` in `engines`'
        if self._more.get("engines", {}).pop(kind, None) and not self._more["engines"]:
            del self._more["engines"]
        return "changed", f"`{values[0]}` is not needed: production minifies; choose another minifier in `engines`"

    def _gzip(self, values: list[Any]) -> tuple[Outcome, str]:
        if values[0] is False:
            self._more["compress"] = []
            return "taken over", "it is `compress = []`"
        return "taken over", "copies by gzip and brotli are made in production"

    def _enabled(self, values: list[Any]) -> tuple[Outcome, str]:
        return (
            ("taken over", "assets are always enabled")
            if values[0]
            else ("not possible", "do not run `buildassets build`")
        )


def anchored(pattern: str) -> list[str]:
    """The globs for `entries` that match as `pattern` does: a name is at the top, and a star also matches slashes."""
    first, *others = re.split(r"\*+", pattern)
    if not first and len(others) == 1 and "/" not in others[0]:
        return [f"*{others[0]}"]
    found = [first]
    for part in others[:_STARS_AT_MOST]:
        found = [one for start in found for one in _with_star(start, part)]
    return [one if "/" in one else f"/{one}" for one in found]


def _with_star(start: str, part: str) -> list[str]:
    """The globs for `start*part`, where the star may match a path."""
    if not start or start.endswith("/"):
        return [f"{start}**/*{part}"]
    return [f"{start}*{part}", f"{start}*/**/*{part}"]
