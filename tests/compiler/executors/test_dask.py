"""Builds on a Dask cluster of four worker processes give what local builds give, whatever happens to the cluster."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.command import environment, run
from tests.compiler.executors.clusters import DaskProcesses, Process, certificate, dask_cluster
from tests.conftest import PATIENCE_SECONDS, Tree, read_tree, wait_for, write_tree
from tests.example.servers import free_port

pytest.importorskip("distributed")

SITE: Tree = {
    "buildassets.toml": "",
    "assets/_theme.scss": "$space: 4px;",
    **{f"assets/s{n}.scss": f"@use 'theme'; .s{n} {{ .a {{ margin: theme.$space * {n} }} }}" for n in range(12)},
    **{f"assets/c{n}.css": f".c{n} {{ color : red; background: url(a.svg) }}\n" * 30 for n in range(12)},
    **{f"assets/j{n}.js": f"function f{n} ( a ) {{ return a + {n} ; }}\n" * 30 for n in range(12)},
    "assets/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
# Takes long enough for a process to be killed meanwhile: br at its highest level needs a third of a second for each.
LONG: Tree = {
    **SITE,
    **{
        f"assets/long{n}.txt": "".join(f"{i * (n + 7919) % 1000003} {i ^ n} words\n" for i in range(8_000))
        for n in range(12)
    },
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskProcesses]:
    with dask_cluster(tmp_path_factory.mktemp("dask")) as started:
        yield started


def released_alone(folder: Path) -> Tree:
    """What a local build of the site in `folder` releases."""
    assert run(folder, "build", "-o", "alone", "--no-cache", "-q").returncode == 0
    return read_tree(folder / "alone")


def test_a_build_on_a_cluster_releases_the_same_bytes(tmp_path: Path, cluster: DaskProcesses) -> None:
    write_tree(tmp_path, SITE)
    done = run(tmp_path, "build", "--executor", cluster.name, "-v")
    assert done.returncode == 0
    assert "warning" not in done.stderr
    assert read_tree(tmp_path / "build") == released_alone(tmp_path)
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


def test_a_build_goes_on_with_two_of_four_workers_killed(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", LONG)
    with dask_cluster(tmp_path / "cluster") as own:
        done = built_while(tmp_path / "site", own, lambda: killed(own.workers[:2]))
    assert "warning" not in done.stderr
    assert "Traceback" not in done.stderr
    assert " there, 0 here" in done.stderr
    assert read_tree(tmp_path / "site/build") == released_alone(tmp_path / "site")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_work_comes_home_with_one_warning_if_the_scheduler_is_gone(tmp_path: Path, end: signal.Signals) -> None:
    write_tree(tmp_path / "site", LONG)
    with dask_cluster(tmp_path / "cluster") as own:
        done = built_while(tmp_path / "site", own, lambda: own.scheduler.send_signal(end))
    warning, *_ = [line for line in done.stderr.splitlines() if line.startswith("warning")]
    assert warning == f"warning[executor/failed]: the executor `{own.name}` failed: its scheduler is gone"
    assert done.stderr.count("warning") == 1
    assert "Traceback" not in done.stderr
    assert "distributed" not in done.stderr
    assert read_tree(tmp_path / "site/build") == released_alone(tmp_path / "site")


def test_work_is_done_here_if_no_scheduler_is_there(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    name = f"dask://127.0.0.1:{free_port()}"
    done = run(tmp_path, "build", "--executor", name)
    assert done.returncode == 0
    assert done.stderr.startswith(
        f"warning[executor/failed]: the executor `{name}` failed: its scheduler cannot be reached"
    )
    assert done.stderr.count("warning") == 1
    assert "Traceback" not in done.stderr
    assert read_tree(tmp_path / "build") == released_alone(tmp_path)


def test_work_is_done_here_if_there_are_no_workers(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", SITE)
    with dask_cluster(tmp_path / "cluster", workers=0) as own:
        done = run(tmp_path / "site", "build", "--executor", own.name)
    assert "failed: it has no workers" in done.stderr
    assert done.stderr.count("warning") == 1
    assert read_tree(tmp_path / "site/build") == released_alone(tmp_path / "site")


def test_workers_with_other_engines_get_no_work(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", {**SITE, "buildassets.toml": "compress = []\n"})
    other = {"rcssmin.py": "__version__ = '0.0.1'\ndef cssmin(style, **_):\n    return style + ' '\n"}
    write_tree(tmp_path / "other", other)
    with dask_cluster(tmp_path / "cluster", workers=1, PYTHONPATH=str(tmp_path / "other")) as own:
        done = run(tmp_path / "site", "build", "--executor", own.name)
    assert done.returncode == 0
    assert f"warning[executor/unfit]: a process of the executor `{own.name}` cannot do the work" in done.stderr
    assert "it has rcssmin 0.0.1 where this build has rcssmin 1." in done.stderr
    assert read_tree(tmp_path / "site/build") == released_alone(tmp_path / "site")


def test_a_build_on_a_cluster_with_tls_releases_the_same_bytes(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", SITE)
    settings = certificate(tmp_path / "certificate")
    with dask_cluster(tmp_path / "cluster", workers=1, protocol="tls", **settings) as own:
        without = run(tmp_path / "site", "build", "--executor", own.name, "--no-cache")
        done = run(tmp_path / "site", "build", "--executor", own.name, "-v", **settings)
    assert without.stderr.startswith(f"warning[executor/failed]: the executor `{own.name}` failed: ")
    assert without.stderr.count("warning") == 1
    assert "warning" not in done.stderr
    assert " there, 0 here" in done.stderr
    assert read_tree(tmp_path / "site/build") == released_alone(tmp_path / "site")


def test_an_interrupted_build_ends_at_once_and_quietly(tmp_path: Path) -> None:
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


def test_a_build_without_work_asks_no_cluster(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "compress = []\n", "assets/a.bin": b"a"})
    done = run(tmp_path, "build", "--executor", f"dask://127.0.0.1:{free_port()}")
    assert "warning" not in done.stderr


def killed(workers: Sequence[Process]) -> None:
    """Kill `workers`."""
    for worker in workers:
        worker.kill()


def built_while(folder: Path, own: DaskProcesses, happens: Callable[[], object]) -> subprocess.CompletedProcess[str]:
    """A build of the site in `folder` on the cluster, to which something `happens` once it is at work."""
    command = [sys.executable, "-m", "buildassets", "build", "-v", "--executor", own.name]
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: list(folder.glob(".buildassets/content/*")) or process.poll() is not None)
        happens()
        printed = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, printed[1]
    return subprocess.CompletedProcess(command, process.returncode, *printed)
