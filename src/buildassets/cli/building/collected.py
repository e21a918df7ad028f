"""Builds what Django's `collectstatic` collects: a release whose files lie next to copies under their own names.

Takes the list of files that the storage wrote, gives a release directory and the manifest for `STATIC_ROOT`. A
third-party file that cannot be built is released unchanged, with a warning: before, it was copied whatever it held.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.cli.building.project_build import summary
from buildassets.cli.parse.compile_options import BuildOptions
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import Output, kept_from_stdout
from buildassets.compiler.build import build
from buildassets.compiler.cache.toolchain import is_for_packages
from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.graph.fingerprint import output_name
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.compiler.sources.discover import unreadable
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.templates.named import NamedInTemplates
from buildassets.compiler.write.clock import build_time
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at, chunks_of, content_of, write_whole
from buildassets.disk.folders import make_folders
from buildassets.errors import BuildError
from buildassets.features.retained.retain import Retaining, superseded
from buildassets.foundation.diagnostics import Diagnostic, Severity, sort_key
from buildassets.foundation.digest import digest, fingerprint, in_base64, integrity
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import released_type, script_name
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.json import ASSETS_FOLDER
from buildassets.manifest.model import (
    COLLECTED_NAME,
    IDENTITY,
    Entry,
    Manifest,
    Retained,
    digest_of_release,
    dumps,
    release_content,
)
from buildassets.manifest.soundness import is_file
from buildassets.work.jobs import paused_collector, threads

_MODULES: Final = "node_modules"
_UNCHANGED: Final = "the file is released unchanged"
_TEXTS: Final = ("previous", "served_from", "made_from")


@frozen
class Listing:
    """What Django collects, as its storage lists it.

    `roots` have the files, `templates` are tables of folders. `compress` are the codings of copies unless the
    configuration has some, None for the usual ones. `previous` is the path of the manifest that is served now,
    `served_from` the folder with its files, empty if these are elsewhere. `made_from` has the digests of all files but
    those that the build finds by itself; `digested` are further files among them.
    """

    roots: tuple[SourceRoot, ...]
    templates: tuple[str, ...]
    compress: tuple[str, ...] | None
    previous: str
    served_from: str
    made_from: Mapping[str, str]
    digested: tuple[str, ...]


def build_collected(options: BuildOptions) -> int:
    """Build what the file `options.given.collected` lists, and print what came of it; returns the exit code."""
    listed = _read(str(options.given.collected))
    given = replace(options.given, templates=listed.templates)
    config = given.config(permission=permitted("build"), roots=listed.roots)
    config, unreleased = _with_wanted(config)
    is_set = config.document is not None and "compress" in config.document.table
    if listed.compress is not None and not is_set:
        config = replace(config, compress={name: config.compress[name] for name in listed.compress})
    show = Output(given.as_json, given.verbose, given.quiet)
    with paused_collector(), threads(given.jobs) as local, kept_from_stdout():
        request = BuildRequest(
            config=config,
            cache=options.cache_dir,
            executor=local,
            progress=show.on_progress(),
            checks_templates=False,  # `buildassets.W009` does, and a release that holds needs no compiler
        )
        result, diagnostics = _built(request)
    code = show.finish(ok=result.succeeded, diagnostics=diagnostics, document={})
    if result.manifest is not None:
        content = dumps(_manifest(config, listed, result, unreleased)).encode("ascii")
        write_whole(os.path.join(config.output, COLLECTED_NAME), content)
        if result.manifest.release_file:  # it names the release by the digest of its manifest
            current = release_content(digest_of_release(content))
            write_whole(os.path.join(config.output, ASSETS_FOLDER, result.manifest.release_file), current)
        if result.manifest.maps:
            show.report('source maps are not kept: `source_maps = "hidden"` needs a release directory of its own')
    elif not given.quiet:
        show.report(summary(replace(result, diagnostics=diagnostics), config, listed.previous))
    return code


def _read(path: str) -> Listing:
    document: dict[str, Any] = json.loads(content_of(path))
    roots = tuple(SourceRoot(**{**root, "files": tuple(map(tuple, root["files"]))}) for root in document.pop("roots"))
    tuples = {name: value and tuple(value) for name, value in document.items() if name not in _TEXTS}
    return Listing(roots, **{**document, **tuples})


def _built(request: BuildRequest) -> tuple[BuildResult, tuple[Diagnostic, ...]]:
    """The result of a build without the third-party files that cannot be built, and all diagnostics."""
    tolerated: list[Diagnostic] = []
    while True:
        result = build(request)
        config = request.config
        sources = {root.shown_prefix + name: (index, name) for index, root, name in _third_party(config)}
        faults = {fault: _sources(fault, sources) for fault in result.diagnostics if fault.is_error}
        tolerated += _gathered(config, {fault: named for fault, named in faults.items() if named})
        if result.succeeded or not all(faults.values()):
            left = [fault for fault in result.diagnostics if not faults.get(fault)]
            return result, tuple(sorted([*left, *tolerated], key=sort_key))
        request = replace(request, config=_without(config, {one for named in faults.values() for one in named}))


def _third_party(config: Config) -> Iterator[tuple[int, SourceRoot, str]]:
    for index, root in enumerate(config.sources):
        if root.is_of_others:
            yield from ((index, root, name) for name, _ in root.files or ())


def _sources(fault: Diagnostic, sources: Mapping[str, tuple[int, str]]) -> list[tuple[int, str]]:
    """The third-party files that `fault` is about: indices of roots, and names below these."""
    places = (*filter(None, [fault.location]), *fault.others)
    return [sources[place.file] for place in places if place.file in sources]


def _gathered(config: Config, faults: Mapping[Diagnostic, Sequence[tuple[int, str]]]) -> Iterator[Diagnostic]:
    """A warning for each root and kind of `faults`."""
    alike: defaultdict[tuple[int, str], list[Diagnostic]] = defaultdict(list)
    for fault, named in faults.items():
        alike[named[0][0], fault.code].append(fault)
    for (index, _), (first, *more) in alike.items():
        notes = [*first.notes, _UNCHANGED]
        if more:
            notes.append(f"and {len(more)} more of this kind in `{config.sources[index].shown}/`")
        others = (*first.others, *(one.location for one in more if one.location))
        yield replace(first, severity=Severity.WARNING, notes=tuple(notes), others=others)


def _without(config: Config, left_out: Collection[tuple[int, str]]) -> Config:
    """`config` without the files `left_out`."""
    roots = list(config.sources)
    for index, root in enumerate(roots):
        if root.files is not None:
            files = tuple(file for file in root.files if (index, file[0]) not in left_out)
            roots[index] = replace(root, files=files)
    return replace(config, sources=tuple(roots))


def _with_wanted(config: Config) -> tuple[Config, tuple[str, ...]]:
    """`config`, in which files of `node_modules` are only released if something names them.

    Gives also the beginnings of the names of all of these files.
    """
    lazy = [root for root in config.sources if _modules(root)]
    if not lazy:
        return config, ()
    named = NamedInTemplates(config, cache=None).names()
    roots: list[SourceRoot] = []
    beginnings: set[str] = set()
    for root in config.sources:
        optional = _modules(root)
        beginnings.update(_beginning(root, name) for name, _ in optional)
        if not optional:
            roots.append(root)
        else:
            files = (file for file in root.files or () if file not in optional or _logical(root, file[0]) in named)
            roots.append(replace(root, files=tuple(files)))
            roots.append(replace(root, files=tuple(optional), npm=True, vendored=True))
    return replace(config, sources=tuple(roots)), tuple(sorted(beginnings))


def _modules(root: SourceRoot) -> dict[tuple[str, str], None]:
    """The files of `root` that lie in a folder `node_modules`, in their order."""
    if f"/{_MODULES}" in f"{root.path}/".replace(os.sep, "/"):
        return dict.fromkeys(root.files or ())
    return dict.fromkeys(file for file in root.files or () if f"/{_MODULES}/" in f"/{file[0]}")


def _beginning(root: SourceRoot, name: str) -> str:
    """The beginning of the names of all files in the package that contains the file `name` of `root`."""
    before, modules, _ = f"/{name}".rpartition(f"/{_MODULES}/")
    if modules:
        return _logical(root, f"{before}{modules}"[1:])
    folders = name.split("/")[:-1]
    package = "/".join(folders[: 2 if name.startswith("@") else 1])
    return _logical(root, f"{package}/" if package else name)


def _logical(root: SourceRoot, name: str) -> str:
    return f"{root.prefix}/{name}" if root.prefix else name


def _manifest(config: Config, listed: Listing, result: BuildResult, unreleased: tuple[str, ...]) -> Manifest:
    """The manifest for `STATIC_ROOT`. It is public, so it names no inputs and no settings."""
    assert result.manifest is not None
    released = result.manifest.assets
    assets = {**dict(_further(config, listed.roots, released, unreleased)), **released}
    return replace(
        result.manifest,
        assets={path: assets[path] for path in sorted(assets)},
        unreleased=unreleased,
        made_from=listed.made_from if _is_reproducible(config, listed, result) else {},
        retained=_retained(config, listed, assets),
        sources={},
        settings={},
        maps={},
    )


def _further(
    config: Config, roots: Iterable[SourceRoot], released: Mapping[str, Entry], unreleased: tuple[str, ...]
) -> Iterator[tuple[str, Entry]]:
    """The entries of all files that the build has not `released`.

    Those of modules in TypeScript and JSX are those of the scripts made of them. The others are released unchanged, and
    their files are written here.
    """
    is_excluded = compile_globs(config.exclude)
    for path, content in ((_logical(root, name), file) for root in roots for name, file in root.files or ()):
        if path in released or is_excluded(path) or path.startswith(unreleased) or not is_file(path):
            continue
        script = released.get(script_name(path) or "")
        if script is not None and config.input_name(content) in script.inputs:
            yield path, script
        else:
            yield path, _unchanged(config, path, _content(content, config.shown(content)))


def _unchanged(config: Config, path: str, content: bytes) -> Entry:
    """The entry of a file that is released unchanged; the file is written here."""
    own = digest(content)
    file = output_name(LogicalPath(path), fingerprint(own))
    target = os.path.join(config.output, ASSETS_FOLDER, *file.split("/"))
    make_folders(os.path.dirname(target))
    write_whole(target, content)
    metadata = integrity(config.integrity, content) if config.integrity else None
    digests = {} if metadata else {IDENTITY: in_base64(own)}
    return Entry(file, released_type(file, config.types), len(content), metadata, digests=digests)


def _content(path: str, shown: str) -> bytes:
    try:
        return b"".join(chunks_of(path))
    except OSError as fault:
        raise BuildError([unreadable(shown, fault)]) from None


def _retained(config: Config, listed: Listing, assets: Mapping[str, Entry]) -> tuple[Retained, ...]:
    """The earlier releases that are retained. Raises BuildError."""
    if config.retain is None:
        return ()
    folder = listed.served_from
    earlier = superseded(bytes_at(listed.previous, MOST_MANIFEST_BYTES), config.shown(listed.previous))
    return Retaining(config.retain, build_time).retained(
        earlier, assets, lambda file, _: not folder or os.path.isfile(os.path.join(folder, *file.split("/")))
    )


def _is_reproducible(config: Config, listed: Listing, result: BuildResult) -> bool:
    """Whether a build was made from nothing but what `listed` has the digests of, and installed packages."""
    known = {path for root in listed.roots for _, path in root.files or ()}.union(listed.digested)
    packages = tuple(f"{folder}{os.sep}" for folder in sys.path if is_for_packages(folder))
    inputs = {path for path in (*result.inputs, *config.read) if os.path.isfile(path)}
    has_more = config.env or config.commands or config.is_computed or config.load_paths
    return not has_more and all(path in known or path.startswith(packages) for path in inputs)
