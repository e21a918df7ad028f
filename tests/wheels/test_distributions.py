"""Wheels and source distributions of both backends: the same bytes twice, RECORD, and installation by pip."""

import base64
import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from buildassets.wheels.package import PackageError, built_release
from tests.conftest import write_tree
from tests.wheels.installations import ended, libraries, new_environment, pip_install
from tests.wheels.projects import HATCH, SASS, SETUPTOOLS, run, wheel_files, write_package

pytestmark = pytest.mark.thorough

BACKENDS = {"hatchling.build": HATCH, "setuptools.build_meta": SETUPTOOLS}
PROGRAM = "import sys\nfrom importlib import import_module\n_, module, step, out = sys.argv\n"
PROGRAM += "getattr(import_module(module), step)(out)\n"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def distribution(folder: Path, backend: str, step: str) -> Path:
    """What a step of the backend makes of a package in `folder`."""
    write_package(folder, BACKENDS[backend], SASS)
    out = folder.parent / f"{folder.name}-{step}"
    out.mkdir()
    done = run("-c", PROGRAM, backend, step, str(out), folder=folder, PYTHONPATH=libraries())
    assert done.returncode == 0, done.stderr
    (path,) = out.iterdir()
    return path


@pytest.mark.parametrize("step", ["build_wheel", "build_sdist"])
def test_two_builds_give_the_same_bytes(backend: str, step: str, tmp_path: Path) -> None:
    first = distribution(tmp_path / "a/cards", backend, step)
    second = distribution(tmp_path / "b/other-folder", backend, step)
    shutil.rmtree(tmp_path / "a/cards")
    third = distribution(tmp_path / "a/cards-again", backend, step)
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes() == third.read_bytes()


def test_record_has_the_digest_of_each_file(backend: str, tmp_path: Path) -> None:
    files = wheel_files(distribution(tmp_path / "cards", backend, "build_wheel"))
    rows = list(csv.reader(files["django_cards-1.0.dist-info/RECORD"].decode().splitlines()))
    assert sorted(row[0] for row in rows) == sorted(files)
    assert "cards/release/manifest.json" in files
    for name, digest, size in rows:
        if name.endswith("/RECORD"):
            assert (digest, size) == ("", "")
        else:
            content = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode().rstrip("=")
            assert (digest, int(size)) == (f"sha256={content}", len(files[name]))


def test_pip_installs_a_source_distribution_without_a_network_or_node(backend: str, tmp_path: Path) -> None:
    source = distribution(tmp_path / "cards", backend, "build_sdist")
    python = new_environment(tmp_path / "env")
    pip_install(python, str(source))
    site = write_tree(tmp_path / "site", {"assets/a.css": "", "buildassets.toml": 'packages = ["cards"]\n'})
    done = ended([str(python), "-m", "buildassets", "build"], site)
    assert done.returncode == 0, done.stderr
    assets = json.loads((site / "build/manifest.json").read_text())["assets"]
    assert {"cards/css/card.css", "cards/css/page.css", "cards/js/card.js"} <= assets.keys()


def test_a_source_root_around_the_release_has_each_source_once(tmp_path: Path) -> None:
    settings = HATCH.replace("[tool.buildassets]", '[tool.buildassets]\nsources = ["src/cards"]')
    folder = write_package(
        tmp_path / "cards", settings, {"src/cards/a.css": "a { top: 0 }\n", "src/cards/.env": "secret"}
    )
    for _ in range(2):
        release = built_release(str(folder), {"cards": "cards.release"})
        assert release.sources == ("pyproject.toml", "src/cards/__init__.py", "src/cards/a.css")


@pytest.mark.parametrize("text", ["tool = 5\n", "[tool]\nbuildassets = 5\n", "[tool.buildassets]\nsources = 5\n"])
def test_settings_of_another_type_are_an_error_without_a_traceback(text: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": text})
    with pytest.raises(PackageError):
        built_release(str(tmp_path), {"cards": "cards.release"})
