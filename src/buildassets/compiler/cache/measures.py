"""Keeps the measures of builds in the cache: those of the last build into each release directory.

Takes and gives Measures. What is damaged or was written by others counts as absent.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.folder import MEASURES
from buildassets.compiler.cache.store import writable
from buildassets.disk.files import bytes_at, write_whole
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import values_by_name
from buildassets.foundation.measures import BundleContents, Measures

_FORMAT: Final = 1


def keep_measures(folder: str, output: str, manifest_digest: str, measures: Measures) -> None:
    """Keep `measures` for the release in `output`, whose manifest has that digest."""
    contents = {path: values_by_name(made) for path, made in measures.contents.items()}
    document = {"format": _FORMAT, "manifest": manifest_digest, "seconds": measures.seconds, "contents": contents}
    keep_document(folder, _path(folder, output), document)


def keep_document(folder: str, path: str, document: Mapping[str, Any]) -> None:
    """Keep a `document` as JSON at `path`, which lies among the measures in the cache `folder`.

    A cache that cannot be written is not a fault.
    """
    measured = os.path.join(folder, MEASURES)
    with suppress(OSError), writable(folder):
        if not os.path.islink(measured):
            os.makedirs(measured, exist_ok=True)
            write_whole(path, json.dumps(document).encode("ascii"))


def kept_measures(folder: str, output: str, manifest_digest: str) -> Measures | None:
    """The measures that are kept for that release, if there are such."""
    content = bytes_at(_path(folder, output))
    if content is None:
        return None
    try:
        document = json_values.table(json_values.read(content))
        if document.get("format") != _FORMAT or document.get("manifest") != manifest_digest:
            return None
        seconds = json_values.table(document.get("seconds"))
        contents = json_values.table(document.get("contents"))
        return Measures(
            {stage: _seconds(value) for stage, value in seconds.items()},
            {path: _contents(json_values.table(value)) for path, value in contents.items()},
        )
    except ValueError:
        return None


def _seconds(value: object) -> float:
    if not isinstance(value, float | int) or not 0 <= value < 1e9:
        raise ValueError("no time")
    return float(value)


def _contents(document: dict[str, Any]) -> BundleContents:
    sizes = json_values.table(document.get("sizes"))
    imports = json_values.table(document.get("imports"))
    return BundleContents(
        {name: json_values.size(size_bytes) for name, size_bytes in sizes.items()},
        {name: json_values.texts(targets) for name, targets in imports.items()},
        json_values.text_or_none(document.get("entry")),
    )


def _path(folder: str, output: str) -> str:
    return os.path.join(folder, MEASURES, digest(output.encode("utf-8", "surrogatepass")))
