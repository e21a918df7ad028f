"""`buildassets watch`."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from buildassets.cli.compile_options import CompileOptions
from buildassets.cli.grouped import error_count, way_around_missing
from buildassets.cli.options import cache_options, watch_options, workspace_option
from buildassets.cli.output import Output, Passing, count_text, kept_from_stdout, seconds_text
from buildassets.cli.permissions import permitted
from buildassets.cli.project_build import left_text, summary, timed
from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from buildassets.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.errors import ConfigError
from buildassets.frozen import field, frozen
from buildassets.jobs import threads
from buildassets.manifest import Entry, Manifest

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from buildassets.cli.workspace_output import ProjectOutput
    from buildassets.compiler.cache.shared_work import SharedWork
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.transform.engine_set import RunningEngines
    from buildassets.compiler.watch.listener import PagesChanged, Rebuilt

_DEFAULT_POLL = "0.5"
_MOST_NAMES = 3


class _Command(click.Command):
    """Takes a value of `--poll` only after `=`, as a SOURCE may follow it. After `--` comes another command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own, beside = args, []
        if "--" in args:
            own, beside = args[: args.index("--")], args[args.index("--") + 1 :]
            if not beside:
                raise click.UsageError("no command stands after `--`", ctx)
        ctx.obj = tuple(beside)
        polling = f"--poll={_DEFAULT_POLL}"
        return super().parse_args(ctx, [polling if argument == "--poll" else argument for argument in own])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- COMMAND [ARGUMENT]...]"]


@click.command("watch", cls=_Command)
@watch_options
@cache_options
@workspace_option
@click.pass_obj
def command(
    beside: tuple[str, ...],
    given: CompileOptions,
    no_cache: bool,
    cache_dir: str | None,
    cache_write: bool,
    poll: float | None,
    port: int | None,
    origins: tuple[str, ...],
    is_workspace: bool,
) -> int:
    """Build, and build again whenever a source changes, until Ctrl-C. SOURCE overrides the configured source roots.

    COMMAND, such as a web server, is run as soon as there is a release, and so are those that `[tool.buildassets.run]`
    names; when one of them ends, so do the watch and the others.
    """
    if is_workspace:
        from buildassets.cli.workspace_watch import Watching, watch_workspace

        return watch_workspace(Watching(given, cache_dir, not no_cache, cache_write, poll, port, origins), beside)
    from buildassets.compiler.config.file import working_directory
    from buildassets.compiler.transform.engine_set import RunningEngines
    from buildassets.compiler.watch.listener import Listener
    from buildassets.compiler.watch.loop import Watch
    from buildassets.compiler.watch.open_pages import OpenPages
    from buildassets.compiler.watch.pages import page_templates

    here = _Project(working_directory(), given, cache_dir, uses_cache=not no_cache)
    # Engines are closed first: a thread that waits for an engine would otherwise not end.
    with threads(given.jobs) as executor, closing(RunningEngines()) as engines:
        rebuild = Rebuilding(given.mode, here.cache_of, executor, engines, cache_write=cache_write)
        terminal = Terminal(Output(given.as_json, given.verbose, given.quiet), is_alone=not beside)
        listeners: list[Listener] = [terminal]
        if given.mode == "development":
            listeners.insert(0, OpenPages(terminal.live_reload_started, terminal.warn, port=port, origins=origins))
        watch = partial(
            Watch, here.config, here.config_files, rebuild, here.ours, warn=terminal.warn, poll_seconds=poll
        )
        if given.mode == "development":
            watch = partial(watch, templates=page_templates)
        from buildassets.cli.together import Together

        together = Together(stdout_is_ours=given.as_json)
        listeners.append(together)
        if not beside:
            return together.exit_code_of(watch(listeners).run)
        from buildassets.cli.beside import Beside

        child = Beside(beside, stdout_is_ours=given.as_json, permission=permitted("watch"))
        run = watch([*listeners, child]).run
        return child.exit_code_of(lambda: together.run_with(run))


class Rebuilding:
    """Builds with engines that stay started. See Rebuild."""

    def __init__(
        self,
        mode: Mode,
        cache_of: "Callable[[Config], str | None]",
        executor: "Executor | None",
        engines: "RunningEngines",
        shared: "SharedWork | None" = None,
        *,
        cache_write: bool,
    ) -> None:
        self._mode = mode
        self._cache_of = cache_of
        self._executor = executor
        self._engines = engines
        self._shared = shared
        self._cache_write = cache_write
        self._had_remote_faults = False  # then the remote cache is not waited for again

    def __call__(self, config: "Config") -> BuildResult:
        """The result of a build, or of the last one where nothing has changed."""
        from buildassets.compiler.build import build
        from buildassets.compiler.config.values import CacheSettings
        from buildassets.compiler.incremental.no_op import incremental

        cache = self._cache_of(config)
        if self._had_remote_faults:
            config = replace(config, cache=CacheSettings())
        work = partial(
            build,
            config,
            mode=self._mode,
            executor=self._executor,
            cache=cache,
            cache_write=self._cache_write,
            engines=self._engines,
            shared=self._shared,
        )
        with kept_from_stdout():
            result = incremental(config, self._mode, cache, work)
        self._had_remote_faults |= any(found.code.startswith("cache/") for found in result.diagnostics)
        return result


