"""The session of docs/guides/diff.md is what is printed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_tree

PAGE = Path(__file__).parents[2] / "docs/guides/diff.md"


def test_session_prints_what_the_page_shows(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = re.search(r"```console\n\$ buildassets (.*)\n((?:.*\n)*?)```", page)
    assert found is not None
    write_tree(tmp_path, {"assets/css/app.scss": '@use "theme" as *; a { color: $colour }'})
    for colour, folder in (("tomato", "old"), ("rebeccapurple", "build")):
        write_tree(tmp_path, {"assets/css/_theme.scss": f"$colour: {colour};"})
        output_of(tmp_path, "build", "-o", folder)
    printed = output_of(tmp_path, *found[1].split())
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(page.replace(found[2], printed), encoding="utf-8")
        return
    assert printed == found[2]


def output_of(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "buildassets", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout
