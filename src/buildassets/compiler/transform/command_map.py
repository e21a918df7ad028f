"""Finds the source map that a command gave with its result: in a comment at its end, or next to its file.

Takes the result, gives it without the comment, and the map with absolute paths. Looks whether files are there.
"""

import json
import os
from collections.abc import Iterable
from typing import Any, Final

from buildassets.compiler.languages.map_comment import map_comment
from buildassets.compiler.transform.input_map import inline_map
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import from_url

_SCHEME: Final = "file://"


@frozen
class MappedText:
    """A text, its source map as JSON if there is one, and the files that the map names, as absolute paths."""

    text: str
    map_json: str | None = None
    files: tuple[str, ...] = ()


def map_of_command(text: str, syntax: Syntax, beside: bytes | None, folders: Iterable[str]) -> MappedText:
    """`text` and its map: that of a `data:` URL in its last comment, or else the one `beside` its file.

    Sources are looked for in `folders`, in that order. A comment that names another file, and a damaged map, stay.
    """
    if syntax not in (Syntax.CSS, Syntax.JAVASCRIPT):
        return MappedText(text)
    comment = map_comment(text, syntax)
    try:
        inline = inline_map(comment.url) if comment else None
        written = beside.decode("utf-8") if inline is None and beside is not None else inline
        document = None if written is None else json.loads(written)
        if document is None:
            return MappedText(text)
        files = _with_absolute_sources(document, tuple(folders))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return MappedText(text)
    plain = text if comment is None else text[: comment.start].rstrip(" \t") + text[comment.end :]
    return MappedText(plain, json.dumps(document, separators=(",", ":")), files)


def _with_absolute_sources(document: Any, folders: tuple[str, ...]) -> tuple[str, ...]:
    """Replace the `sources` of a map by absolute paths, as far as they are files; returns these."""
    root = document.pop("sourceRoot", None) or ""
    found = [_file(os.path.join(root, name or ""), folders) for name in document["sources"]]
    document["sources"] = [path or name or "" for path, name in zip(found, document["sources"], strict=True)]
    if not isinstance(document["mappings"], str):
        raise TypeError
    return tuple(dict.fromkeys(path for path in found if path))


def _file(name: str, folders: Iterable[str]) -> str | None:
    """The file that `name` means: a path, or a URL, relative to one of `folders`."""
    for written in (name.removeprefix(_SCHEME), from_url(name.removeprefix(_SCHEME))):
        for folder in folders:
            path = os.path.normpath(os.path.join(folder, written))
            if "\0" not in path and os.path.isfile(path):
                return path
    return None
