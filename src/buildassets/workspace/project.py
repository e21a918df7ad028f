"""A project of a workspace."""

import os
from posixpath import isabs, join, normpath

from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.values import Config, Mode
from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.permission import Permission


@frozen
class Project:
    """A project: `name` is its path from the workspace, with slashes; `folder` is absolute.

    `file` is the name of its configuration file in there, None if it has none and so the default configuration.
    """

    name: str
    folder: str
    file: str | None = None

    def config(self, mode: Mode = "production", url: str | None = None, *, permission: Permission) -> Config:
        """Its configuration, as a build in its own folder reads it; raises ConfigError. Folders above do not count."""
        return load_config(
            self.file, Overrides(url=url), start=self.folder, mode=mode, looks_above=False, permission=permission
        )

    def shown(self, diagnostic: Diagnostic) -> Diagnostic:
        """`diagnostic`, found in this project, with its places relative to the workspace."""
        where = diagnostic.location and self._placed(diagnostic.location)
        return replace(diagnostic, location=where, others=tuple(map(self._placed, diagnostic.others)))

    def _placed(self, where: Location) -> Location:
        if isabs(where.file) or os.path.isabs(where.file):
            return where
        return replace(where, file=normpath(join(self.name, where.file)))
