"""Published projects of `projects.toml`, from PyPI at fixed versions: the commands that a user types, and the release.

Judges of the release are node, which compiles each script, and tinycss2, which reads each sheet: what these name is in
the release, or is missing in the project, too.
"""

import json
import os
import posixpath
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest

from buildassets.manifest.model import Manifest
from tests import css_trees
from tests.command import run
from tests.conftest import MadeOnce, find_tool, read_tree
from tests.corpus.building import released
from tests.corpus.wheels import wheels

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not os.environ.get("BUILDASSETS_PROJECTS"), reason="`make corpus` runs it"),
]
_HERE: Final = Path(__file__).resolve().parent
_DJANGO: Final = ("no settings of Django are here", "next: buildassets watch")
_LIBRARY: Final = ("no application is here", "next: buildassets watch")
# The lines that `init` prints for each, and the files that it changes beside its own.
_PRINTED: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "aiohttp-debugtoolbar": (_LIBRARY, ()),
    "datasette": (("found a library of jinja",), ()),
    "devpi-web": (("found a library of pyramid", *_LIBRARY), ()),
    "django-oscar": (("found a library of django", *_DJANGO), ()),
    "flask-admin": (("found a library of flask", *_LIBRARY), ()),
    "flask-appbuilder": (("found a library of flask", *_LIBRARY), ()),
    "flaskbb": (("found flask",), ("flaskbb/app.py",)),
    "flaskr": (("found flask",), ("flaskr/__init__.py",)),
    "flower": (("no framework is found",), ()),
    "kotti": (("found pyramid",), ("kotti/__init__.py",)),
    "mezzanine": (("found a library of django", *_DJANGO), ()),
    "wiki": (("found a library of django", *_DJANGO), ()),
}
_FINGERPRINT: Final = re.compile(r"\.[0-9a-f]{12}\.")
_OWN: Final = (".gitignore", "buildassets.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Tried:
    """A project on which `init` and `build` ran: its folder, as it was before, and what `init` printed."""

    name: str
    folder: Path
    before: Mapping[str, Any]
    printed: str

    @property
    def release(self) -> tuple[Path, Manifest]:
        """The folder of the release's files, and its manifest."""
        found = released(self.folder)
        return found.folder / "assets", found.manifest


@pytest.fixture(scope="module", params=sorted(_PRINTED))
def tried(request: pytest.FixtureRequest, made_once: MadeOnce) -> Tried:
    """A project after `buildassets init --yes` and `buildassets build`."""
    row = tomllib.loads((_HERE / "projects.toml").read_text())[request.param]
    archive = re.sub(r"[-_.]+", "-", row["sdist"].replace("==", "-")).lower()
    (source,) = [one for one in wheels("projects", "--no-binary=:all:").iterdir() if _normal(one.name) == archive]
    source = source / row.get("folder", ".")
    folder: Path = made_once(f"project-{request.param}", lambda path: _try(source, path))
    printed = (folder / ".buildassets/printed.txt").read_text()
    return Tried(request.param, folder, read_tree(source), printed)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _try(source: Path, folder: Path) -> None:
    shutil.copytree(source, folder, symlinks=True)
    done = run(folder, "init", "--yes")
    assert done.returncode == 0, done.stderr
    (folder / ".buildassets/printed.txt").write_text(done.stderr)
    configuration = folder / ("buildassets.toml" if (folder / "buildassets.toml").exists() else "pyproject.toml")
    text = configuration.read_text("utf-8")
    configuration.write_text(re.sub(r"^(?=sources = )", "compress = []\n", text, count=1, flags=re.M), "utf-8")
    built = run(folder, "build")
    assert built.returncode == 0, built.stderr
    configuration.write_text(text, "utf-8")  # copies by brotli take minutes, and other tests show them


def test_init_prints_its_lines_and_changes_only_the_known_files(tried: Tried) -> None:
    lines, files = _PRINTED[tried.name]
    assert [line for line in lines if line not in tried.printed] == []
    after = read_tree(tried.folder)
    changed = {name for name, text in after.items() if tried.before.get(name) != text}
    assert {name for name in changed if not name.startswith(("build/", ".buildassets/"))} - {*_OWN} == {*files}


@pytest.mark.parametrize("verb", ["check", "doctor"])
def test_check_and_doctor_report_no_error(verb: str, tried: Tried) -> None:
    done = run(tried.folder, verb)
    assert done.returncode == 0, done.stdout + done.stderr


def test_undo_restores_every_byte(tried: Tried, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tried.folder, folder, symlinks=True)
    (undo,) = re.findall(r"^undo: (.*)$", tried.printed, re.M)
    shell = [find_tool("sh"), "-c", undo]
    subprocess.run(shell, cwd=folder, check=True, env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)})
    left = {name: text for name, text in read_tree(folder).items() if not name.startswith(("build/", ".buildassets/"))}
    assert left == {name: text for name, text in tried.before.items() if not name.startswith("build/")}


def test_node_compiles_each_script_and_finds_its_imports(tried: Tried) -> None:
    assets, manifest = tried.release
    logical = {
        str(assets / entry.file): name for name, entry in manifest.assets.items() if name.endswith((".js", ".mjs"))
    }
    command = [find_tool("node"), "--no-warnings", "--experimental-vm-modules", str(_HERE / "scripts.mjs")]
    done = subprocess.run(command, input="\n".join(logical), capture_output=True, text=True, check=True, timeout=300)
    answers = json.loads(done.stdout)
    assert {logical[file]: one["fault"] for file, one in answers.items() if one["fault"]} == {}
    imports = {file: [url for url in one["imports"] if url.startswith(".")] for file, one in answers.items()}
    assert [*_lost(tried, {Path(file): urls for file, urls in imports.items()})] == []


def test_urls_of_each_sheet_are_in_the_release(tried: Tried) -> None:
    assets, manifest = tried.release
    sheets = [assets / entry.file for name, entry in manifest.assets.items() if name.endswith(".css")]
    rules = {file: css_trees.tinycss2.parse_component_value_list(file.read_text("utf-8")) for file in sheets}
    found = {file: css_trees.urls(css_trees.without_comments(nodes)) for file, nodes in rules.items()}
    assert [*_lost(tried, found)] == []


def _lost(tried: Tried, found: Mapping[Path, list[str]]) -> Iterator[tuple[str, str]]:
    """The relative URLs in files of the release that lead to none, and have a fingerprint or the name of an asset."""
    assets, manifest = tried.release
    for file, urls in found.items():
        folder = file.parent.relative_to(assets).as_posix()
        for url in urls:
            path = unquote(re.split(r"[?#]", url)[0])
            if not path or re.match(r"[\w+.-]*:|/", path) or (file.parent / path).exists():
                continue
            if _FINGERPRINT.search(path) or posixpath.normpath(posixpath.join(folder, path)) in manifest.assets:
                yield file.name, url
