"""A block as one rendering has it, with its place in a template. Frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from buildassets.compat.compressor.run.key import Block
from buildassets.diagnostics import Location, locate

__all__ = ["Place", "Rendering"]


@dataclass(frozen=True, slots=True)
class Place:
    """A tag in a template: `file` as a user would write it, `source` the template's text, `line` that of the tag."""

    file: str
    source: str
    line: int

    def location(self, name: str | None = None) -> Location:
        """The place of the tag, or of the first `name` behind it."""
        start = self.offset()
        found = self.source.find(name, start) if name else -1
        if found < 0:
            return locate(self.file, self.source, start, start + len("{% compress"))
        return locate(self.file, self.source, found, found + len(name or ""))

    def offset(self) -> int:
        """Where the tag stands in the template's text."""
        lines = self.source.splitlines(keepends=True)
        start = sum(map(len, lines[: self.line - 1]))
        found = self.source.find("{%", start)
        tag = self.source.find("compress", start)
        return found if 0 <= found <= tag else start


@dataclass(frozen=True, slots=True)
class Rendering:
    """`text` is the block with plain URLs, with marks for what is not known; `missing` are the names of that.

    `values` are those of the context.
    """

    block: Block
    text: str
    place: Place
    missing: tuple[str, ...] = ()
    fault: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)
