"""docs/guides/report.md and docs/guides/terminal.md describe what there is."""

from pathlib import Path

import click
import pytest

from buildassets.cli.parse.commands import commands
from buildassets.cli.verbs.list import _SORTED
from buildassets.compiler.stage_times import STAGES
from tests.cli.test_report import SITE, document
from tests.command import release_site

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "guides/report.md").read_text("utf-8")
SHARED = {"--config", "--output", "--quiet", "--cache-dir", "--help"}


@pytest.mark.parametrize("verb", ["list", "report"])
def test_every_option_is_described(verb: str) -> None:
    command = commands.get_command(click.Context(commands), verb)
    assert command is not None
    options = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    described = {name for name in options if name.startswith("--")} - SHARED - {"--markdown", "--since"}
    assert [name for name in sorted(described) if name not in PAGE] == []
    assert all(f"`{key}`" in PAGE for key in _SORTED)


def test_every_key_of_the_report_is_described(tmp_path: Path) -> None:
    release_site(tmp_path, SITE)
    found = document(tmp_path)
    described = found.keys() - {"ok", "diagnostics", "release", "generator", "mode", "templates"}
    assert [key for key in sorted(described) if f"`{key}`" not in PAGE] == []
    assert found["seconds"].keys() <= set(STAGES)


def test_the_page_has_a_part_for_each_section() -> None:
    html = (DOCS.parent / "src/buildassets/release/report/page.html").read_text("utf-8")
    titles = [line.partition(">")[2].partition("<")[0] for line in html.splitlines() if line.startswith("<h2")]
    assert titles
    assert [title for title in titles if f"\n| {title} |" not in PAGE] == []


def test_every_variable_of_colours_is_described() -> None:
    page = (DOCS / "guides/terminal.md").read_text("utf-8")
    source = (DOCS.parent / "src/buildassets/cli/show/terminal.py").read_text("utf-8")
    for name in ("NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM"):
        assert f'"{name}"' in source
        assert name in page
