"""Verbs that look at a project's files report what they cannot read; none ends with a traceback or without end."""

from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, watchdog, write_tree

_HOSTILE: dict[str, tuple[Tree, tuple[str, ...]]] = {
    "Dockerfile without FROM": ({"Dockerfile": "RUN pip install x\nCOPY . .\n"}, ("doctor",)),
    "number of 5,000 digits, doctor": ({"pyproject.toml": f"[project]\nversion = {'9' * 5000}\n"}, ("doctor",)),
    "number of 5,000 digits, init": ({"pyproject.toml": f"[project]\nversion = {'9' * 5000}\n"}, ("init", "--yes")),
    "number of 5,000 digits, build": ({"buildassets.toml": f"x = {'9' * 5000}\n"}, ("build",)),
    "call that nests 90,000 times": (
        {"app.py": f"from flask import Flask\napp = Flask({'-' * 90_000}"},
        ("migrate", "static-digest"),
    ),
    "array that nests 200,000 times, doctor": ({"package.json": "[" * 200_000}, ("doctor",)),
    "array that nests 200,000 times, init": ({"package.json": "[" * 200_000}, ("init", "--dry-run")),
    "key of 40,000 parts, doctor": ({"pyproject.toml": f"{'.'.join('a' * 40_000)}=1"}, ("doctor",)),
    "key of 40,000 parts, build": ({"buildassets.toml": f"{'.'.join('a' * 40_000)}=1"}, ("build",)),
}


@pytest.mark.parametrize(("tree", "command"), _HOSTILE.values(), ids=list(_HOSTILE))
def test_hostile_file_gives_no_traceback(tmp_path: Path, tree: Tree, command: tuple[str, ...]) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { color: red }", **tree})
    with watchdog():
        done = run(tmp_path, *command)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("doctor",), ("migrate", "django")], ids=" ".join)
def test_device_in_place_of_a_file_is_not_read(tmp_path: Path, command: tuple[str, ...]) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    (tmp_path / "manage.py").symlink_to("/dev/zero")
    with watchdog():
        assert "Traceback" not in run(tmp_path, *command).stderr
