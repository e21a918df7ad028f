"""Compiles sheets with Tailwind, each in one run of its command; its `--watch` would keep classes that are gone."""

import base64
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.failures import NOT_RUN_HINT, UnavailableError, ending
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.reader import Reader
from buildassets.compiler.engines.tailwind.command import NAME, TailwindCommand, find_tailwind
from buildassets.compiler.engines.tailwind.messages import diagnostic, fault_in
from buildassets.compiler.engines.tailwind.rules import first_use, quoted
from buildassets.compiler.engines.tailwind.sheets import Scanned, TailwindSheet, starts
from buildassets.compiler.languages.css.minify import token_starts
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import composed, encoded_map, joined_maps, map_of_pairs, read_map
from buildassets.compiler.languages.source_map.values import Origin, SourceMap
from buildassets.disk.folders import temporary_folder
from buildassets.disk.plain_files import plain
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, reason_text, warning
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.programs.start import run

_LIMIT_SECONDS: Final = 120
_MAP: Final = re.compile(r"\s*/\*# sourceMappingURL=data:application/json;base64,([A-Za-z0-9+/=]+) \*/\s*\Z")
# What Tailwind itself leaves out where it scans a folder; sheets it never scans.
_SHEETS: Final = (".css", ".less", ".sass", ".scss", ".styl", ".pcss", ".postcss")
_NO_SOURCES: Final = (".lock", ".log", ".map")
_NAMES_OF_NO_SOURCES: Final = ("package-lock.json", "pnpm-lock.yaml", "bun.lockb")
_BINARY: Final = ("image/", "font/", "audio/", "video/")
_AS_TEXT: Final = ".txt"
_MAY_REFER: Final = re.compile(r"url\(|src\(|image-set\(", re.IGNORECASE)  # a map, which takes 25 ms, shows where


