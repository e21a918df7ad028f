"""How long it takes from a save to the release: ours and others' watchers in turn on the same files, in one run.

    python -m benchmarks.watch [--saves N] [--only NAME] [--output FILE.md]
    python -m benchmarks.watch --rebuilds N

Run it with the Python that has buildassets and pytest installed; it needs node and npm. A save is a file written in
place and closed; its release is the first moment at which the output holds what was saved, and for ours at which the
manifest names it. Each contender starts its watch, builds, is saved at N times with pauses, and ends. Where Sass
compiles what was saved, it does so once more by itself after each release, so that both have the same machine.

The second form says what N rebuilds leave in the memory of our watch and of the processes that it has started (Linux),
and what it needs while nothing happens.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.installed import corpus, node_modules
from benchmarks.sass_alone import Alone, Compile, dart_sass, libsass
from benchmarks.tree import make_tree
from buildassets.manifest.model import entries_of

START_SECONDS: Final = 120.0
SAVE_SECONDS: Final = 20.0
IDLE_SECONDS: Final = 20.0
PAUSE_SECONDS: Final = 0.25  # between saves, so that no watcher is still at the one before

ENTRY: Final = """import { mark } from "./leaf.js";
import * as lodash from "./lodash-es/lodash.js";
import "./site.css";
console.log(mark, lodash);
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """A watcher. `command` runs in the site's folder; `holds` says whether what it wrote has a mark.

    `alone` is the Sass that it calls.
    """

    name: str
    command: Sequence[str]
    holds: Callable[[str], bool]
    alone: Alone | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A file to save, with its content for a mark, and who takes part."""

    name: str
    file: Path
    content: Callable[[str], str]
    contenders: Sequence[Contender]


class Outputs:
    """The files below a folder whose names end so. One that looks as before cannot hold what has just been saved."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix
        self._seen: dict[str, tuple[int, int]] = {}

    def hold(self, mark: str) -> bool:
        """Whether one of them has `mark` in it."""
        return any(self._holds(path, mark) for path in self._paths())

    def _paths(self) -> Iterator[str]:
        for folder, _, files in os.walk(self._folder):
            yield from (os.path.join(folder, file) for file in files if file.endswith(self._suffix))

    def _holds(self, path: str, mark: str) -> bool:
        try:
            status = os.stat(path)
            looks = (status.st_mtime_ns, status.st_size)
            if self._seen.get(path) == looks:
                return False
            self._seen[path] = looks
            return mark.encode() in Path(path).read_bytes()
        except OSError:
            return False


class Release:
    """Our release directory: what its manifest names is what counts."""

    def __init__(self, folder: Path, asset: str) -> None:
        self._folder = folder
        self._asset = asset
        self._seen = (0, 0)

    def hold(self, mark: str) -> bool:
        """Whether the asset that the manifest names has `mark` in it."""
        path = self._folder / "manifest.json"
        try:
            status = path.stat()
            if (status.st_mtime_ns, status.st_ino) == self._seen:
                return False
            self._seen = (status.st_mtime_ns, status.st_ino)
            entry = entries_of(path.read_bytes())[self._asset]  # reading all of it would take 10 ms, which would count
            return mark.encode() in (self._folder / "assets" / entry.file).read_bytes()
        except (OSError, KeyError):
            return False


def make_site(folder: Path) -> int:
    """The benchmark's tree with a page's script, its sheet and a Sass build of Bootstrap; gives the number of files."""
    tree = make_tree(corpus(), folder / "assets")
    shutil.copytree(corpus() / "bootstrap" / "scss", folder / "vendor" / "bootstrap")
    files = {
        "leaf.js": 'export const mark = "none";\n',
        "main.js": ENTRY,
        "site.css": ":root { --mark: none }\n",
        "app.scss": '@import "bootstrap";\n',
        "index.html": '<script type="module" src="main.js"></script>\n',
    }
    for name, text in files.items():
        (folder / "assets" / name).write_text(text)
    for engine in ("libsass", "dart-sass"):
        settings = f'sources = ["assets"]\nload_paths = ["vendor/bootstrap"]\n[engines]\nscss = "{engine}"\n'
        (folder / f"{engine}.toml").write_text(settings)
    (folder / "package.json").write_text('{"private": true}\n')
    return len(tree.files) + len(files)


