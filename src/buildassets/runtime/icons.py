"""The markup of icons: an `<svg>` that shows a symbol of a sprite, or has it inside. Loaded at the first use.

Takes a release and names, gives markup. Standard library and light modules of the vocabulary only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from buildassets.foundation.paths import icon_id
from buildassets.runtime.not_found import NameNotFound
from buildassets.runtime.tags import Markup, element, image_size

Sprites: TypeAlias = "dict[str, Mapping[str, list[int]]]"  # by logical path, the sizes of icons by name

# What a build writes: each symbol in one line, with its `id` first.
_SYMBOL: Final = r'<symbol id="[^"]*"((?: [^\s=]+=(?:"[^"]*"|\'[^\']*\'))*)(?:/>|>(.*)</symbol>)(?=\n)'
_ATTRIBUTE: Final = r""" ([^\s=]+)=("[^"]*"|'[^']*')"""
_NO_SPRITES: Final = "name a folder of icons under `[tool.buildassets.icons]`"


class IconNotFound(NameNotFound):
    """No sprite of the release has an icon of this name, or several have."""


def sprites_of(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> Sprites:
    """The sprites in the `entries` of a manifest."""
    return {path: entry["icons"] for path, entry in entries if entry.get("icons")}


def found(sprites: Sprites, name: str, sprite: str | None) -> str:
    """The sprite that has the icon `name`: the one that is named, or else the only one. Raises IconNotFound."""
    if sprite is not None and sprite not in sprites:
        hint = f"name one of {' and '.join(f'`{one}`' for one in sorted(sprites))}" if sprites else _NO_SPRITES
        raise IconNotFound(name, (), f"no sprite is named `{sprite}`", hint)
    having = [path for path in ([sprite] if sprite else sorted(sprites)) if name in sprites[path]]
    if len(having) == 1:
        return having[0]
    if having:
        listed = " and ".join(f"`{path}`" for path in having)
        hint = f'pass one of them, as in `sprite="{having[0]}"`'
        raise IconNotFound(name, (), f"the icon `{name}` is in {listed}", hint)
    known = {icon for icons in sprites.values() for icon in icons}
    raise IconNotFound(name, sorted(known), f"no icon is named `{name}`", "" if sprites else _NO_SPRITES)


def outer(size: list[int], label: object, given: dict[str, Any]) -> dict[str, object]:
    """The attributes of the `<svg>` of an icon: decoration for screen readers, or an image with a name.

    What is `given` goes before our own.
    """
    entry = dict(zip(("width", "height"), size, strict=False))
    is_named = label is not None and label is not False and str(label) != ""
    spoken: dict[str, object] = {"role": "img", "aria-label": label} if is_named else {"aria-hidden": "true"}
    return given | image_size(entry, given) | {name: value for name, value in spoken.items() if name not in given}


def by_use(url: str, name: str, attributes: dict[str, object]) -> Markup:
    """The icon `name` of the sprite at `url`."""
    return element("svg", attributes, element("use", {"href": f"{url}#{icon_id(name)}"}, ""))


def inlined(sprite: str, name: str, attributes: dict[str, object]) -> Markup:
    """The icon `name` itself, out of the text of its `sprite`. Of its own attributes those that are given are left out.

    Its own class stays: the style sheet in the icon asks for it.
    """
    found = re.compile(_SYMBOL).match(sprite, sprite.index(f'<symbol id="{icon_id(name)}"'))
    assert found
    own = dict(re.findall(_ATTRIBUTE, found[1]))
    if "class" in own:
        attributes = attributes | {"class": f"{attributes.get('class') or ''} {own['class'][1:-1]}".strip()}
    left = "".join(f" {key}={value}" for key, value in own.items() if key not in attributes)
    return Markup(f"{element('svg', attributes)[:-1]}{left}>{found[2] or ''}</svg>")
