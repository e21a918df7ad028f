"""The pages of the documentation: on GitHub their links resolve, and what is made from the code is up to date."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.site import DOCS, PAGES, PROJECT, SCHEME, SOURCES, github_anchors_of, github_html, links_of
from website.index import index
from website.made import MADE, write

_ROOT_PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
    "benchmarks/README.md",
)
_WRITTEN = [page for page in PAGES if not re.fullmatch(r"errors/[a-z-]+\.md", page)]  # those have an index of their own


@pytest.mark.parametrize("path", MADE)
def test_pages_made_from_the_code_are_current(path: str, update_golden: bool) -> None:
    if update_golden:
        write(path)
    assert (PROJECT / path).read_text(encoding="utf-8") == MADE[path]()


def test_every_page_is_in_the_index_once() -> None:
    listed = sorted(entry.page for entry in index())
    assert listed == sorted(page for page in [*_WRITTEN, *(set(SOURCES) - set(PAGES))] if page != "README.md")


def test_index_has_the_sections() -> None:
    sections = list(dict.fromkeys(entry.section for entry in index()))
    assert sections == [
        "Start",
        "Guides",
        "Frameworks",
        "Deploy",
        "Coming over",
        "Reference",
        "Explanations",
        "Contribute",
    ]


@pytest.mark.parametrize("path", [*_ROOT_PAGES, *(f"docs/{page}" for page in PAGES)])
def test_links_on_github_resolve(path: str) -> None:
    broken = []
    for link in links_of(github_html((PROJECT / path).read_text(encoding="utf-8"))).links:
        target, _, anchor = link.partition("#")
        if SCHEME.match(link):
            continue
        file = (PROJECT / path).parent / unquote(target) if target else PROJECT / path
        file = file / "README.md" if anchor and file.is_dir() else file
        is_there = file.exists() and (not anchor or anchor in github_anchors_of(file))
        broken += [] if is_there else [link]
    assert broken == []


def test_docs_has_only_files_of_the_site() -> None:
    kinds = {path.suffix for path in DOCS.rglob("*") if path.is_file()}
    assert kinds == {".md", ".png", ".svg", ".txt"}


@pytest.mark.parametrize("page", sorted(DOCS.glob("guides/*.md")), ids=lambda page: page.stem)
def test_guides_have_a_reason_steps_and_a_way_out(page: Path) -> None:
    """When to use it comes first, then a block to copy; what goes wrong is linked with its diagnostic."""
    text = page.read_text(encoding="utf-8")
    _, first, rest = text.split("\n\n", 2)
    assert not first.startswith(("#", "```", "|", "- "))
    assert "\n```" in rest
    assert "](../errors/" in text
