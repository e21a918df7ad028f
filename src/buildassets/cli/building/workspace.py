"""`buildassets build --workspace`: builds the projects of a workspace one after the other, and reports on all of them.

A project fails by itself: the others are built, and the exit code is 1.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from buildassets.cli.building.project_build import (
    document_of,
    jobs_of,
    opened_executor,
    released_sass,
    remote_lines,
    summary,
    unpinned_notes,
)
from buildassets.cli.building.provenance import attested
from buildassets.cli.building.reasons import origin_lines, reason_lines
from buildassets.cli.parse.compile_options import BuildOptions
from buildassets.cli.parse.options import WorkspaceOptions, refuse_options_of_one
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.grouped import error_count
from buildassets.cli.show.output import (
    Output,
    count_text,
    descriptor_kept_from_stdout,
    kept_from_stdout,
    print_json_of_many,
)
from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.cache.folder import FOLDER_VARIABLE, cache_to_build_with
from buildassets.compiler.cache.shared_work import SharedWork
from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.values import CacheSettings, Config
from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.graph.walk import Progress
from buildassets.compiler.incremental.no_op import last_inputs
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.compiler.transform.engine_set import RunningEngines
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.work.jobs import paused_collector, threads
from buildassets.workspace.changes import Repository
from buildassets.workspace.file import Workspace, find_workspace
from buildassets.workspace.members import Project
from buildassets.workspace.outputs import Outputs
from buildassets.workspace.reach import reached_projects

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from buildassets.compiler.executors.away import Away


def _config_of(project: Project, options: BuildOptions) -> Config:
    """The configuration of `project` with `options`; raises ConfigError."""
    config = project.config(options.given.mode, options.given.url, permission=permitted("build"))
    return replace(config, companions=options.companions)


def _cache_of(project: Project, config: Config, options: BuildOptions) -> str | None:
    """The project's cache folder; None if the build uses none. Raises ConfigError."""
    if options.no_cache:
        return None

    return cache_to_build_with(config, cache_folder_of(project, options.cache_dir))


def cache_folder_of(project: Project, given: str | None) -> str | None:
    """The folder for the cache of `project` below the one for all, that is `given` or in the environment, if any is."""
    given = given or os.environ.get(FOLDER_VARIABLE)
    return os.path.join(given, *project.name.split("/")) if given else None


@frozen
class _Outcome:
    """The outcome of one project: `line` is its summary, and `--verbose` shows `details`."""

    succeeded: bool
    diagnostics: tuple[Diagnostic, ...]
    document: Mapping[str, Any] = field(default_factory=dict)
    wrote: bool = False
    line: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def build_workspace(options: WorkspaceOptions, build_options: BuildOptions) -> int:
    """Build the projects that `options` select; returns the exit code. Raises ConfigError for the workspace itself."""
    started = monotonic()
    refuse_options_of_one(build_options.given)
    workspace = find_workspace()
    show = Output(build_options.given.as_json, build_options.given.verbose, build_options.given.quiet)
    chosen, left = _selected(workspace, options, build_options, show)
    _check_environment(chosen, build_options)
    names = {project.name for project in chosen}
    outcomes: dict[str, _Outcome] = {}
    # Processes are closed first: a thread that waits for one would otherwise not end.
    with (
        threads(build_options.given.jobs) as executor,
        closing(SharedProcesses()) as processes,
        opened_executor(build_options.executor) as away,
    ):
        builds = _Builds(build_options, show, Outputs(workspace.projects), executor, processes=processes, away=away)
        for project in workspace.projects:
            if project.name in names:
                outcomes[project.name] = builds.outcome(project)
                _show(show, project, outcomes[project.name])
            else:
                builds.claim(project)
        jobs = list(jobs_of(away))
    show.detail(jobs)
    return _finish(show, outcomes, left, monotonic() - started)


def _check_environment(chosen: Sequence[Project], build_options: BuildOptions) -> None:
    """Raise ConfigError once if keys in the environment are not as they have to be and a project would use them."""
    if not any(name.startswith("BUILDASSETS_CACHE_") for name in os.environ):
        return
    from buildassets.compiler.cache.remote.keys import ring

    try:
        ring({}, os.environ)
    except ConfigError:
        if not build_options.no_cache and any(_has_remote(project, build_options) for project in chosen):
            raise


def _has_remote(project: Project, build_options: BuildOptions) -> bool:
    with suppress(ConfigError):  # which is reported with the project
        return bool(_config_of(project, build_options).cache.remote)
    return False


def _selected(
    workspace: Workspace, options: WorkspaceOptions, build_options: BuildOptions, show: Output
) -> tuple[Sequence[Project], str]:
    """The projects to build: of those that changes reach, one shard; and the words on those that no change reaches.

    Raises ConfigError.
    """
    projects, left = workspace.projects, ""
    if options.since is not None:
        causes = _reached(workspace, options.since, build_options)
        projects = tuple(project for project in projects if project.name in causes)
        left = f"; no change since `{options.since}` reaches {len(workspace.projects) - len(projects)}"
        show.detail(f"{name}: reached by {relative_to(workspace.folder, path)}" for name, path in causes.items())
    if options.shard is not None:
        projects = projects[options.shard.number - 1 :: options.shard.count]
    return projects, left


def _reached(workspace: Workspace, since: str, build_options: BuildOptions) -> Mapping[str, str]:
    """The names of the projects that changes since a commit reach, each with a path that does."""
    repository = Repository(workspace.folder)

    def last_read(project: Project, config: Config) -> Collection[str]:
        cache = _cache_of(project, config, build_options)
        return last_inputs(config, build_options.given.mode, cache) if cache else ()

    return reached_projects(
        workspace.projects,
        workspace.folder,
        repository.changed_since(since),
        config_of=lambda project: _config_of(project, build_options),
        last_read=last_read,
        upward=repository.upward_paths,
    )


