"""Entries of the import map, changed in the text of a configuration."""

import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.packages.vendor.import_map import with_entries
from tests.conftest import find_tool, write_tree

TABLE = ("tool", "buildassets", "importmap")
TEXT = """\
[project]
name = "x" # stays

[tool.buildassets.importmap] # ours
"lit" = "vendor/lit/old.js"
'own' = "js/own.js" # stays
bare = "js/bare.js"

[tool.other]
lit = "another"
"""


def test_an_entry_is_changed_in_place() -> None:
    changed = with_entries(TEXT, TABLE, {"lit": "vendor/lit/index.js"})
    assert changed == TEXT.replace("vendor/lit/old.js", "vendor/lit/index.js")


@pytest.mark.parametrize(
    ("key", "before"),
    [("@a/b", "importmap] # ours\n"), ("b", "importmap] # ours\n"), ("m", '"js/bare.js"\n'), ("z", '"js/bare.js"\n')],
)
def test_a_new_entry_follows_the_last_lesser_one(key: str, before: str) -> None:
    changed = with_entries(TEXT, TABLE, {key: "vendor/c.js"})
    assert changed == TEXT.replace(before, f'{before}"{key}" = "vendor/c.js"\n', 1)


def test_entries_of_two_branches_can_be_merged(tmp_path: Path) -> None:
    texts = {"base": "[importmap]\na = 'a.js'\nm = 'm.js'\nz = 'z.js'\n"}
    for branch, key in (("ours", "c"), ("theirs", "o")):
        texts[branch] = with_entries(texts["base"], ("importmap",), {key: "x.js", f"{key}/b": "y.js"})
    write_tree(tmp_path, texts)
    git = [find_tool("git"), "merge-file", "-p", "ours", "base", "theirs"]
    merged = subprocess.run(git, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert merged.returncode == 0
    assert list(tomllib.loads(merged.stdout)["importmap"]) == ["a", "c", "c/b", "m", "o", "o/b", "z"]


def test_an_entry_is_taken_away_and_the_rest_stays() -> None:
    assert with_entries(TEXT, TABLE, {"own": None, "gone": None}) == TEXT.replace("'own' = \"js/own.js\" # stays\n", "")


@pytest.mark.parametrize("text", ["", "a = 1", "a = 1\n", "[x]\ny = 1\n", "a = 1\r\n[x]\r\n"])
def test_a_table_that_is_not_there_is_made_at_the_end(text: str) -> None:
    changed = with_entries(text, ("importmap",), {"a": "b.js"})
    assert changed.startswith(text)
    assert tomllib.loads(changed) == {**tomllib.loads(text), "importmap": {"a": "b.js"}}


def test_nothing_is_made_where_nothing_is_to_be_there() -> None:
    assert with_entries("a = 1\n", TABLE, {"x": None}) == "a = 1\n"


@pytest.mark.parametrize(
    "text",
    [
        'importmap = { lit = "a.js" }\n',
        'importmap.lit = "a.js"\n',
        "importmap = 1\n",
        '[importmap]\nlit = """\na.js"""\n',
        'text = """\n[importmap]\n"""\n',
        "[importmap\n",
    ],
)
def test_entries_in_another_layout_are_left_alone(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 whatever it is
        with_entries(text, ("importmap",), {"lit": "b.js"})


SCOPE = (*TABLE, "scopes", "vendor/a/")


def test_a_scope_comes_after_the_rest_and_goes_with_its_last_entry() -> None:
    changed = with_entries(TEXT, SCOPE, {"core": "vendor/core@1/index.js"})
    header = '[tool.buildassets.importmap.scopes."vendor/a/"]'
    assert changed == f'{TEXT}\n{header}\n"core" = "vendor/core@1/index.js"\n'
    assert with_entries(changed, SCOPE, {"core": None}) == f"{TEXT}\n"


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_scope_is_found_however_its_name_is_quoted(quote: str) -> None:
    text = f"[tool.buildassets.importmap.scopes.{quote}vendor/a/{quote}]\ncore = 'a.js'\n"
    assert with_entries(text, SCOPE, {"core": "b.js"}) == text.replace("core = 'a.js'", '"core" = "b.js"')


def test_an_entry_that_cannot_be_taken_away_is_an_error() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 whatever it is
        with_entries('importmap = { lit = "a.js" }\n', ("importmap",), {"lit": None})


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"))))
def test_any_names_can_be_entries(entries: dict[str, str]) -> None:
    assert tomllib.loads(with_entries(TEXT, ("m",), entries)).get("m", {}) == entries
