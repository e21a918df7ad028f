import json
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.watching import Watching, watching
from tests.command import run
from tests.conftest import Tree, wait_for, write_tree
from tests.example.servers import free_port

SITES: Tree = {
    "buildassets-workspace.toml": 'projects = ["sites/*"]\n',
    "sites/a/assets/a.css": "a { color: red }\n",
    "sites/b/buildassets.toml": 'load_paths = ["../../shared"]\n',
    "sites/b/assets/b.scss": '@use "theme";\n',
    "sites/c/buildassets.toml": 'load_paths = ["../../shared"]\n',
    "sites/c/assets/c.scss": '@use "theme";\n',
    "shared/_theme.scss": "b { color: blue }\n",
}


def next_of(watch: Watching) -> tuple[str, dict[str, Any]]:
    """The name of the project that was built next, and its document."""
    document = watch.next()
    assert document["diagnostics"] == []
    ((name, own),) = document["projects"].items()
    assert document["ok"] == own["ok"]
    return name, own


def next_names(watch: Watching, count: int) -> list[str]:
    """The names of the next so many projects that are built."""
    return [next_of(watch)[0] for _ in range(count)]


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Watching]:
    """A watch of SITES that has built each project."""
    with watching(write_tree(tmp_path, SITES), "--workspace") as watch:
        assert next_names(watch, 3) == ["sites/a", "sites/b", "sites/c"]
        yield watch


def test_a_change_builds_the_project_that_it_is_in(sites: Watching) -> None:
    write_tree(sites.folder, {"sites/a/assets/a.css": "a { color: green }\n"})
    name, document = next_of(sites)
    assert (name, document["changed"]) == ("sites/a", ["assets/a.css"])
    assert (sites.folder / "sites/a/build/assets" / document["assets"]["a.css"]).exists()
    sites.no_more()


def test_a_change_of_what_several_read_builds_these(sites: Watching) -> None:
    write_tree(sites.folder, {"shared/_theme.scss": "b { color: tan }\n"})
    assert next_names(sites, 2) == ["sites/b", "sites/c"]
    sites.no_more()


def test_a_project_that_fails_leaves_the_others_watched(sites: Watching) -> None:
    write_tree(sites.folder, {"sites/b/assets/b.scss": "a { color: \n"})
    assert next_of(sites)[1]["ok"] is False
    write_tree(sites.folder, {"sites/a/assets/a.css": "a { color: green }\n"})
    assert next_names(sites, 1) == ["sites/a"]


def test_new_project_is_built_and_a_removed_one_is_not(sites: Watching) -> None:
    write_tree(sites.folder, {"new/assets/d.css": "d { color: red }\n"})
    (sites.folder / "new").rename(sites.folder / "sites/d")
    assert next_names(sites, 1) == ["sites/d"]
    (sites.folder / "buildassets-workspace.toml").write_text('projects = ["sites/[ad]"]\n')
    write_tree(sites.folder, {"shared/_theme.scss": "b { color: tan }\n", "sites/d/assets/d.css": "d { color: tan }\n"})
    assert [name for name in next_names(sites, 1) if name != "sites/d"] == []


def test_a_wrong_file_of_the_workspace_is_reported_and_nothing_ends(sites: Watching) -> None:
    write_tree(sites.folder, {"buildassets-workspace.toml": 'projekts = ["sites/*"]\n'})
    document = sites.next()
    assert (document["ok"], document["diagnostics"][0]["code"]) == (False, "config/unknown-key")
    write_tree(sites.folder, {"sites/a/assets/a.css": "a { color: green }\n"})
    assert next_names(sites, 1) == ["sites/a"]


