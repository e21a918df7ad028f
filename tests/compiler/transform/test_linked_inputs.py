"""What a compiler reaches by a link out of a source root is refused, as discovery skips it."""

import shutil
from pathlib import Path

import pytest

from tests.building import build, codes, load_config, printed, released
from tests.command import built, exit_code
from tests.conftest import Tree, write_tree
from tests.tailwind import program

ENGINES = ["libsass", "dart-sass"]
SITE: Tree = {"assets/app.scss": '@import "base";\n@import "shared/theme";', "assets/_base.scss": ""}
OUTSIDE: Tree = {"private/_theme.scss": "a { b: c }"}


def site(folder: Path, files: Tree = SITE) -> Path:
    return write_tree(folder, {**files, **OUTSIDE})


def settings(engine: str = "libsass", more: str = "") -> str:
    return f'{more}\ncompress = []\nengines = {{ scss = "{engine}" }}'


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_partial_behind_a_link_out_of_the_root_is_an_error_at_its_import(engine: str, tmp_path: Path) -> None:
    (site(tmp_path) / "assets/shared").mkdir()
    (tmp_path / "assets/shared/_theme.scss").symlink_to(tmp_path / "private/_theme.scss")
    shown = printed(built(tmp_path, {}, settings(engine)))
    where = "a link that leaves its source root\n  --> assets/app.scss:2:10"
    assert f"error[source/link-outside]: `assets/shared/_theme.scss` is {where}" in shown


def test_so_is_one_in_a_folder_behind_such_a_link(engine: str, tmp_path: Path) -> None:
    (site(tmp_path) / "assets/shared").symlink_to(tmp_path / "private")
    shown = printed(built(tmp_path, {}, settings(engine)))
    what = "`assets/shared/_theme.scss` is reached by `assets/shared`, a link that leaves its source root"
    assert f"error[source/link-outside]: {what}\n  --> assets/app.scss:2:10" in shown


def test_no_line_of_it_is_shown(engine: str, tmp_path: Path) -> None:
    (site(tmp_path) / "assets/shared").symlink_to("../private")
    result = built(tmp_path, {"private/_theme.scss": "password: hunter2 {"}, settings(engine))
    assert set(codes(result)) <= {"source/link-outside", "scss/deprecated"}
    assert "hunter2" not in printed(result)


def test_a_name_that_is_computed_is_an_error_of_the_sheet(tmp_path: Path) -> None:
    text = '@use "sass:meta"; $name: "theme"; @include meta.load-css("shared/#{$name}");'
    (site(tmp_path, {"assets/app.scss": text}) / "assets/shared").symlink_to("../private")
    assert "source root\n  --> assets/app.scss\n" in printed(built(tmp_path, {}, settings("dart-sass")))


@pytest.mark.parametrize(
    "more",
    ['exclude = ["shared"]', 'exclude = ["shared/"]', 'sources = [{ path = "assets", exclude = ["shared/**"] }]'],
)
def test_a_link_that_the_configuration_excludes_is_followed(engine: str, more: str, tmp_path: Path) -> None:
    (site(tmp_path) / "assets/shared").symlink_to("../private")
    result = built(tmp_path, {}, settings(engine, more))
    assert "source/link-outside" not in codes(result)
    assert "b:c" in released(tmp_path, result, "app.css")


def test_the_hint_of_a_load_path_in_place_of_the_link_holds(engine: str, tmp_path: Path) -> None:
    site(tmp_path, {"assets/app.scss": '@import "theme";'})
    (tmp_path / "assets/_theme.scss").symlink_to("../private/_theme.scss")
    more = 'load_paths = ["private"]'
    shown = printed(built(tmp_path, {}, settings(engine, more)))
    assert shown.count("hint: delete the link and put the folder that it leads to into `load_paths`, or") == 2
    (tmp_path / "assets/_theme.scss").unlink()
    assert released(tmp_path, built(tmp_path, {}, settings(engine, more)), "app.css") == "a{b:c}"


def test_a_link_inside_the_root_and_one_in_a_load_path_are_followed(engine: str, tmp_path: Path) -> None:
    files = {"assets/app.scss": '@import "a"; @import "theme";', "assets/_b.scss": "d { e: f }", "lib/x": ""}
    site(tmp_path, files)
    (tmp_path / "assets/_a.scss").symlink_to("_b.scss")
    (tmp_path / "lib/_theme.scss").symlink_to("../private/_theme.scss")
    result = built(tmp_path, {}, settings(engine, 'load_paths = ["lib"]'))
    assert released(tmp_path, result, "app.css") == "d{e:f}a{b:c}"


def test_a_link_that_another_root_contains_is_followed(engine: str, tmp_path: Path) -> None:
    more = 'sources = [{ path = ".", include = ["app.css"] }, { path = "assets", prefix = "x" }]'
    (site(tmp_path) / "assets/shared").symlink_to("../private")
    result = built(tmp_path, {}, settings(engine, more))
    assert "b:c" in released(tmp_path, result, "x/app.css")


def test_a_package_that_npm_linked_is_followed(engine: str, tmp_path: Path) -> None:
    files = {"assets/app.scss": '@import "ui/theme";', "node_modules/x": ""}
    (site(tmp_path, files) / "node_modules/ui").symlink_to("../private")
    more = 'sources = ["assets", { path = "node_modules", npm = true }]\nload_paths = ["node_modules"]'
    assert released(tmp_path, built(tmp_path, {}, settings(engine, more)), "app.css") == "a{b:c}"


def test_kept_draft_is_invalid_once_its_partial_becomes_a_link(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(site(tmp_path), {"assets/shared/_theme.scss": "a { b: c }", "buildassets.toml": settings(engine)})
    monkeypatch.chdir(tmp_path)
    assert exit_code("build", "-q") == 0
    shutil.rmtree(tmp_path / "assets/shared")
    (tmp_path / "assets/shared").symlink_to("../private")
    assert exit_code("build", "-q") == 1
    (tmp_path / "assets/shared").unlink()
    shutil.copytree("private", "assets/shared")
    assert exit_code("build", "-q") == 0


def test_a_sheet_that_tailwind_would_put_in_is_an_error(tmp_path: Path) -> None:
    program()
    write_tree(tmp_path, {"assets/app.css": '@import "tailwindcss";\n@import "./link.css";', "private/a.css": "a{b:c}"})
    (tmp_path / "assets/link.css").symlink_to("../private/a.css")
    (tmp_path / "buildassets.toml").touch()
    found = [one for one in build(load_config(start=str(tmp_path))).diagnostics if one.is_error]
    assert [(one.code, one.message) for one in found] == [
        ("source/link-outside", "`assets/link.css` is a link that leaves its source root")
    ]
    assert found[0].hint == "import the file by the path that the link leads to, or leave the link out with `exclude`"
