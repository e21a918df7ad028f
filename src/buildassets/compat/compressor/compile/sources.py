"""Writes generated sources, from templates, precompilers and filters, into a separate folder.

Takes texts with the places that they come from, gives logical paths; writes what has changed when all are known.
"""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from posixpath import dirname, join, splitext

from buildassets.disk.files import write_whole
from buildassets.disk.plain_files import plain
from buildassets.disk.removal import remove_path
from buildassets.foundation.diagnostics import Location
from buildassets.foundation.permission import OWN

__all__ = ["GeneratedSources", "digest_of"]

_DIGITS = 12


def digest_of(*parts: str) -> str:
    """Twelve hex digits over `parts`."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


@dataclass(slots=True)
class GeneratedSources:
    """Texts by logical path, and where each begins in a template or file; `packaged` are those of packages."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    packaged: set[str] = field(default_factory=set)

    def add(self, beside: str, text: str, place: Location | None, *, is_packaged: bool = False) -> str:
        """The path of a source next to the logical path `beside`, with its suffix, that holds `text`."""
        stem, suffix = splitext(beside)
        path = join(dirname(stem), f"{os.path.basename(stem)}.{digest_of(text)}{suffix}")
        self.texts[path] = text
        if place is not None:
            self.places.setdefault(path, place)
        if is_packaged:
            self.packaged.add(path)
        return path

    def add_named(self, path: str, text: str) -> str:
        """Add a source with exactly this `path`, in place of the file that has it, if one has. Returns the path."""
        self.texts[path] = text
        self.named.add(path)
        return path

    def write(self, folder: str) -> None:
        """Make these the only files in `folder`; unchanged ones are not written again."""
        wanted = {os.path.join(folder, *path.split("/")): text.encode("utf-8") for path, text in self.texts.items()}
        for parent, _, files in os.walk(folder):
            for name in files:
                if os.path.join(parent, name) not in wanted:
                    remove_path(folder, os.path.join(parent, name), permission=OWN)
        for path, content in wanted.items():
            if _content(path) != content:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                write_whole(path, content)


def _content(path: str) -> bytes | None:
    try:
        with open(plain(path), "rb") as file:
            return file.read()
    except OSError:
        return None
