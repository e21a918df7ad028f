"""Files whose names carry a hash already: they keep these, others refer to them by these, and what is at fault."""

from pathlib import Path

import pytest

from buildassets.compiler.graph.checks.kept_names import carries_hash
from buildassets.foundation.diagnostics import Severity, render_text
from tests.building import codes
from tests.command import built
from tests.conftest import Tree, read_tree

KEPT = 'compress = []\nfingerprinted = ["dist/**"]\n'
INDEX = """import  "./lazy-Bx3kQ9Za.js";
new URL("logo-C0ffee12.svg", import.meta.url);
const deps = ["dist/lazy-Bx3kQ9Za.js"]
"""
DIST: Tree = {
    "assets/dist/index-DiwrgTda.js": INDEX,
    "assets/dist/lazy-Bx3kQ9Za.js": 'import  "./index-DiwrgTda.js"; ASSET_URL(1)',
    "assets/dist/style-Ab12Cd34.css": "a { background: url(logo-C0ffee12.svg) }  b { color: red }",
    "assets/dist/logo-C0ffee12.svg": "<svg/>",
}


def test_files_are_released_under_their_own_names_byte_for_byte(tmp_path: Path) -> None:
    result = built(tmp_path, DIST, KEPT)
    assert result.diagnostics == ()
    assert read_tree(tmp_path / "build/assets") == read_tree(tmp_path / "assets")
    assert result.manifest is not None
    assert {path: entry.file for path, entry in result.manifest.assets.items()} == {
        path: path for path in result.manifest.assets
    }
    assert result.manifest.assets["dist/index-DiwrgTda.js"].references == (
        "dist/lazy-Bx3kQ9Za.js",
        "dist/logo-C0ffee12.svg",
    )


def test_others_refer_to_the_name_that_is_kept(tmp_path: Path) -> None:
    result = built(tmp_path, {**DIST, "assets/app.css": "a{background:url(dist/logo-C0ffee12.svg)}"}, KEPT)
    assert result.manifest is not None
    text = (tmp_path / "build/assets" / result.manifest.assets["app.css"].file).read_text()
    assert text == "a{background:url(dist/logo-C0ffee12.svg)}"


def test_entries_reach_what_they_refer_to(tmp_path: Path) -> None:
    settings = KEPT + 'entries = ["dist/style-*.css"]\n'
    result = built(tmp_path, DIST, settings)
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["dist/logo-C0ffee12.svg", "dist/style-Ab12Cd34.css"]


def test_a_small_image_is_put_into_sheets_but_not_into_one_that_is_kept(tmp_path: Path) -> None:
    files = {**DIST, "assets/app.css": "a{background:url(dist/logo-C0ffee12.svg)}"}
    result = built(tmp_path, files, KEPT + "[data_urls]\n")
    assert result.manifest is not None
    references = {path: entry.references for path, entry in result.manifest.assets.items() if path.endswith("css")}
    assert references == {"app.css": (), "dist/style-Ab12Cd34.css": ("dist/logo-C0ffee12.svg",)}


def test_compiled_files_get_a_new_name(tmp_path: Path) -> None:
    result = built(tmp_path, {**DIST, "assets/dist/late-Ab12Cd34.scss": "a { b: c }"}, KEPT)
    assert result.manifest is not None
    assert result.manifest.assets["dist/late-Ab12Cd34.css"].file != "dist/late-Ab12Cd34.css"


def test_a_compressed_copy_of_the_other_build_is_not_written_over(tmp_path: Path) -> None:
    files: Tree = {"assets/dist/a-Ab12Cd34.js": "x" * 999, "assets/dist/a-Ab12Cd34.js.gz": b"theirs"}
    result = built(tmp_path, files, KEPT.replace("compress = []\n", ""))
    assert result.manifest is not None
    assert (tmp_path / "build/assets/dist/a-Ab12Cd34.js.gz").read_bytes() == b"theirs"
    assert list(result.manifest.assets["dist/a-Ab12Cd34.js"].encodings) == ["br"]


def test_a_reference_to_what_gets_a_new_name_is_an_error_in_its_place(tmp_path: Path) -> None:
    files = {"assets/dist/a-Ab12Cd34.css": "b {\n  c: url(../logo.svg) }", "assets/logo.svg": "<svg/>"}
    (fault,) = built(tmp_path, files, KEPT).diagnostics
    assert (fault.code, fault.severity) == ("fingerprinted/reference", Severity.ERROR)
    assert "assets/dist/a-Ab12Cd34.css:2:10" in render_text(fault)


def test_a_source_map_that_gets_a_new_name_is_a_warning(tmp_path: Path) -> None:
    files = {"assets/dist/a-Ab12Cd34.js": "a\n//# sourceMappingURL=../a.map", "assets/a.map": "{}"}
    result = built(tmp_path, files, KEPT)
    assert [(one.code, one.severity) for one in result.diagnostics] == [("fingerprinted/reference", Severity.WARNING)]
    assert result.manifest is not None


def test_a_source_that_a_map_names_may_get_a_new_name(tmp_path: Path) -> None:
    source_map = '{"version": 3, "sources": ["../a.js"], "mappings": ""}'
    result = built(tmp_path, {"assets/dist/a-Ab12Cd34.js.map": source_map, "assets/a.js": "a()"}, KEPT)
    assert result.diagnostics == ()
    assert (tmp_path / "build/assets/dist/a-Ab12Cd34.js.map").read_text() == source_map


def test_a_reference_to_nothing_is_an_error_as_ever(tmp_path: Path) -> None:
    assert codes(built(tmp_path, {"assets/dist/a-Ab12Cd34.css": "b { c: url(x.svg) }"}, KEPT)) == ["reference/missing"]


def test_names_without_a_hash_get_one_warning(tmp_path: Path) -> None:
    result = built(tmp_path, {**DIST, "assets/dist/a.js": "a", "assets/dist/b.js": "b"}, KEPT)
    (fault,) = result.diagnostics
    assert (fault.code, fault.severity) == ("fingerprinted/name", Severity.WARNING)
    assert fault.message == "`dist/a.js` and 1 more would keep a name without a hash"


def test_a_glob_that_matches_nothing_gets_a_warning(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.js": "a"}, KEPT)
    (fault,) = result.diagnostics
    assert (fault.code, fault.location and fault.location.line) == ("fingerprinted/empty", 2)


@pytest.mark.parametrize(
    "name",
    [
        "assets/index-DiwrgTda.js",
        "assets/index-D-wrgT_a.css",
        "main.3f2a9c1b.js",
        "main.3f2a9c1b.chunk.js",
        "chunk-ABCDEFGH.js",
        "3f2a9c1bdeadbeef.js",
        "app.0123456789ab.js",
        "app.js.0123456789ab.map",
        "app-qk3zvhbw.js.map",
        "app-d41d8cd98f00b204e9800998ecf8427e.css",
        "LICENSE.0123456789ab",
    ],
)
def test_hashes_are_seen(name: str) -> None:
    assert carries_hash(name)


@pytest.mark.parametrize(
    "name",
    [
        "index.js",
        "my-component-library.js",
        "jquery-3.7.1.min.js",
        "bootstrap-5.min.js",
        "DatePicker.js",
        "3f2a9c1bdeadbeef/index.js",
        "inter-latin-400-normal.woff2",
        "polyfills.legacy.js",
        "README",
    ],
)
def test_plain_names_carry_no_hash(name: str) -> None:
    assert not carries_hash(name)
