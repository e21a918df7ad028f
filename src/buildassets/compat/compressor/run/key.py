"""The key of a block, made of its content, kind, mode and name.

Takes elements, gives hex digits. Pure. The URL prefix of static files, hashes that a storage put into their names,
queries and white space between elements do not count, nor do the values of a nonce.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import unquote

from buildassets.compat.compressor.run.elements import Attributes, Element

__all__ = ["HASH", "HASH_INSIDE", "VARYING", "Block", "block_key", "source_of", "state_key", "static_path", "url_of"]

_URLS: Final = {"script": "src", "link": "href", "img": "src"}
_DECIDING: Final = ("charset", "rel", "type")  # what decides contents, or is no content to the compiler
_DIGITS: Final = 40
HASH: Final = re.compile(r"\.[0-9a-f]{12}(?=\.[^/]*\Z|\Z)")  # as storages put it into names
HASH_INSIDE: Final = re.compile(r"\.[0-9a-f]{12}")  # may be such a name: a quick search in a text
VARYING: Final = ("nonce",)  # another one in every response


class Block(NamedTuple):
    """The block of a template's tag: kind `css` or `js`, mode `file`, `inline` or `preload`, and perhaps a name."""

    kind: str
    mode: str
    name: str | None


def block_key(
    block: Block,
    elements: Iterable[Element],
    prefixes: Sequence[str],
    is_file: Callable[[str], bool] = lambda _: False,
    *,
    loose: bool = False,
) -> str:
    """The key of a block.

    In a `loose` key only a few attributes count with their values; of the others their names, and which elements have
    the same values. In a logical path what looks like a hash does not count, unless `is_file` has a file of that name.
    """
    groups: dict[Attributes, int] = {}

    def source(url: str) -> str:
        return source_of(url, prefixes, is_file)

    parts = [_part(one, prefixes, source, groups, loose=loose) for one in elements]
    text = json.dumps([*block, loose, parts], separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def state_key(key: str, state: Iterable[tuple[str, object]]) -> str:
    """The key of the block with that `key` in a thread whose state decides what it becomes."""
    text = json.dumps([key, [*state]], separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _part(
    element: Element,
    prefixes: Sequence[str],
    source: Callable[[str], str],
    groups: dict[Attributes, int],
    *,
    loose: bool,
) -> list[object]:
    url_name = _URLS.get(element.name)
    url = url_of(element)
    if url is None and element.text is None and element.name != "link":
        return [_plain(element.markup, prefixes)]
    others = tuple(sorted((name, value or "") for name, value in element.attributes if name != url_name))
    varying = others if loose else tuple(one for one in others if one[0] in VARYING)
    kept = [one for one in others if (one[0] in _DECIDING if loose else one[0] not in VARYING)]
    group = groups.setdefault(varying, len(groups))
    text = None if element.text is None else _plain(element.text.strip(), prefixes)
    names = [name for name, _ in varying]  # who has none becomes something else than who has one
    return [element.name, None if url is None else source(url), text, kept, names, group]


def url_of(element: Element) -> str | None:
    """The URL that an element loads, if it loads one."""
    name = _URLS.get(element.name)
    return element.get(name) if name else None


def source_of(url: str, prefixes: Sequence[str], is_file: Callable[[str], bool] = lambda _: False) -> str:
    """The logical path that `url` names, or the URL unchanged if it names none.

    A name that is none of a file is taken for what a storage made of one.
    """
    path = static_path(url, prefixes)
    if path is None:
        return url
    return path if is_file(path) else HASH.sub("", path)


def static_path(url: str, prefixes: Sequence[str]) -> str | None:
    """The path of `url` below one of the URL prefixes, without its query; None if it is below none."""
    url = url.strip()
    for prefix in prefixes:
        if url.startswith(prefix):
            path = url[len(prefix) :]
            end = min((path.index(mark) for mark in "?#" if mark in path), default=len(path))
            return unquote(path[:end])
    return None


def _plain(text: str, prefixes: Sequence[str]) -> str:
    for prefix in prefixes:
        if len(prefix) > 1:  # `/` would be in every path
            text = text.replace(prefix, "\0")
    return text
