"""What templates name and a release lacks, as a part of the graph of that build."""

from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.kept import NO_REPORT, TemplateReport
from buildassets.compiler.means import Means
from buildassets.compiler.templates.build_names import NO_NAMES, names_of_build
from buildassets.compiler.templates.files import absent_folders
from buildassets.compiler.templates.named import NamedInTemplates
from buildassets.foundation.diagnostics import sort_key
from buildassets.foundation.frozen import replace


def with_templates(means: Means, graph: AssetGraph, templates: NamedInTemplates) -> AssetGraph:
    """The graph with a warning for each name in templates that the release lacks, and with what decided these.

    In production a configured folder of templates that is not there, as in half an image, is an error.
    """
    if graph.failed and not graph.assets:
        return graph
    report = means.kept.templates = _report(means, graph, templates)
    absent = absent_folders(means.config) if means.is_production else ()
    places = {one.location for one in graph.diagnostics}  # where a plan of blocks has the same fault
    warnings = report.warnings if means.request.checks_templates else ()
    lacking = (one for one in warnings if one.location not in places)
    more = (*lacking, *absent)
    return replace(
        graph,
        diagnostics=tuple(sorted({*graph.diagnostics, *more}, key=sort_key)) if more else graph.diagnostics,
        inputs=means.kept.inputs(graph.inputs, report.inputs, of="templates"),
        sets=(*graph.sets, *report.sets),
        parents=report.parents.difference(graph.inputs),
    )


def _report(means: Means, graph: AssetGraph, templates: NamedInTemplates) -> TemplateReport:
    """The report on the templates: that of the last build if nothing changed that it is about."""
    if not (means.request.checks_templates or templates.is_decisive):
        return NO_REPORT
    report, renewed = means.kept.templates, means.kept.graphing.changed
    drafts = (graph.assets[path].draft for path in renewed or ())
    if report and renewed is not None and not any(one.names or one.size or one.icons for one in drafts):
        return report
    released = names_of_build(means.config, graph) if templates.are_there else NO_NAMES
    if report and report.released == released:
        return report
    return templates.report(released, is_watched=means.request.kept is not None)
