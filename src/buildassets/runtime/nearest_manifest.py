"""Where the manifest is, if nobody named one. Takes a folder, gives a path; looks for files, opens none."""

import os
from typing import Final

from buildassets.disk.owners import distrust_of_manifest
from buildassets.manifest.json import refusal

MANIFEST: Final = os.path.join("build", "manifest.json")


def nearest_manifest(folder: str) -> str:
    """`build/manifest.json` in `folder`, or in the nearest folder above that has one.

    Raises ManifestError, also for one of another user.
    """
    above = folder
    while not os.path.exists(found := os.path.join(above, MANIFEST)):
        if above == (above := os.path.dirname(above)):
            message = f"there is no `{MANIFEST}` in `{folder}`, nor in a folder above"
            raise refusal("manifest/missing", message, os.path.join(folder, MANIFEST))
    if reason := distrust_of_manifest(found, folder):
        raise refusal("config/owner", f"`{found}` is not used: {reason}", found)
    return found
