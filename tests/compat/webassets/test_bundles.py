"""Bundles of Flask-Assets, as that system makes them and as we do: the same files, joined in the same order."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.compat.webassets.site import NAMES, of_peer, of_us
from tests.conftest import MadeOnce

pytestmark = pytest.mark.thorough


@pytest.fixture
def both(made_once: MadeOnce) -> tuple[Any, Any]:
    def make(folder: Path) -> None:
        found = [of_peer(folder / "peer"), of_us(folder / "ours")]
        (folder / "found.json").write_text(json.dumps(found))

    peer, ours = json.loads((made_once("webassets", make) / "found.json").read_text())
    return peer, ours


def meaning(text: str) -> str:
    """`text` without what minification, joining and fingerprints change."""
    text = re.sub(r"url\([^)]*/", "url(", text)
    text = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", re.sub(r"//.*|\?[0-9a-f]{8}", "", text))
    for short, colour in {"#010203": "rgb(1,2,3)", "#040506": "rgb(4,5,6)", "#070809": "rgb(7,8,9)"}.items():
        text = text.replace(short, colour)
    return re.sub(r"[\s;\"]", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_bundle_holds_the_files_of_the_other_system(both: tuple[Any, Any], name: str) -> None:
    peer, ours = both
    assert [*map(meaning, ours["texts"][name])] == [*map(meaning, peer["texts"][name])]


def test_a_page_has_as_many_elements(both: tuple[Any, Any]) -> None:
    for element in ("<link", "<script", "integrity=", " defer"):
        assert both[1]["page"].count(element) == both[0]["page"].count(element) > 0
