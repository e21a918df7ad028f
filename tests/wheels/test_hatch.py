"""The build hook of hatchling: wheels and source distributions with a release inside."""

import tarfile
from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from tests.building import build, load_config, manifest_of
from tests.conftest import Tree, write_tree
from tests.wheels.packages import site
from tests.wheels.projects import HATCH, SASS, run, wheel_files, write_package

__all__ = ["site"]


def built(folder: Path, target: str = "wheel", out: str = "dist") -> Path:
    done = run("-m", "hatchling", "build", "-t", target, "-d", str(folder.parent / out), folder=folder)
    assert done.returncode == 0, done.stderr
    (distribution,) = (folder.parent / out).iterdir()
    return distribution


def refused(folder: Path) -> str:
    done = run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.parent / "dist"), folder=folder)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not list((folder.parent / "dist").glob("*"))
    return done.stderr


def unpacked(wheel: Path, site: Path) -> None:
    write_tree(site, dict(wheel_files(wheel)))


def merged(folder: Path) -> BuildResult:
    write_tree(folder, {"assets/app.css": "a { color: red }\n", "buildassets.toml": 'packages = ["cards"]\n'})
    return build(load_config(start=str(folder)))


def test_a_wheel_has_the_release_and_no_sources(tmp_path: Path) -> None:
    names = wheel_files(built(write_package(tmp_path / "cards", HATCH, SASS)))
    assert "cards/release/manifest.json" in names
    assert not [name for name in names if name.endswith(".scss")]


def test_an_installed_wheel_is_merged(site: Path, tmp_path: Path) -> None:
    unpacked(built(write_package(tmp_path / "cards", HATCH)), site)
    assert "cards/css/card.css" in manifest_of(merged(tmp_path / "application")).assets


def test_files_of_earlier_builds_are_not_packed(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", HATCH, {".gitignore": ""})
    before = wheel_files(built(folder)).keys()
    write_tree(folder, {"assets/css/card.css": ".card { color: blue }\n"})
    after = wheel_files(built(folder, out="again")).keys()
    sheets = {name for name in before | after if name.endswith(".css")}
    assert (len(sheets), len(sheets & after)) == (2, 1)


def test_a_wheel_from_the_source_distribution_is_the_same(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", HATCH, SASS)
    wheel = built(folder).read_bytes()
    with tarfile.open(built(folder, "sdist", "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    source = tmp_path / "unpacked/django_cards-1.0"
    assert (source / "assets/css/page.scss").is_file()
    assert built(source, out="from-sdist").read_bytes() == wheel


def test_a_source_distribution_needs_no_compiler(tmp_path: Path) -> None:
    lock = '[tools.esbuild]\nlicense = "MIT"\nversion = "0.0.1"\n'
    folder = write_package(tmp_path / "cards", HATCH)
    with tarfile.open(built(folder, "sdist", "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    source = write_tree(tmp_path / "unpacked/django_cards-1.0", {"buildassets.lock": lock, "assets/bad.css": "a {"})
    assert "cards/release/manifest.json" in wheel_files(built(source, out="from-sdist"))


def test_a_changed_release_in_a_source_distribution_is_an_error(tmp_path: Path) -> None:
    with tarfile.open(built(write_package(tmp_path / "cards", HATCH), "sdist", "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    source = tmp_path / "unpacked/django_cards-1.0"
    next(source.glob("src/cards/release/assets/css/*.css")).write_text("b { color: red }\n")
    assert "verify/changed" in refused(source)


def test_an_error_in_a_source_ends_the_build_and_writes_nothing(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "cards", HATCH, {"assets/a.css": "a { background: url(nothing.png) }\n"})
    assert "reference/missing" in refused(folder)
    assert not (folder / "src/cards/release/manifest.json").exists()


def test_a_missing_tool_ends_the_build_and_writes_nothing(tmp_path: Path) -> None:
    settings = HATCH.replace("[build-system]", '[tool.buildassets.engines]\nscss = "nothing"\n\n[build-system]')
    folder = write_package(tmp_path / "cards", settings, SASS)
    assert "error[" in refused(folder)
    assert not (folder / "src/cards/release").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('cards = "cards.release"\n', "", "0 releases are named"),
        ('cards = "cards.release"\n', 'cards = "cards.release"\nmore = "cards.more"\n', "2 releases are named"),
        ('cards = "cards.release"\n', '"a/b" = "cards.release"\n', "names no release"),
        ('cards = "cards.release"\n', 'cards = "cards/release"\n', "names no release"),
        ("[tool.buildassets]\n", "[tool.buildassets]\nretain = { releases = 2 }\n", "`retain` is set"),
        ("[tool.hatch.build.hooks.buildassets]\n", "[tool.hatch.build.hooks.buildassets]\nplain = '../x'\n", "`plain`"),
        ('[tool.buildassets]\noutput = "src/cards/release"\n', "", "settings of buildassets are missing"),
    ],
)
def test_a_mistake_in_the_project_ends_the_build(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in HATCH
    assert message in refused(write_package(tmp_path / "cards", HATCH.replace(old, new)))


def test_plain_names_are_next_to_the_release(tmp_path: Path) -> None:
    option = '[tool.hatch.build.hooks.buildassets]\nplain = "cards/static/cards"\n'
    settings = HATCH.replace("[tool.hatch.build.hooks.buildassets]\n", option)
    files = wheel_files(built(write_package(tmp_path / "cards", settings)))
    assert b"url(../img/logo.svg)" in files["cards/static/cards/css/card.css"]
    assert b"./size.js" in files["cards/static/cards/js/card.js"]
    assert "cards/static/cards/img/logo.svg" in files


def test_plain_names_give_way_to_the_release(site: Path, tmp_path: Path) -> None:
    option = '[tool.hatch.build.hooks.buildassets]\nplain = "cards/static/cards"\n'
    settings = HATCH.replace("[tool.hatch.build.hooks.buildassets]\n", option)
    unpacked(built(write_package(tmp_path / "cards", settings)), site)
    sources = f'packages = ["cards"]\nsources = ["{(site / "cards/static").as_posix()}"]\n'
    files: Tree = {"buildassets.toml": sources}
    write_tree(tmp_path / "application", files)
    result = build(load_config(start=str(tmp_path / "application")))
    assert "cards/css/card.css" in manifest_of(result).assets


def test_an_editable_install_has_its_release_among_the_sources(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = HATCH.replace("[tool.hatch.build.targets.wheel]\n", '[tool.hatch.build]\ndev-mode-dirs = ["src"]\n\n')
    folder = write_package(tmp_path / "cards", settings.replace('packages = ["src/cards"]\n', ""))
    files = wheel_files(built(folder, "wheel:editable"))
    assert not [name for name in files if name.startswith("cards/")]
    write_tree(site, dict(files))
    (path,) = [content.decode().strip() for name, content in files.items() if name.endswith(".pth")]
    monkeypatch.syspath_prepend(path)  # as the `.pth` file does
    before = manifest_of(merged(tmp_path / "application")).assets["cards/css/card.css"]
    write_tree(folder, {"assets/css/card.css": ".card { color: blue }\n"})
    assert build(load_config(start=str(folder))).succeeded
    assert manifest_of(merged(tmp_path / "application")).assets["cards/css/card.css"] != before
