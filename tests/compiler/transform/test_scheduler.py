"""Who makes the drafts decides nothing but how long it takes: builds with and without workers, cache and threads."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.languages.native.library import is_native
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from tests.building import build, load_config, printed
from tests.compiler.conftest import Install
from tests.conftest import Tree, read_tree, settle, write_tree

# Compiles to a text that names its process. It dies of some sources, and warns of others.
TELLTALE = """
import os
import signal
import subprocess
import sys
from buildassets.engines import *

MAIN = os.environ.get("MAIN_PID")

class Telltale:
    name = "telltale"
    version = "telltale 1"
    compiles_to = ".txt"

    def __init__(self, options: EngineOptions) -> None:
        if "shy" in options.load_paths[0] and str(os.getpid()) != MAIN:
            raise RuntimeError("only there")

    def close(self) -> None:
        pass

    def run(self, given: EngineInput) -> Compiled:
        if "leave" in given.text:
            with open(f"{os.path.dirname(given.path)}/../left", "w") as file:
                file.write(str(os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "600")))
        if "die" in given.text:
            sys.stderr.write("about to die\\n")
            os.write(2, b"farewell\\n")
            os.kill(os.getpid(), signal.SIGKILL if "SIGKILL" in given.text else signal.SIGSEGV)
        if "print" in given.text:
            print("printed of", given.shown, flush=True)
            subprocess.run(["echo", "é"], stdout=sys.stdout)
        faults = [warning("tell/tale", "as it was told", Location(given.shown))] if "warn" in given.text else ()
        return Compiled(f"{os.getpid()}", diagnostics=tuple(faults))
"""
SETTINGS = 'compress = []\nload_paths = ["{0}"]\n[engines]\ntell = "telltale"\n'


@pytest.fixture
def telltale(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine above is installed."""
    install("telltale", TELLTALE, {"telltale": "Telltale"})
    monkeypatch.setenv("MAIN_PID", str(os.getpid()))


def drafted(
    folder: Path, files: Tree, *, jobs: int, bytes_per_worker: int = 1, cached: bool = False, load_path: str = "any"
) -> BuildResult:
    """A build of `files` by `telltale` with `jobs` threads."""
    write_tree(folder, {"buildassets.toml": SETTINGS.format(load_path), f"{load_path}/.keep": "", **files})
    config = load_config(start=str(folder))
    with ThreadPoolExecutor(jobs) as executor:
        cache = str(folder / ".cache") if cached else None
        return build(config, executor=executor, cache=cache, bytes_per_worker=bytes_per_worker)


def processes(folder: Path, result: BuildResult) -> dict[str, int]:
    """Which process made each asset, by logical path."""
    assert result.manifest is not None, printed(result)
    files = {path: folder / "build/assets" / entry.file for path, entry in result.manifest.assets.items()}
    return {path: int(file.read_text()) for path, file in files.items() if path.endswith(".txt")}


def settled(folder: Path, files: Tree) -> Path:
    """`folder` with `files`, old enough that what is made of them is kept."""
    write_tree(folder, files)
    settle()
    return folder


FOUR: Tree = {f"assets/{name}.tell": name for name in "abcd"}


@pytest.mark.usefixtures("telltale")
def test_each_thread_has_its_own_worker(tmp_path: Path) -> None:
    made = processes(tmp_path, drafted(tmp_path, {f"assets/{number}.tell": "" for number in range(30)}, jobs=2))
    assert os.getpid() not in made.values()
    assert len(set(made.values())) <= 2


@pytest.mark.usefixtures("telltale")
def test_no_worker_is_started_for_little(tmp_path: Path) -> None:
    result = drafted(tmp_path, FOUR, jobs=2, bytes_per_worker=300_000)  # each counts as 100,000
    assert set(processes(tmp_path, result).values()) == {os.getpid()}


class Counting(ThreadPoolExecutor):
    """Counts what it is given to do."""

    submitted = 0

    def submit(self, *arguments: Any, **options: Any) -> Any:
        self.submitted += 1
        return super().submit(*arguments, **options)


@pytest.mark.usefixtures("each_lexer")
def test_native_lexers_need_workers_for_seven_times_as_much(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "compress = []\n", "assets/a.js": "a( 1 )\n", "assets/b.js": "b( 1 )\n"})
    config = load_config(start=str(tmp_path))
    submitted = []
    for bytes_per_worker in (1, 3):  # of 7 each
        with Counting(2) as executor:
            assert build(config, executor=executor, bytes_per_worker=bytes_per_worker).succeeded
            submitted.append(executor.submitted)
    assert submitted == ([2, 0] if is_native() else [2, 2])


@pytest.mark.usefixtures("telltale")
def test_no_worker_is_started_for_one_source(tmp_path: Path) -> None:
    assert processes(tmp_path, drafted(tmp_path, {"assets/a.tell": ""}, jobs=2)) == {"a.txt": os.getpid()}


