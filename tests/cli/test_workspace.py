import ast
import json
from dataclasses import fields
from pathlib import Path

import pytest

from buildassets.cli.building import workspace
from buildassets.cli.parse.compile_options import BuildOptions, CompileOptions
from tests.command import release_site, run
from tests.conftest import Tree, read_tree, write_tree
from tests.workspace.repositories import committed, git

SITES: Tree = {
    "buildassets-workspace.toml": 'projects = ["sites/*"]\n',
    "sites/a/assets/a.css": "a { color: red }\n",
    "sites/b/buildassets.toml": 'sources = ["front"]\n',
    "sites/b/front/b.css": "b { color: blue }\n",
    "sites/c/assets/c.css": "i { color: tan }\n",
    "sites/notes/README.md": "no project\n",
}
BROKEN: Tree = {**SITES, "sites/b/front/b.css": "b { background: url(gone.png) }\n"}


def names(folder: Path, *arguments: str) -> list[str]:
    """The names of the projects that a build reports, in order."""
    return list(json.loads(run(folder, "build", "--workspace", "--json", *arguments).stdout)["projects"])


def test_each_project_is_built_as_in_its_own_folder(tmp_path: Path) -> None:
    alone, together = (write_tree(tmp_path / name, SITES) for name in ("alone", "together"))
    for name in ("a", "b", "c"):
        assert run(alone / "sites" / name, "build").returncode == 0
    done = run(together, "build", "--workspace")
    assert (done.returncode, done.stdout) == (0, "")
    for name in ("a", "b", "c"):
        assert read_tree(together / "sites" / name / "build") == read_tree(alone / "sites" / name / "build")
    assert not (together / "sites/notes/build").exists()


def test_every_option_of_a_build_is_one_of_a_workspace_or_refused() -> None:
    """One that is passed over silently would be taken for obeyed."""
    source = Path(workspace.__file__).parents[1]
    files = ("building/workspace.py", "parse/options.py", "verbs/build.py")
    nodes = (node for file in files for node in ast.walk(ast.parse((source / file).read_bytes())))
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert {one.name for kind in (BuildOptions, CompileOptions) for one in fields(kind)} - read == set()


def test_the_workspace_is_found_from_a_folder_of_it(tmp_path: Path) -> None:
    assert names(write_tree(tmp_path, SITES) / "sites/b") == ["sites/a", "sites/b", "sites/c"]


def test_each_project_has_its_document(tmp_path: Path) -> None:
    write_tree(tmp_path, BROKEN)
    document = json.loads(run(tmp_path, "build", "--workspace", "--no-cache", "--json").stdout)
    assert (document["ok"], document["diagnostics"]) == (False, [])
    assert {name: one["ok"] for name, one in document["projects"].items()} == {
        "sites/a": True,
        "sites/b": False,
        "sites/c": True,
    }
    alone = json.loads(run(tmp_path / "sites/b", "build", "--no-cache", "--json").stdout)
    assert document["projects"]["sites/b"] == alone
    assert document["projects"]["sites/a"]["assets"]["a.css"].startswith("a.")


def test_a_project_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, BROKEN), "build", "--workspace")
    assert done.returncode == 1
    assert "  --> sites/b/front/b.css:1:21\n" in done.stderr
    assert (tmp_path / "sites/c/build/manifest.json").exists()
    assert "built 2 of 3 projects; failed: `sites/b`, " in done.stderr.splitlines()[-1]


def test_a_project_with_a_wrong_configuration_fails_alone(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "sites/a/buildassets.toml": "minfy = true\n"})
    done = run(tmp_path, "build", "--workspace")
    assert done.returncode == 1
    assert "error[config/unknown-key]: unknown key `minfy`\n  --> sites/a/buildassets.toml:1:1\n" in done.stderr
    assert (tmp_path / "sites/b/build/manifest.json").exists()


def test_one_line_sums_up_what_was_built(tmp_path: Path) -> None:
    write_tree(tmp_path, SITES)
    first = run(tmp_path, "build", "--workspace").stderr.splitlines()
    assert [line.partition(": built 1 asset ")[0] for line in first[:-1]] == ["sites/a", "sites/b", "sites/c"]
    assert first[-1].startswith("built 3 projects: 3 with changes, 0 as before, ")
    write_tree(tmp_path, {"sites/b/front/b.css": "b { color: green }\n"})
    second = run(tmp_path, "build", "--workspace").stderr.splitlines()
    assert second[0].startswith("sites/b: built 1 asset ")
    assert second[1].startswith("built 3 projects: 1 with changes, 2 as before, ")


def test_quiet_prints_errors_only(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, SITES), "build", "--workspace", "-q").stderr == ""
    broken = run(write_tree(tmp_path, BROKEN), "build", "--workspace", "-q").stderr
    assert broken.startswith("error[reference/missing]: ")
    assert "built" not in broken


def test_a_configuration_above_the_projects_does_not_count_for_them(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "pyproject.toml": '[tool.buildassets]\noutput = "public"\n'})
    run(tmp_path, "build", "--workspace")
    assert (tmp_path / "sites/a/build/manifest.json").exists()
    assert not (tmp_path / "public").exists()


