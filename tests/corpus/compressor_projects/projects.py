"""Builds a published project with django-compressor, and with what takes its place, and shows its blocks."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tests.conftest import missing_tool, write_tree
from tests.corpus.packages import FETCH_TIMEOUT_SECONDS, cache_folder, only_one_process
from tests.environments import uv
from tests.test_lowest import ROOT

HERE: Final = Path(__file__).resolve().parent
_SETTINGS: Final = "tests.corpus.compressor_projects.project_settings"
_SHOWN: Final = "shown.json"
ASSETS: Final = {"theirs": "collected", "ours": "build/assets"}
PRETIX: Final = """[pretix]
instance_name = x
url = http://localhost
datadir = {folder}/data
[database]
backend = sqlite3
name = {folder}/db.sqlite3
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A project built by one of the two: `blocks` as pages show them, below the URL prefix `url` of static files."""

    folder: Path
    url: str
    blocks: tuple[Mapping[str, Any], ...]
    assets: Path

    def file(self, url: str) -> Path | None:
        """The file behind a URL of the project's, if there is one."""
        path = self.assets / url.removeprefix(self.url).partition("?")[0].partition("#")[0]
        return path if url.startswith(self.url) and path.is_file() else None


def environment(project: str) -> Path:
    """The folder of a virtual environment with a project in it, at the versions of its list, made once."""
    listed = HERE / f"{project}.txt"
    folder = cache_folder() / f"{project}-{sha256(listed.read_bytes()).hexdigest()[:12]}"
    with only_one_process():
        if not (folder / "ready").exists():
            _install(folder, listed)
    return folder


def _install(folder: Path, listed: Path) -> None:
    python = folder / "bin/python"
    commands: list[list[str | Path]] = [
        [uv(), "venv", "--quiet", "--clear", "--python=3.11", folder],
        [uv(), "pip", "install", "--quiet", "--no-deps", f"--python={python}", "--requirement", listed],
        [uv(), "pip", "install", "--quiet", f"--python={python}", "--editable", ROOT],
    ]
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_TIMEOUT_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            missing_tool(f"uv did not install {listed.name} within {FETCH_TIMEOUT_SECONDS} seconds")
        if done.returncode:
            missing_tool(f"uv could not install {listed.name}:\n{done.stderr}")
    (folder / "ready").touch()


def build(project: str, side: str, folder: Path) -> None:
    """Build a project with one of the two, and keep beside it how its blocks are shown."""
    write_tree(folder, {"pretix.cfg": PRETIX.format(folder=folder)} if project == "pretix" else {"none.txt": ""})
    if side == "theirs":
        run(project, side, folder, "-m", "django", "collectstatic", "--noinput", "--verbosity=0")
    else:
        migrate(project, folder)
    compress(project, side, folder)
    shown = run(project, side, folder, HERE / "show_blocks.py").stdout
    (folder / _SHOWN).write_text(shown, encoding="utf-8")


def migrate(project: str, folder: Path, *, copies: Sequence[str] = ()) -> None:
    """Write the configuration that `migrate compressor` has for a project, by default without compressed copies."""
    program = "from buildassets.cli.main import main; main()"
    run(project, "theirs", folder, "-c", program, "migrate", "compressor", "--write", "--settings", _SETTINGS)
    configuration = folder / "buildassets.toml"
    configuration.write_text(f"compress = {[*copies]}\n{configuration.read_text()}")


def compress(project: str, side: str, folder: Path) -> str:
    """Return what `manage.py compress` prints."""
    return run(project, side, folder, "-m", "django", "compress", "--force").stderr


def built(project: str, side: str, folder: Path) -> Side:
    """Return the result of `build` for a project in `folder`."""
    shown = json.loads((folder / _SHOWN).read_text(encoding="utf-8"))
    return Side(folder, shown["url"], tuple(shown["blocks"]), folder / ASSETS[side])


def processor_seconds(project: str, side: str, folder: Path, *arguments: str | Path) -> float:
    """Return the CPU seconds of a command of the project's Python and of the processes that it starts."""
    before = os.times()
    run(project, side, folder, *arguments)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def run(project: str, side: str, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command of the project's Python and what it printed; one that fails, fails the test."""
    given = {
        "PROJECT": project,
        "SIDE": side,
        "FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    given["DJANGO_SETTINGS_MODULE"] = _SETTINGS
    command = [environment(project) / "bin/python", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **given}, capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-8000:]}"
    return done
