"""`[fonts]`: what may stand there, and what is reported of anything else."""

import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.compiler.config.values import FontRule
from buildassets.errors import ConfigError
from tests.building import load_config
from tests.conftest import write_tree
from tests.fonts import font_file


def rules(folder: Path, text: str) -> dict[str, FontRule]:
    write_tree(folder, {"buildassets.toml": f"[fonts]\n{text}\n", "assets/a.css": ""})
    return dict(load_config(start=str(folder)).fonts)


def test_all_keys_but_the_range_have_defaults(tmp_path: Path) -> None:
    found = rules(tmp_path, '"/fonts/*.ttf" = { unicode_range = ["U+0000-00FF"] }')
    assert found == {"./fonts/*.ttf": FontRule(("U+0000-00FF",), "", False, ("woff2",), (), "auto", True)}


def test_the_form_of_the_contract_is_read(tmp_path: Path) -> None:
    line = '"f/*" = { unicode_range = ["U+0-FF"], formats = ["woff2"], text = "templates", text_only = true }'
    assert rules(tmp_path, line) == {"f/*": FontRule(("U+0-FF",), "templates", True)}


def test_text_only_needs_nothing_else(tmp_path: Path) -> None:
    assert rules(tmp_path, '"*" = { text_only = true }') == {"*": FontRule(text_only=True)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{ unicode_range = ["latin"] }', "`fonts.x.unicode_range[0]` cannot be `latin`"),
        ('{ unicode_range = "U+0-FF" }', "`fonts.x.unicode_range` is a string, not an array"),
        ("{ unicode_range = [] }", "`fonts.x.unicode_range` has no range"),
        ('{ text = "templates" }', "`fonts.x` has `text` without a `unicode_range`"),
        ('{ text = "pages", text_only = true }', "`fonts.x.text` cannot be `pages`"),
        ('{ formats = ["ttf"] }', "`fonts.x.formats[0]` cannot be `ttf`"),
        ("{ formats = [] }", "`fonts.x` has no `formats`"),
        ('{ fallback = "Verdana" }', "`fonts.x.fallback` cannot be `Verdana`"),
        ('{ range = ["U+0-FF"] }', "unknown key `fonts.x.range`"),
        ('["U+0-FF"]', "`fonts.x` is an array, not a table"),
    ],
)
def test_a_mistake_names_the_key(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules(tmp_path, f"x = {text}")
    assert [fault.message for fault in caught.value.diagnostics] == [line]


def test_without_fonttools_fonts_are_an_error_and_all_else_works(tmp_path: Path) -> None:
    program = "import sys; sys.modules['fontTools'] = None; from buildassets.cli.main import main; main()"
    write_tree(tmp_path, {"assets/a.css": "a{}", "assets/a.ttf": font_file()})
    command = [sys.executable, "-c", program, "build"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "buildassets.toml").write_text('[fonts]\n"*" = { unicode_range = ["U+0-FF"] }\n')
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "error[config/unavailable]: fonts need fontTools, which is not installed" in done.stderr
    assert 'hint: run `pip install --upgrade "buildassets[fonts]"`' in done.stderr
