"""Sprockets: the load path of Rails, `manifest.js` and `precompile` become ours. Takes what is asked, gives a Plan."""

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.compiler.languages.directives import read_header
from buildassets.disk.folders import files_below
from buildassets.foundation.media import suffix
from buildassets.migrate.plan import Accounted, Answer, Asked, Plan, lines_of
from buildassets.migrate.rails import Taker, asset_roots, of_texts, paths, prefix, rails_plan

_MANIFEST: Final = "app/assets/config/manifest.js"
_STARS_AT_MOST: Final = 4  # in a pattern: each of them doubles the number of globs
_APPLICATION: Final = ("application.css", "application.js")
_COMPILED: Final = {".scss": ".css", ".sass": ".css", ".jst": ".js"}
_MADE_BY_RUBY: Final = (".erb", ".coffee", ".eco", ".haml", ".slim")
_BY_RUBY: Final = "only Ruby compiles it: replace it by its result, or bring an engine, see docs/engines.md"


@of_texts
def _precompile(values: list[Any], ours: dict[str, Any], _: str) -> Answer:
    ours["entries"] = [*dict.fromkeys((*ours["entries"], *(one for text in values for one in anchored(text))))]
    if any("*" in one for one in values):
        return "changed", "they are globs of `entries`; `*` matches in each folder, as with Sprockets"
    return "taken over", "they are `entries`, each at the top of a root as with Sprockets"


def _compressor(kind: str, values: list[Any], ours: dict[str, Any], _: str) -> Answer:
    if values[0] is False:
        ours["engines"][kind] = "none"
        return "taken over", f'it is `{kind} = "none"` in `engines`'
    ours["engines"].pop(kind, None)
    return "changed", f"`{values[0]}` is not needed: production minifies; choose another minifier in `engines`"


def _gzip(values: list[Any], ours: dict[str, Any], _: str) -> Answer:
    if values[0] is False:
        ours["compress"] = []
        return "taken over", "it is `compress = []`"
    return "taken over", "copies by gzip and brotli are made in production"


def _enabled(values: list[Any], _: dict[str, Any], __: str) -> Answer:
    return ("taken over", "assets are always enabled") if values[0] else ("not possible", _NOT_ENABLED)


_NOT_ENABLED: Final = "do not run `buildassets build`"
_SETTINGS: Final[Mapping[str, str | Taker]] = {
    "paths": paths,
    "precompile": _precompile,
    "prefix": prefix,
    "css_compressor": partial(_compressor, "css"),
    "js_compressor": partial(_compressor, "js"),
    "gzip": _gzip,
    "enabled": _enabled,
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


def plan(asked: Asked) -> Plan:
    """The migration of a project. Raises ConfigError."""
    linked = [*_linked(asked.folder)]
    ours: dict[str, Any] = {"sources": [], "url": "/assets/", "directives": True, "entries": [], "engines": {}}
    found = rails_plan(asked, "Sprockets", _SETTINGS, ours)
    by_ruby = [*_by_ruby(asked.folder, ours["sources"])]
    if by_ruby:
        ours["exclude"] = [f"*{one}" for one in _MADE_BY_RUBY if any(line.file.endswith(one) for line in by_ruby)]
    if linked or ours["entries"]:
        ours["entries"] = [*dict.fromkeys((*(["/manifest.js"] if linked else _usual(asked.folder)), *ours["entries"]))]
    else:
        del ours["entries"]
    return Plan((*linked, *found.lines, *by_ruby), ours)


def _usual(folder: str) -> list[str]:
    """The entries that Sprockets has without a `manifest.js`: `application`, and all but scripts and sheets."""
    names = {
        name
        for root in asset_roots(folder)
        if root.startswith("app/")
        for name in files_below(os.path.join(folder, root))
        if not name.rpartition("/")[2].startswith(".")
    }
    tops = {os.path.splitext(name)[0] + _COMPILED.get(suffix(name), suffix(name)) for name in names}
    suffixes = {suffix(name) for name in names}.difference(_COMPILED, _COMPILED.values(), [""])
    return [*(f"/{top}" for top in _APPLICATION if top in tops), *(f"*{one}" for one in sorted(suffixes))]


def _linked(folder: str) -> Iterator[Accounted]:
    """The account of each line of `manifest.js`, which becomes an entry, since it links to the released assets."""
    path = os.path.join(folder, _MANIFEST)
    text = read_text(path, _MANIFEST) if os.path.isfile(path) else ""
    known = {one.location.line for one in read_header(text, _MANIFEST).directives if one.location}
    for number, line in lines_of(text, comment="/*"):
        note = "it is read as it is, with `directives = true`" if number in known else "it is code of a script"
        yield Accounted(_MANIFEST, number, text=line.strip(), outcome="taken over", note=note)


def _by_ruby(folder: str, roots: list[Any]) -> Iterator[Accounted]:
    """The account of each source that needs Ruby."""
    for root in roots:
        names = files_below(os.path.join(folder, root)) if isinstance(root, str) else ()
        for name in (one for one in names if suffix(one) in _MADE_BY_RUBY):
            yield Accounted(f"{root}/{name}", 1, text=name.rpartition("/")[2], outcome="not possible", note=_BY_RUBY)


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
