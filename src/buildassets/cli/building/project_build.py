"""Builds one project for the verb `build`, and prints what came of it."""

import gc
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from click import UsageError

from buildassets.cli.building.memo import keep
from buildassets.cli.building.reasons import reason_lines, report_origins
from buildassets.cli.parse.compile_options import BuildOptions, CompileOptions
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show import terminal
from buildassets.cli.show.ci import annotation_form
from buildassets.cli.show.grouped import error_count, way_around_missing
from buildassets.cli.show.output import (
    Output,
    count_text,
    descriptor_kept_from_stdout,
    kept_from_stdout,
    seconds_text,
    stale_text,
)
from buildassets.compiler.build_if_changed import build_if_changed
from buildassets.compiler.cache.folder import cache_to_build_with
from buildassets.compiler.cache.remote.store import RemoteUse
from buildassets.compiler.cache.stamps import Looks, stamps_of
from buildassets.compiler.config.file import candidates
from buildassets.compiler.config.named_settings import in_file
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.incremental.no_op import kept_diagnostics
from buildassets.compiler.incremental.snapshot import StampedFiles, are_settled
from buildassets.compiler.languages.native.library import demanded_file
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.errors import BuildAssetsError, BuildError, ManifestError
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import Diagnostic, Location, error, printable
from buildassets.foundation.frozen import replace
from buildassets.foundation.measures import size_text
from buildassets.foundation.media import SUFFIXES
from buildassets.foundation.permission import Permission
from buildassets.foundation.typed import started
from buildassets.manifest.model import MANIFEST_NAME, Entry, Manifest, digest_of_release, entries_of, loads_lazily
from buildassets.work.jobs import cores, paused_collector, threads

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.executors.away import Away
    from buildassets.compiler.request import Previous


_LONG_SECONDS = 2.0
_FAST = 9  # the level of brotli; docs/explain/caching.md has the figures
_MOST_READ_BYTES = 1 << 23  # each time that there is nothing to do: 10 ms
_KIND = "scss"


def build_project(options: BuildOptions, looks: Sequence[Looks] = ()) -> int:
    """Build the project, and print what came of it; returns the exit code. `looks` show how files looked just now."""
    began = started()
    given = options.given
    config = replace(given.config(permission=permitted("build")), companions=options.companions)
    show = Output(given.as_json, given.verbose, given.quiet)
    cache = None if options.no_cache else cache_to_build_with(config, options.cache_dir)
    jobs: list[str] = []

    @contextmanager
    def with_workers(request: BuildRequest) -> Iterator[BuildRequest]:
        with (
            threads(given.jobs) as local,
            descriptor_kept_from_stdout(),
            kept_from_stdout(),
            opened_executor(options.executor) as away,
        ):
            yield replace(request, executor=local, progress=show.on_progress(), away=away)
            jobs.extend(jobs_of(away))

    # Whatever computes a configuration may write files meanwhile.
    looks = () if config.is_computed else looks
    before, sass_before = _released_before(config) if show.is_watched or show.verbose else None, released_sass(config)
    held: list[StampedFiles] = []
    with (
        _previous_releases(
            options.carry_from,
            options.carry_url,
            given.mode,
            if_any=options.carry_if_any,
            permission=config.permission,
        ) as previous,
        paused_collector(),
    ):
        request = BuildRequest(
            config=config, mode=given.mode, cache=cache, cache_write=options.cache_write, previous=tuple(previous)
        )
        result = build_if_changed(request, with_workers=with_workers, remember=held.append, seen=looks)
        gc.freeze()  # the process ends soon: looking through what a large build has left would take a fortieth of it
    written = _attested(config, result, given.mode) if options.provenance and result.succeeded else []
    code = _show(show, result, config, {"provenance": written} if options.provenance else {}, before=before or {})
    show.detail(jobs)
    report_origins(show, config)
    _show_table(show, result, before)
    line = summary(result, config)
    seconds = monotonic() - began
    show.report(timed(result, line, seconds))
    for note in compression_notes(result, config, seconds):
        show.report(note)
    for note in unpinned_notes(config, sass_before, result.manifest):
        show.report(note)
    shows_more = given.as_json or given.verbose or options.provenance
    may_change = options.carry_from or config.is_computed  # a release to carry from may exist the next time
    if held and cache and not may_change and not shows_more:
        files = [given.config_file] if given.config_file else candidates(os.getcwd(), config.file, looks_above=True)
        message = "" if given.quiet else printable(summary(replace(result, written=()), config))
        keep_memo(cache, held[0], config, files, message=message, shown=_kept_diagnostics(result, given))
    return code


def _attested(config: Config, result: BuildResult, mode: Mode) -> list[str]:
    """The files written about the origin of a release, by their names. Raises BuildError and ReleaseError."""
    from buildassets.cli.building.provenance import attested  # few builds want it

    return attested(config, result, mode)


