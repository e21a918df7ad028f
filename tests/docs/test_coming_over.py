"""docs/coming-over: what the pages show is run as it stands."""

import os
import re
import sys
from pathlib import Path

import pytest

from buildassets.compat.compressor.build.settings import KNOWN
from tests.conftest import write_tree
from tests.docs.error_pages import Page, replayed, runner

FOLDER = Path(__file__).parents[2] / "docs/coming-over"
PAGES = sorted(FOLDER.glob("*.md"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_example_prints_what_the_page_shows(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    text = path.read_text("utf-8")
    page = Page(path.stem, text)
    run = runner(page.blocks())
    shown = ""
    for block in page.blocks():
        if block.file:
            write_tree(tmp_path, {block.file: block.text})
            continue
        session, code = replayed(block.commands, run)
        assert code == 0, session
        shown = session
        if pytestconfig.getoption("update_golden"):
            path.write_text(text[: block.start] + session + text[block.end :], "utf-8")
        else:
            assert session == block.text
    assert shown


def test_page_of_django_compressor_has_each_setting() -> None:
    table = (FOLDER / "django-compressor.md").read_text("utf-8").partition("## Settings")[2]
    assert set(re.findall(r"`([A-Z_0-9]+)`", table)) - {"STATIC_URL", "DEBUG"} >= set(KNOWN)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
