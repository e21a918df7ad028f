"""The project that is compiled: Bootstrap's SCSS, two bundles of libraries, their fonts and images.

`assets/` is the same for all. `entries/` has what module bundlers start from, which names the same files.
"""

import shutil
from pathlib import Path
from typing import Final

from benchmarks.tree import Tree

SHEET: Final = "scss/site.scss"
PARTIAL: Final = "scss/bootstrap/_buttons.scss"
CSS_BUNDLE: Final = (
    "vendor/normalize/normalize.css",
    "vendor/fontawesome/css/all.css",
    "vendor/leaflet/leaflet.css",
    "vendor/animate/animate.css",
)
JS_BUNDLE: Final = (  # seven classic scripts of others (2.2 MB), and the site's own
    "vendor/jquery/jquery.js",
    "vendor/bootstrap/bootstrap.bundle.js",
    "vendor/leaflet/leaflet-src.js",
    "vendor/htmx/htmx.js",
    "vendor/lodash/lodash.js",
    "vendor/chart/chart.umd.js",
    "vendor/highlight/highlight.js",
    "js/site.js",
)
_COPIED: Final = {
    "vendor/fontawesome/css/all.css": "@fortawesome/fontawesome-free/css/all.css",
    "vendor/fontawesome/webfonts": "@fortawesome/fontawesome-free/webfonts",
    "vendor/leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "vendor/leaflet/leaflet-src.js": "leaflet/dist/leaflet-src.js",
    "vendor/leaflet/images": "leaflet/dist/images",
    "vendor/animate/animate.css": "animate.css/animate.css",
    "vendor/normalize/normalize.css": "normalize.css/normalize.css",
    "vendor/jquery/jquery.js": "jquery/dist/jquery.js",
    "vendor/bootstrap/bootstrap.bundle.js": "bootstrap/dist/js/bootstrap.bundle.js",
    "vendor/htmx/htmx.js": "htmx.org/dist/htmx.js",
    "vendor/lodash/lodash.js": "lodash/lodash.js",
    "vendor/chart/chart.umd.js": "chart.js/dist/chart.umd.js",
    "vendor/highlight/highlight.js": "@highlightjs/cdn-assets/highlight.js",
    "scss/bootstrap": "bootstrap/scss",
}
_SHEET_TEXT: Final = """\
@import "bootstrap/bootstrap";

.map-marker {
  background: url("../vendor/leaflet/images/marker-icon.png") no-repeat;
}
"""
_SCRIPT_TEXT: Final = """\
document.addEventListener("DOMContentLoaded", function () {
  document.querySelectorAll("[data-map]").forEach(function (place) {
    var map = window.L.map(place).setView([51.5, -0.1], 13);
    window.L.marker([51.5, -0.1]).addTo(map);
  });
});
"""
_PAGE: Final = f"""\
<!doctype html>
<link rel="stylesheet" href="../assets/{SHEET}">
<link rel="stylesheet" href="vendor.css">
<script type="module" src="main.js"></script>
"""


def make_site(packages: Path, folder: Path) -> Tree:
    """Fill `folder` from `packages` (a node_modules folder); the tree is all that lies in it."""
    assets = folder / "assets"
    for name, source in _COPIED.items():
        target = assets / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (packages / source).is_dir():
            shutil.copytree(packages / source, target, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(packages / source, target)
    _write(assets / SHEET, _SHEET_TEXT)
    _write(assets / "js/site.js", _SCRIPT_TEXT)
    _write(folder / "entries/main.js", "".join(f'import "../assets/{name}";\n' for name in JS_BUNDLE))
    _write(folder / "entries/vendor.css", "".join(f'@import "../assets/{name}";\n' for name in CSS_BUNDLE))
    _write(folder / "entries/index.html", _PAGE)
    _write(folder / "package.json", '{"name": "site", "private": true}\n')
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return Tree(
        folder, tuple(path.relative_to(folder).as_posix() for path in files), sum(path.stat().st_size for path in files)
    )


def edit_partial(folder: Path, number: int) -> str:
    """Append a rule to one of Bootstrap's partials; returns text that then stands in the compiled sheet."""
    marker = f".btn-edited-{number}-times"
    with (folder / "assets" / PARTIAL).open("a", encoding="utf-8") as file:
        file.write(f"\n{marker} {{ color: red; }}\n")
    return marker


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
