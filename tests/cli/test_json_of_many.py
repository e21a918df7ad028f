"""A JSON document that is printed part by part is the one that is printed at once."""

from typing import Any

import pytest

from buildassets.cli.show.output import print_json, print_json_of_many


@pytest.mark.parametrize(
    "members",
    [{}, {"a": {"ok": True, "assets": {}}}, {"a": {"z": 1, "lines": ["##[x]", "two\nlines"]}, "b/c": {}}],
)
def test_parts_of_a_document_make_the_whole(
    members: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    print_json({"ok": True, "diagnostics": [], "projects": members})
    whole = capsys.readouterr().out
    print_json_of_many({"ok": True, "diagnostics": []}, "projects", sorted(members.items()))
    assert capsys.readouterr().out == whole