@contextmanager
def opened_executor(name: str | None) -> "Iterator[Away | None]":
    """The executor with that name, until the block ends. Raises ConfigError."""
    if name is None:
        yield None
        return
    from buildassets.compiler.executors.named import executor_named

    with closing(executor_named(name, os.getcwd(), cores(), permission=permitted("build"))) as away:
        yield away


def jobs_of(away: "Away | None") -> Iterator[str]:
    """Where the jobs of a build were done, if it had an executor."""
    if away is not None:
        yield f"executor `{away.shown}`: {count_text(away.done_count, 'job')} there, {away.returned_count} here"


def _show(
    show: Output,
    result: BuildResult,
    config: Config,
    beside: Mapping[str, list[str]],
    *,
    before: Mapping[str, Entry],
) -> int:
    """Show the result of a build, which replaced assets `before`, and the files that it wrote `beside` the release.

    Returns the exit code.
    """
    folder = config.shown(config.output)
    document = document_of(result, config, beside) if show.as_json else {}
    code = show.finish(ok=result.succeeded, diagnostics=result.diagnostics, document=document)
    show.detail(reason_lines(result, config, before))
    show.detail(f"remote cache: {line}" for line in remote_lines(result))
    show.detail(f"wrote {posixpath.normpath(f'{folder}/{name}')}" for name in result.written)
    show.detail(f"wrote {name}" for names in beside.values() for name in names)
    return code


def document_of(result: BuildResult, config: Config, beside: Mapping[str, list[str]]) -> dict[str, object]:
    """The JSON document of a build and of the files that it wrote `beside` the release, without diagnostics."""
    reruns = {path: stale_text(stale, config) for path, stale in result.rerun.items()}
    remote = _remote_use(result, config)
    return {**_document(result, config), "anew": reruns, **remote, **beside}


def _remote_use(result: BuildResult, config: Config) -> Mapping[str, object]:
    """The use of the remote cache, for the document; empty if none is configured."""
    if not config.cache.remote:
        return {}

    use = result.remote or RemoteUse()
    seconds = round(use.seconds_saved, 3)
    counts = {"hits": use.hits, "misses": use.misses, "bytes": use.size_bytes, "seconds_saved": seconds}
    return {"cache": {"remote": counts}}


def remote_lines(result: BuildResult) -> Iterator[str]:
    """The use of the remote cache, if one is configured, and results that were not written to it."""
    if (use := result.remote) is not None:
        hits, misses = count_text(use.hits, "hit"), f"{use.misses} miss" + ("" if use.misses == 1 else "es")
        yield f"{hits}, {misses}, {size_text(use.size_bytes)}, saved {seconds_text(use.seconds_saved)}"
        reason = "it shows a folder of this machine, or a value of the environment that may be secret"
        yield from (f"`{path}` is not written to it: {reason}" for path in use.kept_back)


def _released_before(config: Config) -> Mapping[str, Entry] | None:
    """The assets of the release that the build replaces; None if there is none that can be read."""
    content = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    with suppress(BuildAssetsError):
        return dict(entries_of(content)) if content is not None else None
    return None


def _show_table(show: Output, result: BuildResult, before: Mapping[str, Entry] | None) -> None:
    """Show a person who looks at a terminal what was built, unless nothing was."""
    if not show.is_watched or result.manifest is None or not result.written:
        return
    from buildassets.cli.show.build_table import build_table

    assets = dict(result.manifest.assets)
    is_compressed = any(entry.encodings for entry in assets.values())
    for line in build_table(assets, before, is_compressed=is_compressed, width=terminal.columns()):
        show.report(line)


def summary(result: BuildResult, config: Config, served: str = "") -> str:
    """The result of a build in one line, without its time; `served` as for `left_text`."""
    folder = config.shown(config.output)
    if result.manifest is None:
        errors = count_text(error_count(result.diagnostics), "error")
        return f"failed with {errors}; {left_text(config, served)}{way_around_missing(result.diagnostics)}"
    assets = result.manifest.assets
    size = size_text(result.size_bytes)
    written = count_text(len(result.written), "file") if result.written else "nothing"
    earlier = result.manifest.retained
    kept = sum(len(release.assets) for release in earlier)
    retained = (
        f", retained {count_text(kept, 'file')} of {count_text(len(earlier), 'earlier release')}" if earlier else ""
    )
    return f"built {count_text(len(assets), 'asset')} ({size}) into `{folder}/`{retained}, wrote {written}"


def left_text(config: Config, served: str = "") -> str:
    """The state after a failed build: the earlier release, or none.

    `served` is the path of its manifest, where that is not in the release directory.
    """
    if not os.path.lexists(served or os.path.join(config.output, MANIFEST_NAME)):
        return "there is no release yet"
    return f"`{config.shown(served)}` is as it was" if served else f"`{config.shown(config.output)}/` is as it was"


def timed(result: BuildResult, line: str, seconds: float) -> str:
    """`line`, the summary of a build, with the time that it took; without it if the build failed."""
    return f"{line}, {seconds:.2f} s" if result.succeeded else line


