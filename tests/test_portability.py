"""The whole build path where there is nothing that only POSIX has, as on Windows; see `portability/sitecustomize.py`.

That cannot play paths with drives and backslashes, which have tests of their own below, and what Windows itself does.
"""

import json
import ntpath
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from buildassets.compiler.cache import portable_names
from buildassets.compiler.config import file, keys, roots
from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.engines.sass import dart, dart_messages, dart_process, imports
from buildassets.compiler.graph import link
from buildassets.compiler.languages.reference import Reference
from buildassets.disk import folders
from buildassets.foundation.paths import join
from buildassets.foundation.permission import BUILDING
from buildassets.manifest.soundness import is_file
from buildassets.programs import start
from buildassets.release.inventory.names import fault_of
from tests.cli.watching import watching
from tests.command import Finished, environment, run
from tests.conftest import Tree, read_tree, write_tree

Command = Callable[..., Finished]

STAND_INS = Path(__file__).parent / "portability"
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + bytes(30)
SITE: Tree = {
    "buildassets.toml": 'sources = ["assets"]\n[compress]\ngzip = 9\n',
    "assets/_colours.scss": "$ink: #123;\n",
    "assets/app.scss": "@use 'colours' as *;\nmain { a { color: $ink; background: url(img/a.png) } }\n",
    "assets/page.css": "@font-face { src: url(img/a.png?x#y) }\n" + "b { top: 1px }\n" * 40,
    "assets/js/app.js": "import './part.js';\nconsole.log(1);\n",
    "assets/js/part.js": "export const part = 1;\n",
    "assets/img/a.png": PIXEL,
}
# What asks Linux for events: the first by itself, the second by what watchdog takes for the best on the system.
ONLY_LINUX = ("buildassets.compiler.watch.events.inotify", "buildassets.compiler.watch.events.observer")


def without_posix() -> dict[str, str]:
    return environment(WITHOUT_POSIX="1", PYTHONPATH=str(STAND_INS))


def run_without_posix(folder: Path, *arguments: str, **variables: str) -> Finished:
    command = [sys.executable, "-m", "buildassets", *arguments]
    env = {**without_posix(), **variables}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def printed(done: Finished) -> str:
    """Return what a command printed, which has to succeed."""
    assert done.returncode == 0, done.stderr
    return done.stderr


def released(folder: Path) -> dict[str, bytes]:
    return read_tree(folder / "build")


IMPORTS = """
import importlib, json, pkgutil, sys
import buildassets
found = {}
for module in pkgutil.walk_packages(buildassets.__path__, "buildassets."):
    if module.name in sys.argv[1:] or module.name.startswith("buildassets.runtime.django") or "__main__" in module.name:
        continue
    try:
        importlib.import_module(module.name)
    except Exception as fault:
        found[module.name] = repr(fault)
print(json.dumps(found))
"""


def test_every_module_can_be_imported_without_posix() -> None:
    command = [sys.executable, "-c", IMPORTS, *ONLY_LINUX]
    done = subprocess.run(command, env=without_posix(), capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout) == {}


def life(folder: Path, command: Command, **variables: str) -> list[dict[str, bytes]]:
    """Return the release after each step of the life of a project, whose commands `command` runs."""

    def output_of(*arguments: str) -> str:
        return printed(command(folder, *arguments, **variables))

    write_tree(folder, SITE)
    steps = []
    edits = {"assets/_colours.scss": "$ink: #456;\n", "assets/js/part.js": "export let part;\n"}
    for edit in ({}, *({name: text} for name, text in edits.items())):
        write_tree(folder, edit)
        output_of("build", "--mode", "production")
        steps.append(released(folder))
    assert "wrote nothing" in output_of("build", "--mode", "production")
    assert released(folder) == steps[-1]
    output_of("check")
    output_of("clean")
    output_of("verify")
    steps.append(released(folder))
    for archive in ("release.tar.gz", "release.zip"):
        output_of("pack", "-o", archive)
        output_of("unpack", archive, "-o", f"unpacked-{archive}")
        output_of("unpack", archive, "-o", f"unpacked-{archive}", "--replace")
        steps.append(read_tree(folder / f"unpacked-{archive}"))
    output_of("publish", "published")
    output_of("clean", "--all")
    return [*steps, read_tree(folder / "published")]


def test_whole_life_of_a_release_has_the_same_bytes(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    there = life(tmp_path / "there", run_without_posix, LOCKING_CALLS=str(calls))
    assert there == life(tmp_path / "here", run)
    assert {"2 0 64", "0 0 64"} < set(calls.read_text().splitlines())


def test_polling_watch_builds_changed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, SITE)
    for name, value in without_posix().items():
        monkeypatch.setenv(name, value)
    with watching(tmp_path, "--poll=0.1") as watch:
        watch.next()
        (tmp_path / "assets/_colours.scss").write_text("$ink: #789;\n")
        while b"#789" not in watch.released(watch.next(), "app.css"):
            pass


