"""Measures for people: sizes as texts, the time of each stage of a build, and what its bundles are made of. Pure.

The last two decide nothing that is released, so they are kept next to the release and not in its manifest.
"""

from collections.abc import Mapping

from buildassets.foundation.frozen import field, frozen


def size_text(size_bytes: int) -> str:
    """A size for a person, as `980 B`, `18.2 kB` or `1.4 MB`."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


@frozen
class BundleContents:
    """The contents of a bundle: names of files, as in a manifest, and the bytes of each in the bundle.

    `imports` has, for a bundle of modules, the files that each of its files imports; `entry` is the first of them.
    """

    sizes: Mapping[str, int]
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entry: str | None = None


@frozen
class Measures:
    """The seconds of each stage in the order of the stages, and the contents of the bundles by logical path."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    contents: Mapping[str, BundleContents] = field(default_factory=dict)
