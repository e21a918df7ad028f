"""The README's examples are run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(heading: str) -> list[tuple[str, str]]:
    """The fenced blocks below a heading: (language, text)."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)


def test_sixty_seconds_of_the_readme_work(tmp_path: Path) -> None:
    _, (_, build), (_, built), (_, program), (_, printed) = blocks("In sixty seconds")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash", "-euc", build],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert (shell.returncode, shell.stdout) == (0, built), shell.stderr
    python = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (python.returncode, python.stdout) == (0, printed), python.stderr


def test_every_verb_and_option_is_in_the_readme() -> None:
    import click

    from buildassets.cli.parse.commands import commands

    context = click.Context(commands)
    for name in commands.list_commands(context):
        assert f"`buildassets {name}" in README
        command = commands.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert any(f"`{option}" in README for option in parameter.opts), parameter.opts


def test_every_system_of_migrate_is_in_its_row() -> None:
    import click

    from buildassets.cli.verbs.migrate import command

    (row,) = (line for line in README.split("\n") if line.startswith("| `buildassets migrate"))
    (systems,) = (one.type for one in command.params if isinstance(one.type, click.Choice))
    assert [name for name in systems.choices if f"(`{name}`)" not in row] == []


@pytest.mark.parametrize("key", ["sources", "output", "url", "entries", "exclude", "load_paths", "external", "missing"])
def test_every_key_is_in_the_readme(key: str) -> None:
    assert f"| `{key}` |" in README


def test_every_page_that_the_readme_names_exists() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parents[2] / target).exists(), target
