"""docs/coming-over: what the pages show is run as it stands, and the before becomes the after."""

import os
import re
import sys
from pathlib import Path

import pytest

from buildassets.compat.compressor.compile.meanings import MEANINGS
from tests.command import run
from tests.conftest import Tree, write_tree
from tests.docs.error_pages import blocks_of, replayed, runner

FOLDER = Path(__file__).parents[2] / "docs/coming-over"
PAGES = sorted({*FOLDER.glob("*.md")} - {FOLDER / "README.md"})
EXAMPLE, REMEDIES = "\n## Example\n", "\n## What to do\n"
EXAMPLES = [path for path in PAGES if EXAMPLE in path.read_text("utf-8")]
_FILE = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SESSION = re.compile(r"^```console\n\$ buildassets (migrate [^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the files of a page name, and the assets that a build makes then.
NAMED: dict[str, tuple[Tree, list[str]]] = {
    "importmap": (
        {
            "app/javascript/application.js": 'import "controllers";',
            "app/javascript/controllers/index.js": 'import "chart.js";',
            "vendor/javascript/stimulus.min.js": "export {};",
            "vendor/javascript/chart.js.js": "export {};",
        },
        ["application.js", "controllers/index.js", "stimulus.min.js", "chart.js.js"],
    ),
    "jammit": (
        {
            "public/javascripts/vendor/a.js": "a()",
            "public/javascripts/workspace.js": "w()",
            "app/views/workspace/item.jst": "<%= x %>",
        },
        ["workspace.js"],
    ),
    "propshaft": (
        {
            "app/assets/images/a.png": "png",
            "app/assets/stylesheets/application.css": "a { background: url(a.png) }",
            "app/assets/raw/notes.txt": "",
            "vendor/theme/theme.css": "",
        },
        ["a.png", "application.css", "theme.css"],
    ),
    "sprockets": (
        {
            "app/assets/images/a.png": "png",
            "app/assets/images/icons/b.svg": "<svg/>",
            "app/assets/javascripts/admin.js": "//= require jquery\nadmin()",
            "app/assets/stylesheets/application.scss": "@import 'mixins/*'; a { color: $sea }",
            "app/assets/stylesheets/mixins/_colours.scss": "$sea: #036;",
            "vendor/components/jquery/bower.json": '{"main": "dist/jquery.js"}',
            "vendor/components/jquery/dist/jquery.js": "jquery()",
        },
        ["manifest.js", "a.png", "application.css", "admin.js", "icons/b.svg"],
    ),
    "django-pipeline": (
        {
            "front/css/base.css": "a { top: 0 }",
            "front/css/theme.scss": "$c: red; a { color: $c }",
            "front/js/a.js": "a()",
            "front/views/item.jst": "<%= x %>",
        },
        ["gen/site.css", "gen/site.js", "js/a.js"],
    ),
    "django-static-files": ({"front/a.css": "a { top: 0 }"}, ["a.css"]),
    "flask-static-digest": ({"static/site.css": "a { top: 0 }"}, ["site.css"]),
    "vite": (
        {
            "static/site.css": "a { top: 0 }",
            "static/dist/manifest.json": '{"src/main.ts": {"file": "assets/main-DiwrgTda.js", "isEntry": true}}',
            "static/dist/assets/main-DiwrgTda.js": "start()",
        },
        ["site.css", "assets/main-DiwrgTda.js"],
    ),
    "whitenoise": ({"front/a.geojson": "{}"}, ["a.geojson"]),
    "webassets": (
        {
            "static/js/jquery.js": "jquery()",
            "static/js/site/menu.js": "menu()",
            "static/css/theme.scss": "$c: red; a { color: $c }",
        },
        ["gen/site.js", "gen/theme.css", "js/jquery.js"],
    ),
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_prints_what_the_page_shows(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    text = path.read_text("utf-8")
    blocks = blocks_of(text, text.index(EXAMPLE), text.index(REMEDIES))
    run_command = runner(blocks)
    shown = ""
    for block in blocks:
        if block.file:
            write_tree(tmp_path, {block.file: block.text})
            continue
        session, code = replayed(block.commands, run_command)
        assert code == 0, session
        shown = session
        if pytestconfig.getoption("update_golden"):
            path.write_text(text[: block.start] + session + text[block.end :], "utf-8")
        else:
            assert session == block.text
    assert shown


@pytest.mark.parametrize("page", NAMED)
def test_migration_gives_the_configuration_of_the_page(tmp_path: Path, page: str) -> None:
    text = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    session = _SESSION.search(text)
    assert session is not None
    named, assets = NAMED[page]
    write_tree(tmp_path, {**named, **dict(_FILE.findall(text[: session.start()]))})
    done = run(tmp_path, *session[1].split())
    assert (done.returncode, done.stdout) == (0, session[2]), done.stderr
    assert not (tmp_path / "buildassets.toml").exists()
    assert run(tmp_path, *session[1].split(), "--write", "-q").returncode == 0
    built = run(tmp_path, "build")
    assert built.returncode == 0, built.stderr
    listed = run(tmp_path, "build", "--json").stdout
    assert [path for path in assets if f'"{path}"' not in listed] == []


def test_every_page_is_tested() -> None:
    assert {*NAMED, *(path.stem for path in EXAMPLES)} == {path.stem for path in PAGES}


def test_page_of_django_compressor_has_each_setting() -> None:
    table = (FOLDER / "django-compressor.md").read_text("utf-8").partition("## Settings")[2]
    assert set(re.findall(r"`([A-Z_0-9]+)`", table)) - {"STATIC_URL", "DEBUG"} >= {
        name.removeprefix("COMPRESS_") for name in MEANINGS
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_resolve(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
