"""Watches projects, all in one process: the one that the command line describes, or those of a workspace."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Any

from buildassets.cli.building.project_build import left_text, summary, timed
from buildassets.cli.building.workspace import cache_folder_of
from buildassets.cli.parse.compile_options import CompileOptions
from buildassets.cli.parse.options import refuse_options_of_one
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.grouped import error_count, way_around_missing
from buildassets.cli.show.output import Output, Passing, count_text, kept_from_stdout, seconds_text
from buildassets.cli.watching.beside import Beside, run_once
from buildassets.cli.watching.together import Together, exit_code_of_any, programs_of
from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.cache.folder import cache_to_build_with
from buildassets.compiler.cache.shared_work import SharedWork
from buildassets.compiler.config.file import candidates, working_directory
from buildassets.compiler.config.values import CacheSettings, Config, Mode
from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.kept import Kept
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.compiler.transform.engine_set import RunningEngines
from buildassets.compiler.watch.listener import Listener, Rebuilt, TemplatesChanged
from buildassets.compiler.watch.loop import Watch
from buildassets.compiler.watch.open_pages import OpenPages
from buildassets.compiler.watch.pages import PageTemplates, page_templates
from buildassets.compiler.watch.several import Members, WatchedProject, Watches
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, to_json
from buildassets.foundation.frozen import frozen, frozen_by_name, replace
from buildassets.manifest.model import Entry, Manifest
from buildassets.packages.lock import NAME as LOCK_NAME
from buildassets.work.jobs import threads
from buildassets.workspace.file import find_workspace
from buildassets.workspace.members import Project
from buildassets.workspace.outputs import Outputs

if TYPE_CHECKING:
    from concurrent.futures import Executor

_MOST_NAMES = 3


@frozen_by_name
class WatchOptions:
    """The options of a watch that hold for each project, by the names that the command line has for them.

    `poll` is in seconds; with a `port`, that is the port of the first project.
    """

    given: CompileOptions
    cache_dir: str | None
    poll: float | None
    port: int | None
    origins: tuple[str, ...]
    no_cache: bool
    cache_write: bool


def watch(options: WatchOptions, beside: Sequence[str], *, is_workspace: bool) -> int:
    """Watch until Ctrl-C; the exit code is that of a command next to the watch that ended it, else 0."""
    find = _of_workspace(options) if is_workspace else _alone(options)
    with ExitStack() as ends:
        executor = ends.enter_context(threads(options.given.jobs))
        # Processes are closed first: a thread that waits for one would otherwise not end.
        processes = ends.enter_context(closing(SharedProcesses()))
        return _WatchCommand(options, find, executor, processes, ends=ends).exit_code(beside)


class Rebuilding:
    """The function by which a watch builds: engines stay started, and remote caches that failed are not asked again."""

    def __init__(
        self,
        mode: Mode,
        cache_of: Callable[[Config], str | None],
        executor: "Executor | None",
        engines: RunningEngines,
        *,
        shared: SharedWork | None = None,
        cache_write: bool,
    ) -> None:
        self._mode = mode
        self._cache_of = cache_of
        self._executor = executor
        self._engines = engines
        self._shared = shared
        self._cache_write = cache_write
        self._kept = Kept()
        self._had_remote_faults = False  # then the remote cache is not waited for again

    def __call__(self, config: Config) -> BuildResult:
        """The result of a build, or of the last one where nothing has changed."""
        cache = self._cache_of(config)
        if self._had_remote_faults:
            config = replace(config, cache=CacheSettings())
        request = BuildRequest(
            config=config,
            mode=self._mode,
            executor=self._executor,
            cache=cache,
            cache_write=self._cache_write,
            engines=self._engines,
            shared=self._shared,
            kept=self._kept,
        )
        with kept_from_stdout():
            result = build_if_changed(request)
        self._had_remote_faults |= any(found.code.startswith("cache/") for found in result.diagnostics)
        return result


@frozen
class ProjectOutput:
    """Prints for `project` of a workspace as Output does: its name is before each line and around each document."""

    show: Output
    project: Project

    @property
    def as_json(self) -> bool:
        """Whether documents are printed, and no lines."""
        return self.show.as_json

    def document(self, *, ok: bool, diagnostics: Iterable[Diagnostic], document: Mapping[str, Any]) -> None:
        """See Output."""
        found = [to_json(diagnostic) for diagnostic in diagnostics]
        own = {"ok": ok, **document, "diagnostics": found}
        self.show.document(ok=ok, diagnostics=[], document={"projects": {self.project.name: own}})

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """See Output; places are relative to the workspace."""
        self.show.diagnostics(map(self.project.shown, diagnostics))

    def report(self, line: str) -> None:
        """See Output."""
        self.show.report(f"{self.project.name}: {line}")

    def detail(self, lines: Iterable[str]) -> None:
        """See Output."""
        self.show.detail(f"{self.project.name}: {line}" for line in lines)


@frozen
class _Project:
    """A project to watch; without a `name` it is the only one. `files` decide its configuration, valid or not."""

    name: str
    folder: str
    read_config: Callable[[], Config]
    config_files: Callable[[Config], Iterable[str]]
    cache_dir: str | None
    files: tuple[str, ...] = ()
    shown: Callable[[Output], Output | ProjectOutput] = lambda show: show

    def config(self) -> Config:
        """The present configuration; raises ConfigError, also for commands of `run` that are not there."""
        config = self.read_config()
        if config.run:
            programs_of(config)
        return config


@frozen
class _FoundProjects:
    """The projects to watch, and what decides which there are; see Members."""

    projects: Sequence[_Project]
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


class _WatchCommand:
    """Makes the watches of the projects that `find` finds, and runs them. `find` raises ConfigError."""

    def __init__(
        self,
        options: WatchOptions,
        find: Callable[[], _FoundProjects],
        executor: "Executor | None",
        processes: SharedProcesses,
        *,
        ends: ExitStack,
    ) -> None:
        self._options = options
        self._find = find
        self._executor = executor
        self._processes = processes
        self._ends = ends
        self._show = Output(options.given.as_json, options.given.verbose, options.given.quiet)
        self._terminal = Terminal(self._show)
        self._projects: dict[str, _Project] = {}
        self._shared = SharedWork()
        self._child: Beside | None = None
        self._commands: list[Beside | Together] = []

    def exit_code(self, beside: Sequence[str]) -> int:
        """Run until something ends it; the exit code is that of a command next to the watch that ended it, else 0."""
        if beside:
            as_json = self._options.given.as_json
            self._child = Beside(beside, stdout_is_ours=as_json, permission=permitted("watch"))
            self._commands.append(self._child)
        watches = Watches(self._members, self._faults, self._terminal.warn, self._options.poll)
        return exit_code_of_any(self._commands, watches.run)

    def _members(self) -> Members:
        """The projects that there are now; raises ConfigError."""
        found = self._find()
        self._projects = {project.name: project for project in found.projects}
        watches = {one.name: WatchedProject(partial(self._watch, one), one.folder, one.files) for one in found.projects}
        return Members(watches, found.files, found.folders)

    def _watch(self, project: _Project) -> Watch:
        options = self._options
        engines = self._ends.enter_context(closing(RunningEngines(self._processes)))
        shared = self._shared if project.name else None
        terminal = Terminal(project.shown(self._show), is_alone=not project.name and self._child is None)

        def cache_of(config: Config) -> str | None:
            return None if options.no_cache else cache_to_build_with(config, project.cache_dir)

        def read_config() -> "Config":
            config = project.config()
            cache_of(config)
            return config

        return Watch(
            read_config,
            project.config_files,
            Rebuilding(
                options.given.mode, cache_of, self._executor, engines, shared=shared, cache_write=options.cache_write
            ),
            lambda config: filter(None, (config.output, cache_of(config))),
            listeners=tuple(self._listeners(project, terminal)),
            templates=page_templates if options.given.mode == "development" else _no_pages,
        )

    def _listeners(self, project: _Project, terminal: "Terminal") -> Iterable[Listener]:
        names = sorted(self._projects)
        options = self._options
        if options.given.mode == "development":
            port = options.port and options.port + names.index(project.name)
            yield OpenPages(terminal.live_reload_started, terminal.warn, port=port, origins=options.origins)
        yield terminal
        prefix = f"{project.name} " if project.name else ""
        self._commands.append(together := Together(stdout_is_ours=options.given.as_json, prefix=prefix))
        yield together
        if self._child is not None and project.name == names[-1]:
            yield self._child

    def _faults(self, name: str | None, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Show the faults of the configuration of a project, or of the workspace; those of an only one are raised."""
        if name == "":
            raise ConfigError(diagnostics)
        show = self._show if name is None else self._projects[name].shown(self._show)
        show.diagnostics(diagnostics)
        show.document(ok=False, diagnostics=diagnostics, document={})


