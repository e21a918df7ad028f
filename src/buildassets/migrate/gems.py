"""Finds the assets of a Rails project's gems, and the directives that need a gem which is not here. Runs no Ruby.

Takes a folder, gives source roots and lines of the account. Gems lie in the project's `vendor/bundle`, `$GEM_HOME` and
`$GEM_PATH`.
"""

import os
import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from glob import escape, glob
from typing import Any, Final

from buildassets.compiler.bundle.sprockets import gem_of
from buildassets.compiler.config.file import read_text, relative_to
from buildassets.compiler.languages.directives import read_header
from buildassets.disk.folders import files_below, is_within
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import suffix
from buildassets.migrate.plan import Accounted
from buildassets.migrate.rails import engines

_LOCK: Final = "Gemfile.lock"
_LOCKED: Final = re.compile(r" {4}([\w.-]+) \(([\w.-]+)\)")
_NEEDED: Final = re.compile(r"\s*\w+\.add_(?:runtime_)?dependency[\s(]+[\"']([\w.-]+)[\"'].*")
_OF_RAILS: Final = ("actioncable", "actiontext", "actionview", "activestorage")  # the gems of `rails` that have assets
_PARENTS: Final = ("app/assets", "lib/assets", "vendor/assets")
_WITH_DIRECTIVES: Final = (".js", ".css", ".scss", ".sass")
_TAKEN: Final = "its folders of assets are source roots"
_LEADS_OUT: Final = "a link out of the gem, whose files are not assets: name the folder in `sources` if you trust it"
_FIND_IT: Final = "set `GEM_PATH` to what `gem env path` prints, and run this again"


@frozen
class GemAssets:
    """The assets of a gem: the place that names it, its absolute `roots`, and folders that are `links` out of it."""

    file: str
    line: int
    text: str
    roots: tuple[str, ...]
    links: tuple[str, ...] = ()


def gems_with_assets(folder: str) -> list[GemAssets]:
    """The gems in `Gemfile.lock`, or else in specifications of gems, that are here and have assets."""
    is_locked = os.path.isfile(os.path.join(folder, _LOCK))
    files = [_LOCK] if is_locked else sorted(glob("*.gemspec", root_dir=folder))
    files += [] if is_locked else [spec for one in engines(folder)[1:] for spec in _specs(folder, one)]
    homes, found = [*_homes(folder)], list[GemAssets]()
    for file in files:
        for number, line in enumerate(read_text(os.path.join(folder, file), file).split("\n"), 1):
            if match := (_LOCKED.fullmatch(line) if is_locked else _NEEDED.match(line)):
                names = _OF_RAILS if match[1] == "rails" and not is_locked else (match[1],)
                version = match[2] if is_locked else ""
                found += (_assets(file, number, match[0].strip(), _place(homes, name, version)) for name in names)
    return [one for one in found if one.roots or one.links]


def _specs(folder: str, engine: str) -> Iterator[str]:
    yield from (f"{engine}{name}" for name in sorted(glob("*.gemspec", root_dir=os.path.join(folder, engine))))


def _place(homes: Sequence[str], name: str, version: str) -> str:
    """The folder of a gem in the first of `homes` that has it, at the newest version if none is named; else empty."""
    pattern = f"{name}-{version or '[0-9]*'}"
    places = ([*glob(os.path.join(escape(home), "gems", pattern))] for home in homes)
    return max(next(filter(None, places), [""]), key=lambda path: [*map(int, re.findall(r"\d+", path))])


def _homes(folder: str) -> Iterator[str]:
    bundle = os.path.join(folder, "vendor", "bundle", "ruby")
    if os.path.isdir(bundle):
        yield from (os.path.join(bundle, version) for version in sorted(os.listdir(bundle)))
    for name in ("GEM_HOME", "GEM_PATH"):
        yield from filter(os.path.isabs, os.environ.get(name, "").split(os.pathsep))


def _assets(file: str, line: int, text: str, place: str) -> GemAssets:
    """The folders of assets of the gem at `place`, which a line names."""
    parents = [os.path.join(place, parent) for parent in _PARENTS] if place else []
    listed = [os.path.join(one, name) for one in parents if os.path.isdir(one) for name in sorted(os.listdir(one))]
    folders = [*filter(os.path.isdir, listed)]
    inside = [one for one in folders if is_within(os.path.realpath(place), os.path.realpath(one))]
    links = tuple(one for one in folders if one not in inside)
    return GemAssets(file, line, text, roots=tuple(inside), links=links)


def sources_of(folder: str, gems: Sequence[GemAssets]) -> list[dict[str, Any]]:
    """The source roots of `gems`; paths in `folder` are relative to it."""
    roots = [relative_to(folder, root) for gem in gems for root in gem.roots]
    return [{"path": root, "vendored": True} for root in roots]


def load_paths_of(folder: str, gems: Sequence[GemAssets]) -> list[str]:
    """Those of the source roots of `gems` that have Sass."""
    roots = [root for gem in gems for root in gem.roots]
    return [relative_to(folder, one) for one in roots if any(map(_is_sass, files_below(one)))]


def gem_lines(folder: str, gems: Sequence[GemAssets], roots: Sequence[str]) -> Iterator[Accounted]:
    """The account of each gem, and of each directive in a file of `roots` that needs a gem which is not here."""
    for gem in gems:
        if gem.links:
            listed = ", ".join(f"`{link}`" for link in gem.links)
            yield Accounted(gem.file, gem.line, text=gem.text, outcome="not possible", note=f"{listed}: {_LEADS_OUT}")
        if gem.roots:
            yield Accounted(gem.file, gem.line, text=gem.text, outcome="taken over", note=_TAKEN)
    places = [os.path.join(folder, root) for root in roots] + [root for gem in gems for root in gem.roots]
    known = {known for place in places for name in files_below(place) for known in _names(name)}
    for root in roots:
        for name in files_below(os.path.join(folder, root)):
            if suffix(name) in _WITH_DIRECTIVES:
                yield from _lacking(os.path.join(folder, root, name), f"{root}/{name}", known)


def _names(file: str) -> Iterator[str]:
    """The names that a directive may have for `file`: its own without suffixes, and those of the folders around it."""
    folder, _, name = file.rpartition("/")
    yield posixpath.join(folder, name.partition(".")[0])
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def _lacking(path: str, shown: str, known: Collection[str]) -> Iterator[Accounted]:
    text = read_text(path, shown)
    for one in read_header(text, shown).directives:
        gem = gem_of(one.argument)
        if gem and one.location and one.location.line and one.argument.partition(".")[0] not in known:
            line = text.split("\n")[one.location.line - 1].strip()
            note = f"it is of the gem `{gem}`, which is not found: {_FIND_IT}"
            yield Accounted(shown, one.location.line, text=line, outcome="not possible", note=note)


def _is_sass(name: str) -> bool:
    return name.endswith((".scss", ".sass"))
