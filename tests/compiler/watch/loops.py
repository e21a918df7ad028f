"""A watch in a thread of this process, on real files and events, and what it reports of each build."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import pytest

from buildassets.cli.watching.projects import Rebuilding, differences
from buildassets.compiler.config.file import candidates
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.result import BuildResult
from buildassets.compiler.transform.engine_set import RunningEngines
from buildassets.compiler.watch.listener import Rebuilt, TemplatesChanged
from buildassets.compiler.watch.loop import Watch
from buildassets.compiler.watch.pages import page_templates
from buildassets.compiler.watch.several import Members, WatchedProject, Watches
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import field, frozen
from tests.building import load_config
from tests.conftest import PATIENCE_SECONDS, settle

MARKER = "buildassets.toml"  # is appended to, to see what was reported before that


@frozen
class Report:
    """A build, or a change of pages: the paths that `changed`, and what that did to the release in `output`.

    `assets` are those built: logical path → name of the file.
    """

    changed: list[str]
    output: str
    ok: bool = True
    assets: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    written: tuple[str, ...] = ()
    codes: list[str] = field(default_factory=list)
    is_same: bool = False


class EndedError(Exception):
    """The test ends the watch."""


class Loop:
    """A watch of the project in `folder`.

    `warnings` are those about the watch itself, `last` is the result of the last build.
    """

    def __init__(self, folder: Path, poll_seconds: float | None, engines: RunningEngines) -> None:
        self.folder = folder
        self.warnings: list[Diagnostic] = []
        self.last: BuildResult | None = None
        self._reports: SimpleQueue[Report | BaseException] = SimpleQueue()
        self._is_ending = False
        watch = partial(
            Watch,
            self._config,
            lambda config: candidates(str(folder), config.file),
            Rebuilding("development", _cache_of, None, engines, cache_write=True),
            lambda config: (config.output, _cache_of(config)),
            listeners=[self],
            templates=page_templates,
        )
        members = Members({"": WatchedProject(watch, str(folder), ())}, (), ())
        watches = Watches(lambda: members, _raise, self.warnings.append, poll_seconds)
        self._thread = Thread(target=self._run, args=[watches], daemon=True)
        self._thread.start()

    def _config(self) -> Config:
        if self._is_ending:
            raise EndedError
        return load_config(start=str(self.folder))

    def _run(self, watches: Watches) -> None:
        try:
            watches.run()
        except BaseException as why:
            self._reports.put(why)

    def start(self, config: Config) -> None:
        """See Listener."""

    def stop(self) -> None:
        """See Listener."""

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        """See Listener."""
        self.last = result = rebuilt.result
        config = rebuilt.config
        built, removed = differences(rebuilt)
        assets = result.manifest.assets if result.manifest else {}
        report = Report(
            list(map(config.shown, rebuilt.changed)),
            config.output,
            not any(found.is_error for found in result.diagnostics),
            {path: assets[path].file for path in built if path in assets},
            removed,
            result.written,
            [found.code for found in result.diagnostics],
            rebuilt.is_same and result.succeeded,
        )
        self._reports.put(report)

    def templates_changed(self, pages: TemplatesChanged) -> None:
        """See Listener."""
        if pages.changed:
            self._reports.put(Report(list(map(pages.config.shown, pages.changed)), pages.config.output))

    def next(self) -> Report:
        """Return the next report that the program prints: not of a build that changed nothing."""
        while (report := self._next()).is_same:
            pass
        return report

    def _next(self) -> Report:
        try:
            report = self._reports.get(timeout=PATIENCE_SECONDS)
        except Empty:
            pytest.fail("the watch reports no build")
        if isinstance(report, BaseException):
            raise report
        return report

    def next_released(self, path: str, content: bytes) -> int:
        """Wait until `content` is released at `path`, and for the end of what comes with it; return how many builds."""
        builds = 1
        while content != self._content(self.next(), path):
            builds += 1
        for report in self.rest():
            builds += 1
            assert self._content(report, path) in (None, content)
        return builds

    def _content(self, report: Report, path: str) -> bytes | None:
        """The content of the asset at `path` that a build has released, and none since has removed."""
        try:
            return Path(report.output, "assets", report.assets[path]).read_bytes()
        except (KeyError, FileNotFoundError):
            return None

    def rest(self) -> list[Report]:
        """Return what is reported of everything up to now, apart from builds that change nothing.

        A change of pages is reported after the build of the same wake: a second marker shows that none follows.
        """
        reports = [*self._before_marker(), *self._before_marker()]
        return [report for report in reports if not report.is_same]

    def no_more(self) -> None:
        """Assert that nothing up to now has led to a build that changes anything, or to a change of pages."""
        if reports := self.rest():
            pytest.fail(f"the watch reports more builds: {reports}")

    def _before_marker(self) -> Iterator[Report]:
        self._mark()
        while (report := self._next()).changed != [MARKER]:
            yield report
            if MARKER in report.changed:
                return

    def _mark(self) -> None:
        with (self.folder / MARKER).open("a") as file:
            file.write("#\n")

    def end(self) -> None:
        """End the watch."""
        self._is_ending = True
        os.makedirs(self.folder, exist_ok=True)
        self._mark()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


def _raise(_name: str | None, diagnostics: tuple[Diagnostic, ...]) -> None:
    raise ConfigError(diagnostics)


def _cache_of(config: Config) -> str:
    return os.path.join(config.folder, ".buildassets")


@contextmanager
def looping(
    folder: Path, poll_seconds: float | None = None, processes: SharedProcesses | None = None
) -> Iterator[Loop]:
    """Watch the project in `folder` until the block ends, with engines whose processes may outlive it.

    Its files settle first: those that may have changed during the first build would cause a second one.
    """
    settle()
    with closing(RunningEngines(processes)) as engines:
        loop = Loop(folder, poll_seconds, engines)
        try:
            yield loop
        finally:
            loop.end()
