"""What was really done, found in what a contender left: never what it promises."""

import gzip
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HASH: Final = r"[.-](?:[0-9a-f]{8,}|[\w-]{8})"
_HASHED: Final = re.compile(_HASH + r"(?:\.\w+)+")
_TEXTS: Final = (".css", ".js", ".mjs")
# A file with a reference of each kind: its folder, stem and suffix, and the reference as it was.
_REFERENCES: Final = {
    "CSS urls": ("leaflet/dist", "leaflet", ".css", "(images/layers.png)"),
    "source maps": ("bootstrap/dist/css", "bootstrap", ".css", "=bootstrap.css.map"),
    "JS imports": ("@popperjs/core/dist/esm", "popper", ".js", '"./createPopper.js"'),
}
# What only Sass, each of the sheets and each of the scripts can have brought, after minifying too.
_BY_SASS: Final = ".btn-outline-primary"
_BY_SHEETS: Final = ("fa-solid-900", "leaflet-pane", "animate__bounce")
_BY_SCRIPTS: Final = ("jQuery", ".bs.modal", "leaflet-zoom-box", "[data-map]")
_FONT: Final = re.compile(r"url\(\s*[\"']?([^\"')?#]*fa-solid-900[^\"')?#]*)")
_BYTES_A_LINE: Final = 1000  # licences are kept
_MINIFIED_BYTES: Final = 1_400_000  # the scripts are 2.2 MB; comments and white space are half of them


@dataclass(frozen=True, slots=True)
class Left:
    """What lies below an output folder: how many files and bytes, and which kinds of work were found in them."""

    files: int
    size_bytes: int
    found: tuple[str, ...]


def paths_below(folder: Path) -> list[str]:
    """The files below `folder`, sorted."""
    return sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)


def mentions(folder: Path, text: str) -> bool:
    """Whether a style sheet or a script below `folder` has this text in it."""
    wanted = text.encode()
    return any(wanted in Path(path).read_bytes() for path in paths_below(folder) if path.endswith(_TEXTS))


def fingerprinted(output: Path) -> Left:
    """Which kinds of reference no longer stand in the hashed files as they stood in the source."""
    paths = paths_below(output)
    names = tuple(["hashed names"] if sum(map(_is_hashed, paths)) > len(paths) / 3 else [])
    return _left(paths, names + tuple(kind for kind in _REFERENCES if _is_rewritten(paths, kind)))


def compiled(output: Path) -> Left:
    """Which parts of the work on the site were done."""
    paths = paths_below(output)
    sheets = {path: _text(path) for path in paths if path.endswith(".css")}
    scripts = {path: _text(path) for path in paths if path.endswith(".js")}
    finished = {
        "Sass": any(_BY_SASS in text for text in sheets.values()),
        "CSS bundle": any(all(mark in text for mark in _BY_SHEETS) for text in sheets.values()),
        "JS bundle": any(all(mark in text for mark in _BY_SCRIPTS) for text in scripts.values()),
        "minified": _are_minified(sheets, scripts),
        "hashed names": bool(sheets) and all(map(_is_hashed, [*sheets, *scripts])),
        "fonts": any(_has_font(output, path, text) for path, text in sheets.items()),
    }
    return _left(paths, tuple(kind for kind, is_done in finished.items() if is_done))


def compressed(output: Path) -> Left:
    """Whether there are gzip and brotli copies that unpack to what lies beside them."""
    paths = paths_below(output)
    kinds = [kind for kind, (suffix, unpack) in _PACKINGS.items() if _are_copies(paths, suffix, unpack)]
    return _left(paths, (*fingerprinted(output).found, *kinds))


def _left(paths: Sequence[str], found: tuple[str, ...]) -> Left:
    return Left(len(paths), sum(map(os.path.getsize, paths)), found)


def _is_hashed(path: str) -> bool:
    return bool(_HASHED.search(os.path.basename(path)))


def _is_rewritten(paths: Sequence[str], kind: str) -> bool:
    folder, stem, suffix, reference = _REFERENCES[kind]
    name = re.compile(rf"(?:^|/){re.escape(f'{folder}/{stem}')}{_HASH}{re.escape(suffix)}$")
    texts = [_text(path) for path in paths if name.search(path)]
    return bool(texts) and not any(reference in text for text in texts)


def _are_minified(sheets: Mapping[str, str], scripts: Mapping[str, str]) -> bool:
    """Whether the sheets have hardly any lines, and the scripts are much shorter than what they were made of."""
    has_lines = any(text.count("\n") > len(text) / _BYTES_A_LINE for text in sheets.values())
    return bool(sheets) and not has_lines and sum(map(len, scripts.values())) < _MINIFIED_BYTES


def _has_font(output: Path, path: str, text: str) -> bool:
    """Whether the sheet names a hashed font file that lies where it says."""
    match = _FONT.search(text)
    if not match or not _is_hashed(match[1]):
        return False
    folder = str(output) if match[1].startswith("/") else os.path.dirname(path)
    return os.path.exists(os.path.join(folder, match[1].lstrip("/")))


def _are_copies(paths: Sequence[str], suffix: str, unpack: Callable[[bytes], bytes]) -> bool:
    """Whether there are files with that suffix, and each unpacks to the file beside it."""
    copies = [path for path in paths if path.endswith(suffix)]
    return bool(copies) and all(unpack(_bytes(path)) == _bytes(path.removesuffix(suffix)) for path in copies)


def _unbrotli(content: bytes) -> bytes:
    import brotli

    return bytes(brotli.decompress(content))


_PACKINGS: Final[Mapping[str, tuple[str, Callable[[bytes], bytes]]]] = {
    "gzip": (".gz", gzip.decompress),
    "brotli": (".br", _unbrotli),
}


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes()


def _text(path: str) -> str:
    return Path(path).read_text("utf-8")
