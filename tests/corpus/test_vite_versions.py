"""Front ends that each version of Vite from 5 to 8 builds, in a page from a release directory."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.browser.conftest import Browser, browser, chromium, serve
from tests.browser.test_front_ends import assets_of, page
from tests.conftest import Tree, read_tree, write_tree
from tests.corpus.building import Release, build
from tests.corpus.packages import run_tool
from tests.vite import FRONT

__all__ = ["browser", "chromium", "serve"]
pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

Serve = Callable[[Path], str]
VERSIONS: Final = ("5", "6", "7", "8")
BODY: Final = '<body><div id="app"></div></body>'
LEGACY: Final = 'plugins: [legacy({ targets: ["chrome 64", "safari 12"] })],'
INPUT: Final = 'rollupOptions: { input: ["src/main.ts", "src/admin.ts"] }, assetsInlineLimit: 0,'


def built(
    folder: Path, version: str, build_keys: str, *, base: str = "./", plugins: str = "", edited: Tree | None = None
) -> Release:
    """Have that version of Vite build the front end, and make a release of it that has no warning."""
    imports = 'import legacy from "@vitejs/plugin-legacy";\n' if plugins else ""
    config = f"{imports}export default {{ base: {json.dumps(base)}, {plugins} build: {{ {INPUT} {build_keys} }} }}"
    write_tree(
        folder, {"assets/app.css": "a { color: red }\n", **FRONT, **(edited or {}), "front/vite.config.js": config}
    )
    run_tool(folder / "front", "vite", "build", project=f"vite/{version}")
    manifest = "assets.json" if "assets.json" in build_keys else ".vite/manifest.json"
    release = build(folder, f'sources = ["assets", {{ path = "front/dist", manifest = "{manifest}" }}]\n')
    assert "warning" not in release.messages
    return release


def works(release: Release, browser: Browser, serve: Serve) -> None:
    """Assert that a page shows what an entry and its later imports show, without a fault."""
    assets = assets_of(release)
    head = assets.importmap() + assets.script("src/main.ts")
    browser.open(serve(page(release, head, BODY)))
    browser.wait_for("document.querySelector('i')?.textContent === 'lazy high'")
    browser.wait_for("getComputedStyle(document.querySelector('i')).color === 'rgb(4, 5, 6)'")
    assert browser.style("p", "color") == "rgb(1, 2, 3)"
    assert browser.style("p", "marginLeft") == "7px"
    assert browser.value("document.images[0].decode().then(() => document.images[0].naturalWidth)") == 8
    assert browser.faults() == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("keys", ["manifest: true", 'manifest: "assets.json"', "manifest: true, cssCodeSplit: false"])
def test_page_works(version: str, keys: str, tmp_path: Path, browser: Browser, serve: Serve) -> None:
    works(built(tmp_path, version, keys), browser, serve)


@pytest.mark.parametrize("version", VERSIONS)
def test_page_works_beside_a_build_for_older_browsers(
    version: str, tmp_path: Path, browser: Browser, serve: Serve
) -> None:
    works(built(tmp_path, version, "manifest: true", plugins=LEGACY), browser, serve)


@pytest.mark.parametrize("base", ["./", "/assets/"])
def test_page_maps_the_names_by_which_chunks_import_one_another(
    base: str, tmp_path: Path, browser: Browser, serve: Serve
) -> None:
    release = built(tmp_path, "8", "manifest: true, chunkImportMap: true", base=base)
    works(release, browser, serve)


def test_edit_of_a_chunk_leaves_the_files_that_import_it(tmp_path: Path) -> None:
    keys = "manifest: true, chunkImportMap: true"
    shared = str(FRONT["front/src/shared.ts"])
    edited: Tree = {"front/src/shared.ts": f'{shared} document.documentElement.lang = "en";'}
    before = read_tree(built(tmp_path / "before", "8", keys).folder / "assets")
    after = read_tree(built(tmp_path / "after", "8", keys, edited=edited).folder / "assets")
    scripts = {name.partition("-")[0] for name in after.keys() - before.keys() if name.endswith(".js")}
    assert scripts == {"assets/shared"}
