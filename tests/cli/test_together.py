"""The commands that `[run]` names, which run next to a watch."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.processes import command_of, is_running
from tests.cli.watching import watching
from tests.command import SITE, environment
from tests.conftest import PATIENCE_SECONDS, children, wait_for, write_tree

# Notes that it runs, with the process that it has started in the same group, and goes on until it is ended.
SERVER = """
import os, signal, sys, time
name = sys.argv[1]
def end(number, _):
    print("bye from", name, number)
    raise SystemExit(0)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, end)
child = os.fork()
if child == 0:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.closerange(1, 3)
    time.sleep(600)
with open(f"{name}.new", "w") as file:
    file.write(f"{os.getpid()} {child}")
os.rename(f"{name}.new", f"{name}.pids")
time.sleep(600)
"""
HOLDS_THE_STREAMS = SERVER.replace("    os.closerange(1, 3)\n", "")
STUBBORN = SERVER.replace("raise SystemExit(0)", "return")
# The time that a busy machine may need where a command ends by itself. A signal before the watch waits for its commands
# takes twice that time.
GRACE = {"_GRACE_SECONDS": 20.0, "_REST_SECONDS": 20.0}


def settings(**programs: str) -> str:
    """The table `[run]`, each with a program in Python that gets its name."""
    lines = (f"{name} = ['python', '-c', '''{program}''', '{name}']\n" for name, program in programs.items())
    return f"[run]\n{''.join(lines)}"


@contextmanager
def watch(folder: Path, config: str, *arguments: str, **seconds: float) -> Iterator["subprocess.Popen[str]"]:
    """A watch of a project with that configuration, and with periods of grace of so many `seconds`."""
    write_tree(folder, {"buildassets.toml": config, "assets/a.css": "a { color: red }"})
    command = command_of(
        "watch", "--port", "0", *arguments, module="buildassets.cli.watching.together", constants=GRACE | seconds
    )
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            started = children(process.pid)
            process.kill()
            for one in filter(is_running, started):  # where a test has failed
                os.kill(one, signal.SIGKILL)


def pids(folder: Path, *names: str) -> list[int]:
    """The processes of those servers, once they run."""
    wait_for(lambda: all((folder / f"{name}.pids").exists() for name in names))
    return [int(pid) for name in names for pid in (folder / f"{name}.pids").read_text().split()]


def test_each_line_begins_with_the_name_of_its_command(tmp_path: Path) -> None:
    loud = "import sys; print('one'); print('two', end=''); print('three', file=sys.stderr)"
    with watch(tmp_path, settings(a=loud, longer="import time; time.sleep(600)")) as process:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert out == "a      | one\na      | two\n"
    assert "a      | three\n" in err
    assert "a      | ended with exit status 0\n" in err
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("end", "code"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137), ("pass", 0)]
)
def test_end_of_one_command_ends_all(tmp_path: Path, end: str, code: int) -> None:
    short = f"import os, time\nwhile not os.path.exists('web.pids'): time.sleep(0.01)\n{end}"
    with watch(tmp_path, settings(web=SERVER, short=short)) as process:
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code
    assert "web   | bye from web 15\n" in out
    wait_for(lambda: not any(map(is_running, pids(tmp_path, "web"))))


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_signals_reach_whole_groups(tmp_path: Path, name: str, code: int) -> None:
    number = getattr(signal, name)
    with watch(tmp_path, settings(web=SERVER, worker=SERVER)) as process:
        started = pids(tmp_path, "web", "worker")
        assert len(started) == 4
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code, err
    assert f"web    | bye from web {number}\n" in out
    assert f"worker | bye from worker {number}\n" in out
    wait_for(lambda: not any(map(is_running, started)))


def test_child_that_holds_the_streams_of_a_command_is_not_waited_for(tmp_path: Path) -> None:
    with watch(tmp_path, settings(web=HOLDS_THE_STREAMS), _REST_SECONDS=0.1) as process:
        started = pids(tmp_path, "web")
        process.terminate()
        assert process.wait(timeout=PATIENCE_SECONDS) == 143
    wait_for(lambda: not any(map(is_running, started)))


def test_command_that_ignores_signals_is_killed(tmp_path: Path) -> None:
    with watch(tmp_path, settings(web=STUBBORN), _GRACE_SECONDS=0.1, _REST_SECONDS=0.1) as process:
        started = pids(tmp_path, "web")
        process.terminate()
        assert process.wait(timeout=PATIENCE_SECONDS) == 143
    wait_for(lambda: not any(map(is_running, started)))


def test_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    with watch(tmp_path, settings(web=STUBBORN)) as process:
        started = pids(tmp_path, "web")
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.readline() == "web | bye from web 2\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE_SECONDS / 2) == 130
    wait_for(lambda: not any(map(is_running, started)))


def test_commands_start_in_the_folder_of_the_configuration_and_find_a_release(tmp_path: Path) -> None:
    program = "import os; print(os.getcwd(), os.path.exists('build/manifest.json'), os.environ['BUILDASSETS_WATCH'])"
    (tmp_path / "deep").mkdir()
    write_tree(tmp_path, {"buildassets.toml": settings(a=program), "assets/a.css": ""})
    command = [sys.executable, "-m", "buildassets", "watch", "--port", "0"]
    done = subprocess.run(command, cwd=tmp_path / "deep", env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == f"a | {tmp_path.resolve()} True 1\n"


def test_output_of_commands_is_kept_from_the_documents(tmp_path: Path) -> None:
    with watch(tmp_path, settings(a="print('hello')"), "--json") as process:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert [json.loads(line)["ok"] for line in out.splitlines()] == [True]
    assert "a | hello\n" in err


def test_end_of_the_command_of_the_command_line_ends_the_named_ones(tmp_path: Path) -> None:
    own = "import os, time\nwhile not os.path.exists('web.pids'): time.sleep(0.01)\nprint('mine')\nraise SystemExit(5)"
    with watch(tmp_path, settings(web=SERVER), "--", sys.executable, "-c", own) as process:
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 5
    assert "mine\n" in out.splitlines(keepends=True)
    assert "web | bye from web 15\n" in out


def test_end_of_a_named_command_ends_the_one_of_the_command_line(tmp_path: Path) -> None:
    own = "import pathlib, time; pathlib.Path('mine').touch(); time.sleep(600)"
    short = "import os, time\nwhile not os.path.exists('mine'): time.sleep(0.01)\nraise SystemExit(6)"
    with watch(tmp_path, settings(short=short), "--", sys.executable, "-c", own) as process:
        assert process.wait(timeout=PATIENCE_SECONDS) == 6


def test_missing_program_is_an_error_before_the_first_build(tmp_path: Path) -> None:
    with watch(tmp_path, "[run]\nweb = ['no-such-program']\n") as process:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert "error[command/absent]: there is no program `no-such-program`\n  --> buildassets.toml:2:" in err
    assert not (tmp_path / "build").exists()


def test_program_that_is_configured_before_it_exists_is_found_when_it_appears(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE)) as watch:
        assert watch.next()["ok"]
        (tmp_path / "buildassets.toml").write_text('sources = ["assets"]\n[run]\nweb = ["bin/web"]\n')
        assert [found["code"] for found in watch.next()["diagnostics"]] == ["command/absent"]
        program = write_tree(tmp_path, {"web": "#!/bin/sh\n"}) / "web"
        program.chmod(0o755)
        (tmp_path / "bin").mkdir()
        program.rename(tmp_path / "bin/web")
        while watch.next()["diagnostics"]:
            pass


def test_program_that_cannot_be_started_ends_all(tmp_path: Path) -> None:
    write_tree(tmp_path, {"bad": "#!/no/such/interpreter\n"})
    (tmp_path / "bad").chmod(0o755)
    # The first command is not known to have ended, so it gets all the time that there is.
    with watch(tmp_path, f"{settings(web=SERVER)}bad = ['./bad']\n", _GRACE_SECONDS=0.1) as process:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, "Traceback" in err) == (2, False)
    assert "error[command/absent]: `./bad` cannot be started: no such file" in err


def test_watch_builds_while_commands_run(tmp_path: Path) -> None:
    with watch(tmp_path, settings(web=SERVER)) as process:
        pids(tmp_path, "web")
        write_tree(tmp_path, {"assets/b.css": "b { color: blue }"})
        wait_for(lambda: list((tmp_path / "build/assets").glob("b.*.css")))
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=PATIENCE_SECONDS) == 130