def test_a_project_with_a_wrong_configuration_starts_once_it_is_right(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "sites/b/buildassets.toml": "minfy = true\n"})
    with watching(tmp_path, "--workspace") as watch:
        assert next_names(watch, 1) == ["sites/a"]
        name, document = next_of(watch)
        assert (name, document["ok"], document["diagnostics"][0]["code"]) == ("sites/b", False, "config/unknown-key")
        assert next_names(watch, 1) == ["sites/c"]
        write_tree(tmp_path, {"sites/b/buildassets.toml": 'load_paths = ["../../shared"]\n'})
        assert next_names(watch, 1) == ["sites/b"]
        write_tree(tmp_path, {"sites/b/assets/b.scss": '@use "theme"; i { color: red }\n'})
        assert next_names(watch, 1) == ["sites/b"]


def test_a_project_without_its_source_root_starts_when_the_root_appears(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "sites/a/buildassets.toml": 'sources = ["styles/own"]\n'})
    with watching(tmp_path, "--workspace") as watch:
        document = watch.next()
        assert [found["code"] for found in document["projects"]["sites/a"]["diagnostics"]] == ["config/source"]
        assert next_names(watch, 2) == ["sites/b", "sites/c"]
        write_tree(tmp_path, {"sites/a/styles/own/a.css": "a { color: red }\n"})
        while not (document := watch.next())["ok"]:
            pass
    assert list(document["projects"]["sites/a"]["assets"]) == ["a.css"]


def test_a_project_with_the_release_directory_of_another_is_not_built(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "sites/b/buildassets.toml": 'output = "../a/build"\n'})
    with watching(tmp_path, "--workspace") as watch:
        assert next_names(watch, 1) == ["sites/a"]
        name, document = next_of(watch)
        assert (name, document["ok"], document["diagnostics"][0]["code"]) == ("sites/b", False, "workspace/output")


def test_polling_watches_all_projects(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITES), "--workspace", "--poll=0.05") as watch:
        next_names(watch, 3)
        write_tree(tmp_path, {"sites/a/assets/a.css": "a { color: darkgreen }\n"})
        assert next_names(watch, 1) == ["sites/a"]


def test_each_project_has_a_port_for_its_pages(tmp_path: Path) -> None:
    port = free_port()
    write_tree(tmp_path, {**SITES, "buildassets-workspace.toml": 'projects = ["sites/[ab]"]\n'})
    with watching(tmp_path, "--workspace", "--port", str(port)) as watch:
        names = next_names(watch, 2)
        urls = [json.loads((tmp_path / name / "build/assets/livereload.json").read_text())["url"] for name in names]
    assert urls[0] == f"http://127.0.0.1:{port}/"
    assert urls[1] != urls[0]


def test_options_for_one_project_are_refused(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITES), "watch", "--workspace", "-o", "out")
    assert (done.returncode, "`-o` is for one project" in done.stderr) == (2, True)


def test_command_starts_when_all_projects_are_built(tmp_path: Path) -> None:
    write_tree(tmp_path, SITES)
    code = "import glob, sys; sys.exit(len(glob.glob('sites/*/build/manifest.json')))"
    done = run(tmp_path, "watch", "--workspace", "--", sys.executable, "-c", code)
    assert done.returncode == 3, done.stderr


def test_commands_of_projects_run_next_to_the_watch(tmp_path: Path) -> None:
    write_tree(tmp_path, SITES)
    command = [sys.executable, "-c", "import time; print('up'); time.sleep(0.5); raise SystemExit(7)"]
    quoted = ", ".join(f"'{part}'" if '"' in part else f'"{part}"' for part in command)
    write_tree(tmp_path, {"sites/a/buildassets.toml": f"[run]\nworker = [{quoted}]\n"})
    done = run(tmp_path, "watch", "--workspace")
    assert done.returncode == 7, shlex.join(command)
    assert "sites/a worker | up" in done.stdout


def test_a_signal_ends_the_watch(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITES), "--workspace") as watch:
        next_names(watch, 3)
        watch.process.send_signal(signal.SIGTERM)
        wait_for(lambda: watch.process.poll() is not None)
        assert watch.process.returncode == 143
