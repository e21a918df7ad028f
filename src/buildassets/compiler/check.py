"""`check`: reports everything that a build would report, and missing names in templates. Writes nothing."""

import os
from collections.abc import Collection, Mapping

from buildassets.compiler.body import text_of
from buildassets.compiler.build import graph_of
from buildassets.compiler.cache.store import ReadCache
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.esbuild.command import is_absent
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.graph.checks.chunk_names import plain_name_faults
from buildassets.compiler.graph.checks.unused import unused
from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.languages.native.library import oddity
from buildassets.compiler.means import Means
from buildassets.compiler.model import Linked, Source
from buildassets.compiler.released import outputs
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.templates.check import NamesOfBuild, TemplateCheck, Widths, check_templates
from buildassets.compiler.transform.draft_cache import names_for
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.foundation.diagnostics import Diagnostic, sort_key
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import MANIFEST_NAME


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
    graph = graph_of(means)
    assets, unreached = graph.assets, graph.unreached
    if graph.failed and not assets:  # no engine could be started, so no name can be checked
        return CheckResult(
            graph.diagnostics,
            unreached,
            unused=(),
            templates=TemplateCheck(),
            of_others=graph.of_others.intersection(unreached),
        )
    named = [*assets, *map(LogicalPath, graph.front_ends.entries)]
    css_modules: dict[str, dict[LogicalPath, Collection[str]]] = {}
    for path, asset in sorted(assets.items()):
        for module, names in asset.draft.names.items():
            css_modules.setdefault(module, {})[path] = names.keys()
    known = NamesOfBuild(
        released=named,
        unreached=unreached,
        uncompiled=graph.uncompiled,
        css_modules=css_modules,
        pictures=_pictures(graph),
        icons=_icons(config, graph),
    )
    templates = check_templates(config, known)
    faults = () if graph.failed else _over_budget(means, graph)
    strings = () if graph.failed else plain_name_faults(config, assets, _sources(graph))
    found = {*graph.diagnostics, *templates.diagnostics, *faults, *strings, *filter(None, [oddity()])}
    diagnostics = tuple(sorted(found, key=sort_key))
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


def _pictures(graph: AssetGraph) -> dict[LogicalPath, Widths]:
    """The widths of all pictures, and of the variants of each."""
    found = {}
    for path, asset in graph.assets.items():
        variants = (graph.assets[one].draft.source.variant for one in asset.draft.source.variants)
        size = asset.draft.size
        if size or asset.draft.source.variants:
            made = {variant.width for variant in variants if variant}
            found[path] = Widths(size.width if size else None, tuple(sorted(made)))
    return found


def _icons(config: Config, graph: AssetGraph) -> dict[str, LogicalPath] | None:
    """The icons of all sprites, each with the first one that has it; None if none is configured."""
    if not config.icons:
        return None
    first = LogicalPath(min(config.icons))
    found = dict.fromkeys(sorted(graph.icons), first)  # those too in which there is a fault, which is reported
    for path, asset in sorted(graph.assets.items(), reverse=True):
        for name in asset.draft.icons:
            found[name] = path
    return found


def _over_budget(means: Means, graph: AssetGraph) -> tuple[Diagnostic, ...]:
    """The diagnostics for assets over budget."""
    budgets = means.budgets(graph.assets)
    sizes = budgets.sizes(outputs(graph, Naming(text_of)))
    before = bytes_at(os.path.join(means.config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    return tuple(budgets.faults(sizes, graph.assets, before))
