"""Font faces in sheets, and the lists of families that use them."""

import pytest

from buildassets.compiler.languages.css.families import faces, used_families


def test_a_face_has_its_family_its_descriptors_and_its_place() -> None:
    text = "a{b:c}@media print{@FONT-face{Font-Family:'A \\62';SRC:url(a.ttf)format('x'),local(b);font-weight:1 2}}d{}"
    (face,) = faces(text)
    assert text[face.start : face.end].startswith("@FONT-face{")
    assert text[face.start : face.end].endswith("1 2}")
    assert (face.family, face.descriptors["font-weight"]) == ("A b", "1 2")
    assert text[slice(*face.src)] == "url(a.ttf)format('x'),local(b)"


@pytest.mark.parametrize(
    "text", ["@font-face{src:url(a)}", "@font-face", '"@font-face{font-family:a}"', "/*@font-face{*/"]
)
def test_a_rule_without_a_family_is_not_a_face(text: str) -> None:
    assert list(faces(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a{font-family:Inter , 'Open Sans',serif}", ["Inter", "Open Sans", "serif"]),
        ("a{font:italic bold 1em/2 Open Sans,serif}", ["Open Sans", "serif"]),
        ("a{font:large Inter}", ["Inter"]),
        ("a{font:1em 'Inter' !important}", ["Inter"]),
        (":root{--sans:Inter,sans-serif;--x:Inter;--y:Inter,red}", ["Inter", "sans-serif"]),
        ("a{font-family:var(--x,Inter),Arial}", ["Arial"]),
        ("@font-face{font-family:Inter}", []),
        ("@media x{a:hover{font-family:Inter;b{font-family:Arial}}}", ["Inter", "Arial"]),
        ("a{content:'font-family:Inter'}", []),
        ("a{font-family:Inter", ["Inter"]),
        ("a{transition:font-family 1s, Inter}", []),
    ],
)
def test_lists_of_families_are_found(text: str, expected: list[str]) -> None:
    assert [family.name for family in used_families(text)] == expected


def test_a_family_ends_where_its_name_ends() -> None:
    text = "a { font: 1em 'Open Sans' , serif ; }"
    assert [text[: family.end] for family in used_families(text)] == [text[:25], text[:33]]
