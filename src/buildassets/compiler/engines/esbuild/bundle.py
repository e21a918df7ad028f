"""Bundles with esbuild: takes entry modules and options, gives the files that esbuild wrote and its diagnostics.

esbuild is started once for each request and writes into a temporary folder. Its command line takes no plugins, so the
URLs of other files that it writes are marked: they begin with a host name of ours.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from subprocess import DEVNULL, PIPE, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from buildassets.compiler.engines.esbuild.messages import EsbuildMessage, diagnostics_of, read_messages
from buildassets.compiler.engines.esbuild.special_files import special_files
from buildassets.compiler.engines.failures import ending
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import file_suffixes
from buildassets.foundation.paths import from_url
from buildassets.programs.start import start

if TYPE_CHECKING:
    import subprocess

    from buildassets.compiler.engines.esbuild.command import EsbuildCommand

Format = Literal["esm", "iife"]

HOST: Final = "https://buildassets.invalid/"
"""The beginning of each URL that esbuild writes; the name of a piece follows. RFC 2606 keeps such hosts free."""

META_URL: Final = "$bundled_from_$"
"""Replaces `import.meta.url` of the sources in a piece, since a classic script cannot contain that."""

_LIMIT_SECONDS: Final = 600
_PATIENCE_SECONDS: Final = 0.5  # most bundles take less; then it is time to ask what esbuild may be waiting for
_QUOTES: Final = "it cannot write the name of an imported file that holds a quotation mark"  # as of 0.28


@frozen
class BundleOptions:
    """How to bundle.

    `define` maps names to the JavaScript that replaces them; `external` are imports that stay; `browsers` are the
    oldest that have to understand the result, as in `safari 16.4`.
    """

    format: Format = "esm"
    splitting: bool = False
    define: tuple[tuple[str, str], ...] = ()
    external: tuple[str, ...] = ()
    minify: bool = False
    production: bool = False
    load_paths: tuple[str, ...] = ()
    browsers: tuple[str, ...] = ()


@frozen
class BundlePiece:
    """A file that esbuild wrote.

    `name` is its path in esbuild's output folder. `entry` is the source file of an entry point, `import()` included.
    `style_sheet` is the name of the piece with the CSS that this one imports; `imports` are the pieces that it imports
    statically; `made_of` are the files whose text it contains, `sizes` the bytes of each. Paths are absolute and real,
    also in the map.
    """

    name: str
    body: bytes
    source_map: str | None = None
    entry: str | None = None
    style_sheet: str | None = None
    imports: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()


class BundledImport(NamedTuple):
    """An import of the file `importer`, as it is `written` there, and the real path of the file that it leads to."""

    importer: str
    written: str
    path: str


@frozen
class Pieces:
    """The result of a request.

    The piece of the entry with number n is `e{n}.js` or `e{n}.css`. `inputs` are all files read, each with those that
    it imports. `imports` are all of them that stay in it.
    """

    pieces: tuple[BundlePiece, ...] = ()
    inputs: Mapping[str, tuple[str, ...]] | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    imports: tuple[BundledImport, ...] = ()


class Bundler:
    """esbuild in one folder, to which its own configuration is relative."""

    def __init__(
        self,
        command: "EsbuildCommand",
        folder: str,
        shown: Callable[[str], str],
        is_external: Callable[[str], object],
    ) -> None:
        self._command = command
        self._folder = os.path.realpath(folder)
        self._shown = shown
        self._is_external = is_external

    def run(self, entries: Sequence[str], options: BundleOptions, place: Location | None) -> Pieces:
        """The pieces of the files `entries`; `place` is the location of diagnostics for which esbuild names none."""
        try:
            messages, pieces = self._attempt(entries, options)
            if left := self._left_alone(messages):
                options = replace(options, external=(*options.external, *left))
                messages, pieces = self._attempt(entries, options)
        except _DiedError as fault:
            return Pieces(diagnostics=(replace(fault.diagnostic, location=place),))
        except _UnreadableError as fault:
            return Pieces(diagnostics=fault.diagnostics)
        return replace(pieces, diagnostics=tuple(diagnostics_of(messages, self._folder, self._shown, place)))

    def _left_alone(self, messages: Sequence[EsbuildMessage]) -> tuple[str, ...]:
        """The unresolved imports that need no file: external ones, and those with a leading slash, which are URLs."""
        unresolved = {message.unresolved for message in messages} - {None}
        return tuple(sorted(one for one in unresolved if one and (one.startswith("/") or self._is_external(one))))

    def _attempt(self, entries: Sequence[str], options: BundleOptions) -> tuple[list[EsbuildMessage], Pieces]:
        with TemporaryDirectory(prefix="buildassets-") as temporary:
            folder = os.path.realpath(temporary)
            written, metafile = os.path.join(folder, "out"), os.path.join(folder, "meta.json")
            arguments = [
                *_arguments(options),
                f"--outdir={written}",
                f"--outbase={self._folder}",
                f"--metafile={metafile}",
                *(f"e{number}={path}" for number, path in enumerate(entries)),
            ]
            output = self._run(arguments, options, entries)
            pieces = _Metafile(self._folder, written, metafile).pieces() if os.path.exists(metafile) else Pieces()
        messages = read_messages(output)
        if not pieces.pieces and not messages:
            raise _DiedError("it gave no reason", output)
        return messages, pieces

    def _run(self, arguments: Sequence[str], options: BundleOptions, entries: Sequence[str]) -> str:
        environment = {**os.environ, "NODE_PATH": os.pathsep.join(options.load_paths), "PWD": self._folder}
        try:
            process = start(
                self._command.program,
                *arguments,
                cwd=self._folder,
                env=environment,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=PIPE,
            )
        except OSError as fault:
            raise _DiedError(reason_text(fault)) from None
        with process:
            try:
                output = self._output_of(process, entries).decode("utf-8", "replace")
            except TimeoutExpired:
                raise _DiedError(f"it did not finish in {_LIMIT_SECONDS} seconds") from None
            finally:
                process.kill()  # which does nothing to one that has ended
        if process.returncode not in (0, 1):
            raise _DiedError(ending(process.returncode), output)
        return output

    def _output_of(self, process: "subprocess.Popen[bytes]", entries: Sequence[str]) -> bytes:
        """Its messages, once it has ended. Raises TimeoutExpired, and _UnreadableError where it waits for no file."""
        try:
            return process.communicate(timeout=_PATIENCE_SECONDS)[1]
        except TimeoutExpired:
            if found := tuple(special_files(entries, self._shown)):
                raise _UnreadableError(found) from None
            return process.communicate(timeout=_LIMIT_SECONDS)[1]


class _UnreadableError(Exception):
    """A path that esbuild would read is not a file; carries the diagnostics."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


