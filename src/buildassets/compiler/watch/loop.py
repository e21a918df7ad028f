"""Watching: build, then build again whenever something changes that decided the last build.

It knows nothing of what is up to date: events wake it, and the same `rebuild` is called that a single build is. Takes
that and a way to read the configuration; tells listeners of each build.
"""

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from time import monotonic

from buildassets.compiler.cache.stamps import is_settled, signature
from buildassets.compiler.config.values import Config
from buildassets.compiler.result import BuildResult
from buildassets.compiler.watch.events.best import DEFAULT_POLL_SECONDS, limit_warning, mount_warning, started_events
from buildassets.compiler.watch.events.git import git_lock, is_checkout_under_way
from buildassets.compiler.watch.events.mounts import silent_mount
from buildassets.compiler.watch.events.polling import Polling
from buildassets.compiler.watch.events.protocol import LimitError
from buildassets.compiler.watch.listener import Listener, PagesChanged, Rebuild, Rebuilt
from buildassets.compiler.watch.pages import PageTemplates
from buildassets.compiler.watch.relevance import Watched, watched
from buildassets.compiler.watch.rest import MANY, Wake, next_wake
from buildassets.diagnostics import Diagnostic
from buildassets.digest import digest_of_all
from buildassets.errors import ConfigError
from buildassets.manifest import Manifest


