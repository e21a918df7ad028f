"""The packages that most sites want: each needs one command, is built without a warning, and works in a page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser, browser, chromium, serve
from tests.command import run
from tests.conftest import write_tree
from tests.packages.conftest import bare_machine
from tests.packages.published import publish_real
from tests.packages.server import Registry, serving

__all__ = ["browser", "chromium", "serve"]
pytestmark = [pytest.mark.browser, pytest.mark.corpus]

PUBLISHED = (
    "bootstrap@5.3.9",
    "@popperjs/core@2.11.8",
    "bulma@1.0.4",
    "foundation-sites@6.9.0",
    "@picocss/pico@2.1.1",
    "htmx.org@2.0.4",
    "alpinejs@3.14.8",
    "@hotwired/turbo@8.0.23",
    "@hotwired/stimulus@3.2.2",
    "jquery@4.0.0",
    "chart.js@4.5.1",
    "@kurkle/color@0.3.4",
    "leaflet@1.9.4",
    "@fortawesome/fontawesome-free@7.1.0",
    "bootstrap-icons@1.13.1",
    "@fontsource/inter@5.2.8",
    "lit@3.3.1",
    "lit-html@3.3.1",
    "lit-element@4.2.1",
    "@lit/reactive-element@2.1.1",
    "three@0.180.0",
)

WITH_OTHERS = tuple((Path(__file__).parent / "wanted_packages.txt").read_text().split())
"""Packages with all that they require, some of it in two versions."""


class Page(NamedTuple):
    """A page that uses packages: its sheets and scripts, its module `js/app.js`, and what is true once it works."""

    package: str
    works: str
    module: str = ""
    sheets: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    body: str = ""


def _font(family: str) -> str:
    return f"[...document.fonts].some((font) => font.family.includes('{family}') && font.status === 'loaded')"


PAGES = (
    Page(
        "bootstrap",
        "document.querySelector('#m').classList.contains('show') && getComputedStyle(document.body).margin === '0px'",
        'import { Modal } from "bootstrap"; new Modal("#m").show()',
        ("vendor/bootstrap/dist/css/bootstrap.css",),
        body='<div class="modal" id="m"><div class="modal-dialog">.</div></div>',
    ),
    Page(
        "bulma",
        "getComputedStyle(document.querySelector('.columns')).display === 'flex'",
        sheets=("vendor/bulma/css/bulma.min.css",),
        body='<div class="columns">.</div>',
    ),
    Page(
        "foundation-sites",
        "document.querySelector('.accordion-item a').hasAttribute('aria-controls')"
        " && getComputedStyle(document.querySelector('.button')).display === 'inline-block'",
        'import jQuery from "jquery"; import { Foundation } from "foundation-sites";'
        "Foundation.addToJquery(jQuery); jQuery(document).foundation()",
        ("vendor/foundation-sites/dist/css/foundation.css",),
        body='<a class="button">.</a><ul data-accordion><li class="accordion-item" data-accordion-item>'
        '<a href="#" class="accordion-title">.</a><div class="accordion-content" data-tab-content>.</div></li></ul>',
    ),
    Page(
        "@picocss/pico",
        "getComputedStyle(document.querySelector('button')).borderRadius !== '0px'",
        sheets=("vendor/@picocss/pico/css/pico.min.css",),
        body="<main><button>.</button></main>",
    ),
    Page(
        "htmx.org",
        "document.querySelector('#t').textContent === 'swapped'",
        'import htmx from "htmx.org"; htmx.swap("#t", "swapped", { swapStyle: "innerHTML" })',
        body='<p id="t"></p>',
    ),
    Page(
        "alpinejs",
        "document.querySelector('b').textContent === '3'",
        'import Alpine from "alpinejs"; Alpine.start()',
        body='<p x-data="{ n: 1 }"><b x-text="n + 2"></b></p>',
    ),
    Page(
        "@hotwired/turbo",
        "customElements.get('turbo-frame') !== undefined && document.body.dataset.done === 'visit'",
        'import { visit } from "@hotwired/turbo"; document.body.dataset.done = visit.name || "visit"',
    ),
    Page(
        "@hotwired/stimulus",
        "document.querySelector('i').textContent === 'connected'",
        'import { Application, Controller } from "@hotwired/stimulus";'
        "class Greeting extends Controller { connect() { this.element.textContent = 'connected' } }"
        "Application.start().register('greeting', Greeting)",
        body='<i data-controller="greeting"></i>',
    ),
    Page(
        "jquery",
        "document.querySelector('p').textContent === 'jQuery 4'",
        'import $ from "jquery"; $("p").text(`jQuery ${$.fn.jquery[0]}`)',
        body="<p></p>",
    ),
    Page(
        "chart.js",
        "document.querySelector('canvas').dataset.bars === '2'",
        'import Chart from "chart.js/auto"; const canvas = document.querySelector("canvas");'
        "const data = { labels: ['a', 'b'], datasets: [{ data: [1, 2] }] };"
        "canvas.dataset.bars = new Chart(canvas, { type: 'bar', data }).getDatasetMeta(0).data.length",
        body="<canvas></canvas>",
    ),
    Page(
        "leaflet",
        "[...document.querySelectorAll('.leaflet-marker-icon, .leaflet-marker-shadow')]"
        ".map((image) => image.naturalWidth > 0).join() === 'true,true'",
        "const map = L.map('map').setView([0, 0], 3); L.marker([0, 0]).addTo(map)",
        ("vendor/leaflet/dist/leaflet.css",),
        ("vendor/leaflet/dist/leaflet-src.js",),
        '<div id="map" style="height: 200px"></div>',
    ),
    Page(
        "@fortawesome/fontawesome-free",
        _font("Font Awesome"),
        sheets=("vendor/@fortawesome/fontawesome-free/css/all.css",),
        body='<i class="fa-solid fa-house"></i>',
    ),
    Page(
        "bootstrap-icons",
        _font("bootstrap-icons"),
        sheets=("vendor/bootstrap-icons/font/bootstrap-icons.css",),
        body='<i class="bi bi-house"></i>',
    ),
    Page(
        "@fontsource/inter",
        _font("Inter"),
        sheets=("vendor/@fontsource/inter/index.css",),
        body="<p style='font-family: Inter'>Text</p>",
    ),
    Page(
        "lit",
        "document.querySelector('x-a').shadowRoot.textContent.trim() === 'lit a,b'",
        'import { LitElement, html } from "lit"; import { repeat } from "lit/directives/repeat.js";'
        "customElements.define('x-a', class extends LitElement {"
        " render() { return html`lit ${repeat(['a', ',', 'b'], (part) => part)}`; } })",
        body="<x-a></x-a>",
    ),
    Page(
        "three",
        "document.body.dataset.done === '3,true'",
        'import { Vector3, PerspectiveCamera } from "three";'
        'import { OrbitControls } from "three/addons/controls/OrbitControls.js";'
        "const controls = new OrbitControls(new PerspectiveCamera(), document.body);"
        "document.body.dataset.done = [new Vector3(3, 0, 0).length(), controls.enabled]",
    ),
    Page(
        "d3 d3-sankey",
        "document.body.dataset.done === '3,2,Map'",
        'import * as d3 from "d3"; import { sankey } from "d3-sankey"; import { sum } from "d3-array";'
        "const nodes = [{}, {}], links = [{ source: 0, target: 1, value: 1 }];"
        "const graph = sankey()({ nodes, links });"
        "const groups = d3.group([1, 2], (n) => n);"
        "document.body.dataset.done = [d3.sum([sum([1]), 2]), graph.nodes.length, groups.constructor.name"
        '.replace("Intern", "")]',
    ),
    Page(
        "mermaid",
        "document.querySelector('pre svg .node') !== null",
        'import mermaid from "mermaid"; mermaid.run()',
        body='<pre class="mermaid">graph LR; A --> B</pre>',
    ),
    Page(
        "pixi.js",
        "document.body.dataset.done === '1,false'",
        'import { Container, isMobile } from "pixi.js"; const stage = new Container(); stage.addChild(new Container());'
        "document.body.dataset.done = [stage.children.length, isMobile.any]",
    ),
)
SASS = {  # a sheet made of the sources, and what it has
    "bootstrap": ('$primary: #123456;\n@import "bootstrap/scss/bootstrap";', "--bs-primary:#123456"),
    "bulma": ('@use "bulma/sass" with ($primary: #123456);', "--bulma-primary-h"),
    "foundation-sites": ('@import "foundation-sites/scss/foundation"; @include foundation-button;', ".button"),
    "@picocss/pico": ('@use "@picocss/pico/scss" with ($theme-color: "red");', "--pico-primary"),
    "@fortawesome/fontawesome-free": (
        '@use "@fortawesome/fontawesome-free/scss/fontawesome";\n@use "@fortawesome/fontawesome-free/scss/solid";',
        "vendor/@fortawesome/fontawesome-free/webfonts/fa-solid-900.",
    ),
    "bootstrap-icons": (
        '@use "bootstrap-icons/font/bootstrap-icons";',
        "vendor/bootstrap-icons/font/fonts/bootstrap-icons.",
    ),
}


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """A registry of these packages."""
    with serving() as one:
        publish_real(one, PUBLISHED)
        publish_real(one, WITH_OTHERS)
        yield one


@pytest.fixture
def project(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project."""
    settings = f'registry = "{registry.url}"\ncompress = []\n'
    return write_tree(bare_machine(tmp_path, monkeypatch), {"buildassets.toml": settings, "assets/robots.txt": ""})


