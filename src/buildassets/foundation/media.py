"""Maps suffixes to media types, to whether compression pays, and to the syntax of references.

The table is our own: `mimetypes` reads the system's, so that two machines would write different manifests. Pure.
"""

from binascii import a2b_base64
from collections.abc import Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import Final

from buildassets.foundation.frozen import frozen


class Syntax(Enum):
    """The syntax of the references in a file."""

    __hash__ = object.__hash__  # that of `Enum` is in Python, and is asked for each file

    CSS = "css"
    JAVASCRIPT = "js"
    SVG = "svg"
    HTML = "html"
    WEB_MANIFEST = "webmanifest"
    SOURCE_MAP = "map"


@frozen
class Media:
    """One kind of file. `type` is an IANA media type without parameters."""

    type: str
    compressible: bool = False
    syntax: Syntax | None = None


OCTETS: Final = Media("application/octet-stream")

_BY_SUFFIX: Final = {
    ".css": Media("text/css", compressible=True, syntax=Syntax.CSS),
    ".js": Media("text/javascript", compressible=True, syntax=Syntax.JAVASCRIPT),
    ".mjs": Media("text/javascript", compressible=True, syntax=Syntax.JAVASCRIPT),
    ".cjs": Media("text/javascript", compressible=True),
    ".json": Media("application/json", compressible=True),
    ".jsonld": Media("application/ld+json", compressible=True),
    ".geojson": Media("application/geo+json", compressible=True),
    ".map": Media("application/json", compressible=True, syntax=Syntax.SOURCE_MAP),
    ".speculationrules": Media("application/speculationrules+json", compressible=True),
    ".webmanifest": Media("application/manifest+json", compressible=True, syntax=Syntax.WEB_MANIFEST),
    ".wasm": Media("application/wasm", compressible=True),
    ".html": Media("text/html", compressible=True, syntax=Syntax.HTML),
    ".htm": Media("text/html", compressible=True, syntax=Syntax.HTML),
    ".xhtml": Media("application/xhtml+xml", compressible=True),
    ".txt": Media("text/plain", compressible=True),
    ".md": Media("text/markdown", compressible=True),
    ".xml": Media("application/xml", compressible=True),
    ".svg": Media("image/svg+xml", compressible=True, syntax=Syntax.SVG),
    ".png": Media("image/png"),
    ".apng": Media("image/apng"),
    ".jpg": Media("image/jpeg"),
    ".jpeg": Media("image/jpeg"),
    ".gif": Media("image/gif"),
    ".webp": Media("image/webp"),
    ".avif": Media("image/avif"),
    ".ico": Media("image/x-icon", compressible=True),
    ".cur": Media("image/x-icon", compressible=True),
    ".bmp": Media("image/bmp", compressible=True),
    ".tif": Media("image/tiff", compressible=True),
    ".tiff": Media("image/tiff", compressible=True),
    ".jxl": Media("image/jxl"),
    ".woff": Media("font/woff"),
    ".woff2": Media("font/woff2"),
    ".ttf": Media("font/ttf", compressible=True),
    ".otf": Media("font/otf", compressible=True),
    ".eot": Media("application/vnd.ms-fontobject", compressible=True),
    ".mp3": Media("audio/mpeg"),
    ".m4a": Media("audio/mp4"),
    ".aac": Media("audio/aac"),
    ".opus": Media("audio/ogg"),
    ".ogg": Media("audio/ogg"),
    ".wav": Media("audio/wav", compressible=True),
    ".flac": Media("audio/flac"),
    ".mp4": Media("video/mp4"),
    ".m4v": Media("video/mp4"),
    ".webm": Media("video/webm"),
    ".ogv": Media("video/ogg"),
    ".mov": Media("video/quicktime"),
    ".vtt": Media("text/vtt", compressible=True),
    ".pdf": Media("application/pdf"),
    ".zip": Media("application/zip"),
    ".gz": Media("application/gzip"),
    ".csv": Media("text/csv", compressible=True),
    ".glb": Media("model/gltf-binary", compressible=True),
    ".gltf": Media("model/gltf+json", compressible=True),
    ".glsl": Media("text/plain", compressible=True),
    ".ts": Media("video/mp2t"),  # TypeScript has this suffix too, but is hardly ever released
    ".tsx": Media("text/plain", compressible=True),
    ".jsx": Media("text/plain", compressible=True),
    ".vue": Media("text/plain", compressible=True),
    ".less": Media("text/plain", compressible=True),
    ".sass": Media("text/plain", compressible=True),
    ".scss": Media("text/plain", compressible=True),
    ".bin": Media("application/octet-stream", compressible=True),
}


