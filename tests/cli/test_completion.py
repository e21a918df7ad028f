"""Completion by the Tab key, in real shells that are set up as docs/guides/terminal.md describes."""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import PATIENCE_SECONDS, missing_tool, write_tree

PAGE = (Path(__file__).parents[2] / "docs/guides/terminal.md").read_text(encoding="utf-8")
SHELLS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release, and a folder and a file that have a begin of their own."""
    files = {"assets/css/long-name.css": "a { color: tan }\n", "settings.toml": "", "archives/x.txt": ""}
    write_tree(tmp_path, {**files, "home/.keep": "", "archives.txt": ""})
    assert run(tmp_path, "build").returncode == 0
    return tmp_path


def set_up(shell: str) -> str:
    """Return the lines of the page that set up a shell."""
    return PAGE.partition(f"```{shell}\n")[2].partition("```")[0]


def environment(site: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "XDG_CONFIG_HOME")}
    return {**kept, "PATH": path, "HOME": str(site / "home"), "TERM": "dumb", "PS1": "$ ", "LC_ALL": "C.UTF-8"}


def typed_in(shell: str, site: Path, keys: str) -> str:
    """Return the output of a shell when somebody types `keys` after its set-up."""
    if not shutil.which(shell):
        missing_tool(f"there is no {shell}")
    import pty

    process, terminal = pty.fork()
    if not process:
        os.chdir(site)
        os.execvpe(shell, SHELLS[shell], environment(site))
    try:
        os.write(terminal, f"{set_up(shell)}\nprintf '%s\\n' ready'-now'\n".encode())
        until(terminal, "ready-now\r\n")
        os.write(terminal, f"{keys}\nprintf 'all%s\\n' '-done'\n".encode())
        return until(terminal, "all-done\r\n")
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def until(terminal: int, text: str) -> str:
    """Return the output up to `text`."""
    shown, ends = b"", time.monotonic() + PATIENCE_SECONDS
    while text.encode() not in shown:
        assert time.monotonic() < ends, shown.decode()
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536)
    return shown.decode()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_verb_and_an_option_are_completed(shell: str, site: Path) -> None:
    assert "Usage: buildassets explain " in typed_in(shell, site, "buildassets expl\t--he\t")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_value_of_an_option_is_completed(shell: str, site: Path) -> None:
    shown = typed_in(shell, site, "buildassets build --mode dev\t")
    assert "built 1 asset" in shown
    assert '"livereload"' in (site / "build/manifest.json").read_text()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_folder_is_completed(shell: str, site: Path) -> None:
    assert "matches its manifest" in typed_in(shell, site, "buildassets verify buil\t")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_logical_path_is_completed(shell: str, site: Path) -> None:
    assert "css/long-name.css → css/long-name." in typed_in(shell, site, "buildassets explain css/lo\t")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("buildassets expl", ["explain"]),
        ("buildassets build --mode ", ["development", "production"]),
        ("buildassets explain css/", ["css/long-name.css"]),
        ("buildassets tools inst", ["install"]),
        ("buildassets tools install dart", ["dart-sass"]),
        ("buildassets pack -o sett", ["settings.toml"]),
        ("buildassets pack arch", ["archives/"]),
        ("buildassets unpack arch", ["archives.txt", "archives/"]),
    ],
)
def test_fish_offers(line: str, offered: list[str], site: Path) -> None:
    if not shutil.which("fish"):
        missing_tool("there is no fish")
    subprocess.run(["bash", "-ec", set_up("fish")], cwd=site, env=environment(site), check=True)
    command = ["fish", "-c", f"complete -C '{line}'"]
    done = subprocess.run(command, cwd=site, env=environment(site), capture_output=True, text=True, timeout=60)
    assert [row.partition("\t")[0] for row in done.stdout.splitlines()] == offered, done.stderr


def test_nothing_is_offered_without_a_release(tmp_path: Path) -> None:
    asked = {"_BUILDASSETS_COMPLETE": "bash_complete", "COMP_WORDS": "buildassets explain ", "COMP_CWORD": "2"}
    program = str(Path(sys.executable).parent / "buildassets")
    done = subprocess.run([program], cwd=tmp_path, env={**os.environ, **asked}, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_no_line_holds_are_not_offered(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/plain.css": "a { color: tan }\n", "assets/two\nlines.css": "a { color: tan }\n"})
    (tmp_path / os.fsdecode(b"assets/bad\xff.css")).write_text("a { color: tan }\n")
    assert run(tmp_path, "build").returncode == 0
    asked = {"_BUILDASSETS_COMPLETE": "bash_complete", "COMP_WORDS": "buildassets explain ", "COMP_CWORD": "2"}
    program = str(Path(sys.executable).parent / "buildassets")
    done = subprocess.run([program], cwd=tmp_path, env={**os.environ, **asked}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,plain.css\n", "")
