"""Watching one project: build, then build again whenever an input of the last build changes.

It does not decide what is up to date: on each event it calls the `rebuild` that it is given, which ends in
`build_if_changed`, as a single build does. Takes a function that reads the configuration, too; reports each build to
listeners.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack, nullcontext
from time import monotonic
from typing import Final

from buildassets.compiler.cache.stamps import is_settled, signature
from buildassets.compiler.config.values import Config
from buildassets.compiler.result import BuildResult
from buildassets.compiler.watch.listener import Listener, Rebuild, Rebuilt, TemplatesChanged
from buildassets.compiler.watch.pages import PageTemplates
from buildassets.compiler.watch.relevance import WatchedPaths, watched
from buildassets.compiler.watch.rest import MANY, Wake
from buildassets.disk.plain_files import plain
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.digest import digest_of_all
from buildassets.foundation.frozen import replace
from buildassets.manifest.model import Manifest
from buildassets.work.jobs import paused_collector

_LONGEST_CHECKOUT_SECONDS: Final = 10.0  # a lock held longer is left by a crash, or somebody writes a commit message


class Watch:
    """The watch of one project, which Watches lets have its turn.

    `read_config` raises ConfigError; it is called again when one of `config_files` changes. `ours` gives the folders
    below which a build writes. `templates` gives the templates of open pages.
    """

    def __init__(
        self,
        read_config: Callable[[], Config],
        config_files: Callable[[Config], Iterable[str]],
        rebuild: Rebuild,
        ours: Callable[[Config], Iterable[str]],
        *,
        listeners: Sequence[Listener] = (),
        templates: Callable[[Config], PageTemplates] = lambda _: PageTemplates(),
    ) -> None:
        self._read_config = read_config
        self._config_files = config_files
        self._rebuild = rebuild
        self._ours = ours
        self._listeners = listeners
        self._templates = templates
        self._pages: PageTemplates | None = None
        self._config_faults: tuple[Diagnostic, ...] = ()
        self._may_correct: frozenset[str] = frozenset()  # paths that may make an invalid configuration valid
        self.looked_at = WatchedPaths()
        self._git_lock: str | None = None
        self._cover_folders: Callable[[frozenset[str]], frozenset[str]] = lambda folders: folders
        self._manifest: Manifest | None = None
        self._last: BuildResult | None = None
        self._inputs: frozenset[str] = frozenset()
        self._outputs: tuple[str, ...] = ()
        self._covered_for: tuple[object, ...] = ()  # the state of the build for which folders were last covered
        self._covered_config: Config | None = None  # the configuration of that build

    def read(self) -> None:
        """Read the configuration. Raises ConfigError."""
        self._config = self._read_config()

    def start(self, cover: Callable[[frozenset[str]], frozenset[str]]) -> None:
        """Start the listeners. `cover` is that of the events that will wake this watch."""
        self._cover_folders = cover
        self._git_lock = git_lock(self._config.folder)
        for listener in self._listeners:
            listener.start(self._config)

    def stop(self) -> None:
        """Stop the listeners."""
        with ExitStack() as stack:  # each is stopped, also where the end of another fails or is interrupted
            for listener in self._listeners:
                stack.callback(listener.stop)

    def is_held(self) -> bool:
        """Whether git is in the middle of a checkout."""
        return is_checkout_under_way(self._git_lock)

    def turn(self, wake: Wake) -> frozenset[str]:
        """Build if `wake` needs it, and cover what decided the build. Returns paths that may have changed unseen."""
        touched = wake.changed.union(map(os.path.dirname, wake.changed))  # what a glob of the configuration lists
        files = self._deciding_files()
        if touched.intersection(files) or wake.changed.intersection(map(os.path.dirname, files)):
            self._configure()
        began_ns = time.time_ns()
        concerns_pages = wake.of_templates or wake.of_names or self._config != self._covered_config
        pages = self._templates(self._config) if self._pages is None or concerns_pages else self._pages
        if self._last is None or wake.changed:
            self._build(wake)
        missed = self._cover(began_ns, wake, pages)
        self._show(pages, wake)
        if concerns_pages:
            now = self._templates(self._config)  # some may have appeared before their folders were covered
            missed |= _changed_templates(pages, now).union(frozenset(now.folders).difference(pages.folders))
        return missed

    def _configure(self) -> None:
        """Read the configuration again. An invalid one is reported, and the one before stays in use."""
        try:
            self._config = self._read_config()
        except ConfigError as failure:
            self._config_faults, self._may_correct = failure.diagnostics, failure.looked_at
        else:
            self._config_faults, self._may_correct = (), frozenset()

    def _deciding_files(self) -> frozenset[str]:
        """The paths that decide the configuration: of the one in use, and of one that is invalid."""
        return self._may_correct.union(self._config_files(self._config))

    def _build(self, wake: Wake) -> None:
        with paused_collector() if 0 < len(wake.changed) <= MANY else nullcontext():
            built = self._rebuild(self._config)
        result = replace(built, diagnostics=(*self._config_faults, *built.diagnostics))
        last, self._last = self._last, result
        is_same = last is not None and (last.succeeded, last.diagnostics) == (result.succeeded, result.diagnostics)
        seconds = monotonic() - wake.at
        is_same = is_same and not result.written
        rebuilt = Rebuilt(
            self._config,
            result,
            previous=self._manifest,
            changed=tuple(sorted(wake.changed)),
            seconds=seconds,
            is_same=is_same,
        )
        if result.manifest is not None:
            self._manifest = result.manifest
        for listener in self._listeners:
            listener.rebuilt(rebuilt)

    def _show(self, pages: PageTemplates, wake: Wake) -> None:
        """Report `pages` to the listeners if their templates changed."""
        is_first = self._pages is None
        before, self._pages = self._pages or PageTemplates(), pages
        differing = _changed_templates(before, pages)
        if not differing:
            return
        changed = () if is_first else tuple(sorted(differing))
        state = digest_of_all(f"{path}\0{digest}" for path, digest in sorted(pages.digests.items()))
        for listener in self._listeners:
            listener.templates_changed(TemplatesChanged(self._config, changed, state, monotonic() - wake.at))

    def _cover(self, began_ns: int, wake: Wake, pages: PageTemplates) -> frozenset[str]:
        """Watch the inputs of the last build, and the templates of `pages`.

        Returns the paths that may have changed unseen since the build began at `began_ns`.
        """
        assert self._last is not None
        covered_for = (self._last.succeeded, self._last.inputs, self._config, self._may_correct)
        if self._last.succeeded:
            self._outputs = self._last.outputs
        if covered_for == self._covered_for and not wake.of_names:
            self.looked_at = self.looked_at.with_release(self._outputs)
            return self._removed_from(self._cover_folders(self.looked_at.covered))
        self._covered_for = covered_for
        self._covered_config = self._config
        inputs = frozenset(self._last.inputs)
        if self._last.succeeded:
            self._inputs = inputs
        else:
            inputs |= self._inputs  # a failed build may not have read all of them
        roots = [root.path for root in self._config.sources if not root.npm]
        config_files = self._deciding_files()
        # No event reports the deletion of a folder that is a process's working directory: its parent's events do.
        homes = map(os.path.dirname, config_files)
        looked_at = watched(inputs | config_files, roots, self._ours(self._config), homes, templates=pages.folders)
        self.looked_at = looked_at.with_release(self._outputs)
        added = self._cover_folders(self.looked_at.covered)
        missed = {path for path in self.looked_at.paths_in(added) if may_be_newer(path, began_ns)}
        # Files that go usually change the time of their folder, which is among the paths. But the folder of what the
        # build used may have gone, too: it is not covered then.
        may_be_gone = (path for path in self._necessary() if self._last.succeeded or os.path.dirname(path) in added)
        gone = {path for path in may_be_gone if not os.path.exists(path)}
        return frozenset(missed | gone | self._removed_from(added))

    def _removed_from(self, folders: Collection[str]) -> frozenset[str]:
        """The files of the release that were in one of `folders` and that something has removed."""
        if not folders:
            return frozenset()
        outputs = (path for path in self._outputs if os.path.dirname(path) in folders)
        return frozenset(path for path in outputs if not os.path.lexists(path))

    def _necessary(self) -> Iterable[str]:
        """The paths that a build needs (configuration, source roots), and its release directory."""
        assert self._last is not None
        output = self._config.output if self._last.succeeded else None
        return filter(None, (self._config.file, output, *(root.path for root in self._config.sources)))


def _changed_templates(before: PageTemplates, after: PageTemplates) -> frozenset[str]:
    """The paths of templates that changed, appeared or went."""
    return frozenset(path for path, _ in before.digests.items() ^ after.digests.items())


def may_be_newer(path: str, began_ns: int) -> bool:
    """Whether the file `path`, or the names in the folder `path`, may have changed since `began_ns`."""
    seen = signature(path)
    return seen is not None and not is_settled(seen, began_ns)


def git_lock(folder: str) -> str | None:
    """The path of the lock of the working tree around the absolute `folder`, None outside of working trees.

    See gitrepository-layout(5).
    """
    while True:
        path = os.path.join(folder, ".git")
        if os.path.isdir(path):
            return os.path.join(path, "index.lock")
        if os.path.isfile(path):
            return _lock_elsewhere(path)
        if folder == (folder := os.path.dirname(folder)):
            return None


def is_checkout_under_way(lock: str | None) -> bool:
    """Whether git holds `lock`, and has not held it for longer than a checkout takes."""
    if lock is None:
        return False
    try:
        return time.time() - os.stat(lock).st_mtime < _LONGEST_CHECKOUT_SECONDS
    except OSError:
        return False


def _lock_elsewhere(path: str) -> str | None:
    """The lock of a linked working tree or a submodule, whose `.git` file names the folder."""
    try:
        with open(plain(path), encoding="utf-8", errors="surrogateescape") as file:
            key, _, folder = file.read().strip().partition(": ")
    except OSError:
        return None
    return os.path.join(os.path.dirname(path), folder, "index.lock") if key == "gitdir" else None