@pytest.mark.usefixtures("telltale")
def test_cached_draft_needs_no_worker(tmp_path: Path) -> None:
    first = processes(tmp_path, drafted(settled(tmp_path, FOUR), {}, jobs=2, cached=True))
    second = processes(tmp_path, drafted(tmp_path, {"assets/e.tell": "new"}, jobs=2, cached=True))
    assert second == {**first, "e.txt": os.getpid()}


@pytest.mark.usefixtures("telltale")
def test_drafts_of_workers_are_kept(tmp_path: Path) -> None:
    files = {f"assets/{name}.css": f"{name} {{ color : red }}\n" for name in "abcd"}
    assert drafted(settled(tmp_path, files), {}, jobs=2, cached=True).succeeded
    held = read_tree(tmp_path / ".cache")
    drafted(tmp_path, {}, jobs=2, cached=True)
    assert len(held) > len(files)
    now = read_tree(tmp_path / ".cache")
    assert [now.pop(name) for name in list(now) if name.startswith("measures/")]
    assert now.items() <= held.items()


@pytest.mark.usefixtures("telltale")
@pytest.mark.parametrize("count", [1, 9])
def test_whole_build_uses_drafts_of_a_partial_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], count: int
) -> None:
    sources: Tree = {f"assets/{number}.tell": "print" for number in range(count)}
    write_tree(tmp_path, {"buildassets.toml": SETTINGS.format("any"), "any/.keep": "", **sources})
    config, cache = load_config(start=str(tmp_path)), str(tmp_path / ".cache")
    work = partial(build, config, cache=cache)
    settled(tmp_path, {})
    kept_or_built(BuildRequest(config=config, cache=cache), work)
    assert capfd.readouterr().out.count("printed of") == count
    settled(tmp_path, dict.fromkeys(sources, "print, and warn"))
    result = kept_or_built(BuildRequest(config=config, cache=cache), work)
    assert [found.code for found in result.diagnostics] == ["tell/tale"] * count
    assert capfd.readouterr().out.count("printed of") == count


@pytest.mark.usefixtures("telltale")
@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGSEGV"])
def test_a_worker_that_dies_is_an_error_in_the_file_that_it_was_working_on(tmp_path: Path, signal_name: str) -> None:
    drafted(tmp_path, FOUR, jobs=2)
    before = read_tree(tmp_path / "build")
    files = {
        **FOUR,
        "assets/b.tell": "print",
        "assets/a.tell": f"die of {signal_name}",
        "assets/c.tell": f"die of {signal_name}",
    }
    result = drafted(tmp_path, files, jobs=2)
    assert [(found.code, found.location and found.location.file) for found in result.diagnostics] == [
        ("engine/crash", "assets/a.tell"),
        ("engine/crash", "assets/c.tell"),
    ]
    assert f"the process that compiled this file crashed ({signal_name})" in printed(result)
    assert "its last output: farewell" in printed(result)
    assert read_tree(tmp_path / "build") == before


@pytest.mark.usefixtures("telltale")
def test_a_dead_worker_is_noticed_while_what_it_started_lives(tmp_path: Path) -> None:
    result = drafted(tmp_path, {**FOUR, "assets/a.tell": "leave something and die"}, jobs=2)
    os.kill(int((tmp_path / "left").read_text()), signal.SIGKILL)  # which lives still
    assert [found.code for found in result.diagnostics] == ["engine/crash"]


@pytest.mark.usefixtures("telltale")
def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    files = {f"assets/{number:02}.tell": "die" if number % 2 else "" for number in range(10)}
    result = drafted(tmp_path, files, jobs=2)
    assert [found.location and found.location.file for found in result.diagnostics] == [
        f"assets/{number:02}.tell" for number in (1, 3, 5, 7, 9)
    ]


@pytest.mark.usefixtures("telltale")
def test_where_no_worker_can_start_its_engines_the_work_is_done_here(tmp_path: Path) -> None:
    made = processes(tmp_path, drafted(tmp_path, FOUR, jobs=2, load_path="shy"))
    assert set(made.values()) == {os.getpid()}


@pytest.mark.usefixtures("telltale")
def test_where_no_process_can_be_started_the_work_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert set(processes(tmp_path, drafted(tmp_path, FOUR, jobs=2)).values()) == {os.getpid()}


@pytest.mark.usefixtures("telltale")
def test_output_of_an_engine_in_a_worker_goes_to_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    drafted(tmp_path, {f"assets/{name}.tell": "print" for name in "cab"}, jobs=2)
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == "".join(f"printed of assets/{name}.tell\né\n" for name in "abc")


