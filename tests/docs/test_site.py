"""The documentation as a site: built without a warning, it shows what GitHub shows and loads nothing from elsewhere."""

import posixpath
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conftest import MadeOnce
from tests.docs.error_pages import codes_with_a_page
from tests.docs.site import (
    PROJECT,
    SCHEME,
    SOURCES,
    built_site,
    github_anchors_of,
    github_html,
    html_of,
    links_of_page,
    pages_of,
    shown,
)
from website.index import index

pytestmark = pytest.mark.thorough  # `make docs` builds the site, too

_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


@pytest.fixture
def site(made_once: MadeOnce) -> Path:
    """The folder of the site."""
    return built_site(made_once)


@pytest.mark.parametrize("page", SOURCES)
def test_the_site_shows_what_github_shows(page: str, site: Path) -> None:
    markdown, html = SOURCES[page].read_text(encoding="utf-8"), (site / html_of(page)).read_text(encoding="utf-8")
    assert shown(html, is_page=True) == shown(github_html(markdown), is_page=False)


@pytest.mark.parametrize("page", SOURCES)
def test_headings_have_the_anchors_of_github(page: str, site: Path) -> None:
    assert github_anchors_of(SOURCES[page]) <= links_of_page(site / html_of(page)).anchors


def test_links_of_the_site_resolve(site: Path) -> None:
    pages = {path.relative_to(site).as_posix(): links_of_page(path) for path in pages_of(site)}
    broken = []
    for page, found in pages.items():
        for link in found.links:
            target, _, anchor = link.partition("#")
            if SCHEME.match(link) or page == "404.html":
                continue
            name = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(target))) if target else page
            name = posixpath.join(name, "index.html") if (site / name).is_dir() else name
            is_there = (site / name).is_file() and (
                not anchor or unquote(anchor) in pages[posixpath.normpath(name)].anchors
            )
            broken += [] if is_there else [f"{page}: {link}"]
    assert broken == []
    assert sum(len(found.links) for found in pages.values()) > 5_000


@pytest.mark.parametrize("code", codes_with_a_page())
def test_page_that_a_code_once_had_leads_to_its_section(code: str, site: Path) -> None:
    family, name = code.split("/")
    assert links_of_page(site / f"errors/{code}/index.html").links == [f"../#{name}"]
    assert name in links_of_page(site / f"errors/{family}/index.html").anchors


@pytest.mark.parametrize(
    ("old", "new"), [("serving", "../deploy/serving/"), ("project/changelog", "../../contribute/changelog/")]
)
def test_address_that_a_page_once_had_leads_to_it(old: str, new: str, site: Path) -> None:
    assert links_of_page(site / old / "index.html").links == [new]
    assert (site / old / new / "index.html").is_file()


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    loaded = [one for path in pages_of(site) for one in links_of_page(path).loaded]
    assert len(loaded) > 500
    assert [one for one in loaded if _ELSEWHERE.match(one)] == []


def test_style_sheets_load_nothing_from_other_hosts(site: Path) -> None:
    sheets = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert sheets
    assert [
        found for text in sheets for found in re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\s]*", text)
    ] == []


def test_llms_txt_names_the_markdown_of_each_page(site: Path) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    named = re.findall(r"^- \[[^\]]+\]\(([^)]+)\): ", text, re.MULTILINE)
    assert named == [entry.page for entry in index()]
    assert [page for page in named if not (site / page).is_file()] == []
    assert text.startswith("# buildassets\n\n> ")


def test_link_to_a_missing_heading_fails_the_build(tmp_path: Path) -> None:
    """The strictness that the tests above rely on."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n\n[b](#b)\n")
    settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    (tmp_path / "mkdocs.yml").write_text(settings.replace("hooks: [website/hooks.py]\n", ""))
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "there is no such anchor" in done.stderr
