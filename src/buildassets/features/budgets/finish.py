"""Refuses a release with assets over budget."""

import os
from collections.abc import Iterable

from buildassets.compiler.body import text_of
from buildassets.compiler.finishing import Feature, Finished, Finishing
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.means import Means
from buildassets.compiler.released import outputs
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.errors import BuildError
from buildassets.features.budgets.limits import Budgets
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.manifest.model import MANIFEST_NAME


def _finish(release: Finishing, finished: Finished) -> Finished:
    assets = release.graph.assets
    budgets = Budgets(release.means.config, assets)
    sizes = budgets.stored_sizes(release.stored, release.writer.chunks)
    if faults := budgets.faults(sizes, assets, release.writer.manifest()):
        raise BuildError(faults)
    return finished


def _check(means: Means, graph: AssetGraph) -> Iterable[Diagnostic]:
    budgets = Budgets(means.config, graph.assets)
    sizes = budgets.sizes(outputs(graph, Naming(text_of)))
    before = bytes_at(os.path.join(means.config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    return budgets.faults(sizes, graph.assets, before)


FEATURE = Feature(finish=_finish, check=_check)
