"""Reports scripts that hold the names of other assets as text, which stay while the files get new names.

What bundlers write cannot work then, and is an error; any other script is a warning of `check`. Takes all assets with
the sources, gives diagnostics.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from posixpath import commonprefix
from typing import Final

from buildassets.compiler.body import OnDisk, bytes_of
from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.facts.table import NAMES
from buildassets.compiler.graph.checks.kept_names import with_any_hash
from buildassets.compiler.graph.checks.look import Look
from buildassets.compiler.languages.javascript.chunk_names import ChunkName, bundler_of, may_name_files, plain_names
from buildassets.compiler.languages.javascript.worker_urls import worker_urls
from buildassets.compiler.model import Draft, Linked, Source
from buildassets.compiler.resolve.urls import USUAL_PREFIXES, has_host
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.globs import plain_names as plain_assets
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.paths import LogicalPath, from_url, join, normalise, split_url

_MOST_NAMED: Final = 3


def chunk_faults(look: Look, asset: Linked) -> Iterator[Diagnostic]:
    """An error if a bundler wrote `asset`, and it names assets which get new names; a warning in a third-party root."""
    draft = asset.draft
    bundler = _bundler_of(draft)
    if not bundler:
        return
    root = look.config.sources[draft.source.root]
    if root.lists_files:
        return  # they are served under the old names, too
    positions = OriginalPositions(draft, look.config.shown)
    names = look.once(_listed_names)
    look.facts.note(*NAMES)
    found = names.renamed(draft, plain_names(positions.text, built=True), anywhere=True)
    if found:
        first, targets = next(iter(found.values())), [*found]
        make = warning if root.is_of_others else error
        yield make(
            "reference/chunks",
            f"{bundler} wrote {_listed(targets)} into this script, and {_they(targets)} a new name",
            positions.place_in(first.start, first.end),
            notes=["pages would ask for the old names, which the release does not have"],
            hint=_hint(bundler, root, first.name, targets, globs=_globs(found, look.compiled)),
        )


def plain_name_faults(
    config: Config, assets: Mapping[LogicalPath, Linked], sources: Mapping[LogicalPath, Source]
) -> Iterator[Diagnostic]:
    """A warning for each script of the project whose strings name assets that get new names."""
    names = _ChunkNames(config, sources)
    for _, asset in sorted(assets.items()):
        draft = asset.draft
        root = config.sources[draft.source.root] if draft.source.root >= 0 else None
        if root is None or root.npm or root.vendored or not _is_rewritten(draft) or _bundler_of(draft):
            continue
        if isinstance(draft.body, OnDisk) or not may_name_files(draft.body):
            continue
        positions = OriginalPositions(draft, config.shown)
        known = {worker.start for worker in worker_urls(positions.text)}
        strings = (one for one in plain_names(positions.text) if "/" in one.name and one.start not in known)
        if found := names.renamed(draft, strings):
            first, targets = next(iter(found.values())), [*found]
            yield warning(
                "reference/string",
                f"{_listed(targets)} {'is an asset' if len(targets) == 1 else 'are assets'} that a string names",
                positions.place_in(first.start, first.end),
                notes=[f"the string is left alone, and {_they(targets)} a new name"],
                hint=f'write `ASSET_URL("{targets[0]}")`, or name what is meant otherwise in `external`',
            )


def with_bundler(draft: Draft) -> Draft:
    """`draft` with the name of the bundler that wrote it, if it is a script that one wrote."""
    return replace(draft, bundler=_bundler_of(draft)) if draft.bundler is None and _is_rewritten(draft) else draft


def _bundler_of(draft: Draft) -> str:
    if draft.bundler is not None:
        return draft.bundler
    if draft.source.root < 0 or not _is_rewritten(draft):
        return ""
    return bundler_of(_content(draft))


def _is_rewritten(draft: Draft) -> bool:
    return draft.source.syntax is Syntax.JAVASCRIPT and not draft.source.keeps_name


def _content(draft: Draft) -> bytes | str:
    return bytes_of(draft.body) if isinstance(draft.body, OnDisk) else draft.body


def _listed_names(look: Look) -> "_ChunkNames":
    return _ChunkNames(look.config, look.sources.listed)


class _ChunkNames:
    """Finds the assets that strings in scripts name."""

    def __init__(self, config: Config, sources: Mapping[LogicalPath, Source]) -> None:
        self._sources = sources
        self._url = config.url
        self._plain = plain_assets(config, sources)
        self._is_external: Callable[[str], object] = compile_globs(config.external)

    @cached_property
    def _by_file(self) -> Mapping[str, list[LogicalPath]]:
        found: dict[str, list[LogicalPath]] = {}
        for path in self._sources:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    def renamed(
        self, draft: Draft, strings: Iterator[ChunkName], *, anywhere: bool = False
    ) -> dict[LogicalPath, ChunkName]:
        """The assets that `strings` name and that get new names, each with the first string; see `_target`."""
        found: dict[LogicalPath, ChunkName] = {}
        for named in strings:
            if media_of(named.name).syntax is None and "." not in named.name.rpartition("/")[2]:
                continue
            target = (
                None if self._is_external(named.name) else self._target(named, draft.source.logical, anywhere=anywhere)
            )
            if target is not None and target != draft.source.logical and not self._keeps_name(target):
                found.setdefault(target, named)
        return found

    def _keeps_name(self, target: LogicalPath) -> bool:
        return self._sources[target].keeps_name or target in self._plain

    def _target(self, named: ChunkName, logical: LogicalPath, *, anywhere: bool) -> LogicalPath | None:
        """The asset that `named` names for the script `logical`; with `anywhere` in any folder."""
        path = from_url(split_url(named.name)[0])
        if has_host(named.name) or "\\" in path or not path:
            return None
        if path.startswith("/"):  # what a bundler wrote may also name a file of the server, such as `/favicon.ico`
            prefixes = (self._url,) if anywhere else (self._url, *USUAL_PREFIXES)
            places = [normalise(path.removeprefix(prefix)) for prefix in prefixes if path.startswith(prefix)]
        else:
            places = [join(logical, path), normalise(path)]
        for place in places:
            if place and place in self._sources:
                return LogicalPath(place)
        whole = path.removeprefix("./")
        candidates = self._by_file.get(whole.rpartition("/")[2], ()) if anywhere and whole[:1] not in ("", "/") else ()
        return next((one for one in candidates if one.endswith(f"/{whole}")), None)


def _listed(targets: list[LogicalPath]) -> str:
    names = [f"`{target}`" for target in targets[:_MOST_NAMED]]
    more = len(targets) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _they(targets: list[LogicalPath]) -> str:
    return "it gets" if len(targets) == 1 else "each gets"


def _globs(found: Mapping[LogicalPath, ChunkName], compiled: Mapping[LogicalPath, Linked]) -> str:
    """Globs for the names in `found` and for what these assets refer to, which has to keep its name with them."""
    globs: dict[tuple[str, str], set[str]] = {}
    waiting, seen = [*found], set(found)
    while waiting:
        path = waiting.pop()
        folder, _, name = path.rpartition("/")
        globs.setdefault((folder, suffix(name)), set()).add(_glob_of(path, found.get(path)))
        linked = {target for _, target in compiled[path].links} if path in compiled else set[LogicalPath]()
        waiting += sorted(linked - seen)
        seen |= linked
    listed = (glob for _, alike in sorted(globs.items()) for glob in _summary(alike))
    return ", ".join(f'"{glob}"' for glob in listed)


def _glob_of(path: str, named: ChunkName | None) -> str:
    """The glob for the name that a bundler chose for the asset `path`: its hash is another the next time."""
    whole = path if "/" in path else f"./{path}"
    if named is not None and named.glob and path.endswith(named.name):
        return whole.removesuffix(named.name) + named.glob
    folder, _, name = whole.rpartition("/")
    literal = re.sub(r"[*?[]", r"[\g<0>]", name)
    return f"{folder}/{with_any_hash(literal)}"


def _summary(globs: Collection[str]) -> list[str]:
    """The globs, or one for all that they match where there are many."""
    if len(globs) <= _MOST_NAMED:
        return sorted(globs)
    start = commonprefix([*globs])
    end = commonprefix([glob[len(start) :][::-1] for glob in globs])[::-1]
    return [f"{start.rstrip('*')}*{end.lstrip('*')}"]


def _hint(bundler: str, root: SourceRoot, name: str, targets: list[LogicalPath], *, globs: str) -> str:
    keep = f"keep the names that it chose: `fingerprinted = [{globs}]`"
    if bundler != "Vite":
        return keep
    written = name.removeprefix("./").lstrip("/")
    above = targets[0].removesuffix(written).rstrip("/") if targets[0].endswith(f"/{written}") else ""
    path = "/".join(filter(None, (root.shown, above.removeprefix(root.prefix).strip("/"))))
    named = f'`{{ path = "{path}", manifest = ".vite/manifest.json" }}` in `sources`'
    # Pages ask for the old names below the `base` of Vite, which a folder around them is no part of.
    return f"name its manifest: {named}, or set its `base` to `./`" + (f", or {keep}" if not above else "")
