"""What `build -v` and `explain` print about results that are made again: each with its reason."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'compress = []\nminify = false\nload_paths = ["lib"]\n',
    "lib/_theme.scss": "$colour: red;\n",
    "assets/css/app.scss": '@use "theme" as *;\na { color: $colour }\n',
    "assets/js/a.js": "export const a = 1;\n",
    "assets/js/b.js": 'import { a } from "./a.js";\nf(a);\n',
    "assets/js/c.js": 'import "./b.js";\n',
    "assets/js/worker.js": 'new Worker("a.js");\n',
}
NOTHING_KEPT = "nothing valid is kept of a build with these settings"
EDITS: Mapping[str, tuple[Tree, list[str]]] = {
    "a partial": ({"lib/_theme.scss": "$colour: tan;\n"}, ["css/app.css: lib/_theme.scss changed"]),
    "a comment": (
        {"lib/_theme.scss": "$colour: red; // as ever\n"},
        ["css/app.css: lib/_theme.scss changed; the result is the same"],
    ),
    "a nearer file": (
        {"assets/css/_theme.scss": "$colour: blue;\n"},
        ["css/app.css: assets/css/_theme.scss is new"],
    ),
    "a module that others import": (
        {"assets/js/a.js": "export const a = 2;\n"},
        [
            "js/a.js: assets/js/a.js changed",
            "js/b.js: not made again; js/a.js, to which it refers, has another name",
            "js/c.js: not made again; js/b.js, to which it refers, has another name",
        ],
    ),
    "a new file": ({"assets/js/d.js": "d();\n"}, ["js/d.js: assets/js/d.js is new"]),
    "a comment in the settings": (
        {"buildassets.toml": f"{SITE['buildassets.toml']!s}# as ever\n"},
        ["all files are read: buildassets.toml changed"],
    ),
    "a setting": (
        {"buildassets.toml": f'{SITE["buildassets.toml"]!s}url = "/static/"\n'},
        [
            f"all files are read: {NOTHING_KEPT}",
            "css/app.css: the settings or an engine changed; the result is the same",
        ],
    ),
    "nothing": ({}, []),
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project that is built."""
    assert run(write_tree(tmp_path, SITE), "build").returncode == 0
    return tmp_path


@pytest.mark.parametrize("edit", EDITS)
def test_verbose_prints_why_each_result_is_made_again(site: Path, edit: str) -> None:
    files, expected = EDITS[edit]
    done = run(write_tree(site, files), "build", "-v")
    about = ("wrote ", "built ", "warning", " ", "note", "hint")
    lines = [line for line in done.stderr.splitlines() if line and not line[0].isdigit() and not line.startswith(about)]
    assert lines == expected


def changes(folder: Path, asset: str) -> list[str]:
    """The lines of `explain` on what changed since the last build."""
    _, _, rest = run(folder, "explain", asset).stdout.partition("since the last build:\n")
    lines = rest.splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith(" "))
    return [line.strip() for line in lines[:end]]


def test_explain_shows_the_changed_source_of_an_asset_and_of_all_that_it_refers_to(site: Path) -> None:
    assert changes(site, "js/c.js") == ["nothing changed"]
    write_tree(site, {"assets/js/a.js": "export const a = 2;\n", "assets/js/c.js": 'import "./b.js";\nc();\n'})
    assert changes(site, "js/c.js") == ["js/a.js: assets/js/a.js changed", "js/c.js: assets/js/c.js changed"]
    assert changes(site, "css/app.css") == ["nothing changed"]
    (site / "assets/js/a.js").unlink()
    assert changes(site, "js/b.js") == ["js/a.js: assets/js/a.js is gone"]


def test_explain_with_other_settings_knows_of_no_build(site: Path) -> None:
    write_tree(site, {"buildassets.toml": ""})
    assert changes(site, "js/a.js") == [f"not known: {NOTHING_KEPT}"]
