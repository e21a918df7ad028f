"""Modules in a page, in both modes: cycles, workers, names of the import map and of packages."""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from buildassets.manifest.model import Manifest
from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.command import built
from tests.conftest import wait_for, write_tree
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.browser

MODES = ("rewrite", "importmap")

CYCLE = {
    "assets/js/app.js": """
import { ping, log } from "./cycle/a%2Cb.js";
import { word } from "word";
import { part } from "../vendor/old/user.js";
import data from "./data.json" with { type: "json" };
const worker = new Worker(new URL("./work er.js", import.meta.url), { type: "module" });
const answer = new Promise((resolve) => worker.addEventListener("message", (event) => resolve(event.data)));
const late = await import("./läte.js");
const found = { ping: ping(3), log, word, part, late: late.default, data: data.value, worker: await answer };
found.resolved = (await import(import.meta.resolve("./cycle/b.js"))).pong === late.pong;
document.body.dataset.found = JSON.stringify(found);
""",
    "assets/js/cycle/a,b.js": """
import { pong } from "./b.js";
export let log = "";
export const ping = (n) => { log += `a${n}`; return n ? pong(n - 1) : "done"; };
""",
    "assets/js/cycle/b.js": """
import { ping } from "./a%2Cb.js";
export const pong = (n) => (n ? ping(n - 1) : "done in b");
""",
    "assets/js/läte.js": 'export { pong } from "./cycle/b.js"; export default "late";',
    "assets/js/data.json": '{"value": 7}',
    "assets/js/work er.js": """
import { ping } from "./cycle/a,b.js";
import { word } from "word";
postMessage(`${ping(2)} ${word}`);
""",
    "assets/vendor/word.js": 'export const word = "new";',
    "assets/vendor/old/user.js": 'import { word } from "word"; export const part = `with ${word}`;',
    "assets/vendor/old/word.js": 'export const word = "old";',
}
FOUND = (
    '{"ping":"done in b","log":"a3a1","word":"new","part":"with old","late":"late","data":7,"worker":"done new",'
    '"resolved":true}'
)
CYCLE_SETTINGS = """
modules = "{}"
[importmap]
word = "vendor/word.js"
[importmap.scopes."vendor/old/"]
word = "vendor/old/word.js"
"""


def manifest_of_build(folder: Path, files: Mapping[str, str], settings: str) -> Manifest:
    result = built(folder, files, settings)
    assert result.manifest is not None, result.diagnostics
    assert result.diagnostics == ()
    return result.manifest


def open_until_done(browser: Browser, serve: Callable[[Path], str], folder: Path) -> None:
    """Open such a page and wait until its script has run."""
    open_page(browser, serve, folder)
    browser.wait_for("document.body.dataset.found")


def open_page(browser: Browser, serve: Callable[[Path], str], folder: Path) -> None:
    """Open a page with the import map and `js/app.js` of the release in `folder`, served under another prefix."""
    site = folder / "site"
    (site / "deep").mkdir(parents=True)
    (site / "deep/er").symlink_to(folder / "build/assets")
    assets = Assets(folder / "build/manifest.json", url="/deep/er/")
    head = assets.importmap() + assets.script("js/app.js", type="module")
    page = f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">{head}<body>'
    browser.open(serve(write_tree(site, {"index.html": page})))


@pytest.mark.parametrize("mode", MODES)
def test_a_cycle_with_a_worker_computes_the_same(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path, mode: str
) -> None:
    manifest_of_build(tmp_path, CYCLE, CYCLE_SETTINGS.format(mode))
    open_until_done(browser, serve, tmp_path)
    assert browser.value("document.body.dataset.found") == FOUND
    assert browser.faults() == []


@pytest.mark.parametrize("mode", MODES)
def test_every_file_is_asked_for_by_its_released_name(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path, mode: str
) -> None:
    manifest = manifest_of_build(tmp_path, CYCLE, CYCLE_SETTINGS.format(mode))
    open_until_done(browser, serve, tmp_path)
    loaded = browser.value("performance.getEntriesByType('resource').map(({ name }) => name)")
    paths = {unquote(url).partition("/deep/er/")[2] for url in loaded}
    assert paths == {entry.file for entry in manifest.assets.values()}


