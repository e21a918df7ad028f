"""The source roots with releases of installed packages. Imported where a configuration or an application names one."""

import os
from collections.abc import Iterable, Iterator

from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.config.values import SourceRoot
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.manifest.model import ASSETS_FOLDER
from buildassets.wheels.installed import release_named


def installed_roots(names: Iterable[str], folder: str, document: Document) -> Iterator[SourceRoot]:
    """The roots with the releases of the installed packages `names`, as `packages` lists them; notes faults."""
    key = ("packages",) if isinstance(document.table.take("packages"), list) else ("packages", "installed")
    for index, name in enumerate(names):
        release = release_named(name, document.locate_value((*key, index)))
        if isinstance(release, Diagnostic):
            document.faults.append(release)
        else:
            path = os.path.join(release.folder, ASSETS_FOLDER)
            shown = relative_to(folder, path)
            yield SourceRoot(path, shown, prefix=name, vendored=True, files=(), package=release.package)