def test_two_projects_cannot_have_one_release_directory(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "sites/b/buildassets.toml": 'sources = ["front"]\noutput = "../a/build"\n'})
    done = run(tmp_path, "build", "--workspace")
    assert done.returncode == 1
    assert "error[workspace/output]: the release directory `../a/build` is that of `sites/a`, too\n" in done.stderr
    assert "a.css" in json.loads((tmp_path / "sites/a/build/manifest.json").read_text())["assets"]


def test_a_shard_leaves_the_release_directory_of_a_project_of_another(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITES, "sites/b/buildassets.toml": 'sources = ["front"]\noutput = "../a/build"\n'})
    done = run(tmp_path, "build", "--workspace", "--shard", "2/3")
    assert done.returncode == 1
    assert "error[workspace/output]: the release directory `../a/build` is that of `sites/a`, too\n" in done.stderr
    assert not (tmp_path / "sites/a/build").exists()


def test_a_given_cache_has_a_folder_for_each_project(tmp_path: Path) -> None:
    release_site(tmp_path, SITES, "--workspace", "--cache-dir", "kept")
    assert (tmp_path / "kept/sites/a/index.json").exists()
    assert not (tmp_path / "sites/a/.buildassets").exists()


@pytest.mark.parametrize(
    ("shard", "built"), [("1/2", ["a", "c"]), ("2/2", ["b"]), ("5/5", []), ("1/1", ["a", "b", "c"])]
)
def test_a_shard_is_every_nth_project(tmp_path: Path, shard: str, built: list[str]) -> None:
    assert names(write_tree(tmp_path, SITES), "--shard", shard) == [f"sites/{name}" for name in built]


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1/0", "2", "a/b", "1/2/3", "-1/2", "1/²"])
def test_malformed_shard_exits_with_2(tmp_path: Path, shard: str) -> None:
    done = run(write_tree(tmp_path, SITES), "build", "--workspace", f"--shard={shard}")
    assert done.returncode == 2
    assert f"Invalid value for '--shard': `{shard}` is " in done.stderr


@pytest.mark.parametrize("arguments", [["assets"], ["-o", "out"], ["--config", "x.toml"], ["--carry-from", "old"]])
def test_options_for_one_project_exit_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = run(write_tree(tmp_path, SITES), "build", "--workspace", *arguments)
    assert done.returncode == 2
    assert "is for one project" in done.stderr
    assert not (tmp_path / "sites/a/build").exists()


@pytest.mark.parametrize("arguments", [["--since", "HEAD"], ["--shard", "1/2"]])
def test_options_for_many_projects_need_a_workspace(tmp_path: Path, arguments: list[str]) -> None:
    done = run(write_tree(tmp_path / "sites/a", SITES), "build", *arguments)
    assert (done.returncode, "go with `--workspace`" in done.stderr) == (2, True)


def test_without_a_workspace_the_exit_code_is_2(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {"assets/a.css": ""}), "build", "--workspace", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["diagnostics"][0]["code"] == "workspace/none"


def test_only_projects_that_changes_reach_are_built(tmp_path: Path) -> None:
    committed(tmp_path, SITES)
    assert names(tmp_path, "--since", "HEAD") == []
    write_tree(tmp_path, {"sites/b/front/new.css": "a { color: red }\n"})
    assert names(tmp_path, "--since", "HEAD") == ["sites/b"]
    assert names(tmp_path, "--since", "HEAD") == ["sites/b"]  # its release, which nothing ignores, reaches none
    done = run(tmp_path, "build", "--workspace", "--since", "HEAD")
    assert "built 1 project: 0 with changes, 1 as before; no change since `HEAD` reaches 2, " in done.stderr


def test_shards_are_taken_of_the_projects_that_changes_reach(tmp_path: Path) -> None:
    committed(tmp_path, SITES)
    write_tree(tmp_path, {"sites/b/front/b.css": "", "sites/c/assets/c.css": ""})
    assert names(tmp_path, "--since", "HEAD", "--shard", "1/2") == ["sites/b"]
    assert names(tmp_path, "--since", "HEAD", "--shard", "2/2") == ["sites/c"]


def test_change_of_a_file_that_the_last_build_read_reaches_its_project(tmp_path: Path) -> None:
    run_sh = 'from = "txt"\nto = "css"\nrun = ["sh", "make.sh"]\ndepfile = "d"\n'
    files = {
        "sites/a/buildassets.toml": f"[commands.raw]\n{run_sh}",
        "sites/a/make.sh": 'D=$(dirname $(dirname "$PWD"))/odd/x; cat "$D"; echo "out: $D" > d\n',
        "sites/a/assets/b.txt": "x",
        "odd/x": "a { color: red }\n",
    }
    committed(tmp_path, {**SITES, **files})
    assert run(tmp_path, "build", "--workspace").returncode == 0
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    write_tree(tmp_path, {"odd/x": "a { color: blue }\n"})
    assert names(tmp_path, "--since", "HEAD") == ["sites/a"]


def test_a_missing_commit_exits_with_2(tmp_path: Path) -> None:
    done = run(committed(tmp_path, SITES), "build", "--workspace", "--since", "origin/main", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["diagnostics"][0]["code"] == "workspace/since"
    assert not (tmp_path / "sites/a/build").exists()