class _DiedError(Exception):
    """esbuild gave no result; carries the diagnostic."""

    def __init__(self, how: str, output: str = "", notes: Sequence[str] = ()) -> None:
        super().__init__(how)
        words = next((line.strip() for line in output.splitlines() if line.strip()), "")
        notes = [*notes, f"its output: {words}"] if words else notes
        self.diagnostic = error("bundle/crash", f"esbuild failed: {how}", notes=notes)


def _arguments(options: BundleOptions) -> Iterator[str]:
    """The arguments that hold for every folder: none puts a path of this machine into the output."""
    yield from ("--bundle", "--platform=browser", "--charset=utf8", f"--format={options.format}")
    yield from ("--color=false", "--log-limit=0", "--log-level=warning")
    yield from ("--sourcemap=external", "--sources-content=false")
    yield "--jsx=automatic"  # `tsconfig.json` takes precedence over it
    yield from (f"--public-path={HOST}", "--asset-names=files/[dir]/[name]", "--chunk-names=[name]-[hash]")
    yield f"--define:import.meta.url={META_URL}"
    mode = "production" if options.production else "development"
    yield f'--define:process.env.NODE_ENV="{mode}"'
    yield from (f"--define:{name}={value}" for name, value in options.define)
    yield from (f"--external:{name}" for name in options.external)
    yield from (f"--loader:{suffix}=file" for suffix in file_suffixes())
    if options.browsers:
        yield "--target=" + ",".join(browser.replace(" ", "") for browser in options.browsers)
    if options.splitting:
        yield "--splitting"
    if options.minify:
        yield "--minify"


