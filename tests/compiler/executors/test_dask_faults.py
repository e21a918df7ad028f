"""Builds on a Dask cluster give what local builds give, whatever happens to the cluster."""

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.command import environment, run, run_apart
from tests.compiler.executors.clusters import DaskProcesses, Process, certificate, dask_cluster
from tests.compiler.executors.sites import SITE, released_alone
from tests.conftest import PATIENCE_SECONDS, MadeOnce, Tree, read_tree, wait_for, write_tree

pytestmark = pytest.mark.thorough

# Takes long enough for a process to be killed meanwhile: br at its highest level needs a third of a second for each.
LONG: Tree = {
    **SITE,
    **{
        f"assets/long{n}.txt": "".join(f"{i * (n + 7919) % 1000003} {i ^ n} words\n" for i in range(8_000))
        for n in range(8)
    },
}


@pytest.fixture(scope="module")
def alone(made_once: MadeOnce) -> Tree:
    """The release of SITE by a local build."""
    return released_alone(made_once, "site", SITE)


@pytest.fixture(scope="module")
def long_alone(made_once: MadeOnce) -> Tree:
    """The release of LONG by a local build."""
    return released_alone(made_once, "long", LONG)


def test_a_build_goes_on_with_two_of_three_workers_killed(tmp_path: Path, long_alone: Tree) -> None:
    write_tree(tmp_path / "site", LONG)
    with dask_cluster(tmp_path / "cluster", workers=3) as own:
        done = built_while(tmp_path / "site", own, lambda: killed(own.workers[:2]))
    assert "warning" not in done.stderr
    assert "Traceback" not in done.stderr
    assert " there, 0 here" in done.stderr
    assert read_tree(tmp_path / "site/build") == long_alone


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_work_is_done_here_with_one_warning_if_the_scheduler_is_gone(
    tmp_path: Path, long_alone: Tree, end: signal.Signals
) -> None:
    write_tree(tmp_path / "site", LONG)
    with dask_cluster(tmp_path / "cluster", workers=2) as own:
        done = built_while(tmp_path / "site", own, lambda: own.scheduler.send_signal(end))
    warning, *_ = [line for line in done.stderr.splitlines() if line.startswith("warning")]
    assert warning == f"warning[executor/failed]: the executor `{own.name}` failed: its scheduler is gone"
    assert done.stderr.count("warning") == 1
    assert "Traceback" not in done.stderr
    assert "distributed" not in done.stderr
    assert read_tree(tmp_path / "site/build") == long_alone


def test_work_is_done_here_if_there_are_no_workers(tmp_path: Path, alone: Tree) -> None:
    write_tree(tmp_path / "site", SITE)
    with dask_cluster(tmp_path / "cluster", workers=0) as own:
        done = run(tmp_path / "site", "build", "--executor", own.name)
    assert "failed: it has no workers" in done.stderr
    assert done.stderr.count("warning") == 1
    assert read_tree(tmp_path / "site/build") == alone


def test_a_build_on_a_cluster_with_tls_releases_the_same_bytes(tmp_path: Path, alone: Tree) -> None:
    write_tree(tmp_path / "site", SITE)
    settings = certificate(tmp_path / "certificate")
    with dask_cluster(tmp_path / "cluster", workers=1, protocol="tls", **settings) as own:
        without = run_apart(tmp_path / "site", "build", "--executor", own.name, "--no-cache")
        done = run_apart(tmp_path / "site", "build", "--executor", own.name, "-v", **settings)  # read once in a process
    assert without.stderr.startswith(f"warning[executor/failed]: the executor `{own.name}` failed: ")
    assert without.stderr.count("warning") == 1
    assert "warning" not in done.stderr
    assert " there, 0 here" in done.stderr
    assert read_tree(tmp_path / "site/build") == alone


def test_workers_with_other_engines_get_no_work(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", {**SITE, "buildassets.toml": "compress = []\n"})
    other = {"rjsmin.py": "__version__ = '0.0.1'\ndef jsmin(script, **_):\n    return script + b' '\n"}
    write_tree(tmp_path / "other", other)
    with dask_cluster(tmp_path / "cluster", workers=1, PYTHONPATH=str(tmp_path / "other")) as own:
        done = run(tmp_path / "site", "build", "--executor", own.name)
    assert done.returncode == 0
    assert run(tmp_path / "site", "build", "-o", "alone", "--no-cache", "-q").returncode == 0
    assert f"warning[executor/unfit]: a process of the executor `{own.name}` cannot do the work" in done.stderr
    assert "it has rjsmin 0.0.1 where this build has rjsmin 1." in done.stderr
    assert read_tree(tmp_path / "site/build") == read_tree(tmp_path / "site/alone")


def test_an_interrupted_build_ends_without_a_traceback(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", LONG)
    with dask_cluster(tmp_path / "cluster", workers=1) as own:
        command = [sys.executable, "-m", "buildassets", "build", "--executor", own.name]
        with subprocess.Popen(command, cwd=tmp_path / "site", env=environment(), stderr=subprocess.PIPE) as process:
            wait_for(lambda: list((tmp_path / "site").glob(".buildassets/content/*")))
            process.send_signal(signal.SIGINT)
            _, printed = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert b"Traceback" not in printed
    assert not (tmp_path / "site/build/manifest.json").exists()


def killed(workers: Sequence[Process]) -> None:
    for worker in workers:
        worker.kill()


def built_while(folder: Path, own: DaskProcesses, happens: Callable[[], object]) -> subprocess.CompletedProcess[str]:
    """Build the site in `folder` on the cluster `own`, and call `happens` once the build has begun to work."""
    command = [sys.executable, "-m", "buildassets", "build", "-v", "--executor", own.name]
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: list(folder.glob(".buildassets/content/*")) or process.poll() is not None)
        happens()
        printed = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, printed[1]
    return subprocess.CompletedProcess(command, process.returncode, *printed)
