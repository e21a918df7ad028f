"""The output of the command line in terminals of any width, and in pipes."""

import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import click
import pytest

from buildassets.cli.parse.commands import commands
from buildassets.cli.parse.verbs import GROUPS, VERBS
from buildassets.cli.show.output import Progress, progress_line, shortened
from buildassets.cli.show.table import Column, table_lines
from buildassets.foundation.diagnostics import cells
from tests.command import BROKEN, SITE, environment, run
from tests.conftest import Tree, write_tree

WIDTHS = (40, 60, 80, 120, 200)
LONG_LINE = "a { color: red } " * 4 + "b { background: url(gone.svg) } " + "c { color: tan } " * 2
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[mK]|\x1b\]8;;[^\x1b]*\x1b\\")


def on_terminal(folder: Path, *arguments: str, columns: int = 80, variables: Mapping[str, str] | None = None) -> str:
    """Return the output of a command on a terminal of so many columns."""
    import fcntl
    import pty
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "buildassets", *arguments],
        cwd=folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**environment(TERM="xterm-256color"), **(variables or {})},
    ) as child:
        os.close(slave)
        printed = b""
        while chunk := _read(master):
            printed += chunk
        child.wait(timeout=60)
    os.close(master)
    return printed.decode().replace("\r\n", "\n")


def _read(master: int) -> bytes:
    try:
        return os.read(master, 4096)
    except OSError:  # the way Linux reports that the other end is closed
        return b""


def seen(printed: str) -> list[str]:
    """The lines without escapes; of one that is drawn again, the last state."""
    return [line.rpartition("\r")[2] for line in _ESCAPES.sub("", printed).rstrip("\n").split("\n")]


@pytest.mark.parametrize("columns", WIDTHS[::2])
def test_an_excerpt_is_one_line_with_its_carets_below_the_place(tmp_path: Path, columns: int) -> None:
    write_tree(tmp_path, {**SITE, "assets/css/broken.css": LONG_LINE})
    lines = seen(on_terminal(tmp_path, "build", columns=columns))
    excerpt, carets = next((one, two) for one, two in pairwise(lines) if two.endswith("^" * 8))
    assert cells(excerpt) <= columns
    assert excerpt[len(carets) - 8 : len(carets)] == "gone.svg"


@pytest.mark.parametrize("columns", WIDTHS[::2])
def test_build_prints_a_table_of_kinds(tmp_path: Path, columns: int) -> None:
    rows = seen(on_terminal(write_tree(tmp_path, SITE), "build", columns=columns))
    table, line = rows[:4], " ".join(rows[4:])
    assert [row.split()[0] for row in table] == ["kind", "style", "images", "all"]
    assert table[0].split()[:3] == ["kind", "assets", "size"]
    assert table[-1].split()[:2] == ["all", "2"]
    assert all(cells(row) <= columns for row in table)
    assert re.fullmatch(r"built 2 assets \(\d+ B\) into `build/`, wrote \d files, \d+\.\d\d s", line)


def test_errors_follow_warnings_sorted_by_place(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"assets/{name}.css": f"a {{ background: url({name}.svg) }}" for name in "ad"})
    write_tree(tmp_path, {f"assets/{name}.html": f'<img src="{name}.svg">' for name in "be"})
    shown = on_terminal(tmp_path, "build", columns=200)
    assert re.findall(r"--> assets/(\w)\.", "\n".join(seen(shown))) == ["b", "e", "a", "d"]
    document = json.loads(run(tmp_path, "build", "--json").stdout)
    assert [found["location"]["file"][7] for found in document["diagnostics"]] == ["a", "b", "d", "e"]


def test_the_table_has_what_changed_since_the_last_release(tmp_path: Path) -> None:
    on_terminal(write_tree(tmp_path, SITE), "build")
    write_tree(tmp_path, {"assets/css/new.css": "b { color: red }", "assets/img/a.svg": "<svg><g/></svg>"})
    table = seen(on_terminal(tmp_path, "build"))
    sheets, images = (row for row in table if row.startswith(("style", "images")))
    assert sheets.endswith("  1 new, 1 changed")
    assert images.endswith("  1 changed")


def test_removed_assets_are_counted(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "assets/more.txt": "more"})
    on_terminal(tmp_path, "build")
    (tmp_path / "assets/more.txt").unlink()
    assert any(re.match(r"pages and data +0 .*1 gone$", row) for row in seen(on_terminal(tmp_path, "build")))


