"""`check`: reports everything that a build would report, and missing names in templates. Writes nothing."""

from collections.abc import Mapping
from itertools import chain

from buildassets.compiler.cache.store import ReadCache
from buildassets.compiler.config.named_settings import hinted
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.esbuild.command import is_absent
from buildassets.compiler.finishing import features_of
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.graph.checks.chunk_names import plain_name_faults
from buildassets.compiler.graph.checks.unused import unused
from buildassets.compiler.graphed import graph_of
from buildassets.compiler.languages.native.library import oddity
from buildassets.compiler.means import Means
from buildassets.compiler.model import Linked, Source
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.templates.build_names import names_of_build
from buildassets.compiler.templates.check import TemplateCheck, read_templates
from buildassets.compiler.templates.elsewhere import Elsewhere
from buildassets.compiler.templates.named import NamedInTemplates
from buildassets.compiler.transform.draft_cache import names_for
from buildassets.foundation.diagnostics import Diagnostic, sort_key
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath


@frozen
class CheckResult:
    """The result of a check.

    `unreached` are the sources that `entries` does not reach, so that no release contains them. `unused` are the assets
    that no template and no other asset names; empty if no template names any. `of_others` are those of both in vendored
    roots, such as the files of an installed application. `has_unparsed` is whether the project has scripts of its
    own and no esbuild, which alone finds every fault in them.
    """

    diagnostics: tuple[Diagnostic, ...]
    unreached: tuple[LogicalPath, ...]
    unused: tuple[LogicalPath, ...]
    templates: TemplateCheck
    of_others: frozenset[LogicalPath] = frozenset()
    has_unparsed: bool = False


def check(request: BuildRequest) -> CheckResult:
    """Report everything that a build of the request would report, and missing names in templates; write nothing.

    Results of builds in its cache are used again. If the configuration names no folders of templates, those that
    frameworks use are searched.
    """
    config = request.config
    kept = ReadCache(request.cache, names_for(config)) if request.cache else None
    means = Means(request=request, cache=kept)
    graph = graph_of(means, NamedInTemplates(config, cache=None))
    assets, unreached = graph.assets, graph.unreached
    if graph.failed and not assets:  # no engine could be started, so no name can be checked
        return CheckResult(
            graph.diagnostics,
            unreached,
            unused=(),
            templates=TemplateCheck(),
            of_others=graph.of_others.intersection(unreached),
        )
    templates = read_templates(config).check(names_of_build(config, graph), Elsewhere(config))
    checks = () if graph.failed else (feature.check(means, graph) for feature in features_of(means, graph))
    faults = chain.from_iterable(checks)
    strings = () if graph.failed else plain_name_faults(config, assets, _sources(graph))
    found = {*graph.diagnostics, *templates.diagnostics, *faults, *strings, *filter(None, [oddity()])}
    diagnostics = hinted(config, tuple(sorted(found, key=sort_key)))
    of_blocks = map(LogicalPath, (*config.plan.bundles, *config.plan.named) if config.plan else ())
    used = templates.used.union(of_blocks, graph.front_ends.files)
    left = unused(config, assets, graph.importmap, used) if templates.used else ()
    of_others = graph.of_others.intersection((*unreached, *left))
    return CheckResult(
        diagnostics,
        unreached,
        unused=left,
        templates=templates,
        of_others=of_others,
        has_unparsed=_has_unparsed(config, assets),
    )


def _has_unparsed(config: Config, assets: Mapping[LogicalPath, Linked]) -> bool:
    sources = (asset.draft.source for asset in assets.values())
    own = (source for source in sources if source.root >= 0 and not config.sources[source.root].is_of_others)
    scripts = (source for source in own if source.syntax is Syntax.JAVASCRIPT)
    return any(scripts) and is_absent(config.folder, permission=config.permission)


def _sources(graph: AssetGraph) -> dict[LogicalPath, Source]:
    """The sources of all assets."""
    return {path: asset.draft.source for path, asset in graph.assets.items()}
