"""The whole build path where there is nothing that only POSIX has, as on Windows; see `portability/sitecustomize.py`.

That cannot play paths with drives and backslashes, which have tests of their own below, and what Windows itself does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.test_cli import environment
from tests.cli.watching import watching
from tests.conftest import Tree, read_tree, write_tree

STAND_INS = Path(__file__).parent / "portability"
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + bytes(30)
SITE: Tree = {
    "buildassets.toml": 'sources = ["assets"]\n[compress]\ngzip = 9\n',
    "assets/_colours.scss": "$ink: #123;\n",
    "assets/app.scss": "@import 'colours';\nmain { a { color: $ink; background: url(img/a.png) } }\n",
    "assets/page.css": "@font-face { src: url(img/a.png?x#y) }\n" + "b { top: 1px }\n" * 40,
    "assets/js/app.js": "import './part.js';\nconsole.log(1);\n",
    "assets/js/part.js": "export const part = 1;\n",
    "assets/img/a.png": PIXEL,
}
# What asks Linux for events: the first by itself, the second by what watchdog takes for the best on the system.
ONLY_LINUX = ("buildassets.compiler.watch.events.inotify", "buildassets.compiler.watch.events.observer")


def without_posix() -> dict[str, str]:
    return environment(WITHOUT_POSIX="1", PYTHONPATH=str(STAND_INS))


def run(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-m", "buildassets", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=env or without_posix(), capture_output=True, text=True, timeout=120, check=False
    )
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


def test_every_module_is_imported_without_what_only_posix_has() -> None:
    command = [sys.executable, "-c", IMPORTS, *ONLY_LINUX]
    done = subprocess.run(command, env=without_posix(), capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout) == {}


def life(folder: Path, env: dict[str, str]) -> list[dict[str, bytes]]:
    """The release after each step of the life of a project."""
    write_tree(folder, SITE)
    steps = []
    for name, text in (
        ("", ""),
        ("assets/_colours.scss", "$ink: #456;\n"),
        ("assets/js/part.js", "export let part;\n"),
    ):
        if name:
            (folder / name).write_text(text)
        run(folder, "build", "--mode", "production", env=env)
        steps.append(released(folder))
        assert "wrote nothing" in run(folder, "build", "--mode", "production", env=env)
        assert released(folder) == steps[-1]
    run(folder, "check", env=env)
    run(folder, "clean", env=env)
    run(folder, "verify", env=env)
    steps.append(released(folder))
    for archive in ("release.tar.gz", "release.zip"):
        run(folder, "pack", "-o", archive, env=env)
        run(folder, "unpack", archive, "-o", f"unpacked-{archive}", env=env)
        run(folder, "unpack", archive, "-o", f"unpacked-{archive}", "--replace", env=env)
        steps.append(read_tree(folder / f"unpacked-{archive}"))
    run(folder, "publish", "published", env=env)
    run(folder, "clean", "--all", env=env)
    return [*steps, read_tree(folder / "published")]


def test_the_whole_life_of_a_release_has_the_same_bytes(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    here, there = tmp_path / "here", tmp_path / "there"
    assert life(there, {**without_posix(), "LOCKING_CALLS": str(calls)}) == life(here, environment())
    assert {"2 0 64", "0 0 64"} < set(calls.read_text().splitlines())


def test_a_watch_that_looks_at_every_file_builds_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
from buildassets.locks import locked

def is_free(shared):
    try:
        with locked(sys.argv[1], shared=shared, limit_seconds=0.1):
            return True
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
