"""A block as one rendering has it, with its place in a template. Frozen values."""

import re
from collections.abc import Mapping
from typing import Any, Final

from buildassets.compat.compressor.run.key import Block
from buildassets.foundation.diagnostics import Location, locate
from buildassets.foundation.frozen import field, frozen

__all__ = ["BlockPlace", "Rendering"]

_TAG: Final = re.compile(r"\{%[-+]?\s*compress\s")


@frozen
class BlockPlace:
    """A tag in a template: `file` as a user would write it, `source` the template's text, `line` that of the tag.

    `start` is where the tag is in the text, where that is known; `number` counts the blocks of the template else.
    """

    file: str
    source: str
    line: int
    start: int | None = None
    number: int = 0

    @property
    def tag(self) -> tuple[str, int, int]:
        """The key that identifies the tag, also among those of its line."""
        return self.file, self.line, self.number if self.start is None else self.start

    def location(self, name: str | None = None) -> Location:
        """The place of the tag, or of the first `name` in its block."""
        start = self.offset()
        found = self.source.find(name, start, self._end(start)) if name else -1
        if found < 0:
            return locate(self.file, self.source, start, start + len("{% compress"))
        return locate(self.file, self.source, found, found + len(name or ""))

    def url(self, url: str, path: str) -> Location:
        """The place of a URL behind the tag, as written there; or of the `path` that a tag makes it of."""
        behind = max(self.source.find("%}", self.offset()), self.offset())
        for text in filter(None, (path, url)):
            found = re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w./-])").search(self.source, behind)
            if found:
                return locate(self.file, self.source, found.start(), found.end())
        return self.location()

    def variable(self, name: str) -> Location:
        """The place of the first variable or argument `name` in the block."""
        start = self.offset()
        pattern = re.compile(rf"\{{[{{%][^}}]*?(?<![\w.]){re.escape(name)}(?!\w)")
        found = pattern.search(self.source, start, self._end(start))
        if found is None:
            return self.location(name)
        return locate(self.file, self.source, found.end() - len(name), found.end())

    def _end(self, start: int) -> int:
        """Where the block ends whose tag is at `start`: what another holds is not meant."""
        found = self.source.find("endcompress", start)
        return len(self.source) if found < 0 else found

    def offset(self) -> int:
        """The place of the tag in the template's text, or of the first one in its line."""
        if self.start is not None:
            return self.start
        lines = self.source.splitlines(keepends=True)
        start = sum(map(len, lines[: self.line - 1]))
        found = _TAG.search(self.source, start)
        return found.start() if found else start


@frozen
class Rendering:
    """`text` is the block with plain URLs, with marks for what is not known; `missing` are the names of that.

    `values` are those of the context.
    """

    block: Block
    text: str
    place: BlockPlace
    missing: tuple[str, ...] = ()
    fault: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)
