"""A plain build is read without click, and as click would read it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from buildassets.cli.parse.compile_options import BuildOptions, plain_options
from buildassets.cli.verbs.build import command
from buildassets.foundation.frozen import values_by_name

ARGUMENTS = (
    *("-q", "--quiet", "-v", "--verbose", "-qv", "-vo", "-o", "--output", "--output=", "--output=b", "-o=b", "-ob"),
    *("--config", "--config=a.toml", "--cache-dir", "--cache-dir=c=d", "--no-cache", "--no-cache=1", "--quiet="),
    *("--mode", "--mode=development", "development", "--mode=none", "--mod", "--json", "--help", "--jobs", "2"),
    *("assets", "", "-", "--", "é", "\udc80", "a b", "--config=\udc80"),
)


def read_by_click(arguments: Sequence[str]) -> dict[str, Any]:
    """The values of the options by name, as click reads them. Raises ClickException and Exit."""
    return command.make_context("build", [*arguments]).params


def in_click(options: BuildOptions) -> dict[str, Any]:
    """The values of `options` as click names them."""
    return values_by_name(options.given) | values_by_name(options)


@given(st.lists(st.sampled_from(ARGUMENTS), max_size=6))
@example(["--config", "a.toml", "--quiet", "--cache-dir", "cache", "assets", "-o", "public", "--mode", "development"])
def test_a_plain_command_line_is_read_as_click_reads_it(arguments: list[str]) -> None:
    options = plain_options(["build", *arguments])
    if options is None:
        return
    by_click = read_by_click(arguments)
    ours = in_click(options)
    shared = by_click.keys() & ours.keys()
    assert shared >= {"sources", "config_file", "output", "mode", "verbose", "quiet", "no_cache", "cache_dir"}
    assert {name: ours[name] for name in shared} == {name: by_click[name] for name in shared}
    assert not any(by_click[name] for name in by_click.keys() - shared)


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "-q", "--config", "a.toml", "--cache-dir=cache"],
        ["build", "assets", "more", "-o", "public"],
        ["build"],
    ],
)
def test_usual_options_of_a_build_are_plain(arguments: list[str]) -> None:
    assert plain_options(arguments) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["--version", "build"],
        ["build", "--help"],
        ["build", "--json"],
        ["build", "--config"],
        ["build", "--config", "--quiet"],
        ["build", "--mode", "none"],
        ["build", "--workspace"],
        ["build", "--carry-from", "old"],
    ],
)
def test_all_else_is_left_to_click(arguments: list[str]) -> None:
    assert plain_options(arguments) is None
