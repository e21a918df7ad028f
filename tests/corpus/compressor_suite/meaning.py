"""Markup compared by what it loads: elements with their attributes, and contents whatever the names of files.

Takes markup of either compressor, gives comparable values. Theirs name files by a hash of contents; the archive of an
earlier version has them. Ours are in the release.
"""

import re
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Final
from urllib.parse import unquote

from bs4 import BeautifulSoup, NavigableString, Tag  # type: ignore[import-not-found]  # only where it is fetched
from django.conf import settings

THEIRS: Final = Path("theirs")
OURS: Final = Path("build/assets")
# Those that decide nothing where a browser loads a classic script or a sheet, and what the other does not have.
_DROPPED: Final = ("type", "charset", "integrity", "crossorigin", "href", "src")
_HASH: Final = re.compile(r"\.?[0-9a-f]{12}(?=\.)")
_URL: Final = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)")
_STRING: Final = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")


class Rendered(str):
    """Markup that equals other markup where both mean the same; what its files hold is read when it is made."""

    meaning: list[Any]

    def __new__(cls, text: str) -> "Rendered":
        made = super().__new__(cls, text)
        made.meaning = meaning_of(text)
        return made

    def strip(self, _: Any = None) -> "Rendered":
        """Itself, as spaces around it mean nothing."""
        return self

    def __eq__(self, other: object) -> bool:
        known = other.meaning if isinstance(other, Rendered) else meaning_of(str(other))
        return bool(self.meaning == known)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(repr(self.meaning))


class Content(str):
    """A sheet or script that equals another where only spaces, separators and the form of URLs differ."""

    folder: str
    kind: str
    plain: str

    def __new__(cls, kind: str, text: str, folder: str = "") -> "Content":
        made = super().__new__(cls, text)
        made.kind, made.folder, made.plain = kind, folder, plain(kind, text, folder)
        return made

    def __eq__(self, other: object) -> bool:
        return bool(self.plain == plain(self.kind, str(other), self.folder))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.plain)


def meaning_of(markup: str) -> list[Any]:
    """The elements of `markup`, and the text between them, as comparable values."""
    found = []
    for one in BeautifulSoup(markup, "html.parser").children:
        if isinstance(one, Tag):
            found.append(_element(one))
        elif isinstance(one, NavigableString) and one.strip():
            found.append(" ".join(one.split()))
    return found


def _element(tag: Tag) -> Any:
    attributes = {name: _text(value) for name, value in tag.attrs.items() if name not in _DROPPED}
    url = tag.get("href") or tag.get("src")
    kind = "js" if tag.name == "script" else "css"
    content = _loaded(str(url)) if url else plain(kind, tag.get_text().strip(), "")
    return tag.name, sorted(attributes.items()), content


def _text(value: Any) -> str:
    return " ".join(value).lower() if isinstance(value, list) else str(value).replace("True", "")


def _loaded(url: str) -> Any:
    """The folder and name of a file without hashes, and what it holds; the URL itself where no file is known."""
    folder, _, name = url.rpartition("/")
    kind = name.rpartition(".")[2]
    file = THEIRS / kind / name
    if not file.is_file():
        file = next((one for one in OURS.rglob(name) if url.endswith(one.relative_to(OURS).as_posix())), file)
    if not file.is_file():
        return url
    own = dirname(file.relative_to(OURS).as_posix()) if file.is_relative_to(OURS) else ""
    own_name = _HASH.sub("", f".{name}").strip(".").removesuffix(kind).strip(".")
    return folder, own_name or "output", plain(kind, file.read_text("utf-8"), own)


def plain(kind: str, text: str, folder: str) -> str:
    """The sheet or script `text` without spaces and separators; URLs as logical paths, relative ones as of `folder`."""
    if kind == "css":
        text = _URL.sub(lambda match: f"url({_logical(match[2], folder)})", text)
        text = re.sub(r"\s*([{};:,>()])\s*", r"\1", text)
        text = text.replace("\ufeff", "").removeprefix('@charset "UTF-8";')
        return re.sub(r";+(?=\}|\Z)", "", text).strip()
    pieces = _STRING.split(text)
    return "".join(piece if number % 2 else re.sub(r"[\s;]+", "", piece) for number, piece in enumerate(pieces))


def _logical(url: str, folder: str) -> str:
    if url.startswith(("data:", "#")):
        return url
    path = url.removeprefix(str(settings.COMPRESS_URL))
    if path == url and folder and not url.startswith("/"):
        path = normpath(join(folder, url))
    path = re.sub(r"[?&][0-9a-f]{12}(?=#|\Z)", "", unquote(path))
    return re.sub(r"\.[0-9a-f]{12}(?=\.\w+(?:[?#]|\Z))", "", path)
