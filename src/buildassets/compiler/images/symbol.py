"""Makes the `<symbol>` of one icon: an SVG image in a form in which many are in one document, a sprite. Pure.

Its ids, classes and animations get names that no other icon has. What a page that uses the icon would run or load is
refused, and what shows nothing is left out: titles, metadata, the elements and attributes of editors.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from buildassets.compiler.images.svg import lengths, size
from buildassets.compiler.languages.css.scoped import ClassScope, UnscopedError, scoped
from buildassets.compiler.languages.markup import svg
from buildassets.compiler.languages.markup.svg_fault import svg_fault
from buildassets.compiler.languages.markup.svg_minify import is_kept_comment, merged, without_space
from buildassets.compiler.languages.markup.xml_events import (
    SEPARATOR,
    RefusedError,
    XmlEvent,
    XmlKind,
    written,
    written_attributes,
    xml_events,
)
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import icon_id

_SVG: Final = f"http://www.w3.org/2000/svg{SEPARATOR}"
_ATTRIBUTES_OF_OTHERS: Final = {
    f"http://www.w3.org/1999/xlink{SEPARATOR}href": "href",
    f"http://www.w3.org/XML/1998/namespace{SEPARATOR}space": "xml:space",
    f"http://www.w3.org/XML/1998/namespace{SEPARATOR}lang": "xml:lang",
}
_LEFT_OUT: Final = ("title", "desc", "metadata")
# Attributes of the root that the `<svg>` in the page has, or that mean nothing in a symbol.
_OF_PAGE: Final = frozenset(
    (
        *("width", "height", "x", "y", "id", "version", "baseProfile", "zoomAndPan", "enable-background"),
        *("contentScriptType", "contentStyleType", "focusable", "role"),
    )
)
_NAMELESS: Final = lazy_pattern(r"aria-|data-|role\Z")
_OWN_URL: Final = lazy_pattern(r"(url\(\s*[\"']?#)([^\"')]+?)([\"']?\s*\))", re.IGNORECASE)
_EVENT: Final = lazy_pattern(r"(\A|;)(\s*)([^\s;.+]+)(?=\.)")
_SCRIPT_URL: Final = lazy_pattern(r"(?i)[\x00-\x20]*(?:java|vb)[\t\n\r]*script[\t\n\r]*:|[\x00-\x20]*data:text/html")
_ANIMATED: Final = ("from", "to", "by", "values")  # SVG Animations 2, section 2.14
_URLS: Final = ("href", "xlink:href")
_IN_ESCAPED: Final = lazy_pattern(r"[^A-Za-z0-9-]")


class IconError(ValueError):
    """No symbol can be made of the image; `code` is that of the diagnostic, the text goes on from the file's name.

    `span` is where it shows in the text of the file, if that is known.
    """

    def __init__(self, code: str, message: str, hint: str | None, span: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.span = span


class Symbol(NamedTuple):
    """The `text` of the element; `size` is what the image has in CSS pixels; `licences` are comments that stay."""

    text: str
    size: tuple[int, int] | None
    licences: tuple[str, ...]


def symbol(name: str, text: str) -> Symbol:
    """The symbol of the icon `name`, whose file has this `text`. Raises IconError."""
    events = _events(text)
    _refuse_active(events, text)
    drawn = list(_drawn(events))
    names = _IconNames(name, drawn)
    try:
        inner = merged(without_space(names.renamed(drawn[1:-1])))
    except UnscopedError as fault:
        message = f"has a style sheet that would concern other icons, too: {fault}"
        hint = "write its styles as attributes, or select by classes alone"
        raise IconError("icon/style", message, hint, _span(text, str(fault).strip("`"), "<style", ":style")) from None
    root = [("id", icon_id(name)), *_root_attributes(names, drawn[0], text)]
    # In one line, as `buildassets.runtime.icons` takes it apart; a line end in an attribute is a reference already.
    made = f"<symbol{written_attributes(root)}>{written(inner)}</symbol>".replace("\n", "&#10;")
    later = written(list(_animated(drawn)))
    if loaded := svg.scan(f'<svg xmlns="http://www.w3.org/2000/svg">{made}{later}</svg>'):
        hint = "put what it loads into it, as a `data:` URL"
        message = f"loads `{loaded[0].url}`, which pages do not load for an icon"
        raise IconError("icon/reference", message, hint, _span(text, loaded[0].url))
    licences = tuple(dict.fromkeys(event.text for event in events if is_kept_comment(event)))
    return Symbol(made, size(text), licences)


def _events(text: str) -> list[XmlEvent]:
    try:
        events = xml_events(text, namespaces=True)
    except RefusedError as refused:
        fault = svg_fault(text)
        if fault is None:
            hint = "save it as plain SVG, as vector editors can"
            raise IconError("icon/unreadable", str(refused), hint, _span(text, "<!ENTITY", "<!")) from None
        raise IconError("icon/unreadable", fault.message, fault.hint, (fault.start, fault.end)) from None
    root = next(event for event in events if event.kind is XmlKind.START).name
    if root != f"{_SVG}svg":
        name = root.rpartition(SEPARATOR)[2]
        message = "has no namespace, and browsers show nothing of it"
        message = message if name == "svg" else f"is not SVG: its root is `<{name}>`"
        hint = 'begin it with `<svg xmlns="http://www.w3.org/2000/svg"`'
        raise IconError("icon/unreadable", message, hint, _span(text, f"<{name}", f":{name}"))
    return events


def _span(text: str, *parts: str) -> tuple[int, int] | None:
    """Where the first of `parts` that is in `text` stands there."""
    places = ((text.find(part), len(part)) for part in parts if part)
    return next(((start, start + length) for start, length in places if start >= 0), None)


def _refuse_active(events: Iterable[XmlEvent], text: str) -> None:
    """Raise IconError where the image runs a script, or has parts of HTML, which no sprite shows."""
    hint = "remove it: icons become parts of pages"
    for event in events:
        name = event.name.rpartition(SEPARATOR)[2]
        if event.kind is XmlKind.INSTRUCTION and name == "xml-stylesheet":
            message = "loads a style sheet, which pages do not load for an icon"
            raise IconError("icon/reference", message, hint, _span(text, "<?xml-stylesheet"))
        if event.kind is not XmlKind.START:
            continue
        if name.lower() in ("script", "foreignobject", "handler", "iframe"):
            raise IconError("icon/script", f"has a `<{name}>`", hint, _span(text, f"<{name}", f":{name}"))
        for attribute, value in event.attributes:
            local = attribute.rpartition(SEPARATOR)[2]
            if local.lower().startswith("on") or _SCRIPT_URL.match(value) or _runs_later(local, value):
                where = _span(text, f"{local}=" if local.lower().startswith("on") else value, local)
                raise IconError("icon/script", f"runs a script by `{local}`", hint, where)


def _runs_later(attribute: str, value: str) -> bool:
    """Whether an animation sets what would run: `<set attributeName="onclick">`, or one of several values of `href`."""
    if attribute == "attributeName":
        return value.strip().lower().startswith("on")
    return attribute == "values" and any(_SCRIPT_URL.match(one) for one in value.split(";"))


def _drawn(events: Iterable[XmlEvent]) -> Iterator[XmlEvent]:
    """The elements of SVG that draw, under names without their namespace, and the texts in them."""
    left_out = 0  # how many elements are open from the first that is left out
    depth = 0
    for event in events:
        is_left_out = not event.name.startswith(_SVG) or event.name.removeprefix(_SVG) in _LEFT_OUT
        if event.kind is XmlKind.START:
            left_out += bool(left_out or is_left_out)
            depth += 1
            if not left_out:
                yield XmlEvent(XmlKind.START, event.name.removeprefix(_SVG), "", tuple(_known(event.attributes)))
        elif event.kind is XmlKind.END:
            depth -= 1
            if not left_out:
                yield XmlEvent(XmlKind.END, event.name.removeprefix(_SVG))
            left_out -= bool(left_out)
        elif event.kind is XmlKind.TEXT and depth and not left_out:
            yield event


def _known(attributes: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The attributes of SVG itself; `xlink:href` is `href`, which counts if there are both (SVG 2, section 16.1)."""
    has_href = any(name == "href" for name, _ in attributes)
    for name, value in attributes:
        known = name if SEPARATOR not in name else _ATTRIBUTES_OF_OTHERS.get(name)
        if known and not (known == "href" and name != "href" and has_href) and not _NAMELESS.match(known):
            yield known, value


