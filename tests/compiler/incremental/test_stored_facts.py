"""Which assets a build takes over from the last one, and the changes after which it takes over none."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.cache.traces import Stale, dumps, loads
from buildassets.compiler.facts.table import Key
from buildassets.compiler.incremental.stored_facts import StoredBuild, unpacked
from buildassets.foundation.frozen import replace
from tests.building import build, load_config, manifest_of
from tests.compiler.incremental.builder import Builder, clean_release, released
from tests.compiler.incremental.project import Project
from tests.compiler.incremental.test_one_process import IMPORT_MAP, chunks
from tests.conftest import Tree, settle, write_tree

SITE: Tree = {
    "buildassets.toml": "compress = []\nminify = false\n",
    "assets/a.css": '@import "b.css";\na { background: url(d.png) }\n',
    "assets/b.css": "b { color: red }\n",
    "assets/c.js": 'import "./e.js";\n',
    "assets/d.png": "pixels",
    "assets/e.js": 'import "./c.js";\n',
    "assets/f.scss": '@use "part";\n',
    "assets/_part.scss": "f { color: red }\n",
    "assets/g.js": 'new Worker("c.js");\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(write_tree(tmp_path, SITE))


@pytest.mark.parametrize(
    ("files", "reused"),
    [
        ({"assets/b.css": "b { color: tan }\n"}, 5),
        ({"assets/_part.scss": "f { color: tan }\n"}, 6),
        ({"assets/c.js": 'import "./e.js";\nc();\n', "assets/d.png": "other"}, 4),
        ({"assets/h.js": "h();\n"}, 6),
        ({"assets/h.js": "h();\n", "assets/d.png": None, "assets/a.css": "a {}"}, 4),
    ],
)
def test_drafts_of_unchanged_files_are_taken_over(
    project: Project, files: Mapping[str, str | None], reused: int
) -> None:
    project.edit(files)
    assert project.reused == reused  # without the sheet of Sass, which nothing but a cache has
    project.assert_as_a_clean_build()


def test_a_change_that_may_concern_any_draft_has_all_made_again(project: Project) -> None:
    path = str(project.folder / "buildassets.toml")
    result = project.edit({"buildassets.toml": f"{SITE['buildassets.toml']!s}# the same\n"})
    assert (result.reused, result.remade_for) == (0, Stale("changed", path))
    project.assert_as_a_clean_build()


def with_row(record: bytes, edited: Callable[[list[Any]], None], path: str = "a.css") -> bytes:
    """The record, in which the line of an asset is edited."""
    parts = unpacked(record)
    rows, number = list(parts.rows), parts.paths.index(path)
    line = json.loads(rows[number])
    edited(line)
    rows[number] = json.dumps(line)
    return replace(parts, rows=rows).packed()


@pytest.mark.parametrize("record", [b"no numbers", b"", b"1 2 3\n", b"1 0 1 1 1 1 1 1 1 1 1\nabcdefghi"])
def test_a_damaged_record_is_ignored(project: Project, record: bytes) -> None:
    project.forget(record)
    project.edit({"assets/b.css": "b { color: tan }\n"})
    assert project.reused == 0
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("part", ["users", "sources", "graph", "release"])
@pytest.mark.parametrize("content", [b"{", b"[]", b"[1]", b'{"file": {"x": [99]}}', b"[[[[[1]]]]]"])
@pytest.mark.parametrize(
    "edit", [{"assets/b.css": "b { color: tan }\n"}, {"assets/new.css": ""}], ids=["text", "names"]
)
def test_a_record_with_a_damaged_part_never_changes_a_release(
    project: Project, part: str, content: bytes, edit: Mapping[str, str]
) -> None:
    damaged: dict[str, Any] = {part: content}
    project.forget(replace(unpacked(project.record), **damaged).packed())
    project.edit(edit)
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("field", range(5))
@pytest.mark.parametrize("value", [None, -1, "x", [[1, 2, "u", "none"]], {}])
def test_a_damaged_draft_is_made_again(project: Project, field: int, value: object) -> None:
    def damage(line: list[Any]) -> None:
        line[0][field] = value

    project.forget(with_row(project.record, damage))
    project.edit({"assets/d.png": "other pixels"})
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("field", range(4))
@pytest.mark.parametrize("value", [None, -1, "x", [["file"]], {}])
def test_a_damaged_line_is_made_again(project: Project, field: int, value: object) -> None:
    def damage(line: list[Any]) -> None:
        line[field] = value

    project.forget(with_row(project.record, damage))
    project.edit({"assets/d.png": "other pixels"})
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("name", ["", "x", "0 0 0", f"{'0' * 64} {'0' * 64} ../../../../x"])
def test_a_damaged_name_is_given_again(project: Project, name: str) -> None:
    parts = unpacked(project.record)
    project.forget(replace(parts, names=[name] * len(parts.names)).packed())
    project.edit({"assets/d.png": "other pixels"})
    project.assert_as_a_clean_build()


def test_a_release_that_is_gone_is_made_of_unchanged_files(tmp_path: Path) -> None:
    builder = Builder(write_tree(tmp_path / "site", SITE))
    assert builder().reused == 0
    expected = released(builder.folder)
    for path in sorted((builder.folder / "build").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert builder().reused == 7
    assert released(builder.folder) == expected == clean_release(builder.folder)


def test_a_release_that_another_builder_put_there_is_replaced(tmp_path: Path) -> None:
    builder = Builder(write_tree(tmp_path / "site", SITE))
    builder()
    expected = released(builder.folder)
    other = load_config(start=str(builder.folder))
    assert build(other, mode="development").succeeded
    builder()
    assert released(builder.folder) == expected


@pytest.mark.parametrize("damage", [None, b"other"])
def test_a_minified_body_that_the_cache_has_lost_is_made_again(tmp_path: Path, damage: bytes | None) -> None:
    files = {**SITE, "buildassets.toml": "compress = []\n", "assets/a.css": 'a { background: url("d.png") }\n'}
    builder = Builder(write_tree(tmp_path / "site", files))
    builder()
    for path in (builder.folder / ".cache/content").rglob("*"):
        if path.is_file():
            path.unlink() if damage is None else path.write_bytes(damage)
    write_tree(builder.folder, {"assets/d.png": "other pixels"})
    assert builder().reused == 0
    assert released(builder.folder) == clean_release(builder.folder)


def test_a_minified_body_is_taken_over_from_the_cache(tmp_path: Path) -> None:
    files = {**SITE, "buildassets.toml": "compress = []\n", "assets/a.css": 'a { background: url("d.png") }\n'}
    builder = Builder(write_tree(tmp_path / "site", files))
    builder()
    write_tree(builder.folder, {"assets/d.png": "other pixels"})
    assert builder().reused == 6
    assert released(builder.folder) == clean_release(builder.folder)


def test_a_minified_body_that_is_taken_over_each_day_stays_in_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    files = {**SITE, "buildassets.toml": "compress = []\n", "assets/a.css": 'a { background: url("d.png") }\n'}
    folder = write_tree(tmp_path / "site", files)
    settle()
    project = Project(folder, cache=cache)
    project.forget(replace(unpacked(project.record), day=0).packed())
    _age(cache)
    for pixels in ("other", "more"):  # the first build removes what no build has used for long
        project.edit({"assets/d.png": pixels})
        assert project.reused == 6


def _age(cache: Path) -> None:
    """Have the files of the cache look as if no build had used them for years."""
    index = loads((cache / "index.json").read_bytes())
    steps = {step: replace(kept, day=1) for step, kept in index.steps.items()}
    (cache / "index.json").write_bytes(dumps(replace(index, swept=1).with_steps(steps)))
    for path in cache.glob("content/*/*"):
        os.utime(path, (1, 1))


def test_a_new_file_beside_the_program_leaves_drafts_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = write_tree(tmp_path / "tools", {"build.py": ""})
    monkeypatch.syspath_prepend(str(tools))
    builder = Builder(write_tree(tmp_path / "site", SITE))
    builder()
    write_tree(tools, {"more.py": ""})
    assert builder().reused == 6  # all but the sheet of Sass, whose programs are looked at again
    assert released(builder.folder) == clean_release(builder.folder)


def test_an_edit_reads_the_lines_of_what_it_touches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"assets/{number}.css" for number in range(50)]
    builder = Builder(
        write_tree(tmp_path / "site", {"buildassets.toml": "", **dict.fromkeys(names, "a { color: red }\n")})
    )
    builder()
    asked: list[str] = []
    fact = StoredBuild.fact

    def counted(build: StoredBuild, key: Key) -> tuple[Any, tuple[Key, ...]] | None:
        found = fact(build, key)
        asked.extend([key[1]] if found else [])
        return found

    monkeypatch.setattr(StoredBuild, "fact", counted)
    write_tree(builder.folder, {names[7]: "a { color: tan }\n"})
    assert builder().reused == 49
    assert set(asked) == {"7.css"}


def test_an_edit_of_the_import_map_of_vite_leads_chunks_elsewhere(tmp_path: Path) -> None:
    project = Project(write_tree(tmp_path / "site", chunks("b-0123abcd.js")))
    edited = str(chunks("c-0123abcd.js")[IMPORT_MAP])
    assert manifest_of(project.edit({IMPORT_MAP: edited})).assets["a-0123abcd.js"].references == ("c-0123abcd.js",)
    project.assert_as_a_clean_build()