def compression_notes(result: BuildResult, config: Config, seconds: float) -> Iterator[str]:
    """A line about a build that took `seconds`, if these are many and most of them went into compressed copies."""
    compressing = result.seconds.get("compress", 0.0)
    if seconds < _LONG_SECONDS or compressing < seconds / 2:
        return
    copies = sum(name.endswith(tuple(SUFFIXES.values())) for name in result.written)
    level = config.compress.get("br", 0)
    advice = (
        f"; with `br = 10` in `compress` half of that, with `br = {_FAST}` a seventh; `.br` is 2 and 11 % larger"
        if level > _FAST
        else ""
    )
    yield f"compressing {count_text(copies, 'file')}: {compressing:.1f} s{advice}"


def _kept_diagnostics(result: BuildResult, given: "CompileOptions") -> bytes:
    """The diagnostics of `result` that the same command shows again, for `memo`; empty if it shows none."""
    if not result.diagnostics or (given.quiet and annotation_form() is None):
        return b""
    return (b"q" if given.quiet else b"v" if given.verbose else b" ") + kept_diagnostics(result)


def keep_memo(
    cache: str, held: StampedFiles, config: Config, files: Iterable[str], *, message: str, shown: bytes = b""
) -> None:
    """Keep `message` so that the same command can print it at once while nothing changes; see `memo`.

    `shown` are diagnostics as `memo.keep` takes them, `files` the configuration files that the command could read,
    present or not. Nothing is kept if it would have to read much to know that nothing changed.
    """
    deciding = [*map(os.path.abspath, files), *(os.path.join(config.folder, name) for name in DEFAULT_ROOTS)]
    deciding += [*config.load_paths, *filter(None, [demanded_file()])]
    stamps = stamps_of(deciding)
    sizes = stamps_of(list(held.young))[::4]
    variables = {*config.env, *(name for command in config.commands.values() for name in command.variables)}
    if are_settled(stamps, held.taken_ns) and sum(sizes) <= _MOST_READ_BYTES:
        with suppress(OSError):
            keep(
                cache,
                [*held.names, *deciding],
                held.stamps + stamps,
                message,
                young=held.young,
                variables=variables,
                shown=shown,
            )


def _document(result: BuildResult, config: Config) -> dict[str, object]:
    """The release; its `manifest` and its digest are null where the build failed."""
    folder = config.shown(config.output)
    content = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES) if result.manifest else None
    assets = result.manifest.assets if result.manifest else {}
    earlier = result.manifest.retained if result.manifest else ()
    return {
        "output": folder,
        "manifest": None if content is None else posixpath.normpath(f"{folder}/{MANIFEST_NAME}"),
        "release": None if content is None else digest_of_release(content),
        "retained": {
            release.release: {path: entry.file for path, entry in release.assets.items()} for release in earlier
        },
        "assets": {path: entry.file for path, entry in assets.items()},
        "written": list(result.written),
    }


@contextmanager
def _previous_releases(
    sources: Sequence[str], url: str | None, mode: Mode, *, if_any: bool, permission: Permission
) -> "Iterator[Sequence[Previous]]":
    """The releases that `sources` name; their files are below `url` if that is given, else next to the manifest.

    With `if_any` a release that does not exist is left out. Raises BuildError, and UsageError for options that exclude
    each other.
    """
    if mistake := _mistake(sources, url, mode, if_any=if_any):
        raise UsageError(mistake)
    if not sources:
        yield []
        return
    from buildassets.release.earlier.releases import previous_release

    with ExitStack() as opened:
        releases = []
        for source in sources:
            try:
                releases.append(opened.enter_context(previous_release(source, url, permission=permission)))
            except FileNotFoundError:
                if not if_any:
                    raise BuildError([_absent(source)]) from None
        yield releases


def _mistake(sources: Sequence[str], url: str | None, mode: "Mode", *, if_any: bool) -> str | None:
    """The fault of this combination of options; None if there is none."""
    if not sources and (url or if_any):
        return "`--carry-url` and `--carry-if-any` go with `--carry-from`"
    if sources and mode == "development":
        return "`--carry-from` is for builds for production"
    return None


def _absent(source: str) -> Diagnostic:
    hint = "correct it, or add `--carry-if-any` if there is no earlier release yet"
    shown = masked_url(source)
    return error("carry/absent", f"there is no release at `{shown}`", Location(shown), hint=hint)


def released_sass(config: "Config") -> str:
    """The compiler of the Sass in the release directory; empty if there is no Sass."""
    content = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    with suppress(ManifestError):
        return "" if content is None else loads_lazily(content).engines.get(_KIND, "")
    return ""


def unpinned_notes(config: "Config", before: str, built: Manifest | None) -> Iterator[str]:
    """A line where `built` has another compiler of Sass than `before`, and it is the one that happens to be here."""
    now = built.engines.get(_KIND, "") if built else ""
    if now and now != before and not config.engines.is_scss_pinned:
        yield in_file(
            config,
            f"note: Sass was compiled by {now}, as that is installed here; elsewhere it may be another: pin it by "
            "`buildassets tools install dart-sass`, or set `scss` under `[tool.buildassets.engines]`",
        )
