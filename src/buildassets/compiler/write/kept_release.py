"""What a process keeps of the release that it wrote: names, stored files, entries, and their texts in the manifest."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.model import Stored
from buildassets.foundation.frozen import frozen_by_name
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import Entry

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature


@frozen_by_name
class KeptRelease:
    """The last release. `outputs` are its files by absolute path, each with its asset, or with None for others."""

    naming: Naming
    stored: Mapping[LogicalPath, Stored]
    entries: Mapping[str, Entry]
    lines: Mapping[str, str]
    outputs: Mapping[str, LogicalPath | None]
    manifest_stamp: "Signature | None"
