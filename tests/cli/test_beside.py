"""The command that runs next to a watch: `buildassets watch -- COMMAND`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.processes import command_of, is_gone, is_running
from tests.command import run
from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree

SITE: Tree = {"buildassets.toml": "", "assets/a.css": "a { color: red }"}
# Writes its process id to `runs`, and goes on until a signal ends it.
SERVER = "import os, pathlib, signal, time; pathlib.Path('runs').write_text(str(os.getpid())); time.sleep(600)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
_STAYS = "signal.signal(signal.SIGTERM, signal.SIG_IGN), time.sleep(600)"
# A command that ends by itself has all the time that a busy machine may need.
GRACE = {"_OWN_WAY_SECONDS": 0.5, "_ENDING_SECONDS": float(PATIENCE_SECONDS)}
SHORT_GRACE = {"_OWN_WAY_SECONDS": 0.05, "_ENDING_SECONDS": 2.0}
NO_GRACE = {"_OWN_WAY_SECONDS": 0.05, "_ENDING_SECONDS": 0.1}


@contextmanager
def watch_with(
    folder: Path, *command: str, options: tuple[str, ...] = (), grace: Mapping[str, float] = GRACE
) -> Iterator["subprocess.Popen[str]"]:
    """Run a watch in `folder`, in a group of its own, next to `command`, which has periods of `grace` to end."""
    watch = ("watch", "--port", "0", *options, "--", *command)
    arguments = command_of(*watch, module="buildassets.cli.watching.beside", constants=grace)
    with subprocess.Popen(
        arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            if not is_gone(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


def python(program: str) -> tuple[str, ...]:
    return sys.executable, "-c", program


def wait_until_it_runs(folder: Path) -> int:
    """The process id of SERVER."""
    wait_for(lambda: (folder / "runs").exists() and (folder / "runs").read_text())
    return int((folder / "runs").read_text())


@pytest.mark.parametrize(
    ("program", "code"), [("", 0), ("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_watch_ends_with_the_command_and_its_exit_code(tmp_path: Path, program: str, code: int) -> None:
    with watch_with(write_tree(tmp_path, SITE), *python(program)) as watch:
        assert watch.wait(timeout=PATIENCE_SECONDS) == code


def test_command_starts_with_the_first_release(tmp_path: Path) -> None:
    program = "print(open('build/manifest.json').read())"
    with watch_with(write_tree(tmp_path, SITE), *python(program)) as watch:
        out, _ = watch.communicate(timeout=PATIENCE_SECONDS)
    assert list(json.loads(out)["assets"]) == ["a.css"]


def test_command_waits_for_a_release(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "assets/a.css": 'a { background: url("b.svg") }'})
    with watch_with(tmp_path, *python(SERVER)) as watch:
        assert watch.stderr is not None
        assert any("failed with 1 error" in line for line in watch.stderr)
        time.sleep(0.3)
        assert not (tmp_path / "runs").exists()
        write_tree(tmp_path, {"assets/b.svg": "<svg/>"})
        wait_until_it_runs(tmp_path)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signal_to_the_watch_ends_the_command(tmp_path: Path, number: int, code: int) -> None:
    with watch_with(write_tree(tmp_path, SITE), *python(SERVER)) as watch:
        pid = wait_until_it_runs(tmp_path)
        watch.send_signal(number)
        assert watch.wait(timeout=PATIENCE_SECONDS) == code
    assert not is_running(pid)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="what a command has started is found in /proc")
@pytest.mark.parametrize("ignores", ["", IGNORES_SIGTERM])
def test_child_of_the_command_ends_too(tmp_path: Path, ignores: str) -> None:
    grace = NO_GRACE if ignores else {**GRACE, "_OWN_WAY_SECONDS": 0.05}
    write_tree(tmp_path, {**SITE, "server.py": f"{ignores}{SERVER}"})
    with watch_with(tmp_path, "sh", "-c", f"{sys.executable} server.py; true", grace=grace) as watch:
        server = wait_until_it_runs(tmp_path)
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(PATIENCE_SECONDS) == 143
    wait_for(lambda: not is_running(server))  # until the system has taken note of its end


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="what a command has started is found in /proc")
def test_child_that_starts_another_while_it_is_ended_ends_with_that(tmp_path: Path) -> None:
    """Both ignore SIGTERM, so that they have to be killed."""
    later = f"os.fork() or pathlib.Path('later').write_text(str(os.getpid())), {_STAYS}"
    child = f"import os, pathlib, signal, time; signal.signal(signal.SIGTERM, lambda *_: ({later})); {SERVER}"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
    with watch_with(write_tree(tmp_path, SITE), *python(parent), grace=SHORT_GRACE) as watch:
        wait_until_it_runs(tmp_path)
        watch.terminate()
        assert watch.wait(timeout=PATIENCE_SECONDS) == 143
        wait_for(lambda: not is_running(int((tmp_path / "later").read_text())), seconds=10)


def test_ctrl_c_reaches_both(tmp_path: Path) -> None:
    program = f"import signal; signal.signal(2, lambda *_: print('bye') or exit()); {SERVER}"
    with watch_with(
        write_tree(tmp_path, SITE), *python(program), grace={"_OWN_WAY_SECONDS": PATIENCE_SECONDS}
    ) as watch:
        wait_until_it_runs(tmp_path)
        os.killpg(watch.pid, signal.SIGINT)  # as a terminal does
        out, err = watch.communicate(timeout=PATIENCE_SECONDS)
    assert (watch.returncode, out) == (130, "bye\n")
    assert "Traceback" not in err


def test_command_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    with watch_with(write_tree(tmp_path, SITE), *python(IGNORES_SIGTERM + SERVER), grace=NO_GRACE) as watch:
        pid = wait_until_it_runs(tmp_path)
        watch.terminate()
        assert watch.wait(timeout=PATIENCE_SECONDS) == 143
    assert not is_running(pid)


def test_command_has_the_variable_of_a_watch(tmp_path: Path) -> None:
    with watch_with(write_tree(tmp_path, SITE), *python("import os; print(os.environ['BUILDASSETS_WATCH'])")) as watch:
        assert watch.communicate(timeout=PATIENCE_SECONDS)[0] == "1\n"


def test_output_of_the_command_is_kept_from_the_documents(tmp_path: Path) -> None:
    with watch_with(write_tree(tmp_path, SITE), *python("print('hello')"), options=("--json",)) as watch:
        out, err = watch.communicate(timeout=PATIENCE_SECONDS)
    assert [json.loads(line)["ok"] for line in out.splitlines()] == [True]
    assert "hello\n" in err


@pytest.mark.parametrize(
    ("command", "message"), [((), "there is no command after `--`"), (("no-such-command",), "there is no command")]
)
def test_command_that_cannot_run_is_wrong_usage(tmp_path: Path, command: tuple[str, ...], message: str) -> None:
    done = run(write_tree(tmp_path, SITE), "watch", "--port", "0", "--", *command)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "build").exists()
