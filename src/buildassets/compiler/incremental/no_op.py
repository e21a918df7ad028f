"""Gives a build what changed since the last one, and keeps its snapshot; skips it if nothing changed.

Imports no stage before there is work for one.
"""

import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from buildassets._version import __version__
from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.cache.looked_at import Decided
from buildassets.compiler.cache.stamps import Looks
from buildassets.compiler.cache.toolchain import (
    environment,
    folders_of_modules,
    places_of_programs,
    toolchain_files,
)
from buildassets.compiler.config.values import Config, Mode, variables
from buildassets.compiler.incremental import snapshot
from buildassets.compiler.languages.native.library import unmet_demand
from buildassets.compiler.languages.native.library_file import SWITCH
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.disk.folders import is_within
from buildassets.disk.tools_folder import package_records
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import replace
from buildassets.manifest.model import MANIFEST_NAME, loads_lazily
from buildassets.work.jobs import paused_collector

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature
    from buildassets.compiler.kept import Kept

# These begin the codes of what holds for one build only: how servers were then, and what this process has loaded.
_OF_ITS_TIME = ("cache/", "environment/", "executor/")
_FORMAT = 8  # of what is kept between builds, where versions under development differ in it


class Work(Protocol):
    """A build; `last` is the last one with the same settings."""

    def __call__(self, *, last: LastBuild | None) -> BuildResult: ...


def kept_or_built(
    request: BuildRequest,
    work: Work,
    *,
    remember: Callable[[snapshot.StampedFiles], None] = lambda _: None,
    seen: Sequence[Looks] = (),
) -> BuildResult:
    """The result of the last build if it is still valid, else that of `work`.

    A request without a cache, or with releases to carry over, is always work: one that is elsewhere may have changed.

    `remember` gets the files and stamps that have to stay unchanged for the same request to have nothing to do. Files
    that were `seen` just now are not looked at again.
    """
    kept = None if request.previous else request.kept
    if kept is None:
        return _kept_or_built(request, work, remember=remember, seen=seen)
    began_ns = time.time_ns()
    with paused_collector():
        last = kept.look(request.config, request.mode)
    if last is not None:
        return replace(last, written=(), diagnostics=tuple(filter(_is_lasting, last.diagnostics)))
    kept.is_recorded = kept.changed is None
    if not kept.is_recorded:
        result = work(last=None)
    else:
        result = _kept_or_built(request, work, remember=remember, seen=seen)
    _remember(request.config, kept, result, began_ns)
    return result


def _is_lasting(found: Diagnostic) -> bool:
    return not found.code.startswith(_OF_ITS_TIME)


def _remember(config: Config, kept: "Kept", result: BuildResult, began_ns: int) -> None:
    """Remember in `kept` what decided `result`, if a build that began at `began_ns` made it."""
    decided = kept.decided(result)
    if decided is None:
        inputs = _inputs(config, result)
        folders = _folders_of_names(config, inputs, result)
        decided = Decided(inputs=inputs, outputs=(), folders=folders, parents=result.parents)
    digests = {path: digest for path, (_, digest) in result.digests.items()}
    digests |= {os.path.join(config.output, MANIFEST_NAME): result.manifest_digest} if result.succeeded else {}
    kept.remember(replace(decided, digests=digests, stamps=result.stamps), result, began_ns)


def _kept_or_built(
    request: BuildRequest,
    work: Work,
    *,
    remember: Callable[[snapshot.StampedFiles], None],
    seen: Sequence[Looks],
) -> BuildResult:
    """The same by what is kept in the cache."""
    config, folder = request.config, request.cache
    if folder is None or request.previous or _has_unmet_demand():
        return work(last=None)
    build = _named(config, request.mode)
    with paused_collector():
        before = snapshot.last(folder, build, looks=seen)
        if before is not None and not before.changed and (result := _last_result(config, before)):
            remember(before.stamped_files())
            return result
        last = _last(before) if before else None
    began_ns = time.time_ns()
    result = work(last=last)
    # A root that was removed meanwhile would count as one that never existed.
    if result.succeeded and all(os.path.exists(root.path) for root in config.sources):
        inputs = _inputs(config, result)
        manifest = os.path.join(config.output, MANIFEST_NAME)
        done = snapshot.FinishedBuild(
            inputs=inputs,
            outputs=result.outputs,
            result=_kept_result(result),
            began_ns=began_ns,
            record=result.record,
            folders=_folders_of_names(config, inputs, result),
            sets=result.sets,
            listed=_listed(config, result),
            parents=result.parents,
            written={os.path.normpath(os.path.join(config.output, name)) for name in result.written if before},
            expected={manifest: result.manifest_digest},
            known={
                **_unread(config, result, before, began_ns),
                **result.digests,
                manifest: (None, result.manifest_digest),
            },
            as_read=result.stamps,
        )
        taken = snapshot.take(folder, build, done, before=before)
        if taken:
            remember(taken)
    return result


def _has_unmet_demand() -> bool:
    """Whether the environment demands the native lexers in vain, which a build reports."""
    if os.environ.get(SWITCH, "") in ("", "0"):
        return False

    return unmet_demand() is not None


def _inputs(config: Config, result: BuildResult) -> tuple[str, ...]:
    """All that decided `result`."""
    programs = places_of_programs(config.folder, (command.run[0] for command in config.commands.values()))
    return (*result.inputs, *toolchain_files(config.folder), *programs)