def _no_pages(_config: Config) -> PageTemplates:
    return PageTemplates()


def _alone(options: WatchOptions) -> Callable[[], _FoundProjects]:
    """Finds the project around the present working directory, which the command line describes."""
    folder = working_directory()
    reads = _Reads(options.given, folder)
    found = _FoundProjects(
        [_Project("", folder, read_config=reads.config, config_files=reads.config_files, cache_dir=options.cache_dir)]
    )
    return lambda: found


class _Reads:
    """Reads the configuration that is `given` in `folder`, and makes its plan again."""

    def __init__(self, given: CompileOptions, folder: str) -> None:
        self._given = given
        self._folder = folder
        self._is_planned = False

    def config(self) -> Config:
        """The present configuration; raises ConfigError."""
        try:
            os.chdir(self._folder)  # it may have been deleted and made again
        except OSError as fault:
            message = f"cannot read the working directory: {reason_text(fault)}"
            raise ConfigError([error("config/unreadable", message, Location(self._folder))]) from None
        config = self._given.config(permission=permitted("watch"))
        if config.plan is None or not config.plan.renew or not self._is_planned:
            self._is_planned = True  # the first plan was made by the program that started the watch
            return config
        run_once(config.plan.renew, permission=config.permission)
        return self._given.config(permission=permitted("watch"))

    def config_files(self, config: Config) -> Iterable[str]:
        """The files that decide the configuration: its own, others that would take precedence, the lock, and inputs."""
        further = [os.path.join(config.folder, LOCK_NAME), *(config.plan.inputs if config.plan else ()), *config.read]
        if self._given.config_file:
            return [os.path.join(self._folder, self._given.config_file), *further]
        return [*candidates(self._folder, config.file), *further]


