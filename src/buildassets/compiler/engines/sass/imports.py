"""Finds the file that an `@import` of Sass loads. Reads the disk, knows no compiler.

Sass's rules (its documentation, section `@import`, "Finding the file"): next to the importing file first, then in each
load path; the leading `_` and the suffix may be left out; a folder stands for its `_index`. A plain `x.css` is
inlined where `@import "x"` finds no Sass file of that name.
"""

import os
import posixpath
import re
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain, islice
from stat import S_ISDIR
from typing import NamedTuple, TypeAlias

from buildassets.compiler.engines.protocol import OF_PACKAGES
from buildassets.disk.files import content_of
from buildassets.disk.folders import upward
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.nearest import Known, nearest
from buildassets.foundation.paths import percent_decoded
from buildassets.foundation.typed import vendoring

Merged: TypeAlias = Sequence[tuple[str, str]]  # folders, each with its prefix, whose files count as one tree
_STRINGS = r"""(?:\s*+(?:"[^"\n]*+"|'[^'\n]*+')\s*+,?+)++"""
_LOADING = tuple(  # two patterns with a fixed first letter take a tenth of the time of one pattern
    map(re.compile, (rf"@(?:use|forward|import)\b({_STRINGS}|[^\n\"';]++)", rf"load-css\(({_STRINGS})"))
)
_NAME = re.compile(r"""[^\s"',]++""")
_AS_NAMED = ("",)
IMPORT_ONLY = (".import", "")  # Sass: a file for `@import` alone takes precedence there
_OF_GEMS = "-sprockets"  # ends the name of a sheet that a gem brings
_MOST_LISTED = 250  # entries of a folder; Bootstrap has 92 files in one


@frozen
class ImportResolution:
    """The result of a search. `found` are the matching files: none if there is no such file, several if ambiguous.

    `absences` are the paths looked for and not found, with a folder that is not there for all that could lie in it;
    `folders` are the folders that were searched.
    """

    found: tuple[str, ...]
    absences: tuple[str, ...]
    folders: tuple[str, ...]


class Listings:
    """The names of the files in folders, which are read once each; fast for many files.

    In a large folder each file is tested by itself: thousands of sheets in it would read it thousands of times.
    """

    def __init__(self) -> None:
        self._names: dict[str, Container[str] | None] = {}

    def names_in(self, folder: str) -> Container[str] | None:
        """The names of all files in `folder`; None if there is no such folder. The empty path is that of the root."""
        if folder not in self._names:
            self._names[folder] = _names_in(folder + os.sep)
        return self._names[folder]


def resolve(
    name: str,
    importer: str,
    load_paths: Sequence[str],
    listings: Listings | None = None,
    *,
    endings: Sequence[str] = _AS_NAMED,
    merged: Merged = (),
) -> ImportResolution:
    """The file that `name` loads in `importer`; paths are absolute. `endings` may come before its suffix, in order.

    After the importer's own folder come the `merged` ones, with the paths that the file has from there in their tree.
    """
    listings = listings or Listings()
    absences: list[str] = []
    folders = tuple(dict.fromkeys((os.path.dirname(importer), *load_paths)))
    own, *others = (os.path.normpath(os.path.join(folder, name)) for folder in folders)
    for path in dict.fromkeys((own, *merged_paths(name, importer, merged), *others)):
        for inside, names in _candidates(path, endings):
            there = listings.names_in(inside)
            if there is None:
                absences.append(inside)
                break  # what follows would lie in it, too
            found = tuple(f"{inside}{os.sep}{each}" for each in names if each in there)
            absences += (f"{inside}{os.sep}{each}" for each in names if each not in there)
            if found:
                return ImportResolution(found, tuple(absences), folders)
    return ImportResolution((), tuple(absences), folders)


def merged_paths(name: str, importer: str, merged: Merged) -> Iterator[str]:
    """Where `name` leads from `importer` in the tree that `merged` make: a path in each of them that can have it.

    A name such as `~package/sheet` leads into the folders `OF_PACKAGES`, and not out of them.
    """
    if name.startswith(OF_PACKAGES):
        rest = name.removeprefix(OF_PACKAGES)
        if _is_in_package(rest):
            yield from (os.path.normpath(os.path.join(path, rest)) for path, prefix in merged if prefix == OF_PACKAGES)
        return
    merged = [(path, prefix) for path, prefix in merged if prefix != OF_PACKAGES]
    holding = [(path, prefix) for path, prefix in merged if importer.startswith(path + os.sep)]
    if not holding or os.path.isabs(name):
        return
    path, prefix = max(holding, key=lambda one: len(one[0]))
    folder = os.path.join(os.sep, prefix, os.path.relpath(os.path.dirname(importer), path))
    target = os.path.normpath(os.path.join(folder, name))
    for path, prefix in merged:
        root = os.path.join(os.sep, prefix, "").replace("/", os.sep)
        if target.startswith(root):
            yield os.path.join(path, target[len(root) :])


def _is_in_package(name: str) -> bool:
    """Whether `name`, without its `~`, begins with that of a package, and has no `..` that would lead out of it."""
    is_relative = not os.path.isabs(name) and not os.path.splitdrive(name)[0]
    parts = name.replace(os.sep, "/").split("/")
    return is_relative and bool(parts[0].strip(".")) and os.pardir not in parts


class Load(NamedTuple):
    """A name from `start` to `end` in a rule that begins at `rule`, and the result of the search for it."""

    name: str
    rule: int
    start: int
    end: int
    resolution: ImportResolution


def loads(
    text: str, importer: str, load_paths: Sequence[str], listings: Listings, *, merged: Merged = ()
) -> Iterator[Load]:
    """Everything that `text`, the content of the file `importer`, may load.

    Counts every `@use`, `@forward`, `@import` and `load-css()`, also in comments, except those whose scheme is not
    `file:` (`pkg:`).
    """
    for match in chain.from_iterable(pattern.finditer(text) for pattern in _LOADING):
        is_import = text.startswith("@import", match.start())
        for name in _NAME.finditer(text, *match.span(1)):
            path = path_of(name[0])
            if path and not (is_import and path.endswith(".css")):  # which is left to browsers
                endings = IMPORT_ONLY if is_import else _AS_NAMED
                found = resolve(path, importer, load_paths, listings, endings=endings, merged=merged)
                yield Load(name[0], match.start(), *name.span(), found)


def path_of(url: str) -> str | None:
    """The path that `url` names, as Dart Sass reads it; None if it has a scheme other than that of files."""
    if ":" not in url and "%" not in url:
        return url
    path = url.removeprefix("file:").removeprefix("//")
    return None if ":" in path else percent_decoded(path)


