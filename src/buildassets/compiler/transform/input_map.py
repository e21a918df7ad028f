"""Reads the source map that a source names in a comment at its end. The map is then an input of the draft.

Paths in a comment are not trusted: the map has to be in the source root of the file that names it.
"""

import os
import re
from base64 import b64decode
from typing import Final

from buildassets.compiler.languages.map_comment import MapComment, map_comment
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import read_map
from buildassets.compiler.languages.source_map.values import Origin, SourceMap
from buildassets.compiler.languages.utf8 import decoded
from buildassets.compiler.model import Source
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import Diagnostic, locate, reason_text, warning
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import from_url, split_url

_DATA_URL: Final = lazy_pattern(r"data:([^,]*),(.*)", re.IGNORECASE | re.DOTALL)
_SHOWN_CHARACTERS: Final = 60  # an inline map can have megabytes
_ABSOLUTE_URL: Final = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")


@frozen
class InputMap:
    """The map with its origins resolved, None if there is none or it is damaged.

    `inputs` are the files from which it was read, `absences` the paths that do not exist.
    """

    source_map: SourceMap | None = None
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def input_map(source: Source, text: str, syntax: Syntax) -> InputMap:
    """The map that `text`, the content of `source`, names; a warning if it is damaged.

    A missing map is no fault here: it is reported as a missing reference. Origins are paths, or URLs if the map gives a
    scheme or an absolute path.
    """
    comment = map_comment(text, syntax)
    if comment is None or not comment.url:
        return InputMap()
    path = _path(source, comment.url)
    files = (path,) if path else ()
    try:
        map_json = _content(comment.url, path)
    except ValueError as fault:
        return InputMap(inputs=files, diagnostics=(_damaged(source, text, comment, str(fault)),))
    if map_json is None:
        return InputMap(absences=files)
    source_map = read_map(map_json, Lines(text, syntax))
    if source_map is None:
        fault_found = _damaged(source, text, comment, "it is not a source map of version 3")
        return InputMap(inputs=files, diagnostics=(fault_found,))
    base = os.path.dirname(path or source.path)
    origins = tuple(_resolved(origin, base) for origin in source_map.origins)
    return InputMap(SourceMap(source_map.mappings, origins, source_map.names), files)


def _path(source: Source, url: str) -> str | None:
    """The file that `url` names, if it is in the source's root; None also if `url` is not relative."""
    name = from_url(split_url(url)[0])
    if _ABSOLUTE_URL.match(url) or "\0" in name:
        return None
    root = source.path[: len(source.path) - len(source.relative)]
    path = os.path.normpath(os.path.join(os.path.dirname(source.path), name))
    is_inside = os.path.realpath(path).startswith(os.path.join(os.path.realpath(root), ""))
    return path if is_inside and path != source.path else None


def _content(url: str, path: str | None) -> str | None:
    """The text of the map, None if there is none; raises ValueError with the reason if it cannot be read."""
    return inline_map(url) if path is None else _read(path)


def inline_map(url: str) -> str | None:
    """The text of the map in a `data:` URL, None if it is no such URL; raises ValueError with the reason."""
    inline = _DATA_URL.fullmatch(url)
    if not inline:
        return None
    content = from_url(inline[2]).encode("utf-8", "surrogateescape")
    try:
        return (b64decode(content) if inline[1].lower().endswith(";base64") else content).decode("utf-8")
    except ValueError:
        raise ValueError("its `data:` URL cannot be decoded") from None


def _read(path: str) -> str | None:
    try:
        text = decoded(content_of(path), path)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise ValueError(f"it cannot be read: {reason_text(fault)}") from None
    if isinstance(text, Diagnostic):
        raise ValueError("it is not UTF-8")
    return text


def _resolved(origin: Origin, base: str) -> Origin:
    """`origin` with the path of its URL, if that is relative to the folder `base`."""
    if _ABSOLUTE_URL.match(origin.name):
        return origin._replace(is_url=True)
    return origin._replace(name=os.path.normpath(os.path.join(base, from_url(origin.name))))


def _damaged(source: Source, text: str, comment: MapComment, reason: str) -> Diagnostic:
    is_short = len(comment.url) <= _SHOWN_CHARACTERS
    shown = comment.url if is_short else f"{comment.url[:_SHOWN_CHARACTERS]}…"
    message = f"the source map `{shown}` is damaged"
    end = comment.url_start + len(comment.url)
    notes = [reason, "places lead to this file itself"]
    hint = "get the map again, or delete the comment"
    return warning(
        "reference/damaged-map", message, locate(source.shown, text, comment.url_start, end), notes=notes, hint=hint
    )
