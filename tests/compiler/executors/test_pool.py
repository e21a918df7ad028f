"""Executors that a function of the user's gives: pools of threads and processes, joblib's loky, and worse."""

from pathlib import Path

import pytest

from tests.command import run
from tests.compiler.executors.sites import released_alone
from tests.conftest import MadeOnce, Tree, find_tool, permitted, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": "",
    "assets/_theme.scss": "$space: 4px;",
    **{f"assets/s{n}.scss": f"@use 'theme'; .s{n} {{ .a {{ margin: theme.$space * {n} }} }}" for n in range(6)},
    **{f"assets/c{n}.css": f".c{n} {{ color : red }}\n" * 30 for n in range(6)},
}
POOLS = """
import os
import pickle
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

def threads():
    return ThreadPoolExecutor(3)

def processes():
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))

class Dying(ProcessPoolExecutor):
    def submit(self, fn, *args):
        if not os.path.exists("died"):
            open("died", "w").close()
            super().submit(os._exit, 1)
        return super().submit(fn, *args)

def dying():
    return Dying(2, mp_context=get_context("spawn"))

class Blind(ThreadPoolExecutor):
    program = "import sys, pickle; work, job = pickle.load(sys.stdin.buffer); sys.stdout.buffer.write(work(job))"

    def submit(self, fn, *args):
        return super().submit(self.alone, fn, *args)

    def alone(self, fn, job):
        hide = f'mount -t tmpfs none "{os.getcwd()}/assets" && exec "$@"'
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", hide, "-", sys.executable, "-c", self.program]
        return subprocess.run(command, input=pickle.dumps((fn, job)), stdout=subprocess.PIPE, check=True).stdout

def blind():
    return Blind(2)

class BytesOnly(ThreadPoolExecutor):
    def submit(self, fn, *args, **kwargs):
        assert [type(one) for one in args] == [bytes] and not kwargs
        assert fn.__module__.startswith("buildassets.") and "." not in fn.__qualname__
        future = super().submit(fn, *args)
        future.add_done_callback(lambda done: sys.stderr.write(f"{type(done.result()).__name__}\\n"))
        return future

def bytes_only():
    return BytesOnly(2)

class Liar(Executor):
    answer = b"+junk"

    def submit(self, fn, *args):
        future = Future()
        future.set_result(self.answer)
        return future

class Other(Liar):
    answer = 3

class MixedUp(ThreadPoolExecutor):
    before = None

    def submit(self, fn, *args):
        asked, MixedUp.before = MixedUp.before, (fn, *args)
        return super().submit(*(asked or MixedUp.before))

def mixed_up():
    return MixedUp(2)

class OtherTypes(ThreadPoolExecutor):
    def submit(self, fn, *args):
        return super().submit(self.changed, fn, *args)

    def changed(self, fn, job):
        answer = fn(job)
        if fn.__name__ != "draft_job":
            return answer
        lead = len(fit(job, b""))
        (drafted, digests), *more = value_of(answer[lead:])
        drafted = replace(drafted, draft=replace(drafted.draft, **{CHANGED: 3}))
        return answer[:lead] + pickle.dumps([(drafted, digests), *more])

def source():
    return other_types("source")

def icons():
    return other_types("icons")

def diagnostics():
    return other_types("diagnostics")

def other_types(field):
    global CHANGED, fit, value_of, replace
    from buildassets.compiler.engines.process.object_stream import value_of
    from buildassets.compiler.executors.answers import fit
    from buildassets.foundation.frozen import replace
    CHANGED = field
    return OtherTypes(2)

class Raises(Executor):
    def submit(self, fn, *args):
        raise OSError("no network")

def fails():
    raise RuntimeError("no licence")

class Wordless(Exception):
    def __str__(self):
        raise RuntimeError

def wordless():
    raise Wordless

def ends():
    sys.exit(3)

class Ends(Liar):
    def submit(self, fn, *args):
        sys.exit(3)

def boundless():
    pool = ThreadPoolExecutor(2)
    pool._max_workers = 10**9
    return pool

def nothing():
    return None

class Holder:
    made = ThreadPoolExecutor

number = 7
"""


_OTHER_TYPES = "an answer is not that of a job: its values have other types"


@pytest.fixture(scope="module")
def alone(made_once: MadeOnce) -> Tree:
    """The release of SITE by a local build."""
    return released_alone(made_once, "small", SITE)


@pytest.mark.parametrize(
    "name",
    [
        "pools:threads",
        "pools:processes",
        "pools:dying",
        "pools:boundless",
        "pools:Holder.made",
        "concurrent.futures:ProcessPoolExecutor",
    ],
)
def test_a_pool_gives_what_a_local_build_gives(tmp_path: Path, alone: Tree, name: str) -> None:
    write_tree(tmp_path, {**SITE, "pools.py": POOLS})
    done = run(tmp_path, "build", "--executor", name, "-v")
    assert "warning" not in done.stderr
    assert f"executor `{name}`:" in done.stderr
    assert " there, 0 here" in done.stderr
    assert read_tree(tmp_path / "build") == alone