@frozen
class _Project:
    """The project that the command line describes. `start` is the working directory at the start of the watch.

    `planned` has an element once the plan that the watch began with has been read.
    """

    start: str
    given: CompileOptions
    cache_dir: str | None
    uses_cache: bool
    planned: list[bool] = field(default_factory=list)

    def config(self) -> "Config":
        """The present configuration; raises ConfigError."""
        try:
            os.chdir(self.start)  # it may have been deleted and made again
        except OSError as fault:
            message = f"cannot read the working directory: {reason_text(fault)}"
            raise ConfigError([error("config/unreadable", message, Location(self.start))]) from None
        config = self.given.config(permission=permitted("watch"))
        if config.run:
            from buildassets.cli.together import programs_of

            programs_of(config)
        if config.plan is None or not config.plan.renew or not self.planned:
            self.planned.append(True)  # the first plan was made by the program that started the watch
            return config
        from buildassets.cli.beside import run_once

        run_once(config.plan.renew, permission=config.permission)
        return self.given.config(permission=permitted("watch"))

    def config_files(self, config: "Config") -> Iterable[str]:
        """The files that decide the configuration: its own, others that would take precedence, the lock, and inputs."""
        from buildassets.compiler.config.file import candidates
        from buildassets.packages.lock import NAME as LOCK_NAME

        beside = [os.path.join(config.folder, LOCK_NAME), *(config.plan.inputs if config.plan else ()), *config.read]
        if self.given.config_file:
            return [os.path.join(self.start, self.given.config_file), *beside]
        return [*candidates(self.start, config.file), *beside]

    def cache_of(self, config: "Config") -> str | None:
        """The folder of the cache; None with `--no-cache`."""
        from buildassets.compiler.cache.folder import cache_to_build_with

        return cache_to_build_with(config, self.cache_dir) if self.uses_cache else None

    def ours(self, config: "Config") -> Iterable[str]:
        """The folders that a build writes to."""
        return filter(None, (config.output, self.cache_of(config)))


class Terminal:
    """Prints one line for each build, and its errors below, which are erased once they are fixed.

    Without `is_alone` another program writes to the same terminal, so nothing is erased.
    """

    def __init__(self, show: "Output | ProjectOutput", *, is_alone: bool = True) -> None:
        self._show = show
        self._is_alone = is_alone
        self._errors = Passing()
        self._last: tuple[Diagnostic, ...] = ()

    def start(self, config: "Config") -> None:
        """See Listener."""
        self._is_alone = self._is_alone and not config.run

    def stop(self) -> None:
        """See Listener."""

    def warn(self, diagnostic: Diagnostic) -> None:
        """Report a fault of the watch itself."""
        self._show.diagnostics([diagnostic])
        self._show.document(True, [diagnostic], {})

    def live_reload_started(self, url: str) -> None:
        """Print the URL that open pages listen to."""
        self._show.report(f"live reload for open pages at {url}")

    def rebuilt(self, rebuilt: "Rebuilt") -> None:
        """See Listener."""
        if rebuilt.is_same and rebuilt.result.succeeded:
            self._show.detail([f"{_changed_text(rebuilt)}: nothing to do, {seconds_text(rebuilt.seconds)}"])
            return
        if self._is_alone:
            self._errors.clear()
        before, self._last = self._last, rebuilt.result.diagnostics
        self._show.diagnostics(
            diagnostic for diagnostic in self._last if not diagnostic.is_error and diagnostic not in before
        )
        errors = [diagnostic for diagnostic in self._last if diagnostic.is_error]
        was_wrong = any(diagnostic.is_error for diagnostic in before)
        self._show.report(_line(rebuilt, was_wrong))
        self._show.detail(reasons(rebuilt))
        if not self._show.as_json:
            (self._errors.show if self._is_alone else self._show.diagnostics)(errors)
        self._show.document(not errors, self._last, _document(rebuilt))

    def pages_changed(self, pages: "PagesChanged") -> None:
        """See Listener."""
        if not pages.changed:
            return
        took = seconds_text(pages.seconds)
        self._show.report(f"{_changed_text(pages)}: open pages are loaded again, {took}")
        errors = [diagnostic for diagnostic in self._last if diagnostic.is_error]
        self._show.document(not errors, self._last, _page_document(pages))


