"""Published style sheets, each with what an independent parser reads in it."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tests import css_trees
from tests.corpus.packages import node_modules, sampled

PORTIONS: Final = 16
LONGEST_SHEET: Final = 400_000  # characters; the parser takes a second for 100,000


@dataclass(frozen=True)
class Sheet:
    """A sheet, parsed when it is first asked for."""

    path: str
    text: str

    @property
    def preprocessed(self) -> str:
        """The text whose places the parser counts (CSS Syntax 3, section 3.3)."""
        return re.sub(r"\r\n?|\f", "\n", self.text).removeprefix("\ufeff")

    @cached_property
    def nodes(self) -> list[Any]:
        """Its component values, with comments."""
        found: list[Any] = css_trees.tinycss2.parse_component_value_list(self.preprocessed)
        return found

    @cached_property
    def rules(self) -> list[Any]:
        """The same without comments, for `tree` and `urls`."""
        return css_trees.without_comments(self.nodes)

    @cached_property
    def urls(self) -> list[str]:
        """The URLs that it fetches."""
        return css_trees.urls(self.rules)


@cache
def all_sheets() -> tuple[Path, ...]:
    """The sheets of the packages. What several publish with the same content is there once."""
    distinct: dict[bytes, Path] = {}
    for path in sorted(path for path in node_modules().rglob("*.css") if path.is_file()):
        distinct.setdefault(sha256(path.read_bytes()).digest(), path)
    return tuple(sampled(distinct.values()))


def sheets(portion: int) -> tuple[Sheet, ...]:
    """A sixteenth of them, but the longest."""
    read = (Sheet(str(path), path.read_bytes().decode("utf-8")) for path in all_sheets()[portion::PORTIONS])
    return tuple(sheet for sheet in read if len(sheet.text) <= LONGEST_SHEET)
