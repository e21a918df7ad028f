"""The file that something made of a picture or a font belongs to: its path is that of the file, and a name below it.

Takes names, gives a source; looks whether the file is there.
"""

import os

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Source
from buildassets.paths import LogicalPath


def original_of(config: Config, logical: LogicalPath, path: str) -> Source | None:
    """The source that the one with the logical path and the `path` was made of; None if there is no such file."""
    file = os.path.dirname(path)
    if os.path.basename(path) != os.path.basename(logical) or not os.path.isfile(file):
        return None
    original = LogicalPath("/".join((*logical.split("/")[:-1], os.path.basename(file))))
    return Source(original, file, config.shown(file), 0, original)
