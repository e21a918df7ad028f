"""Watching: build, then build again whenever something changes that decided the last build.

It knows nothing of what is up to date: events wake it, and the same `rebuild` is called that a single build is. Takes
that and a way to read the configuration; tells listeners of each build.
"""

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Final, Protocol, TypeAlias

from buildassets.compiler.cache.stamps import is_settled, signature
from buildassets.compiler.config.values import Config
from buildassets.compiler.events import Events, LimitError, Phase
from buildassets.compiler.events.git import git_lock, is_checkout_under_way
from buildassets.compiler.events.mounts import SilentMount, silent_mount
from buildassets.compiler.events.polling import Polling
from buildassets.compiler.model import PageTemplates
from buildassets.compiler.result import BuildResult
from buildassets.compiler.watched import Watched, watched
from buildassets.diagnostics import Diagnostic, warning
from buildassets.digest import digest_of_all
from buildassets.errors import ConfigError
from buildassets.manifest import Manifest

DEFAULT_POLL_SECONDS: Final = 0.5
_REST_SECONDS: Final = 0.005
_REST_OF_MANY_SECONDS: Final = 0.05  # a checkout or an install pauses between its files
_MANY: Final = 10
_REST_WHILE_WRITTEN_SECONDS: Final = 0.25  # a file that is open: its writer will close it, or takes its time
_REST_WHILE_GONE_SECONDS: Final = 0.03  # most of what goes comes back: it is how many editors save
_LONGEST_SECONDS: Final = 2.0

Rebuild: TypeAlias = Callable[[Config], BuildResult]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A build under watch.

    `previous` is the manifest of the release before, `changed` are the absolute paths of what woke the watch, none for
    the first build. `seconds` is the time from the first of these changes to the result. `is_same` says that the build
    found nothing new: neither another release nor another diagnostic.
    """

    config: Config
    result: BuildResult
    previous: Manifest | None
    changed: tuple[str, ...]
    seconds: float
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class Wake:
    """What woke the watch: the paths `changed`, which a build may have to look at, or something `of_templates`.

    The first of it happened `at` that time of `monotonic`; `of_names` says that some appeared or went.
    """

    changed: frozenset[str]
    at: float
    of_names: bool
    of_templates: bool = False


@dataclass(frozen=True, slots=True)
class PagesChanged:
    """Open pages are to be loaded again: of their templates those at the absolute paths `changed` are others.

    None are for the first time. `state` stands for what all say now, `seconds` is the time from the first change.
    """

    config: Config
    changed: tuple[str, ...]
    state: str
    seconds: float


class Listener(Protocol):
    """Whoever wants to know of each build: the terminal, the browser."""

    def start(self, config: Config) -> None:
        """The watch begins."""
        ...

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        """There was a build."""
        ...

    def pages_changed(self, pages: PagesChanged) -> None:
        """There are other pages, with the assets that there are. Is called once for those that there are at first."""
        ...

    def stop(self) -> None:
        """The watch ends; is called once for each `start`."""
        ...


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
            if wake.changed.intersection(self._config_files(self._config)):
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
        with _garbage_left() if 0 < len(wake.changed) <= _MANY else nullcontext():
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
        # Other files leave a trace in their folders when they go, which are among the paths.
        gone = {path for path in self._necessary() if os.path.dirname(path) in added and not os.path.exists(path)}
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


def started_events(poll_seconds: float | None, warn: Callable[[Diagnostic], None]) -> Events:
    """The best events that this system has; those that look every `poll_seconds` where that is given."""
    if poll_seconds is not None:
        return Polling(poll_seconds)
    try:
        if os.uname().sysname == "Linux":
            from buildassets.compiler.events.inotify import Inotify

            return Inotify()
        from buildassets.compiler.events.observer import Observed

        return Observed()
    except ImportError:
        warn(_too_old())
    except LimitError as limit:
        warn(limit_warning(limit))
    return Polling(DEFAULT_POLL_SECONDS)


_POLLS_NOTE: Final = f"looks at every file each {DEFAULT_POLL_SECONDS:g} seconds instead"


def limit_warning(limit: LimitError) -> Diagnostic:
    """What to tell a user whose system refuses to tell of more changes."""
    number = "" if limit.limit is None else f" of {limit.limit}"
    message = f"the system tells of no more changes: the limit{number} that `{limit.setting}` sets is reached"
    raised = max(524_288 if "watches" in limit.setting else 512, 2 * (limit.limit or 0))
    hint = f"run `sudo sysctl {limit.setting}={raised}` and start anew, or watch with `--poll`"
    return warning("watch/limit", message, notes=[_POLLS_NOTE], hint=hint)


def mount_warning(mount: SilentMount) -> Diagnostic:
    """What to tell a user whose files lie where others may change them and the system would not know."""
    message = f"the system does not tell of all changes on `{mount.path}`, which is mounted as `{mount.type}`"
    hint = "keep the project on a disk of this system, or say `--poll=SECONDS` to choose how often"
    return warning("watch/mount", message, notes=[_POLLS_NOTE], hint=hint)


def _too_old() -> Diagnostic:
    message = "this version of watchdog does not tell of changes as they are needed here"
    return warning("watch/watchdog", message, notes=[_POLLS_NOTE], hint='run `pip install "watchdog>=7.1,<8"`')


def next_wake(events: Events, looked_at: Watched, is_held: Callable[[], bool], known: Iterable[str] = ()) -> Wake:
    """The next changes that matter, once they and those that are `known`, of which nothing was told, are at rest.

    `is_held` says that a program is at work which has more to change.
    """
    phases = dict.fromkeys(known, Phase.UNDER_WAY)
    builds, pages = set(phases), set[str]()
    both = (builds, looked_at.matters), (pages, looked_at.changes_pages)
    of_names = bool(phases)

    def take(seconds: float | None) -> bool:
        nonlocal of_names
        is_any = False
        for change in events.wait(seconds):
            paths = [change.path] if change.path else looked_at.roots
            concerned = [one for one, is_concerned in both if is_concerned(change)]
            for one in concerned:
                one.update(paths)
            if concerned:
                phases.update(dict.fromkeys(paths, change.phase))
                of_names, is_any = of_names or change.of_names or not change.path, True
        return is_any

    while not phases:
        take(None)
    woken_at = now = monotonic()
    rest_at = now + _rest_seconds(phases, looked_at)
    while now < rest_at and (now < woken_at + _LONGEST_SECONDS or is_held()):
        if take(rest_at - now) or is_held():
            rest_at = monotonic() + _rest_seconds(phases, looked_at)
        now = monotonic()
    return Wake(frozenset(builds), woken_at, of_names, bool(pages))


def _rest_seconds(phases: Mapping[str, Phase], looked_at: Watched) -> float:
    """How long nothing may happen after these changes until all of them count as done."""
    if Phase.UNDER_WAY in phases.values():
        return _REST_WHILE_WRITTEN_SECONDS
    if len(phases) > _MANY:
        return _REST_OF_MANY_SECONDS
    is_gone = any(phase is Phase.GONE and path in looked_at.paths for path, phase in phases.items())
    return _REST_WHILE_GONE_SECONDS if is_gone else _REST_SECONDS
