"""The page of a report: one file, whose data commands nothing."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from buildassets.release.report.page import report_page

HOSTILE = "</script><script>alert(1)</script><!--<script>\x1b[2J\u202e\udcff&\"'"


class Parsed(HTMLParser):
    """The elements of a page, and the text of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self._open: int | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = len(self.elements)
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.texts[self._open] = self.texts.get(self._open, "") + data

    def text(self, tag: str, number: int = 0) -> str:
        indices = [index for index, (name, _) in enumerate(self.elements) if name == tag]
        return self.texts[indices[number]]


def page(name: str = "a.css") -> str:
    return report_page({"release": "0" * 64, "assets": [{"path": name}], name: name})


def test_nothing_is_loaded_from_elsewhere() -> None:
    for tag, attributes in Parsed(page()).elements:
        assert not {"src", "srcset", "action", "data", "poster"} & attributes.keys(), tag
        assert (attributes.get("href") or "#").startswith(("#", "data:,")), tag
    assert "http" not in page().replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_policy_allows_the_own_style_and_script_only() -> None:
    parsed = Parsed(page())
    (policy,) = (one["content"] for tag, one in parsed.elements if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for directive, text in (("style-src", parsed.text("style")), ("script-src", parsed.text("script", 1))):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


def test_a_hostile_name_is_data_and_nothing_else() -> None:
    plain, hostile = Parsed(page()), Parsed(page(HOSTILE))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    data: Any = json.loads(hostile.text("script"))
    assert data["assets"][0]["path"] == (r"</script><script>alert(1)</script><!--<script>\x1b[2J\u202e\udcff&" + "\"'")


def test_the_page_is_ascii_and_so_the_same_in_any_encoding() -> None:
    assert page("\u00e4\u6211").isascii()


@pytest.mark.parametrize("attribute", ["onclick", "onload", "style"])
def test_there_are_no_inline_handlers_and_styles(attribute: str) -> None:
    assert all(attribute not in attributes for _, attributes in Parsed(page()).elements)


def test_every_section_has_a_heading_and_every_reference_to_an_element_a_target() -> None:
    elements = Parsed(page()).elements
    ids = {attributes["id"] for _, attributes in elements if "id" in attributes}
    for tag, attributes in elements:
        assert tag != "section" or attributes.get("aria-labelledby") in ids
        named = (attributes.get("aria-labelledby"), attributes.get("aria-describedby"))
        assert {one for one in named if one} <= ids
        assert not re.match("#.", attributes.get("href") or "") or (attributes["href"] or "")[1:] in ids
