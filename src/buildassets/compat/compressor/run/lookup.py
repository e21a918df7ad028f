"""Finds the markup that replaces a block by the key of the block.

Takes the release of the process, gives markup, or None where the release has no such block. Imports `runtime`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, unquote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.html import escape, escapejs

from buildassets.compat.compressor.run.elements import LONGEST_KEPT, Element, elements_of
from buildassets.compat.compressor.run.key import HASH, HASH_INSIDE, Block, block_key, state_key, static_path, url_of
from buildassets.compat.compressor.run.settings import blocks_url, url_prefixes
from buildassets.compat.compressor.run.state import state_of
from buildassets.errors import ManifestError
from buildassets.foundation.paths import to_url
from buildassets.runtime import tags
from buildassets.runtime.assets import AssetNotFound, Assets, release_of
from buildassets.runtime.django import assets
from buildassets.runtime.release import Release
from buildassets.runtime.tags import Markup, element

__all__ = [
    "CONTENT_PLACEHOLDER",
    "URL_PLACEHOLDER",
    "current_release",
    "is_steady",
    "looked_up",
    "markup_at",
    "needs_compiling",
]

URL_PLACEHOLDER: Final = "/__compressor_url_placeholder__/"
_PLACEHOLDER: Final = re.compile(rf"{URL_PLACEHOLDER}([^\s\"'<>()\\?#&]+)")
CONTENT_PLACEHOLDER: Final = "/__compressor_content_placeholder__/"
_CONTENT: Final = re.compile(rf"{CONTENT_PLACEHOLDER}([^\s\"'<>()\\?#&]+)")
_NOTHING: Final[Mapping[str, str]] = {}
_FORMS: Final[tuple[Callable[[str], str], ...]] = (str, escape, escapejs, quote)  # as templates write a text
_Tag = Sequence[dict[str, Any]]


def current_release() -> tuple[Assets, Release] | None:
    """The release of the process; None if there is none, so that blocks stay as written."""
    try:
        found = assets()
        release = release_of(found)
    except (ImproperlyConfigured, ManifestError):
        return None
    url = blocks_url()
    return (found, release) if url is None or found.reload else _under(found, release, url)


@lru_cache(maxsize=4)
def _under(found: Assets, release: Release, url: str) -> tuple[Assets, Release]:
    """The release under another URL prefix; a newer `release` gives a new one."""
    try:
        other = found.at(url)
    except ValueError:
        return found, release
    return other, release_of(other)


def looked_up(
    current: tuple[Assets, Release], block: Block, written: str, plain: Mapping[str, str] = _NOTHING
) -> Markup | None:
    """The replacement of `written`, a block as it was rendered; `plain` has the plain URLs by those in it."""
    for key in _keys(current, block, _with_plain_kept(current[1], _with_plain(written, plain))):
        found = markup_at(current, _of_thread(current[1], key), written)
        if found is not None:
            return found
    return None


def _with_plain(written: str, plain: Mapping[str, str]) -> str:
    """The text with plain URLs, also where templates have escaped them; a slash alone may be anything."""
    pairs = tuple(pair for pair in plain.items() if pair[0] != pair[1] and len(pair[0]) > 1)
    if not pairs:
        return written
    pattern, forms = _forms(pairs)
    return pattern.sub(lambda match: forms[match[0]], written)


@lru_cache(maxsize=1024)  # most blocks have the same URLs in every page
def _forms(pairs: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """The plain URLs by all forms of the others, and a pattern that finds these, the longest first."""
    forms = {str(form(url)): str(form(other)) for form in _FORMS for url, other in pairs}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True)))), forms


def _with_plain_kept(release: Release, text: str) -> str:
    """The text with plain URLs also where a fragment that a cache kept has the ones of the release."""
    if not HASH_INSIDE.search(text):
        return text

    def plain(match: re.Match[str]) -> str:
        path = HASH.sub("", unquote(match[1]))
        is_released = _is_asset(release, path) and release.urls[path] == match[0]
        return f"{settings.STATIC_URL}{to_url(path)}" if is_released else match[0]

    return re.sub(rf"{re.escape(release.prefix)}([^\s\"'<>()\\?#&]+)", plain, text)


def is_steady(current: tuple[Assets, Release], block: Block, written: str) -> bool:
    """Whether the replacement of `written` is the same in every thread."""
    return not any(_deciding_state(current[1], key) for key in _keys(current, block, written))


def _of_thread(release: Release, key: str) -> str:
    """The key of the block with that `key` for the state of this thread."""
    names = _deciding_state(release, key)
    found = state_key(key, state_of(names)) if names else key
    return found if found in release.blocks else key


def _deciding_state(release: Release, key: str) -> Sequence[str]:
    """The names of the state on which the block depends, recorded in the first of its tags."""
    tags_of_block: _Tag = release.blocks.get(key) or ()
    return tags_of_block[0].get("state") or () if tags_of_block else ()


def needs_compiling(written: str) -> bool:
    """Whether a block contains code that browsers cannot use: Sass, or a type with a precompiler."""
    return any(_is_compiled(one) for one in elements_of(written))


def _is_compiled(element: Element) -> bool:
    type_ = element.get("type") or ""
    url = (element.get("href") or element.get("src") or "").partition("?")[0]
    named = dict(getattr(settings, "COMPRESS_PRECOMPILERS", None) or ())
    return type_ in named or "scss" in type_ or "sass" in type_ or url.endswith((".scss", ".sass"))


def _keys(current: tuple[Assets, Release], block: Block, written: str) -> tuple[str, ...]:
    prefixes = url_prefixes()
    hashed = _like_hashed(written, prefixes) if HASH_INSIDE.search(written) else ()
    files = frozenset(path for path in hashed if _is_asset(current[1], path))
    make = _kept_keys if len(written) <= LONGEST_KEPT else _made_keys
    return make(block, written, prefixes, None if len(files) == len(hashed) else files)


def _made_keys(block: Block, written: str, prefixes: tuple[str, ...], files: frozenset[str] | None) -> tuple[str, ...]:
    """The keys with names as written; then, but for those of `files`, without what a storage put into them."""
    elements = elements_of(written)
    checks: list[Callable[[str], bool]] = [lambda _: True]
    if files is not None:
        checks.append(files.__contains__)
    return tuple(
        block_key(block, elements, prefixes, is_file, loose=loose) for is_file in checks for loose in (False, True)
    )


def _like_hashed(written: str, prefixes: tuple[str, ...]) -> frozenset[str]:
    """The paths in a block that look as if a storage had put a hash into them."""
    paths = (static_path(url_of(one) or "", prefixes) for one in elements_of(written))
    return frozenset(path for path in paths if path and HASH.search(path))


def _is_asset(release: Release, path: str) -> bool:
    try:
        return bool(release.urls[path])
    except (AssetNotFound, ManifestError):
        return False


_kept_keys: Final = lru_cache(maxsize=1024)(_made_keys)


def markup_at(current: tuple[Assets, Release], key: str, written: str) -> Markup | None:
    """The markup that the release has at `key`, with its varying parts taken from `written`.

    None if it has none, or that names a missing asset.
    """
    release = current[1]
    tags_of_block: _Tag | None = release.blocks.get(key)
    if tags_of_block is None:
        return None
    kept = f"block {key}"
    is_constant = not any(one.get("varying") for one in tags_of_block)
    if is_constant and kept in release.texts:
        return Markup(release.texts[kept])
    try:
        made = Markup("\n".join(_written(current, one, elements_of(written)) for one in tags_of_block))
    except (AssetNotFound, ManifestError, ValueError):
        return None
    if is_constant:
        release.texts[kept] = made
    return made


def _written(current: tuple[Assets, Release], tag: dict[str, Any], elements: Sequence[Element]) -> str:
    given: dict[str, Any] = dict(tag.get("attributes", {}))
    for name, index in (tag.get("varying") or {}).items():
        if index < len(elements):
            given[name] = elements[index].get(name)
    if "text" in tag:
        return _with_text(current, tag["element"], given, tag["text"])
    assets, release = current
    if tag.get("inline"):
        return _inline(assets, tag["element"], given, tag["asset"])
    return _linked(release, tag["element"], given, tag["asset"])


def _linked(release: Release, name: str, given: dict[str, Any], asset: str) -> str:
    url = release.urls[asset]
    asked: dict[str, object] = {"integrity": release.asks_integrity}
    if name == "script":
        checks = release.integrity(asked, asset, is_module=given.get("type") == "module")
        return element("script", {"src": url, **checks, **given}, "")
    relation = str(given.pop("rel", "stylesheet"))
    if relation.lower() == "preload":
        return element("link", release.preload(asset, {**asked, **given, "as": given.get("as")}))
    checks = release.integrity(asked, asset) if relation.lower() == "stylesheet" else {}
    return element("link", {"rel": relation, "href": url, **checks, **given})


def _inline(assets: Assets, name: str, given: dict[str, Any], asset: str) -> str:
    """The element `name` with the text of the asset, whose type decides what may be in a page."""
    return element(name, given, _inside(assets.inline(asset)))


def _inside(markup: str) -> str:
    return markup[markup.index(">") + 1 : markup.rindex("</")]


def _with_text(current: tuple[Assets, Release], name: str, given: dict[str, Any], text: str) -> str:
    urls = current[1].urls
    made = _PLACEHOLDER.sub(lambda match: urls[unquote(match[1])], text)
    made = _CONTENT.sub(lambda match: _inside(current[0].inline(unquote(match[1]))), made)
    if not name:
        return made
    if name in ("script", "style"):
        return (tags.style if name == "style" else tags.script)(made, given)
    return element(name, given, made)