def test_in_a_page_a_wrong_integrity_is_refused(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    manifest = manifest_of_build(tmp_path, CYCLE, CYCLE_SETTINGS.format("importmap"))
    changed = tmp_path / "build/assets" / manifest.assets["vendor/old/user.js"].file
    changed.write_text(changed.read_text() + "\n")
    open_page(browser, serve, tmp_path)
    faults: list[str] = []

    def is_refused() -> bool:
        faults.extend(browser.faults())
        return any("integrity" in fault for fault in faults)

    wait_for(is_refused)
    assert browser.value("document.body.dataset.found") is None


ODD = (
    *("a b", "ü", "a,b", "a'b", 'a"b', "(a)", "100%", "a#b", "a?b", "a+b", "~a", "a&b", "[a]", "{a}", "a^b", "a;b"),
    *("你", "a%20b", "<a>", "a|b", "a`b", "@a", "a=b", "$a", "a:b", "a\\b"),
)


def _odd_tree() -> dict[str, str]:
    """A ring of modules whose names and folders have all kinds of characters; each imports the next and the last."""
    paths = [f"js/{name}/{other}.js" for name, other in zip(ODD, ODD[1:] + ODD[:1], strict=True)]
    files = {}
    for index, path in enumerate(paths):
        following, before = paths[(index + 1) % len(paths)], paths[index - 1]
        files[f"assets/{path}"] = (
            f'import {{ name as next }} from "../{quote(following[3:], safe="/")}";\n'
            f'import {{ name as last }} from "../{quote(before[3:], safe=_SAFE)}";\n'
            f"export const name = () => {index};\nexport const beside = () => [last(), next()];\n"
        )
    imports = "".join(
        f'import {{ beside as b{index} }} from "./{quote(path[3:], safe=_SAFE)}";' for index, path in enumerate(paths)
    )
    listed = ", ".join(f"b{index}()" for index in range(len(paths)))
    files["assets/js/app.js"] = f"{imports}\ndocument.body.dataset.found = JSON.stringify([{listed}]);"
    return files


# What may stand in a specifier as it is and in a double-quoted string.
_SAFE = "/ü你,'()+~&[]{}^;<>|`@=$ "


@pytest.mark.parametrize("mode", MODES)
def test_modules_of_any_name_find_one_another(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path, mode: str
) -> None:
    manifest_of_build(tmp_path, _odd_tree(), f'modules = "{mode}"\n')
    open_until_done(browser, serve, tmp_path)
    count = len(ODD)
    expected = [[(index - 1) % count, (index + 1) % count] for index in range(count)]
    assert browser.value("JSON.parse(document.body.dataset.found)") == expected
    assert browser.faults() == []


def test_a_module_that_is_preloaded_behind_the_map_finds_the_others(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    manifest_of_build(tmp_path, CYCLE, CYCLE_SETTINGS.format("importmap"))
    assets = Assets(tmp_path / "build/manifest.json", url="/build/assets/")
    head = assets.importmap() + assets.preload("js/app.js", type="module") + assets.script("js/app.js", type="module")
    write_tree(tmp_path, {"index.html": f'<!doctype html><link rel="icon" href="data:,">{head}<body>'})
    browser.open(serve(tmp_path))
    browser.wait_for("document.body.dataset.found")
    assert browser.value("document.body.dataset.found") == FOUND


BUNDLED = {
    "assets/js/main.js": """
import { shared } from "./shared.js";
const { late } = await import("./late.js");
document.body.dataset.found = JSON.stringify([shared, late]);
""",
    "assets/js/other.js": 'import { shared } from "./shared.js"; console.log(shared);',
    "assets/js/shared.js": "export const shared = 'shared by two';",
    "assets/js/late.js": "export const late = 'late';",
}


@pytest.mark.corpus
@pytest.mark.parametrize("mode", MODES)
def test_chunks_of_bundles_are_found(browser: Browser, serve: Callable[[Path], str], tmp_path: Path, mode: str) -> None:
    settings = f"""
        modules = "{mode}"
        [bundles]
        "js/app.js" = {{ files = ["js/main.js"], bundle = true, splitting = true }}
        "js/second.js" = {{ files = ["js/other.js"], bundle = true, splitting = true }}
        """
    (tmp_path / "node_modules").symlink_to(node_modules())
    manifest = manifest_of_build(tmp_path, BUNDLED, settings)
    assert len(manifest.modules) == (2 if mode == "importmap" else 0)
    open_until_done(browser, serve, tmp_path)
    assert browser.value("document.body.dataset.found") == '["shared by two","late"]'
    assert browser.faults() == []