def test_loky_of_joblib_gives_what_a_local_build_gives(tmp_path: Path, alone: Tree) -> None:
    write_tree(tmp_path, SITE)
    done = run(tmp_path, "build", "--executor", "joblib.externals.loky:get_reusable_executor", "-v")
    assert "warning" not in done.stderr
    assert " there, 0 here" in done.stderr
    assert read_tree(tmp_path / "build") == alone


def test_jobs_and_answers_are_plain_bytes(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "pools.py": POOLS})
    done = run(tmp_path, "build", "--executor", "pools:bytes_only")
    printed = {line for line in done.stderr.splitlines() if line.endswith("bytes")}
    assert printed == {"bytes"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("pools:fails", "RuntimeError: no licence"),
        ("pools:wordless", "Wordless"),
        ("pools:ends", "SystemExit: 3"),
        ("pools:Ends", "SystemExit: 3"),
        ("pools:nothing", "its function gives a `NoneType`, which has no `submit`"),
        ("pools:Raises", "OSError: no network"),
        ("pools:Other", "an answer is not that of a job"),
        ("pools:Liar", "an answer is that of another job"),
        ("pools:mixed_up", "an answer is that of another job"),
        *((f"pools:{field}", _OTHER_TYPES) for field in ("source", "icons", "diagnostics")),
    ],
)
def test_work_is_done_here_with_one_warning_if_an_executor_fails(
    tmp_path: Path, alone: Tree, name: str, reason: str
) -> None:
    write_tree(tmp_path, {**SITE, "pools.py": POOLS})
    done = run(tmp_path, "build", "--executor", name)
    assert done.returncode == 0
    assert f"warning[executor/failed]: the executor `{name}` failed: {reason}\n" in done.stderr
    assert done.stderr.count("warning") == 1
    assert read_tree(tmp_path / "build") == alone


@pytest.mark.parametrize("options", [(), ("--executor", "pools:fails"), ("--executor", "pools:bytes_only")])
def test_a_build_without_jobs_has_no_warning_of_an_earlier_executor(tmp_path: Path, options: tuple[str, ...]) -> None:
    write_tree(tmp_path, {**SITE, "pools.py": POOLS})
    assert "executor/failed" in run(tmp_path, "build", "--executor", "pools:fails").stderr
    assert "warning" not in run(tmp_path, "build", *options).stderr


def test_processes_that_do_not_see_the_files_only_compress(tmp_path: Path, alone: Tree) -> None:
    hide = 'mount -t tmpfs none /mnt && exec "$@"'
    permitted([find_tool("unshare"), "--map-root-user", "--mount", "sh", "-c", hide, "sh"])
    write_tree(tmp_path, {**SITE, "pools.py": POOLS})
    done = run(tmp_path, "build", "--executor", "pools:blind", "-v")
    assert "it does not have the files of this project at the same paths" in done.stderr
    assert done.stderr.count("warning") == 1
    assert " 0 there" not in done.stderr
    assert read_tree(tmp_path / "build") == alone


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dask://", "names no executor"),
        ("dask://host", "names no executor"),
        ("dask://host:99999", "names no executor"),
        ("spark://host:7077", "names no executor"),
        ("pools", "names no executor"),
        ("nowhere:pool", "cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("pools:nowhere", "cannot be imported: AttributeError: module 'pools' has no attribute 'nowhere'"),
        ("ending:pool", "cannot be imported: SystemExit: 9"),
        ("pools:number", "names a `int`, which cannot be called"),
    ],
)
def test_a_name_of_no_executor_is_an_error(tmp_path: Path, name: str, reason: str) -> None:
    write_tree(tmp_path, {**SITE, "pools.py": POOLS, "ending.py": "raise SystemExit(9)\n"})
    done = run(tmp_path, "build", "--executor", name)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error[executor/name]: `--executor {name}` {reason}\n")
    assert not (tmp_path / "build").exists()


def test_a_password_in_the_name_of_an_executor_is_not_shown(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "--executor", "dask://user:secret@host:1")
    assert done.returncode == 2
    assert "secret" not in done.stderr


def test_the_projects_of_a_workspace_share_an_executor(tmp_path: Path, alone: Tree) -> None:
    pools = POOLS.replace("ThreadPoolExecutor(3)", "print('opened') or ThreadPoolExecutor(3)")
    projects: Tree = {f"{name}/{path}": text for name in ("a", "b") for path, text in SITE.items()}
    write_tree(tmp_path, {**projects, "pools.py": pools, "buildassets-workspace.toml": 'projects = ["*"]\n'})
    done = run(tmp_path, "build", "--workspace", "--executor", "pools:threads", "--no-cache")
    assert done.returncode == 0
    assert done.stderr.count("opened") == 1
    assert read_tree(tmp_path / "a/build") == alone
