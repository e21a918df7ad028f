"""Builds on a Dask cluster give what local builds give."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import run, run_apart
from tests.compiler.executors.clusters import DaskProcesses, dask_cluster
from tests.compiler.executors.sites import SITE, released_alone
from tests.conftest import MadeOnce, Tree, read_tree, write_tree
from tests.example.servers import free_port


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskProcesses]:
    with dask_cluster(tmp_path_factory.mktemp("dask"), workers=2) as started:
        yield started


@pytest.fixture(scope="module")
def alone(made_once: MadeOnce) -> Tree:
    """The release of SITE by a local build."""
    return released_alone(made_once, "site", SITE)


def test_a_build_on_a_cluster_releases_the_same_bytes(tmp_path: Path, cluster: DaskProcesses, alone: Tree) -> None:
    write_tree(tmp_path, SITE)
    done = run(tmp_path, "build", "--executor", cluster.name, "-v")
    assert done.returncode == 0
    assert "warning" not in done.stderr
    assert read_tree(tmp_path / "build") == alone
    assert f"executor `{cluster.name}`:" in done.stderr
    assert " there, 0 here" in done.stderr


def test_drafts_made_on_a_cluster_are_kept_as_those_made_here(tmp_path: Path, cluster: DaskProcesses) -> None:
    write_tree(tmp_path, SITE)
    assert run(tmp_path, "build", "--executor", cluster.name, "-q").returncode == 0
    done = run(tmp_path, "build", "-o", "again", "-v")
    assert "was never built" not in done.stderr
    assert read_tree(tmp_path / "build") == read_tree(tmp_path / "again")


def test_errors_found_on_a_cluster_are_those_found_here(tmp_path: Path, cluster: DaskProcesses) -> None:
    write_tree(tmp_path, {**SITE, "assets/bad.scss": "a { color: $none }", "assets/bad.css": "a { b: 'c }"})
    here, there = run(tmp_path, "build", "--no-cache"), run(tmp_path, "build", "--no-cache", "--executor", cluster.name)
    assert (here.returncode, here.stderr) == (there.returncode, there.stderr)
    assert here.returncode == 1


def test_work_is_done_here_if_no_scheduler_is_there(tmp_path: Path, alone: Tree) -> None:
    write_tree(tmp_path, SITE)
    name = f"dask://127.0.0.1:{free_port()}"
    done = run(tmp_path, "build", "--executor", name)
    assert done.returncode == 0
    assert done.stderr.startswith(
        f"warning[executor/failed]: the executor `{name}` failed: its scheduler cannot be reached"
    )
    assert done.stderr.count("warning") == 1
    assert "Traceback" not in done.stderr
    assert read_tree(tmp_path / "build") == alone


def test_work_is_done_here_if_a_server_takes_connections_and_is_silent(tmp_path: Path, alone: Tree) -> None:
    write_tree(tmp_path, SITE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = run_apart(tmp_path, "build", "--executor", f"dask://127.0.0.1:{server.getsockname()[1]}")
    assert done.returncode == 0
    assert "failed: its scheduler gives no answer\n" in done.stderr
    assert read_tree(tmp_path / "build") == alone


def test_a_build_without_work_asks_no_cluster(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "compress = []\n", "assets/a.bin": b"a"})
    done = run(tmp_path, "build", "--executor", f"dask://127.0.0.1:{free_port()}")
    assert "warning" not in done.stderr
