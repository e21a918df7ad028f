"""Makes variants of pictures with Pillow: narrower, in another format, upright, and without metadata.

Finds out whether Pillow is installed and what it can write. `pixels`, the module that imports it, is imported when a
variant is made.
"""

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from buildassets.compiler.images.variant import Variant
from buildassets.foundation.diagnostics import Diagnostic


@cache
def engine_version() -> str:
    """The name and version of Pillow, empty if it is not installed. Does not import it."""
    try:
        return f"pillow {version('pillow')}" if find_spec("PIL") else ""
    except PackageNotFoundError:
        return ""


def version_file() -> str | None:
    """The file of Pillow that changes with its version, None if it is not installed."""
    spec = find_spec("PIL")
    folders = spec.submodule_search_locations if spec else None
    return os.path.join(folders[0], "_version.py") if folders else None


def writes_avif() -> bool:
    """Whether the Pillow that is installed writes AVIF."""
    from PIL import features

    return features.check("avif") is True


def made(variant: Variant, shown: str) -> bytes | Diagnostic:
    """The file of `variant`; an error at `shown`, the name of the picture, if that cannot be decoded or encoded."""
    from buildassets.compiler.engines import pixels

    return pixels.made(variant, shown)
