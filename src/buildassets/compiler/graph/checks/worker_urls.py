"""Warns of worker scripts that are named by a plain string, which is not rewritten to the fingerprinted name.

Takes all assets with the sources, gives diagnostics.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from buildassets.compiler.body import OnDisk, text_of
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.checks.findings import places_of
from buildassets.compiler.graph.checks.look import Look
from buildassets.compiler.languages.javascript.lexer import reads_as_module
from buildassets.compiler.languages.javascript.worker_urls import (
    IMPORT_SCRIPTS,
    WorkerUrl,
    may_name_workers,
    worker_urls,
)
from buildassets.compiler.model import Draft, Linked, Source
from buildassets.compiler.resolve.urls import USUAL_PREFIXES, has_host
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax, media_of, script_name
from buildassets.foundation.paths import LogicalPath, from_url, join, normalise, relative, split_url


def worker_faults(config: Config, faults: Iterable[tuple[int, Diagnostic]]) -> Iterator[Diagnostic]:
    """The warnings of `named_workers`, for each root of others one, with their number."""
    of_others: dict[int, list[Diagnostic]] = {}
    for root, fault in faults:
        if config.sources[root].is_of_others:
            of_others.setdefault(root, []).append(fault)
        else:
            yield fault
    for index, several in of_others.items():
        message = (
            f"{len(several)} scripts of workers in `{config.sources[index].shown}/` are assets that a string names"
        )
        first, *more = several
        yield replace(first, message=message, others=places_of(more)) if more else first


def names_workers(draft: Draft) -> bool:
    """Whether `draft` is a script that names worker scripts by plain strings, whether or not these are assets."""
    body = draft.body
    is_script = draft.source.syntax is Syntax.JAVASCRIPT
    if not is_script or not draft.may_name_workers or isinstance(body, OnDisk):
        return False
    return may_name_workers(body) and any(worker_urls(text_of(body)))


def named_workers(look: Look, asset: Linked) -> Iterator[tuple[int, Diagnostic]]:
    """A warning for each worker script that a string of `asset` names, with the number of the root."""
    draft, config = asset.draft, look.config
    logical = draft.source.logical
    if draft.source.root < 0 or not names_workers(draft):
        return
    prefixes = (config.url, *USUAL_PREFIXES)
    positions = OriginalPositions(draft, config.shown)
    is_module = logical.endswith(".mjs") or reads_as_module(positions.text)
    for named in worker_urls(positions.text):
        is_left = look.is_external(named.url)
        target = None if is_left else _target(named.url, logical, prefixes, look.sources, plain=look.plain)
        if target is not None:
            message = f"`{named.url}` is left alone, and `{target}` is an asset"
            hint = _hint(named, logical, target, is_module=is_module)
            where = positions.place_in(named.start, named.end)
            yield draft.source.root, warning("reference/worker", message, where, hint=hint)


def _target(
    url: str,
    logical: LogicalPath,
    prefixes: Sequence[str],
    sources: Mapping[LogicalPath, Source],
    *,
    plain: Collection[LogicalPath],
) -> LogicalPath | None:
    """The asset that `url` names, relative to the script `logical` or at the top; None if it keeps its name."""
    path = from_url(split_url(url)[0])
    if has_host(url) or url.startswith("//") or "\\" in url or not path:
        return None
    if path.startswith("/"):
        places = [normalise(path.removeprefix(prefix)) for prefix in prefixes if path.startswith(prefix)]
    else:
        places = [join(logical, path), normalise(path)]
    named = (LogicalPath(script_name(place) or place) for place in places if place)
    scripts = (place for place in named if place in sources and media_of(place).syntax is Syntax.JAVASCRIPT)
    renamed = (script for script in scripts if not sources[script].keeps_name and script not in plain)
    return next((script for script in renamed if script != logical), None)


def _hint(named: WorkerUrl, logical: LogicalPath, target: LogicalPath, *, is_module: bool) -> str:
    if is_module and named.by != IMPORT_SCRIPTS:
        path = relative(logical, target)
        written = path if path.startswith("../") else f"./{path}"
        return f'write `new {named.by}(new URL("{written}", import.meta.url))`'
    call = named.by if named.by == IMPORT_SCRIPTS else f"new {named.by}"
    return f'write `{call}(ASSET_URL("{target}"))`'
