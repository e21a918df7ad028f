"""Which project of a workspace has which release directory, so that none writes over another.

Takes projects with their configurations, or raises ConfigError.
"""

import os
from collections.abc import Iterable, Iterator

from buildassets.compiler.config.values import Config
from buildassets.disk.folders import upward
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error
from buildassets.manifest.json import ASSETS_FOLDER
from buildassets.workspace.members import Project


class Outputs:
    """The release directories of `projects`, as far as they are claimed."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self._folders: dict[str, str] = {}
        self._claimed: dict[str, str] = {}  # the project of each release directory
        self._of: dict[str, str] = {}  # the release directory of each project
        self._around: dict[str, str] = {}  # folders for released files that a release directory lies in, and whose
        self.has(projects)

    def has(self, projects: Iterable[Project]) -> None:
        """Let these be the projects of the workspace; what others had claimed is free."""
        self._folders = {os.path.realpath(project.folder): project.name for project in projects}
        for name in set(self._of).difference(self._folders.values()):
            self._free(name)

    def claim(self, project: Project, config: Config) -> None:
        """Record the release directory of `project`, in place of the one that it had.

        Raises ConfigError if it is that of another one, or its folder, or if one lies among the files of the other.
        """
        name, output = project.name, os.path.realpath(config.output)
        self._free(name)
        if why := self._why_not(name, output):
            message = f"the release directory `{config.shown(config.output)}` {why}"
            hint = "name another folder as `output` in one of them"
            raise ConfigError([error("workspace/output", message, config.place("output"), hint=hint)])
        self._claimed[output] = name
        self._of[name] = output
        self._around |= dict.fromkeys(_assets_folders(output), name)

    def _free(self, name: str) -> None:
        if (before := self._of.pop(name, None)) is not None:
            del self._claimed[before]
            self._around = {folder: other for folder, other in self._around.items() if other != name}

    def _why_not(self, name: str, output: str) -> str:
        if (other := self._claimed.get(output)) is not None:
            return f"is that of `{other}`, too"
        if (other := self._folders.get(output, name)) != name:
            return f"is the folder of `{other}`"
        for folder in _assets_folders(output):
            if (other := self._claimed.get(os.path.dirname(folder))) is not None:
                return f"lies in that of `{other}`"
        if (other := self._around.get(os.path.join(output, ASSETS_FOLDER))) is not None:
            return f"has that of `{other}` in it"
        return ""


def _assets_folders(path: str) -> Iterator[str]:
    """`path` and the folders that it lies in, of these the ones that may hold the files of a release."""
    return (one for one in upward(path) if os.path.basename(one) == ASSETS_FOLDER)
