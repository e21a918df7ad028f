"""The sheet that Sass compiles before a first build is loaded: one of `entries`."""

import os
import shlex
from pathlib import Path

import pytest

from buildassets.compiler.engines.process.child import ClosedError
from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.sass.dart import SassEngine
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.compiler.incremental.sass_first import named_sheet, sass_first
from buildassets.compiler.request import BuildRequest
from tests.building import build, load_config
from tests.compiler.conftest import SHOUT, Install
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'engines = { scss = "dart-sass" }\n',
    "assets/a.scss": '@use "part";\n',
    "assets/_part.scss": "a { b: c }\n",
    "assets/b.scss": '@use "other";\n',
    "assets/_other.scss": "d { e: f }\n",
    "assets/plain.css": "g { h: i }\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(tmp_path, SITE)


@pytest.fixture
def starts(project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each process of Sass that was started."""
    folder = tmp_path_factory.mktemp("path")
    program = folder / "sass"
    command = " ".join(map(shlex.quote, installed_command()))
    program.write_text(f'#!/bin/sh\necho >> {folder}/starts\nexec {command} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    write_tree(project, {"buildassets.toml": 'engines = { scss = "sass" }\n'})
    return folder / "starts"


def test_an_engine_of_another_package_is_left_to_the_build(project: Path, install: Install) -> None:
    install("shouting", SHOUT.replace('compiles_to = ".txt"', ""), {"shout": "Shout"})
    write_tree(project, {"buildassets.toml": 'entries = ["a.css"]\nengines = { scss = "shout" }\n'})
    config = load_config(start=str(project))
    assert named_sheet(config) is not None
    with sass_first(BuildRequest(config=config, cache=None)) as sass:
        assert sass is None


def test_an_early_start_of_sass_ends_without_a_build(project: Path, starts: Path) -> None:
    write_tree(project, {"buildassets.toml": 'entries = ["a.css"]\nengines = { scss = "sass" }\n'})
    with sass_first(BuildRequest(config=load_config(start=str(project)), cache=None)) as sass:
        assert sass is not None
        engine = sass.engine
    assert isinstance(engine, SassEngine)
    with pytest.raises(ClosedError):
        engine.run(EngineInput("", str(project / "assets/a.scss"), "a.scss"))


def test_a_partial_that_changes_after_sass_has_begun_is_read_again_by_the_next_build(project: Path) -> None:
    write_tree(project, {"buildassets.toml": 'entries = ["a.css"]\nengines = { scss = "dart-sass" }\n'})
    config = load_config(start=str(project))
    cache = str(project / "cache")
    with sass_first(BuildRequest(config=config, cache=cache)) as sass:
        assert sass is not None
        write_tree(project, {"assets/_part.scss": "a { b: later }\n"})
        build(config, cache=cache, sass=sass)
    result = build(config, cache=cache)
    assert result.manifest is not None
    assert "later" in (project / "build/assets" / result.manifest.assets["a.css"].file).read_text()


NAMED = 'entries = ["*.css", "plain.css", "absent.css", "b.css", "a.css"]\n'


@pytest.mark.parametrize(
    ("settings", "sheet"),
    [
        (NAMED, "assets/b.scss"),
        ("", None),
        ('entries = ["plain.css"]\n', None),
        ('entries = ["../assets/a.css"]\n', None),
        ('sources = [{ path = "assets", prefix = "p" }]\nentries = ["a.css", "p/a.css"]\n', "assets/a.scss"),
        (f'{NAMED}[commands.c]\nfrom = "x"\nto = "css"\nrun = ["true"]\n', None),
    ],
)
def test_the_first_entry_comes_first_without_an_earlier_build(project: Path, settings: str, sheet: str | None) -> None:
    write_tree(project, {"buildassets.toml": settings})
    found = named_sheet(load_config(start=str(project)))
    assert (found and found.shown) == sheet


def test_the_first_build_takes_what_sass_began_with(project: Path, starts: Path) -> None:
    write_tree(project, {"buildassets.toml": 'entries = ["b.css"]\nengines = { scss = "sass" }\n'})
    config = load_config(start=str(project))
    cache = str(project / "cache")
    with sass_first(BuildRequest(config=config, cache=cache)) as sass:
        assert sass is not None
        result = build(config, cache=cache, sass=sass)
    assert starts.read_text() == "\n"  # another process would have been started for another request
    assert result.manifest is not None
    assert "d{e:f}" in (project / "build/assets" / result.manifest.assets["b.css"].file).read_text()


def test_nothing_begins_where_drafts_may_be_kept(project: Path, starts: Path) -> None:
    write_tree(project, {"buildassets.toml": f'{NAMED}engines = {{ scss = "sass" }}\n', "cache/a": ""})
    config = load_config(start=str(project))
    with sass_first(BuildRequest(config=config, cache=str(project / "cache"))) as sass:
        assert sass is None
    assert not starts.exists()
