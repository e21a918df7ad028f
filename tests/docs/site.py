"""The documentation as a site, built once, and what its pages and those on GitHub are made of."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

from tests.conftest import MadeOnce
from website.hooks import OUTSIDE

PROJECT: Final = Path(__file__).parents[2]
DOCS: Final = PROJECT / "docs"
PAGES: Final = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
"""The pages in docs/."""
SOURCES: Final = {page: DOCS / page for page in PAGES} | {page: PROJECT / path for path, page in OUTSIDE.items()}
"""All pages of the site, each with its Markdown."""

SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
"""Begins a link to elsewhere."""

_BLOCKS: Final = {"h1", "h2", "h3", "h4", "li", "ul", "ol", "table", "tr", "th", "td", "blockquote", "pre"}
_MARKED: Final = {"code", "strong", "em"}
_GITHUB: Final = MarkdownIt("commonmark").enable("table").enable("strikethrough")
_NOT_IN_SLUGS: Final = re.compile(r"[^\w\- ]")


def built_site(made_once: MadeOnce) -> Path:
    """Return the folder of the site, which one process of a test run builds."""
    made = made_once("docs-site", _build)
    assert (made / "errors.txt").read_text() == ""
    return made / "site"


def _build(folder: Path) -> None:
    """Build the site in `folder`/site; every warning is an error, and `folder`/errors.txt has the messages."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder / "site")],
        cwd=PROJECT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    (folder / "errors.txt").write_text(done.stderr if done.returncode else "")


def html_of(page: str) -> str:
    """Where the site has a page of Markdown."""
    stem = page.removesuffix(".md")
    return "/".join((*stem.split("/")[:-1], "index.html")) if stem.endswith("README") else f"{stem}/index.html"


def github_html(markdown: str) -> str:
    """The HTML that GitHub makes of `markdown`, as far as pages here use it."""
    html: str = _GITHUB.render(markdown)
    return html


def github_anchors(html: str) -> set[str]:
    """The anchors that GitHub gives to headings; of those with the same words, that of the first."""
    headings = re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", html, re.DOTALL)
    words = (unescape(re.sub(r"<[^>]+>", "", heading)) for heading in headings)
    return {_NOT_IN_SLUGS.sub("", one.lower()).replace(" ", "-") for one in words}


@cache
def github_anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page; those of one are read once for all links to it."""
    return github_anchors(github_html(page.read_text(encoding="utf-8")))


class _Reader(HTMLParser):
    """The parts of an article, in order: block elements, marked words, texts; not where a paragraph begins."""

    def __init__(self, *, is_page: bool) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._text = ""
        self._is_inside = not is_page
        self._is_skipped = self._is_code_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        if tag in _BLOCKS or (tag in _MARKED and not self._is_code_block):
            self.end_text()
            self.parts += [f"<{tag}>"] if self._is_inside else []
        self._is_inside = self._is_inside or tag == "article"
        self._is_code_block = self._is_code_block or tag == "pre"
        self._is_skipped = tag == "a" and "headerlink" in (dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        """Note the text before it."""
        self._is_skipped = self._is_skipped and tag != "a"
        self._is_code_block = self._is_code_block and tag != "pre"
        if tag in _BLOCKS | _MARKED | {"article", "p"} and not self._is_code_block:
            self.end_text()
        self._is_inside = self._is_inside and tag != "article"

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if self._is_inside and not self._is_skipped:
            self._text += data

    def end_text(self) -> None:
        """Note the text that has come until now."""
        if words := " ".join(self._text.split()):
            self.parts.append(words)
        self._text = ""


def shown(html: str, *, is_page: bool) -> list[str]:
    """The text and elements that `html` shows: of its article where it is a page of the site."""
    reader = _Reader(is_page=is_page)
    reader.feed(html)
    reader.end_text()
    return reader.parts


class _Links(HTMLParser):
    """The links of a page, what it has anchors for, and what a browser loads for it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and not {"canonical", "next", "prev"} & set(given.get("rel", "").split()):
            self.loaded.append(given["href"])
        self.loaded += [given[name] for name in ("src", "srcset", "poster", "data") if name in given and tag != "a"]


def links_of(html: str) -> _Links:
    """The links and anchors of `html`."""
    links = _Links()
    links.feed(html)
    return links


@cache
def links_of_page(path: Path) -> _Links:
    """The links and anchors of a page of the built site, which is read once for all tests."""
    return links_of(path.read_text(encoding="utf-8"))


def pages_of(site: Path) -> Iterator[Path]:
    """Every page of the built site."""
    yield from sorted(site.rglob("*.html"))
