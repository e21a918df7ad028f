"""Shared sources of the projects of a workspace are compiled once."""

import json
import os
import stat
from pathlib import Path

import pytest

from buildassets.compiler.engines.sass.wheel import installed_command
from tests.command import run
from tests.compiler.cache.remote.sites import key_pair
from tests.conftest import Tree, missing_tool, read_tree, write_tree

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


def test_shared_result_is_kept_in_each_cache(tmp_path: Path) -> None:
    counting(tmp_path, {"shared/lib.up": "a { color : red }\n"})
    run(tmp_path, "build", "--workspace")
    write_tree(tmp_path, {"sites/c/assets/y.txt": "new"})
    assert run(tmp_path / "sites/c", "build").returncode == 0
    assert runs(tmp_path) == 1


def test_different_partial_is_compiled_separately(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    for name, colour in (("a", "red"), ("b", "blue")):
        site: Tree = {"assets/app.scss": '@use "theme";\n', "assets/_theme.scss": f"a {{ color: {colour} }}\n"}
        write_tree(tmp_path / "sites" / name, site)
    alone = write_tree(tmp_path / "alone", read_tree(tmp_path / "sites/b"))
    run(tmp_path, "build", "--workspace")
    run(alone, "build")
    assert read_tree(tmp_path / "sites/b/build") == read_tree(alone / "build")


def test_different_settings_are_compiled_separately(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    for name, minify in (("a", "true"), ("b", "false")):
        site: Tree = {"assets/a.css": "a  {  color : red  }\n", "buildassets.toml": f"minify = {minify}\n"}
        write_tree(tmp_path / "sites" / name, site)
    run(tmp_path, "build", "--workspace")
    (unminified,) = (tmp_path / "sites/b/build/assets").glob("a.*.css")
    assert unminified.read_text() == "a  {  color : red  }\n"


def test_sass_is_started_once(tmp_path: Path) -> None:
    if not installed_command():
        missing_tool("this Python has no wheel with Dart Sass")
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


def _sites_with_remote(folder: Path, remote: str, trusted: str = "") -> None:
    """A workspace of three different sites with that remote cache."""
    write_tree(folder, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    trust = f'[cache.trust]\nmain = ["{trusted}"]\n' if trusted else ""
    for name in ("a", "b", "c"):
        site: Tree = {
            "buildassets.toml": f'[cache]\nremote = "{remote}"\n{trust}',
            "assets/a.css": f".{name} {{ top : 0 }}\n",
        }
        write_tree(folder / "sites" / name, site)


def test_a_record_that_does_not_count_costs_no_other_project_its_hits(tmp_path: Path) -> None:
    (secret, public), (stranger, _) = key_pair(), key_pair()
    remote = (tmp_path / "remote").as_uri()
    for place, key, shard in (("one", stranger, "1/3"), ("two", secret, "2/3"), ("three", secret, "3/3")):
        _sites_with_remote(tmp_path / place, remote, public)
        options = ("--workspace", "--cache-write", "--shard", shard)
        assert run(tmp_path / place, "build", *options, BUILDASSETS_CACHE_KEY=key).returncode == 0
    _sites_with_remote(tmp_path / "reader", remote, public)
    done = run(tmp_path / "reader", "build", "--workspace", "--json")
    projects = json.loads(done.stdout)["projects"]
    assert [one["cache"]["remote"]["hits"] > 0 for one in projects.values()] == [False, True, True]
    assert [len(one["diagnostics"]) for one in projects.values()] == [1, 0, 0]


def test_without_a_key_to_write_with_all_projects_still_read(tmp_path: Path) -> None:
    secret, public = key_pair()
    for place, key in (("one", secret), ("two", "")):
        _sites_with_remote(tmp_path / place, (tmp_path / "remote").as_uri(), public)
        options = ("--workspace", "--cache-write", "--json")
        done = run(tmp_path / place, "build", *options, BUILDASSETS_CACHE_KEY=key)
    projects = json.loads(done.stdout)["projects"]
    assert all(one["cache"]["remote"]["hits"] > 0 for one in projects.values())
    assert [len(one["diagnostics"]) for one in projects.values()] == [1, 0, 0]


def test_malformed_key_is_reported_once_and_nothing_is_built(tmp_path: Path) -> None:
    _sites_with_remote(tmp_path, (tmp_path / "remote").as_uri())
    done = run(tmp_path, "build", "--workspace", BUILDASSETS_CACHE_KEY="secret")
    assert done.returncode == 2
    assert done.stderr.count("error[cache/key]") == 1
    assert not list(tmp_path.glob("sites/*/build"))


@pytest.mark.parametrize("option", [(), ("--no-cache",)])
def test_malformed_key_matters_only_with_a_remote_cache(tmp_path: Path, option: tuple[str, ...]) -> None:
    _sites_with_remote(tmp_path, (tmp_path / "remote").as_uri())
    if not option:
        for settings in tmp_path.glob("sites/*/buildassets.toml"):
            settings.write_text("")
    assert run(tmp_path, "build", "--workspace", *option, BUILDASSETS_CACHE_KEY="secret").returncode == 0


def test_verbose_counts_the_jobs_of_an_executor(tmp_path: Path) -> None:
    _sites_with_remote(tmp_path, (tmp_path / "remote").as_uri())
    done = run(tmp_path, "build", "--workspace", "-v", "--executor", "concurrent.futures:ThreadPoolExecutor")
    lines = [line for line in done.stderr.splitlines() if line.startswith("executor ")]
    assert len(lines) == 1
    assert " jobs there, 0 here" in lines[0]
