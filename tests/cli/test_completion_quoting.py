"""Completion of names that a shell would read as more than a name."""

from pathlib import Path

import pytest

from tests.cli.test_completion import SHELLS, typed_in
from tests.command import run
from tests.conftest import write_tree

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", ["$(touch ran).css", "a b.css", "it's.css", "back\\slash.css"])
def test_name_with_signs_of_the_shell_is_quoted(shell: str, name: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {f"assets/css/{name}": "a { color: tan }\n", "home/.keep": ""})
    assert run(tmp_path, "build").returncode == 0
    assert f"css/{name} → css/" in typed_in(shell, tmp_path, "buildassets explain cs\t")
    assert not (tmp_path / "ran").exists()
