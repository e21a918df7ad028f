"""The language server, over its protocol."""

import os
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command import built
from tests.conftest import NOT_SHOWN, Tree, watchdog, write_tree
from tests.fonts import LETTERS, font_file
from tests.lsp.client import Editor

PNG: Final = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path d="M0 0h8v4H0z"/></svg>'
PROJECT: Final[Tree] = {
    "buildassets.toml": '[bundles]\n"js/site.js" = ["js/a.js", "js/b.js"]\n',
    "assets/css/app.scss": "a { color: red }\n",
    "assets/css/base.css": 'a { background: url("../img/logo.png") }\n',
    "assets/js/a.js": 'import "./b.js";\n',
    "assets/js/b.js": "export const b = 1;\n",
    "assets/img/logo.png": PNG,
    "templates/page.html": '<link href="{{ asset("css/app.css") }}">\n{{ image("img/logo.pgn") }}\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_tree(tmp_path, PROJECT)
    return tmp_path


def codes(diagnostics: list[Any]) -> list[tuple[str, int, int, int]]:
    """The code, line, first and last character of each, and that it is an error."""
    assert all(one["severity"] == 1 and one["source"] == "buildassets" for one in diagnostics)
    spans = ((one["code"], one["range"]["start"], one["range"]["end"]) for one in diagnostics)
    return [(code, start["line"], start["character"], end["character"]) for code, start, end in spans]


def test_command_offers_completion_hover_and_definition(project: Path) -> None:
    with Editor(project, os.environ) as editor:
        offered = editor.capabilities
    assert offered["completionProvider"]["triggerCharacters"] == ['"', "'", "/", "("]
    assert offered["hoverProvider"]
    assert offered["definitionProvider"]


def test_name_of_no_asset_in_a_template_is_reported(project: Path) -> None:
    with Editor(project) as editor:
        (found,) = editor.open("templates/page.html")
    assert codes([found]) == [("template/missing", 1, 10, 22)]
    assert found["message"] == "no asset is named `img/logo.pgn`\nhint: did you mean `img/logo.png`?"


def test_unsaved_change_is_checked(project: Path) -> None:
    with Editor(project) as editor:
        assert editor.open("templates/page.html")
        assert editor.change("templates/page.html", '{{ image("img/logo.png") }}') == []
        assert editor.change("templates/page.html", '{{ image("img/logo.png"') == []  # half written


def test_a_django_template_is_checked(project: Path) -> None:
    text = '{% load buildassets %}\r\n{% stylesheet "css/app.css" %}{% script "js/sites.js" %}\r\n'
    write_tree(project, {"manage.py": "", "templates/page.html": text})
    with Editor(project) as editor:
        assert codes(editor.open("templates/page.html", text)) == [("template/missing", 1, 41, 52)]
        assert editor.labels("templates/page.html", text, '{% script "') == ["js/a.js", "js/b.js", "js/site.js"]


def test_missing_reference_of_a_style_sheet_is_reported(project: Path) -> None:
    text = '/* url(x.png) */ 😀 { background: url("../img/logo.pgn") }\n'
    with Editor(project) as editor:
        (found,) = editor.open("assets/css/base.css", text)
    assert codes([found]) == [("reference/missing", 0, 39, 54)]
    assert "did you mean `img/logo.png`?" in found["message"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("assets/css/base.css", "a{b:url(x)}" * 2500),
        ("templates/page.html", "".join(f'{{{{ asset("x{number}.css") }}}}' for number in range(2500))),
    ],
    ids=["style sheet", "template"],
)
def test_last_of_a_thousand_diagnostics_counts_the_rest(project: Path, path: str, text: str) -> None:
    with Editor(project) as editor:
        found = editor.open(path, text)
    assert len(found) == 1000
    assert "more" not in found[-2]["message"]
    assert "note: the file has 1,500 more diagnostics" in found[-1]["message"]


def test_missing_reference_of_a_script_is_reported(project: Path) -> None:
    text = 'import "./c.js";\nimport "bare";\nnew URL("../img/logo.png", import.meta.url);\n'
    with Editor(project) as editor:
        assert codes(editor.open("assets/js/a.js", text)) == [("reference/missing", 0, 8, 14)]


def test_missing_references_have_the_configured_severity(project: Path) -> None:
    write_tree(project, {"buildassets.toml": 'missing = "warn"\n'})
    with Editor(project) as editor:
        assert [one["severity"] for one in editor.open("assets/js/a.js", 'import "./c.js";')] == [2]
    write_tree(project, {"buildassets.toml": 'missing = "ignore"\n'})
    with Editor(project) as editor:
        assert editor.open("assets/js/a.js", 'import "./c.js";') == []


def test_each_helper_is_completed_with_assets_of_its_kind(project: Path) -> None:
    text = '{{ stylesheet("") }}{{ script("js/") }}{{ image("") }}{{ asset("") }}<a class="">\n'
    with Editor(project) as editor:
        editor.open("templates/page.html", text)
        sheets = editor.labels("templates/page.html", text, 'stylesheet("')
        scripts = editor.labels("templates/page.html", text, 'script("js/')
        pictures = editor.labels("templates/page.html", text, 'image("')
        every = editor.labels("templates/page.html", text, 'asset("')
        none = editor.labels("templates/page.html", text, 'class="')
    assert sheets == ["css/app.css", "css/base.css"]
    assert scripts == ["js/a.js", "js/b.js", "js/site.js"]
    assert pictures == ["img/logo.png"]
    assert every == ["css/app.css", "css/base.css", "img/logo.png", "js/a.js", "js/b.js", "js/site.js"]
    assert none == []


@pytest.mark.parametrize(
    "written",
    [
        """<img src="{% static 'img/""",
        """<a title="it's" href="{{ asset('img/""",
        """<img alt='"' src='{{ image("img/""",
        """{{ asset("css/app.css") ~ asset('img/""",
        """{{ asset('css/app.css') if "a" else image("img/""",
    ],
)
def test_name_in_an_attribute_is_completed_from_its_own_quote(project: Path, written: str) -> None:
    write_tree(project, {"manage.py": ""} if "static" in written else {})
    with Editor(project) as editor:
        editor.open("templates/page.html", written)
        assert "img/logo.png" in editor.labels("templates/page.html", written, written)
        item = next(
            one
            for one in editor.at("completion", "templates/page.html", written, written)
            if one["label"] == "img/logo.png"
        )
    assert item["textEdit"]["range"]["start"]["character"] == len(written) - len("img/")


@pytest.mark.parametrize("written", ["""{{ asset("css/app.css")""", """<a title="{{ x }}" class='img/"""])
def test_nothing_is_completed_outside_of_a_string_in_a_tag(project: Path, written: str) -> None:
    with Editor(project) as editor:
        editor.open("templates/page.html", written)
        assert editor.labels("templates/page.html", written, written) == []


def test_a_proposal_replaces_what_is_written(project: Path) -> None:
    text = '{{ image("img/lo") }}'
    with Editor(project) as editor:
        editor.open("templates/page.html", text)
        (item,) = editor.at("completion", "templates/page.html", text, "img/lo")
    assert item["textEdit"]["newText"] == "img/logo.png"
    assert item["textEdit"]["range"] == {"start": {"line": 0, "character": 10}, "end": {"line": 0, "character": 16}}


def test_references_are_completed_relative_to_the_file(project: Path) -> None:
    sheet, script = '@import "";\na { background: url(../im) }', 'import { b } from "./";\nimport("");\n'
    with Editor(project) as editor:
        editor.open("assets/css/base.css", sheet)
        editor.open("assets/js/a.js", script)
        assert editor.labels("assets/css/base.css", sheet, '@import "') == ["app.css"]
        assert editor.labels("assets/css/base.css", sheet, "url(../im") == ["../img/logo.png"]
        assert editor.labels("assets/js/a.js", script, 'from "./') == ["./b.js", "./site.js"]
        assert editor.labels("assets/js/a.js", script, 'import("') == ["./b.js", "./site.js"]


