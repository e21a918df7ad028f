import os
from collections.abc import Container
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import OF_PACKAGES
from buildassets.compiler.engines.sass.imports import Listings, instead, loads, resolve
from tests.conftest import write_tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"_file.scss": "", "folder.scss/inner.scss": "", "lib/_far.scss": ""})
    (tmp_path / "_link.scss").symlink_to("_file.scss")
    (tmp_path / "_dangling.scss").symlink_to("none.scss")
    (tmp_path / "_loop.scss").symlink_to("folder.scss")
    (tmp_path / "_itself.scss").symlink_to("_itself.scss")
    return tmp_path


@pytest.mark.parametrize("name", ["_file", "folder", "_link", "_dangling", "_loop", "_itself", "none", "lib/_far"])
def test_listings_know_the_files_that_there_are(folder: Path, name: str) -> None:
    path = folder / f"{name}.scss"
    assert (path.name in names_in(path.parent)) == path.is_file()


def names_in(folder: Path) -> Container[str]:
    names = Listings().names_in(str(folder))
    assert names is not None
    return names


@pytest.mark.parametrize("name", ["", "lib", "folder.scss", "none", "_file.scss", "none/none", "_loop.scss", "\0"])
def test_listings_know_the_folders_that_there_are(folder: Path, name: str) -> None:
    path = folder / name
    assert (Listings().names_in(str(path)) is not None) == os.path.isdir(path)


def test_a_folder_that_is_not_there_is_absent_with_all_that_is_looked_for_in_it(folder: Path) -> None:
    text = '@import "file", "far", "none", "lib/far", "folder.scss", "gone/a", "gone/b";'
    found = list(loads(text, str(folder / "app.scss"), [str(folder / "lib")], Listings()))
    absences = {Path(path).relative_to(folder).as_posix() for load in found for path in load.resolution.absences}
    assert {"_far.scss", "none.css", "none", "lib/_none.import.scss", "lib/far.scss", "gone", "lib/gone"} <= absences
    assert not {path for path in absences if "gone/" in path or "none/" in path}
    assert [text[load.start : load.end] for load in found] == [load.name for load in found]


def test_a_large_folder_is_asked_for_each_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"_file{number}.scss": "" for number in range(300)})
    assert "_file299.scss" in names_in(tmp_path)
    assert "_file300.scss" not in names_in(tmp_path)


def test_so_is_one_that_may_not_be_listed(folder: Path) -> None:
    (folder / "lib").chmod(0o100)
    names = names_in(folder / "lib")  # root may list it
    found = [name for name in ("_far.scss", "far.scss") if name in names]
    (folder / "lib").chmod(0o700)
    assert found == ["_far.scss"]


def test_tailwind_is_not_a_sheet_for_sass(tmp_path: Path) -> None:
    hint = instead("tailwindcss", str(tmp_path / "a.scss"), [str(tmp_path)], str)
    assert hint == "write it in a sheet of its own, with the suffix `.css`: Tailwind 4 compiles no Sass"


def test_a_tilde_leads_into_folders_of_packages(tmp_path: Path) -> None:
    write_tree(tmp_path, {"packages/theme/_a.scss": "", "site/app.scss": "", "site/theme/_a.scss": ""})
    importer, merged = str(tmp_path / "site/app.scss"), [(str(tmp_path / "packages"), OF_PACKAGES)]
    found = resolve("~theme/a", importer, [], merged=merged).found
    assert found == (str(tmp_path / "packages/theme/_a.scss"),)
    assert resolve("theme/a", importer, [], merged=merged).found == (str(tmp_path / "site/theme/_a.scss"),)
    assert resolve("~theme/a", importer, [str(tmp_path / "packages")]).found == ()


def test_a_tilde_before_a_package_of_an_outer_folder_has_the_setting_that_finds_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"node_modules/theme/_a.scss": "", "app.scss": ""})
    hint = instead("~theme/a", str(tmp_path / "app.scss"), [str(tmp_path)], os.path.basename)
    assert hint == 'write `theme/a`, and set `load_paths = ["node_modules"]` under `[tool.buildassets]`'


@pytest.mark.parametrize(("name", "package"), [("~theme/a", "theme"), ("~normalize.css/a", "normalize.css")])
def test_a_tilde_before_an_absent_package_has_the_command_that_adds_it(name: str, package: str, tmp_path: Path) -> None:
    hint = instead(name, str(tmp_path / "app.scss"), [str(tmp_path)], os.path.basename)
    assert hint == (
        f"run `buildassets vendor add {package} --source`, or install it next to the configuration with npm"
    )


def test_a_sheet_of_a_gem_is_no_package(tmp_path: Path) -> None:
    hint = instead("font-awesome-sprockets", str(tmp_path / "app.scss"), [str(tmp_path)], os.path.basename)
    assert hint is not None
    assert ("vendor add" in hint, "migrate sprockets" in hint) == (False, True)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "bootstrap/scss/bootstrap",
            "run `buildassets vendor add bootstrap --source` if `bootstrap` is a package of npm, or",
        ),
        ("@ibm/plex/sass", "run `buildassets vendor add @ibm/plex --source` if `@ibm/plex` is a package of npm, or"),
        ("component/button", "did you mean `components/button`?"),
        ("../theme/dark", "None"),
    ],
)
def test_a_path_that_begins_with_an_unknown_folder_may_be_of_a_package(tmp_path: Path, name: str, hint: str) -> None:
    write_tree(tmp_path, {"components/_button.scss": "", "vendor/a.css": ""})
    assert str(instead(name, str(tmp_path / "app.scss"), [str(tmp_path)], str)).startswith(hint)
