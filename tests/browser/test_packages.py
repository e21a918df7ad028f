"""Published packages in a page: their modules, styles and fonts work from a release directory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.conftest import write_tree
from tests.corpus.building import build, source_root
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

_SCENE = """
import * as THREE from "three";
import { OrbitControls } from "../three/addons/controls/OrbitControls.js";
import { GLTFLoader } from "../three/addons/loaders/GLTFLoader.js";
import { SVGRenderer } from "../three/addons/renderers/SVGRenderer.js";

const camera = new THREE.PerspectiveCamera(50, 1.6, 0.1, 10);
camera.position.set(1.2, 0.9, 2);
const renderer = new SVGRenderer();
renderer.setSize(800, 500);
document.body.append(renderer.domElement);
const controls = new OrbitControls(camera, renderer.domElement);
controls.update();

const file = { asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ name: "buoy" }] };
const { scene } = await new GLTFLoader().parseAsync(JSON.stringify(file), "");
scene.add(new THREE.Mesh(new THREE.TorusKnotGeometry(0.6, 0.2, 96, 16), new THREE.MeshNormalMaterial()));
renderer.render(scene, camera);
document.body.dataset.found = scene.children[0].name;
"""

_SITE = """
$primary: #0e6377;
@import "bootstrap/scss/bootstrap";
"""

_DIALOG = """
<main class="container py-5">
  <h1><i class="fa-solid fa-anchor"></i> Moor here <i class="fa-regular fa-bell"></i></h1>
  <button class="btn btn-primary" data-bs-toggle="modal" data-bs-target="#dialog">Open</button>
  <div class="modal" id="dialog" tabindex="-1"><div class="modal-dialog"><div class="modal-content">
    <div class="modal-body">Tied up</div></div></div></div>
</main>
"""


def _page(head: str, body: str) -> str:
    return f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">{head}<body>{body}'


@pytest.fixture(scope="module")
def scene_url(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """A page that draws with three and some of its examples, bare `three` by the import map."""
    folder = write_tree(tmp_path_factory.mktemp("three"), {"assets/js/scene.js": _SCENE})
    three = node_modules() / "three"
    roots = [source_root(three / "build", "three"), source_root(three / "examples" / "jsm", "three/addons")]
    release = build(
        folder,
        f"""
        sources = ["assets", {", ".join(roots)}]
        entries = ["js/*", "three/three.module.js"]
        compress = []
        [importmap]
        three = "three/three.module.js"
        """,
    )
    assets = Assets(release.folder / "manifest.json")
    head = assets.importmap() + assets.script("js/scene.js", type="module")
    return serve(write_tree(release.folder, {"index.html": _page(head, "")}))


@pytest.fixture(scope="module")
def bootstrap_url(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """A page with Bootstrap, compiled from its SCSS in another colour, and Font Awesome."""
    folder = write_tree(tmp_path_factory.mktemp("bootstrap"), {"assets/css/site.scss": _SITE})
    packages = node_modules()
    roots = [
        source_root(packages / "bootstrap/dist/js", "js", ["bootstrap.bundle.js"]),
        source_root(packages / "@fortawesome/fontawesome-free", "fa", ["css/all.css", "webfonts/*"]),
    ]
    config = f'missing = "warn"\nload_paths = ["{packages}"]\nsources = ["assets", {", ".join(roots)}]\n'
    release = build(folder, config)
    assets = Assets(release.folder / "manifest.json")
    styles = assets.stylesheet("css/site.css") + assets.stylesheet("fa/css/all.css")
    head = styles + assets.script("js/bootstrap.bundle.js")
    return serve(write_tree(release.folder, {"index.html": _page(head, _DIALOG)}))


def test_modules_of_three_find_one_another_and_draw(browser: Browser, scene_url: str) -> None:
    browser.open(scene_url)
    browser.wait_for("document.body.dataset.found")
    browser.picture("three")
    assert browser.value("document.body.dataset.found") == "buoy"
    assert browser.value("document.querySelectorAll('svg path').length") > 500
    assert browser.faults() == []


def test_modules_of_three_are_loaded_once_each(browser: Browser, scene_url: str) -> None:
    browser.open(scene_url)
    browser.wait_for("document.body.dataset.found")
    loaded = browser.value("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert len(loaded) >= 6
    assert len(set(loaded)) == len(loaded)


def test_bootstrap_from_its_scss_has_our_colour(browser: Browser, bootstrap_url: str) -> None:
    browser.open(bootstrap_url)
    assert browser.style(".btn-primary", "backgroundColor") == "rgb(14, 99, 119)"
    assert browser.faults() == []


def test_bootstrap_opens_a_dialog(browser: Browser, bootstrap_url: str) -> None:
    browser.open(bootstrap_url)
    assert browser.style("#dialog", "display") == "none"
    browser.click(".btn-primary")
    browser.wait_for("document.querySelector('#dialog').matches('.show') && document.querySelector('.modal-backdrop')")
    browser.picture("bootstrap")
    assert browser.style("#dialog", "display") == "block"
    assert browser.faults() == []


def test_icon_fonts_are_loaded(browser: Browser, bootstrap_url: str) -> None:
    browser.open(bootstrap_url)
    loaded = browser.value(
        "document.fonts.ready.then((fonts) => [...fonts].filter(({ status }) => status === 'loaded')"
        ".map(({ family, weight }) => `${family} ${weight}`))"
    )
    assert {name.replace('"', "") for name in loaded} >= {"Font Awesome 7 Free 900", "Font Awesome 7 Free 400"}
    assert browser.faults() == []
