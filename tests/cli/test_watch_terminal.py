"""The output of a watch in a terminal, which tmux plays."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, Tree, find_tool, write_tree

SITE: Tree = {"assets/a.css": "a { color: red }\n", "assets/b.svg": "<svg/>\n"}
BROKEN = "a { background: url(none.svg) }\n"


class Screen:
    """A terminal of 80 by 24 in which a watch runs."""

    def __init__(self, folder: Path, tmux: str, options: str) -> None:
        self.folder = folder
        self._tmux = [tmux, "-f", os.devnull, "-S", str(folder.parent / "tmux")]
        command = f"exec {sys.executable} -m buildassets watch {options}"
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "TMUX")}
        arguments = ["new-session", "-d", "-x", "80", "-y", "24", "-c", str(folder), command]
        subprocess.run(
            [*self._tmux, "set", "-g", "remain-on-exit", "on", ";", *arguments],
            env={**kept, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
            check=True,
        )

    def do(self, *arguments: str) -> str:
        """Run a command of tmux; return its output."""
        return subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, check=True).stdout

    def text(self) -> str:
        """Return the text on the screen, without the line that names a port."""
        lines = self.do("capture-pane", "-p").splitlines()
        return "\n".join(line for line in lines if not line.startswith("live reload")).rstrip()

    def wait_for(self, pattern: str) -> str:
        """Return the text on the screen once it matches."""
        return self.wait_until(lambda: re.search(pattern, self.text()) is not None)

    def wait_until(self, holds: Callable[[], bool]) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                pytest.fail(f"the screen shows:\n{self.text()}")
            time.sleep(0.02)
        return self.text()

    def exit_code(self) -> int:
        """Return the exit code of the watch, once it has ended."""
        self.wait_until(
            lambda: self.do("display-message", "-p", "#{pane_dead_status}").strip() != ""
        )  # after its terminal
        return int(self.do("display-message", "-p", "#{pane_dead_status}"))


@contextmanager
def screen(tmp_path: Path, options: str = "") -> Iterator[Screen]:
    shown = Screen(write_tree(tmp_path / "site", SITE), find_tool("tmux"), options)
    try:
        shown.wait_for("built 2 assets")
        yield shown
    finally:
        shown.do("kill-server")


def save(shown: Screen, name: str, content: str) -> None:
    (shown.folder / name).write_text(content)


def test_each_build_is_one_line(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        save(shown, "assets/b.svg", "<svg></svg>\n")
        shown.wait_for("b.svg: built")
        save(shown, "assets/a.css", "a { color: tan }\n")
        lines = shown.wait_for("a.css: built").splitlines()
    assert [re.sub(r"[\d.]+ m?s$", "TIME", line) for line in lines] == [
        "built 2 assets (24 B) into `build/`, wrote 3 files, TIME",
        "assets/b.svg: built b.svg, TIME",
        "assets/a.css: built a.css, TIME",
    ]


def test_fixed_errors_are_erased(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        save(shown, "assets/a.css", BROKEN)
        text = shown.wait_for(r"hint:|\^\^\^\n.*\n*$")
        assert "error[reference/missing]: cannot find `none.svg`" in text
        save(shown, "assets/a.css", "a { color: tan }\n")
        lines = shown.wait_for("fixed").splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == [
        "assets/a.css: failed with 1 error",
        "assets/a.css: fixed",
    ]


def test_remaining_errors_are_shown_once(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        save(shown, "assets/a.css", BROKEN + "/* 我们 */" * 60)
        shown.wait_for("cannot find")
        save(shown, "assets/b.svg", "<svg></svg>\n")
        text = shown.wait_for(r"b\.svg: failed[\s\S]*\^\^\^")
    assert text.count("error[reference/missing]") == 1
    assert text.index("a.css: failed") < text.index("b.svg: failed") < text.index("error[")


def test_ctrl_c_ends_the_watch_without_messages(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        before = shown.text()
        shown.do("send-keys", "C-c")
        assert shown.exit_code() == 130
        after = shown.do("capture-pane", "-p", "-S", "-")
    assert [line for line in after.splitlines() if line and not line.startswith(("Pane is dead", "live reload"))] == [
        before,
        "^C",
    ]


def test_verbose_watch_prints_reasons(tmp_path: Path) -> None:
    with screen(tmp_path, "-v") as shown:
        save(shown, "assets/a.css", "a { background: url(b.svg) }\n")
        shown.wait_for("  a.css: `a.css` changed")
        save(shown, "assets/b.svg", "<svg></svg>\n")
        shown.wait_for("  a.css: it refers to `b.svg`, which has another name")
        os.utime(shown.folder / "assets/a.css")
        shown.wait_for("a.css: nothing to do")


def test_piped_output_is_lines_without_escapes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "buildassets", "watch"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=write_tree(tmp_path / "site", SITE), stderr=log, stdout=log)
    try:
        _wait_for(tmp_path / "log", "built 2 assets")
        write_tree(tmp_path / "site", {"assets/a.css": BROKEN})
        _wait_for(tmp_path / "log", "cannot find")
        write_tree(tmp_path / "site", SITE)
        text = _wait_for(tmp_path / "log", "fixed")
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
    assert not set("\r\x1b").intersection(text)
    assert "error[reference/missing]: cannot find `none.svg`\n  --> assets/a.css:1:21\n" in text


def test_a_wrong_configuration_is_a_failure(tmp_path: Path) -> None:
    write_tree(tmp_path / "site", {"buildassets.toml": ""})
    with screen(tmp_path) as shown:
        save(shown, "buildassets.toml", "minfy = true\n")
        shown.wait_for("hint: did you mean")
        save(shown, "assets/a.css", "a { color: tan }\n")
        shown.wait_for(r"in use[\s\S]*hint: did you mean")
        save(shown, "buildassets.toml", "")
        lines = shown.wait_for("fixed").splitlines()
    assert [re.sub(r"[\d.]+ m?s\b", "TIME", line) for line in lines[1:]] == [
        "buildassets.toml: failed with 1 error, TIME; `build/` is as it was",
        "assets/a.css: built a.css, TIME; the last good configuration is in use",
        "buildassets.toml: fixed, the release is as it was, TIME",
    ]


def test_manifest_that_is_written_without_a_changed_asset_is_named(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        save(shown, "buildassets.toml", 'url = "/static/"\n')
        assert "\nbuildassets.toml: wrote manifest.json, " in shown.wait_for(r"buildassets\.toml: .*ms")


def test_release_that_is_restored_while_the_configuration_is_wrong_is_not_a_failure(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        save(shown, "buildassets.toml", "minfy = true\n")
        shown.wait_for("hint: did you mean")
        (shown.folder / "build").rename(tmp_path / "removed")
        shown.wait_for(r"wrote 3 files, \d+ ms; the last good")


def test_named_file_is_one_that_made_a_difference(tmp_path: Path) -> None:
    files: Tree = {**SITE, "assets/_a.svg": "<svg/>\n", "buildassets.toml": ""}
    command = [sys.executable, "-m", "buildassets", "watch", "--poll=1"]  # so that both edits are seen at once
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=write_tree(tmp_path / "site", files), stderr=log, stdout=log)
    try:
        _wait_for(tmp_path / "log", "built 3 assets")
        os.utime(tmp_path / "site/assets/_a.svg")
        write_tree(tmp_path / "site", {"assets/a.css": "a { color: blue }\n"})
        text = _wait_for(tmp_path / "log", "built a.css")
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
    assert re.search(r"^assets/a\.css.*: built a\.css", text, re.MULTILINE), text


def _wait_for(log: Path, part: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while part not in (text := log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, text
        time.sleep(0.02)
    return text


def test_watch_ends_when_its_output_is_closed(tmp_path: Path) -> None:
    command = f"{sys.executable} -m buildassets watch 2>&1 | head -1"
    folder = write_tree(tmp_path / "site", SITE)
    with subprocess.Popen(["sh", "-c", command], cwd=folder, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        assert "live reload" in shell.stdout.readline()
        for number in count():
            if shell.poll() is not None:
                break
            write_tree(folder, {"assets/a.css": f"a {{ top: {number}px }}\n"})
            time.sleep(0.3)
        assert "Traceback" not in shell.stdout.read()
        assert shell.wait(timeout=PATIENCE_SECONDS) == 0
