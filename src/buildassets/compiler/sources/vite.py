"""Reads what Vite built into a source root: which files its manifest gives to the names of sources, and for which base.

Takes the sources of such a root, gives entries and diagnostics. The form of the manifest is that of Vite 5 to 8
(`build.manifest`).
"""

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from buildassets.compiler.config.values import Config, Mode, SourceRoot
from buildassets.compiler.model import FrontEnds, Source, ViteEntry
from buildassets.disk.files import LARGE_BYTES, bytes_at
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import LogicalPath, from_url, normalise, to_url

_TEXTS: Final = (".js", ".mjs", ".cjs", ".css", ".html")
_HTML: Final = ".html"
_SHARED: Final = "_"  # in front of the names of chunks that no source has to itself
_IMPORTS: Final = ("imports", "dynamicImports")
_ALL_STYLES: Final = "style.css"  # of a build with `cssCodeSplit: false`
# How a chunk makes a URL of the name of a file, beside the word that all have there:
# `"modulepreload",a=function(e){return"/base/"+e}`.
_WITH_BASE: Final = lazy_pattern(
    r"modulepreload['\"`][^'\"`]{0,40}?"
    r"(?:\(\s*([\w$]+)\s*\)\s*\{\s*return|\(?([\w$]+)\)?\s*=>)\s*(['\"`])((?:https?:|/)[^'\"`]*)\3\s*\+\s*(?:\1|\2)\b"
)
_ABSOLUTE_URL: Final = lazy_pattern(r"(?<=['\"`(=])(?:https?:)?/[^'\"`()<>\s\\?#]+")
_CONFIGURED_BASE: Final = lazy_pattern(r"^[^/\n]*?\bbase\s*:\s*(['\"`])([^'\"`$\n]*)\1", re.MULTILINE)
_CONFIGURATIONS: Final = tuple(f"vite.config.{suffix}" for suffix in ("js", "mjs", "ts", "mts", "cjs", "cts"))
_RELATIVE: Final = ("", "./")
_IMPORT_MAP: Final = "importmap.json"
_USUAL: Final = ".vite/manifest.json"
_AGAIN: Final = "run `vite build` again"


def front_ends(config: Config, sources: Iterable[Source], mode: Mode) -> FrontEnds:
    """Vite's output in the roots of `config` with a manifest of Vite; its files are among `sources`.

    In development a root with a server needs no files.
    """
    entries: dict[str, ViteEntry] = {}
    kept: set[LogicalPath] = set()
    files: set[LogicalPath] = set()
    diagnostics: list[Diagnostic] = []
    looked_at: list[str] = []
    servers: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    chunks: dict[LogicalPath, LogicalPath] = {}
    all_sources = list(sources)
    for index, root in enumerate(config.sources):
        if not root.manifest:
            continue
        own = {source.relative: source for source in all_sources if source.root == index}
        found = _Root(config, index, root=root, sources=own, mode=mode)
        looked_at += found.looked_at
        servers += (found.server(),)
        records, faults = found.records()
        diagnostics += faults
        if records is None:
            continue
        entries = found.entries(records) | entries
        texts = found.texts()
        kept |= found.kept(records, texts)
        files |= {source.logical for source in own.values() if not source.relative.endswith(_HTML)}
        mapped, map_faults = found.chunks()
        chunks |= mapped
        diagnostics += map_faults
        of_base = list(found.base_faults(records, texts))
        diagnostics += of_base
        misplaced += (root.shown,) if of_base else ()
    servers = tuple(dict.fromkeys(filter(None, servers)))
    return FrontEnds(
        entries,
        kept=frozenset(kept),
        files=frozenset(files),
        servers=servers,
        misplaced=misplaced,
        chunks=chunks,
        diagnostics=tuple(diagnostics),
        looked_at=tuple(looked_at),
    )


