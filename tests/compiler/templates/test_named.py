"""A build reports names in templates that its release lacks, and reads only the templates that were edited."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.compiler.templates import jinja
from buildassets.compiler.templates.names import Reading
from buildassets.foundation.diagnostics import render_text
from tests.building import only
from tests.command import built, run
from tests.compiler.incremental.builder import Builder
from tests.compiler.watch.loops import looping
from tests.conftest import Tree, write_tree

ASSETS: Tree = {"assets/css/app.css": "a { b: c }", "buildassets.toml": 'sources = ["assets"]\n'}
NAMES: Tree = {"templates/a.html": '{{ asset("css/app.css") }}', "templates/b.html": '{{ asset("css/ap.css") }}'}
IMPORTS: Tree = {
    "templates/a.html": '{% from "names.html" import sheet %}{{ asset(sheet) }}',
    "templates/names.html": '{% set sheet = "css/app.css" %}{{ static("x/") }}',
}


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(write_tree(tmp_path / "site", {**ASSETS, **NAMES}))


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of templates that are read."""
    read: list[str] = []
    whole: Callable[[jinja.JinjaReader, str], Reading] = jinja.JinjaReader.read

    def noted(reader: jinja.JinjaReader, text: str) -> Reading:
        read.append(text)
        return whole(reader, text)

    monkeypatch.setattr(jinja.JinjaReader, "read", noted)
    return read


def missing(builder: Builder) -> list[str]:
    """The messages of a build about templates."""
    return [one.message for one in builder().diagnostics if one.code == "template/missing"]


def test_a_name_that_the_release_lacks_is_a_warning_at_its_place(builder: Builder) -> None:
    assert render_text(only(builder())) == (
        "warning[template/missing]: no asset is named `css/ap.css`\n"
        "  --> templates/b.html:1:11\n"
        "   |\n"
        '1  | {{ asset("css/ap.css") }}\n'
        "   |           ^^^^^^^^^^\n"
        "\n"
        "hint: did you mean `css/app.css`?"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("vendor/htmx.org/htmx.min.js", "run `buildassets vendor add htmx.org`, or correct the name"),
        ("vendor/@lit/task/a.js", "run `buildassets vendor add @lit/task`, or correct the name"),
        ("vendor/alpine.js", "add the file to a source root, or correct the name"),
        ("vendor/here/menus.js", "did you mean `vendor/here/menu.js`?"),
        ("here/menu.js", "did you mean `vendor/here/menu.js`?"),
        *(
            (name, "run `buildassets vendor add htmx.org`, and name `vendor/htmx.org/dist/a.js`, or correct the name")
            for name in ("htmx.org/dist/a.js", "node_modules/htmx.org/dist/a.js")
        ),
        (
            "@lit/task/a.js",
            "run `buildassets vendor add @lit/task`, and name `vendor/@lit/task/a.js`, or correct the name",
        ),
        ("js/menu/a.js", "add the file to a source root, or correct the name"),
    ],
)
def test_a_file_of_a_package_that_is_not_there_has_the_verb_that_adds_it(tmp_path: Path, name: str, hint: str) -> None:
    files = {"assets/vendor/here/menu.js": "a()", "templates/a.html": f'{{{{ asset("{name}") }}}}'}
    assert only(built(tmp_path, files)).hint == hint


def test_an_unchanged_build_reports_the_same_and_has_nothing_to_do(builder: Builder, texts: list[str]) -> None:
    assert missing(builder) == missing(builder) == ["no asset is named `css/ap.css`"]
    assert (builder.worked, len(texts)) == (1, 2)


def test_an_edited_template_alone_is_read_again(builder: Builder, texts: list[str]) -> None:
    builder()
    write_tree(builder.folder, {"templates/b.html": '{{ asset("css/new.css") }}'})
    texts.clear()
    assert missing(builder) == ["no asset is named `css/new.css`"]
    assert texts == ['{{ asset("css/new.css") }}']


@pytest.mark.parametrize("name", ["templates/blog/c.html", "blog/templates/c.html"])
def test_a_new_template_is_a_change(builder: Builder, name: str) -> None:
    builder()
    write_tree(builder.folder, {name: '{{ asset("css/c.css") }}'})
    assert "no asset is named `css/c.css`" in missing(builder)


def test_a_new_asset_ends_the_warning_without_reading_templates(builder: Builder, texts: list[str]) -> None:
    builder()
    texts.clear()
    write_tree(builder.folder, {"assets/css/ap.css": ""})
    assert (missing(builder), texts) == ([], [])


def test_a_template_is_read_again_where_what_it_imports_was_edited(tmp_path: Path) -> None:
    builder = Builder(write_tree(tmp_path, {**ASSETS, **IMPORTS}))
    assert missing(builder) == []
    write_tree(tmp_path, {"templates/names.html": '{% set sheet = "css/x.css" %}{{ static("x/") }}'})
    assert missing(builder) == ["no asset is named `css/x.css`"]


def test_a_file_that_another_server_has_ends_the_warning(tmp_path: Path) -> None:
    builder = Builder(write_tree(tmp_path, {**ASSETS, "templates/a.html": '{{ static("x/y.js") }}'}))
    assert missing(builder) == ["no asset is named `x/y.js`"]
    write_tree(tmp_path, {"static/x/y.js": ""})
    assert missing(builder) == []


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"readings": {}}', b"\xff"])
def test_damaged_readings_are_read_again(builder: Builder, damage: bytes) -> None:
    builder()
    for path in (builder.folder / ".cache/measures").iterdir():
        path.write_bytes(damage)
    write_tree(builder.folder, {"assets/css/other.css": ""})
    assert missing(builder) == ["no asset is named `css/ap.css`"]


def test_forged_readings_are_read_again(builder: Builder, texts: list[str]) -> None:
    builder()
    for path in (builder.folder / ".cache/measures").iterdir():
        document = json.loads(path.read_bytes())
        forged = {key: [[["x", "y", 0, "none", [], [], False]], []] for key in document.get("readings", ())}
        path.write_text(json.dumps({**document, "readings": forged}))
    texts.clear()
    write_tree(builder.folder, {"assets/css/other.css": ""})
    assert (missing(builder), len(texts)) == (["no asset is named `css/ap.css`"], 2)


def test_a_watch_reports_it_and_ends_that_when_the_template_is_corrected(tmp_path: Path) -> None:
    with looping(write_tree(tmp_path, {**ASSETS, **NAMES})) as watch:
        assert watch.next().codes == ["template/missing"]
        write_tree(tmp_path, {"templates/b.html": '{{ asset("css/app.css") }}'})
        while "template/missing" in [one.code for one in watch.last.diagnostics] if watch.last else True:
            watch.next()


def test_a_folder_of_templates_that_goes_fails_the_next_build_for_production(tmp_path: Path) -> None:
    settings = 'sources = ["assets"]\n[templates]\ndirs = ["templates"]\n'
    write_tree(tmp_path, {**ASSETS, "buildassets.toml": settings, "templates/a.html": ""})
    assert run(tmp_path, "build").returncode == 0
    (tmp_path / "templates").rename(tmp_path / "elsewhere")
    finished = run(tmp_path, "build")
    assert finished.returncode == 1
    assert "there is no folder of templates `templates`" in finished.stderr
