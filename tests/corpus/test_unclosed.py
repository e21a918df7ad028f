"""No published script and no published sheet is taken for broken; what is wrong on purpose may be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.languages.css.open_ends import open_ends
from buildassets.compiler.languages.javascript.unclosed import unclosed
from tests.corpus.packages import node_modules
from tests.corpus.test_js_oracle import WRONG_ON_PURPOSE

pytestmark = pytest.mark.corpus

LARGEST_FILE_BYTES: Final = 4_000_000
FEWEST_SCRIPTS: Final = 8000
FEWEST_SHEETS: Final = 1000
FEWEST_BROKEN: Final = 60


def files(*suffixes: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(node_modules().rglob("*.*")):
        if path.suffix in suffixes and path.is_file() and path.stat().st_size <= LARGEST_FILE_BYTES:
            yield path, path.read_bytes().decode("utf-8", "replace")


def test_no_published_script_leaves_anything_open() -> None:
    found: dict[bool, list[Path]] = {True: [], False: []}
    count = 0
    for path, text in files(".js", ".mjs"):
        is_wrong_on_purpose = WRONG_ON_PURPOSE in path.parts and path.parent.name in ("fail", "early")
        count += not is_wrong_on_purpose
        if unclosed(text, module=True if path.suffix == ".mjs" else None):
            found[is_wrong_on_purpose].append(path)
    print(f"\n{count} scripts, and {len(found[True])} that are broken on purpose")  # noqa: T201  # for the log
    assert found[False] == []
    assert len(found[True]) >= FEWEST_BROKEN
    assert count >= FEWEST_SCRIPTS


def test_no_published_sheet_leaves_anything_open() -> None:
    sheets = list(files(".css"))
    print(f"\n{len(sheets)} sheets")  # noqa: T201  # for the log
    assert [path for path, text in sheets if open_ends(text)] == []
    assert len(sheets) >= FEWEST_SHEETS
