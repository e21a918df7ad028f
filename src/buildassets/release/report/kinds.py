"""The kinds of assets that people count: style sheets, scripts, images and so on. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.manifest.model import Entry
from buildassets.release.diff.causes import Sizes, sizes_of

Kind: TypeAlias = str
KINDS: Final[tuple[Kind, ...]] = (
    *("style sheets", "scripts", "images", "fonts", "audio and video", "pages and data", "source maps", "other"),
)
_BEGINS: Final = (
    ("image/", "images"),
    ("font/", "fonts"),
    ("audio/", "audio and video"),
    ("video/", "audio and video"),
)
_TYPES: Final = {
    "text/css": "style sheets",
    "text/javascript": "scripts",
    "application/javascript": "scripts",
    "application/wasm": "scripts",
    "application/vnd.ms-fontobject": "fonts",
}


def kind_of(entry: Entry) -> Kind:
    """The kind of an asset, one of KINDS."""
    if entry.file.endswith(".map"):
        return "source maps"
    named = _TYPES.get(entry.type) or next((kind for begin, kind in _BEGINS if entry.type.startswith(begin)), None)
    return named or ("pages and data" if entry.type.startswith("text/") or "json" in entry.type else "other")


@frozen
class Total:
    """The number of some assets and their sizes together."""

    assets: int
    sizes: Sizes


def totals(assets: Mapping[str, Entry]) -> dict[Kind, Total]:
    """The totals of each kind that there is, in the order of KINDS."""
    of_kind: dict[Kind, list[Entry]] = {kind: [] for kind in KINDS}
    for entry in assets.values():
        of_kind[kind_of(entry)].append(entry)
    return {kind: total_of(entries) for kind, entries in of_kind.items() if entries}


def total_of(entries: Iterable[Entry]) -> Total:
    """The total of `entries`."""
    sizes = [sizes_of(entry) for entry in entries]
    summed = Sizes(sum(one.raw for one in sizes), sum(one.gzip for one in sizes), sum(one.br for one in sizes))
    return Total(len(sizes), summed)
