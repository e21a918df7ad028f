"""Reports modules in TypeScript or JSX beside a script of the same asset, where something names that asset.

A compiler may have written the script there: then all is as that compiler left it, as long as nothing asks for the
module. Takes the sources and what names assets, gives diagnostics.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.languages.reference import OF_DEBUGGERS
from buildassets.compiler.model import Linked, Source
from buildassets.compiler.sources.names import is_typed
from buildassets.compiler.sources.uncompiled import is_declaration
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.media import SCRIPT_SUFFIXES, Syntax, script_name, suffix
from buildassets.foundation.paths import LogicalPath

_HINT: Final = (
    'choose with `prefer = "compiled"` or `prefer = "source"` in `sources`, rename one of them, '
    "or leave it out with `exclude`"
)


def clashes(
    config: Config,
    listed: Mapping[LogicalPath, Source],
    compiled: Mapping[LogicalPath, Linked],
    named: Collection[str],
    *,
    raw: Collection[LogicalPath],
) -> Iterator[Diagnostic]:
    """An error for each asset that two sources make and something names: `named`, an entry, a page, or a module.

    `raw` are those of the `listed` sources that nothing compiles.
    """
    pairs = dict(_pairs(config, listed, raw))
    if not pairs:
        return
    entries = [pattern.removeprefix("./") for pattern in config.entries]
    used = {*named, *entries, *(target for asset in compiled.values() for target in _named_by(asset))}
    for script, module in sorted(pairs.items()):
        if script in used or module.logical in used:
            message = f"`{listed[script].shown}` and `{module.shown}` both make `{script}`"
            yield error("source/duplicate", message, Location(module.shown), hint=_HINT)


def _pairs(
    config: Config, listed: Mapping[LogicalPath, Source], raw: Collection[LogicalPath]
) -> Iterator[tuple[LogicalPath, Source]]:
    """The modules that are passed over for a script beside them, by the logical path of that script."""
    for path in raw:
        source, script = listed[path], script_name(path)
        if script is None or source.root < 0 or is_declaration(path):
            continue
        root = config.sources[source.root]
        is_written_there = f"{script}.map" in listed  # by a compiler, which shows that it made the script
        if script in listed and not (root.prefer or root.npm or root.vendored or is_written_there):
            yield LogicalPath(script), source


def _named_by(asset: Linked) -> Iterator[str]:
    """The assets that a page or a typed module refers to; of other assets the references to modules only."""
    source = asset.draft.source
    is_either = is_typed(source) or source.syntax is Syntax.HTML
    for reference, target in asset.links:
        if reference.kind not in OF_DEBUGGERS and (is_either or suffix(target) in SCRIPT_SUFFIXES):
            yield target
