"""Front ends that other tools made, and one as Rails had them in 2012, in a page from a release directory."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.conftest import write_tree
from tests.corpus.building import Release, build, source_root
from tests.corpus.packages import node_modules, run_tool

pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

Serve = Callable[[Path], str]


def page(release: Release, head: str, body: str) -> Path:
    """The release directory with an `index.html` beside the manifest."""
    text = f'<!doctype html><html><head><meta charset="utf-8">{head}<link rel="icon" href="data:,"></head>{body}</html>'
    return write_tree(release.folder, {"index.html": text})


def assets_of(release: Release) -> Assets:
    """The release as a page that stands beside its manifest names it."""
    return Assets(release.folder / "manifest.json", url="assets/")


_TAILWIND_PAGE = """
<body class="bg-harbour text-white">
<main class="grid grid-cols-2 md:grid-cols-3 w-[calc(100%-2rem)]">
<a class="btn bg-[url('/assets/img/buoy.svg')] hover:underline before:content-['→'] has-[b]:rotate-3" href="#">Sail</a>
<p class="@container space-y-2 text-balance shadow-lg ring-2">Quay</p>
</main></body>
"""
_TAILWIND = """
@import "tailwindcss" source("../pages");
@theme { --color-harbour: rgb(14 99 119); }
@utility btn { @apply px-4 font-bold; }
"""
_BUOY = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>'


@pytest.mark.parametrize("options", [(), ("--minify",), ("--optimize",)], ids=["plain", "minified", "optimised"])
def test_output_of_tailwind_styles_a_page(
    tmp_path: Path, browser: Browser, serve: Serve, options: tuple[str, ...]
) -> None:
    write_tree(tmp_path, {"styles/app.css": _TAILWIND, "pages/page.html": _TAILWIND_PAGE, "assets/img/buoy.svg": _BUOY})
    run_tool(tmp_path, "tailwindcss", "-i", "styles/app.css", "-o", "assets/css/app.css", *options)
    release = build(tmp_path, "")
    browser.open(serve(page(release, assets_of(release).stylesheet("css/app.css"), _TAILWIND_PAGE)))
    assert browser.style("body", "backgroundColor") == "rgb(14, 99, 119)"
    assert browser.style("main", "display") == "grid"
    assert len(browser.style("main", "gridTemplateColumns").split()) == 3
    assert browser.style(".btn", "fontWeight") == "700"
    assert browser.style(".btn", "paddingLeft") == "16px"
    assert release.manifest.assets["img/buoy.svg"].file in browser.style(".btn", "backgroundImage")
    assert browser.value("getComputedStyle(document.querySelector('.btn'), '::before').content") == '"→"'
    assert browser.faults() == []


_API = {
    "openapi": "3.0.0",
    "info": {"title": "Tides", "version": "1"},
    "paths": {
        "/tides/{port}": {"get": {"summary": "When the water is high", "responses": {"200": {"description": ""}}}}
    },
}


def test_swagger_ui_shows_an_interface(tmp_path: Path, browser: Browser, serve: Serve) -> None:
    start = (
        f"window.onload = () => {{ window.ui = SwaggerUIBundle({{ spec: {json.dumps(_API)}, dom_id: '#swagger-ui',"
        "presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: 'StandaloneLayout' }) }"
    )
    write_tree(tmp_path, {"own/swagger-initializer.js": start})
    files = ["*.html", "*.css", "*.png", "swagger-ui*.js"]
    docs = source_root(node_modules() / "swagger-ui-dist", include=files)
    release = build(tmp_path, f'sources = ["own", {docs}]\ncompress = []\n')
    browser.open(serve(release.folder / "assets") + release.manifest.assets["index.html"].file)
    browser.wait_for("document.querySelector('.opblock-summary-description')")
    browser.picture("swagger-ui")
    assert browser.value("document.querySelector('.opblock-summary-description').textContent") == (
        "When the water is high"
    )
    assert browser.style(".opblock-get .opblock-summary-method", "backgroundColor") == "rgb(97, 175, 254)"
    assert browser.faults() == []


RAILS = {
    "app/assets/config/manifest.js": """
//= link_tree ../images
//= link_directory ../stylesheets .css
//= link application.js
""",
    "app/assets/images/buoy.svg": _BUOY,
    "app/assets/images/flags/red.svg": _BUOY,
    "app/assets/javascripts/application.js": """
// Everything that the pages need.
//
//= require jquery
//= require mooring
//= require_self
//= stub ./pages/old
//= require_tree ./pages