class Watch:
    """One watch: `run` goes on until something is raised, as by Ctrl-C.

    `read_config` raises ConfigError; `config_files` are those whose change asks for it to be read again. A build writes
    only below the folders that `ours` gives for a configuration. `warn` is told what the user should know of the watch
    itself. `poll_seconds` asks to look that often instead of being told. `templates` gives those whose pages are open.
    """

    def __init__(
        self,
        read_config: Callable[[], Config],
        config_files: Callable[[Config], Iterable[str]],
        rebuild: Rebuild,
        ours: Callable[[Config], Iterable[str]],
        listeners: Sequence[Listener] = (),
        warn: Callable[[Diagnostic], None] = lambda _: None,
        poll_seconds: float | None = None,
        templates: Callable[[Config], PageTemplates] = lambda _: PageTemplates(),
    ) -> None:
        self._read_config = read_config
        self._config_files = config_files
        self._rebuild = rebuild
        self._ours = ours
        self._listeners = listeners
        self._warn = warn
        self._poll_seconds = poll_seconds
        self._templates = templates
        self._pages: PageTemplates | None = None
        self._config_faults: tuple[Diagnostic, ...] = ()
        self._watched = Watched()
        self._manifest: Manifest | None = None
        self._last: BuildResult | None = None
        self._inputs: frozenset[str] = frozenset()
        self._covered_for: tuple[object, ...] = ()
        self._covered_config: Config | None = None

    def run(self) -> None:
        """Build, and build again on each change. Raises ConfigError where not even the first configuration is good."""
        self._config = self._read_config()
        self._events = started_events(self._poll_seconds, self._warn)
        try:
            for listener in self._listeners:
                listener.start(self._config)
            self._go_on()
        finally:
            self._events.close()
            for listener in reversed(self._listeners):
                listener.stop()

    def _go_on(self) -> None:
        is_held = partial(is_checkout_under_way, git_lock(self._config.folder))
        wake = Wake(frozenset(), monotonic(), of_names=True)
        while True:
            began_ns = time.time_ns()
            concerns_pages = wake.of_templates or wake.of_names or self._config != self._covered_config
            pages = self._templates(self._config) if self._pages is None or concerns_pages else self._pages
            if self._last is None or wake.changed:
                self._build(wake)
            missed = self._cover(began_ns, wake, pages)
            self._show(pages, wake)
            if concerns_pages:
                now = self._templates(self._config)  # some may have come before their folders were covered
                missed |= _other_templates(pages, now).union(frozenset(now.folders).difference(pages.folders))
            wake = next_wake(self._events, self._watched, is_held, missed)
            touched = wake.changed.union(map(os.path.dirname, wake.changed))  # what a glob of the configuration lists
            if touched.intersection(self._config_files(self._config)):
                self._configure()

    def _configure(self) -> None:
        """Read the configuration again; where it is no good, the one before stays."""
        try:
            self._config = self._read_config()
        except ConfigError as failure:
            self._config_faults = failure.diagnostics
        else:
            self._config_faults = ()

    def _build(self, wake: Wake) -> None:
        with _garbage_left() if 0 < len(wake.changed) <= MANY else nullcontext():
            built = self._rebuild(self._config)
        result = replace(built, diagnostics=(*self._config_faults, *built.diagnostics))
        last, self._last = self._last, result
        is_same = last is not None and (last.succeeded, last.diagnostics) == (result.succeeded, result.diagnostics)
        seconds = monotonic() - wake.at
        is_same = is_same and not result.written
        rebuilt = Rebuilt(self._config, result, self._manifest, tuple(sorted(wake.changed)), seconds, is_same)
        if result.manifest is not None:
            self._manifest = result.manifest
        for listener in self._listeners:
            listener.rebuilt(rebuilt)

    def _show(self, pages: PageTemplates, wake: Wake) -> None:
        """Tell of `pages` if their templates are others than before."""
        is_first = self._pages is None
        before, self._pages = self._pages or PageTemplates(), pages
        others = _other_templates(before, pages)
        if not others:
            return
        changed = () if is_first else tuple(sorted(others))
        state = digest_of_all(f"{path}\0{found}" for path, found in sorted(pages.digests.items()))
        for listener in self._listeners:
            listener.pages_changed(PagesChanged(self._config, changed, state, monotonic() - wake.at))

    def _cover(self, began_ns: int, wake: Wake, pages: PageTemplates) -> frozenset[str]:
        """Cover all that decided the last build, and the templates of `pages`.

        Gives what may have changed unseen since the build began, at `began_ns`.
        """
        assert self._last is not None
        covered_for = (self._last.succeeded, self._last.inputs, self._config)
        if covered_for == self._covered_for and not wake.of_names:
            return frozenset()
        self._covered_for = covered_for
        self._covered_config = self._config
        inputs = frozenset(self._last.inputs)
        if self._last.succeeded:
            self._inputs = inputs
        else:
            inputs |= self._inputs  # it may not have got to all of them
        roots = [root.path for root in self._config.sources if not root.npm]
        config_files = frozenset(self._config_files(self._config))
        # A folder that is somebody's working directory does not tell that it was deleted: the one around it does.
        homes = map(os.path.dirname, config_files)
        self._watched = watched(inputs | config_files, roots, self._ours(self._config), homes, pages.folders)
        added = self._told_of(self._watched.folders)
        missed = {path for path in self._watched.paths_in(added) if _may_be_newer(path, began_ns)}
        # Other files leave a trace in their folders when they go, which are among the paths. With what a build has used
        # its folder may have gone, which is not covered then.
        may_be_gone = (path for path in self._necessary() if self._last.succeeded or os.path.dirname(path) in added)
        gone = {path for path in may_be_gone if not os.path.exists(path)}
        return frozenset(missed | gone)

    def _necessary(self) -> Iterable[str]:
        """The paths without which there is no build, and the one that there is now."""
        assert self._last is not None
        output = self._config.output if self._last.succeeded else None
        return filter(None, (self._config.file, output, *(root.path for root in self._config.sources)))

    def _told_of(self, folders: frozenset[str]) -> frozenset[str]:
        """Cover `folders`, if need be by looking at them from now on; gives those that were not covered before."""
        if not isinstance(self._events, Polling) and (mount := silent_mount(folders)):
            self._look_instead(mount_warning(mount))
        try:
            return self._events.cover(folders)
        except LimitError as limit:
            self._look_instead(limit_warning(limit))
            return self._events.cover(folders)

    def _look_instead(self, why: Diagnostic) -> None:
        """Find changes by looking at all that is to be covered."""
        self._events.close()
        self._events = Polling(DEFAULT_POLL_SECONDS)
        self._warn(why)


def _other_templates(before: PageTemplates, after: PageTemplates) -> frozenset[str]:
    """The paths of those that changed, came or went."""
    return frozenset(path for path, _ in before.digests.items() ^ after.digests.items())


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Collect no garbage meanwhile: that takes a tenth of a rebuild's time, and can be done when nobody waits."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _may_be_newer(path: str, began_ns: int) -> bool:
    """Whether what is at `path`, or in that folder, may have come there since `began_ns`."""
    seen = signature(path)
    return seen is not None and not is_settled(seen, began_ns)
