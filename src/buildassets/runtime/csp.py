"""Computes the sources of a Content-Security-Policy that what is in a page needs (CSP 3, section 2.3).

Takes markup, gives sources by directive. Standard library only. Not imported unless a policy is asked for.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

_SCRIPTS = ("", "module", "importmap", "speculationrules", "text/javascript", "application/javascript")
_NEWLINES = re.compile(r"\r\n?")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def sources(prefix: str, markup: Iterable[str]) -> dict[str, list[str]]:
    """The sources of `script-src` and `style-src`: the place of files below the URL `prefix`, then hashes.

    Attributes `style` in `markup` need `'unsafe-hashes'`, which allows these values only. Handlers of events in
    attributes are left out: they are code that a policy is there to stop.
    """
    place = _place(prefix)
    found = {"script-src": [place], "style-src": [place]}
    for one in markup:
        for directive, source in _sources_in(str(one)):
            if source not in found[directive]:
                found[directive].append(source)
    return found


def _place(prefix: str) -> str:
    """The source for all files below `prefix`; a path alone stands for no host, so it is `'self'`."""
    if "//" not in prefix:
        return "'self'"
    return prefix.removeprefix("//").replace(";", "%3B").replace(",", "%2C")  # these end a source or a policy


@lru_cache(maxsize=64)  # the same elements stand in every page
def _sources_in(markup: str) -> tuple[tuple[str, str], ...]:
    page = _Page()
    page.feed(markup)
    page.close()
    return tuple(page.found)


class _Page(HTMLParser):
    """Collects the sources of the elements in a part of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._directive = ""
        self._text = ""
        self._svgs = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}  # the first of a name counts
        self._svgs += tag == "svg"
        if "style" in attributes:
            self.found += (("style-src", "'unsafe-hashes'"), ("style-src", _hash(attributes["style"])))
        is_script = tag == "script" and attributes.get("type", "").strip().lower() in _SCRIPTS
        if tag == "style" or (is_script and "src" not in attributes):
            self._directive = "style-src" if tag == "style" else "script-src"
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def unknown_decl(self, data: str) -> None:
        """Take the text of a section in an SVG, which this parser leaves out."""
        self._text += data.removeprefix("CDATA[")

    def handle_endtag(self, tag: str) -> None:
        self._svgs -= tag == "svg"
        if tag in ("script", "style") and self._directive:
            self.found.append((self._directive, _hash(_in_svg(self._text) if self._svgs else self._text)))
            self._directive = ""


def _in_svg(text: str) -> str:
    """The text of an element in an SVG, which is raw in HTML only (HTML, section 13.2.6.5)."""
    parts = _CDATA.split(text)
    return "".join(part if index % 2 else unescape(part) for index, part in enumerate(parts))


def _hash(text: str) -> str:
    """The hash of what a browser reads of `text`: a parser has only line feeds (HTML, section 13.2.3.5)."""
    read = _NEWLINES.sub("\n", text).replace("\0", "\ufffd")
    return f"'sha256-{b64encode(sha256(read.encode('utf-8', 'replace')).digest()).decode('ascii')}'"
