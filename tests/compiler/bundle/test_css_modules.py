"""CSS modules in bundles by a real esbuild: the names in the manifest are those that its scripts have."""

import json
import re
from pathlib import Path
from subprocess import run as run_program

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.runtime import Assets
from tests.compiler.bundle.test_esbuild import MAIN, PLAIN, bundled, path_of, released
from tests.conftest import Tree, find_tool

pytestmark = pytest.mark.corpus

CARD = """
.card { composes: base from "./base.module.css"; color: red }
.title { composes: card; animation: spin 1s }
.a-b, #id { color: blue }
@keyframes spin { from { color: red } }
:global(.g) .title { color: blue }
.größe, .\\31 x { color: lime }
.it\\"s, .all\\`\\"\\' { color: lime }
"""
FILES: Tree = {
    "assets/js/main.ts": 'import card from "../components/card.module.css"; console.log(JSON.stringify(card));',
    "assets/components/card.module.css": CARD,
    "assets/components/base.module.css": ".base { margin: 0 } .title { color: green }",
}
MINIFIED = "compress = []\n"


def names_of(result: BuildResult, bundle: str = "js/app.js") -> dict[str, dict[str, str]]:
    assert result.manifest is not None, result.diagnostics
    return {module: dict(names) for module, names in result.manifest.assets[bundle].names.items()}


@pytest.mark.parametrize("settings", [PLAIN, MINIFIED])
@pytest.mark.parametrize("options", ["", ", splitting = true", ', format = "iife"'])
def test_names_are_those_of_the_script(tmp_path: Path, settings: str, options: str) -> None:
    bundle = MAIN.replace(" }", f"{options} }}")
    result = bundled(tmp_path, FILES, bundle, settings)
    script = path_of(tmp_path, result, "js/app.js")
    script = script.rename(script.with_suffix(".mjs"))
    done = run_program([find_tool("node"), script], capture_output=True, check=True)
    assert names_of(result)["components/card"] == json.loads(done.stdout)


def test_names_are_classes_of_the_sheet(tmp_path: Path) -> None:
    result = bundled(tmp_path, FILES, settings=MINIFIED)
    sheet = released(tmp_path, result, "js/app.css")
    title = names_of(result)["components/card"]["title"].split()
    assert len(title) == 3
    assert all(re.search(rf"\.{name}\b", sheet) for name in title)


def test_a_bundle_of_sheets_has_names_too(tmp_path: Path) -> None:
    bundle = '"css/site.css" = { files = ["css/main.css"], bundle = true }'
    files: Tree = {**FILES, "assets/css/main.css": '@import "../components/base.module.css";'}
    assert names_of(bundled(tmp_path, files, bundle), "css/site.css") == {
        "components/base": {"base": "base_base", "title": "base_title"}
    }


def test_two_modules_with_one_stem_differ(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/main.ts": 'import a from "./a/x.module.css"; import b from "./b/x.module.css"; console.log(a, b)',
        "assets/js/a/x.module.css": ".t { color: red }",
        "assets/js/b/x.module.css": ".t { color: blue }",
    }
    names = names_of(bundled(tmp_path, files))
    assert names["js/a/x"]["t"] != names["js/b/x"]["t"]


def test_a_bundle_without_modules_has_no_names(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/js/main.ts": 'import "./a.css";', "assets/js/a.css": ".a { color: red }"})
    assert names_of(result) == {}


def test_templates_find_the_names(tmp_path: Path) -> None:
    bundled(tmp_path, FILES)
    assert Assets(tmp_path / "build/manifest.json").css("card", "title") == "base_base card_card card_title"
