"""Sprockets: the load path of Rails, `manifest.js` and `precompile` become ours. Takes what is asked, gives a Plan."""

import os
import re
from collections.abc import Iterator
from functools import partial
from glob import glob
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.compiler.languages.directives import read_header
from buildassets.disk.folders import files_below
from buildassets.foundation.media import suffix
from buildassets.migrate.gems import gem_lines, gems_with_assets, load_paths_of, sources_of
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, lines_of
from buildassets.migrate.rails import Given, Settings, Taker, asset_roots, engines, of_texts, paths, prefix, rails_plan

_CONFIG: Final = "app/assets/config"
_MANIFESTS: Final = ("manifest.js", "*_manifest.js")  # of an application, or of an engine
_STARS_AT_MOST: Final = 4  # in a pattern: each of them doubles the number of globs
_APPLICATION: Final = ("application.css", "application.js")
_COMPILED: Final = {".scss": ".css", ".sass": ".css", ".jst": ".js"}
_MADE_BY_RUBY: Final = (".erb", ".coffee", ".eco", ".es6", ".haml", ".slim")
_RENAMED: Final = "rename it to `.js`: browsers read it without Babel"
_BY_RUBY: Final = "only Ruby compiles it: replace it by its result, or bring an engine, see docs/reference/engines.md"


@of_texts
def _precompile(given: Given, ours: dict[str, Any]) -> Answer:
    if given.replaces:
        ours["entries"] = []
        ours["is_whole"] = given.in_initializer
    ours["entries"] = [*dict.fromkeys((*ours["entries"], *(one for text in given.values for one in anchored(text))))]
    if any("*" in one for one in given.values):
        return "changed", "they are globs of `entries`; `*` matches in each folder, as with Sprockets"
    return "taken over", "they are `entries`, each at the top of a root as with Sprockets"


def _compressor(kind: str, given: Given, ours: dict[str, Any]) -> Answer:
    if given.values[0] is False:
        ours["engines"][kind] = "none"
        return "taken over", f'it is `{kind} = "none"` in `engines`'
    ours["engines"].pop(kind, None)
    return "changed", f"`{given.values[0]}` is not needed: production minifies; choose another minifier in `engines`"


def _gzip(given: Given, ours: dict[str, Any]) -> Answer:
    if given.values[0] is False:
        ours["compress"] = []
        return "taken over", "it is `compress = []`"
    return "taken over", "copies by gzip and brotli are made in production"


def _only(note: str, other: str, *, value: bool) -> Taker:
    """Takes the one value that is how it always is here."""
    return lambda given, _: ("taken over", note) if given.values[0] is value else ("not possible", other)


_FINGERPRINTS: Final = "every name has a fingerprint"
_NO_ASSET: Final = "an unknown name is an error where a template names it"
_SETTINGS: Final[Settings] = {
    "paths": paths,
    "precompile": _precompile,
    "prefix": prefix,
    "css_compressor": partial(_compressor, "css"),
    "js_compressor": partial(_compressor, "js"),
    "gzip": _gzip,
    "enabled": _only("assets are always enabled", "do not run `buildassets build`", value=True),
    "version": ("changed", "not needed: names change with the content alone"),
    "debug": ("changed", "not needed: `build --mode development` neither minifies nor compresses"),
    "compile": (
        "changed",
        "not needed: a web process compiles nothing; run `buildassets build`, or `watch` to develop",
    ),
    "digest": _only(_FINGERPRINTS, _FINGERPRINTS, value=True),
    "unknown_asset_fallback": _only(_NO_ASSET, _NO_ASSET, value=False),
    "check_precompiled_asset": ("changed", "not needed: `check` finds names in templates that no asset has"),
    "quiet": ("changed", "not needed: nothing logs requests of assets"),
    "configure": "processors of Sprockets are Ruby: replace them by engines, docs/reference/engines.md",
    "manifest": "a release is a folder of its own, `build/`: let Rails look there, see docs/deploy/companions.md",
}


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of a project. Raises ConfigError."""
    manifests = _manifests(asked.folder)
    linked = [line for one in manifests for line in _linked(asked.folder, one)]
    ours: dict[str, Any] = {"sources": [], "url": "/assets/", "directives": True, "entries": [], "engines": {}}
    found = rails_plan(asked, "Sprockets", _SETTINGS, ours)
    by_ruby = [*_by_ruby(asked.folder, ours["sources"])]
    if by_ruby:
        ours["exclude"] = [f"*{one}" for one in _MADE_BY_RUBY if any(line.file.endswith(one) for line in by_ruby)]
    gems = gems_with_assets(asked.folder)
    own = [root for root in ours["sources"] if isinstance(root, str)]
    ours["sources"] += sources_of(asked.folder, gems)
    if load_paths := load_paths_of(asked.folder, gems):
        ours["load_paths"] = load_paths
    is_whole = ours.pop("is_whole", False)
    if linked or ours["entries"]:
        usual = (
            [] if is_whole else [f"/{os.path.basename(one)}" for one in manifests] if linked else _usual(asked.folder)
        )
        ours["entries"] = [*dict.fromkeys((*usual, *ours["entries"]))]
    else:
        del ours["entries"]
    return Plan((*linked, *found.lines, *by_ruby, *gem_lines(asked.folder, gems, own)), ours)


def _usual(folder: str) -> list[str]:
    """The entries that Sprockets has without a `manifest.js`: `application`, and all but scripts and sheets."""
    names = {
        name
        for root in asset_roots(folder)
        if "app/assets/" in root
        for name in files_below(os.path.join(folder, root))
        if not name.rpartition("/")[2].startswith(".")
    }
    tops = {os.path.splitext(name)[0] + _COMPILED.get(suffix(name), suffix(name)) for name in names}
    suffixes = {suffix(name) for name in names}.difference(_COMPILED, _COMPILED.values(), [""])
    return [*(f"/{top}" for top in _APPLICATION if top in tops), *(f"*{one}" for one in sorted(suffixes))]


def _manifests(folder: str) -> list[str]:
    """The manifests of the application, or else those of the engines in it."""
    found = [
        [
            f"{engine}{_CONFIG}/{name}"
            for engine in engines(folder)
            for name in sorted(glob(pattern, root_dir=os.path.join(folder, engine, _CONFIG)))
        ]
        for pattern in _MANIFESTS
    ]
    return next(filter(None, found), [])


def _linked(folder: str, manifest: str) -> Iterator[Accounted]:
    """The account of each line of `manifest`, which becomes an entry, since it links to the released assets."""
    text = read_text(os.path.join(folder, manifest), manifest)
    known = {one.location.line for one in read_header(text, manifest).directives if one.location}
    for number, line in lines_of(text, comment="/*"):
        note = "builds read it unchanged, with `directives = true`" if number in known else "it is code of a script"
        yield Accounted(manifest, number, text=line.strip(), outcome="taken over", note=note)


def _by_ruby(folder: str, roots: list[Any]) -> Iterator[Accounted]:
    """The account of each source that needs Ruby."""
    for root in roots:
        names = files_below(os.path.join(folder, root)) if isinstance(root, str) else ()
        for name in (one for one in names if suffix(one) in _MADE_BY_RUBY):
            yield Accounted(
                f"{root}/{name}",
                1,
                text=name.rpartition("/")[2],
                outcome="not possible",
                note=_RENAMED if name.endswith(".es6") else _BY_RUBY,
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
