"""Which icons a sprite has, and what is reported of folders, names and files."""

from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import render_text
from tests.building import build, check, load_config
from tests.conftest import Tree, write_tree

ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="12" viewBox="0 0 24 12"><path d="M0 0h9v9z"/></svg>'
USED_ONLY = '[icons]\n"icons.svg" = { dir = "icons", used_only = true }\n'
ALL = USED_ONLY.replace("true", "false")
ICONS: Tree = {"icons/check.svg": ICON, "icons/close.svg": ICON, "icons/sub/arrow.svg": ICON, "assets/a.css": ""}


def build_icons(folder: Path, settings: str, tree: Tree) -> BuildResult:
    write_tree(folder, {**ICONS, **tree, "buildassets.toml": settings})
    return build(load_config(start=str(folder)))


def icons(result: BuildResult) -> list[str]:
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    return sorted(result.manifest.assets["icons.svg"].icons)


def test_a_folder_becomes_a_sprite(tmp_path: Path) -> None:
    result = build_icons(
        tmp_path, '[icons]\n"img/icons.svg" = { dir = "icons" }\n', {"icons/read.txt": "", "icons/.x.svg": ""}
    )
    assert result.manifest
    entry = result.manifest.assets["img/icons.svg"]
    assert dict(entry.icons) == dict.fromkeys(("check", "close", "sub/arrow"), (24, 12))
    assert entry.type == "image/svg+xml"
    text = (tmp_path / "build/assets" / entry.file).read_text()
    assert text.count("<symbol ") == 3
    assert '<symbol id="sub/arrow" viewBox="0 0 24 12"><path d="M0 0h9v9z"/></symbol>' in text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '{{ icon("check", class="x") }}{{ icon("sub/arrow" if x else "check") }}'),
        ("a.jinja", '{% set i = "sub/arrow" %}{{ icon(i) }}{{ icon(name="check") }}'),
        ("a.mako", '${icon("check")} ${icon("sub/arrow", label="x")}'),
        ("a.pt", "<p>${icon('check')}</p><p tal:content=\"icon('sub/arrow')\"/>"),
    ],
)
def test_only_icons_that_templates_name_are_in_it(tmp_path: Path, name: str, text: str) -> None:
    result = build_icons(tmp_path, USED_ONLY, {f"templates/{name}": text})
    assert icons(result) == ["check", "sub/arrow"]
    assert result.diagnostics == ()


def test_only_icons_that_django_s_templates_name_are_in_it(tmp_path: Path) -> None:
    template = '{% load buildassets %}{% icon "check" class="x" %}{% icon name="sub/arrow" label="x" as y %}'
    result = build_icons(tmp_path, USED_ONLY + '[templates]\nengine = "django"\n', {"templates/a.html": template})
    assert icons(result) == ["check", "sub/arrow"]


@pytest.mark.parametrize("call", ["icon(name)", "icon(*names)", 'icon("a-" ~ kind)'])
def test_a_computed_name_keeps_all_and_is_reported(tmp_path: Path, call: str) -> None:
    result = build_icons(tmp_path, USED_ONLY, {"templates/a.html": "\n{{ " + call + " }}"})
    assert icons(result) == ["check", "close", "sub/arrow"]
    (fault,) = result.diagnostics
    assert (fault.severity.value, fault.code) == ("warning", "icon/computed")
    assert fault.message == "`icons.svg` has all 3 icons of `icons`: a template computes the name of one"
    assert fault.location
    assert (fault.location.file, fault.location.line, fault.location.column) == ("templates/a.html", 2, 4)


def test_an_edit_of_a_template_changes_the_sprite(tmp_path: Path) -> None:
    build_icons(tmp_path, USED_ONLY, {"templates/a.html": '{{ icon("check") }}'})
    assert icons(build_icons(tmp_path, USED_ONLY, {"templates/a.html": '{{ icon("close") }}'})) == ["close"]


def test_with_entries_a_sprite_is_still_released(tmp_path: Path) -> None:
    result = build_icons(tmp_path, f'entries = ["a.css"]\n{ALL}', {"assets/b.css": ""})
    assert result.manifest
    assert sorted(result.manifest.assets) == ["a.css", "icons.svg"]


def test_a_sprite_of_which_no_icon_is_named_is_reported(tmp_path: Path) -> None:
    (fault,) = build_icons(tmp_path, USED_ONLY, {}).diagnostics
    assert (fault.code, fault.message) == ("icon/unused", "`icons.svg` has no icon: no template names one of `icons`")


def test_a_missing_folder_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    (fault,) = build_icons(tmp_path, ALL.replace('"icons"', '"icon"'), {}).diagnostics
    assert (fault.code, fault.is_error, fault.hint) == ("icon/folder", True, "did you mean `icons`?")


def test_a_folder_without_icons_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (fault,) = build_icons(tmp_path, ALL.replace('"icons"', '"empty"'), {}).diagnostics
    assert (fault.code, fault.is_error) == ("icon/folder", False)


def test_a_sprite_and_a_source_of_one_name_are_an_error(tmp_path: Path) -> None:
    (fault,) = build_icons(tmp_path, ALL, {"assets/icons.svg": ICON}).diagnostics
    assert (fault.code, fault.message) == ("source/duplicate", "`assets/icons.svg` and `icons` both make `icons.svg`")


def test_every_icon_with_a_fault_is_reported(tmp_path: Path) -> None:
    tree: Tree = {"icons/a.svg": ICON.replace("<path", "<script"), "icons/b.svg": "<svg", "icons/c.svg": b"\xff"}
    result = build_icons(tmp_path, ALL, tree)
    assert [(one.code, one.location and one.location.file) for one in result.diagnostics] == [
        ("icon/script", "icons/a.svg"),
        ("icon/unreadable", "icons/b.svg"),
        ("source/encoding", "icons/c.svg"),
    ]


def test_an_icon_that_is_not_used_may_have_faults(tmp_path: Path) -> None:
    tree: Tree = {"icons/a.svg": "<svg", "templates/a.html": '{{ icon("check") }}'}
    assert icons(build_icons(tmp_path, USED_ONLY, tree)) == ["check"]


def test_check_reports_an_icon_that_is_not_there_with_the_nearest(tmp_path: Path) -> None:
    write_tree(
        tmp_path, {**ICONS, "buildassets.toml": USED_ONLY, "templates/a.html": '{{ icon("check") }}{{ icon("clse") }}'}
    )
    (fault,) = check(load_config(start=str(tmp_path))).diagnostics
    assert (fault.code, fault.message) == ("template/missing", "no icon is named `clse`")
    assert fault.hint == "did you mean `close`?"


def test_without_sprites_icon_is_a_function_of_the_project(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "templates/a.html": '{{ icon("check") }}'})
    assert check(load_config(start=str(tmp_path))).diagnostics == ()
