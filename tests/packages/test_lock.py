"""The lock: written as git wants it, read as if anybody had written it."""

import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.errors import ConfigError
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import (
    NAME,
    Lock,
    LockedPackage,
    LockedPlatform,
    LockedTool,
    lock_text,
    read_lock,
    write_lock,
)
from tests.conftest import find_tool

SHA512 = "sha512-" + "A" * 86 + "=="
SHA256 = "0" * 64
TOOL = LockedTool("0.28.2", "MIT", {"linux-x64": LockedPlatform("@esbuild/linux-x64", SHA512, {"bin/esbuild": SHA256})})
PACKAGE = LockedPackage("2.0.4", "2", True, SHA512, "0BSD", {"dist/htmx.esm.js": SHA256}, {"x": "^1"})
LOCK = Lock({"esbuild": TOOL}, {"htmx.org": PACKAGE})


def refusal(folder: Path, text: str) -> str:
    (folder / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_lock(str(folder))
    assert {one.code for one in caught.value.diagnostics} == {"lock/invalid"}
    return caught.value.diagnostics[0].message


def test_unreadable_values_are_not_written(tmp_path: Path) -> None:
    lock = Lock({"esbuild": LockedTool("0.28.2", "MIT\u200b", {})})
    with pytest.raises(ConfigError):
        write_lock(str(tmp_path), lock, permission=BUILDING)
    assert not list(tmp_path.iterdir())


def test_a_written_lock_is_read(tmp_path: Path) -> None:
    write_lock(str(tmp_path), LOCK, permission=BUILDING)
    assert read_lock(str(tmp_path)) == LOCK


def test_a_project_without_a_lock_has_an_empty_one(tmp_path: Path) -> None:
    assert read_lock(str(tmp_path)) == Lock()


def test_an_empty_lock_leaves_no_file(tmp_path: Path) -> None:
    write_lock(str(tmp_path), LOCK, permission=BUILDING)
    write_lock(str(tmp_path), Lock(), permission=BUILDING)
    assert list(tmp_path.iterdir()) == []


def test_the_text_has_the_names_that_are_promised() -> None:
    values = tomllib.loads(lock_text(LOCK))
    platform = values["tools"]["esbuild"]["platforms"]["linux-x64"]
    assert set(platform) == {"package", "sha512", "files"}
    assert {"version", "license"} <= set(values["tools"]["esbuild"])
    assert {"version", "range", "direct", "integrity", "license", "files"} <= set(values["vendor"]["htmx.org"])
    assert "://" not in lock_text(LOCK)


def test_two_branches_that_add_packages_merge(tmp_path: Path) -> None:
    git = find_tool("git")
    merged: list[str] = []
    for name, names in {"base": "m", "ours": "am", "theirs": "mz"}.items():
        lock = Lock({}, {one: replace(PACKAGE, files={f"{one}.js": SHA256}) for one in names})
        (tmp_path / name).write_text(lock_text(lock))
        merged += names
    done = subprocess.run(
        [git, "merge-file", "-p", "ours", "base", "theirs"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert sorted(tomllib.loads(done.stdout)["vendor"]) == sorted(set(merged))


def test_a_conflict_is_named_with_its_line(tmp_path: Path) -> None:
    text = "[tools]\n<<<<<<< ours\n=======\n>>>>>>> theirs\n"
    assert refusal(tmp_path, text) == f"`{NAME}` holds two sides of a merge"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "0.28.2"', 'version = "../../../tmp"'),
        ('version = "0.28.2"', "version = 1"),
        ('"bin/esbuild" = ', '"../../bin/sh" = '),
        ('"bin/esbuild" = ', '"/bin/sh" = '),
        (SHA256, "0" * 63),
        (SHA512, "sha1-abc"),
        ('package = "@esbuild/linux-x64"', 'package = "../x"'),
        ("[tools.esbuild]", '[tools."../x"]'),
        ('[vendor."htmx.org"]', '[vendor."../../x"]'),
        ("direct = true", 'direct = "yes"'),
        ('license = "0BSD"', 'license = "a\\nb"'),
        ('"dist/htmx.esm.js" = ', '"../../../.bashrc" = '),
        ('x = "^1"', '"../x" = "^1"'),
    ],
)
def test_unknown_keys_are_refused(tmp_path: Path, before: str, after: str) -> None:
    text = lock_text(LOCK)
    assert before in text
    refusal(tmp_path, text.replace(before, after))


@pytest.mark.parametrize(
    "text", ["tools = 1", "[tools]\nesbuild = 1", "= =", "[vendor", "[tools.esbuild]\nplatforms = 1"]
)
def test_values_of_another_form_are_refused(tmp_path: Path, text: str) -> None:
    refusal(tmp_path, text)


def test_a_lock_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_lock(str(tmp_path))


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_text_can_be_a_value(text: str) -> None:
    lock = Lock({}, {"a": replace(PACKAGE, range=text)})
    assert tomllib.loads(lock_text(lock))["vendor"]["a"].get("range", "") == text
