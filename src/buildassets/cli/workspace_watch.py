"""`buildassets watch --workspace`: watches the projects of a workspace, all in one process."""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING

from buildassets.cli.compile_options import CompileOptions
from buildassets.cli.options import refuse_options_of_one
from buildassets.cli.output import Output
from buildassets.cli.permissions import permitted
from buildassets.cli.together import Together, exit_code_of_any, programs_of
from buildassets.cli.watch import Rebuilding, Terminal
from buildassets.cli.workspace import Means
from buildassets.cli.workspace_output import ProjectOutput
from buildassets.compiler.cache.shared_work import SharedWork
from buildassets.compiler.config.file import candidates, working_directory
from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.transform.engine_set import RunningEngines
from buildassets.compiler.watch.listener import Listener
from buildassets.compiler.watch.loop import Watch
from buildassets.compiler.watch.open_pages import OpenPages
from buildassets.compiler.watch.pages import PageTemplates, page_templates
from buildassets.compiler.watch.several import Member, Members, Watches
from buildassets.diagnostics import Diagnostic
from buildassets.frozen import frozen
from buildassets.jobs import threads
from buildassets.packages.lock import NAME as LOCK_NAME
from buildassets.workspace.file import find_workspace
from buildassets.workspace.outputs import Outputs
from buildassets.workspace.project import Project

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from buildassets.compiler.config.values import Config
    from buildassets.workspace.file import Workspace


@frozen
class Watching:
    """The options of a watch that hold for each project; with a `port`, that of the first one."""

    given: CompileOptions
    cache_dir: str | None = None
    uses_cache: bool = True
    cache_write: bool = False
    poll_seconds: float | None = None
    port: int | None = None
    origins: tuple[str, ...] = ()


def watch_workspace(options: Watching, beside: Sequence[str]) -> int:
    """Watch all projects until Ctrl-C; the exit code is that of a command beside the watch that ended it, else 0."""
    refuse_options_of_one(options.given)
    with ExitStack() as ends:
        executor = ends.enter_context(threads(options.given.jobs))
        # Processes are closed first: a thread that waits for one would otherwise not end.
        processes = ends.enter_context(closing(SharedProcesses()))
        watches = _Watches(options, executor, processes, ends, is_alone=not beside)
        return watches.exit_code(beside)


class _Watches:
    """Makes the watches of projects, and runs them."""

    def __init__(
        self,
        options: Watching,
        executor: "Executor | None",
        processes: SharedProcesses,
        ends: ExitStack,
        *,
        is_alone: bool,
    ) -> None:
        self._options = options
        self._executor = executor
        self._processes = processes
        self._ends = ends
        self._is_alone = is_alone
        self._start = working_directory()
        self._shared = SharedWork()
        self._show = Output(options.given.as_json, options.given.verbose, options.given.quiet)
        self._projects: dict[str, Project] = {}
        self._outputs = Outputs(())
        self._listener: Listener | None = None  # for the last project: the command beside the watch
        self._togethers: list[Together] = []

    def exit_code(self, beside: Sequence[str]) -> int:
        """Run until something ends it."""
        run = Watches(self._members, self._faults, self._warn, self._options.poll_seconds).run
        if not beside:
            return exit_code_of_any(self._togethers, run)
        from buildassets.cli.beside import Beside

        self._listener = child = Beside(
            beside, stdout_is_ours=self._options.given.as_json, permission=permitted("watch")
        )

        def run_with_all() -> None:
            if code := exit_code_of_any(self._togethers, run):
                raise SystemExit(code)

        return child.exit_code_of(run_with_all)

    def _members(self) -> Members:
        """The projects that there are now; raises ConfigError."""
        os.chdir(self._start)
        workspace = find_workspace()
        self._projects = {project.name: project for project in workspace.projects}
        self._outputs.has(workspace.projects)
        watches = {name: self._member(project) for name, project in self._projects.items()}
        return Members(watches, workspace.files, _folders(workspace))

    def _member(self, project: Project) -> Member:
        return Member(partial(self._watch, project), project.folder, _config_files(project))

    def _watch(self, project: Project) -> Watch:
        options = self._options
        means = Means(options.given, cache_dir=options.cache_dir, uses_cache=options.uses_cache)
        terminal = Terminal(ProjectOutput(self._show, project), is_alone=False)
        engines = self._ends.enter_context(closing(RunningEngines(self._processes)))

        def cache_of(config: "Config") -> str | None:
            return means.cache(project, config) if options.uses_cache else None

        return Watch(
            partial(_config, project, options.given, self._outputs),
            lambda config: (*_config_files(project), *config.read),
            Rebuilding(
                options.given.mode, cache_of, self._executor, engines, self._shared, cache_write=options.cache_write
            ),
            lambda config: filter(None, (config.output, cache_of(config))),
            tuple(self._listeners(project, terminal)),
            terminal.warn,
            templates=page_templates if options.given.mode == "development" else _no_pages,
        )

    def _listeners(self, project: Project, terminal: Terminal) -> Iterable[Listener]:
        names = sorted(self._projects)
        options = self._options
        if options.given.mode == "development":
            port = None if options.port is None else options.port and options.port + names.index(project.name)
            yield OpenPages(terminal.live_reload_started, terminal.warn, port=port, origins=options.origins)
        yield terminal
        self._togethers.append(Together(stdout_is_ours=options.given.as_json, prefix=f"{project.name} "))
        yield self._togethers[-1]
        if self._listener is not None and project.name == names[-1]:
            yield self._listener

    def _faults(self, name: str | None, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Show the faults of the configuration of a project, or of the workspace."""
        show = self._show if name is None else ProjectOutput(self._show, self._projects[name])
        show.diagnostics(diagnostics)
        show.document(False, diagnostics, {})

    def _warn(self, diagnostic: Diagnostic) -> None:
        self._show.diagnostics([diagnostic])
        self._show.document(True, [diagnostic], {})


def _no_pages(_config: "Config") -> PageTemplates:
    return PageTemplates()


def _config(project: Project, given: CompileOptions, outputs: Outputs) -> "Config":
    """The present configuration of `project`; raises ConfigError, also for commands of `run` that are not there."""
    config = project.config(given.mode, given.url, permission=permitted("watch"))
    outputs.claim(project, config)
    if config.run:
        programs_of(config)
    return config


def _config_files(project: Project) -> tuple[str, ...]:
    return (*candidates(project.folder, None), os.path.join(project.folder, LOCK_NAME))


def _folders(workspace: "Workspace") -> tuple[str, ...]:
    """The folders in which a new name may be that of a project."""
    return tuple(sorted({workspace.folder, *(os.path.dirname(project.folder) for project in workspace.projects)}))
