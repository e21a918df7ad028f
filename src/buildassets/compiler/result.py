"""What a build gives. Imports no stage: a build with nothing to do has a result too."""

from collections.abc import Collection, Mapping

from buildassets.compiler.cache.traces import Stale
from buildassets.diagnostics import Diagnostic
from buildassets.frozen import field, frozen
from buildassets.manifest import Manifest
from buildassets.paths import LogicalPath


@frozen
class BuildResult:
    """What a build gave. `manifest` is None where it failed; `written` are paths below the release directory.

    `inputs` are all files and folders that decided it, also those looked for in vain; `outputs` the files that it
    stands in. Both are absolute paths. `record` is what the next build needs to know of this one's assets,
    `size_bytes` that of all of them without their copies. `rerun` has, if there is a cache, the assets of which engines
    made drafts, and why those of earlier builds would not do. `manifest_digest` is that of the manifest's bytes.
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
    """What is known of the last build with the same settings.

    `changed` are the paths among its inputs and outputs where something is not as it was, with their digests;
    `unchanged` all others. The rest is as in its BuildResult.
    """

    changed: Mapping[str, str]
    unchanged: Collection[str]
    diagnostics: tuple[Diagnostic, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    record: bytes
    size_bytes: int
    manifest_digest: str
