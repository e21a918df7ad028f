"""Which assets keep their own names: those that `plain` matches. Pure."""

from collections.abc import Collection

from buildassets.compiler.config.values import Config
from buildassets.compiler.sources.globs import named_by
from buildassets.foundation.paths import LogicalPath


def plain_names(config: Config, names: Collection[str]) -> frozenset[LogicalPath]:
    """Those of `names` that `plain` matches; a pattern without a wildcard names exactly that path."""
    return frozenset(LogicalPath(path) for pattern in config.plain for path in named_by(pattern, names))
