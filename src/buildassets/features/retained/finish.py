"""Retains earlier releases, those in the release directory or those that are carried over from elsewhere."""

import os

from buildassets.compiler.config.values import Retain
from buildassets.compiler.finishing import Feature, Finished, Finishing
from buildassets.features.retained.carry import carried_over
from buildassets.features.retained.retain import Retaining, superseded
from buildassets.foundation.frozen import replace
from buildassets.manifest.model import MANIFEST_NAME, RELEASE_FILE, digest_of_release, release_content


def _finish(release: Finishing, finished: Finished) -> Finished:
    means, writer, assets = release.means, release.writer, finished.manifest.assets
    retaining = Retaining(means.config.retain or Retain(), means.request.clock)
    if means.request.previous:
        kept = carried_over(writer, retaining, means.request.previous, assets)
    else:
        shown = means.config.shown(os.path.join(means.config.output, MANIFEST_NAME))
        kept = retaining.retained(superseded(writer.manifest(), shown), assets, writer.holds)
    # In this file open pages look for the release that is served, where earlier ones are retained for them.
    of_manifest = {RELEASE_FILE: _release_file} if means.config.retain else {}
    return replace(finished, manifest=replace(finished.manifest, retained=kept), of_manifest=of_manifest)


def _release_file(manifest: bytes) -> bytes:
    return release_content(digest_of_release(manifest))


FEATURE = Feature(finish=_finish)
