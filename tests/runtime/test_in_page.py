"""Assets that refer to others, in a page: every reference becomes a full URL, and nothing else changes."""

from pathlib import Path

import pytest

from buildassets.compiler.languages.scan import scan, splice
from buildassets.foundation.media import media_of
from buildassets.manifest.model import Manifest, loads
from buildassets.runtime import Assets
from buildassets.runtime.release import with_full_urls
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "assets/css/critical.css": (
        '@import "base.css";\n@font-face { src: url(../fonts/a.woff2) }\n'
        "a { background: url('../img/a b.svg#x'), url( ../img/dot.svg?v ), image-set(\"../img/dot.svg\" 1x) }\n"
        "b { background: url(/img/dot.svg), url(https://example.com/img/dot.svg); content: '../img/dot.svg' }\n"
        "/*# sourceMappingURL=critical.css.map */"
    ),
    "assets/css/critical.css.map": "{}",
    "assets/css/base.css": "b { color: red }",
    "assets/fonts/a.woff2": b"font",
    "assets/img/a b.svg": "<svg/>",
    "assets/img/dot.svg": "<svg/>",
    "assets/css/dot.svg": "<svg/>",
    "assets/css/twins.css": "a { background: url(dot.svg), url(../img/dot.svg) }",
    "assets/img/all.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x">'
        '<style>a { fill: url("dot.svg#a") }</style><use xlink:href="dot.svg#b"/>'
        '<g style="fill: url(&quot;dot.svg#c&quot;)"/></svg>'
    ),
    "assets/js/app.js": (
        'import "./lib/a.js"; import { b } from "./lib/b.js";\n'
        'import("../js/lib/b.js"); export default new URL("../img/dot.svg?q#f", import.meta.url);'
    ),
    "assets/js/lib/a.js": 'import "./b.js"; export const a = 1;',
    "assets/js/lib/b.js": 'import "./a.js"; export const b = 2;',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release in `build/`."""
    folder = tmp_path_factory.mktemp("site")
    settings = 'compress = []\nminify = false\nintegrity = "none"\nurl_prefixes = []\n'
    assert build(load_config(start=str(write_tree(folder, {"buildassets.toml": settings, **SITE})))).diagnostics == ()
    return folder


def by_scanning(folder: Path, manifest: Manifest, name: str, prefix: str) -> str:
    """The released text with each of its references, as the compiler finds them, replaced by a full URL."""
    text = (folder / "build/assets" / manifest.assets[name].file).read_text()
    syntax = media_of(name).syntax
    assert syntax is not None
    files = {entry.file.rpartition("/")[2].replace(" ", "%20"): entry.file for entry in manifest.assets.values()}
    files = {file: target.replace(" ", "%20") for file, target in files.items()}
    known = [
        (reference, prefix + files[leaf])
        for reference in scan(syntax, text)
        if (leaf := reference.url.partition("?")[0].partition("#")[0].rpartition("/")[2]) in files
    ]
    return splice(text, known).replace(f"./{prefix}", prefix)


@pytest.mark.parametrize("prefix", ["/assets/", "https://cdn.example.com/a/", "//cdn.example.com/"])
@pytest.mark.parametrize("name", ["css/critical.css", "img/all.svg", "js/app.js", "js/lib/a.js"])
def test_an_inlined_asset_names_by_full_urls_what_it_refers_to(site: Path, name: str, prefix: str) -> None:
    manifest = loads((site / "build/manifest.json").read_text())
    markup = Assets(site / "build/manifest.json", url=prefix).inline(name)
    expected = by_scanning(site, manifest, name, prefix)
    assert expected.count(prefix) >= len(manifest.assets[name].references)
    assert expected in markup


def test_files_of_one_content_in_two_folders_stay_apart(site: Path) -> None:
    assets = Assets(site / "build/manifest.json", url="/x/")
    own, other = assets.url("css/dot.svg"), assets.url("img/dot.svg")
    assert assets.inline("css/twins.css") == f"<style>a {{ background: url({own}), url({other}) }}</style>"


def test_a_relative_prefix_makes_no_bare_module_name(site: Path) -> None:
    assets = Assets(site / "build/manifest.json", url="assets/")
    assert f'import "./{assets.url("js/lib/a.js")}"' in assets.inline("js/app.js")


def test_texts_are_kept_for_each_prefix(site: Path) -> None:
    first, second = (Assets(site / "build/manifest.json", url=url) for url in ("/x/", "/y/"))
    assert "/x/img" in first.inline("css/twins.css")
    assert "/y/img" in second.inline("css/twins.css")
    assert "/x/img" in first.inline("css/twins.css")


def test_the_longest_path_is_taken() -> None:
    urls = {"LICENSE.0123456789ab": "/x/1", "LICENSE.0123456789ab.ba9876543210": "/x/2"}
    text = "url(LICENSE.0123456789ab.ba9876543210) url(LICENSE.0123456789ab)"
    assert with_full_urls(text, "a.css", urls) == "url(/x/2) url(/x/1)"


@pytest.mark.parametrize("before", ["https://example.com/", "../old/", "/", "x", "%20"])
def test_a_longer_path_is_another_file(before: str) -> None:
    text = f'"{before}a.0123456789ab.js" "a.0123456789ab.js.gz" "a.0123456789ab.js/x"'
    assert with_full_urls(text, "b.js", {"a.0123456789ab.js": "/x/a.0123456789ab.js"}) == text


def test_a_prefix_cannot_end_the_place_of_a_reference() -> None:
    given = with_full_urls("url(a.0123456789ab.svg)", "b.css", {"a.0123456789ab.svg": "/it's(x)/a"})
    assert given == "url(/it%27s%28x%29/a)"
