"""The step `build_py` of setuptools: wheels and source distributions with a release inside."""

import tarfile
from pathlib import Path

import pytest

from tests.building import build, load_config, manifest_of
from tests.conftest import write_tree
from tests.wheels.installations import libraries
from tests.wheels.packages import site
from tests.wheels.projects import SASS, SETUPTOOLS, run, wheel_files, write_package

__all__ = ["site"]
pytestmark = pytest.mark.thorough

BACKEND = "import sys\nfrom setuptools import build_meta\ngetattr(build_meta, sys.argv[1])(sys.argv[2])\n"


def built(folder: Path, step: str = "build_wheel", out: str = "dist") -> Path:
    write_tree(folder.parent, {"backend.py": BACKEND, f"{out}/.keep": ""})
    (folder.parent / out / ".keep").unlink()
    done = run(str(folder.parent / "backend.py"), step, f"../{out}", folder=folder, PYTHONPATH=libraries())
    assert done.returncode == 0, done.stderr
    (distribution,) = (folder.parent / out).iterdir()
    return distribution


def test_an_installed_wheel_is_merged(site: Path, tmp_path: Path) -> None:
    files = wheel_files(built(write_package(tmp_path / "cards", SETUPTOOLS, SASS)))
    assert not [name for name in files if name.endswith(".scss")]
    write_tree(site, dict(files))
    write_tree(tmp_path / "application", {"assets/a.css": "", "buildassets.toml": 'packages = ["cards"]\n'})
    manifest = manifest_of(build(load_config(start=str(tmp_path / "application"))))
    assert {"cards/css/card.css", "cards/css/page.css"} <= manifest.assets.keys()


def test_files_of_earlier_builds_are_not_packed(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", SETUPTOOLS)
    before = wheel_files(built(folder)).keys()
    write_tree(folder, {"assets/css/card.css": ".card { color: blue }\n"})
    after = wheel_files(built(folder, out="again")).keys()
    sheets = {name for name in before | after if name.endswith(".css")}
    assert (len(sheets), len(sheets & after)) == (2, 1)


def test_a_wheel_from_the_source_distribution_is_the_same(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", SETUPTOOLS, SASS)
    wheel = wheel_files(built(folder))
    with tarfile.open(built(folder, "build_sdist", "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    source = tmp_path / "unpacked/django_cards-1.0"
    assert (source / "assets/css/_sea.scss").is_file()
    assert wheel_files(built(source, out="from-sdist")) == wheel


def test_plain_names_are_next_to_the_release(tmp_path: Path) -> None:
    settings = f'{SETUPTOOLS}\n[tool.distutils.build_py]\nplain = "cards/static/cards"\n'
    files = wheel_files(built(write_package(tmp_path / "cards", settings)))
    assert b"url(../img/logo.svg)" in files["cards/static/cards/css/card.css"]


def test_an_editable_wheel_leaves_the_release_among_the_sources(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", SETUPTOOLS)
    files = wheel_files(built(folder, "build_editable"))
    assert not [name for name in files if name.endswith("manifest.json")]
    assert (folder / "src/cards/release/manifest.json").is_file()


def test_an_error_in_a_source_ends_the_build_without_a_traceback(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", SETUPTOOLS, {"assets/a.css": "a { background: url(nothing.png) }\n"})
    write_tree(tmp_path, {"backend.py": BACKEND})
    done = run("../backend.py", "build_wheel", "..", folder=folder, PYTHONPATH=libraries())
    assert done.returncode == 1
    assert "reference/missing" in done.stderr
    assert "Traceback" not in done.stderr
