"""Environments of other systems are made once, by one process, and again when what is in them changes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.environments import kept_environment

pytestmark = pytest.mark.thorough


def test_an_environment_is_made_once_and_again_when_what_it_is_made_of_changes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        (programs,) = set(threads.map(lambda _: kept_environment("one", "pip", cache=tmp_path), range(2)))
    assert (programs / "python").exists()
    (programs / "mark").touch()
    assert kept_environment("one", "pip", cache=tmp_path) == programs
    assert (programs / "mark").exists()
    kept_environment("one", "pip", state="another", cache=tmp_path)
    assert (programs / "python").exists()
    assert not (programs / "mark").exists()


def test_what_cannot_be_installed_is_a_missing_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    for _ in range(2):
        with pytest.raises(pytest.fail.Exception, match="cannot install /nowhere"):
            kept_environment("one", "/nowhere", cache=tmp_path)
