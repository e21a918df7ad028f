"""Drafts a sprite: reads the icons of a folder and makes a symbol of each.

Takes the source of the sprite, gives its draft; a fault of an icon is an error that names the icon's file.
"""

from typing import Final

from buildassets.compiler.images.symbol import IconError, Symbol, sprite_text, symbol
from buildassets.compiler.images.variant import Icon, Sprite
from buildassets.compiler.languages.utf8 import decoded
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.discover import unreadable
from buildassets.compiler.transform.recipes import Making
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate


def _drafted(source: Source, sprite: Sprite) -> Draft:
    symbols: dict[str, Symbol] = {}
    faults: list[Diagnostic] = []
    for icon in sprite.icons:
        made = _symbol(icon)
        if isinstance(made, Diagnostic):
            faults.append(made)
        else:
            symbols[icon.name] = made
    return Draft(
        source,
        sprite_text(symbols.values()).encode("utf-8"),
        inputs=tuple(icon.path for icon in sprite.icons),
        diagnostics=tuple(faults),
        icons={name: made.size or () for name, made in symbols.items()},
    )


def _symbol(icon: Icon) -> Symbol | Diagnostic:
    where = Location(icon.shown)
    try:
        text = decoded(content_of(icon.path), icon.shown)
    except OSError as fault:
        return unreadable(icon.shown, fault)
    if isinstance(text, Diagnostic):
        return text
    try:
        return symbol(icon.name, text)
    except IconError as fault:
        where = locate(icon.shown, text, *fault.span) if fault.span else where
        return error(fault.code, f"the icon `{icon.shown}` {fault}", where, hint=fault.hint)


def _names(sprite: Sprite) -> str:
    return " ".join(icon.name for icon in sprite.icons)


MAKING: Final = Making(draft=_drafted, deciding=_names)
