"""The English of the pages: what a merge or an edit leaves behind, and words that the style excludes."""

import re

import pytest

from tests.docs.site import SOURCES

_FENCED = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
_ALIKE = 40
"""Characters at the beginning of two lines of prose that no author writes twice."""


def prose(page: str) -> str:
    """The Markdown of `page` without its fenced blocks."""
    return _FENCED.sub("", SOURCES[page].read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", SOURCES)
def test_lines_begin_unlike_the_two_before(page: str) -> None:
    lines = [line for line in prose(page).splitlines() if not line.startswith("|")]
    alike = [
        line for at, line in enumerate(lines) if line[:_ALIKE] in (one[:_ALIKE] for one in lines[max(at - 2, 0) : at])
    ]
    assert [line for line in alike if len(line) >= _ALIKE] == []


@pytest.mark.parametrize("page", sorted({*SOURCES} - {"project/changelog.md"}))
def test_pages_use_plain_verbs(page: str) -> None:
    assert re.findall(r"^.*\b(?:says?|said|tells?|told)\b.*$", prose(page), re.MULTILINE) == []
