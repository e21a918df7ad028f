"""A key that is set, changed or removed leaves no result of before: a warm cache gives what none gives."""

import shutil
from pathlib import Path

import pytest

from buildassets.compiler.config.key_table import KEYS, Key
from tests.building import printed
from tests.compiler.incremental.builder import Builder, clean_release, released
from tests.conftest import Tree, write_tree
from tests.fonts import font_file

SITE: Tree = {
    "views/page.html": "",
    "assets/css/site.css": "@import 'part.css';\na { color: red; background: url(../img/a.svg) }\n",
    "assets/css/part.css": "/* part */\nb { color: blue }\n",
    "assets/css/theme.scss": "$size: 1px;\nc { width: $size }\n",
    "assets/fonts/a.ttf": font_file("ab"),
    "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg">\n  <path d="M0 0"/>\n</svg>\n',
    "assets/index.html": '<!DOCTYPE html>\n<title>a</title>\n<link rel="stylesheet" href="css/site.css">\n',
    "assets/js/a.js": "//= require ./b\nwindow.a = 'a';\n",
    "assets/js/b.js": "window.b = 'b';\n",
    "assets/modules/c.js": "import './d.js';\nconsole.log(import.meta.env.API_URL);\n",
    "assets/modules/d.js": "export const d = 'd';\n",
    "assets/photos/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "assets/robots.txt": "User-agent: *\n",
    "static/s.css": "s { color: tan }\n",
    "icons/c.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8"/></svg>',
}

ELSEWHERE = ("define", "output")
"""Keys that other tests have: the first needs esbuild, the second another folder."""


@pytest.mark.parametrize("key", [key for key in KEYS if key.name not in ELSEWHERE], ids=lambda key: key.name)
def test_a_key_that_is_set_and_removed_leaves_no_result_of_before(key: Key, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    build = Builder(write_tree(folder, {**SITE, "buildassets.toml": ""}))
    assert build().succeeded
    for text in (key.example, ""):
        write_tree(folder, {"buildassets.toml": f"{text}\n"})
        result = build()
        assert result.succeeded, printed(result)
        assert released(folder) == clean_release(folder)
        shutil.rmtree(f"{folder} copied")
