"""Sheets for converted fonts: formats, fallback faces and preloads."""

from pathlib import Path

import pytest

from buildassets.compiler.languages.css.families import faces
from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import render_text
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.fonts import LETTERS, font_file

_FACE = '@font-face { font-family: "My Font"; src: url("a.ttf") format("truetype") }'
_STAND_IN = '@font-face{font-family:"My Font fallback";src:local("Arial")'


def build_with_font(folder: Path, tree: Tree, rule: str = "", rest: str = "") -> BuildResult:
    settings = f'{rest}\nminify = false\n[fonts]\n"*" = {{ unicode_range = ["U+0-FF"]{rule} }}\n'
    write_tree(folder, {"assets/a.ttf": font_file(), **tree, "buildassets.toml": settings})
    result = build(load_config(start=str(folder)))
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    return result


def sheet(folder: Path, result: BuildResult, path: str = "a.css") -> str:
    assert result.manifest is not None
    return (folder / "build/assets" / result.manifest.assets[path].file).read_text()


def preloads(result: BuildResult, path: str = "a.css") -> tuple[str, ...]:
    assert result.manifest is not None
    return result.manifest.assets[path].preloads


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('url("a.ttf") format("truetype")', 'url("a.FILE.woff2") format("woff2")'),
        ("url(a.ttf)format(opentype)", "url(a.FILE.woff2)format(woff2)"),
        ("url('a.ttf') format('truetype-variations')", "url('a.FILE.woff2') format('woff2-variations')"),
        ("local(x), url(a.ttf)", "local(x), url(a.FILE.woff2)"),
    ],
)
def test_the_format_is_that_of_what_was_made(tmp_path: Path, written: str, expected: str) -> None:
    result = build_with_font(tmp_path, {"assets/a.css": f"@font-face {{ font-family: A; src: {written} }}"})
    assert result.manifest is not None
    file = result.manifest.assets["a.woff2"].file
    assert f"src: {expected.replace('a.FILE.woff2', file)} }}" in sheet(tmp_path, result)


def test_further_formats_stand_behind_the_first(tmp_path: Path) -> None:
    tree: Tree = {"assets/css/a.css": _FACE.replace("a.ttf", "../f/ü.ttf"), "assets/f/ü.ttf": font_file()}
    result = build_with_font(tmp_path, tree, ', formats = ["woff2", "woff"]')
    assert result.manifest is not None
    first, second = (result.manifest.assets[f"f/ü.{kind}"].file.replace("ü", "%C3%BC") for kind in ("woff2", "woff"))
    written = f'src: url("../{first}") format("woff2"),url("../{second}") format("woff")'
    assert written in sheet(tmp_path, result, "css/a.css")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("url(b.woff2) format('woff2'), url('b.woff') format('woff')", "url(b.FILE) format('woff2')"),
        ("local(B), url(b.woff)format(woff),url(b.woff2)format(woff2)", "local(B), url(b.FILE)format(woff2)"),
        ("url(b.woff2) format('woff2'), url(b.woff), url(c.ttf)", "url(b.FILE) format('woff2'), url(c.FILE)"),
    ],
)
def test_a_source_names_copies_of_one_font_once(tmp_path: Path, written: str, expected: str) -> None:
    tree: Tree = {
        "assets/b.woff2": font_file(flavor="woff2"),
        "assets/b.woff": font_file(flavor="woff"),
        "assets/c.ttf": font_file(),
        "assets/a.css": f"@font-face {{ font-family: A; src: {written} }}",
    }
    result = build_with_font(tmp_path, tree)
    assert result.manifest is not None
    files = {stem: result.manifest.assets[f"{stem}.woff2"].file for stem in "bc"}
    for stem, file in files.items():
        expected = expected.replace(f"{stem}.FILE", file)
    assert f"src: {expected} }}" in sheet(tmp_path, result)


def test_a_face_of_a_system_font_follows_the_face_of_the_font(tmp_path: Path) -> None:
    text = sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": _FACE + "\nb { color: red }"}))
    assert _STAND_IN in text
    assert text.index("My Font fallback") > text.index('format("woff2")')
    for name in ("size-adjust", "ascent-override", "descent-override", "line-gap-override"):
        assert f";{name}:" in text


def test_the_fallback_has_weight_style_and_range_of_the_face(tmp_path: Path) -> None:
    face = _FACE.replace(" }", "; font-weight: 700; font-style: italic; unicode-range: U+0-FF }")
    text = sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": face}))
    assert '"My Font fallback";font-weight:700;font-style:italic;unicode-range:U+0-FF;src:local("Arial Bold' in text


def test_lists_of_families_in_all_sheets_have_the_fallback_after_the_font(tmp_path: Path) -> None:
    tree: Tree = {
        "assets/a.css": _FACE,
        "assets/b.css": ":root { --f: My Font, serif } a { font: 1em/2 'my font', serif } b { font-family: Other }",
    }
    text = sheet(tmp_path, build_with_font(tmp_path, tree), "b.css")
    assert text == (
        ':root { --f: My Font,"My Font fallback", serif } a { font: 1em/2 \'my font\',"my font fallback", serif }'
        " b { font-family: Other }"
    )


