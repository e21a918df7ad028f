"""docs/errors.md knows every code that the source can give, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOPICS = "asset|bundle|config|css|directive|importmap|js|jst|manifest|output|reference|scss|source"


def test_every_code_is_documented_once() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    given = {code for text in sources for code in re.findall(rf'"((?:{TOPICS})/[a-z-]+)"', text)}
    documented = re.findall(r"^\| `([a-z]+/[a-z-]+)` \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(given)
