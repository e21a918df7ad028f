"""The first example of docs/guides/vite.md, with a real Vite."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from buildassets.runtime import Assets
from tests.corpus.building import build
from tests.vite import FRONT, vite_build

PAGE = (Path(__file__).parents[2] / "docs/guides/vite.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.corpus


def test_the_first_example(tmp_path: Path) -> None:
    ours, theirs, jinja = re.findall(r"```(?:toml|js|jinja)\n(.*?)```", PAGE, re.DOTALL)[:3]
    vite_build(tmp_path, FRONT, {"front/vite.config.js": theirs})
    assets = Assets(build(tmp_path, ours).folder / "manifest.json")
    environment = Environment(extensions=["buildassets.runtime.jinja.AssetsExtension"])
    environment.assets = assets  # type: ignore[attr-defined]  # as the extension has it
    page = environment.from_string(jinja).render()
    assert re.findall(r'rel="(\w+)"|<(script)', page)[-1] == ("", "script")
    assert 'rel="stylesheet"' in page
