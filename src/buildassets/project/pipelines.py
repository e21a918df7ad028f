"""Files by which a project is deployed: images, and what services run whose folders are hidden."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from buildassets.project.files import ProjectFiles

DOCKERFILE: Final = re.compile(r"(?:.*/)?(?:(?:Docker|Container)file(?:\..+)?|.+\.[Dd]ockerfile)")
_FOLDERS: Final = (".github/workflows", ".circleci", ".woodpecker", ".buildkite")


def pipeline_files(files: ProjectFiles) -> Iterator[str]:
    """The names of the files in the hidden folders of services; a file of a service at the top is one of `files`."""
    for folder in _FOLDERS:
        with suppress(OSError):
            yield from (f"{folder}/{name}" for name in sorted(os.listdir(files.path(folder))))
