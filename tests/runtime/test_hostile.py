"""Whatever assets, prefixes and attributes are called, a page has the elements that were asked for, and no script more.

html5lib reads the pages as browsers do.
"""

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.manifest.soundness import is_file
from buildassets.runtime import Assets

html5lib: Any = import_module("html5lib")  # it has no types

PIECES = [
    "javascript:",
    "JaVaScRiPt:",
    "data:text/html,",
    '"',
    "'",
    ">",
    "<",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "`",
]
PIECES += [
    "&",
    "&quot;",
    "&#106;",
    "\r\n",
    "Link: <x>",
    ";",
    ",",
    " ",
    "\t",
    "\0",
    "//",
    "/",
    "\\",
    "a",
    ".js",
    "é",
    "\u2028",
]
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join) | st.text(min_size=1)
names = hostile.filter(is_file)
prefixes = st.sampled_from(["", "/", "/assets/", "https://cdn.example/", "//cdn.example/a/", "assets/"]) | hostile

HELPERS: dict[str, Callable[[Assets, str], str]] = {
    "link": lambda assets, name: assets.stylesheet(name) + assets.preload(name) + assets.modulepreload(name),
    "script": lambda assets, name: assets.script(name) + assets.script(name, type="module", async_=True),
    "img": lambda assets, name: assets.image(name, alt=name.translate({0: "", 13: ""})),
}
PAGE = "https://site.example/page"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


def release(folder: Path, name: str, prefix: str) -> Assets | None:
    """A release that holds `name`; None where the prefix is refused."""
    document = {"schema": 1, "url": "/", "assets": {name: {"file": name, "type": "text/javascript"}}}
    (folder / "m.json").write_text(json.dumps({**document, "importmap": {name: name}}))
    try:
        return Assets(folder / "m.json", url=prefix)
    except ValueError:
        return None


def page(markup: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page whose body is `markup`, but for the three that every page has."""
    found = html5lib.parse(f"<!doctype html><html><head></head><body>{markup}", namespaceHTMLElements=False).iter()
    return [(str(one.tag), dict(one.attrib)) for one in found if one.tag not in ("html", "head", "body")]


def is_fetched(url: str) -> bool:
    """Whether a browser makes of `url`, in a page, an address that it asks a server for."""
    stripped = re.sub("[\t\n\r]", "", url.strip("".join(map(chr, range(33)))))
    return urlsplit(urljoin(PAGE, stripped)).scheme.lower() in ("http", "https")


@given(names, prefixes, st.sampled_from(sorted(HELPERS)))
def test_markup_is_the_element_with_an_address_of_a_server(folder: Path, name: str, prefix: str, tag: str) -> None:
    assets = release(folder, name, prefix)
    if assets is None:
        return
    found = page(HELPERS[tag](assets, name))
    assert found
    for one, attributes in found:
        assert one == tag
        assert set(attributes) <= {"rel", "href", "src", "type", "defer", "async", "as", "alt"}
        assert is_fetched(attributes.get("href") or attributes["src"])


@given(names, prefixes)
def test_a_url_stays_in_the_attribute_that_a_template_puts_it_in(folder: Path, name: str, prefix: str) -> None:
    assets = release(folder, name, prefix)
    if assets is not None:
        url = assets.url(name)
        for quote in "\"'":
            ((tag, attributes),) = page(
                f"<a href={quote}{url.replace('&', '&amp;').replace(quote, '&#39;')}{quote}></a>"
            )
            assert (tag, attributes) == ("a", {"href": url})
        assert is_fetched(url)


@given(names, prefixes)
def test_import_map_is_one_script_with_the_whole_map(folder: Path, name: str, prefix: str) -> None:
    assets = release(folder, name, prefix)
    if assets is None:
        return
    parsed = html5lib.parse(assets.importmap(), namespaceHTMLElements=False)
    (script,) = parsed.iter("script")
    assert [child.tag for child in parsed.iter()] == ["html", "head", "script", "body"]
    assert json.loads(script.text or "") == {"imports": {name: script_address(assets.url(name))}}


def script_address(url: str) -> str:
    return url if url.startswith(("/", "./", "../")) or "://" in url else f"./{url}"


@given(names, prefixes)
def test_hints_are_values_of_one_header(folder: Path, name: str, prefix: str) -> None:
    assets = release(folder, name, prefix)
    if assets is None:
        return
    for hint in assets.early_hints(name, modules=[name]):
        assert hint.isascii()
        assert hint.isprintable()
        assert re.fullmatch(r'<[^<>"\s]*>(?:; [a-z]+=(?:[A-Za-z0-9]+|"[^"]*"))+', hint), hint
        assert is_fetched(hint[1 : hint.index(">")])


@given(hostile)
def test_no_prefix_makes_a_url_of_another_scheme_than_http(folder: Path, prefix: str) -> None:
    assets = release(folder, "a.js", prefix)
    assert assets is None or is_fetched(assets.url("a.js"))


@given(hostile, st.sampled_from(["nonce", "media", "crossorigin", "integrity", "fetchpriority", "type"]))
def test_values_of_attributes_stay_in_their_place(folder: Path, value: str, attribute: str) -> None:
    assets = release(folder, "a.js", "/")
    assert assets is not None
    asked: dict[str, Any] = {attribute: value}
    ((tag, attributes),) = page(assets.script("a.js", **asked))
    assert tag == "script"
    assert set(attributes) <= {"src", "defer", "crossorigin", attribute}
    assert attributes[attribute] == re.sub("\r\n?", "\n", value).replace("\0", "\ufffd")
