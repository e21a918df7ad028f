"""Measures of a build for people: the time of each stage, and what its bundles are made of. Pure.

Neither decides anything that is released, so both are kept next to the release and not in its manifest.
"""

from collections.abc import Mapping

from buildassets.foundation.frozen import field, frozen


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