@pytest.mark.parametrize("written", ['@import "', "@import url(", '@import url("'])
def test_an_import_in_a_sheet_is_completed_with_sheets(project: Path, written: str) -> None:
    with Editor(project) as editor:
        editor.open("assets/css/base.css", written)
        assert editor.labels("assets/css/base.css", written, written) == ["app.css"]


def test_template_that_was_never_saved_is_checked_and_completed(project: Path) -> None:
    text = '{{ image("img/logo.pgn") }}{{ stylesheet("") }}'
    with Editor(project) as editor:
        assert codes(editor.open("templates/new.html", text))[0] == ("template/missing", 0, 10, 22)
        assert editor.labels("templates/new.html", text, 'stylesheet("') == ["css/app.css", "css/base.css"]
        assert editor.open("notes/new.html", text) == []


def test_icons_are_completed_and_checked(tmp_path: Path) -> None:
    text = '{{ icon("chek") }}{{ icon("") }}{{ asset("icons.svg") }}'
    write_tree(tmp_path, {"buildassets.toml": '[icons]\n"icons.svg" = { dir = "drawn" }\n', "drawn/check.svg": SVG})
    write_tree(tmp_path, {"assets/a.css": "a {}", "templates/page.html": text, "drawn/arrows/left.svg": SVG})
    with Editor(tmp_path) as editor:
        found = editor.open("templates/page.html")
        assert [(one["range"]["start"]["character"], one["message"].split("\n")[0]) for one in found] == [
            (9, "no icon is named `chek`"),
            (27, "no icon is named ``"),
        ]
        assert editor.labels("templates/page.html", text, '}}{{ icon("') == ["arrows/left", "check"]
        place = editor.at("definition", "templates/page.html", text, "icons.s")
        assert place["uri"] == editor.uri("buildassets.toml")
        assert place["range"]["start"]["line"] == 1


def test_font_made_of_another_leads_to_its_source(tmp_path: Path) -> None:
    sheet = "a { src: url(a.ttf) } b { src: url(a.woff2) } c { src: url(b.ttf) }"
    rule = '[fonts]\n"*.ttf" = { unicode_range = ["U+20-7A"] }\n'
    write_tree(tmp_path, {"buildassets.toml": rule, "assets/a.ttf": font_file(LETTERS), "assets/a.css": sheet})
    with Editor(tmp_path) as editor:
        assert codes(editor.open("assets/a.css")) == [("reference/missing", 0, 59, 64)]
        for name in ("a.tt", "a.wof"):
            assert editor.at("definition", "assets/a.css", sheet, name)["uri"] == editor.uri("assets/a.ttf")


def test_a_name_leads_to_its_source(project: Path) -> None:
    sheet = (project / "assets/css/base.css").read_text()
    page = '{{ asset("css/app.css") }}{{ asset("js/site.js") }}{{ asset("none.js") }}'
    with Editor(project) as editor:
        editor.open("templates/page.html", page)
        editor.open("assets/css/base.css")
        source = editor.at("definition", "templates/page.html", page, "css/a")
        bundle = editor.at("definition", "templates/page.html", page, "js/s")
        nothing = editor.at("definition", "templates/page.html", page, "none")
        image = editor.at("definition", "assets/css/base.css", sheet, "logo")
        assert source["uri"] == editor.uri("assets/css/app.scss")
        assert (bundle["uri"], bundle["range"]["start"]["line"]) == (editor.uri("buildassets.toml"), 1)
        assert nothing is None
        assert image["uri"] == editor.uri("assets/img/logo.png")