class TailwindEngine:
    """Tailwind behind the Engine protocol.

    `scanned` are the absolute globs of the files whose classes count, besides a sheet's own `@source`s; of these files
    those for which `is_scanned` is true. `output` is the release directory, which is never scanned. Sheets import
    others below `folders` and from packages only: what they import is released.
    """

    name = NAME
    compiles_to = ".css"
    reads: tuple[str, ...] = ("templates",)

    def __init__(
        self,
        options: EngineOptions,
        scanned: Iterable[str],
        is_scanned: Callable[[str], bool],
        output: str,
        *,
        folders: Iterable[str],
    ) -> None:
        self._folders = tuple(folders)
        self._folder = options.folder
        self._permission = options.permission
        self._shown = options.shown
        self._scanned = tuple(scanned)
        self._is_scanned = is_scanned
        self._output = os.path.join(output, "")
        self._known_command: TailwindCommand | None = None

    def _command(self) -> TailwindCommand:
        if self._known_command is None:  # not kept if none was found: one may be installed during a watch
            self._known_command = find_tailwind(self._folder, permission=self._permission)
        return self._known_command

    @cached_property
    def version(self) -> str:
        """As in the manifest: `tailwindcss 4.3.3 (wheel)`."""
        try:
            command = self._command()
        except UnavailableError:
            return self.name
        return f"{self.name} {command.version} ({command.origin})"

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files that change with its version."""
        try:
            return self._command().files
        except UnavailableError:  # `run` reports it
            return ()

    def run(self, given: EngineInput) -> Compiled:
        """The CSS of `given`, with the files and the sets of files that decided it."""
        path, text = os.path.abspath(given.path), given.text.removeprefix("\ufeff")
        if not self._permission.programs:  # no pattern would do: it drops comments inside of names, as in `@plu/**/gin`
            return _not_run(given.shown, text)
        reader = Reader(self._shown)
        try:
            command = self._command()
            sheet = TailwindSheet(path, text, reader, given.shown, folders=self._folders)
            is_sound = not any(found.is_error for found in sheet.diagnostics)
            compiled = self._compiled(command, sheet, given, reader) if is_sound else Compiled("")
            return _recorded(reader, replace(compiled, diagnostics=(*sheet.diagnostics, *compiled.diagnostics)))
        except UnavailableError as why:
            return Compiled("", diagnostics=(why.diagnostic("tailwind/unavailable", _place_of_use(given.shown, text)),))
        except BuildError as fault:  # of a file that cannot be read
            return _recorded(reader, Compiled("", diagnostics=fault.diagnostics))

    def close(self) -> None:
        """Nothing is held."""

    def _compiled(self, command: TailwindCommand, sheet: TailwindSheet, given: EngineInput, reader: Reader) -> Compiled:
        top = os.path.dirname(os.path.abspath(given.path))
        needs_map = given.wants_source_map or any(map(_MAY_REFER.search, sheet.texts.values()))
        with temporary_folder() as folder:
            sources = self._sources(sheet, top, reader) if sheet.scans else []
            if sources:
                _copy(sources, folder, reader)
                sheet.begin_with(f"@source {quoted(folder.replace(os.sep, '/'))};\n")  # the end may be in a rule
            try:
                done = _run(command, sheet.whole, top, needs_map=needs_map)
            except OSError as fault:
                return _failed(f"`{command.program.command[0]}` cannot be started: {reason_text(fault)}", sheet)
            except subprocess.TimeoutExpired:
                return _failed(f"Tailwind did not finish in {_LIMIT_SECONDS} seconds", sheet)
        output = done.stderr.decode("utf-8", "replace")
        if done.returncode:
            found = fault_in(output)
            if found is None:
                return _failed(f"Tailwind failed ({ending(done.returncode)})", sheet, output)
            return Compiled("", diagnostics=(diagnostic(found, sheet),))
        compiled = _with_map(done.stdout.decode("utf-8", "replace"), sheet)
        is_unscanned = sheet.scans and sheet.is_automatic and not sources and not sheet.has_sources
        return replace(compiled, diagnostics=(_unscanned(sheet),)) if is_unscanned else compiled

    def _sources(self, sheet: TailwindSheet, folder: str, reader: Reader) -> list[str]:
        """The files whose classes count, sorted. A `@source` that matches none is a warning of the sheet."""
        found: set[str] = set()
        for glob in self._scanned if sheet.is_automatic else ():
            found.update(filter(self._is_scanned, reader.list(folder, glob)))
        for one in sheet.included:
            listed = list(_listed(one, reader))
            found.update(path for path, wanted in listed if _is_scanned(path, wanted))
            if not listed:
                sheet.diagnostics.append(_lost(one))
        for one in sheet.excluded:
            found.difference_update(path for path, _ in _listed(one, reader))
        return sorted(path for path in found if not path.replace("/", os.sep).startswith(self._output))


def _listed(scanned: Scanned, reader: Reader) -> Iterator[tuple[str, str]]:
    """Each file that `scanned` matches, with the glob."""
    for glob in scanned.globs:
        for wanted in _globs(glob):
            yield from ((path, wanted) for path in reader.list(scanned.folder, wanted))


def _lost(scanned: Scanned) -> Diagnostic:
    hint = "correct it, or take it out; it is relative to the folder of the sheet"
    return warning("tailwind/sources", f"`{scanned.written}` matches no file", scanned.place, hint=hint)


def _globs(glob: str) -> tuple[str, ...]:
    """The globs that `@source` reads from `glob`: a name without a wildcard may be that of a folder, now or later."""
    name = glob.rstrip("/").rpartition("/")[2]
    return (glob,) if any(mark in name for mark in "*?[") else (glob.rstrip("/"), f"{glob.rstrip('/')}/**/*")


def _is_scanned(path: str, glob: str) -> bool:
    """Whether Tailwind scans the file at `path`, which `glob` matches: no sheet, and nothing binary unless meant."""
    end, name = suffix(path), path.rpartition("/")[2]
    if end in _SHEETS:
        return False
    if not any(mark in glob.rpartition("/")[2].rpartition(".")[2] for mark in "*?["):
        return True
    is_binary = media_of(path).type.startswith(_BINARY) and end != ".svg"
    return not is_binary and end not in _NO_SOURCES and name not in _NAMES_OF_NO_SOURCES


def _copy(paths: Iterable[str], folder: str, reader: Reader) -> None:
    """Copy files into `folder`, under names that no rule of Tailwind leaves out.

    A thousand files take it 30 ms there, and two seconds where each is named by a rule of its own.
    """
    for count, path in enumerate(paths, 1):
        reader.inputs.add(os.path.normpath(path))
        end = suffix(path)
        is_left_out = end in _NO_SOURCES or media_of(path).type.startswith(_BINARY) or not end.isascii()
        try:
            with open(plain(path), "rb") as source:
                content = source.read()
        except OSError:  # it went meanwhile, or nobody may read it: there are no classes in it
            continue
        with open(os.path.join(folder, f"{count}{_AS_TEXT if is_left_out or not end else end}"), "wb") as copy:
            copy.write(content)


def _run(command: TailwindCommand, text: str, folder: str, *, needs_map: bool) -> "subprocess.CompletedProcess[bytes]":
    modules = os.pathsep.join(filter(None, (*command.modules, os.environ.get("NODE_PATH", ""))))
    environment = {**os.environ, "NO_COLOR": "1", "PWD": folder, **({"NODE_PATH": modules} if modules else {})}
    return run(
        command.program,
        *("--input", "-", "--output", "-"),
        *(["--map"] if needs_map else []),
        input=text.encode("utf-8"),
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=_LIMIT_SECONDS,
    )


def _recorded(reader: Reader, compiled: Compiled) -> Compiled:
    """`compiled` with what was read and looked for."""
    sets = tuple(reader.sets[name] for name in sorted(reader.sets))
    inputs, absences = tuple(sorted(reader.inputs)), tuple(sorted(reader.absences))
    return replace(compiled, inputs=inputs, absences=absences, sets=sets)


def _with_map(css: str, sheet: TailwindSheet) -> Compiled:
    """The result with its source map, which leads to the sheets that the user edits."""
    found = _MAP.search(css)
    if found is None:
        return Compiled(css)
    css = css[: found.start()] + "\n"
    lines = Lines(css, Syntax.CSS)
    outer = read_map(base64.b64decode(found[1]).decode("utf-8", "replace"), lines)
    if outer is None:
        return Compiled(css)
    own = {number for number, origin in enumerate(outer.origins) if origin.name == "stdin.css"}
    mappings = (one if one[1] in own else (one[0], -1, 0, 0, -1) for one in outer.mappings)
    outer = replace(outer, mappings=tuple(mappings))
    return Compiled(css, source_map=encoded_map(composed(outer, _map_of(sheet), Lines(sheet.whole, Syntax.CSS)), lines))


def _map_of(sheet: TailwindSheet) -> SourceMap:
    """The map of the whole text onto the sheets that are in it."""
    lines = {path: Lines(text, Syntax.CSS) for path, text in sheet.texts.items()}
    return joined_maps(
        map_of_pairs(
            ((begin + start, piece.offset + start) for start in token_starts(piece.text)),
            Origin(piece.path),
            lines[piece.path],
        )
        for begin, piece in zip(starts(sheet.pieces), sheet.pieces, strict=True)
        if piece.path
    )


def _unscanned(sheet: TailwindSheet) -> Diagnostic:
    path, text = next(iter(sheet.texts.items()))
    use = first_use(text)
    place = Location(sheet.shown[path]) if use is None else sheet.place(path, use.start, use.end)
    hint = "name the folders of templates with `dirs` under `[tool.buildassets.templates]`, or files with `@source`"
    return warning(
        "tailwind/sources", "there is no template or script whose classes Tailwind could find", place, hint=hint
    )


def _place_of_use(shown: str, text: str) -> Location:
    use = first_use(text)
    return Location(shown) if use is None else locate(shown, text, use.start, use.end)


def _not_run(shown: str, text: str) -> Compiled:
    message = "the sheet is not compiled: Tailwind runs the code that sheets name"
    return Compiled(
        "", diagnostics=(warning("config/not-run", message, _place_of_use(shown, text), hint=NOT_RUN_HINT),)
    )


def _failed(message: str, sheet: TailwindSheet, output: str = "") -> Compiled:
    lines = [line.strip() for line in output.split("\n") if line.strip()]
    notes = [f"its output: {lines[-1]}"] if lines else []
    fault: Diagnostic = error("tailwind/failed", message, Location(next(iter(sheet.shown.values()))), notes=notes)
    return Compiled("", diagnostics=(fault,))
