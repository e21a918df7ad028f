"""Writes the assets of a graph into the release directory, and describes the release.

Takes a graph and the means of a build, gives the result of that build. What was written before and is the same need
not be looked at: the names, the entries and the lines of the last release of this process are kept.
"""

import os
from binascii import a2b_base64
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from errno import ENAMETOOLONG

from buildassets.compiler.body import digest_of_body, text_of
from buildassets.compiler.clean import clean_release
from buildassets.compiler.config.values import Config
from buildassets.compiler.finishing import Finished, Finishing, finished
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.incremental.stored_facts import recorded
from buildassets.compiler.means import Means
from buildassets.compiler.model import Content, Named, Stored
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.write.kept_release import KeptRelease, Totals, totals_of
from buildassets.compiler.write.manifest_entries import manifest_of, source_fingerprints
from buildassets.compiler.write.release_directory import (
    KnownFiles,
    ReleaseWriter,
    files_of,
    release_directory,
    release_files,
)
from buildassets.disk.files import MOST_MANIFEST_BYTES, STAGING_PREFIX, bytes_at
from buildassets.errors import ManifestError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import frozen, frozen_by_name, replace
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.measures import BundleContents
from buildassets.foundation.media import SUFFIXES
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import (
    ASSETS_FOLDER,
    MANIFEST_NAME,
    MAPS_SUFFIX,
    Entry,
    Manifest,
    dumps,
    entries_as_written,
    entry_lines,
    loads_lazily,
)
from buildassets.wheels.contents import ReleasedFile


@frozen
class _Again:
    """The last release of this process, of which all holds but for the `changed` assets."""

    kept: KeptRelease
    changed: frozenset[LogicalPath]


@frozen_by_name
class _Made:
    """The manifest of a release with its lines, and what else is written with it."""

    finished: Finished
    lines: Mapping[str, str]
    entries: Lazily[str, Entry]
    totals: Totals


def released(means: Means, graph: AssetGraph, last: LastBuild | None) -> BuildResult:
    """Write the assets of `graph` into the release directory. Raises BuildError and OSError."""
    config, kept = means.config, means.kept
    with (
        means.times.of("write"),
        release_directory(config.output, is_lasting=means.is_lasting, permission=config.permission) as release,
    ):
        again = _again(means, release)
        kept.release = None  # until this one is written
        naming = again.kept.naming if again else Naming(text_of, kept.names)
        others = {**naming.files}
        named, digests = _named(graph, naming, again), dict[str, str]()
        noted = means.times.of_each("graph", _noted(config, named, digests))
        earlier = KnownFiles() if again else _earlier(config, last)
        fresh = means.store(release, noted, earlier, others=others, plain=graph.plain)
        stored = again.kept.stored.copy() if again else Lazily(fresh, fresh.__getitem__)
        stored.update(fresh)
        made = _made(means, graph, release, again, stored=stored, fresh=fresh)
        of_watch = means.is_production and _is_of_watch(release.manifest() or b"")
        content = dumps(made.finished.manifest, made.lines).encode("ascii")
        names = release.finish(content, made.finished.contents(content))
        manifest_stamp = release.manifest_stamp()
    if of_watch:  # whose files nobody is served any more, and `verify` would report
        clean_release(config.output, config.shown, permission=config.permission)
    outputs = _outputs(config, made.finished.manifest, again, fresh)
    kept.release = KeptRelease(
        naming=naming,
        stored=stored,
        entries=made.entries,
        lines=made.lines,
        outputs=outputs,
        totals=made.totals,
        sources=made.finished.manifest.sources,
        manifest_stamp=manifest_stamp,
    )
    kept.unreleased, kept.lost, kept.edited = frozenset(), frozenset(), frozenset()
    drafts = [graph.assets[path].draft for path in (graph.assets if again is None else again.changed)]
    digests |= {draft.source.path: draft.digest for draft in drafts if draft.digest}
    digests |= _copies(config, fresh)
    return BuildResult(
        made.finished.manifest,
        (*(f"../{os.path.basename(config.output)}{MAPS_SUFFIX}/{name}" for name in made.finished.new_maps), *names),
        diagnostics=graph.diagnostics,
        inputs=graph.inputs,
        outputs=tuple(outputs),
        record=recorded(kept, fresh, config=config, cache=means.cache) if kept.is_recorded else b"",
        reused=kept.graphing.reused,
        remade_for=kept.remade_for,
        read_again=kept.graphing.read_again if kept.remade_for is None else {},
        size_bytes=made.totals.size_bytes,
        manifest_digest=digest(content),
        digests={path: (None, found) for path, found in digests.items()},
        contents=_contents(config, graph),
        sets=graph.sets,
        parents=graph.parents,
        stamps={draft.source.path: draft.stamp for draft in drafts if draft.stamp},
    )


def _is_of_watch(manifest: bytes) -> bool:
    """Whether `manifest` is that of a release for development."""
    with suppress(ManifestError):
        return b'"livereload"' in manifest and loads_lazily(manifest).livereload is not None
    return False


def outputs(graph: AssetGraph, naming: Naming) -> Iterator[Named]:
    """The assets with the names that `naming` gives, and with their final contents, made one by one."""
    return naming.named({path: _content(graph, path) for path in graph.assets})


def _again(means: Means, release: ReleaseWriter) -> _Again | None:
    """The last release of this process, if it is the one on disk, and as far as it holds."""
    kept, changed = means.kept.release, means.kept.unreleased
    if kept is None or changed is None or means.makes_deltas or release.manifest_stamp() != kept.manifest_stamp:
        return None
    lost = {kept.outputs.get(path) for path in means.kept.lost}
    if None in lost:
        return None
    return _Again(kept, changed.union(filter(None, lost)))


