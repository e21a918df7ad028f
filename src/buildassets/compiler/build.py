"""`build`: makes the release directory of a configuration. The one module that knows every stage."""

import time
from typing import TYPE_CHECKING

from buildassets.compiler.body import LostBodyError
from buildassets.compiler.cache.folder import unusable_cache
from buildassets.compiler.cache.measures import keep_measures
from buildassets.compiler.cache.stamps import is_settled
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.named_settings import hinted
from buildassets.compiler.graphed import graph_of
from buildassets.compiler.incremental.stored_facts import stored_build
from buildassets.compiler.kept import Kept
from buildassets.compiler.languages.native.library import oddity
from buildassets.compiler.means import Means, RemoteReport, opened_cache
from buildassets.compiler.released import released, unwritable
from buildassets.compiler.reported import with_templates
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.templates.named import NamedInTemplates
from buildassets.compiler.transform.draft_cache import rerun_reasons, shown_steps
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import sort_key
from buildassets.foundation.frozen import replace
from buildassets.foundation.measures import Measures

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature


def build(request: BuildRequest, *, last: LastBuild | None = None) -> BuildResult:
    """Compile everything that the request's configuration names into its release directory.

    Unchanged files since the `last` build need no work.

    A user's mistake never raises: it is among the result's diagnostics, which are sorted by place, and the earlier
    release stays as it was.
    """
    config, away, began_ns = request.config, request.away, time.time_ns()
    reported: list[RemoteReport] = []
    with opened_cache(request, reported) as cache:
        means = Means(request=request, cache=cache, kept=request.kept or Kept())
        result = replace(_built(means, last), seconds=means.times.seconds())
    more = [found for found in (away.complaint() if away else None, oddity()) if found]
    for use, found in reported:
        result = replace(result, remote=replace(use, kept_back=shown_steps(use.kept_back)))
        more += found
    if cache is not None and request.cache is not None:
        if cache.unusable:
            more.append(unusable_cache(config, request.cache, cache.unusable))
        if result.succeeded:
            measures = Measures(result.seconds, result.contents)
            keep_measures(request.cache, config.output, result.manifest_digest, measures)
        result = replace(result, rerun=rerun_reasons(cache), digests=_digests(cache, result, began_ns))
    if more:  # else the diagnostics stay those of the last build, the same object
        result = replace(result, diagnostics=tuple(sorted((*result.diagnostics, *more), key=sort_key)))
    return replace(result, diagnostics=hinted(config, result.diagnostics))


def _digests(cache: Cache, result: BuildResult, began_ns: int) -> "dict[str, tuple[Signature | None, str]]":
    """The digests of what the build read, but for sources that were written after they were read to be compiled."""
    found = {**cache.files.found(), **result.digests}
    for path, before in result.stamps.items():
        seen = found[path][0] if path in found else None
        if seen not in (None, before) and not is_settled(seen, began_ns):
            del found[path]
    return found


def _built(means: Means, last: LastBuild | None) -> BuildResult:
    kept = means.kept
    try:
        if kept.changed is None and last is not None and (stored := stored_build(last)):
            kept.restore(means.config, means.request.mode, stored, last)
        return _built_with(means, last)
    except LostBodyError:
        kept.clear()
        return _built_with(means, last)


def _built_with(means: Means, last: LastBuild | None) -> BuildResult:
    """The result of a build with what is kept. Raises LostBodyError if some of that is lost, and then forgets it."""
    config = means.config
    means.kept.begin(config, means.request.mode)
    templates = NamedInTemplates(config, means.request.cache)
    graph = with_templates(means, graph_of(means, templates), templates)
    if graph.failed:
        return BuildResult(None, (), graph.diagnostics, graph.inputs)
    try:
        return released(means, graph, last)
    except BuildError as fault:
        diagnostics = sorted((*graph.diagnostics, *fault.diagnostics), key=sort_key)
        return BuildResult(None, (), tuple(diagnostics), graph.inputs)
    except OSError as fault:
        return BuildResult(None, (), (*graph.diagnostics, unwritable(config, fault)), graph.inputs)
