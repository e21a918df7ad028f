"""The form in which a compiled asset with its links is kept between processes: a row of JSON values.

Kept are assets that are made of one file each and that report nothing. A body is not in the row: it is the source, or
the cache has it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from buildassets.compiler.body import OnDisk, digest_of_body, size_of
from buildassets.compiler.cache import json_values
from buildassets.compiler.graph.checks.chunk_names import with_bundler
from buildassets.compiler.graph.checks.worker_urls import names_workers
from buildassets.compiler.graph.link import without_lost_map
from buildassets.compiler.images.size import Size
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.model import Draft, Linked, Source
from buildassets.foundation.paths import LogicalPath

# Of an asset: the digest and size of its body before comments on lost maps were cut; references, links, missing
# references, width and height, engines; the digest and size of the result in the cache, which ends in the body, or
# nothing if that is the source.
Row = Sequence[Any]
_FIELDS: Final = 8
_KINDS: Final = {kind.value: kind for kind in ReferenceKind}
PathOf = Callable[[str], str]  # of a result in the cache, by its digest


def row_of(asset: Linked) -> Row | None:
    """The row of `asset`, before comments on lost maps are cut; None if it cannot be kept. Its last field is empty."""
    draft, size = asset.draft, asset.draft.size
    if not _depends_on_its_file_only(draft) or names_workers(draft) or with_bundler(draft).bundler:
        return None
    references = [(one.start, one.end, one.url, one.kind.value) for one in draft.references]
    numbers = {id(reference): number for number, reference in enumerate(draft.references)}
    links = [(numbers[id(reference)], target) for reference, target in asset.links]
    body = draft.digest or digest_of_body(draft.body), size_of(draft.body)
    return (*body, references, links, asset.missing, (size.width, size.height) if size else (), draft.engines, ())


def asset_of(row: Row, source: Source, path_of: PathOf) -> Linked:
    """The asset of which `row` was made; `source` is as it was. Raises ValueError if it is damaged."""
    try:
        return _asset_of(row, source, path_of)
    except (TypeError, IndexError, KeyError):
        raise ValueError("another form") from None


def _asset_of(row: Row, source: Source, path_of: PathOf) -> Linked:
    digest, size_bytes, *lists = json_values.array(row, _FIELDS)
    found, links, missing, size, engines, result = map(json_values.array, lists)
    path, start_bytes = source.path, 0
    if result:
        in_cache, whole_bytes = json_values.array(result, 2)
        path = path_of(json_values.digest(in_cache))
        start_bytes = json_values.size(json_values.number(whole_bytes) - json_values.size(size_bytes))
    references = tuple([Reference(start, end, url, _KINDS[kind]) for start, end, url, kind in found])
    if not all(type(one.start) is type(one.end) is int and type(one.url) is str for one in references):
        raise ValueError("no references")
    body = OnDisk(
        path,
        source.shown,
        json_values.digest(digest),
        json_values.size(size_bytes),
        is_kept=True,
        start_bytes=start_bytes,
    )
    draft = Draft(
        source,
        body,
        references=references,
        inputs=(source.path,),
        engines=tuple((json_values.text(kind), json_values.text(version)) for kind, version in engines),
        digest=None if result else body.digest,
        size=Size(*map(json_values.number, json_values.array(size, 2))) if size else None,
        may_name_workers=False,
        bundler="",
    )
    targets = [LogicalPath(json_values.text(target)) for _, target in (*links, *missing)]
    lost = zip(missing, targets[len(links) :], strict=True)
    asset = Linked(
        draft,
        tuple([(references[number], target) for (number, _), target in zip(links, targets, strict=False)]),
        tuple((json_values.size(number), target) for (number, _), target in lost if references[number]),
    )
    return without_lost_map(asset) if missing else asset


def _depends_on_its_file_only(draft: Draft) -> bool:
    """Whether `draft` is its source file, perhaps minified, and nothing is found there but references."""
    source = draft.source
    is_plain = draft.digest is not None and not draft.engines
    has_more = draft.compiled or draft.directives or draft.diagnostics or draft.sets or draft.absences or draft.origin
    if has_more or not (is_plain or (draft.digest is None and draft.engines)):
        return False
    if source.root < 0 or source.recipe is not None:  # made of others
        return False
    return draft.inputs == (source.path,) and not (draft.contents or draft.names or draft.metrics or draft.icons)