def test_no_op_build_prints_one_line(tmp_path: Path) -> None:
    on_terminal(write_tree(tmp_path, SITE), "build")
    (line,) = seen(on_terminal(tmp_path, "build"))
    assert "wrote nothing" in line


@pytest.mark.parametrize("more", [{"CI": "true"}, {}])
def test_build_in_a_pipe_or_under_ci_prints_one_line(tmp_path: Path, more: dict[str, str]) -> None:
    write_tree(tmp_path, SITE)
    printed = on_terminal(tmp_path, "build", variables=more) if more else run(tmp_path, "build").stderr
    assert len(printed.rstrip("\n").split("\n")) == 1


def test_quiet_prints_nothing_on_a_terminal(tmp_path: Path) -> None:
    assert on_terminal(write_tree(tmp_path, SITE), "build", "-q") == ""


def test_a_code_is_a_link_to_its_page(tmp_path: Path) -> None:
    printed = on_terminal(write_tree(tmp_path, BROKEN), "build")
    coded = r"\x1b\[1;31merror\[reference/missing\]\x1b\[0m"
    (url,) = re.findall(rf"\x1b\]8;;(file://[^\x1b]+)\x1b\\{coded}\x1b\]8;;\x1b\\", printed)
    path = url.removeprefix("file://").partition("/")[2]
    assert "\n## missing\n" in Path("/" + path).read_text("utf-8")
    assert path.endswith("/errors/reference.md")


@pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"TERM": "linux"}, {"NO_COLOR": "1"}, {"CI": "true"}])
def test_terminal_without_links_gets_none(tmp_path: Path, more: dict[str, str]) -> None:
    assert "\x1b]8" not in on_terminal(write_tree(tmp_path, BROKEN), "build", variables=more)


