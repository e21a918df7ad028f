"""Why browsers show nothing of an SVG file."""

import pytest

from buildassets.compiler.languages.markup.svg_fault import svg_fault

HEAD = '<svg xmlns="http://www.w3.org/2000/svg">'
BOMB = "<!DOCTYPE svg [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1 or str()};' * 20}'>" for n in range(1, 20)
)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        (f"{HEAD}\n<g></svg>", "is not well-formed XML: mismatched tag", "svg>"),
        (f"{HEAD}é<use xlink:href='#a'/></svg>", "is not well-formed XML: unbound prefix", "<use"),
        (f"{HEAD}&nbsp;</svg>", "is not well-formed XML: undefined entity", "&nbsp;"),
        (f"{HEAD}<g>", "is not well-formed XML: no element found", ">"),
        ("<svg><path d='M0 0'/></svg>", "has no namespace, and browsers show nothing of it", "<svg"),
    ],
)
def test_images_that_browsers_do_not_show_are_found(text: str, message: str, at: str) -> None:
    found = svg_fault(text)
    assert found is not None
    assert found.message == message
    assert text.startswith(at, found.start)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<!-- é -->{HEAD}<path/></svg>",
        "<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:path/></s:svg>",
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://a.example/svg11.dtd'>" + HEAD + "</svg>",
        "<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'>]><svg xmlns='&ns;'><path/></svg>",
        "<svg/>",
    ],
)
def test_images_that_browsers_show_are_left_alone(text: str) -> None:
    assert svg_fault(text) is None


def test_entities_are_not_expanded() -> None:
    assert svg_fault(f"{BOMB}]><svg>&a19;</svg>") is None


@pytest.mark.parametrize("encoding", ["Shift_JIS", "GB2312", "x-sjis", "base64", "undefined", "idna"])
def test_an_encoding_that_only_browsers_know_is_left_to_them(encoding: str) -> None:
    assert svg_fault(f"<?xml version='1.0' encoding='{encoding}'?>{HEAD}<path/></svg>") is None
