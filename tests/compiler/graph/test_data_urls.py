"""Small files in style sheets: which become `data:` URLs, how these read, and what is released beside them."""

from base64 import b64decode
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.graph.data_urls import data_url
from buildassets.compiler.languages.css.lexer import Kind, tokens, unescaped
from tests.building import released
from tests.command import built
from tests.conftest import Tree

DOT = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>'
DOT_URL = (
    "data:image/svg+xml,<svg%20xmlns=%22http://www.w3.org/2000/svg%22><circle%20r=%224%22/></svg>"  # 75 bytes for 62
)
GIF = b"GIF89a\x01\x00\x01\x00"
GIF_URL = "data:image/gif;base64,R0lGODlhAQABAA=="
SMALL = "minify = false\ncompress = []\n[data_urls]\nlimit = 100\n"


@pytest.mark.parametrize("written", ["url(a.svg)", 'url("a.svg")', "url('a.svg?v=2')", 'image-set("a.svg" 1x)'])
def test_a_small_image_becomes_a_data_url(tmp_path: Path, written: str) -> None:
    result = built(tmp_path, {"assets/a.css": f"a {{ background: {written} }}", "assets/a.svg": DOT}, SMALL)
    expected = written.replace("a.svg?v=2", DOT_URL).replace("a.svg", DOT_URL)
    assert released(tmp_path, result, "a.css") == f"a {{ background: {expected} }}"


def test_bytes_are_in_base64(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "a { background: url(a.gif) }", "assets/a.gif": GIF}, SMALL)
    assert released(tmp_path, result, "a.css") == f"a {{ background: url({GIF_URL}) }}"


def test_a_larger_file_stays_a_reference(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "a { background: url(a.gif) }", "assets/a.gif": GIF * 11}, SMALL)
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("a.gif",)


def test_without_the_table_nothing_is_embedded(tmp_path: Path) -> None:
    files: Tree = {"assets/a.css": "a { background: url(a.gif) }", "assets/a.gif": GIF}
    result = built(tmp_path, files, "")
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("a.gif",)


def test_an_embedded_file_is_an_input_and_not_a_reference(tmp_path: Path) -> None:
    files: Tree = {"assets/a.css": "a { background: url(a.gif) }", "assets/a.gif": GIF}
    result = built(tmp_path, files, SMALL)
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].inputs == ("a.css", "a.gif")
    assert result.manifest.assets["a.css"].references == ()
    assert list(result.manifest.assets) == ["a.css", "a.gif"]


def test_embedded_files_are_not_reached_from_entries(tmp_path: Path) -> None:
    files: Tree = {
        "assets/a.css": "a { background: url(a.gif) } b { background: url(b.gif) } c { background: url(a.gif) }",
        "assets/a.gif": GIF,
        "assets/b.gif": GIF * 11,
    }
    result = built(tmp_path, files, 'entries = ["a.css"]\n' + SMALL)
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["a.css", "b.gif"]
    assert released(tmp_path, result, "a.css").count(GIF_URL) == 2


def test_other_references_of_the_sheet_are_still_rewritten(tmp_path: Path) -> None:
    css = '@import "b.css"; a { background: url(a.gif), url(b.gif), url("a.gif"), url(b.gif#x) }'
    files: Tree = {"assets/a.css": css, "assets/b.css": "b { c: d }", "assets/a.gif": GIF, "assets/b.gif": GIF * 11}
    result = built(tmp_path, files, SMALL)
    assert result.manifest is not None
    sheet_b, image_b = (result.manifest.assets[name].file for name in ("b.css", "b.gif"))
    expected = (
        f'@import "{sheet_b}"; a {{ background: url({GIF_URL}), url({image_b}), url("{GIF_URL}"), url({image_b}#x) }}'
    )
    assert released(tmp_path, result, "a.css") == expected


def test_include_replaces_images_and_fonts(tmp_path: Path) -> None:
    css = "a { background: url(a.gif), url(icons/b.gif); cursor: url(icons/c.what) }"
    files: Tree = {"assets/a.css": css, "assets/a.gif": GIF, "assets/icons/b.gif": GIF, "assets/icons/c.what": "x"}
    result = built(tmp_path, files, SMALL + 'include = ["icons/**"]\n')
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("a.gif",)


@pytest.mark.parametrize(
    "css", ['@import "b.css";', "a { background: url(a.svg#icon) }", "a { background: url(r.svg) }"]
)
def test_references_that_need_a_file_are_never_embedded(tmp_path: Path, css: str) -> None:
    files = {
        "assets/a.css": css,
        "assets/b.css": "b { c: d }",
        "assets/a.svg": DOT,
        "assets/r.svg": '<svg><use href="a.svg#a"/></svg>',
    }
    result = built(tmp_path, files, SMALL + 'include = ["**"]\n')
    assert result.manifest is not None
    assert len(result.manifest.assets["a.css"].references) == 1