def _page_document(pages: "PagesChanged") -> dict[str, object]:
    """The form of `_document` for a change that affects pages and no assets."""
    changed = [pages.config.shown(path) for path in pages.changed]
    output = pages.config.shown(pages.config.output)
    nothing: dict[str, object] = {"assets": {}, "removed": [], "written": []}
    return {"changed": changed, "output": output, **nothing, "seconds": round(pages.seconds, 6)}


def _line(rebuilt: "Rebuilt", was_wrong: bool) -> str:
    """One line on a build: what changed, what was built, and how long it took."""
    took = seconds_text(rebuilt.seconds)
    subject = f"{_changed_text(rebuilt, _by_meaning(rebuilt))}: " if rebuilt.changed else ""
    errors = error_count(rebuilt.result.diagnostics)
    built = _built_text(rebuilt)
    if rebuilt.result.manifest is None or (errors and not built):
        around = way_around_missing(rebuilt.result.diagnostics)
        return f"{subject}failed with {count_text(errors, 'error')}, {took}; {left_text(rebuilt.config)}{around}"
    fixed = "fixed, " if was_wrong and not errors else ""
    if not rebuilt.changed:
        return f"{fixed}{timed(rebuilt.result, summary(rebuilt.result, rebuilt.config), rebuilt.seconds)}"
    by_last = "; the last good configuration is in use" if errors else ""  # else there is an error and no manifest
    return f"{subject}{fixed}{built or 'the release is as it was'}, {took}{by_last}"


def _by_meaning(rebuilt: "Rebuilt") -> list[str]:
    """The changed paths; first those that the build is about: inputs of what was built, and files with diagnostics."""
    faulty = {found.location.file for found in rebuilt.result.diagnostics if found.location}
    assets = rebuilt.result.manifest.assets if rebuilt.result.manifest else {}
    inputs = {name for path in differences(rebuilt)[0] if path in assets for name in assets[path].inputs}
    config = rebuilt.config
    return sorted(
        rebuilt.changed,
        key=lambda path: (config.input_name(path) not in inputs and config.shown(path) not in faulty, path),
    )


def _changed_text(rebuilt: "Rebuilt | PagesChanged", changed: Sequence[str] | None = None) -> str:
    """The first changed file, and the number of others."""
    if not rebuilt.changed:
        return "at the start"
    names = [rebuilt.config.shown(path) or "everything" for path in changed or rebuilt.changed]
    rest = f" and {count_text(len(names) - 1, 'other')}" if len(names) > 1 else ""
    return names[0] + rest


def _built_text(rebuilt: "Rebuilt") -> str:
    """What was built and what was removed; empty if the release is as it was."""
    built, gone = differences(rebuilt)
    parts = []
    if built:
        parts.append("built " + (", ".join(built) if len(built) <= _MOST_NAMES else count_text(len(built), "asset")))
    if gone:
        parts.append("removed " + (", ".join(gone) if len(gone) <= _MOST_NAMES else count_text(len(gone), "asset")))
    return ", ".join(parts)


def differences(rebuilt: "Rebuilt") -> tuple[list[str], list[str]]:
    """The assets that are new or have a new fingerprint, and those that were removed; both sorted."""
    before = rebuilt.previous.assets if rebuilt.previous else {}
    now = rebuilt.result.manifest.assets if rebuilt.result.manifest else before
    built = [path for path, entry in now.items() if path not in before or before[path].file != entry.file]
    return sorted(built), sorted(before.keys() - now.keys())


def reasons(rebuilt: "Rebuilt") -> Iterator[str]:
    """A line for each asset that was built, with the reason."""
    if rebuilt.result.manifest is None or rebuilt.previous is None:
        return
    changed = {rebuilt.config.input_name(path) for path in rebuilt.changed}
    built, _ = differences(rebuilt)
    for path in built:
        yield f"  {path}: {_reason(rebuilt.result.manifest.assets[path], path, changed, set(built), rebuilt.previous)}"


def _reason(entry: Entry, path: str, changed: set[str], built: set[str], before: Manifest) -> str:
    if path not in before.assets:
        return "it is new"
    if inputs := sorted(changed.intersection(entry.inputs)):
        return f"`{inputs[0]}` changed"
    if references := sorted(built.intersection(entry.references) - {path}):
        return f"it refers to `{references[0]}`, which has another name"
    return "its content changed"


def _document(rebuilt: "Rebuilt") -> dict[str, object]:
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
