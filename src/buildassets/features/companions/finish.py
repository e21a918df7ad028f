"""Adds the configured files for other systems to a release."""

from buildassets.compiler.finishing import Feature, Finished, Finishing, described
from buildassets.compiler.graph.checks.kept_names import OTHER_NAME
from buildassets.errors import BuildError
from buildassets.features.companions.forms import companions_of, precache_list, taken_names
from buildassets.foundation.diagnostics import error
from buildassets.foundation.frozen import replace


def _finish(release: Finishing, finished: Finished) -> Finished:
    config, manifest = release.means.config, finished.manifest
    companions = companions_of(config.companions, manifest)
    if config.precache:
        companions = dict(sorted({**companions, config.precache: precache_list(manifest)}.items()))
    faults = [
        error("companion/name", f"`{path}` has the name of a file for another system", hint=OTHER_NAME)
        for path in taken_names(companions, manifest)
    ]
    if faults:
        raise BuildError(faults)
    return replace(finished, manifest=replace(manifest, companions=described(companions)), files=companions)


FEATURE = Feature(finish=_finish)