def test_hover_shows_the_sizes(project: Path) -> None:
    page = '{{ asset("css/app.css") }}{{ asset("js/site.js") }}'
    with Editor(project) as editor:
        editor.open("templates/page.html", page)
        before = editor.at("hover", "templates/page.html", page, "css/a")
        bundle = editor.at("hover", "templates/page.html", page, "js/s")
    assert before["contents"]["value"] == (
        "**`css/app.css`**\n\nsource: `assets/css/app.scss`, 17 B\n\nnot in the last release"
    )
    assert before["range"]["start"]["character"] == 10
    assert "bundle of `js/a.js`, `js/b.js`" in bundle["contents"]["value"]


def test_hover_shows_the_sizes_that_are_released(tmp_path: Path) -> None:
    built(tmp_path, {"assets/a.css": "a { color: red }\n" * 50 + "b { color: blue }", "templates/a.html": ""}, "")
    page = '{{ asset("a.css") }}'
    with Editor(tmp_path) as editor:
        editor.open("templates/a.html", page)
        value = editor.at("hover", "templates/a.html", page, "a.c")["contents"]["value"]
    assert "released: " in value
    assert "gzip " in value


def test_a_new_file_is_known_once_something_is_saved(project: Path) -> None:
    with Editor(project) as editor:
        assert editor.open("assets/js/a.js", 'import "./new.js";')
        write_tree(project, {"assets/js/new.js": ""})
        editor.diagnostics.clear()
        editor.save("assets/js/new.js")
        assert editor.reported("assets/js/a.js") == []


def test_mistake_in_the_configuration_is_shown_at_its_place(project: Path) -> None:
    write_tree(project, {"buildassets.toml": "minify = true\nminifi = 1\n"})
    with Editor(project) as editor:
        editor.open("buildassets.toml")
        (found,) = editor.reported("buildassets.toml")
        assert codes([found]) == [("config/unknown-key", 1, 0, 6)]
        write_tree(project, {"buildassets.toml": "minify = true\n"})
        editor.diagnostics.clear()
        editor.save("buildassets.toml")
        assert editor.reported("buildassets.toml") == []


@pytest.mark.parametrize("text", ["= broken", "sources = ["])
def test_syntax_error_in_the_configuration_is_shown(project: Path, text: str) -> None:
    write_tree(project, {"buildassets.toml": text})
    with Editor(project) as editor:
        editor.open("buildassets.toml")
        (found,) = editor.reported("buildassets.toml")
        assert found["code"] == "config/syntax"


@pytest.mark.parametrize("name", ["buildassets.toml", "pyproject.toml", "buildassets.lock"])
@pytest.mark.parametrize("kind", ["pipe", "device", "large"])
def test_a_file_of_settings_that_has_no_end_is_not_read(project: Path, name: str, kind: str) -> None:
    (project / "buildassets.toml").unlink(missing_ok=True)
    path = project / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, 1 << 40)
    with Editor(project) as editor, watchdog(cpu_seconds=4):
        editor.save(name)
        editor.open("templates/a.html", "")
        where = {"textDocument": {"uri": editor.uri(name)}, "position": {"line": 0, "character": 0}}
        assert editor.request("textDocument/hover", where) is None


def test_a_folder_without_a_configuration_is_a_project(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "templates/deep/a.html": '{{ asset("b.css") }}'})
    with Editor(tmp_path) as editor:
        assert codes(editor.open("templates/deep/a.html")) == [("template/missing", 0, 10, 15)]


def test_nothing_of_the_project_is_run(project: Path) -> None:
    mark = "import pathlib; pathlib.Path(__file__).with_name('ran').touch()\n"
    settings = """
        webassets = "mine:bundles"
        engines = { less = "mine" }
        commands.styl = { run = ["touch", "ran"], from = "styl", to = "css" }
        templates.extensions = ["mine.Extension"]
        """
    installed = {
        "mine-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 1\n",
        "mine-1.dist-info/entry_points.txt": "[buildassets.engines]\nmine = mine:Engine\n",
    }
    page = '{{ asset("b.css") }}{{ asset("c.css") }}{{ asset("no.css") }}'
    write_tree(project, {"mine.py": mark, **installed, "assets/b.styl": "a", "assets/c.less": "a"})
    write_tree(project, {"buildassets.toml": settings, "templates/page.html": page})
    with Editor(project, {**os.environ, "PYTHONPATH": str(project)}) as editor:
        assert codes(editor.open("templates/page.html")) == [("template/missing", 0, 50, 56)]
        editor.open("assets/css/base.css")
    assert not (project / "ran").exists()


