"""The note on a release whose Sass compiler nobody chose: another machine may have another one.

The release that stood there before is what remembers: there is something to report where it was made by another
compiler, or where there was none.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from buildassets.compiler.config.named_settings import in_file
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.errors import ManifestError
from buildassets.manifest.model import MANIFEST_NAME, Manifest, loads_lazily

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config

_KIND = "scss"


def released_sass(config: "Config") -> str:
    """The compiler of the Sass in the release directory; empty if there is no Sass."""
    content = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    with suppress(ManifestError):
        return "" if content is None else loads_lazily(content).engines.get(_KIND, "")
    return ""


def unpinned_notes(config: "Config", before: str, built: Manifest | None) -> Iterator[str]:
    """A line where `built` has another compiler of Sass than `before`, and it is the one that happens to be here."""
    now = built.engines.get(_KIND, "") if built else ""
    if now and now != before and not config.engines.is_scss_pinned:
        yield in_file(
            config,
            f"note: Sass was compiled by {now}, as that is installed here; elsewhere it may be another: pin it by "
            "`buildassets tools install dart-sass`, or set `scss` under `[tool.buildassets.engines]`",
        )
