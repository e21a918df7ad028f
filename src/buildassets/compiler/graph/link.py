"""Turns references into links: finds the asset that each names, or that there is none."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.body import text_of
from buildassets.compiler.languages.edits import Edit, edited
from buildassets.compiler.languages.map_comment import map_comments
from buildassets.compiler.languages.reference import Link, Reference, ReferenceKind
from buildassets.compiler.model import Draft, Follow, Linked
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.disk.folders import is_within, path_below
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import is_script
from buildassets.foundation.paths import LogicalPath, split_url

_OF_PACKAGES: Final = f"{os.sep}node_modules{os.sep}"
_SETTINGS: Final = ("package", "tsconfig", "jsconfig")
_ENDS: Final = ("", ".tsx", ".ts", ".jsx", ".js", ".css", ".json")  # in the order in which esbuild tries them


@frozen
class Site:
    """The assets that references can lead to.

    `known` are the logical paths of all assets, `paths` the same by the absolute paths of their sources, `roots` the
    absolute folder and the prefix of each source root, `url_prefix` that of the configuration. `follow` gives the
    logical path that a reference names, whether or not there is such an asset.
    """

    known: Collection[LogicalPath]
    paths: Mapping[str, LogicalPath]
    roots: Sequence[tuple[str, str]]
    url_prefix: str
    follow: Follow

    def target(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        """The logical path that `reference` names in the asset `base`; None if it is to be left alone."""
        return self.follow(reference, base)

    def target_from(self, reference: Reference, writer: str) -> LogicalPath | None:
        """The asset that `reference` names relative to the file at the absolute path `writer`, if there is one."""
        candidates = [self.target(reference, base) for base in self.logical_paths(writer)]
        file = self.file_from(reference, writer)
        candidates.append(self.paths.get(file) if file else None)
        return next((target for target in candidates if target in self.known), None)

    def file_from(self, reference: Reference, writer: str) -> str | None:
        """The absolute path that `reference` names relative to the file `writer`; None if its base does not matter."""
        if reference.url.startswith(self.url_prefix):
            return None
        drive, path = os.path.splitdrive(writer)  # there is one on Windows only
        target = self.target(reference, LogicalPath(path.replace(os.sep, "/").lstrip("/")))
        return drive + os.path.normpath(f"/{target}")

    def logical_paths(self, path: str) -> Iterator[LogicalPath]:
        """The logical paths that the file at `path` has, or would have as an asset; one for each root around it."""
        for folder, prefix in self.roots:
            if (below := path_below(folder, path)) is not None:
                yield LogicalPath(f"{prefix}/{below}" if prefix else below)


def linked(draft: Draft, site: Site) -> Linked:
    """`draft` with each of its references resolved.

    In a compiled sheet, a reference that names no asset relative to the sheet is resolved relative to the Sass partial
    that contains it. If the source map that the last comment names is missing, the draft also gets a reference to the
    map of the comment before, which debuggers use once the last is removed.
    """
    if not draft.references:
        return Linked(draft)
    draft = _with_earlier_maps(draft, site)
    targets: dict[int, LogicalPath] = {}
    missing: dict[int, LogicalPath] = {}
    for index, reference in enumerate(draft.references):
        target = site.target(reference, draft.source.logical)
        if target is None:
            continue
        if target in site.known:
            targets[index] = target
        elif reference.kind is not ReferenceKind.ORIGINAL:
            missing[index] = target
    if missing and draft.compiled is not None:
        writers = OriginalPositions(draft, str).writers()
        for index in tuple(missing):
            writer = writers[index]
            target = site.target_from(draft.references[index], writer) if writer else None
            if target is not None:
                targets[index] = target
                del missing[index]
    links = tuple((draft.references[index], targets[index]) for index in sorted(targets))
    return Linked(draft, links, tuple(missing.items()))


def _with_earlier_maps(draft: Draft, site: Site) -> Draft:
    """`draft` with references to the source maps of earlier comments, if the map of the last one is missing.

    Debuggers use the last comment; it is removed if its map is missing, and then the one before counts.
    """
    syntax = draft.source.syntax
    last = draft.references[-1:]
    if (
        syntax is None
        or draft.source.keeps_name
        or not last
        or not names_map(last[0])
        or _is_there(last[0], draft, site)
    ):
        return draft
    earlier: list[Reference] = []
    for comment in reversed(map_comments(text_of(draft.body), syntax)):
        if comment.url_start >= last[0].start:
            continue
        if not comment.url or comment.url.startswith("data:"):
            break
        end = comment.url_start + len(comment.url)
        earlier.append(Reference(comment.url_start, end, comment.url, ReferenceKind.SOURCE_MAP))
        if _is_there(earlier[-1], draft, site):
            break
    return replace(draft, references=(*draft.references[:-1], *reversed(earlier), *last)) if earlier else draft


def _is_there(reference: Reference, draft: Draft, site: Site) -> bool:
    """Whether `reference` leads to an asset, or out of the project."""
    target = site.target(reference, draft.source.logical)
    return target is None or target in site.known


def without_lost_map(asset: Linked) -> Linked:
    """`asset` without the comments that name missing source maps, which debuggers would request.

    The draft keeps these references, since others are known by their numbers among them.
    """
    draft = asset.draft
    lost = {draft.references[index].start for index, _ in asset.missing if names_map(draft.references[index])}
    syntax = draft.source.syntax
    if not lost or syntax is None or draft.source.keeps_name:
        return asset
    text = text_of(draft.body)
    cuts = [Edit(comment.start, comment.end) for comment in map_comments(text, syntax) if comment.url_start in lost]
    return replace(asset, draft=replace(draft, body=edited(text, cuts), digest=None)) if cuts else asset


def names_map(reference: Reference) -> bool:
    """Whether `reference` names a source map."""
    return reference.kind is ReferenceKind.SOURCE_MAP


def reached(asset: Linked) -> set[LogicalPath]:
    """The assets that are released because `asset` refers to them."""
    return {target for reference, target in asset.links if reference.kind is not ReferenceKind.ORIGINAL}


def without_unreleased(asset: Linked, released: Collection[LogicalPath]) -> Linked:
    """`asset` without links to assets that are not `released`: originals that only source maps name."""
    links = tuple(link for link in asset.links if link[1] in released)
    return asset if len(links) == len(asset.links) else replace(asset, links=links)


def imports_of(asset: LogicalPath, links: Iterable[Link]) -> tuple[LogicalPath, ...]:
    """The modules that the script `asset` imports statically, by its `links`, sorted; empty if it is not a script.

    An import with a query or a fragment is left out: to a browser that is another module, with another URL.
    """
    if not is_script(asset):
        return ()
    return tuple(sorted({target for reference, target in links if _waits_for(reference, target)}))


def _waits_for(reference: Reference, target: LogicalPath) -> bool:
    return reference.kind is ReferenceKind.MODULE and is_script(target) and not split_url(reference.url)[1]


def _beside(path: str, roots: Sequence[str]) -> Iterator[str]:
    """Where a file may appear that a compiler would take before the one at `path`: not every compiler reports that.

    As a rule that is anywhere in its folder. Settings, which are looked for by their full names, lie around the source
    `roots` beside much else: there it is only what they mean to an import, without the suffix, and packages.
    """
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    if suffix == ".json" and stem.startswith(_SETTINGS) and any(is_within(folder, root) for root in roots):
        yield os.path.join(folder, "node_modules")
        yield from _siblings(os.path.join(folder, stem))
        return
    yield folder
    if stem == "index" and _OF_PACKAGES not in path:
        yield from _siblings(folder)


def _siblings(path: str) -> Iterator[str]:
    """The files that an import of `path` means before `path.json`, or before the index of that folder."""
    return (path + end for end in _ENDS)


def inputs_of(asset: Linked, site: Site) -> Iterator[str]:
    """Every file that was read or looked for to make `asset`, and their folders; some more than once."""
    draft = asset.draft
    yield from draft.inputs
    yield from draft.absences
    for found in draft.sets:
        yield from found.folders
    roots = [folder for folder, _ in site.roots]
    for path in draft.inputs:
        yield from _beside(path, roots)
    if draft.origin is not None:
        yield from (origin.name for origin in draft.origin.origins if not origin.is_url)
