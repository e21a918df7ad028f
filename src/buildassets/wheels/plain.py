"""Copies the files of a release to plain names, for applications without buildassets.

Takes a release directory, writes each asset under its logical path. In texts, names of files with fingerprints become
plain ones: such a name is there once in a release, and stands for nothing else.
"""

import os
import re
from collections.abc import Mapping
from typing import Final

from buildassets.disk.files import MOST_MANIFEST_BYTES, MOST_TEXT_BYTES, content_of, write_whole
from buildassets.disk.folders import make_folders
from buildassets.foundation.media import media_of
from buildassets.foundation.paths import LogicalPath, to_url
from buildassets.manifest.model import ASSETS_FOLDER, MANIFEST_NAME, loads

_PART: Final = re.compile(rb"[^\s/\\\"'()?#<>,;=]+")


def write_plain_copies(release: str, folder: str) -> dict[str, str]:
    """Write the copies into `folder`; returns their paths there by their logical paths. Raises OSError."""
    manifest = loads(content_of(os.path.join(release, MANIFEST_NAME), MOST_MANIFEST_BYTES))
    names = {_last(entry.file): _last(path) for path, entry in manifest.assets.items()}
    copies: dict[str, str] = {}
    for path, entry in manifest.assets.items():
        content = content_of(os.path.join(release, ASSETS_FOLDER, *entry.file.split("/")), MOST_TEXT_BYTES)
        copies[path] = os.path.join(folder, *path.split("/"))
        make_folders(os.path.dirname(copies[path]))
        write_whole(copies[path], _with_plain_names(content, names) if media_of(LogicalPath(path)).syntax else content)
    return copies


def _last(path: str) -> bytes:
    """The last part of `path`, as a URL in a text has it."""
    return to_url(path.rpartition("/")[2]).encode()


def _with_plain_names(content: bytes, names: Mapping[bytes, bytes]) -> bytes:
    return _PART.sub(lambda part: names.get(part[0], part[0]), content)
