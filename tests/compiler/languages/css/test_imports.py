"""The head of a sheet, and what takes the place of an import."""

import pytest

from buildassets.compiler.languages.css.imports import Conditions, head_of, layers_of, without_strays
from buildassets.compiler.languages.edits import edited


def conditions(written: str, closers: str = "") -> Conditions | None:
    (one,) = head_of(written, closers).imports
    return one.conditions


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('@import "a.css";', Conditions()),
        ("@import url(a.css);", Conditions()),
        ('@IMPORT url( "a.css" )screen;', Conditions(media="screen")),
        ('@import "a.css" layer;', Conditions(layer="")),
        ('@import "a.css" layer( x.y ) print, screen;', Conditions(layer="x.y", media="print, screen")),
        ('@import "a.css" layer() print;', Conditions(media="layer() print")),
        ('@import "a.css" layer(x y);', Conditions(media="layer(x y)")),
        ('@import "a.css" layer supports(not (a: b)) tv;', Conditions("", "not (a: b)", "tv")),
        ('@import "a.css" supports(a: b) layer;', Conditions(supports="a: b", media="layer")),
        ('@import "a.css"/* ; */ /**/ screen /**/;', Conditions(media="screen /**/")),
        ('@import "a.css" \\6c ayer(x);', Conditions(layer="x")),
        ("@import src(a.css);", None),
        ("@import screen;", None),
    ],
)
def test_conditions_of_an_import(written: str, expected: Conditions | None) -> None:
    assert conditions(written) == expected


def test_an_import_that_ends_with_the_sheet_is_closed() -> None:
    assert conditions('@import "a.css" layer(x', ");") == Conditions(layer="x")


@pytest.mark.parametrize(
    ("given", "before", "after"),
    [
        (Conditions(), "", ""),
        (Conditions("", None, ""), "@layer{", "}"),
        (Conditions("x.y", "a: b", "tv"), "@media tv{@supports (a: b){@layer x.y{", "}}}"),
    ],
)
def test_conditions_are_written_around_rules(given: Conditions, before: str, after: str) -> None:
    assert given.around("") == (before, after)


@pytest.mark.parametrize(
    ("inner", "outer", "both"),
    [
        (Conditions("x"), Conditions("y"), Conditions("y.x")),
        (Conditions(media="tv"), Conditions("y"), Conditions("y", media="tv")),
        (Conditions(supports="a: b"), Conditions(supports="c: d"), Conditions(supports="(c: d) and (a: b)")),
        (Conditions(media="tv"), Conditions(media="print"), None),
        (Conditions(), Conditions(""), None),
        (Conditions(""), Conditions(), Conditions("")),
        (Conditions(""), Conditions("x"), None),
    ],
)
def test_conditions_within_others(inner: Conditions, outer: Conditions, both: Conditions | None) -> None:
    assert inner.within(outer) == both


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('@import "a"; p {} @import "b";', 1),
        ('@layer x; @import "a"; @layer y; @import "b";', 1),
        ('@foo; @import "a"; @bar {} @import "b";', 2),
        ('@import "a" {} @import "b";', 1),
        ('@namespace x "y"; @import "a";', 0),
        ('/**/ <!-- @import "a"; --> @import "b"', 2),
    ],
)
def test_imports_that_count(text: str, number: int) -> None:
    assert len(head_of(text, "").imports) == number


@pytest.mark.parametrize(("text", "span"), [('@import "a"; @namespace "b";', (13, 23)), ('p {} @namespace "b";', None)])
def test_a_namespace_that_counts(text: str, span: tuple[int, int] | None) -> None:
    assert head_of(text, "").namespace == span


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("p { color: red }", ""),
        ("@layer x, y; p {}", "@layer x, y;"),
        ("@layer x { p {} @layer y {} }", "@layer x{@layer y{}}"),
        ("@media tv { p {} @layer x { p {} } }", "@media tv{@layer x{}}"),
        ("@media tv { p {} }", ""),
        ("@layer { p {} }", None),
        ("p { @layer x { color: red } }", None),
        ("@keyframes layer { from {} }", ""),
    ],
)
def test_layers_of_a_sheet(text: str, layers: str | None) -> None:
    assert layers_of(text) == layers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p {} } q {} b {}", "p {}  b {}"),
        ("<!-- p {} --> q {}", " p {}  q {}"),
        ('p { a: "-->" } /* <!-- */', 'p { a: "-->" } /* <!-- */'),
    ],
)
def test_strays_are_removed(text: str, expected: str) -> None:
    assert edited(text, without_strays(text)) == expected
