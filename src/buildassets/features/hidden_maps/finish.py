"""Writes the hidden source maps of a release, and their record."""

from buildassets.compiler.finishing import Feature, Finished, Finishing
from buildassets.features.hidden_maps.write import write_maps
from buildassets.foundation.frozen import replace


def _finish(release: Finishing, finished: Finished) -> Finished:
    manifest = finished.manifest
    maps, new = write_maps(release.means.config.output, release.graph.hidden_maps, manifest.assets)
    return replace(finished, manifest=replace(manifest, maps=maps), new_maps=new)


FEATURE = Feature(finish=_finish)
