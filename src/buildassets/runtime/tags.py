"""HTML elements from attributes, escaped so that no value can end its place.

Takes names and values, gives markup. Pure; standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Final

# A subset of what HTML's syntax allows (section 13.1.2.3), with room for `@click.prevent`, `x-on:click` and `:src`.
_IN_ATTRIBUTE_NAMES: Final = "abcdefghijklmnopqrstuvwxyz0123456789-.:@"
_NOT_IN_FRONT: Final = "0123456789-."

# What ends the text of an element, and what makes a later `</script>` not end it: `<!--` before `<script`
# (HTML section 4.12.1.3). As texts, so that nothing is compiled before it is used.
_STYLE_END: Final = "(?ia)</(?=style)"
_SCRIPT_END: Final = "(?ia)<(?=/script|!--)"
_BEFORE_SVG: Final = r"(?s)(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)*+"
_SVG_START: Final = r"<svg[\s/>]"


class Markup(str):
    """Text that is HTML already: template engines that know `__html__` do not escape it again."""

    __slots__ = ()

    def __html__(self) -> str:
        """Itself."""
        return self


def attribute_names(given: Mapping[str, object]) -> dict[str, object]:
    """`given` under HTML's names: `data_turbo_track` → `data-turbo-track`, `class_` → `class`, in lower case.

    Raises ValueError for a name that HTML would read as something else.
    """
    return {_attribute_name(name): value for name, value in given.items()}


@lru_cache(maxsize=256)  # pages have a dozen, each of them many times
def _attribute_name(name: str) -> str:
    html_name = name.removesuffix("_").replace("_", "-").lower()
    if not html_name or html_name[0] in _NOT_IN_FRONT or html_name.strip(_IN_ATTRIBUTE_NAMES):
        raise ValueError(f"{name!r} is no attribute name")
    return html_name


def element(tag: str, attributes: Mapping[str, object], text: str | None = None) -> Markup:
    """The element `tag`; `text` as it is, then the end tag, or None for an element that has neither.

    A value of True gives the bare attribute, False and None leave it out. Any other is escaped, even what calls
    itself markup: an entity or a tag is not the same inside quotes.
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


@lru_cache(maxsize=1024)  # URLs, integrity metadata, the nonce of a page: a quarter of the time of a tag
def _escaped(value: str) -> str:
    """`value` between double quotes. Not `html.escape`: `html` also loads 2,231 named characters, in 2 ms."""
    if value.isalnum():
        return value
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;").replace("'", "&#39;")


def style(css: str, attributes: Mapping[str, object]) -> Markup:
    r"""`css` in the page. `</style` is written `<\/style`, which strings, comments and `url()` read as the same."""
    return element("style", attributes, re.sub(_STYLE_END, r"<\\/", css))


def script(javascript: str, attributes: Mapping[str, object]) -> Markup:
    r"""`javascript` in the page. `<` before `/script` and `!--` is written `\u003c`.

    Strings, templates, regular expressions and JSON read that as the same. Outside of them neither stands but in a
    comparison, with a regular expression or a decrement: that becomes a syntax error, and never markup.
    """
    return element("script", attributes, re.sub(_SCRIPT_END, r"\\u003c", javascript))


def data(json: str, attributes: Mapping[str, object]) -> Markup:
    """`json` in the page, for scripts to read from the element's text."""
    return script(json, {"type": "application/json", **attributes})


def svg(image: str, attributes: Mapping[str, object]) -> Markup:
    """The `<svg>` element of `image`, without what XML puts before it. Raises ValueError where that is something else.

    `attributes` come first, and of two with one name HTML takes the first.
    """
    svg_and_rest = re.sub(_BEFORE_SVG, "", image, count=1)
    if not re.match(_SVG_START, svg_and_rest):
        raise ValueError("an SVG image to be inlined must begin with `<svg`")
    return Markup(f"<svg{_written(attributes)}{svg_and_rest.removeprefix('<svg').rstrip()}")


# How an asset of each media type stands in a page.
INLINE: Final[Mapping[str, Callable[[str, Mapping[str, object]], Markup]]] = {
    "text/css": style,
    "text/javascript": script,
    "application/json": data,
    "image/svg+xml": svg,
}
