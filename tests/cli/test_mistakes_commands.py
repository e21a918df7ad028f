"""Mistakes on the command line, and what is reported of each: the whole message as a user sees it."""

from pathlib import Path

import click

from buildassets.cli.parse.commands import commands
from tests.cli.mistakes import mistaken
from tests.conftest import write_tree


def test_a_verb_that_is_spelled_wrong(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "biuld") == (
        2,
        """
Usage: buildassets [OPTIONS] COMMAND [ARGS]...
Try 'buildassets --help' for help.

Error: No such command 'biuld'. Did you mean 'build'?
""",
    )


def test_a_verb_that_there_is_not(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "serve") == (
        2,
        f"""
Usage: buildassets [OPTIONS] COMMAND [ARGS]...
Try 'buildassets --help' for help.

Error: No such command 'serve'. Use one of: {", ".join(commands.list_commands(click.Context(commands)))}.
""",
    )


def test_a_missing_choice_is_listed_in_a_line(tmp_path: Path) -> None:
    code, shown = mistaken(tmp_path, "migrate")
    assert code == 2
    choices = (
        "compressor, django, importmap, jammit, pipeline, propshaft, sprockets, static-digest, vite, webassets, "
        "whitenoise"
    )
    assert shown.endswith(f"Choose from: {choices}\n")


def test_an_option_that_is_spelled_wrong(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "build", "--outptu", "x") == (
        2,
        """
Usage: buildassets build [OPTIONS] [SOURCE]...
Try 'buildassets build --help' for help.

Error: No such option '--outptu'. Did you mean '--output'?
""",
    )


def test_a_setting_for_an_option(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "build", "--minify") == (
        2,
        """
Usage: buildassets build [OPTIONS] [SOURCE]...
Try 'buildassets build --help' for help.

Error: No such option '--minify'. It is a setting: write `minify = …` under `[tool.buildassets]`.
""",
    )


def test_a_mode_cut_short(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "--mode", "prod") == (
        2,
        """
Usage: buildassets build [OPTIONS] [SOURCE]...
Try 'buildassets build --help' for help.

Error: Invalid value for '--mode': 'prod' is not one of 'production', 'development'.
""",
    )


def test_a_word_for_a_number(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "--jobs", "zero") == (
        2,
        """
Usage: buildassets build [OPTIONS] [SOURCE]...
Try 'buildassets build --help' for help.

Error: Invalid value for '--jobs': `zero` is not a whole number from 1 up
""",
    )


def test_a_source_root_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "asets") == (
        2,
        """
error[config/source]: the source root `asets` does not exist

hint: did you mean `assets`?
""",
    )


def test_a_file_for_a_source_root(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.css": ""})
    assert mistaken(tmp_path, "build", "assets/app.css") == (
        2,
        """
error[config/source]: the source root `assets/app.css` is not a folder

hint: name the folder that contains it
""",
    )


def test_a_further_source_root_that_is_not_there(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "--also", "nosuch") == (
        2,
        """
error[config/source]: the source root `nosuch` does not exist

hint: create the folder, or correct `--also`
""",
    )


def test_a_source_root_without_a_name(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "") == (2, "\nerror[config/value]: `SOURCE[0]` is empty\n")


def test_prefix_of_urls_of_a_wrong_type(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "--url", "/\udcff/") == (
        2,
        """
error[config/value]: `--url` cannot be `/\\udcff/`

hint: write bytes that are not UTF-8 as `%` and two hex digits
""",
    )


def test_an_option_of_a_verb_before_it(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "--config", "x", "build") == (
        2,
        """
Usage: buildassets [OPTIONS] COMMAND [ARGS]...
Try 'buildassets --help' for help.

Error: No such option '--config' before the verb. Write it after 'build'.
""",
    )


def test_explaining_an_asset_with_a_doubled_letter(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build")[0] == 0
    assert mistaken(tmp_path, "explain", "aa.css") == (
        1,
        """
error[asset/unknown]: the release has no asset `aa.css`
  --> build/manifest.json

hint: did you mean `a.css`?
""",
    )
