"""The manual page, as `man` and mandoc show it."""

import shutil
import subprocess

import click
import pytest

from buildassets._version import __version__
from buildassets.cli.parse.commands import commands
from buildassets.cli.parse.manual import manual
from tests.conftest import missing_tool


@pytest.fixture(scope="module")
def shown() -> str:
    """The page as text, by mandoc, without what it does to words at the ends of lines."""
    if not shutil.which("mandoc"):
        missing_tool("there is no mandoc")
    command = ["mandoc", "-T", "utf8", "-O", "width=400"]
    done = subprocess.run(command, input=manual().encode(), capture_output=True, check=True)
    return subprocess.run(["col", "-b"], input=done.stdout, capture_output=True, check=True).stdout.decode()


def test_the_page_is_sound_roff() -> None:
    if not shutil.which("mandoc"):
        missing_tool("there is no mandoc")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=manual().encode(), capture_output=True)
    faults = done.stdout.decode().splitlines()
    assert [fault for fault in faults if "missing date" not in fault] == []  # the same text for the same version


def test_man_prints_the_manual_without_a_warning() -> None:
    if not shutil.which("man"):
        missing_tool("there is no man")
    done = subprocess.run(["man", "--warnings", "-l", "-"], input=manual().encode(), capture_output=True)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_manual_lists_every_verb_and_option(shown: str) -> None:
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        assert f"\n   {name} " in shown
        for param in command.params:
            if isinstance(param, click.Option) and not param.hidden:
                assert any(option in shown for option in param.opts), param.opts


def test_examples_are_printed_unchanged(shown: str) -> None:
    assert "buildassets list 'js/**' --sort gzip\n" in shown


def test_manual_has_the_version_and_no_date(shown: str) -> None:
    assert f"buildassets {__version__}" in shown.splitlines()[-1]
    assert "20" not in shown.splitlines()[-1]
