"""The site that tests of bad servers build, and builds that do not wait long."""

import pytest

from buildassets.compiler.cache.remote import line
from tests.compiler.cache.remote.known_site import SECRET, Site


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILDASSETS_CACHE_KEY", SECRET)
        return Site(tmp_path_factory.mktemp("bad"))


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_CACHE_KEY", SECRET)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have builds wait only a moment for servers that never answer."""
    monkeypatch.setattr(line, "PATIENCE_SECONDS", 0.2)