def _of_workspace(options: WatchOptions) -> Callable[[], _FoundProjects]:
    """Finds the projects of the workspace around the present working directory."""
    refuse_options_of_one(options.given)
    start = working_directory()
    outputs = Outputs(())

    def find() -> _FoundProjects:
        os.chdir(start)
        workspace = find_workspace()
        outputs.has(workspace.projects)
        projects = [_member(project, options, outputs) for project in workspace.projects]
        # In these folders, a new name may be that of a project.
        folders = {workspace.folder, *(os.path.dirname(project.folder) for project in workspace.projects)}
        return _FoundProjects(projects, workspace.files, tuple(sorted(folders)))

    return find


def _member(project: Project, options: WatchOptions, outputs: Outputs) -> _Project:
    """A project of a workspace."""
    given = options.given
    files = (*candidates(project.folder, None), os.path.join(project.folder, LOCK_NAME))

    def config() -> Config:
        config = project.config(given.mode, given.url, permission=permitted("watch"))
        outputs.claim(project, config)
        return config

    return _Project(
        project.name,
        project.folder,
        read_config=config,
        config_files=lambda config: (*files, *config.read),
        cache_dir=cache_folder_of(project, options.cache_dir),
        files=files,
        shown=lambda show: ProjectOutput(show, project),
    )