def _named(graph: AssetGraph, naming: Naming, again: _Again | None) -> Iterator[Named]:
    if again is None:
        return outputs(graph, naming)
    return naming.renamed(again.changed, lambda path: _content(graph, path))


def _content(graph: AssetGraph, path: LogicalPath) -> Content:
    draft = graph.assets[path].draft
    keeps_name, recipe = draft.source.keeps_name, draft.source.recipe
    return Content(
        draft.body,
        () if keeps_name else graph.written[path],
        keeps_name=keeps_name,
        digest=draft.digest or digest_of_body(draft.body),
        named_as=graph.named_as.get(path),
        is_plain=path in graph.plain,
        name=recipe.file if isinstance(recipe, ReleasedFile) else "",
    )


def _made(
    means: Means,
    graph: AssetGraph,
    writer: ReleaseWriter,
    again: _Again | None,
    *,
    stored: Mapping[LogicalPath, Stored],
    fresh: Collection[LogicalPath],
) -> _Made:
    """The manifest of what is `stored`; the entries of what is not `fresh` are those of the last release."""
    config, assets = means.config, graph.assets
    made = list(dict.fromkeys((*fresh, *again.changed))) if again else sorted(assets)
    entries = again.kept.entries.copy() if again else Lazily[str, Entry]((), _no_entry)
    totals = totals_of(assets, stored, made, again.kept if again else None)
    sources = source_fingerprints(
        config,
        totals.several.values(),
        means.digest_of,
        known=again.kept.sources if again else {},
        changed=means.kept.edited,
    )
    manifest = manifest_of(
        config, graph, stored, means.request.mode, totals=totals, sources=sources, known=entries, fresh=made
    )
    release = finished(Finishing(means=means, graph=graph, writer=writer, stored=stored), manifest)
    lines = entry_lines({path: release.manifest.assets[path] for path in made})
    return _Made(
        finished=release,
        lines={**again.kept.lines, **lines} if again else lines,
        entries=entries,
        totals=totals,
    )


def _no_entry(path: str) -> Entry:
    raise KeyError(path)


def _outputs(
    config: Config, manifest: Manifest, again: _Again | None, fresh: Collection[LogicalPath]
) -> dict[str, LogicalPath | None]:
    """All files of the release, and of its hidden source maps, by path; each with its asset, or with None."""
    maps = [f"{config.output}{MAPS_SUFFIX}/{name}" for name in manifest.maps]
    made = fresh if again else manifest.assets
    files = {file: LogicalPath(path) for path in made for file in files_of(config.output, manifest.assets[path])}
    if again is None:
        return {**dict.fromkeys((*release_files(config.output, manifest), *maps)), **files}
    others = release_files(config.output, replace(manifest, assets={}))
    kept = {path: asset for path, asset in again.kept.outputs.items() if asset is not None and asset not in fresh}
    return {**dict.fromkeys((*others, *maps)), **kept, **files}


def _contents(config: Config, graph: AssetGraph) -> dict[str, BundleContents]:
    """The contents of each bundle."""
    found: dict[str, BundleContents] = {}
    for path in graph.joined:
        asset = graph.assets[path]
        if not asset.draft.contents:
            continue
        sizes = {config.input_name(file): size_bytes for file, size_bytes in asset.draft.contents}
        imports = {
            config.input_name(file): tuple(config.input_name(target) for target in graph.module_imports[file])
            for file, _ in asset.draft.contents
            if file in graph.module_imports
        }
        entry = config.input_name(asset.draft.source.path) if imports else None
        found[path] = BundleContents(sizes, imports, entry)
    return found


def _noted(config: Config, assets: Iterable[Named], digests: dict[str, str]) -> Iterator[Named]:
    """The same `assets`; what the file of each will hold is added to `digests`, by path."""
    for asset in assets:
        digests[f"{config.output}/{ASSETS_FOLDER}/{asset.file}"] = asset.digest
        yield asset


def _copies(config: Config, stored: Mapping[LogicalPath, Stored]) -> dict[str, str]:
    """The digests of the compressed copies, by path."""
    return {
        f"{config.output}/{ASSETS_FOLDER}/{one.file}{SUFFIXES[coding]}": a2b_base64(found).hex()
        for one in stored.values()
        for coding, found in one.digests.items()
        if coding in SUFFIXES
    }


def _earlier(config: Config, last: LastBuild | None) -> KnownFiles:
    """The files of the release directory that are known from the `last` build, and so need not be read."""
    manifest = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    if last is None or manifest is None or digest(manifest) != last.manifest_digest:
        return KnownFiles()
    return KnownFiles(last.unchanged, entries_as_written(manifest))


def unwritable(config: Config, fault: OSError) -> Diagnostic:
    """The error for a release that could not be written."""
    path = os.fspath(fault.filename2 or fault.filename or config.output)
    if os.path.relpath(path, config.output).startswith(STAGING_PREFIX):
        path = config.output  # a staging folder has another name each time
    message = f"cannot write the release directory `{config.shown(config.output)}`: {reason_text(fault)}"
    has_earlier = os.path.lexists(os.path.join(config.output, MANIFEST_NAME))
    notes = ["the earlier release is unchanged"] if has_earlier else []
    hint = "check the permissions and the free space there, or name another folder with `-o` or as `output`"
    if fault.errno == ENAMETOOLONG:
        hint = (
            "shorten the name of the source: its fingerprint makes it 13 bytes longer, a compressed copy up to 4 more"
        )
    return error("output/unwritable", message, Location(config.shown(path)), notes=notes, hint=hint)