class _Metafile:
    """The list that esbuild makes of a run's inputs and outputs, with access to the files that it wrote."""

    def __init__(self, folder: str, written: str, metafile: str) -> None:
        self._folder = folder
        self._written = written
        with open(metafile, encoding="utf-8", errors="surrogateescape") as file:
            try:
                self._document: Any = json.load(file)
            except ValueError:
                raise _DiedError("the list of its files is not JSON", notes=[_QUOTES]) from None

    def pieces(self) -> Pieces:
        outputs = self._document["outputs"]
        names = sorted((self._name(path), path) for path in outputs)
        pieces = tuple(self._piece(name, outputs[path]) for name, path in names if not _is_map(name))
        return Pieces(pieces, self._inputs(), imports=tuple(self._imports()))

    def _piece(self, name: str, output: Any) -> BundlePiece:
        sheet = name.removesuffix(".js") + ".css"  # older versions do not list it
        sizes = self._sizes(output["inputs"])
        static = (one["path"] for one in output["imports"] if one["kind"] == "import-statement" and not _leaves(one))
        return BundlePiece(
            name,
            self._read(name),
            source_map=self._map(name),
            entry=self._file(output["entryPoint"]) if "entryPoint" in output else None,
            style_sheet=sheet if name.endswith(".js") and os.path.isfile(os.path.join(self._written, sheet)) else None,
            imports=tuple(sorted(map(self._name, static))),
            made_of=tuple(sorted(sizes)),
            sizes=tuple(sorted(sizes.items())),
        )

    def _sizes(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        """The files of an output, each with its bytes there."""
        sizes: dict[str, int] = {}
        for path, given in inputs.items():
            if file := self._file(path):
                sizes[file] = sizes.get(file, 0) + int(given.get("bytesInOutput", 0))
        return sizes

    def _inputs(self) -> dict[str, tuple[str, ...]]:
        inputs: dict[str, set[str]] = {}
        for path, given in self._document["inputs"].items():
            if file := self._file(path):
                imported = (self._file(one["path"]) for one in given["imports"] if not _leaves(one))
                inputs.setdefault(file, set()).update(filter(None, imported))
        return {file: tuple(sorted(inputs[file])) for file in sorted(inputs)}

    def _imports(self) -> Iterator[BundledImport]:
        for path, given in self._document["inputs"].items():
            for one in given["imports"]:
                written = one.get("original", "")
                if written and not _leaves(one) and (importer := self._file(path)):
                    yield BundledImport(importer, written, self._file(one["path"]) or "")

    def _file(self, path: str) -> str | None:
        """The file that `path` names; None for a module that esbuild made up. A query may follow the name."""
        absolute = os.path.normpath(os.path.join(self._folder, path))
        if os.path.isfile(absolute):
            return absolute
        cut = min((absolute.find(mark) for mark in "?#" if mark in absolute), default=-1)
        return absolute[:cut] if cut > 0 and os.path.isfile(absolute[:cut]) else None

    def _name(self, path: str) -> str:
        absolute = os.path.normpath(os.path.join(self._folder, path))
        return os.path.relpath(absolute, self._written).replace(os.sep, "/")

    def _read(self, name: str) -> bytes:
        with open(os.path.join(self._written, name), "rb") as file:
            return file.read()

    def _map(self, name: str) -> str | None:
        path = os.path.join(self._written, name + ".map")
        if not name.endswith((".js", ".css")) or not os.path.isfile(path):
            return None
        with open(path, encoding="utf-8") as file:
            document: Any = json.load(file)
        folder = os.path.dirname(path)
        paths = (os.path.normpath(os.path.join(folder, source)) for source in document["sources"])
        # Newer versions write URLs, older ones paths.
        document["sources"] = [path if os.path.isfile(path) else from_url(path) for path in paths]
        return json.dumps(document)


def _is_map(name: str) -> bool:
    return name.endswith((".js.map", ".css.map")) and not name.startswith("files/")


def _leaves(imported: Mapping[str, Any]) -> bool:
    return bool(imported.get("external"))
