"""`buildassets explain` on bundles of esbuild, and on the assets next to them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.command import release_site, run
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

BUNDLES = """\
[bundles]
"js/app.js" = { files = ["js/main.js"], bundle = true, splitting = true }
"js/admin.js" = { files = ["js/office.js"], bundle = true, splitting = true }
"all.js" = ["js/one.js", "js/two.js"]
"""
SITE: Tree = {
    "buildassets.toml": BUNDLES,
    "assets/js/main.js": 'import "./main.css"\nimport { half } from "./half.js"\nimport("./late.js").then(half)\n',
    "assets/js/office.js": 'import { half } from "./half.js"\nconsole.log(half(2))\n',
    "assets/js/half.js": "export const half = (x) => x / document.title\n",
    "assets/js/late.js": "export default 'late'\n",
    "assets/js/main.css": "a { color: red }\n",
    "assets/js/one.js": "var one = 1\n",
    "assets/js/two.js": "var two = 2\n",
    "assets/js/chunks/plain.js": "call( 1 )\n",
    "assets/css/app.css": "a { b: c }\n",
}
BUNDLED = ("js/app.js", "js/app.css", "js/admin.js", "js/chunks/admin-app.js", "js/chunks/late.js")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was built once without bundles, so that the cache holds each module, and then with them."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "node_modules").symlink_to(node_modules())
    release_site(folder, {**SITE, "buildassets.toml": ""})
    done = run(write_tree(folder, SITE), "build", "-q")
    assert done.returncode == 0, done.stderr
    return folder


def document(folder: Path, path: str) -> Any:
    return json.loads(run(folder, "explain", path, "--json").stdout)


def section(folder: Path, path: str, title: str) -> str:
    text = run(folder, "explain", path).stdout
    return "".join(re.findall(rf"^{title}:\n((?:  .+\n)*)", text, re.MULTILINE))


@pytest.mark.parametrize("path", BUNDLED)
def test_bundle_names_esbuild_and_no_minifier(path: str, site: Path) -> None:
    assert re.fullmatch(r"  bundle: esbuild \S+ \(.+\)\n", section(site, path, "engines"))
    assert document(site, path)["bundler"].startswith("esbuild ")


@pytest.mark.parametrize("path", BUNDLED)
def test_bundle_is_in_no_cache_and_the_reason_is_shown(path: str, site: Path) -> None:
    expected = "  nothing: esbuild makes bundles of modules in every build that has something to do\n"
    assert section(site, path, "in the cache") == expected
    assert document(site, path)["cache"] == {}


@pytest.mark.parametrize(
    ("path", "engine", "cached"),
    [
        ("js/chunks/plain.js", "js: rjsmin ", ["js/chunks/plain.js"]),
        ("all.js", "js: rjsmin ", ["js/one.js", "js/two.js"]),
        ("css/app.css", "css: buildassets ", ["css/app.css"]),
    ],
)
def test_asset_next_to_a_bundle_has_its_own_engines(path: str, engine: str, cached: list[str], site: Path) -> None:
    assert section(site, path, "engines").startswith(f"  {engine}")
    assert "bundle:" not in section(site, path, "engines")
    found = document(site, path)
    assert (found["bundler"], found["cache"]) == (None, dict.fromkeys(cached))
