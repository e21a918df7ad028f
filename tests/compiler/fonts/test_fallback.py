"""System fonts that are brought to the measures of web fonts."""

import pytest

from buildassets.compiler.engines.fonttools import MadeFont, made
from buildassets.compiler.fonts.fallback import fallback_descriptors, system_font, weight_parts
from buildassets.compiler.fonts.subset import FontMetrics, LikeFont, Subset
from tests.fonts import published

_METRICS = FontMetrics("Arial", 96875, 24121, 0, 47384, 48693)


def test_the_measures_are_relative_to_the_adjusted_size() -> None:
    text = fallback_descriptors(_METRICS, "auto", 400, is_italic=False)
    size = 47384 / 44142
    assert text.startswith('src:local("Arial"),local("ArialMT"),local("Liberation Sans"),local("Arimo");')
    expected = f"size-adjust:{size:.2%};ascent-override:{0.96875 / size:.2%};descent-override:{0.24121 / size:.2%}"
    assert text.endswith(f"{expected};line-gap-override:0%")


def test_a_bold_face_is_measured_against_the_bold_system_font() -> None:
    text = fallback_descriptors(_METRICS, "auto", 700, is_italic=True)
    assert 'local("Arial Bold Italic"),local("Arial-BoldItalicMT")' in text
    assert f"size-adjust:{48693 / 47727:.2%};" in text


def test_none_writes_no_face() -> None:
    assert fallback_descriptors(_METRICS, "none", 400, is_italic=False) == ""


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        ("", (("", 400),)),
        ("bold", (("bold", 700),)),
        ("300", (("300", 300),)),
        ("100 900", (("100 599", 400), ("600 900", 700))),
        ("600 900", (("600 900", 600),)),
    ],
)
def test_a_range_of_weights_has_a_regular_and_a_bold_part(weight: str, expected: tuple[tuple[str, int], ...]) -> None:
    assert weight_parts(weight) == expected


@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("style", ["normal", "italic"])
@pytest.mark.parametrize(
    ("family", "twin"), [("Arial", "arimo"), ("Times New Roman", "tinos"), ("Courier New", "cousine")]
)
def test_the_known_widths_are_those_of_fonts_with_the_same_measures(
    family: LikeFont, twin: str, weight: int, style: str
) -> None:
    file = published(f"@fontsource/{twin}/files/{twin}-latin-{weight}-{style}.woff2")
    font = made(Subset(str(file), ((0x20, 0x7E),), "woff2"), "a.woff2")
    assert isinstance(font, MadeFont)
    assert font.metrics is not None
    known = system_font(family, is_bold=weight == 700, is_italic=style == "italic")
    assert font.metrics.width == known.width
