"""Detects releases below a source root, which a build with another `output` may have left there.

Takes a folder, reads the manifest in it. Imports only the vocabulary.
"""

import json
import os

from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.manifest.model import MANIFEST_NAME


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
