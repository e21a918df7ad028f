"""Estimates what the minifiers with the smallest results would save visitors. Takes a manifest, or sizes. Pure.

The shares are measured over published libraries and style sheets after brotli: `python -m benchmarks.minified`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.foundation.measures import size_text
from buildassets.manifest.model import Manifest
from buildassets.release.diff.causes import sizes_of

SMALLEST: Final[Mapping[str, str]] = {"css": "lightningcss", "js": "esbuild"}  # by the kind of engine
_SHARES: Final = {"css": 0.02, "js": 0.14}
_TITLES: Final = {"css": "style sheets", "js": "scripts"}
_SUFFIXES: Final = {".css": "css", ".js": "js", ".mjs": "js"}
_DEFAULTS: Final = ("buildassets ", "rjsmin ")  # the begins of their versions
_LEAST_BYTES: Final = 1000  # less is not worth a tool


@frozen
class Saving:
    """About how much one engine would save: `saved_bytes` of the `now_bytes` that visitors load of its kind."""

    kind: str
    engine: str
    now_bytes: int
    saved_bytes: int


def kind_of_minified(name: str) -> str | None:
    """The kind of engine that minifies the file `name`; None if none does, as for `a.min.js`."""
    stem, dot, suffix = name.rpartition(".")
    return None if stem.endswith(".min") else _SUFFIXES.get(dot + suffix)


def estimated(sizes: Mapping[str, int]) -> tuple[Saving, ...]:
    """The savings where visitors load these bytes, by kind of engine; empty if they are not worth a tool."""
    found = tuple(Saving(kind, SMALLEST[kind], now, int(now * _SHARES[kind])) for kind, now in sizes.items() if now)
    return found if sum(one.saved_bytes for one in found) >= _LEAST_BYTES else ()


def savings(manifest: Manifest) -> tuple[Saving, ...]:
    """The savings in a release whose scripts or style sheets are minified by the default engines."""
    sizes: dict[str, int] = {}
    for path, entry in manifest.assets.items():
        kind = kind_of_minified(path)
        if kind and manifest.engines.get(kind, "").startswith(_DEFAULTS):
            sizes[kind] = sizes.get(kind, 0) + sizes_of(entry).br
    return estimated({kind: sizes[kind] for kind in sorted(sizes)})


def savings_text(found: Iterable[Saving]) -> str:
    """The savings in a sentence without its end; empty if there are none."""
    clauses = list(_clauses(found))
    return f"visitors would load less: {', '.join(clauses)}" if clauses else ""


def _clauses(found: Iterable[Saving]) -> Iterator[str]:
    for one in found:
        now, saved = size_text(one.now_bytes), size_text(one.saved_bytes)
        yield f'with `{one.kind} = "{one.engine}"` about {saved} of {now} of {_TITLES[one.kind]}'