def test_a_name_with_quotes_and_line_ends_is_escaped(tmp_path: Path) -> None:
    face = _FACE.replace("My Font", "A \\22 \\a B\\5c ")
    text = sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": face}))
    (_, stand_in) = faces(text)
    assert stand_in.family == f"{next(faces(face)).family} fallback"
    assert "\n" in stand_in.family


def test_a_list_that_has_it_already_is_left_alone(tmp_path: Path) -> None:
    rule = 'a { font-family: "My Font", "My Font fallback", serif }'
    assert rule in sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": _FACE + rule}))


def test_no_face_is_added_where_a_sheet_declares_one(tmp_path: Path) -> None:
    own = '@font-face { font-family: "My Font fallback"; src: local(Arial) }'
    text = sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": _FACE + own + 'a { font-family: "My Font" }'}))
    assert "size-adjust" not in text
    assert 'a { font-family: "My Font" }' in text


@pytest.mark.parametrize("rule", [', fallback = "none"', ', formats = ["woff"], fallback = "none"'])
def test_none_writes_no_fallback(tmp_path: Path, rule: str) -> None:
    text = sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": _FACE + 'a { font-family: "My Font" }'}, rule))
    assert "fallback" not in text


def test_the_fallback_may_be_named(tmp_path: Path) -> None:
    text = sheet(tmp_path, build_with_font(tmp_path, {"assets/a.css": _FACE}, ', fallback = "Times New Roman"'))
    assert 'src:local("Times New Roman"),local("TimesNewRomanPSMT")' in text


@pytest.mark.parametrize(
    ("lists", "system"),
    [
        ('h1 { font-family: "My Font", serif }', "Times New Roman"),
        (':root { --code: "My Font", ui-monospace, monospace }', "Courier New"),
        ('h1 { font-family: "My Font", sans-serif }', "Arial"),
        ('h1 { font-family: "My Font", serif } p { font-family: "My Font", monospace }', "Arial"),
        ('h1 { font-family: "My Font" }', "Arial"),
    ],
)
def test_of_a_font_without_a_kind_the_generic_family_in_lists_decides(tmp_path: Path, lists: str, system: str) -> None:
    result = build_with_font(tmp_path, {"assets/a.css": _FACE, "assets/b.css": lists})
    assert f'src:local("{system}")' in sheet(tmp_path, result)


def test_icons_have_no_fallback(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.css": _FACE, "assets/a.ttf": font_file("\ue001é")}
    assert "fallback" not in sheet(tmp_path, build_with_font(tmp_path, tree))


def test_other_fonts_are_left_alone(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.css": _FACE + "@font-face { font-family: B; src: url(b.eot) }", "assets/b.eot": "x"}
    assert "B fallback" not in sheet(tmp_path, build_with_font(tmp_path, tree))


def test_an_edited_sheet_keeps_its_map(tmp_path: Path) -> None:
    tree: Tree = {
        "assets/a.scss": _FACE + "\nh1 { b { font-family: 'My Font'; background: url(b.png) } }",
        "assets/b.png": "",
    }
    result = build_with_font(tmp_path, tree, rest="source_maps = true")
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].map == "a.css.map"
    assert result.manifest.assets["b.png"].file in sheet(tmp_path, result)


def test_a_sheet_preloads_the_fonts_that_lists_name(tmp_path: Path) -> None:
    tree: Tree = {
        "assets/a.css": _FACE,
        "assets/b.css": "a { font-family: my font }",
        "assets/c.css": "@import 'a.css';",
    }
    result = build_with_font(tmp_path, tree)
    assert [preloads(result, path) for path in ("a.css", "b.css", "c.css")] == [("a.woff2",), (), ("a.woff2",)]


def test_a_font_that_no_list_names_is_not_preloaded(tmp_path: Path) -> None:
    assert preloads(build_with_font(tmp_path, {"assets/a.css": _FACE})) == ()


def test_of_faces_with_a_range_those_with_latin_letters_are_preloaded(tmp_path: Path) -> None:
    faces = "".join(
        f"@font-face {{ font-family: A; src: url({name}.ttf); unicode-range: {found} }}"
        for name, found in (("a", "U+0-FF, U+131"), ("b", "U+400-4FF"))
    )
    tree: Tree = {"assets/a.css": faces + "a { font-family: A }", "assets/b.ttf": font_file(LETTERS)}
    assert preloads(build_with_font(tmp_path, tree)) == ("a.woff2",)


def test_a_rule_may_leave_preloads_out(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.css": _FACE + "a { font-family: 'My Font' }"}
    assert preloads(build_with_font(tmp_path, tree, ", preload = false")) == ()


def test_small_fonts_in_the_sheet_itself_are_those_that_were_made(tmp_path: Path) -> None:
    result = build_with_font(tmp_path, {"assets/a.css": _FACE}, rest="data_urls = { limit = 50000 }")
    assert "data:font/woff2;base64,d09GMg" in sheet(tmp_path, result)