@contextmanager
def running(
    command: Sequence[str], folder: Path, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a watcher or a server, which is ended."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def waited(holds: Callable[[str], bool], mark: str, seconds: float, process: subprocess.Popen[bytes]) -> float:
    """How long it took until the output had `mark`. Raises TimeoutError."""
    began = time.perf_counter()
    while not holds(mark):
        if time.perf_counter() - began > seconds or process.poll() is not None:
            raise TimeoutError
        time.sleep(0.0005)
    return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Measured:
    """The seconds from each save to its release, and those that Sass took by itself after each."""

    seconds: Sequence[float]
    alone: Sequence[float]


def measured(work: Work, contender: Contender, folder: Path, saves: int) -> Measured:
    """What the saves took. Raises TimeoutError where a watcher does not come to a release."""
    seconds: list[float] = []
    alone: list[float] = []
    sheet, imported = folder / "assets" / "app.scss", folder / "vendor" / "bootstrap"
    by_itself = contender.alone(sheet, imported) if contender.alone else nullcontext(None)
    with by_itself as compile_once, running(contender.command, folder, folder / "log") as process:
        for number in range(saves + 2):
            mark = f"m{number:04d}x{os.getpid()}"
            if number == 0:
                work.file.write_text(work.content(mark))
                time.sleep(1)
                waited(contender.holds, mark, START_SECONDS, process)
                time.sleep(2)
                continue
            time.sleep(PAUSE_SECONDS)
            with work.file.open("w") as file:
                file.write(work.content(mark))
            taken = waited(contender.holds, mark, SAVE_SECONDS, process)
            taken_alone = timed(compile_once) if compile_once else []
            if number > 1:  # the first one warms
                seconds.append(taken)
                alone += taken_alone
    return Measured(seconds, alone)


def timed(compile_once: Compile) -> list[float]:
    """What Sass takes by itself."""
    time.sleep(PAUSE_SECONDS)
    began = time.perf_counter()
    compile_once()
    return [time.perf_counter() - began]


def works(folder: Path, bin_folder: Path) -> list[Work]:
    """What is saved, and who watches it."""
    assets, out = folder / "assets", folder / "out"
    ours = [sys.executable, "-m", "buildassets", "watch", "-o", str(out / "ours"), "--cache-dir", str(out / "cache")]

    def by_us(asset: str, engine: str = "libsass", alone: Alone | None = None) -> Contender:
        name = f"buildassets watch, {engine}" if alone else "buildassets watch"
        return Contender(name, [*ours, "--config", f"{engine}.toml"], Release(out / "ours", asset).hold, alone)

    def bundlers(suffix: str) -> list[Contender]:
        esbuild = [str(bin_folder / "esbuild"), "assets/main.js", "--bundle", "--watch=forever"]
        parcel = [str(bin_folder / "parcel"), "watch", "assets/index.html", "--no-hmr", "--no-autoinstall"]
        parcel += ["--dist-dir", str(out / "parcel"), "--cache-dir", str(out / "parcel-cache")]
        vite = [str(bin_folder / "vite"), "build", "assets", "--watch", "--minify", "false", "--emptyOutDir"]
        return [
            Contender(
                "esbuild --watch", [*esbuild, f"--outdir={out / 'esbuild'}"], Outputs(out / "esbuild", suffix).hold
            ),
            Contender("parcel watch", parcel, Outputs(out / "parcel", suffix).hold),
            Contender("vite build --watch", [*vite, "--outDir", str(out / "vite")], Outputs(out / "vite", suffix).hold),
        ]

    sass = [
        str(bin_folder / "sass"),
        "--watch",
        "--no-source-map",
        "--load-path=vendor/bootstrap",
        f"assets/app.scss:{out / 'sass' / 'app.css'}",
    ]
    partial = folder / "vendor" / "bootstrap" / "_root.scss"
    text = partial.read_text()
    return [
        Work(
            "a script", assets / "leaf.js", 'export const mark = "{}";\n'.format, [by_us("leaf.js"), *bundlers(".js")]
        ),
        Work("a sheet", assets / "site.css", ":root {{ --mark: {} }}\n".format, [by_us("site.css"), *bundlers(".css")]),
        Work(
            "a partial of Bootstrap",
            partial,
            lambda mark: f"{text}:root {{ --mark: {mark} }}\n",
            [
                by_us("app.css", "libsass", libsass),
                by_us("app.css", "dart-sass", dart_sass),
                Contender("sass --watch", sass, Outputs(out / "sass", ".css").hold, dart_sass),
            ],
        ),
    ]


def processes(root: int) -> set[int]:
    """The process `root` and all that it has started, and these have."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def resident_mb(process: int) -> float:
    """The memory that a process has for itself and with others."""
    fields = (line.split() for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return next(int(field[1]) for field in fields if field[0] == "VmRSS:") / 1000


def cpu_seconds(process: int) -> float:
    """The time that a process has had on the cores."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def endurance(rebuilds: int) -> Iterator[str]:
    """A line for each tenth of so many rebuilds of a sheet by libsass and of a script: memory, open files, threads."""
    with tempfile.TemporaryDirectory(prefix="watch-") as temporary:
        folder = Path(temporary)
        (folder / "assets").mkdir()
        (folder / "assets" / "page.css").write_text('a { background: url("app.css") }\n')
        (folder / "assets" / "app.scss").write_text('@import "theme";\na { width: $size }\n')
        partial = folder / "assets" / "_theme.scss"
        partial.write_text("$size: 0px;\n")
        command = [sys.executable, "-m", "buildassets", "watch", "--json"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                process.stdout.readline()
                before = cpu_seconds(process.pid)
                time.sleep(IDLE_SECONDS)
                used = cpu_seconds(process.pid) - before
                yield f"While nothing happens: {used / IDLE_SECONDS:.2%} of a core.\n"
                yield "| rebuilds | watch, MB | its processes, MB | open files | threads |"
                yield "|--:|--:|--:|--:|--:|"
                for number in range(1, rebuilds + 1):
                    partial.write_text(f"$size: {number % 10}px;\n")
                    process.stdout.readline()
                    if number % max(1, rebuilds // 10) == 0:
                        yield state(process.pid, number)
            finally:
                process.terminate()
                process.wait(timeout=30)


def state(process: int, rebuilds: int) -> str:
    """A line of the table of endurance."""
    others = sum(resident_mb(one) for one in processes(process) - {process})
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    threads = len(list(Path(f"/proc/{process}/task").iterdir()))
    return f"| {rebuilds} | {resident_mb(process):.1f} | {others:.1f} | {files} | {threads} |"


def row(work: str, name: str, found: Measured) -> str:
    """A line of the table: medians, the 95th of a hundred and the least, in milliseconds."""
    ordered = sorted(found.seconds)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    more = (
        median(taken - alone for taken, alone in zip(found.seconds, found.alone, strict=True)) if found.alone else None
    )
    figures = (median(ordered), late, ordered[0], median(found.alone) if found.alone else None, more)
    return f"| {work} | {name} | {' | '.join('' if one is None else f'{one * 1000:.0f}' for one in figures)} |"


def report(saves: int, only: str | None) -> Iterator[str]:
    """The table, line by line as it is measured."""
    with tempfile.TemporaryDirectory(prefix="watch-") as temporary:
        folder = Path(temporary)
        count = make_site(folder)
        yield f"From a save to the release, in milliseconds; {count} files, {saves} saves each.\n"
        yield "| saved | watcher | median | 95 % | least | Sass alone | more than that |"
        yield "|---|---|--:|--:|--:|--:|--:|"
        for work in works(folder, node_modules() / ".bin"):
            for contender in work.contenders:
                if only and only not in contender.name:
                    continue
                try:
                    yield row(work.name, contender.name, measured(work, contender, folder, saves))
                except TimeoutError:
                    lines = (folder / "log").read_text(errors="replace").strip().splitlines() or ["said nothing"]
                    yield f"| {work.name} | {contender.name} | failed: {lines[-1]} | | | | |"


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--saves", type=int, default=40)
    parser.add_argument("--only", help="part of the name of a watcher")
    parser.add_argument("--rebuilds", type=int, help="see what so many of them leave in memory")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    lines = []
    for line in endurance(options.rebuilds) if options.rebuilds else report(options.saves, options.only):
        print(line, flush=True)
        lines.append(line)
    if options.output:
        options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
