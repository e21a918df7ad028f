"""What features add to a release between its stored files and its manifest: a row for each feature.

A feature is a folder of `buildassets.features`; its module `finish` holds `FEATURE`, and is imported only for a build
that uses it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Final, TypeAlias

from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.means import Means
from buildassets.compiler.model import Stored
from buildassets.compiler.write.release_directory import ReleaseWriter
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.digest import digest, in_base64
from buildassets.foundation.frozen import field, frozen_by_name
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import Companion, Manifest


@frozen_by_name
class Finishing:
    """A release whose files are `stored` in the `writer`'s staging folder."""

    means: Means
    graph: AssetGraph
    writer: ReleaseWriter
    stored: Mapping[LogicalPath, Stored]


@frozen_by_name
class Finished:
    """The manifest of a release, and what is written with it.

    - `files`: the contents of files that later releases replace, by their names below `assets/`
    - `of_manifest`: the same for files that are made of the bytes of the manifest
    - `new_maps`: the names of source maps that were not there, in the folder beside the release
    """

    manifest: Manifest
    files: Mapping[str, bytes] = field(default_factory=dict)
    of_manifest: Mapping[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    new_maps: Sequence[str] = ()

    def contents(self, manifest: bytes) -> dict[str, bytes]:
        """The contents of all files by name, where `manifest` is what is written of the manifest."""
        return {**self.files, **{name: content_of(manifest) for name, content_of in self.of_manifest.items()}}


@frozen_by_name
class Feature:
    """A feature's part in a release.

    - `finish`: adds to the release. Raises BuildError and OSError.
    - `check`: gives what `check` finds without a release.
    """

    finish: Callable[[Finishing, Finished], Finished]
    check: Callable[[Means, AssetGraph], Iterable[Diagnostic]] = lambda *_: ()


_IsUsed: TypeAlias = Callable[[Means, AssetGraph], bool]
_FEATURES: Final[Mapping[str, _IsUsed]] = {  # in the order in which they finish a release
    "budgets": lambda means, _: bool(means.config.budgets) and means.is_production,
    "retained": lambda means, _: bool(means.config.retain or means.request.previous) and means.is_production,
    "deltas": lambda means, _: means.makes_deltas,
    "hidden_maps": lambda _, graph: bool(graph.hidden_maps),
    "companions": lambda means, _: bool(means.config.companions or means.config.precache),
}


def features_of(means: Means, graph: AssetGraph) -> Iterator[Feature]:
    """The features that the build uses, in order."""
    for folder, is_used in _FEATURES.items():
        if is_used(means, graph):
            feature = import_module(f"buildassets.features.{folder}.finish").FEATURE
            assert isinstance(feature, Feature)
            yield feature


def finished(release: Finishing, manifest: Manifest) -> Finished:
    """The `release`, described by `manifest`, with what the features add. Raises BuildError and OSError."""
    made = Finished(manifest=manifest)
    for feature in features_of(release.means, release.graph):
        made = feature.finish(release, made)
    return made


def described(contents: Mapping[str, bytes]) -> dict[str, Companion]:
    """The entries of a manifest for files with these `contents`."""
    return {name: Companion(len(content), in_base64(digest(content))) for name, content in contents.items()}