@pytest.mark.parametrize(
    ("more", "is_coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"CLICOLOR": "0"}, False),
        ({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_the_environment_decides_on_colours(tmp_path: Path, more: dict[str, str], is_coloured: bool) -> None:
    printed = on_terminal(write_tree(tmp_path, BROKEN), "build", variables=more)
    assert ("\x1b[1;31m" in printed) is is_coloured


@pytest.mark.parametrize(("value", "is_coloured"), [("1", True), ("0", False), ("", False)])
def test_colours_can_be_forced_into_a_pipe(tmp_path: Path, value: str, is_coloured: bool) -> None:
    done = run(write_tree(tmp_path, BROKEN), "build", CLICOLOR_FORCE=value)
    assert ("\x1b[1;31merror[reference/missing]\x1b[0m" in done.stderr) is is_coloured
    assert "\x1b]8" not in done.stderr
    assert "\x1b" not in run(tmp_path, "check", "--json", CLICOLOR_FORCE=value).stdout


@pytest.mark.parametrize("columns", WIDTHS)
def test_progress_has_counts_a_share_and_a_rate(columns: int) -> None:
    line = progress_line(120, 400, "img/a/long/name/of/a/file/that/ends/in/here.png", 2.0, columns=columns)
    assert line.startswith("120/400 30%, 60/s ")
    assert line.endswith("here.png")
    assert cells(line) < columns


def test_a_rate_below_one_has_a_digit_more_and_an_early_one_is_left_out() -> None:
    assert progress_line(1, 10, "a", 4.0, columns=80) == "1/10 10%, 0.2/s a"
    assert progress_line(1, 10, "a", 0.1, columns=80) == "1/10 10% a"


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "…cd"), ("我们你", 5, "…们你"), ("我们你", 4, "…你"), ("ab", 0, "")],
)
def test_a_name_is_cut_at_its_begin(text: str, room: int, shown: str) -> None:
    assert shortened(text, room) == shown


COLUMNS = (Column("name", to_right=False, least=12), Column("size"), Column("more", left_out=1))


def test_a_table_is_aligned_by_cells() -> None:
    assert table_lines(COLUMNS, [("我.css", "1", "x"), ("b", "22", "y")], None) == [
        "name    size  more",
        "我.css     1     x",
        "b         22     y",
    ]


def test_a_narrow_table_leaves_columns_out_and_cuts_names() -> None:
    lines = table_lines(COLUMNS, [("a/long/name/of/a.css", "1", "x")], 20)
    assert lines == ["name            size", "…name/of/a.css     1"]


def test_a_text_is_cut_before_a_column_is_left_out() -> None:
    columns = (Column("name", to_right=False, least=12), Column("by", to_right=False, left_out=1, least=8))
    rows = [("a/long/name/of/a.css", "templates/base.html")]
    assert table_lines(columns, rows, 34)[1] == "a/long/name/of/a.css  …s/base.html"
    assert table_lines(columns, rows, 25)[1] == "…/name/of/a.css  …se.html"
    assert table_lines(columns, rows, 15)[1] == "…/name/of/a.css"


def test_names_in_a_table_are_escaped() -> None:
    (_, line) = table_lines(COLUMNS, [("a\x1b[2J\n", "1", "x")], None)
    assert line.startswith(r"a\x1b[2J\n")


@pytest.mark.parametrize("verb", commands.list_commands(click.Context(commands)))
def test_help_ends_in_examples(verb: str) -> None:
    for path, command in _with_own_verbs(verb):
        context = click.Context(command, info_name=path)
        _, _, examples = command.get_help(context).partition("\n  Examples:\n")
        assert f"    buildassets {path}" in examples, path


@pytest.mark.parametrize("verb", commands.list_commands(click.Context(commands)))
def test_examples_are_command_lines_that_are_understood(verb: str) -> None:
    for path, command in _with_own_verbs(verb):
        if isinstance(command, click.Group):
            continue
        for arguments, _ in VERBS[path].examples:
            words = arguments.removeprefix(path).partition(" > ")[0].replace("'", "").split()
            command.make_context(path, words)


def _with_own_verbs(verb: str) -> list[tuple[str, click.Command]]:
    command = commands.get_command(click.Context(commands), verb)
    assert command is not None
    inner = command.commands.items() if isinstance(command, click.Group) else ()
    return [(verb, command), *((f"{verb} {name}", one) for name, one in inner)]


def test_help_lists_each_verb_in_one_group_and_on_one_line() -> None:
    shown = commands.get_help(click.Context(commands, terminal_width=80))
    for name in commands.list_commands(click.Context(commands)):
        assert VERBS[name].group in GROUPS, name
        assert len(re.findall(rf"^  {name} +{re.escape(VERBS[name].sentence)}$", shown, re.MULTILINE)) == 1, name


def test_help_lists_the_groups_in_order() -> None:
    shown = commands.get_help(click.Context(commands))
    titles = re.findall(r"^([A-Z]\w+):$", shown, re.MULTILINE)
    assert titles == ["Options", *(group.capitalize() for group in GROUPS)]


def test_verbs_of_a_verb_have_unabridged_help() -> None:
    for name in ("tools", "vendor"):
        command = commands.get_command(click.Context(commands), name)
        assert command is not None
        shown = command.get_help(click.Context(command, info_name=name, terminal_width=80))
        assert "..." not in shown.partition("Commands:")[2]


MANY: Tree = {f"assets/{'very/' * 8}{number}-\x1b[2J.css": f"a {{ top: {number}px }}" for number in range(300)}


@pytest.mark.parametrize("columns", [40, 200])
def test_progress_stays_on_its_line(tmp_path: Path, columns: int) -> None:
    printed = on_terminal(write_tree(tmp_path, MANY), "build", columns=columns)
    drawn = re.findall(r"\r\x1b\[K([^\r\n]+)", printed)
    assert any(re.match(r"\d+/300 \d+%", line) for line in drawn)
    assert [line for line in drawn if cells(_ESCAPES.sub("", line)) >= columns and "/300" in line] == []
    assert "\x1b[2J" not in printed


def test_compressing_and_verifying_show_progress_too(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"assets/{number}.txt": f"{number} " * 40_000 for number in range(12)})
    built = on_terminal(tmp_path, "build")
    assert re.search(r"\r\x1b\[K\d+/24 \d+%[^\r]* \d+\.[0-9a-f]{12}\.txt\.(gz|br)", built)
    verified = on_terminal(tmp_path, "verify")
    assert re.search(r"\r\x1b\[K\d+/37 \d+%[^\r]* assets/", verified)
    assert seen(verified) == ["`build` matches its manifest: 37 files"]


def test_the_rate_is_that_of_the_work_in_hand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter((1.0, 11.0, 20.0, 21.0))
    monkeypatch.setattr("buildassets.cli.show.output.monotonic", lambda: next(clock))
    progress = Progress()
    for done in (1, 100, 1, 10):  # 100 things in ten seconds, then others
        progress.draw(done, 100, "a")
    lines = [line for line in capsys.readouterr().err.split("\r\x1b[K") if line]
    assert lines == ["1/100 1% a", "100/100 100%, 10/s a", "1/100 1% a", "10/100 10%, 10/s a"]
