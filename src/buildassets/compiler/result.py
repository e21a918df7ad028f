"""The result of a build. Imports no stage: a build with nothing to do has a result, too."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from buildassets.disk.file_sets import FileSet
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import Manifest

if TYPE_CHECKING:
    from buildassets.compiler.cache.remote.store import RemoteUse
    from buildassets.compiler.cache.traces import Signature, Stale
    from buildassets.foundation.measures import BundleContents


@frozen
class BuildResult:
    """The result of a build.

    - `manifest`: None if the build failed
    - `written`: the files that it wrote, as paths from the release directory; only hidden source maps lie outside of it
    - `inputs`: the absolute paths of all files and folders that decided it, absent ones too
    - `sets`: the sets of files that engines listed for what was made, and of templates; their folders are among the
      inputs
    - `parents`: those of `inputs` that are folders of which only the folders in them count
    - `outputs`: the absolute paths of all files of the release, and of its hidden source maps
    - `record`: the drafts and names that the next build need not make again
    - `size_bytes`: the size of all assets without their copies
    - `rerun`: if there is a cache, the assets that engines made again, and why the cached drafts were not valid
    - `manifest_digest`: the digest of the manifest's bytes
    - `digests`: by absolute path the known digests of files that were read or written, each with the stamp of the file;
      None for a file that was only read for its released content, or written
    - `stamps`: by absolute path the known stamps of files before they were read for their released content
    - `reused`: the number of drafts that were taken over from the last build
    - `remade_for`: why no draft could be taken over, if none could
    - `read_again`: else the assets that no engine makes and whose drafts were made again, each with the reason
    - `seconds`: the seconds that each stage took, in a build that had work
    - `contents`: the contents of the bundles that this build made
    - `remote`: the use of the remote cache, if one is configured
    """

    manifest: Manifest | None
    written: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    record: bytes = b""
    size_bytes: int = 0
    rerun: "Mapping[LogicalPath, Stale]" = field(default_factory=dict)
    manifest_digest: str = ""
    digests: "Mapping[str, tuple[Signature | None, str]]" = field(default_factory=dict)
    contents: "Mapping[str, BundleContents]" = field(default_factory=dict)
    sets: tuple[FileSet, ...] = ()
    remote: "RemoteUse | None" = None
    stamps: "Mapping[str, Signature]" = field(default_factory=dict)
    parents: frozenset[str] = frozenset()
    seconds: Mapping[str, float] = field(default_factory=dict)
    reused: int = 0
    remade_for: "Stale | None" = None
    read_again: "Mapping[LogicalPath, Stale]" = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Whether the release directory now holds this build."""
        return self.manifest is not None


@frozen
class LastBuild:
    """The last build with the same settings.

    `changed` are its inputs and outputs that have changed since, `unchanged` all others. The rest is as in its
    BuildResult.
    """

    changed: Collection[str]
    unchanged: Collection[str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    record: bytes
    manifest_digest: str