class Terminal:
    """Prints one line for each build, and its errors below, which are erased once they are fixed.

    Without `is_alone` another program writes to the same terminal, so nothing is erased.
    """

    def __init__(self, show: Output | ProjectOutput, *, is_alone: bool = True) -> None:
        self._show = show
        self._is_alone = is_alone
        self._errors = Passing()
        self._last: tuple[Diagnostic, ...] = ()

    def start(self, config: Config) -> None:
        """See Listener."""
        self._is_alone = self._is_alone and not config.run

    def stop(self) -> None:
        """See Listener."""

    def warn(self, diagnostic: Diagnostic) -> None:
        """Report a fault of the watch itself."""
        self._show.diagnostics([diagnostic])
        self._show.document(ok=True, diagnostics=[diagnostic], document={})

    def live_reload_started(self, url: str) -> None:
        """Print the URL that open pages listen to."""
        self._show.report(f"live reload for open pages at {url}")

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        """See Listener."""
        if rebuilt.is_same and rebuilt.result.succeeded:
            self._show.detail([f"{_changed_text(rebuilt)}: nothing to do, {seconds_text(rebuilt.seconds)}"])
            return
        if self._is_alone:
            self._errors.clear()
        before, self._last = self._last, rebuilt.result.diagnostics
        if self._last != before:
            shown = frozenset(before)
            self._show.diagnostics(one for one in self._last if not one.is_error and one not in shown)
        errors = [diagnostic for diagnostic in self._last if diagnostic.is_error]
        was_wrong = any(diagnostic.is_error for diagnostic in before)
        self._show.report(_line(rebuilt, was_wrong=was_wrong))
        self._show.detail(reasons(rebuilt))
        if not self._show.as_json:
            (self._errors.show if self._is_alone else self._show.diagnostics)(errors)
        self._show.document(ok=not errors, diagnostics=self._last, document=_document(rebuilt))

    def templates_changed(self, pages: TemplatesChanged) -> None:
        """See Listener."""
        if not pages.changed:
            return
        took = seconds_text(pages.seconds)
        self._show.report(f"{_changed_text(pages)}: open pages are loaded again, {took}")
        errors = [diagnostic for diagnostic in self._last if diagnostic.is_error]
        self._show.document(ok=not errors, diagnostics=self._last, document=_page_document(pages))


def _page_document(pages: TemplatesChanged) -> dict[str, object]:
    """The form of `_document` for a change that affects pages and no assets."""
    changed = [pages.config.shown(path) for path in pages.changed]
    output = pages.config.shown(pages.config.output)
    nothing: dict[str, object] = {"assets": {}, "removed": [], "written": []}
    return {"changed": changed, "output": output, **nothing, "seconds": round(pages.seconds, 6)}


def _line(rebuilt: Rebuilt, *, was_wrong: bool) -> str:
    """One line on a build: what changed, what was built, and how long it took."""
    took = seconds_text(rebuilt.seconds)
    subject = f"{_changed_text(rebuilt, _by_meaning(rebuilt))}: " if rebuilt.changed else ""
    errors = error_count(rebuilt.result.diagnostics)
    done = _built_text(rebuilt) or _written_text(rebuilt)
    if rebuilt.result.manifest is None or (errors and not done):
        around = way_around_missing(rebuilt.result.diagnostics)
        return f"{subject}failed with {count_text(errors, 'error')}, {took}; {left_text(rebuilt.config)}{around}"
    fixed = "fixed, " if was_wrong and not errors else ""
    if not rebuilt.changed:
        return f"{fixed}{timed(rebuilt.result, summary(rebuilt.result, rebuilt.config), rebuilt.seconds)}"
    by_last = "; the last good configuration is in use" if errors else ""  # else there is an error and no manifest
    return f"{subject}{fixed}{done or 'the release is as it was'}, {took}{by_last}"


