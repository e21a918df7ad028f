"""Writing hidden source maps: into a folder beside the release directory, so that whoever serves a release has none.

Takes maps and entries, gives the record of the maps' files. Each is called as the file that it belongs to, with `.map`.
"""

import os
from collections.abc import Mapping
from errno import ELOOP

from buildassets.compiler.finishing import described
from buildassets.disk.files import bytes_at, write_whole
from buildassets.disk.folders import make_folders_below
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import MAPS_SUFFIX, Companion, Entry


def write_maps(
    output: str, maps: Mapping[LogicalPath, bytes], assets: Mapping[str, Entry]
) -> tuple[dict[str, Companion], list[str]]:
    """Write the `maps`, given by the logical paths of their assets, for the release directory `output`. Raises OSError.

    Returns their record for the manifest, by their names in the folder, and the names of those that were not there.
    """
    contents = {f"{assets[path].file}.map": content for path, content in sorted(maps.items())}
    folder = output + MAPS_SUFFIX
    if os.path.islink(folder):
        raise OSError(ELOOP, "it is a symbolic link, and not followed", folder)
    new = [name for name, content in contents.items() if bytes_at(os.path.join(folder, name)) != content]
    make_folders_below(folder, new)
    for name in new:
        write_whole(folder, contents[name], name)
    return described(contents), new