def last_inputs(config: Config, mode: Mode, folder: str) -> frozenset[str]:
    """The inputs of the last build with this cache `folder`, as absolute paths; none if nothing is kept of one."""
    return snapshot.inputs_of_last(folder, _named(config, mode))


def changed_since_last(config: Config, mode: Mode, folder: str) -> Collection[str] | None:
    """The paths at which something changed since the last build with this cache `folder`; None if none is known."""
    return snapshot.changed_since_last(folder, _named(config, mode))


def _kept_result(result: BuildResult) -> bytes:
    """What `_read_result` reads: a line, then the diagnostics."""
    head = json.dumps({"size_bytes": result.size_bytes, "manifest": result.manifest_digest}).encode("ascii")
    return head + b"\n" + kept_diagnostics(result)


def kept_diagnostics(result: BuildResult) -> bytes:
    """The diagnostics of `result` that a build has again while nothing changes, as a JSON array."""
    found = [to_json(one) for one in filter(_is_lasting, result.diagnostics)]
    return json.dumps(found).encode("ascii")


def _last_result(config: Config, before: snapshot.Snapshot) -> BuildResult | None:
    """The result of the build `before`; None if its manifest was replaced since, or what is kept is damaged."""
    content = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    kept = before.kept
    try:
        head, found = _read_result(kept.result)
        diagnostics = tuple(map(json_values.diagnostic, json_values.array(json_values.read(found))))
        size_bytes = json_values.size(head.get("size_bytes"))
    except ValueError:
        return None
    if content is None or digest(content) != head.get("manifest"):
        return None
    return BuildResult(
        loads_lazily(content),
        (),
        diagnostics=diagnostics,
        inputs=tuple(before.names[: kept.inputs]),
        outputs=tuple(before.names[kept.inputs :]),
        record=kept.record,
        size_bytes=size_bytes,
    )


def _last(before: snapshot.Snapshot) -> LastBuild | None:
    """The last build as `before` has it; None if that is damaged."""
    kept = before.kept
    try:
        head, _ = _read_result(kept.result)
        return LastBuild(
            changed=before.changed.keys(),
            unchanged=before.unchanged,
            inputs=tuple(before.names[: kept.inputs]),
            outputs=tuple(before.names[kept.inputs :]),
            record=kept.record,
            manifest_digest=json_values.digest(head.get("manifest")),
        )
    except ValueError:
        return None


def _read_result(result: bytes) -> tuple[dict[str, Any], bytes]:
    """The first line of what `_kept_result` made, and the text of the diagnostics. Raises ValueError."""
    head, _, found = result.partition(b"\n")
    return json_values.table(json_values.read(head)), found


def _folders_of_names(config: Config, inputs: Sequence[str], result: BuildResult) -> set[str]:
    """The folders of which only the names in them count: of assets, of modules, and of sets of files."""
    folders = _folders_of_assets(config, inputs) | _listed(config, result).intersection(inputs)
    folders |= {path for path in inputs if path.endswith(f"{os.sep}node_modules")}
    return folders.union(folders_of_modules(config.folder))


def _listed(config: Config, result: BuildResult) -> set[str]:
    """The folders of sets of files, but for those of assets, whose files all count."""
    listed = {folder for found in result.sets for folder in found.folders}
    return {folder for folder in listed if not any(is_within(root.path, folder) for root in config.sources)}


def _unread(
    config: Config, result: BuildResult, before: snapshot.Snapshot | None, began_ns: int
) -> "Mapping[str, tuple[Signature | None, str]]":
    """The looks and digests of files of the project of which the build, begun at `began_ns`, has kept no digest.

    These are settings, and sources that no engine read and that are released otherwise than they are. The others of
    `before` are known already, and those of the toolchain no checkout writes.
    """
    folders = (config.folder, *(root.path for root in config.sources), *config.load_paths)
    known = result.digests.keys() | (before.unchanged.keys() if before else ())
    installed = package_records(config.folder)  # written anew by each `npm ci`
    looked_at = {config.file, os.path.join(config.folder, "buildassets.lock"), *installed, *result.inputs}
    digests = FileDigests({})
    for path in looked_at.difference(known):
        if path and os.path.isfile(path) and any(is_within(folder, path) for folder in folders):
            digests.of(path)
    return {path: one for path, one in digests.found().items() if not digests.may_have_changed(path, began_ns)}


def _folders_of_assets(config: Config, inputs: Sequence[str]) -> set[str]:
    """Those of `inputs` that are folders in source roots and load paths, as far as any file of them is an input."""
    roots = tuple(os.path.join(path, "") for path in (*(root.path for root in config.sources), *config.load_paths))
    return {os.path.dirname(path) for path in inputs if path.startswith(roots)}.intersection(inputs)


def _named(config: Config, mode: Mode) -> str:
    """The name of a build: all that decides its result besides files."""
    are_there = tuple(map(os.path.isdir, config.load_paths))  # a lost one is a warning
    return repr((__version__, _FORMAT, environment(), mode, config, variables(config), are_there, *_passed_on(config)))


def _passed_on(config: Config) -> Iterator[str]:
    """The digest of the variables that commands get; they may be secret."""
    names = sorted({name for command in config.commands.values() for name in command.variables})
    if names:
        yield digest(repr([os.environ.get(name) for name in names]).encode("utf-8", "surrogatepass"))
