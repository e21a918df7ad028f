"""Executors by the names that users give them."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from buildassets.compiler.executors.named import executor_named
from buildassets.errors import ConfigError
from buildassets.foundation.permission import BUILDING


def test_a_cluster_needs_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError) as refused:
        executor_named("dask://scheduler:8786", str(tmp_path), 1, permission=BUILDING)
    (fault,) = refused.value.diagnostics
    assert fault.code == "executor/unavailable"
    assert fault.hint == 'install it with `pip install "buildassets[dask]"`'


@pytest.mark.parametrize("name", ["dask://scheduler:8786", "tls://[::1]:8786", "dask://10.0.0.1:8786/"])
def test_a_cluster_is_not_asked_before_there_is_work(name: str, tmp_path: Path) -> None:
    with closing(executor_named(name, str(tmp_path), 1, permission=BUILDING)) as away:
        assert away.shown == name
        assert away.complaint() is None


def test_the_folder_of_a_module_does_not_stay_in_the_path(tmp_path: Path) -> None:
    (tmp_path / "own_pool_of_a_test.py").write_text("from concurrent.futures import ThreadPoolExecutor as pool\n")
    before = list(sys.path)
    with closing(executor_named("own_pool_of_a_test:pool", str(tmp_path), 1, permission=BUILDING)) as away:
        assert away.width > 0
    assert sys.path == before
