import pytest

from buildassets.compiler.engines.sass.advice import advice


def given(message: str, text: str) -> str | None:
    """The advice about what stands behind the mark `¤` in `text`."""
    before, _, after = text.partition("¤")
    return advice(message, after.partition("\n")[0], before + after, len(before), texts=lambda: [before + after])


@pytest.mark.parametrize(
    ("message", "text", "hint"),
    [
        ("Undefined variable.", "$brand: 1;\na { b: ¤$brnad; }", "did you mean `$brand`?"),
        ("Undefined variable.", "// $brnad: 1;\na { b: ¤$brand; }", "define it above, or load the file that does"),
        ("no mixin named buton", "@mixin button { b: c }\na { @include ¤buton; }", "did you mean `button`?"),
        ("Undefined mixin.", "@mixin button { b: c }\na { ¤@include x.buton; }", "did you mean `button`?"),
    ],
)
def test_undefined_name_is_compared_with_defined_names(message: str, text: str, hint: str) -> None:
    assert given(message, text) == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a {\n  b: c\n  ¤d: e;\n}", "end line 2 with `;`"),
        ("a {\n  b: c // no end\n\n  ¤d: e;\n}", "end line 2 with `;`"),
        ("a {\n  @include x\n  ¤d: e;\n}", "end line 2 with `;`"),
        ("a {\n  b: c;\n  ¤d: e;\n}", None),
        ("a {\n  b: c,\n  ¤d: e;\n}", None),
        ("a {\n  b { c: d; }\n  e: f;¤\n", "close the block of line 1 with `}`"),
        ("a {\n  b: '{';\n}\nc {\n  d {¤", "close the block of line 5 with `}`"),
    ],
)
def test_unclosed_block_is_named_by_its_line(text: str, hint: str | None) -> None:
    assert given('expected "}".', text) == hint


def test_a_built_in_module_is_loaded_by_its_name() -> None:
    message = 'There is no module with the namespace "math".'
    assert given(message, "a { b: ¤math.div(1, 2) }") == 'write `@use "sass:math";` at the top of the file'


def test_other_messages_have_no_advice() -> None:
    assert given("Incompatible units px and em.", "a { b: ¤1px + 1em }") is None