def _by_meaning(rebuilt: Rebuilt) -> list[str]:
    """The changed paths; first those that the build is about: inputs of what was built, and files with diagnostics."""
    faulty = {found.location.file for found in rebuilt.result.diagnostics if found.location}
    assets = rebuilt.result.manifest.assets if rebuilt.result.manifest else {}
    inputs = {name for path in differences(rebuilt)[0] if path in assets for name in assets[path].inputs}
    config = rebuilt.config
    return sorted(
        rebuilt.changed,
        key=lambda path: (config.input_name(path) not in inputs and config.shown(path) not in faulty, path),
    )


def _changed_text(rebuilt: Rebuilt | TemplatesChanged, changed: Sequence[str] | None = None) -> str:
    """The first changed file, and the number of others."""
    if not rebuilt.changed:
        return "at the start"
    names = [rebuilt.config.shown(path) or "everything" for path in changed or rebuilt.changed]
    rest = f" and {count_text(len(names) - 1, 'other')}" if len(names) > 1 else ""
    return names[0] + rest


def _built_text(rebuilt: Rebuilt) -> str:
    """The built and removed assets, as a text; empty if nothing changed."""
    built, gone = differences(rebuilt)
    parts = []
    if built:
        parts.append("built " + (", ".join(built) if len(built) <= _MOST_NAMES else count_text(len(built), "asset")))
    if gone:
        parts.append("removed " + (", ".join(gone) if len(gone) <= _MOST_NAMES else count_text(len(gone), "asset")))
    return ", ".join(parts)


def _written_text(rebuilt: Rebuilt) -> str:
    """The files that were written, though all assets are as they were: the manifest, or files that were deleted."""
    written = rebuilt.result.written
    return f"wrote {written[0] if len(written) == 1 else count_text(len(written), 'file')}" if written else ""


def differences(rebuilt: Rebuilt) -> tuple[list[str], list[str]]:
    """The assets that are new or have a new fingerprint, and those that were removed; both sorted."""
    before = rebuilt.previous.assets if rebuilt.previous else {}
    now = rebuilt.result.manifest.assets if rebuilt.result.manifest else before
    built = [path for path, entry in now.items() if path not in before or before[path].file != entry.file]
    return sorted(built), sorted(before.keys() - now.keys())


def reasons(rebuilt: Rebuilt) -> Iterator[str]:
    """A line for each asset that was built, with the reason."""
    if rebuilt.result.manifest is None or rebuilt.previous is None:
        return
    changed = {rebuilt.config.input_name(path) for path in rebuilt.changed}
    built, _ = differences(rebuilt)
    for path in built:
        entry = rebuilt.result.manifest.assets[path]
        yield f"  {path}: {_reason(entry, path, changed, set(built), before=rebuilt.previous)}"


def _reason(entry: Entry, path: str, changed: set[str], built: set[str], *, before: Manifest) -> str:
    if path not in before.assets:
        return "it is new"
    if inputs := sorted(changed.intersection(entry.inputs)):
        return f"`{inputs[0]}` changed"
    if references := sorted(built.intersection(entry.references) - {path}):
        return f"it refers to `{references[0]}`, which has another name"
    return "its content changed"


def _document(rebuilt: Rebuilt) -> dict[str, object]:
    built, gone = differences(rebuilt)
    assets = rebuilt.result.manifest.assets if rebuilt.result.manifest else {}
    return {
        "changed": [rebuilt.config.shown(path) for path in rebuilt.changed],
        "output": rebuilt.config.shown(rebuilt.config.output),
        "assets": {path: assets[path].file for path in built if path in assets},
        "removed": gone,
        "written": list(rebuilt.result.written),
        "seconds": round(rebuilt.seconds, 6),
    }
