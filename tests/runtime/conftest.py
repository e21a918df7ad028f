"""A release that the tests of serving share; no test may write to it."""

from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.runtime.served import build_release


@pytest.fixture(scope="session")
def served_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a release."""
    return build_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def served(served_manifest: Path) -> Assets:
    """What it names."""
    return Assets(served_manifest)
