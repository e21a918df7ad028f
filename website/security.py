"""The table of verbs in the security policy, made from the permissions that the verbs take."""

import re
from pathlib import Path
from typing import Final

from buildassets.cli.parse.permissions import table

_FILE: Final = Path(__file__).parents[1] / "SECURITY.md"
_TABLE: Final = re.compile(r"^\| verb \|.*\n(?:\|.*\n)+", re.MULTILINE)


def page() -> str:
    """The text of the policy with the table as it is now."""
    text, count = _TABLE.subn(lambda _: "\n".join(table()) + "\n", _FILE.read_text("utf-8"))
    assert count == 1
    return text