def vendor(project: Path, *arguments: str) -> None:
    done = run(project, "vendor", "add", *arguments)
    assert done.returncode == 0, done.stderr


def build_without_a_warning(project: Path) -> None:
    done = run(project, "build")
    assert (done.returncode, "warning" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.package)
def test_a_page_that_uses_it_works_after_one_command(
    page: Page, project: Path, browser: Browser, serve: Callable[[Path], str]
) -> None:
    vendor(project, *page.package.split())
    write_tree(project, {"assets/js/app.js": f"{page.module};\n"})
    build_without_a_warning(project)
    assets = Assets(project / "build/manifest.json", url="/build/assets/")
    sheets = [assets.stylesheet(path) for path in page.sheets]
    scripts = [assets.script(path) for path in page.scripts]
    app = assets.script("js/app.js", type="module")
    icon = '<link rel="icon" href="data:,">'
    head = "".join(map(str, (icon, *sheets, *scripts, assets.importmap(), app)))
    write_tree(project, {"index.html": f"<!doctype html><meta charset=utf-8>{head}<body>{page.body}"})
    browser.open(serve(project))
    browser.wait_for(page.works)
    assert browser.faults() == []


@pytest.mark.parametrize("package", SASS)
def test_sass_sources_are_found_by_their_package_and_not_released(package: str, project: Path) -> None:
    sheet, expected = SASS[package]
    vendor(project, package, "--source")
    write_tree(project, {"assets/css/app.scss": f"{sheet}\n"})
    done = run(project, "build", "--json")
    assert done.returncode == 0, done.stderr
    assets = Assets(project / "build/manifest.json")
    assert expected in assets.inline("css/app.css")
    released = [path for path in (project / "build/assets").rglob("*") if path.is_file()]
    compiled = [path for path in released if path.suffix == ".css" and "scss" in path.parts]
    assert ([path for path in released if path.suffix == ".scss"], compiled) == ([], [])
