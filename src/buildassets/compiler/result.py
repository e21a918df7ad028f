"""The result of a build. Imports no stage: a build with nothing to do has a result, too."""

from collections.abc import Collection, Mapping

from buildassets.compiler.cache.traces import Stale
from buildassets.diagnostics import Diagnostic
from buildassets.frozen import field, frozen
from buildassets.manifest import Manifest
from buildassets.paths import LogicalPath


@frozen
class BuildResult:
    """The result of a build.

    - `manifest`: None if the build failed
    - `written`: the files that it wrote, as paths below the release directory
    - `inputs`: the absolute paths of all files and folders that decided it, absent ones too
    - `outputs`: the absolute paths of all files of the release
    - `record`: the dependency record of its assets, for the next build
    - `size_bytes`: the size of all assets without their copies
    - `rerun`: if there is a cache, the assets that engines made again, and why the cached drafts were not valid
    - `manifest_digest`: the digest of the manifest's bytes
    """

    manifest: Manifest | None
    written: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    record: bytes = b""
    size_bytes: int = 0
    rerun: Mapping[LogicalPath, Stale] = field(default_factory=dict)
    manifest_digest: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the release directory now holds this build."""
        return self.manifest is not None


@frozen
class LastBuild:
    """The last build with the same settings.

    `changed` are its inputs and outputs that have changed since, with their digests now; `unchanged` are all others.
    The rest is as in its BuildResult.
    """

    changed: Mapping[str, str]
    unchanged: Collection[str]
    diagnostics: tuple[Diagnostic, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    record: bytes
    size_bytes: int
    manifest_digest: str