@frozen
class _Root:
    """A source root that Vite built into; `sources` are its files by their paths in it."""

    config: Config
    index: int
    root: SourceRoot
    sources: Mapping[str, Source]
    mode: Mode

    @property
    def manifest(self) -> str:
        return os.path.join(self.root.path, self.root.manifest)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The paths that decide what is found, besides the sources."""
        return (self.root.path, self.manifest, os.path.join(self.root.path, _IMPORT_MAP), *self._configurations())

    def records(self) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
        """The records of Vite's manifest, None without one, and what is wrong with it."""
        content = bytes_at(self.manifest, LARGE_BYTES)
        if content is None:
            may_be_missing = self.root.dev and self.mode == "development"
            return None, [] if may_be_missing else [self._missing()]
        shown = f"{self.root.shown}/{self.root.manifest}"
        try:
            records = json.loads(content)
            faults = [self._lost(file, shown) for file in sorted(_files_of(records)) if file not in self.sources]
            faults += [self._unnamed(key, by, shown) for key, by in sorted(_absent_imports(records).items())]
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return None, [error("vite/manifest", f"`{shown}` is not a manifest of Vite", Location(shown), hint=_AGAIN)]
        return records, faults

    def _missing(self) -> Diagnostic:
        where = self.config.place("sources", self.index, "manifest")
        message = f"there is no `{self.root.manifest}` in `{self.root.shown}`"
        hint = "set `build: { manifest: true }` in `vite.config`, and run `vite build`"
        if os.path.isfile(os.path.join(self.root.path, _USUAL)):
            hint = f"did you mean `{_USUAL}`?"
        return error("vite/manifest", message, where, hint=hint)

    def _lost(self, file: str, shown: str) -> Diagnostic:
        message = f"`{shown}` names `{file}`, which is not a file of `{self.root.shown}`"
        return error("vite/manifest", message, Location(shown), hint=f"{_AGAIN}, or correct `include` and `exclude`")

    def _unnamed(self, key: str, by: str, shown: str) -> Diagnostic:
        message = f"`{shown}` has no chunk `{key}`, which `{by}` imports"
        return error("vite/manifest", message, Location(shown), hint=_AGAIN)

    def entries(self, records: Mapping[str, Any]) -> dict[str, ViteEntry]:
        """The entries by the names that templates use: those of sources, and below a prefix also with that."""
        has_own_styles = any(record.get("css") for record in records.values())
        common = [] if has_own_styles or _ALL_STYLES not in records else [records[_ALL_STYLES]["file"]]
        found: dict[str, ViteEntry] = {}
        for name, record in records.items():
            asset = self._logical(record["file"])
            if name.startswith(_SHARED) or asset is None:
                continue
            styles = [*_styles_of(name, records), *(common if record.get("isEntry") else ())]
            css = tuple(path for file in dict.fromkeys(styles) if (path := self._logical(file)) and path != asset)
            found[name] = ViteEntry(name, asset, css, self.server())
        prefixed = {f"{self.root.prefix}/{name}": entry for name, entry in found.items()} if self.root.prefix else {}
        return {**found, **prefixed}

    def chunks(self) -> tuple[dict[LogicalPath, LogicalPath], list[Diagnostic]]:
        """The files that Vite's import map gives to the names by which chunks import one another, and what is wrong.

        Its URLs are relative to a page beside it, or begin with the base. Vite writes no others.
        """
        source = self.sources.get(_IMPORT_MAP)
        content = bytes_at(source.path, LARGE_BYTES) if source else None
        if content is None:
            return {}, []
        text = content.decode("utf-8", "replace")
        try:
            imports = json.loads(text).get("imports", {}).items()
            files = {name: self._of_url(target) for url, target in imports if (name := self._of_url(url))}
        except (ValueError, AttributeError, RecursionError) as fault:
            return {}, [self._no_map(text, fault)]
        prefix = f"{self.root.prefix}/" if self.root.prefix else ""
        targets = {LogicalPath(prefix + name): self._logical(file) for name, file in files.items()}
        lost = sorted({file for file in files.values() if file and file not in self.sources})
        faults = [self._lost(file, f"{self.root.shown}/{_IMPORT_MAP}") for file in lost]
        return {name: logical for name, logical in targets.items() if logical}, faults

    def _no_map(self, text: str, fault: Exception) -> Diagnostic:
        start = fault.pos if isinstance(fault, json.JSONDecodeError) else max(text.find('"imports"'), 0)
        shown = f"{self.root.shown}/{_IMPORT_MAP}"
        hint = f"{_AGAIN}, or give the file another name if it is from `public/`"
        return error("vite/manifest", f"`{shown}` is not an import map of Vite", locate(shown, text, start), hint=hint)

    def _of_url(self, url: str) -> str:
        """The path in the root that a URL of Vite's import map means; empty for one that leads elsewhere."""
        for base in ("./", self.config.url + (f"{to_url(self.root.prefix)}/" if self.root.prefix else "")):
            if url.startswith(base):
                return from_url(url.removeprefix(base))
        return ""

    def server(self) -> str:
        """The URL of Vite's server, in development; empty without one. It serves below an absolute `base`, too."""
        if self.mode != "development" or not self.root.dev:
            return ""
        has_path = "/" in self.root.dev.partition("://")[2]
        bases = (base for _, base in self._configured_bases() if base.startswith("/") and not has_path)
        return self.root.dev + next(bases, "").rstrip("/")

    def _logical(self, file: str) -> LogicalPath | None:
        source = self.sources.get(file)
        return source.logical if source else None

    def texts(self) -> dict[str, str]:
        """The texts of scripts, sheets and pages, by their paths in the root."""
        names = (name for name in sorted(self.sources) if name.endswith(_TEXTS))
        contents = ((name, bytes_at(self.sources[name].path)) for name in names)
        return {name: content.decode("utf-8", "replace") for name, content in contents if content is not None}

    def kept(self, records: Mapping[str, Any], texts: Mapping[str, str]) -> set[LogicalPath]:
        """The files that Vite named, and those of `public/` that texts may name: nothing is rewritten in these.

        The manifest has neither workers nor source maps, but they lie beside what it has.
        """
        named = _files_of(records)
        folders = {os.path.dirname(file) for file in named}.difference([""])
        whole = "\n".join(text for name, text in texts.items() if not name.endswith(_HTML))
        return {
            source.logical
            for name, source in self.sources.items()
            if name in named
            or os.path.dirname(name) in folders
            or (not name.endswith(_HTML) and to_url(os.path.basename(name)) in whole)
        }

    def base_faults(self, records: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[Diagnostic]:
        """An error if the texts were made for a place where the release is not served."""
        prefix = f"{to_url(self.root.prefix)}/" if self.root.prefix else ""
        expected = self.config.url + prefix
        for name, base in self._bases(records, texts):
            if base in (*_RELATIVE, expected):
                continue
            message = f"`{self.root.shown}` was built for the base `{base}`, and is served at `{expected}`"
            where = self.config.place("sources", self.index, "path")
            hint = f'set `base: "./"` or `base: "{expected}"` in `vite.config`, and run `vite build`'
            yield error("vite/base", message, where, notes=[f"see `{name}`"], hint=hint)
            return

    def _bases(self, records: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The bases that files were built for, each with a file that shows it."""
        files = {to_url(file) for file in _files_of(records)}
        for name, text in texts.items():
            shown = f"{self.root.shown}/{name}"
            yield from ((shown, match[4]) for match in _WITH_BASE.finditer(text))
            for url in _ABSOLUTE_URL.findall(text):
                if base := _base_of(url, files):
                    yield shown, base
        yield from self._configured_bases()

    def _configured_bases(self) -> Iterator[tuple[str, str]]:
        """The `base` in Vite's configuration, with its file, where that has a text for it."""
        for path in self._configurations():
            if (content := bytes_at(path, MOST_SETTINGS_BYTES)) and (
                match := _CONFIGURED_BASE.search(content.decode("utf-8", "replace"))
            ):
                yield os.path.relpath(path, self.config.folder).replace(os.sep, "/"), match[2]

    def _configurations(self) -> Iterator[str]:
        """The paths of Vite's configuration around the root, whether it is there or not."""
        around = os.path.dirname(self.root.path)
        return (os.path.join(around, name) for name in _CONFIGURATIONS)


def _base_of(url: str, files: Collection[str]) -> str | None:
    """The part of `url` before one of `files`, if it ends in one."""
    start = url.find("/")
    while start >= 0:
        if url[start + 1 :] in files:
            return url[: start + 1]
        start = url.find("/", start + 1)
    return None


def _files_of(records: Mapping[str, Any]) -> frozenset[str]:
    """All files that a manifest names. Raises for what is none."""
    found: set[str] = set()
    for record in records.values():
        listed = [record.get(key, []) for key in ("assets", "css", *_IMPORTS)]
        if not all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in listed):
            raise TypeError(record)
        for file in (record["file"], *record.get("css", ()), *record.get("assets", ())):
            if normalise(file) != file:
                raise ValueError(file)
            found.add(file)
    return frozenset(found)


def _absent_imports(records: Mapping[str, Any]) -> dict[str, str]:
    """The chunks that others import and the manifest lacks, each with one that imports it."""
    imports = {key: name for name, record in records.items() for kind in _IMPORTS for key in record.get(kind, ())}
    return {key: name for key, name in imports.items() if key not in records}


def _styles_of(name: str, records: Mapping[str, Any]) -> list[str]:
    """The style sheets of a chunk and of those that it imports, each behind those that it builds upon."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    pending = [(name, False)]
    while pending:
        chunk, is_left = pending.pop()
        if is_left:  # all that it imports stands before it
            found.update(dict.fromkeys(records[chunk].get("css", ())))
        elif chunk not in seen and chunk in records:
            seen.add(chunk)
            pending.append((chunk, True))
            pending += ((imported, False) for imported in reversed(records[chunk].get("imports", ())))
    return list(found)
