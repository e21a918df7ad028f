"""Packages of django-pipeline, as that system makes them and as we do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.compat.pipeline.site import JAVASCRIPT, STYLESHEETS, of_peer, of_us
from tests.conftest import MadeOnce

pytestmark = pytest.mark.thorough

_NAMES = [*(f"css {name}" for name in STYLESHEETS), *(f"js {name}" for name in JAVASCRIPT)]
_WITH_TEMPLATES = ("js templates", "js template")  # which are compiled: run in tests/browser


@pytest.fixture
def both(made_once: MadeOnce) -> tuple[Any, Any]:
    def make(folder: Path) -> None:
        found = [of_peer(folder / "peer"), of_us(folder / "ours")]
        (folder / "found.json").write_text(json.dumps(found))

    peer, ours = json.loads((made_once("pipeline", make) / "found.json").read_text())
    return peer, ours


def meaning(text: str) -> str:
    """`text` without what minification, joining and fingerprints change."""
    text = re.sub(r"url\([^)]*/", "url(", re.sub(r"data:image/png;(?:charset=utf-8;)?", "data:", text))
    text = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", text)
    for short, colour in {"#010203": "rgb(1,2,3)", "#040506": "rgb(4,5,6)", "#070809": "rgb(7,8,9)"}.items():
        text = text.replace(short, colour)
    return re.sub(r"[\s;\"']", "", text)


@pytest.mark.parametrize("name", [name for name in _NAMES if name not in _WITH_TEMPLATES])
def test_package_holds_the_files_of_the_other_system(both: tuple[Any, Any], name: str) -> None:
    peer, ours = both
    assert meaning(ours["texts"][name]) == meaning(peer["texts"][name])


def test_a_page_has_as_many_elements(both: tuple[Any, Any]) -> None:
    for element in ('rel="stylesheet"', "<script", 'media="screen"', " defer"):
        assert both[1]["page"].count(element) == both[0]["page"].count(element) > 0