def test_a_source_map_is_never_embedded(tmp_path: Path) -> None:
    files = {"assets/a.css": "a { b: c }\n/*# sourceMappingURL=a.css.map */", "assets/a.css.map": "{}"}
    result = built(tmp_path, files, SMALL + 'include = ["**"]\n')
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].map == "a.css.map"


def test_sheets_of_a_bundle_embed_too(tmp_path: Path) -> None:
    files: Tree = {
        "assets/x/a.css": "a { background: url(a.gif), url(b.gif) }",
        "assets/b.css": "b { background: url(x/a.gif) }",
        "assets/x/a.gif": GIF,
        "assets/x/b.gif": GIF * 11,
    }
    settings = SMALL + '[bundles]\n"all.css" = ["x/a.css", "b.css"]\n'
    result = built(tmp_path, files, settings)
    assert result.manifest is not None
    large = result.manifest.assets["x/b.gif"].file
    expected = f"a {{ background: url({GIF_URL}), url({large}) }}\nb {{ background: url({GIF_URL}) }}\n"
    assert released(tmp_path, result, "all.css").endswith(expected)


def test_the_fingerprint_of_a_sheet_follows_what_it_embeds(tmp_path: Path) -> None:
    files: Tree = {"assets/a.css": "a { background: url(a.gif) }", "assets/a.gif": GIF}
    before = built(tmp_path, files, SMALL).manifest
    after = built(tmp_path, {"assets/a.gif": GIF + b"!"}, SMALL).manifest
    assert before is not None
    assert after is not None
    assert before.assets["a.css"].file != after.assets["a.css"].file


def test_development_embeds_too(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "a { b: url(a.gif) }", "assets/a.gif": GIF}, SMALL, "development")
    assert released(tmp_path, result, "a.css") == f"a {{ b: url({GIF_URL}) }}"


# ── demands ──


def test_a_demand_is_met_whatever_the_size(tmp_path: Path) -> None:
    css = 'a { background: url("/assets/a.gif?buildassets-data-url") }'
    result = built(tmp_path, {"assets/a.css": css, "assets/a.gif": GIF * 1000}, "minify = false\n")
    assert released(tmp_path, result, "a.css").startswith('a { background: url("data:image/gif;base64,')


def test_the_fragment_of_a_demand_stays(tmp_path: Path) -> None:
    css = "a { background: url(a.svg?buildassets-data-url#dot) }"
    result = built(tmp_path, {"assets/a.css": css, "assets/a.svg": DOT}, SMALL)
    assert released(tmp_path, result, "a.css") == f"a {{ background: url({DOT_URL}#dot) }}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("r.svg", "it refers to `a.svg`"),
        ("b.css", "only images, fonts and other files that are released unchanged can"),
        ("c.css", "only images, fonts and other files that are released unchanged can"),
    ],
)
def test_a_demand_that_cannot_be_met_is_an_error_in_its_place(tmp_path: Path, name: str, reason: str) -> None:
    files = {
        "assets/a.css": f"a {{\n  background: url({name}?buildassets-data-url);\n}}",
        "assets/b.css": "b { c: d }",
        "assets/c.scss": "b { c: d }",
        "assets/a.svg": DOT,
        "assets/r.svg": '<svg><use href="a.svg#a"/></svg>',
    }
    (fault,) = built(tmp_path, files, SMALL).diagnostics
    assert (fault.code, fault.location and fault.location.line) == ("data-url/refused", 2)
    assert fault.message.startswith(f"`{name}` cannot become a `data:` URL: {reason}")


def test_a_demand_for_nothing_is_a_missing_reference(tmp_path: Path) -> None:
    (fault,) = built(tmp_path, {"assets/a.css": "a { b: url(x.gif?buildassets-data-url) }"}, SMALL).diagnostics
    assert fault.code == "reference/missing"


# ── how they read ──


def test_of_the_two_encodings_the_shorter_is_taken() -> None:
    assert data_url("image/svg+xml", b"<svg/>") == "data:image/svg+xml,<svg/>"
    assert data_url("image/svg+xml", b'<a b="""""""""/>').startswith("data:image/svg+xml;base64,")


@given(st.binary(max_size=60) | st.text(st.characters(codec="utf-8"), max_size=60).map(str.encode))
def test_a_data_url_reads_as_its_bytes_unquoted_and_in_either_quotes(content: bytes) -> None:
    url = data_url("image/svg+xml", content)
    (unquoted,) = tokens(f"url({url})")
    assert (unquoted.kind, unquoted.end) == (Kind.URL, len(url) + 5)
    assert [token.kind for quote in "\"'" for token in tokens(quote + url + quote)] == [Kind.STRING] * 2
    assert unescaped(url) == url
    assert not set("#\n\t ") & set(url)
    encoded = url.removeprefix("data:image/svg+xml")
    if encoded.startswith(";base64,"):
        assert b64decode(encoded.removeprefix(";base64,")) == content
    else:
        assert unquote_to_bytes(encoded.removeprefix(",")) == content
