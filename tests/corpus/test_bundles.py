"""Published packages in one bundle: scripts run as they do apart, sheets have the rules of all and their references."""

import json
import subprocess
from pathlib import Path
from posixpath import basename
from typing import Any

import pytest

from tests.conftest import MadeOnce
from tests.corpus.building import Release, build, released, source_root
from tests.corpus.packages import node_modules
from tests.css_trees import tree, urls

pytestmark = pytest.mark.corpus

SCRIPTS = ("jquery/jquery.js", "bootstrap/js/bootstrap.bundle.js", "leaflet/leaflet-src.js", "lodash/lodash.js")
SHEETS = (
    "bootstrap/css/bootstrap.css",
    "leaflet/leaflet.css",
    "animate/animate.css",
    "bootstrap/css/bootstrap.min.css",
)

# A window that answers everything; what is printed is what the libraries made of it.
RUNNER = """
const vm = require("vm"), fs = require("fs");
const anything = () => new Proxy(function () {}, {
  get(target, key) {
    if (key === Symbol.toPrimitive) return () => "";
    if (key === "nodeType") return 9;
    if (key === "length") return 0;
    return (target[key] ??= anything());
  },
  apply: anything,
});
const nothing = () => {};
const window = {
  document: anything(), navigator: { userAgent: "", platform: "" }, screen: {}, location: { href: "https://a.test/" },
  addEventListener: nothing, setTimeout: nothing, clearTimeout: nothing, getComputedStyle: anything,
};
window.window = window.self = window;
vm.createContext(window);
const globals = new Set(Object.keys(window));
for (const path of process.argv.slice(1)) vm.runInContext(fs.readFileSync(path, "utf8"), window, { filename: path });
const { $, L, _, bootstrap } = window;
console.log(JSON.stringify([
  Object.keys(window).filter((name) => !globals.has(name)).sort(),
  $.fn.jquery, Object.keys($.fn), $.param({ a: [1, 2] }), $.find.tokenize("a > b:not(.c)").map((one) => one.length),
  Object.keys(bootstrap), bootstrap.Modal.VERSION, bootstrap.Popover.Default,
  L.version, Object.keys(L), L.latLng(1, 2).toString(), L.CRS.EPSG3857.latLngToPoint(L.latLng(5, 6), 7).toString(),
  _.VERSION, Object.keys(_), _.chunk([1, 2, 3], 2), _.template("<%- a %>")({ a: "&" }), _.camelCase("a-b c"),
]));
"""


def _make_release(folder: Path) -> None:
    packages = node_modules()
    roots = (
        source_root(packages / "jquery/dist", "jquery", ["./jquery.js"]),
        source_root(packages / "bootstrap4/dist", "bootstrap"),
        source_root(packages / "leaflet/dist", "leaflet"),
        source_root(packages / "lodash", "lodash", ["./lodash.js"]),
        source_root(packages / "animate.css", "animate", ["./animate.css"]),
    )
    config = f"sources = [{', '.join(roots)}]\ncompress = []\n[bundles]\n"
    folder.mkdir()
    build(folder, f"{config}'site/all.js' = {list(SCRIPTS)}\n'site/all.css' = {list(SHEETS)}\n")


@pytest.fixture(scope="module")
def release(made_once: MadeOnce) -> Release:
    return released(made_once("bundles", _make_release))


def printed(node: str, *paths: Path) -> Any:
    done = subprocess.run([node, "-e", RUNNER, *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sources() -> list[Path]:
    packages = node_modules()
    names = ("jquery/dist/jquery.js", "bootstrap4/dist/js/bootstrap.bundle.js", "leaflet/dist/leaflet-src.js")
    return [packages / name for name in (*names, "lodash/lodash.js")]


def test_joined_libraries_do_what_their_sources_do(release: Release, node: str) -> None:
    apart = printed(node, *sources())
    assert printed(node, release.path("site/all.js")) == apart
    assert apart[0] == ["$", "L", "_", "bootstrap", "jQuery", "leaflet"]


def test_joined_sheets_have_the_rules_of_all(release: Release) -> None:
    together = tree(release.path("site/all.css").read_text())
    apart = [rule for sheet in SHEETS for rule in tree(release.path(sheet).read_text())]
    is_charset = [rule for rule in together if rule[:2] == ("at-rule", "charset")]
    assert len(is_charset) == 1 == together.index(is_charset[0]) + 1
    assert _bare(together[1:]) == _bare([rule for rule in apart if rule[:2] != ("at-rule", "charset")])


def _bare(node: Any) -> Any:
    """`node` with the folders of URLs left out."""
    if isinstance(node, tuple) and node[:1] == ("url",) and isinstance(node[1], str):
        return "url", basename(node[1]) if ":" not in node[1] else node[1]
    return type(node)(map(_bare, node)) if isinstance(node, list | tuple) else node


def test_references_of_joined_sheets_are_files_of_the_release(release: Release) -> None:
    path = release.path("site/all.css")
    found = [url for url in urls(path.read_text()) if not url.startswith("#")]
    assert len(found) == 3
    assert [url for url in found if not (path.parent / url).is_file()] == []


@pytest.mark.parametrize(
    ("name", "licences"),
    [
        ("site/all.js", ["jQuery JavaScript Library", "Bootstrap v4", "Lodash <https://lodash.com/>"]),
        ("site/all.css", ["Bootstrap v4", "animate.css"]),
    ],
)
def test_licences_stay_and_source_maps_go(release: Release, name: str, licences: list[str]) -> None:
    text = release.path(name).read_text()
    assert [licence for licence in licences if licence not in text] == []
    assert "sourceMappingURL" not in text