def _animated(events: Iterable[XmlEvent]) -> Iterator[XmlEvent]:
    """Elements that have at once what animations set one after another."""
    for event in events:
        is_of_url = _animates_url(event)
        for name, value in event.attributes:
            if name in _ANIMATED:
                attribute = "href" if is_of_url else "fill"
                for one in value.split(";") if is_of_url else (value,):
                    yield XmlEvent(XmlKind.START, "image", "", ((attribute, one.strip()),))
                    yield XmlEvent(XmlKind.END, "image")


def _animates_url(event: XmlEvent) -> bool:
    """Whether `event` is an element that animates what an element refers to."""
    return any(name == "attributeName" and value.strip() in _URLS for name, value in event.attributes)


class _IconNames:
    """The names that one icon has in the sprite, for everything that it names itself."""

    def __init__(self, icon: str, drawn: Sequence[XmlEvent]) -> None:
        self._prefix = "ico-" + _IN_ESCAPED.sub(lambda match: _escape(match[0]), icon)
        self.has_style = any(event.name == "style" for event in drawn)
        self._ids = {value: self._name(value) for event in drawn for name, value in event.attributes if name == "id"}
        self._ids |= {value: icon_id(icon) for name, value in drawn[0].attributes if name == "id"}

    @property
    def scope(self) -> str:
        """The class of the root."""
        return self._prefix

    def _name(self, name: str) -> str:
        # No escape ends in `_-`, so that no two icons get one name.
        return f"{self._prefix}_-{name}"

    def renamed(self, events: Iterable[XmlEvent]) -> Iterator[XmlEvent]:
        """The `events` under the new names. Raises UnscopedError for a sheet that cannot have them."""
        is_style = False
        for event in events:
            if event.kind is XmlKind.TEXT:
                yield XmlEvent(XmlKind.TEXT, text=self._sheet(event.text)) if is_style else event
                continue
            is_style = event.kind is XmlKind.START and event.name == "style"
            of = self.animated if _animates_url(event) else self.value
            yield event._replace(attributes=tuple((name, of(name, value)) for name, value in event.attributes))

    def _sheet(self, css: str) -> str:
        return scoped(self._urls(css), ClassScope(self._prefix, self._name))

    def value(self, name: str, value: str) -> str:
        """The value of the attribute `name` under the new names."""
        if name == "id":
            return self._ids[value]
        if name == "href":
            return "#" + self._ids.get(value[1:], value[1:]) if value.startswith("#") else value
        if name == "class" and self.has_style:
            return " ".join(map(self._name, value.split()))
        if name in ("begin", "end"):
            return _EVENT.sub(lambda match: f"{match[1]}{match[2]}{self._ids.get(match[3], match[3])}", value)
        return self._urls(value)

    def animated(self, name: str, value: str) -> str:
        """The value of the attribute `name` of an element that animates an `href`."""
        if name == "attributeName":
            return "href"
        if name not in _ANIMATED:
            return self.value(name, value)
        return ";".join(self.value("href", one.strip()) for one in value.split(";"))

    def _urls(self, text: str) -> str:
        if "#" not in text:
            return text
        return _OWN_URL.sub(lambda match: f"{match[1]}{self._ids.get(match[2], match[2])}{match[3]}", text)


def _escape(letter: str) -> str:
    return "__" if letter == "_" else f"_{ord(letter):x}_"


def _root_attributes(names: _IconNames, root: XmlEvent, text: str) -> Iterator[tuple[str, str]]:
    """The attributes of the symbol: what the image draws with, and its classes if a sheet in it may ask for them."""
    given = {name: value for name, value in root.attributes if name not in _OF_PAGE}
    classes = given.pop("class", "")
    if names.has_style:
        yield "class", " ".join(filter(None, [names.scope, names.value("class", classes)]))
    width, height = lengths(text)
    if "viewBox" not in given and width and height:
        yield "viewBox", f"0 0 {width:g} {height:g}"
    for name, value in given.items():
        yield name, names.value(name, value)


def sprite_text(symbols: Iterable[Symbol]) -> str:
    """The document of `symbols`: one a line, after the licences of all, each once."""
    listed = list(symbols)
    licences = dict.fromkeys(licence for one in listed for licence in one.licences)
    lines = (*(f"<!--{licence}-->" for licence in licences), *(one.text for one in listed))
    return "\n".join(('<svg xmlns="http://www.w3.org/2000/svg">', *lines, "</svg>"))
