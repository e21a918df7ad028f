"""A release that the tests of serving share; no test may write to it."""

from pathlib import Path

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.vite import answers, gives
from tests.conftest import PATIENCE_SECONDS, write_tree
from tests.runtime.hostile import SECRET, SECRET_FILES
from tests.runtime.served import build_release


@pytest.fixture(scope="session")
def served_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a release."""
    return build_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def served(served_manifest: Path) -> Assets:
    """The release."""
    return Assets(served_manifest)


@pytest.fixture(scope="session")
def guarded_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a release among files that must not be read."""
    folder = tmp_path_factory.mktemp("guarded")
    write_tree(folder, dict.fromkeys(SECRET_FILES, SECRET))
    return build_release(folder)


@pytest.fixture(scope="session")
def guarded(guarded_manifest: Path) -> Assets:
    """The release among files that must not be read."""
    return Assets(guarded_manifest)


@pytest.fixture
def vite_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for Vite's server longer than a page does: on a busy machine it takes more than 0.3 s to answer."""
    for ask in (answers, gives):
        monkeypatch.setattr(ask, "__defaults__", (PATIENCE_SECONDS,))
