"""What HTML and SVG documents load, as parsers that are not ours show it: html5lib and expat."""

import re
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

from buildassets.compiler.languages.javascript import references as js
from buildassets.compiler.languages.reference import ReferenceKind
from tests.css_trees import urls as css_urls

html5lib: Any = import_module("html5lib")  # it has no types

HTML, SVG, XLINK = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
LOADED = {
    **{HTML + name: ["src"] for name in ("img", "audio", "embed", "iframe", "source", "track", "frame")},
    **{HTML + name: ["background"] for name in ("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th")},
    HTML + "video": ["src", "poster"],
    HTML + "object": ["data"],
    HTML + "script": ["src"],
    **{
        SVG + name: ["href", XLINK + "href"]
        for name in (
            *("image", "use", "feImage", "script", "linearGradient", "radialGradient", "pattern", "filter"),
            *("textPath", "mpath", "cursor"),
        )
    },
}
STYLED = re.compile("style|fill|stroke|filter|mask|clip-path|cursor|marker(-start|-mid|-end)?")
ICONS = "icon|apple-touch-icon|mask-icon|stylesheet|preload|modulepreload|prefetch|manifest"


def html_urls(text: str) -> list[str]:
    """The URLs that an HTML document loads, sorted: parsing moves what stands between the rows of a table.

    With scripting, and what is in `noscript` as a document of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = html5lib.parse(text, treebuilder="etree", scripting=True)
    found = list(named(url for element in document.iter() for url in of_element(element)))
    for element in document.iter(HTML + "noscript"):
        found += html_urls(element.text or "")
    return sorted(found)


def svg_urls(text: str) -> list[str]:
    """The URLs that an SVG document loads, sorted; xml.etree.ElementTree.ParseError where it is not well-formed."""
    return sorted(named(url for element in ElementTree.fromstring(text).iter() for url in of_element(element)))


def named(urls: Iterator[str]) -> Iterator[str]:
    return (url for url in urls if url.strip() and not url.startswith(("#", "data:")) and "{{" not in url)


def of_element(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str):
        return
    for name, value in element.attrib.items():
        if name in LOADED.get(element.tag, ()):
            yield value
        elif STYLED.fullmatch(name):
            yield from css_urls(f"a{{{value}}}" if name == "style" else f"a{{{name}:{value}}}")
        elif name in ("srcset", "imagesrcset") and element.tag in (HTML + "img", HTML + "source", HTML + "link"):
            yield from (url for url in re.findall(r"(?:^|,)\s*([^\s,]+)", value))
    if element.tag == HTML + "link" and re.search(rf"\b({ICONS})\b", element.get("rel", "")) and element.get("href"):
        yield element.get("href")
    if element.tag == HTML + "input" and element.get("type", "").lower() == "image":
        yield element.get("src", "")
    yield from of_content(element)


def of_content(element: Any) -> Iterator[str]:
    name = element.tag.rpartition("}")[2]
    content = (element.text or "") + "".join(child.tail or "" for child in element)
    if name == "style" and element.get("type", "text/css") in ("", "text/css"):
        yield from css_urls(content)
    is_inline = not {"src", "href", XLINK + "href"} & set(element.attrib)
    if name == "script" and element.get("type", "").lower() == "module" and is_inline:
        yield from (found.url for found in js.scan(content) if found.kind is not ReferenceKind.SOURCE_MAP)