def test_templates_of_pyramid_are_served(project: Path) -> None:
    text = "<a>${stylesheet('css/ap.css')}</a>"
    write_tree(project, {"templates/a.mako": text, "templates/a.pt": text})
    with Editor(project) as editor:
        for name in ("templates/a.mako", "templates/a.pt"):
            assert codes(editor.open(name)) == [("template/missing", 0, 17, 27)]
            assert editor.labels(name, text, "stylesheet('") == ["css/app.css", "css/base.css"]


def test_document_without_a_file_is_ignored(project: Path) -> None:
    text = '{{ asset("none.css") }}'
    with Editor(project) as editor:
        document = {"uri": "untitled:Untitled-1", "languageId": "html", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": document})
        place = {"textDocument": {"uri": "untitled:Untitled-1"}, "position": {"line": 0, "character": 12}}
        assert editor.request("textDocument/hover", place) is None
        assert editor.request("textDocument/completion", place) == []
        assert not editor.diagnostics


def test_templates_of_a_language_that_cannot_be_read_have_a_warning(project: Path) -> None:
    write_tree(project, {"manage.py": "", "sitecustomize.py": "import sys; sys.modules['django.template'] = None\n"})
    with Editor(project, {**os.environ, "PYTHONPATH": str(project)}) as editor:
        (found,) = editor.open("templates/page.html", '{% load static %}{% static "none.css" %}')
    assert (found["severity"], found["code"], found["range"]["start"]["line"]) == (2, "template/unavailable", 0)
    assert found["message"].endswith("hint: run `pip install django`")


def test_large_sheet_with_a_fault_in_each_line_is_checked_in_linear_time(project: Path) -> None:
    """It takes half a second; counting the lines from the start for each fault would take ten."""
    text = "a { background: url(nope.png) }\n" * 5_000
    with Editor(project) as editor, watchdog(cpu_seconds=4):
        found = editor.open("assets/css/large.css", text)
    assert (len(found), found[-1]["range"]["start"]) == (1_000, {"line": 999, "character": 20})


def test_malformed_uri_belongs_to_no_file(project: Path) -> None:
    with Editor(project) as editor:
        where = {"textDocument": {"uri": "file://[::1/a.html"}, "position": {"line": 0, "character": 0}}
        assert editor.request("textDocument/hover", where) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows shows no owner of files")
def test_configuration_of_another_user_above_is_reported_and_not_read(project: Path) -> None:
    write_tree(project, {"around/site/templates/page.html": "", "around/pyproject.toml": "[tool.buildassets]\nx = 1\n"})
    if os.getuid() != 0:
        pytest.skip(f"{NOT_SHOWN}: only root gives files to other users")
    for path in (project / "around", project / "around/pyproject.toml"):
        os.chown(path, 65534, -1)
    with Editor(project / "around/site") as editor:
        editor.open("templates/page.html", '{{ image("img/logo.pgn") }}')
        reported = [fault["code"] for faults in editor.diagnostics.values() for fault in faults]
    assert reported == ["config/owner"]


@pytest.mark.parametrize(
    ("more", "page"),
    [
        ({"views.py": "def url_for(endpoint, **values): ...\n"}, "{{ url_for('static', filename='gone.css') }}"),
        ({"manage.py": ""}, "{% load static %}{% static 'gone.css' %}"),
    ],
    ids=["url_for", "finders"],
)
def test_names_that_check_excuses_are_no_faults(more: Tree, page: str, project: Path) -> None:
    write_tree(project, more)
    with Editor(project) as editor:
        assert editor.open("templates/page.html", page) == []
