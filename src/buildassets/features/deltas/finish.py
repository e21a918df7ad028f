"""Adds deltas to a release that retains earlier ones."""

from buildassets.compiler.finishing import Feature, Finished, Finishing
from buildassets.features.deltas.deltas import with_deltas
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import DELTA


def _finish(release: Finishing, finished: Finished) -> Finished:
    means = release.means
    level, executor = means.config.compress[DELTA], means.request.executor
    manifest = with_deltas(finished.manifest, release.writer, level, means.cache, executor=executor)
    return replace(finished, manifest=manifest)


FEATURE = Feature(finish=_finish)