LOCKS = """
import sys
from threading import Event, Thread
from buildassets.disk.locks import locked

def is_free(shared):
    try:
        with locked(sys.argv[1], shared=shared, limit_seconds=0.1) as is_held:
            return is_held
    except TimeoutError:
        return False

with locked(sys.argv[1], shared=True):
    print(is_free(True), is_free(False))
with locked(sys.argv[1]):
    print(is_free(True), is_free(False))
print(is_free(True), is_free(False))
for path in sys.argv[2:]:
    try:
        with locked(path):
            pass
    except OSError as fault:
        print(type(fault).__name__)
"""


@pytest.mark.parametrize("env", [environment, without_posix])
def test_a_lock_is_shared_or_held_by_one(tmp_path: Path, env: Callable[[], dict[str, str]]) -> None:
    write_tree(tmp_path, {"held/a": "", "file": ""})
    paths = [str(tmp_path / name) for name in ("held", "absent", "file")]
    command = [sys.executable, "-c", LOCKS, *paths]
    done = subprocess.run(command, env=env(), capture_output=True, text=True, timeout=60, check=True)
    expected = ["True False", "False False", "True True", "FileNotFoundError", "NotADirectoryError"]
    assert done.stdout.splitlines() == expected
    assert os.listdir(tmp_path / "held") == ["a"]


# What the modules that deal with paths see of `os` on Windows. Nothing here looks at a disk.
WINDOWS = SimpleNamespace(path=ntpath, sep="\\", curdir=".", pardir="..", fsencode=os.fsencode)
OF_PATHS = (folders, file, keys, roots, link, imports, dart, dart_messages, dart_process, portable_names)
LINK = link.Site(
    known=(),
    paths={},
    roots=((r"C:\site\assets", ""), (r"D:\lib", "lib")),
    url_prefix="/assets/",
    follow=lambda reference, base: join(base, reference.url),
)


@pytest.fixture
def _on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in OF_PATHS:
        monkeypatch.setattr(module, "os", WINDOWS)


@pytest.mark.usefixtures("_on_windows")
def test_setting_is_a_windows_path_and_is_shown_with_slashes() -> None:
    root = roots.root_at(r"C:\site", r"web\css" + "\\")
    assert (root.path, root.shown) == (r"C:\site\web\css", "web/css")
    assert roots.root_at(r"C:\site", "D:/lib").path == r"D:\lib"
    assert keys.absolute(r"C:\site", "../lib/css") == r"C:\lib\css"


@pytest.mark.usefixtures("_on_windows")
@pytest.mark.parametrize(
    ("path", "shown", "name"),
    [
        (r"C:\site\assets\css\a.css", "assets/css/a.css", "css/a.css"),
        (r"C:\lib\a.css", "../lib/a.css", "../lib/a.css"),
        (r"D:\lib\css\a.css", "D:/lib/css/a.css", "lib/css/a.css"),
        (r"E:\x\a.scss", "E:/x/a.scss", "E:/x/a.scss"),
    ],
)
def test_paths_are_shown_and_named_with_slashes(path: str, shown: str, name: str) -> None:
    sources = SourceRoot(r"C:\site\assets", "assets"), SourceRoot(r"D:\lib", "D:/lib", prefix="lib")
    config = Config(permission=BUILDING, folder=r"C:\site", sources=sources, output=r"C:\site\build")
    assert (config.shown(path), config.input_name(path)) == (shown, name)
    names = portable_names.PortableNames(r"C:\site", {"lib": r"D:\lib"})
    assert names.path(names.name(path)) == path


@pytest.mark.usefixtures("_on_windows")
@pytest.mark.parametrize("path", [r"C:\www\css\a.css", r"C:\www/css/a.css", "C:/www/css/a.css"])
def test_file_below_a_folder_is_found_by_either_kind_of_slash(path: str) -> None:
    assert folders.path_below(r"C:\www", path) == "css/a.css"
    assert folders.path_below(r"C:\ww", path) is None


