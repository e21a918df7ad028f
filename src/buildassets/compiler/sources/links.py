"""Finds the links out of source roots by which files were reached, for whoever reads in other ways than discovery.

Takes the configuration and paths. Asks the disk about links only.
"""

import os
from collections.abc import Callable, Iterable
from typing import Final

from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.sources.globs import compile_globs
from buildassets.disk.folders import is_within, path_below

LINK_OUTSIDE: Final = "a link that leaves its source root"
AS_SOURCE_ROOT: Final = (
    "delete the link and make the folder that it leads to a source root, or leave the link out with `exclude`"
)
AS_LOAD_PATH: Final = (  # Sass does not look in source roots
    "delete the link and put the folder that it leads to into `load_paths`, or leave the link out with `exclude`: "
    "then it is followed"
)
BY_OWN_PATH: Final = "import the file by the path that the link leads to, or leave the link out with `exclude`"


class LinksOutside:
    """The links that leave their source root. Nothing is kept between calls, as links may change.

    A link that `exclude` names is none of these: with that, the configuration leaves it to others. npm's packages have
    none either: by such a link a package of a workspace is installed.
    """

    def __init__(self, config: Config) -> None:
        self._roots = [_Root(root, config.exclude) for root in config.sources]

    def among(self, paths: Iterable[str]) -> dict[str, str]:
        """Those of the absolute `paths` that are reached by such a link, each with the link as the user names it.

        Where several roots contain a path, all of them have to have such a link.
        """
        found: dict[str, str] = {}
        known: dict[str, bool] = {}

        def is_link(path: str) -> bool:
            if path not in known:
                known[path] = os.path.islink(path)
            return known[path]

        for path in paths:
            links = [root.link_to(path, is_link) for root in self._roots if root.contains(path)]
            if links and all(links):
                found[path] = next(filter(None, links))
        return found


class _Root:
    def __init__(self, root: SourceRoot, exclude: tuple[str, ...]) -> None:
        self._root = root
        self._prefix = root.prefix + "/" if root.prefix else ""
        self._excluded = compile_globs(exclude)
        self._excluded_here = compile_globs(root.exclude)

    def contains(self, path: str) -> bool:
        return path_below(self._root.path, path) is not None

    def link_to(self, path: str, is_link: Callable[[str], bool]) -> str | None:
        """The link on the way to `path`, which is below the root, if it leaves that and is not excluded."""
        relative = path_below(self._root.path, path) or ""
        if self._root.npm:
            return None
        end = -1
        while end < len(relative):
            end = found if (found := relative.find("/", end + 1)) >= 0 else len(relative)
            name = relative[:end]
            place = os.path.join(self._root.path, name)
            if is_link(place) and not is_within(os.path.realpath(self._root.path), os.path.realpath(place)):
                return None if self._is_excluded(name) else self._root.shown_prefix + name
        return None

    def _is_excluded(self, name: str) -> bool:
        parts = name.split("/")
        folders = ["/".join(parts[:count]) + "/" for count in range(1, len(parts) + 1)]
        return any(self._excluded(self._prefix + one) or self._excluded_here(one) for one in (name, *folders))
