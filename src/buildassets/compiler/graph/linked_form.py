"""The form in which a compiled asset with its links is kept between processes: a row of JSON values.

Kept are assets of sources that are files. A body is not in the row: it is the source, or the cache has it; so it has
the whole draft of what is made of several files.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, Protocol

from buildassets.compiler.body import OnDisk, digest_of_body, size_of, text_of
from buildassets.compiler.cache import json_values
from buildassets.compiler.graph.checks.chunk_names import with_bundler
from buildassets.compiler.graph.checks.worker_urls import names_workers
from buildassets.compiler.graph.link import without_lost_map
from buildassets.compiler.images.size import Size
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.model import Draft, Linked, Source
from buildassets.foundation.diagnostics import to_json
from buildassets.foundation.frozen import replace
from buildassets.foundation.paths import LogicalPath

# Of an asset: references, links, missing references; then the digest and size of its body before comments on lost maps
# were cut, width and height, engines, diagnostics, bundler, whether it names workers, all these null where the cache
# has the draft; the digest and size of the result in the cache, which ends in the body, or nothing if that is the
# source.
Row = Sequence[Any]
_FIELDS: Final = 5
_OF_DRAFT: Final = 7
_KINDS: Final = {kind.value: kind for kind in ReferenceKind}


class Results(Protocol):
    """The results of engines in the cache, by their digests."""

    def path_of(self, digest: str) -> str:
        """The path of a result, whether it is there or not."""
        ...

    def draft_of(self, source: Source, digest: str, size_bytes: int, looked_at: Collection[str]) -> Draft:
        """The draft of `source`, made of files among those at the paths `looked_at`.

        Raises LostBodyError if it is not there.
        """
        ...


def row_of(asset: Linked) -> Row | None:
    """The row of `asset`, before comments on lost maps are cut; None if it cannot be kept. Its last field is empty."""
    draft = asset.draft
    is_one_file = _is_one_file(draft)
    if not (is_one_file or _is_in_cache(draft)):
        return None
    references = [(one.start, one.end, one.url, one.kind.value) for one in draft.references]
    numbers = {id(reference): number for number, reference in enumerate(draft.references)}
    links = [(numbers[id(reference)], target) for reference, target in asset.links]
    return (references, links, asset.missing, _fields_of(draft) if is_one_file else None, ())


def _fields_of(draft: Draft) -> Sequence[Any]:
    size = (draft.size.width, draft.size.height) if draft.size else ()
    diagnostics = [to_json(one) for one in draft.diagnostics]
    bundler = with_bundler(draft).bundler
    body = draft.digest or digest_of_body(draft.body), size_of(draft.body)
    return (*body, size, draft.engines, diagnostics, bundler, names_workers(draft))


def asset_of(
    row: Row, source: Source, results: Results, looked_at: Collection[str], *, has_body: bool = True
) -> Linked:
    """The asset of which `row` was made, in a run that looked at these paths; `source` is as it was.

    One that does not hold any more has no body. Raises ValueError if the row is damaged, and LostBodyError if what it
    names is.
    """
    try:
        asset = _asset_of(row, source, results, looked_at)
        if not has_body:
            return asset
        if asset.draft.may_name_workers and isinstance(asset.draft.body, OnDisk):  # whose text is looked at for them
            asset = replace(asset, draft=replace(asset.draft, body=text_of(asset.draft.body)))
        return without_lost_map(asset) if asset.missing else asset
    except (TypeError, IndexError, KeyError):
        raise ValueError("another form") from None


def _asset_of(row: Row, source: Source, results: Results, looked_at: Collection[str]) -> Linked:
    *lists, fields, result = json_values.array(row, _FIELDS)
    found, links, missing = map(json_values.array, lists)
    references = tuple([Reference(start, end, url, _KINDS[kind]) for start, end, url, kind in found])
    if not all(type(one.start) is type(one.end) is int and type(one.url) is str for one in references):
        raise ValueError("no references")
    if fields is None:
        digest, size_bytes = json_values.array(result, 2)
        size_bytes = json_values.size(size_bytes)
        draft = replace(results.draft_of(source, json_values.digest(digest), size_bytes, looked_at), references=())
    else:
        draft = _draft_of(json_values.array(fields, _OF_DRAFT), json_values.array(result), source, results)
    targets = [LogicalPath(json_values.text(target)) for _, target in (*links, *missing)]
    lost = zip(missing, targets[len(links) :], strict=True)
    return Linked(
        replace(draft, references=references),
        tuple([(references[number], target) for (number, _), target in zip(links, targets, strict=False)]),
        tuple((json_values.size(number), target) for (number, _), target in lost if references[number]),
    )


def _draft_of(fields: Sequence[Any], result: Sequence[Any], source: Source, results: Results) -> Draft:
    digest, size_bytes, size, engines, diagnostics, bundler, may_name_workers = fields
    path, start_bytes = source.path, 0
    if result:
        in_cache, whole_bytes = json_values.array(result, 2)
        path = results.path_of(json_values.digest(in_cache))
        start_bytes = json_values.size(json_values.number(whole_bytes) - json_values.size(size_bytes))
    body = OnDisk(
        path,
        source.shown,
        json_values.digest(digest),
        json_values.size(size_bytes),
        is_kept=True,
        start_bytes=start_bytes,
    )
    return Draft(
        source,
        body,
        inputs=(source.path,),
        engines=tuple((json_values.text(kind), json_values.text(version)) for kind, version in engines),
        diagnostics=tuple(map(json_values.diagnostic, diagnostics)),
        digest=None if result else body.digest,
        size=Size(*map(json_values.number, json_values.array(size, 2))) if size else None,
        may_name_workers=json_values.truth(may_name_workers),
        bundler=json_values.text_or_none(bundler),
    )


def _is_one_file(draft: Draft) -> bool:
    """Whether `draft` is its source file, perhaps minified, and nothing else decides it."""
    is_plain = draft.digest is not None and not draft.engines
    has_more = draft.compiled or draft.absences or draft.origin
    if has_more or not (is_plain or (draft.digest is None and draft.engines)):
        return False
    return draft.inputs == (draft.source.path,) and _is_of_file(draft)


def _is_in_cache(draft: Draft) -> bool:
    """Whether the cache keeps all of `draft`."""
    return bool(draft.engines) and not draft.failed and _is_of_file(draft)


def _is_of_file(draft: Draft) -> bool:
    """Whether `draft` is that of a source file in a root, and nothing of it is for bundles, fonts or sprites."""
    if draft.source.root < 0 or draft.source.recipe is not None or draft.directives or draft.sets:
        return False
    return not (draft.contents or draft.names or draft.metrics or draft.icons)
