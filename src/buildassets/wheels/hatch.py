"""The build hook `buildassets` of hatchling: `[tool.hatch.build.hooks.buildassets]`.

A wheel gets the release at the place of its module, a source distribution gets it at `output`, with the sources. The
option `plain` is a folder in the wheel for copies under plain names.
Imports hatchling.
"""

import os
from contextlib import ExitStack
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from buildassets.disk.folders import temporary_folder
from buildassets.wheels.installed import GROUP
from buildassets.wheels.package import PackageError, PackageRelease, built_release, plain_folder
from buildassets.wheels.plain import write_plain_copies

__all__ = ["ReleaseHook", "hatch_register_build_hook"]


class ReleaseHook(BuildHookInterface[Any]):
    """Builds the release of the package before each distribution."""

    PLUGIN_NAME = "buildassets"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._temporary = ExitStack()

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the release, and add its files to what is packed; end the build where that fails."""
        try:
            plain = plain_folder(self.config.get("plain", ""))
            release = built_release(self.root, self.metadata.core.entry_points.get(GROUP, {}))
        except PackageError as fault:
            self.app.abort(f"buildassets: {fault}")
            return
        if self.target_name == "wheel" and version == "editable":
            return
        build_data["force_include"].update(self._packed(release))
        if plain and self.target_name == "wheel":
            copies = write_plain_copies(release.folder, self._temporary.enter_context(temporary_folder()))
            build_data["force_include"].update((file, f"{plain}/{path}") for path, file in copies.items())

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copies under plain names, which are packed by now."""
        self._temporary.close()

    def _packed(self, release: PackageRelease) -> dict[str, str]:
        """The place in the distribution of each file to be packed, by its absolute path."""
        is_wheel = self.target_name == "wheel"
        target = release.target if is_wheel else os.path.relpath(release.folder, self.root).replace(os.sep, "/")
        packed = {os.path.join(release.folder, *name.split("/")): f"{target}/{name}" for name in release.files()}
        if not is_wheel:
            packed |= {os.path.join(self.root, *name.split("/")): name for name in release.sources}
        return packed


@hookimpl
def hatch_register_build_hook() -> type[ReleaseHook]:
    """The hook, which hatchling finds by our entry point in the group `hatch`."""
    return ReleaseHook