@pytest.mark.usefixtures("telltale")
def test_no_worker_is_left_after_the_build(tmp_path: Path) -> None:
    for pid in set(processes(tmp_path, drafted(tmp_path, FOUR, jobs=2)).values()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.usefixtures("telltale")
def test_workers_start_from_any_thread(tmp_path: Path) -> None:
    results: list[BuildResult] = []
    thread = threading.Thread(target=lambda: results.append(drafted(tmp_path, FOUR, jobs=2)))
    thread.start()
    thread.join()
    assert os.getpid() not in processes(tmp_path, results[0]).values()


SCRIPT = """
from concurrent.futures import ThreadPoolExecutor
from buildassets import load_config
from buildassets.compiler.build import build
from buildassets.compiler.request import BuildRequest

print("started")
with ThreadPoolExecutor(2) as executor:
    print(build(BuildRequest(config=load_config(), executor=executor, bytes_per_worker=1)).succeeded)
"""


@pytest.mark.parametrize("how", ["file", "argument", "stdin"])
def test_a_script_without_a_guard_is_not_run_again_by_workers(tmp_path: Path, how: str) -> None:
    files = {f"assets/{name}.js": f"{name}( 1 )\n" for name in "abcd"}
    write_tree(tmp_path, {"script.py": SCRIPT, "buildassets.toml": "compress = []\n", **files})
    arguments = {"file": ["script.py"], "argument": ["-c", SCRIPT], "stdin": []}[how]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        input=SCRIPT if how == "stdin" else "",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("started\nTrue\n", "")


SITE: Tree = {
    "assets/img.svg": "<svg/>",
    "assets/a.css": "@import 'b.css';\na { background : url( 'img.svg' ) }\n",
    "assets/b.css": "b { color : red }\n" * 40,
    "assets/_warns.scss": "@warn 'so';\n",
    "assets/a.js": "import './b.js';\nlet x = `${ 1 } `;\n",
    "assets/b.js": "import './a.js';\n/*! keep */ const b = 1 / 2 ;\n" * 40,
}
MORE: Tree = {
    "assets/c.css": "/*! keep */ c { content : 'x' }\n",
    "assets/c.js": "import( './b.js' );\n",
    "assets/t.jst": "<%= 1 %>\n",
    "assets/d.scss": "@import 'warns';\n$a: red;\nb { color: $a }\n",
    "assets/e.scss": "@import 'warns';\nb { background: url(img.svg) }\n",
}
FAULTY: Tree = {
    "assets/f.css": "a { content: 'x\n",
    "assets/g.css": b"\xff",
    "assets/h.js": "import './gone.js';\n",
    "assets/i.js": "let x = `${ 1 `\n",
    "assets/j.scss": "@import 'gone';\n",
}


@settings(max_examples=6, deadline=None)
@given(st.sets(st.sampled_from([*MORE])), st.sets(st.sampled_from([*FAULTY]), max_size=2), st.booleans())
def test_a_serial_build_and_parallel_ones_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, more: set[str], faulty: set[str], source_maps: bool
) -> None:
    files = {**SITE, **{name: {**MORE, **FAULTY}[name] for name in more | faulty}}
    outcomes = []
    for jobs in (1, 2, 4):
        folder = write_tree(tmp_path_factory.mktemp("tree"), files)
        write_tree(folder, {"buildassets.toml": f"source_maps = {str(source_maps).lower()}\n"})
        with ThreadPoolExecutor(jobs) as executor:
            config = load_config(start=str(folder))
            result = build(config, executor=executor if jobs > 1 else None, bytes_per_worker=1)
        outcomes.append((read_tree(folder / "build"), printed(result), result.written))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_an_incremental_parallel_build_is_as_a_clean_serial_one(tmp_path: Path) -> None:
    config = load_config(start=str(write_tree(tmp_path, {"buildassets.toml": "", **SITE, **MORE})))
    with ThreadPoolExecutor(2) as executor:
        for text in ("call( 1 );\n", "call( 2 );\n"):
            write_tree(tmp_path, {f"assets/{name}.js": text for name in "wxyz"})
            settle()
            assert build(config, executor=executor, cache=str(tmp_path / ".cache"), bytes_per_worker=1).succeeded
    parallel = read_tree(tmp_path / "build/assets").items()
    assert build(replace(config, output=str(tmp_path / "clean"))).succeeded
    assert parallel >= read_tree(tmp_path / "clean/assets").items()
    assert (tmp_path / "build/manifest.json").read_bytes() == (tmp_path / "clean/manifest.json").read_bytes()


@pytest.mark.parametrize("scss", ["libsass", "dart-sass"])
def test_workers_start_what_the_engines_need(tmp_path: Path, scss: str) -> None:
    settings_ = f'compress = []\n[engines]\nscss = "{scss}"\ncss = "lightningcss"\n'
    config = load_config(start=str(write_tree(tmp_path, {"buildassets.toml": settings_, **SITE, **MORE})))
    with ThreadPoolExecutor(2) as executor:
        parallel = build(config, executor=executor, bytes_per_worker=1)
    serial = build(replace(config, output=str(tmp_path / "serial")))
    assert serial.succeeded
    assert parallel.manifest == serial.manifest
