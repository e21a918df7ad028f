"""What the projects of a workspace share is made once."""

import json
import os
import stat
from pathlib import Path

import pytest

from buildassets.compiler.engines.sass.wheel import installed_command
from tests.cli.test_cli import run
from tests.conftest import Tree, read_tree, write_tree

_COUNTING = '[commands.up]\nfrom = "up"\nto = "css"\nrun = ["sh", "{0}/up.sh"]\n'


def counting(folder: Path, files: Tree) -> Path:
    """A workspace with `files` whose projects compile `.up` by a program that counts its runs in `runs`."""
    script = f'echo x >> "{folder}/runs"; cat\n'
    write_tree(folder, {"buildassets-workspace.toml": 'projects = ["sites/*"]', "up.sh": script, **files})
    for name in ("a", "b", "c"):
        settings = 'sources = ["assets", "../../shared"]\n' + _COUNTING.format(folder)
        write_tree(folder, {f"sites/{name}/buildassets.toml": settings, f"sites/{name}/assets/x.txt": name})
    return folder


def runs(folder: Path) -> int:
    """How often the program of `counting` ran."""
    return len((folder / "runs").read_text().splitlines())


def test_a_source_in_a_shared_root_is_compiled_once(tmp_path: Path) -> None:
    counting(tmp_path, {"shared/lib.up": "a { color : red }\n"})
    document = json.loads(run(tmp_path, "build", "--workspace", "--json").stdout)
    assert runs(tmp_path) == 1
    projects = document["projects"]
    assert [sorted(one["anew"]) for one in projects.values()] == [["lib.css"], [], []]
    assert len({one["assets"]["lib.css"] for one in projects.values()}) == 1


def test_equal_copies_in_several_projects_are_compiled_once(tmp_path: Path) -> None:
    copies = {f"sites/{name}/assets/lib.up": "a { color : red }\n" for name in ("a", "b")}
    counting(tmp_path, {**copies, "sites/c/assets/lib.up": "a { color : blue }\n", "shared/x.css": ""})
    assert run(tmp_path, "build", "--workspace").returncode == 0
    assert runs(tmp_path) == 2


def test_what_was_taken_over_is_kept(tmp_path: Path) -> None:
    counting(tmp_path, {"shared/lib.up": "a { color : red }\n"})
    run(tmp_path, "build", "--workspace")
    write_tree(tmp_path, {"sites/c/assets/y.txt": "new"})
    assert run(tmp_path / "sites/c", "build").returncode == 0
    assert runs(tmp_path) == 1


def test_a_partial_that_differs_is_no_shared_work(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    for name, colour in (("a", "red"), ("b", "blue")):
        site: Tree = {"assets/app.scss": '@use "theme";\n', "assets/_theme.scss": f"a {{ color: {colour} }}\n"}
        write_tree(tmp_path / "sites" / name, site)
    alone = write_tree(tmp_path / "alone", read_tree(tmp_path / "sites/b"))
    run(tmp_path, "build", "--workspace")
    run(alone, "build")
    assert read_tree(tmp_path / "sites/b/build") == read_tree(alone / "build")


def test_settings_that_differ_are_no_shared_work(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    for name, minify in (("a", "true"), ("b", "false")):
        site: Tree = {"assets/a.css": "a  {  color : red  }\n", "buildassets.toml": f"minify = {minify}\n"}
        write_tree(tmp_path / "sites" / name, site)
    run(tmp_path, "build", "--workspace")
    (unminified,) = (tmp_path / "sites/b/build/assets").glob("a.*.css")
    assert unminified.read_text() == "a  {  color : red  }\n"


@pytest.mark.skipif(not installed_command(), reason="needs Dart Sass")
def test_sass_is_started_once(tmp_path: Path) -> None:
    program = tmp_path / "bin/sass"
    real = " ".join(f"'{part}'" for part in installed_command())
    write_tree(tmp_path, {"bin/sass": f'#!/bin/sh\necho x >> "{tmp_path}/starts"\nexec {real} "$@"\n'})
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    for name in ("a", "b", "c"):
        settings = '[engines]\nscss = "sass"\n'
        sheet = f"a {{ b {{ color: {name} }} }}\n"
        write_tree(tmp_path / "sites" / name, {"buildassets.toml": settings, "assets/app.scss": sheet})
    done = run(tmp_path, "build", "--workspace", "--jobs", "1", PATH=f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "starts").read_text() == "x\n"


def test_a_remote_cache_that_fails_is_asked_and_reported_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    remote = '[cache]\nremote = "http://127.0.0.1:9/x"\n[cache.trust]\n'
    key = 'main = ["ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]\n'
    for name in ("a", "b", "c"):
        write_tree(
            tmp_path / "sites" / name, {"buildassets.toml": remote + key, "assets/a.css": f"a {{ top: {name} }}"}
        )
    done = run(tmp_path, "build", "--workspace")
    assert done.returncode == 0
    assert done.stderr.count("warning[cache/remote]: the remote cache `http://127.0.0.1:9/x` failed") == 1


def test_projects_in_another_clone_take_what_is_in_the_remote_cache(tmp_path: Path) -> None:
    settings = f'sources = ["assets", "../../shared"]\n[cache]\nremote = "file://{tmp_path}/remote"\n'
    for clone in ("one", "two"):
        write_tree(tmp_path / clone, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
        write_tree(tmp_path / clone, {"shared/lib.css": "a { color : red }\n"})
        for name in ("a", "b"):
            site: Tree = {"buildassets.toml": settings, "assets/own.css": f".{name} {{ top : 0 }}\n"}
            write_tree(tmp_path / clone / "sites" / name, site)
    first = json.loads(run(tmp_path / "one", "build", "--workspace", "--cache-write", "--json").stdout)["projects"]
    assert [sorted(one["anew"]) for one in first.values()] == [["lib.css", "own.css"], ["own.css"]]
    second = json.loads(run(tmp_path / "two", "build", "--workspace", "--json").stdout)["projects"]
    assert [one["anew"] for one in second.values()] == [{}, {}]
    assert all(one["cache"]["remote"]["hits"] > 0 for one in second.values())
