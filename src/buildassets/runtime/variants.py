"""The markup of pictures that a release has in several widths and formats: `srcset`, `<picture>` and preloads.

Takes a release and names, gives attributes and markup. Pure; standard library only. Loaded at the first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from buildassets.runtime.not_found import AssetNotFound
from buildassets.runtime.tags import Markup, element, image_size

_SMALLEST_FIRST: Final = ("image/avif", "image/webp")  # a browser takes the first of which it knows the type
_FOR_ALL: Final = "image/webp"  # what older browsers know, where an element cannot offer several types
_USUAL_SIZES: Final = "100vw"  # HTML, section 4.8.4.2.1: what it means if it is absent, but it must not be


class Pictures(Protocol):
    """The queries to a release: its entries and URLs by name."""

    @property
    def entries(self) -> Mapping[str, Any]:
        """The entries of the manifest."""

    @property
    def urls(self) -> Mapping[str, str]:
        """The URLs of files."""


_Group = list[tuple[int, str]]  # width and name of each variant of one type, ascending


def picture(release: Pictures, name: str, alt: str, given: dict[str, Any]) -> Markup:
    """`<picture>` with a `<source>` for each type; `given` are attributes of its `<img>`, besides `sizes`, `widths`."""
    groups = _groups(release, name, given.pop("widths", True))
    own: str = release.entries[name].get("type", "")
    types = [*(one for one in _SMALLEST_FIRST if one in groups), *sorted(groups.keys() - {*_SMALLEST_FIRST})]
    sizes = given.pop("sizes", None)
    of_image = types.pop() if types and types[-1] == own else None
    sources = [
        element("source", {"type": one, "srcset": _srcset(release, groups[one]), "sizes": sizes or _USUAL_SIZES})
        for one in types
    ]
    group = groups[of_image] if of_image else []
    return element("picture", {}, "".join([*sources, _image(release, name, alt, group, sizes=sizes, given=given)]))


def image(release: Pictures, name: str, alt: str, given: dict[str, Any]) -> Markup:
    """`<img>` with the `widths` that `given` asks for, of the one type that is sure to be known by the browser."""
    groups = _groups(release, name, given.pop("widths", True))
    kind = _one_type(groups, release.entries[name].get("type", ""))
    return _image(release, name, alt, groups.get(kind, []), sizes=given.pop("sizes", None), given=given)


def preload(release: Pictures, name: str, link: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a link that preloads what `picture` shows in a browser of today, or `image` with `widths`.

    `link` are those for the file itself. They have no `href`: only a browser that does not know `imagesrcset` would use
    it, and load a file that it does not show.
    """
    widths = given.pop("widths", None)
    sizes = given.pop("imagesizes", None) or given.pop("sizes", None)
    if widths is False or "imagesrcset" in given:
        return link | given
    groups = _groups(release, name, True if widths is None else widths)
    kind = given.pop("type", None)
    if kind not in groups:
        best = next((one for one in _SMALLEST_FIRST if one in groups), None)
        kind = best if best and widths is None else _one_type(groups, link["type"])
    set_of_images = {"imagesrcset": _srcset(release, groups[kind]), "imagesizes": sizes or _USUAL_SIZES}
    return {"rel": link["rel"], "as": link["as"], "type": kind, **set_of_images, **given}


def _image(release: Pictures, name: str, alt: str, group: _Group, *, sizes: object, given: dict[str, Any]) -> Markup:
    size = image_size(release.entries[name], given)
    several = {"srcset": _srcset(release, group), "sizes": sizes or _USUAL_SIZES} if group else {}
    widest = group[-1][1] if group else name  # of the same format it suits every browser, and holds no place or camera
    shown = widest if release.entries[widest]["type"] == release.entries[name].get("type") else name
    return element("img", {"src": release.urls[shown], **several, "alt": alt} | given | size)


def _one_type(groups: dict[str, _Group], own: str) -> str:
    """The type for an element that can offer only one: that of the source `own`, or else what most browsers know."""
    return next((one for one in (own, _FOR_ALL) if one in groups), min(groups, default=""))


def _groups(release: Pictures, name: str, widths: object) -> dict[str, _Group]:
    """The variants of `name` by type: those of `widths`, or all if that is True.

    A width that is larger than the picture is not made, and left out; if all are, the widest are taken. Raises
    AssetNotFound for any other width that is not made.
    """
    entry = release.entries[name]
    variants: list[str] = entry.get("variants") or []
    groups: dict[str, _Group] = {}
    for variant in variants:
        found = release.entries[variant]
        groups.setdefault(found["type"], []).append((found["width"], variant))
    if widths is True or widths is None or not groups:
        return {kind: sorted(group) for kind, group in groups.items()}
    asked = [width for width in widths_of(widths) if width <= entry.get("width", width)]
    made = {width for group in groups.values() for width, _ in group}
    for width in asked:
        if width not in made:
            stem, dot, suffix = variants[0].rpartition(".")
            raise AssetNotFound(f"{stem.rpartition('.')[0]}.{width}w{dot}{suffix}", variants)
    taken = set(asked) or {max(made)}
    chosen = {kind: sorted(one for one in group if one[0] in taken) for kind, group in groups.items()}
    return {kind: group for kind, group in chosen.items() if group}


def widths_of(given: object) -> list[int]:
    """The widths in `given`: a number, several, or a text such as `480, 960`, as Django's templates have no lists.

    Raises ValueError for anything else.
    """
    parts: Any = given.replace(",", " ").split() if isinstance(given, str) else given
    parts = [parts] if isinstance(parts, int) else parts
    try:
        return [int(str(part).removesuffix("w")) for part in parts]
    except (TypeError, ValueError):
        raise ValueError(f"`widths` cannot be {given!r}: write numbers of pixels, as in `480, 960`") from None


def _srcset(release: Pictures, group: _Group) -> str:
    return ", ".join(f"{release.urls[name]} {width}w" for width, name in group)
