"""Which projects of a workspace a change can reach: all that might be built otherwise, and few more.

Takes projects and changed paths, gives for each project that is reached a path that reaches it.

- A path in a project's folder reaches that project, but for what builds write.
- A path that another project reads reaches that one, too: below its source roots, load paths, templates and what its
  commands read; what its texts name by `../`; what its last build read here.
- A lock or a file of the workspace, in its folder or above, reaches all.
- What a project writes reaches those who read it, if that project is reached itself.
"""

import os
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.disk.folders import is_within
from buildassets.errors import ConfigError
from buildassets.foundation.frozen import frozen
from buildassets.workspace.members import Project
from buildassets.workspace.reads import reads_of, written_by

# In the folder of the workspace, and those above it in the repository.
_REACHES_ALL: Final = frozenset(
    (
        *("buildassets-workspace.toml", "buildassets.lock", "pyproject.toml", "uv.toml"),
        *("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "constraints.txt"),
        *("package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
        *("pnpm-workspace.yaml", "bun.lock", "bun.lockb", ".npmrc", ".browserslistrc"),
    )
)


@frozen
class _Reads:
    """The absolute paths that the build of a project reads and writes.

    `folder` is its own, `further` is what its settings name; `files` are what its last build read.
    """

    name: str
    folder: str
    further: tuple[str, ...]
    files: Collection[str]
    written: tuple[str, ...]


class _Owners:
    """The projects by their folders."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self.folders = {os.path.realpath(project.folder): project.name for project in projects}

    def of(self, path: str) -> str | None:
        """The name of the innermost project that has `path`; None if none has."""
        while path not in self.folders:
            if path == (path := os.path.dirname(path)):
                return None
        return self.folders[path]


class _Paths:
    """Changed paths, to be asked for those in a folder."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._known = frozenset(paths)
        self._sorted = sorted(self._known)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sorted)

    def around(self, folder: str) -> str | None:
        """The one that is `folder` or around it, as a submodule or a link is; None if none is."""
        while folder not in self._known:
            if folder == (folder := os.path.dirname(folder)):
                return None
        return folder

    def within(self, folder: str) -> str | None:
        """The first one that is `folder`, around it, or in it; None if none is."""
        start = _below(folder)
        at = bisect_left(self._sorted, start)
        is_in = at < len(self._sorted) and self._sorted[at].startswith(start)
        return self.around(folder) or (self._sorted[at] if is_in else None)

    def like(self, path: str) -> str | None:
        """The first one that a text may mean by `path`: with another suffix, or as a partial; None if none is."""
        folder, name = os.path.split(path)
        stem = _stem(name)
        return next((one for one in self._in(folder) if _stem(os.path.basename(one)) == stem), None)

    def _in(self, folder: str) -> Iterator[str]:
        at = bisect_left(self._sorted, _below(folder))
        while at < len(self._sorted) and self._sorted[at].startswith(_below(folder)):
            if os.path.dirname(self._sorted[at]) == folder:
                yield self._sorted[at]
            at += 1


def _below(folder: str) -> str:
    """The beginning of all paths below `folder`."""
    return folder.rstrip(os.sep) + os.sep


def _stem(name: str) -> str:
    return name.removeprefix("_").partition(".")[0]


def reached_projects(
    projects: Sequence[Project],
    folder: str,
    changed: Iterable[str],
    *,
    config_of: Callable[[Project], Config],
    last_read: Callable[[Project, Config], Collection[str]],
    upward: Callable[[], Iterable[tuple[str, str]]],
) -> Mapping[str, str]:
    """For each of the `projects` that `changed` reaches, by name, one of these paths. All paths are absolute.

    `folder` is that of the workspace; `config_of` may raise ConfigError, for a project that is then built to report it.
    `last_read` is what the last build of a project read, as far as that is known; `upward` gives what texts name by
    paths that lead above their folder.
    """
    reached: dict[str, str] = {}
    reads: list[_Reads] = []
    for project in projects:
        try:
            config = config_of(project)
        except ConfigError:
            reached[project.name] = os.path.join(project.folder, project.file or "")
        else:
            reads.append(_reads(project, config, last_read(project, config)))
    written = frozenset(path for one in reads for path in one.written)
    paths = _Paths(path for path in changed if not _is_below_any(written, path))
    if (path := _for_all(paths, os.path.realpath(folder))) is not None:
        return {project.name: path for project in projects}
    owners = _Owners(projects)
    reached |= _by_settings(reads, paths, owners)
    rest = [one for one in reads if one.name not in reached]
    if rest and any(paths):
        texts = _Texts(upward(), owners)
        reached |= {one.name: found for one in rest if (found := texts.leading(one, paths)) is not None}
    _add_readers_of_reached(reached, reads)
    return dict(sorted(reached.items()))


def _reads(project: Project, config: Config, files: Collection[str]) -> _Reads:
    own = os.path.realpath(project.folder)
    further = tuple(path for path in reads_of(config) if path not in (own, project.folder))
    written = tuple(dict.fromkeys(one for path in written_by(config) for one in (path, os.path.realpath(path))))
    return _Reads(project.name, own, further=further, files=files, written=written)


def _for_all(paths: _Paths, folder: str) -> str | None:
    """A path that reaches all projects of the workspace in `folder`; None if there is none."""
    for path in paths:
        if _is_for_all(os.path.basename(path)) and is_within(os.path.dirname(path), folder):
            return path
    return None


def _is_for_all(name: str) -> bool:
    """Whether a file with that name decides what all projects are built with."""
    return name in _REACHES_ALL or (name.startswith("requirements") and name.endswith(".txt"))


def _is_below_any(folders: Collection[str], path: str) -> bool:
    """Whether `path` is one of `folders` or lies in one."""
    while path not in folders:
        if path == (path := os.path.dirname(path)):
            return False
    return True


def _by_settings(reads: Iterable[_Reads], paths: _Paths, owners: _Owners) -> dict[str, str]:
    """The projects that a path reaches because it lies in them, or because of their settings or last builds."""
    own: dict[str, str] = {}
    for path in paths:
        if (owner := owners.of(path)) is not None:
            own.setdefault(owner, path)
    reached = {}
    for one in reads:
        causes = [own.get(one.name), paths.around(one.folder), *map(paths.within, one.further)]
        causes.append(next((path for path in paths if path in one.files), None))
        if found := next(filter(None, causes), None):
            reached[one.name] = found
    return reached


class _Texts:
    """Paths in texts that leave their folder; each as that folder and the absolute path."""

    def __init__(self, upward: Iterable[tuple[str, str]], owners: _Owners) -> None:
        self._owners = owners
        self._named: dict[str, set[str]] = {}
        for folder, path in upward:
            self._named.setdefault(folder, set()).add(path)
        self._folders = sorted(map(_below, self._named))  # so that those in one folder stand together

    def leading(self, one: _Reads, paths: _Paths) -> str | None:
        """A changed path to which a text leads that the project reads, or one that such a text names; else None."""
        waiting, known = [one.folder, *one.further], {*one.further}
        while waiting:
            folder = waiting.pop()
            for path in self._below(folder, one if folder == one.folder else None):
                if self._owners.of(path) == one.name or _is_below_any(known, path):
                    continue
                around = path if os.path.isdir(path) else os.path.dirname(path)
                is_wide = any(is_within(around, other) for other in self._owners.folders)
                if not is_wide:  # otherwise other projects lie in it
                    known.add(around)
                    waiting.append(around)
                if found := paths.like(path) if is_wide else paths.within(around):
                    return found
        return None

    def _below(self, folder: str, of: _Reads | None) -> Iterator[str]:
        """The paths that texts in `folder` and below name; only those of one project, if one is given."""
        start = _below(folder)
        at = bisect_left(self._folders, start)
        while at < len(self._folders) and self._folders[at].startswith(start):
            around = self._folders[at].rstrip(os.sep)
            if of is None or self._owners.of(around) == of.name:
                yield from self._named[around]
            at += 1


def _add_readers_of_reached(reached: dict[str, str], reads: Sequence[_Reads]) -> None:
    """Add the projects that read what a reached one writes."""
    waiting = [one for one in reads if one.name in reached]
    while waiting:
        writer = waiting.pop()
        for one in reads:
            is_reader = any(is_within(path, folder) for path in writer.written for folder in one.further)
            if one.name not in reached and is_reader:
                reached[one.name] = reached[writer.name]
                waiting.append(one)
