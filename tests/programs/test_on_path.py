"""Programs are found as the standard library finds them."""

import os
import shutil
from pathlib import Path

import pytest

from buildassets.programs.places import program_on_path


@pytest.fixture
def folders(tmp_path: Path) -> str:
    for folder in ("first", "second", "third"):
        (tmp_path / folder).mkdir()
    (tmp_path / "first/tool").write_text("not to be run")
    (tmp_path / "second/tool").mkdir()
    for program in ("third/tool", "first/other"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    return os.pathsep.join(str(tmp_path / folder) for folder in ("missing", "first", "second", "third"))


@pytest.mark.parametrize("name", ["tool", "other", "none"])
def test_a_program_is_the_first_that_can_be_run(folders: str, name: str) -> None:
    assert program_on_path(name, folders) == shutil.which(name, path=folders)


def test_without_folders_those_of_path_count(folders: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (folders, ""):
        monkeypatch.setenv("PATH", path)
        assert program_on_path("tool") == shutil.which("tool")