def _candidates(path: str, endings: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Folders with names in them, in order of precedence; two existing files of one group are ambiguous."""
    folder, _, name = path.rpartition(os.sep)
    stem, suffix = os.path.splitext(name)
    if suffix in (".scss", ".sass", ".css"):
        for ending in endings:
            yield folder, (f"_{stem}{ending}{suffix}", f"{stem}{ending}{suffix}")
        return
    for inside, start in ((folder, name), (path, "index")):
        for stem in (start + ending for ending in endings):
            yield inside, (f"_{stem}.scss", f"{stem}.scss", f"_{stem}.sass", f"{stem}.sass")
            yield inside, (f"_{stem}.css", f"{stem}.css")


@frozen
class _Unlisted:
    """The names of the files in a folder that is not listed: each is looked for by itself."""

    folder: str

    def __contains__(self, name: object) -> bool:
        return _exists(f"{self.folder}{name}")


def _names_in(folder: str) -> Container[str] | None:
    """The names of the files in `folder`, which ends with a separator; None if there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            first = list(islice(entries, _MOST_LISTED + 1))
            if len(first) <= _MOST_LISTED:
                return frozenset(entry.name for entry in first if _leads_to_file(entry))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError:  # it may not be listed, and its files may be read all the same
        pass
    return _Unlisted(folder)


def _leads_to_file(entry: os.DirEntry[str]) -> bool:
    return _exists(entry.path) if entry.is_symlink() else not entry.is_dir()


def _exists(path: str) -> bool:
    try:
        return not S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def read(path: str) -> str:
    """The text of the regular file `path`; raises ValueError with the reason as the rest of a sentence."""
    try:
        return content_of(path).decode("utf-8")
    except UnicodeDecodeError as fault:
        raise ValueError(f"is not UTF-8 (byte {fault.start})") from None
    except OSError as fault:
        raise ValueError(f"cannot be read: {reason_text(fault)}") from None


def instead(name: str, importer: str, folders: Sequence[str], shown: Callable[[str], str]) -> str | None:
    """The hint for an `@import "name"` in the file `importer` that was not found in `folders`.

    `shown` turns an absolute path into the name that a user would write.
    """
    bare = name.removeprefix(OF_PACKAGES)  # webpack's prefix for packages
    if elsewhere := _of_others(name):
        return elsewhere
    package = "/".join(bare.split("/")[: 2 if bare.startswith("@") else 1])
    for folder in _folders_of_packages(bare, importer):
        vendored = os.path.join(folder, "vendor")
        if os.path.isdir(os.path.join(vendored, package)) and len(resolve(bare, importer, [vendored]).found) != 1:
            return f"run `buildassets vendor add {package} --source` for the Sass sources of the package"
        packages = os.path.join(folder, "node_modules")
        if packages not in folders and os.path.isdir(os.path.join(packages, bare.partition("/")[0])):
            written = f"write `{bare}`, and " if bare != name else ""
            is_there = len(resolve(bare, importer, [packages]).found) == 1
            more = "" if is_there else ", and import one of the package's sheets by its path"
            if len(folders) > 1:
                return f'{written}add `"{shown(packages)}"` to `load_paths`{more}'
            return f'{written}set `load_paths = ["{shown(packages)}"]` under `[tool.buildassets]`{more}'
    if bare != name:
        if len(resolve(bare, importer, folders).found) == 1:
            return f"write `{bare}`"
        return f"run `buildassets vendor add {package} --source`, or install it next to the configuration with npm"
    command = vendoring(name) if "/" in name else ""
    if not command or any(os.path.isdir(os.path.join(folder, package)) for folder in folders):
        return _spelled_alike(name, importer, folders)
    near = nearest(name.partition("/")[0], (child for folder in folders for child in _folders_in(folder)))
    if near:
        return f"did you mean `{near}/{name.partition('/')[2]}`?"
    return f"run `{command} --source` if `{package}` is a package of npm, or correct the path"


def _of_others(name: str) -> str | None:
    """Return the hint for a sheet that no package of npm has for Sass."""
    bare = name.removeprefix(OF_PACKAGES)
    if bare != name and not _is_in_package(bare):
        return "name a package and a sheet in it after `~`, or write the path from this sheet without `~`"
    if bare.partition("/")[0] == "tailwindcss":
        return "write it in a sheet of its own, with the suffix `.css`: Tailwind 4 compiles no Sass"
    if bare.endswith(_OF_GEMS):
        return f"`{bare}` is a sheet of a gem, not of npm: run `buildassets migrate sprockets`, which finds gems"
    return None


def _folders_of_packages(name: str, importer: str) -> Iterator[str]:
    """Return the folders in which packages for the file `importer` may lie: none for a `name` that is relative."""
    if not name.startswith("."):
        yield from upward(os.path.dirname(importer))


def _folders_in(folder: str) -> Iterator[str]:
    """The names of the folders in `folder`."""
    with suppress(OSError), os.scandir(folder) as entries:
        yield from (entry.name for entry in entries if entry.is_dir())


def _spelled_alike(name: str, importer: str, folders: Sequence[str]) -> str | None:
    inner, stem = posixpath.split(name)
    own = os.path.splitext(os.path.basename(importer))[0].removeprefix("_")
    for folder in folders:
        there = os.path.normpath(os.path.join(folder, inner))
        near = names_nearby(there).nearest(stem, but=own if there == os.path.dirname(importer) else "")
        if near is not None:
            return f"did you mean `{posixpath.join(inner, near)}`?"
    return None


def names_nearby(folder: str) -> Known:
    """The names by which the files of `folder` can be imported, for suggestions."""
    try:
        return _importable_in(folder, os.stat(folder).st_mtime_ns)
    except OSError:
        return Known(())


@lru_cache(maxsize=8)
def _importable_in(folder: str, _changed_ns: int) -> Known:
    """The names, kept until the folder changes: thousands of sheets in it may each lack a file."""
    with os.scandir(folder) as entries:
        files = [entry.name for entry in entries if entry.is_file()]
    sheets = map(os.path.splitext, files)
    return Known([stem.removeprefix("_") for stem, suffix in sheets if suffix in (".scss", ".sass", ".css")])
