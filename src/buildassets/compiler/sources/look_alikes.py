"""Detects what only looks like sources: releases that a build left in a source root, and videos named `.ts`.

A build with another `output` may have left a release there. MPEG transport streams share their suffix with TypeScript.
Reads manifests and the beginnings of files. Imports only the vocabulary.
"""

import json
import os
from typing import Final

from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.disk.plain_files import plain
from buildassets.foundation.media import suffix
from buildassets.manifest.model import MANIFEST_NAME

_PACKET_BYTES: Final = 188
_PACKETS: Final = 16  # read from the beginning
_SYNC: Final = 0x47  # also the letter `G`
_NO_TEXT: Final = frozenset(
    range(9)
)  # control characters that are in no text but in the first packets: `0x000001` begins a frame


def is_release(folder: str) -> bool:
    """Whether `folder` has a manifest of buildassets, of any schema, next to a folder `assets`."""
    if not os.path.isdir(os.path.join(folder, "assets")):
        return False
    content = bytes_at(os.path.join(folder, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    if content is None or b'"schema"' not in content:
        return False
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    generator = document.get("generator") if isinstance(document, dict) and "schema" in document else None
    return isinstance(generator, dict) and generator.get("name") == "buildassets"


def may_be_stream(path: str) -> bool:
    """Whether the suffix is one that TypeScript and videos share."""
    return suffix(path) in (".ts", ".mts")


def is_stream(path: str) -> bool:
    """Whether the file is an MPEG transport stream (ISO/IEC 13818-1, 2.4.3.2): each 188 bytes begin with 0x47.

    Cameras write a time of four bytes before each packet. A text is not a stream, however many of its bytes are `G`.
    """
    try:
        with open(plain(path), "rb") as file:
            head = file.read(_PACKETS * (_PACKET_BYTES + 4))
    except OSError:
        return False
    return _has_packets(head, _PACKET_BYTES) or _has_packets(head[4:], _PACKET_BYTES + 4)


def _has_packets(head: bytes, distance: int) -> bool:
    is_in_sync = len(head) >= _PACKET_BYTES and set(head[::distance]) == {_SYNC}
    return is_in_sync and not _NO_TEXT.isdisjoint(head)
