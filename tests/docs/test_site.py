"""The documentation as a site: built without a warning, it shows what GitHub shows and loads nothing from elsewhere."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conftest import MadeOnce
from tests.docs.site import (
    DOCS,
    PAGES,
    PROJECT,
    SOURCES,
    build,
    github_anchors,
    github_html,
    html_of,
    links_of,
    pages_of,
    shown,
)
from website.index import index
from website.made import MADE, write

_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_ROOT_PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
    "benchmarks/README.md",
)
_WRITTEN = [page for page in PAGES if not re.fullmatch(r"errors/[^/]+/.*", page)]  # those have a table of their own


@pytest.fixture
def site(made_once: MadeOnce) -> Path:
    """The folder of the site."""
    pytest.importorskip("mkdocs")
    made = made_once("docs-site", build)
    assert (made / "errors.txt").read_text() == ""
    return made / "site"


@pytest.mark.parametrize("path", MADE)
def test_what_is_made_from_the_code_is_of_now(path: str, pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        write(path)
    assert (PROJECT / path).read_text(encoding="utf-8") == MADE[path]()


def test_every_page_is_in_the_index_once() -> None:
    listed = sorted(entry.page for entry in index())
    assert listed == sorted(page for page in [*_WRITTEN, *(set(SOURCES) - set(PAGES))] if page != "README.md")


def test_sections_are_those_that_readers_need() -> None:
    sections = list(dict.fromkeys(entry.section for entry in index()))
    assert sections == ["Start", "How to", "Reference", "Explanations", "Coming over", "Comparison", "Project"]


@pytest.mark.parametrize("page", SOURCES)
def test_the_site_shows_what_github_shows(page: str, site: Path) -> None:
    markdown, html = SOURCES[page].read_text(encoding="utf-8"), (site / html_of(page)).read_text(encoding="utf-8")
    assert shown(html, is_page=True) == shown(github_html(markdown), is_page=False)


@pytest.mark.parametrize("page", SOURCES)
def test_headings_have_the_anchors_of_github(page: str, site: Path) -> None:
    html = (site / html_of(page)).read_text(encoding="utf-8")
    wanted = github_anchors(github_html(SOURCES[page].read_text(encoding="utf-8")))
    assert wanted <= links_of(html).anchors


def test_links_of_the_site_lead_to_pages_and_anchors(site: Path) -> None:
    pages = {path.relative_to(site).as_posix(): links_of(path.read_text(encoding="utf-8")) for path in pages_of(site)}
    broken = []
    for page, found in pages.items():
        for link in found.links:
            target, _, anchor = link.partition("#")
            if _SCHEME.match(link) or page == "404.html":
                continue
            name = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(target))) if target else page
            name = posixpath.join(name, "index.html") if (site / name).is_dir() else name
            is_there = (site / name).is_file() and (
                not anchor or unquote(anchor) in pages[posixpath.normpath(name)].anchors
            )
            broken += [] if is_there else [f"{page}: {link}"]
    assert broken == []
    assert sum(len(found.links) for found in pages.values()) > 10_000


@pytest.mark.parametrize("path", [*_ROOT_PAGES, *(f"docs/{page}" for page in PAGES)])
def test_links_on_github_lead_to_files_and_headings(path: str) -> None:
    broken = []
    for link in links_of(github_html((PROJECT / path).read_text(encoding="utf-8"))).links:
        target, _, anchor = link.partition("#")
        if _SCHEME.match(link):
            continue
        file = (PROJECT / path).parent / unquote(target) if target else PROJECT / path
        file = file / "README.md" if anchor and file.is_dir() else file
        is_there = file.exists() and (not anchor or anchor in github_anchors(github_html(file.read_text("utf-8"))))
        broken += [] if is_there else [link]
    assert broken == []


def test_pages_name_nothing_that_lies_elsewhere(site: Path) -> None:
    loaded = [one for path in pages_of(site) for one in links_of(path.read_text(encoding="utf-8")).loaded]
    assert len(loaded) > 1_000
    assert [one for one in loaded if _ELSEWHERE.match(one)] == []


def test_style_sheets_name_nothing_that_lies_elsewhere(site: Path) -> None:
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


def test_a_link_to_a_heading_that_is_not_there_fails_the_build(tmp_path: Path) -> None:
    """The strictness that the tests above rely on."""
    import subprocess
    import sys

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# A\n\n[b](#b)\n")
    settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    (tmp_path / "mkdocs.yml").write_text(settings.replace("hooks: [website/hooks.py]\n", ""))
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "there is no such anchor" in done.stderr


def test_docs_has_only_what_the_site_shows() -> None:
    kinds = {path.suffix for path in DOCS.rglob("*") if path.is_file()}
    assert kinds == {".md", ".svg", ".txt"}