Harbour.ready = true
""",
    "app/assets/javascripts/pages/arrivals.js": "(function () { $('#list').append('<li>arrived</li>') })()",
    "app/assets/javascripts/pages/departures.js": "(function () { $('#list').append('<li>departed</li>') })()",
    "app/assets/javascripts/pages/old.js": "throw new Error('stubbed')",
    "app/assets/stylesheets/application.css": """
/*
 *= require_self
 *= require ./base
 *= require_tree ./pages
 */

body { color: rgb(1, 2, 3) }
""",
    "app/assets/stylesheets/base.scss": "$sea: rgb(4, 5, 6);\nbody { background-color: $sea; .buoy { color: $sea } }\n",
    "app/assets/stylesheets/pages/list.scss": '#list { background: image-url("flags/red.svg") }\n',
    "vendor/assets/javascripts/mooring.js": "var Harbour = { moor: function () { return this.ready } }",
}


@pytest.fixture
def rails_release(tmp_path: Path) -> Release:
    """A Rails application's assets, laid out and joined by directives as its guides have it."""
    write_tree(tmp_path, RAILS)
    roots = [f'"app/assets/{name}"' for name in ("config", "images", "javascripts", "stylesheets")]
    jquery = source_root(node_modules() / "jquery/dist", include=["jquery.js"])
    roots += ['"vendor/assets/javascripts"', jquery]
    return build(tmp_path, f'directives = true\nentries = ["manifest.js"]\nsources = [{", ".join(roots)}]\n')


def test_a_rails_application_works(rails_release: Release, browser: Browser, serve: Serve) -> None:
    assets = assets_of(rails_release)
    head = assets.stylesheet("application.css") + assets.script("application.js")
    browser.open(serve(page(rails_release, head, '<body><ul id="list"></ul></body>')))
    assert browser.value("[...document.querySelectorAll('#list li')].map((item) => item.textContent)") == [
        "arrived",
        "departed",
    ]
    assert browser.value("Harbour.moor()") is True
    assert browser.style("body", "color") == "rgb(1, 2, 3)"
    assert browser.style("body", "backgroundColor") == "rgb(4, 5, 6)"
    assert rails_release.manifest.assets["flags/red.svg"].file in browser.style("#list", "backgroundImage")
    assert browser.faults() == []


def test_a_rails_application_releases_what_its_manifest_links(rails_release: Release) -> None:
    linked = {"application.css", "application.js", "base.css", "buoy.svg", "flags/red.svg"}
    assert set(rails_release.manifest.assets) - {"manifest.js"} == linked


_VITE_APP = {
    "index.html": '<body><script type="module" src="/main.js"></script></body>',
    "main.js": 'import logo from "./logo.svg"; import("./lazy.js").then((lazy) => lazy.show(logo));',
    "lazy.js": """
    import "./lazy.css";
    import { tide } from "./shared.js";
    export const show = (logo) => { document.body.innerHTML = `<img src="${logo}"><p>${tide}</p>`; };
    """,
    "shared.js": 'export const tide = "high";',
    "lazy.css": "p { color: rgb(1, 2, 3); background: url(./logo.svg) }",
    "logo.svg": _BUOY,
    "vite.config.js": 'export default { base: "./", build: { assetsInlineLimit: 0, sourcemap: true } }',
}


def test_output_of_vite_keeps_its_names_and_works(tmp_path: Path, browser: Browser, serve: Serve) -> None:
    write_tree(tmp_path / "front", _VITE_APP)
    run_tool(tmp_path / "front", "vite", "build")
    files = tmp_path / "front/dist/assets"
    app = source_root(tmp_path / "front/dist", prefix="app", include=["assets/**"])
    release = build(tmp_path, f'sources = [{app}]\nfingerprinted = ["app/assets/**"]\n')
    assert "warning" not in release.messages
    assert {path.name for path in files.iterdir()} == {Path(one.file).name for one in release.manifest.assets.values()}
    (entry,) = (
        path for path in release.manifest.assets if path.startswith("app/assets/index-") and path.endswith(".js")
    )
    assert "__vite__mapDeps" in release.path(entry).read_text()
    browser.open(serve(page(release, assets_of(release).script(entry, type="module"), "<body></body>")))
    browser.wait_for("document.querySelector('p')?.textContent === 'high'")
    browser.wait_for("getComputedStyle(document.querySelector('p')).color === 'rgb(1, 2, 3)'")
    assert browser.value("document.images[0].decode().then(() => document.images[0].naturalWidth)") == 8
    assert browser.faults() == []