# Types that get a charset: a build has checked that they are UTF-8, or they cannot declare it. Markup declares its own.
_UTF8_TYPES: Final = frozenset(("text/css", "text/csv", "text/javascript", "text/markdown", "text/plain"))
SUFFIXES: Final[Mapping[str, str]] = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}  # of copies, by content coding
# The suffixes of TypeScript and JSX, which esbuild compiles, with those of the scripts that it makes.
SCRIPT_SUFFIXES: Final[Mapping[str, str]] = {".ts": ".js", ".mts": ".mjs", ".cts": ".cjs", ".tsx": ".js", ".jsx": ".js"}
SASS_SUFFIXES: Final = (".scss", ".sass")
DELTA: Final = "dcz"  # the content coding of a delta to an earlier file (RFC 9842), and the suffix of its name

_OPAQUE_TYPES: Final = ("image/", "font/", "audio/", "video/", "model/", "text/vtt")
_OPAQUE_APPLICATIONS: Final = frozenset((".bin", ".eot", ".gz", ".pdf", ".wasm", ".webmanifest", ".zip"))


def file_suffixes() -> tuple[str, ...]:
    """The suffixes of files that scripts use by URL only, such as images and fonts; sorted."""
    opaque = {name for name, media in _BY_SUFFIX.items() if media.type.startswith(_OPAQUE_TYPES)} - {".ts"}
    return tuple(sorted(opaque | _OPAQUE_APPLICATIONS))


@lru_cache(maxsize=1 << 16)  # a build calls it fifteen times for each path
def suffix(path: str) -> str:
    """The last suffix of `path` with its dot, in lower case: `js/jquery.min.JS` → `.js`; empty where there is none."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def is_script(path: str) -> bool:
    """Whether the asset at `path` is in JavaScript."""
    return media_of(path).syntax is Syntax.JAVASCRIPT


def is_sass(path: str) -> bool:
    """Whether the file at `path` is in Sass, partials included."""
    return suffix(path) in SASS_SUFFIXES


def script_name(path: str) -> str | None:
    """The name of the script that the module `path` in TypeScript or JSX compiles to; None for any other path."""
    kind = suffix(path)
    return path[: -len(kind)] + SCRIPT_SUFFIXES[kind] if kind in SCRIPT_SUFFIXES else None


def content_type(media_type: str) -> str:
    """The `Content-Type` to serve an asset of `media_type` with (RFC 9110, section 8.3)."""
    return f"{media_type}; charset=utf-8" if media_type in _UTF8_TYPES else media_type


def delta_file(file: str, dictionary: str) -> str:
    """The name of the delta to `file` from the file with the SHA-256 `dictionary`, in base64, else ValueError."""
    return f"{file}.{a2b_base64(dictionary, strict_mode=True)[:6].hex()}.{DELTA}"


def released_type(path: str, types: Mapping[str, str]) -> str:
    """The media type of a released file: that of its suffix in `types`, or else in our table."""
    return types.get(suffix(path)) or media_of(path).type


@cache  # a build calls it ten times for each path
def media_of(path: str) -> Media:
    """The kind of file by the suffix of `path`; OCTETS for an unknown suffix."""
    return _BY_SUFFIX.get(suffix(path), OCTETS)
