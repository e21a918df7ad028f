"""The reference has what the code has, where it is not made from it."""

import re

from tests.docs.site import DOCS, PROJECT

_NAMED = re.compile(r'^\w+(?:: Final)? = "(BUILDASSETS_[A-Z_]+)"', re.MULTILINE)
_BETWEEN_PROGRAMS = {"BUILDASSETS_STARTED", "BUILDASSETS_TYPED"}  # `manage.py` sets them for the compiler


def test_every_environment_variable_is_in_the_reference() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (PROJECT / "src").rglob("*.py"))
    named = {name for source in sources for name in _NAMED.findall(source)} - _BETWEEN_PROGRAMS
    assert len(named) > 6
    page = (DOCS / "reference/command-line.md").read_text(encoding="utf-8").partition("## Environment variables")[2]
    assert sorted(name for name in named if f"`{name}`" not in page) == []