class _Builds:
    """Builds projects one after the other, with what they can share started once."""

    def __init__(
        self,
        options: BuildOptions,
        show: Output,
        outputs: Outputs,
        executor: "Executor | None",
        *,
        processes: SharedProcesses,
        away: "Away | None",
    ) -> None:
        self._options = options
        self._show = show
        self._executor = executor
        self._processes = processes
        self._away = away
        self._shared = SharedWork()
        self._outputs = outputs
        self._given_up: set[str] = set()  # remote caches that failed: the next project does not wait for them again
        self._complaints: set[str] = set()  # about caches: all projects have the same server and keys

    def outcome(self, project: Project) -> _Outcome:
        """The outcome of building `project`. A user's mistake never raises."""
        try:
            return self._built(project)
        except BuildAssetsError as failure:
            return _Outcome(succeeded=False, diagnostics=failure.diagnostics, line=_failed_text(failure.diagnostics))

    def claim(self, project: Project) -> None:
        """Keep the release directory of a project that is not built here from others."""
        with suppress(BuildAssetsError):  # of a configuration that is not for this build to report
            self._outputs.claim(project, _config_of(project, self._options))

    def _built(self, project: Project) -> _Outcome:
        config = _config_of(project, self._options)
        self._outputs.claim(project, config)
        before = released_sass(config)
        result = self._result(project, config)
        written: dict[str, list[str]] = {}
        if self._options.provenance:
            written = {"provenance": attested(config, result, self._options.given.mode) if result.succeeded else []}
        return _Outcome(
            result.succeeded,
            result.diagnostics,
            document=document_of(result, config, written) if self._options.given.as_json else {},
            wrote=bool(result.written),
            line=summary(result, config),
            details=tuple(_details(result, config)) if self._options.given.verbose else (),
            notes=tuple(unpinned_notes(config, before, result.manifest)),
        )

    def _progress(self, project: Project) -> Progress | None:
        draw = self._show.on_progress()
        return _prefixed(draw, f"{project.name}/") if draw else None

    def _result(self, project: Project, config: Config) -> BuildResult:
        remote = config.cache.remote
        if remote in self._given_up:
            config = replace(config, cache=CacheSettings())
        cache = _cache_of(project, config, self._options)

        progress = self._progress(project)
        with (
            paused_collector(),
            closing(RunningEngines(self._processes)) as engines,
            descriptor_kept_from_stdout(),
            kept_from_stdout(),
        ):
            request = BuildRequest(
                config=config,
                mode=self._options.given.mode,
                executor=self._executor,
                progress=progress,
                cache=cache,
                cache_write=self._options.cache_write,
                engines=engines,
                shared=self._shared,
                away=self._away,
            )
            result = build_if_changed(request)
        if result.remote is not None and result.remote.failed:
            self._given_up.add(remote)
        return replace(result, diagnostics=tuple(self._not_repeated(result.diagnostics)))

    def _not_repeated(self, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The `diagnostics` without a warning about the cache that an earlier project has had."""
        for found in diagnostics:
            if not found.code.startswith("cache/"):
                yield found
            elif found.message not in self._complaints:
                self._complaints.add(found.message)
                yield found


def _prefixed(draw: Progress, prefix: str) -> Progress:
    return lambda done, known, name: draw(done, known, prefix + name)


def _failed_text(diagnostics: Iterable[Diagnostic]) -> str:
    return f"failed with {count_text(error_count(diagnostics), 'error')}"


def _details(result: BuildResult, config: Config) -> Iterator[str]:
    yield from origin_lines(config, config.folder)
    yield from reason_lines(result, config, {})
    yield from (f"remote cache: {line}" for line in remote_lines(result))
    yield from (f"wrote {config.shown(config.output)}/{name}" for name in result.written)


def _show(show: Output, project: Project, outcome: _Outcome) -> None:
    """Show what became of a project, as soon as that is known; nothing of one that had nothing to do."""
    show.progress.clear()
    show.diagnostics(map(project.shown, outcome.diagnostics))
    show.detail(f"{project.name}: {detail}" for detail in outcome.details)
    if outcome.wrote or not outcome.succeeded or show.verbose:
        show.report(f"{project.name}: {outcome.line}")


def _finish(show: Output, outcomes: Mapping[str, _Outcome], left: str, seconds: float) -> int:
    """Show the result of all projects; returns the exit code."""
    ok = all(outcome.succeeded for outcome in outcomes.values())
    if show.as_json:
        documents = ((name, _document(one)) for name, one in sorted(outcomes.items()))
        print_json_of_many({"ok": ok, "diagnostics": []}, "projects", documents)
    for note in dict.fromkeys(note for outcome in outcomes.values() for note in outcome.notes):
        show.report(note)
    show.report(f"{_summary(outcomes)}{left}, {seconds:.2f} s")
    return 0 if ok else 1


def _document(outcome: _Outcome) -> dict[str, Any]:
    """The document of one project, as its build alone would print it."""
    diagnostics = [to_json(diagnostic) for diagnostic in outcome.diagnostics]
    return {"ok": outcome.succeeded, **outcome.document, "diagnostics": diagnostics}


def _summary(outcomes: Mapping[str, _Outcome]) -> str:
    failed = [name for name, outcome in outcomes.items() if not outcome.succeeded]
    anew = sum(outcome.wrote for outcome in outcomes.values())
    if failed:
        names = ", ".join(f"`{name}`" for name in failed)
        return f"built {len(outcomes) - len(failed)} of {count_text(len(outcomes), 'project')}; failed: {names}"
    return f"built {count_text(len(outcomes), 'project')}: {anew} with changes, {len(outcomes) - anew} as before"
