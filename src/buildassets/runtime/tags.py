"""Writes HTML elements, escaped so that no value can end its attribute or element.

Takes names and values, gives markup. Pure; standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

# A subset of the characters that HTML allows (section 13.1.2.3), with `@click.prevent`, `x-on:click` and `:src`.
_IN_ATTRIBUTE_NAMES: Final = "abcdefghijklmnopqrstuvwxyz0123456789-.:@"
_NOT_IN_FRONT: Final = "0123456789-."

# Texts that end an element, and `<!--`: before `<script` it keeps a later `</script>` from ending the element
# (HTML section 4.12.1.3). Not compiled here, so that imports stay fast.
_STYLE_END: Final = "(?ia)</(?=style)"
_SCRIPT_END: Final = "(?ia)<(?=/script|!--)"
_BEFORE_SVG: Final = r"(?s)(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)*+"
SPECULATION_RULES: Final = "application/speculationrules+json"  # HTML, section 7.6.1.2
_SVG_START: Final = r"<svg[\s/>]"


class Markup(str):
    """Text that is HTML: template engines that know `__html__` do not escape it again."""

    __slots__ = ()

    def __html__(self) -> str:
        """The text itself."""
        return self


def attribute_names(given: Mapping[str, object]) -> dict[str, object]:
    """`given` under HTML's names: `data_turbo_track` → `data-turbo-track`, `class_` → `class`, in lower case.

    Raises ValueError for a name that is not an attribute name in HTML.
    """
    return {_attribute_name(name): value for name, value in given.items()}


@lru_cache(maxsize=256)  # pages use about a dozen names, each many times
def _attribute_name(name: str) -> str:
    html_name = name.removesuffix("_").replace("_", "-").lower()
    if not html_name or html_name[0] in _NOT_IN_FRONT or html_name.strip(_IN_ATTRIBUTE_NAMES):
        raise ValueError(f"{name!r} is not an attribute name")
    return html_name


def element(tag: str, attributes: Mapping[str, object], text: str | None = None) -> Markup:
    """The element `tag` with `text`, which is not escaped; None for an element without content and end tag.

    A value of True gives the bare attribute, False and None omit it. All others are escaped, even markup: an entity or
    a tag has another meaning inside quotes.
    """
    start = f"<{tag}{_written(attributes)}>"
    return Markup(start if text is None else f"{start}{text}</{tag}>")


def _written(attributes: Mapping[str, object]) -> str:
    written = ""
    for name, value in attributes.items():
        if value is True:
            written = f"{written} {name}"
        elif value is not False and value is not None:
            written = f'{written} {name}="{_escaped(str(value))}"'
    return written


@lru_cache(maxsize=1024)  # the same URLs, integrity metadata and nonces recur; escaping is a quarter of a tag's time
def _escaped(value: str) -> str:
    """`value`, escaped for double quotes. Not by `html.escape`: `html` also loads 2,231 named characters, in 2 ms."""
    if value.isalnum():
        return value
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;").replace("'", "&#39;")


def image_size(entry: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """The `width` and `height` of an image for `<img>`, which keep the page from moving when it arrives.

    `entry` may have both, in CSS pixels. Of `given` attributes a number scales the other value; any other text stands
    alone, since it has no ratio.
    """
    width, height = entry.get("width"), entry.get("height")
    asked = {name: given[name] for name in ("width", "height") if given.get(name) is not None}
    if not isinstance(width, int) or not isinstance(height, int) or len(asked) == 2:
        return asked
    scaled = {"width": width, "height": height} | asked
    for name, other, ratio in (("width", "height", height / width), ("height", "width", width / height)):
        if name in asked and asked[name] is not False:
            number = str(asked[name])
            if not number.isascii() or not number.isdecimal():
                return asked
            scaled[other] = max(1, int(int(number) * ratio + 0.5))
    return scaled


def style(css: str, attributes: Mapping[str, object]) -> Markup:
    r"""`<style>` with `css`. `</style` becomes `<\/style`, which means the same in strings, comments and `url()`."""
    return element("style", attributes, re.sub(_STYLE_END, r"<\\/", css))


def script(javascript: str, attributes: Mapping[str, object]) -> Markup:
    r"""`<script>` with `javascript`. `<` before `/script` and `!--` becomes `\u003c`.

    This means the same in strings, templates, regular expressions and JSON. Elsewhere these characters occur only in a
    comparison with a regular expression or a decrement, which becomes a syntax error, but never markup.
    """
    return element("script", attributes, re.sub(_SCRIPT_END, r"\\u003c", javascript))


def data(json: str, attributes: Mapping[str, object]) -> Markup:
    """`<script>` with `json` as data, which scripts can read from its text."""
    return script(json, {"type": "application/json", **attributes})


def speculation(rules: str, attributes: Mapping[str, object]) -> Markup:
    """`<script type="speculationrules">` with `rules`."""
    return script(rules, {"type": "speculationrules", **attributes})


def svg(image: str, attributes: Mapping[str, object]) -> Markup:
    """The `<svg>` element of `image`, without an XML declaration or the like. Raises ValueError for anything else.

    `attributes` come first, so that they win: of two attributes with one name, HTML uses the first.
    """
    svg_and_rest = re.sub(_BEFORE_SVG, "", image, count=1)
    if not re.match(_SVG_START, svg_and_rest):
        raise ValueError("an SVG image to be inlined must begin with `<svg`")
    return Markup(f"<svg{_written(attributes)}{svg_and_rest.removeprefix('<svg').rstrip()}")


# The function that inlines an asset, by media type.
INLINE: Final[Mapping[str, Callable[[str, Mapping[str, object]], Markup]]] = {
    "text/css": style,
    "text/javascript": script,
    "application/json": data,
    SPECULATION_RULES: speculation,
    "image/svg+xml": svg,
}
