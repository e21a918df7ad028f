"""The file that something made of a picture or a font belongs to: its path is that of the file, and a name below it.

Takes names, gives a source, or the errors for names that are taken; looks whether the file is there.
"""

import os
from collections.abc import Iterable, Iterator, Mapping

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Source
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.paths import LogicalPath


def original_of(config: Config, logical: LogicalPath, path: str) -> Source | None:
    """The source that the one with the logical path and the `path` was made of; None if there is no such file."""
    file = os.path.dirname(path)
    if os.path.basename(path) != os.path.basename(logical) or not os.path.isfile(file):
        return None
    original = LogicalPath("/".join((*logical.split("/")[:-1], os.path.basename(file))))
    return Source(original, file, shown=config.shown(file), root=0, relative=original)


def made_twice(
    what: str, source: Source, made: Iterable[LogicalPath], known: Mapping[LogicalPath, Source], *, hint: str
) -> Iterator[Diagnostic]:
    """The errors for those of `made`, which are each `what` of `source`, whose names other sources have."""
    for path in sorted(made):
        if path in known:
            other = known[path].shown
            message = f"`{other}` and {what} of `{source.shown}` both make `{path}`"
            yield error("source/duplicate", message, Location(other), hint=hint)
