"""docs/reference/references.md lists what the source knows."""

import re
from pathlib import Path

from buildassets.compiler.languages.css.references import REFERRING
from buildassets.compiler.sources import uncompiled

PAGE = Path(__file__).parents[2] / "docs/reference/references.md"


def test_every_referring_function_of_sheets_is_listed() -> None:
    rows = "".join(re.findall(r"^\| CSS \|.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert [name for name in sorted(REFERRING) if f"`{name}" not in rows] == []


def test_every_suffix_of_a_source_language_is_listed() -> None:
    section = PAGE.read_text().partition("\n## Source languages\n")[2].partition("\n## ")[0]
    rows = [line.rpartition(" | ")[2] for line in section.splitlines() if line.startswith("| ")]
    listed = re.findall(r"`(\.\w+)`", "".join(rows))
    assert sorted(listed) == sorted(uncompiled._COMPILES_TO)
