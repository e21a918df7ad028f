"""HTML elements from attributes, escaped so that no value can end its place.

Takes names and values, gives markup. Pure; standard library only.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

# A subset of what HTML's syntax allows (section 13.1.2.3), with room for `@click.prevent`, `x-on:click` and `:src`.
_ATTRIBUTE_NAME: Final = re.compile(r"[A-Za-z_:@][-A-Za-z0-9_.:@]*+")

# Our own five, because importing `html` also loads 2,231 named characters: 2 ms of a start-up of a few.
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})

# What ends the text of an element, and what makes a later `</script>` not end it: `<!--` before `<script`
# (HTML section 4.12.1.3).
_STYLE_END: Final = re.compile("</(?=style)", re.IGNORECASE | re.ASCII)
_SCRIPT_END: Final = re.compile("<(?=/script|!--)", re.IGNORECASE | re.ASCII)
_BEFORE_SVG: Final = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)*+", re.DOTALL)
_SVG_START: Final = re.compile(r"<svg[\s/>]")


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
    attributes = {}
    for name, value in given.items():
        html_name = name.removesuffix("_").replace("_", "-").lower()
        if not _ATTRIBUTE_NAME.fullmatch(html_name):
            raise ValueError(f"{name!r} is no attribute name")
        attributes[html_name] = value
    return attributes


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
            written += f" {name}"
        elif value is not False and value is not None:
            written += f' {name}="{str(value).translate(_ESCAPES)}"'
    return written


def style(css: str, attributes: Mapping[str, object]) -> Markup:
    r"""`css` in the page. `</style` is written `<\/style`, which strings, comments and `url()` read as the same."""
    return element("style", attributes, _STYLE_END.sub(r"<\\/", css))


def script(javascript: str, attributes: Mapping[str, object]) -> Markup:
    r"""`javascript` in the page. `<` before `/script` and `!--` is written `\u003c`.

    Strings, templates, regular expressions and JSON read that as the same. Outside of them neither stands but in a
    comparison, with a regular expression or a decrement: that becomes a syntax error, and never markup.
    """
    return element("script", attributes, _SCRIPT_END.sub(r"\\u003c", javascript))


def data(json: str, attributes: Mapping[str, object]) -> Markup:
    """`json` in the page, for scripts to read from the element's text."""
    return script(json, {"type": "application/json", **attributes})


def svg(image: str, attributes: Mapping[str, object]) -> Markup:
    """The `<svg>` element of `image`, without what XML puts before it. Raises ValueError where that is something else.

    `attributes` come first, and of two with one name HTML takes the first.
    """
    svg_and_rest = _BEFORE_SVG.sub("", image, count=1)
    if not _SVG_START.match(svg_and_rest):
        raise ValueError("an SVG image to be inlined must begin with `<svg`")
    return Markup(f"<svg{_written(attributes)}{svg_and_rest.removeprefix('<svg').rstrip()}")


# How an asset of each media type stands in a page.
INLINE: Final[Mapping[str, Callable[[str, Mapping[str, object]], Markup]]] = {
    "text/css": style,
    "text/javascript": script,
    "application/json": data,
    "image/svg+xml": svg,
}
