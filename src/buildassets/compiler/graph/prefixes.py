"""Warns of references that would name an asset without their prefix: `/static/a.png`, if `a.png` is an asset."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.findings import Finding, warnings_of
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.model import Linked
from buildassets.compiler.resolve.urls import below_prefixes, is_root_relative
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.diagnostics import Diagnostic
from buildassets.paths import LogicalPath

# The usual prefixes of other systems: Django, Rails, and the root of the host. The longest first.
_USUAL_PREFIXES: Final = ("/static/", "/assets/", "/")
_FOR_DEBUGGERS: Final = (ReferenceKind.SOURCE_MAP, ReferenceKind.ORIGINAL)


def prefix_faults(
    config: Config, compiled: Mapping[LogicalPath, Linked], known: Collection[LogicalPath]
) -> Iterator[Diagnostic]:
    """A warning for each reference that is not rewritten, but would be with `url_prefixes`; none if that key is set."""
    if config.url_prefixes is None:
        findings = _findings(config, compiled, known)
        yield from warnings_of("reference/prefix", config, findings, _summary)


def _summary(count: int, root: str) -> str:
    return f"{count} references in {root} name assets but for their prefix and are left alone"


def _findings(
    config: Config, compiled: Mapping[LogicalPath, Linked], known: Collection[LogicalPath]
) -> Iterator[Finding]:
    is_external = compile_globs(config.external)
    of_vite = {index for index, root in enumerate(config.sources) if root.manifest}  # its base decides there
    for _, asset in sorted(compiled.items()):
        if asset.draft.source.root in of_vite:
            continue
        positions = OriginalPositions(asset.draft, config.shown)
        for index, reference in enumerate(asset.draft.references):
            if reference.kind in _FOR_DEBUGGERS or not is_root_relative(reference, config.url):
                continue
            for prefix in _USUAL_PREFIXES:
                target = next(below_prefixes(reference, (prefix,), is_external), None)
                if target in known:
                    message = f"`{reference.url}` is left alone, and `{target}` is an asset"
                    hint = f'set `url_prefixes = ["{prefix}"]`, or `[]` where something else serves it'
                    yield Finding(positions, index, asset.draft.source.root, reference.url, message, hint)
                    break
