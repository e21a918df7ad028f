"""Which files the items of bundles are, as webassets and Flask-Assets find them.

Takes items, gives absolute paths, and the names that the files have as sources of ours. Looks at the disk.
"""

import glob
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from buildassets.compat.webassets.compile.described import Described, Static
from buildassets.disk.folders import is_within, path_below, walk

_MAGIC: Final = re.compile(r"([*?\[])")
_HASH: Final = "[0-9a-f]" * 8  # versions as webassets makes them
_TIME: Final = "[0-9]" * 10
_COMPILED_ALONE: Final = (".scss", ".sass")
_VERSION: Final = "%(version)s"


class Resolver:
    """The static folders of a project. `looked_in` are the folders that were read or looked for."""

    def __init__(self, found: Described) -> None:
        self._found = found
        self.looked_in: dict[str, None] = {}
        self._roots = [*found.folders, *self._public()]
        self._outside: dict[str, dict[str, None]] = {}  # by folder: the names of files that are no static files
        self._named: set[str] = set()

    def _public(self) -> Iterator[Static]:
        """The folder of outputs, whose other files pages may name, where sources lie elsewhere."""
        if self._found.is_searched and self._found.directory:
            yield Static(self._found.directory)

    def files(self, item: str) -> list[str] | None:
        """The absolute paths of what `item` names, in order; None for a file that is not there."""
        if os.path.isabs(item):
            return [item] if os.path.isfile(item) else None
        if self._found.is_searched:
            return self._searched(item)
        folder, name = self._split(item)
        return self._in_folder(folder, name)

    def files_of(self, file: str, item: str) -> list[str] | None:
        """Like `files`, also in the folder that belongs to the YAML `file`: first, if there are several such files."""
        folder = self._found.beside.get(file)
        if folder is None or os.path.isabs(item):
            return self.files(item)
        if len(self._found.beside) > 1:
            return self._beside(folder, item) or self.files(item)
        found = self.files(item)
        return found or self._beside(folder, item) or found

    def _beside(self, folder: Static, item: str) -> list[str] | None:
        """The files of `item` in `folder`, which is a root if it has any."""
        found = self._in_folder(folder.path, item)
        if found and folder.prefix and not any(is_within(one.path, folder.path) for one in self._roots):
            self._roots.append(folder)
        return found

    def _split(self, item: str) -> tuple[str, str]:
        """The folder of the application or of a blueprint, and the name there."""
        prefix, slash, rest = item.partition("/")
        named = next((one for one in self._found.folders if one.prefix and one.prefix == prefix), None)
        if slash and named is not None:
            return named.path, rest
        own = next((one.path for one in self._found.folders if not one.prefix), self._found.directory)
        return own, item

    def _searched(self, item: str) -> list[str] | None:
        """The files of a pattern in all folders; of a name those in the first folder that has it, None if none has."""
        found: list[str] = []
        for folder in self._found.folders:
            there = self._in_folder(folder.path, item) or []
            if there and not _MAGIC.search(item):
                return there
            found += there
        return found if _MAGIC.search(item) else None

    def _in_folder(self, folder: str, name: str) -> list[str] | None:
        path = os.path.join(folder, name)
        if not _MAGIC.search(path):
            self.looked_in[os.path.normpath(os.path.dirname(path))] = None
            return [os.path.normpath(path)] if os.path.exists(path) else None
        paths = sorted(glob.glob(path, recursive=self._found.has_deep_globs))
        found = [os.path.normpath(one) for one in paths if not os.path.isdir(one)]
        self.looked_in |= dict.fromkeys(map(os.path.dirname, found))
        self.looked_in[os.path.normpath(_MAGIC.split(path)[0].rpartition("/")[0])] = None
        return found

    def name(self, path: str) -> str:
        """The logical path of the file at `path`, which is a source from now on."""
        name = self.known_name(path)
        if name is not None:
            self._named.add(path)
            return name
        folder = os.path.dirname(path)
        self._outside.setdefault(folder, {})[os.path.basename(path)] = None
        return f"{os.path.basename(folder)}/{os.path.basename(path)}"

    def known_name(self, path: str) -> str | None:
        """The name of the file at `path` in the first root that has one of that name; None for other files."""
        for root in self._roots:
            below = path_below(root.path, path)
            if below is not None:
                name = f"{root.prefix}/{below}" if root.prefix else below
                return name if self._holder(name) == root else None
        return None

    def _holder(self, name: str) -> Static | None:
        """The first root that has a file called `name`."""
        for root in self._roots:
            below = name.removeprefix(f"{root.prefix}/") if root.prefix else name
            if (below != name or not root.prefix) and os.path.isfile(os.path.join(root.path, below)):
                return root
        return None

    def is_name(self, name: str) -> bool:
        """Whether a file is called `name`, or is compiled to it."""
        stem, suffix = os.path.splitext(name)
        kinds = [suffix, *(_COMPILED_ALONE if suffix == ".css" else ())]
        return any(self._holder(stem + kind) is not None for kind in kinds)

    def sources(self, outputs: list[str]) -> Iterator[dict[str, Any]]:
        """The source roots, without what webassets has written there, and without Sass that no bundle has."""
        for root in self._roots:
            if not os.path.isdir(root.path):
                continue
            prefix = f"{root.prefix}/" if root.prefix else ""
            own = [one.removeprefix(prefix) for one in outputs if one.startswith(prefix)]
            exclude = [*written(own), *(exactly(one) for one in sorted(self._unbundled(root)))]
            table: dict[str, Any] = {"path": root.path, "prefix": root.prefix, "prefer": "source"}
            yield {**table, "exclude": [*exclude, ".webassets-cache", ".webassets-manifest"]}
        for folder, names in self._outside.items():
            yield {"path": folder, "prefix": os.path.basename(folder), "include": [*map(exactly, names)]}

    def _unbundled(self, root: Static) -> Iterator[str]:
        """The names below `root` of Sass that no bundle has; another one may appear in any folder there."""
        for folder, _, names in walk(root.path):
            self.looked_in[folder] = None
            paths = (os.path.join(folder, name) for name in names if not name.startswith("_"))
            for path in paths:
                if path.endswith(_COMPILED_ALONE) and path not in self._named:
                    yield os.path.relpath(path, root.path).replace(os.sep, "/")


def written(outputs: Iterable[str]) -> Iterator[str]:
    """Globs of the files that webassets has written for `outputs`."""
    for output in dict.fromkeys(outputs):
        if _VERSION not in output:
            yield exactly(output)
            continue
        before, _, behind = output.partition(_VERSION)
        yield from (exactly(before) + version + _escaped(behind) for version in (_HASH, _TIME))


def exactly(name: str) -> str:
    """The glob that matches the path `name` and nothing else."""
    return "./" + _escaped(name)


def _escaped(text: str) -> str:
    return _MAGIC.sub(r"[\1]", text)
