"""`migrate jammit`: each line of the file is accounted for, nothing is written unasked."""

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, read_tree, write_tree

FILE = """# of the site
defaults: &defaults
  compress_assets: on
package_assets: always

embed_assets: datauri
template_function: _.template
css_compressor: yui
compressor_options:
  munge: true
gzip_assets: <%= gzip %>
stylesheets:
  all: [public/css/*.css]
production:
  <<: *defaults
  gzip_assets: on
staging:
  gzip_assets: off
"""
OUTCOMES = [
    *("changed", "changed", "taken over", "changed", "changed", "not possible", "not possible", "not possible"),
    *("not possible", "taken over", "taken over", "taken over", "taken over", "taken over", "changed", "changed"),
]


def test_every_line_has_an_outcome_and_a_reason(tmp_path: Path) -> None:
    write_tree(tmp_path, {"config/assets.yml": FILE, "public/css/a.css": ""})
    before = read_tree(tmp_path)
    done = run(tmp_path, "migrate", "jammit", "--json")
    document = json.loads(done.stdout)
    written = [(number, line.strip()) for number, line in enumerate(FILE.split("\n"), 1) if line and line[0] != "#"]
    assert [(one["line"], one["text"]) for one in document["lines"]] == written
    assert [one["outcome"] for one in document["lines"]] == OUTCOMES
    assert all(one["note"] and one["file"] == "config/assets.yml" for one in document["lines"])
    assert (document["file"], document["written"]) == ('jammit = "config/assets.yml"\n', False)
    assert read_tree(tmp_path) == before


def test_write_writes_one_file_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"config/assets.yml": FILE, "public/css/a.css": ""})
    before = read_tree(tmp_path)
    for _ in range(2):
        done = run(tmp_path, "migrate", "jammit", "--write")
        assert done.returncode == 0, done.stderr
        assert done.stderr.splitlines() == [
            "16 lines: 6 taken over, 6 changed, 4 not possible; wrote `buildassets.toml`",
            "next: change the lines that are not taken over, then buildassets build",
        ]
    assert read_tree(tmp_path) == {**before, "buildassets.toml": b'jammit = "config/assets.yml"\n'}
    assert run(tmp_path, "build", "-q").returncode == 0


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"buildassets.toml": "minify = false"}, "`buildassets.toml` is there already"),
        ({"buildassets.toml/a": ""}, "`buildassets.toml` is there already"),
        ({"pyproject.toml": "[tool.buildassets]\nminify = false"}, "`pyproject.toml` has a configuration"),
    ],
)
def test_no_configuration_is_overwritten_or_hidden(tmp_path: Path, files: Tree, message: str) -> None:
    write_tree(tmp_path, {"config/assets.yml": FILE, "public/css/a.css": "", **files})
    before = read_tree(tmp_path)
    done = run(tmp_path, "migrate", "jammit", "--write")
    assert (done.returncode, f"error[migrate/exists]: {message}" in done.stderr) == (2, True), done.stderr
    assert read_tree(tmp_path) == before


def test_a_pyproject_without_a_configuration_hides_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"config/assets.yml": FILE, "public/css/a.css": "", "pyproject.toml": "[tool.other]\n"})
    assert run(tmp_path, "migrate", "jammit", "--write", "-q").returncode == 0


def test_an_unknown_system_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate", "jamit").returncode == 2


@pytest.mark.parametrize(
    ("line", "outcome", "note"),
    [
        ("javascripts: foo", "not possible", "a build rejects it"),
        ("package_assets: sometimes", "changed", "it is none of `on`, `off` and `always`"),
        ("public_root: [x]", "changed", "it is not a text: the default applies"),
        ("package_path: 3", "changed", "it is not a text: the default applies"),
        ("package_path: three", "taken over", "it is the URL prefix"),
        ("package_assets: off", "taken over", "it decides"),
    ],
)
@pytest.mark.parametrize("section", ["", "production:\n  "])
def test_value_that_a_build_does_not_take_is_not_taken_over(
    tmp_path: Path, line: str, outcome: str, note: str, section: str
) -> None:
    write_tree(tmp_path, {"config/assets.yml": f"{section}{line}\n"})
    lines = json.loads(run(tmp_path, "migrate", "jammit", "--json").stdout)["lines"]
    found = [one for one in lines if one["file"] == "config/assets.yml"][-1]
    assert (found["text"], found["outcome"], found["note"].startswith(note)) == (line, outcome, True)