@pytest.mark.parametrize(
    ("word", "typed"),
    [("css/a.css", "css/a.css"), ("", '""'), ("a b", '"a b"'), ("a b\\", '"a b\\\\"'), ('{"a": 1}', '"{\\"a\\": 1}"')],
)
def test_words_of_a_command_are_quoted_as_windows_programs_split_them(
    monkeypatch: pytest.MonkeyPatch, word: str, typed: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert start.typed_command(["npx", word]) == f"npx {typed}"


@pytest.mark.usefixtures("_on_windows")
def test_file_in_a_folder_has_a_logical_path() -> None:
    assert list(LINK.logical_paths(r"C:\site\assets\img\a.svg")) == ["img/a.svg"]
    assert list(LINK.logical_paths(r"D:\lib\a.svg")) == ["lib/a.svg"]
    assert list(LINK.logical_paths(r"C:\site\assets2\a.svg")) == []
    reference = Reference(0, 0, "../img/a.svg")
    assert LINK.file_from(reference, r"C:\site\sass\_part.scss") == r"C:\site\img\a.svg"


@pytest.mark.usefixtures("_on_windows")
def test_sass_looks_next_to_the_sheet_and_in_load_paths_of_other_drives() -> None:
    there = r"D:\lib\base\_colours.scss"
    beside = {r"C:\site\assets\base": (), r"D:\lib\base": ("_colours.scss",)}

    class Drives(imports.Listings):
        def names_in(self, folder: str) -> tuple[str, ...] | None:
            return beside.get(folder)

    found = imports.resolve("base/colours", r"C:\site\assets\a.scss", [r"D:\lib"], Drives())
    assert found.found == (there,)
    assert r"C:\site\assets\base\_colours.scss" in found.absences
    assert r"C:\site\assets\base\colours" in found.absences


@pytest.mark.usefixtures("_on_windows")
@pytest.mark.parametrize(
    ("path", "url"),
    [(r"C:\a b\ü.scss", "file:///C:/a%20b/%C3%BC.scss"), (r"C:\a#b.scss", "file:///C:/a%23b.scss")],
)
def test_file_url_contains_the_drive(path: str, url: str) -> None:
    files = dart_messages.SheetFiles(path, str, "a.scss", str, ())
    assert (dart_process.url_of(path), files.path_of(url), files.name_of(path)) == (url, path, "a.scss")


DEVICES: Final = ("aux.12ab.js", "assets/CON", "nul.svg.gz", "com1.css", "lpt\xb9", "conin$", "CONOUT$.js", "aux .js")
OTHERS: Final = ("a:b", "a.css::$DATA", "a\\b", "a.", "a./b", "b ", "x?", "a\x1f")


@pytest.mark.parametrize("name", [*DEVICES, *OTHERS])
def test_name_that_windows_cannot_have_is_refused_there(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert (fault_of(name, on_windows=True), is_file(name)) == ("Windows has no such name", True)
    assert fault_of(name, on_windows=False) is None
    monkeypatch.setattr("buildassets.manifest.soundness._IS_WINDOWS", True)
    assert not is_file(name)


@pytest.mark.parametrize(
    "name", ["auxiliary.js", "console.css", "com.js", "com10.js", "a.aux", "ü/é.svg", "conin.js", "NAME~1.CSS"]
)
def test_name_that_only_looks_like_a_device_is_accepted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("buildassets.manifest.soundness._IS_WINDOWS", True)
    assert fault_of(name, on_windows=True) is None
    assert is_file(name)


def test_sources_with_crlf_make_the_same_assets_and_sass_the_same_bytes(tmp_path: Path) -> None:
    texts = {name: text for name, text in SITE.items() if isinstance(text, str)}
    write_tree(tmp_path / "lf", SITE)
    write_tree(
        tmp_path / "crlf", {**SITE, **{name: text.replace("\n", "\r\n").encode() for name, text in texts.items()}}
    )
    releases = []
    for folder in ("lf", "crlf"):
        printed(run(tmp_path / folder, "build"))
        manifest = json.loads((tmp_path / folder / "build/manifest.json").read_text())
        releases.append({name: entry["file"] for name, entry in manifest["assets"].items()})
    assert releases[0].keys() == releases[1].keys()
    assert releases[0]["app.css"] == releases[1]["app.css"]


def test_files_that_a_build_itself_writes_have_no_crlf(tmp_path: Path) -> None:
    printed(run(write_tree(tmp_path, SITE), "build", "--provenance"))
    written = {**read_tree(tmp_path / "build"), **read_tree(tmp_path / ".buildassets")}
    texts = {
        name: content for name, content in written.items() if name.endswith((".json", ".css", ".js", ".gitignore"))
    }
    assert {"manifest.json", ".gitignore", "index.json"} < texts.keys()
    assert not [name for name, content in texts.items() if b"\r" in content]


def test_workers_and_compilers_are_reached_without_inherited_sockets(tmp_path: Path) -> None:
    script = "function f(a, b) { return a + b; }\n" * 500
    site: Tree = {
        "buildassets.toml": '[engines]\nscss = "dart-sass"\n',
        "assets/app.scss": "@use 'colours';\na { color: colours.$ink; }\n",
        "assets/_colours.scss": "$ink: #123;\n",
        **{f"assets/{number}.js": f"// {number}\n{script}" for number in range(100)},
    }
    releases = []
    for name, command in (("here", run), ("there", run_without_posix)):
        folder = write_tree(tmp_path / name, site)
        printed(command(folder, "build", "--jobs", "3", "--mode", "production"))
        releases.append(released(folder))
    assert releases[0] == releases[1]
