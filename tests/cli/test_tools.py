"""`buildassets tools` on a machine with nothing but Python, with real compilers from a registry of the tests."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.packages.tools.kinds import TOOLS, platform_of
from tests.cli.registries import serving_copy
from tests.command import run
from tests.conftest import read_tree, write_tree
from tests.packages.conftest import bare_machine
from tests.packages.published import TOOLS as PUBLISHED
from tests.packages.published import publish_real
from tests.packages.server import Registry, serving

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(platform_of(TOOLS["esbuild"]) != "linux-x64", reason="the compilers are those of Linux on x64"),
]
SITE = {
    "assets/css/app.scss": '@use "theme"; a { color: theme.$colour }',
    "assets/css/_theme.scss": "$colour: tomato;",
    "assets/js/app.ts": "const answer: number = 42; console.log(answer satisfies number)",
    "buildassets.toml": """
registry = "http://127.0.0.1:%d/"
[engines]
scss = "dart-sass"
js = "esbuild"
[bundles]
"js/site.js" = { files = ["js/app.ts"], bundle = true }
""",
}


@pytest.fixture(scope="module")
def published() -> Iterator[Registry]:
    """A registry of the real compilers for this machine, which no test changes."""
    with serving() as one:
        publish_real(one, PUBLISHED)
        yield one


@pytest.fixture
def registry(published: Registry) -> Iterator[Registry]:
    """A registry of the real compilers for this machine."""
    with serving_copy(published) as one:
        yield one


@pytest.fixture
def project(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site that needs both, on a bare machine."""
    folder = bare_machine(tmp_path, monkeypatch)
    return write_tree(folder, {name: text.replace("%d", str(registry.server_port)) for name, text in SITE.items()})


def document(folder: Path, *arguments: str, code: int = 0) -> dict[str, object]:
    done = run(folder, *arguments, "--json")
    assert done.returncode == code, done.stderr + done.stdout
    found: dict[str, object] = json.loads(done.stdout)
    assert found["ok"] is (code == 0)
    return found


def test_a_bare_machine_builds_typescript_and_use_and_again_offline(project: Path, registry: Registry) -> None:
    assert run(project, "build").returncode == 1
    done = run(project, "tools", "install", "esbuild@0.28", "dart-sass")
    assert done.returncode == 0, done.stderr
    assert "fetching esbuild 0.28.2 for linux-x64\n" in done.stderr
    assert "installed esbuild 0.28.2\n" in done.stderr
    assert "warning[tools/platform]" in done.stderr
    registry.shutdown()
    registry.server_close()
    built = run(project, "build", "--no-cache")
    assert built.returncode == 0, built.stderr
    manifest = json.loads((project / "build/manifest.json").read_text())
    assert manifest["generator"]["engines"]["scss"] == "dart-sass 1.108.2 (lock)"
    assert manifest["generator"]["engines"]["bundle"] == "esbuild 0.28.2 (lock)"
    assert b"tomato" in read_tree(project / "build/assets")[manifest["assets"]["css/app.css"]["file"]]
    assert run(project, "tools", "install").stderr == "nothing to install\n"
    kept = "esbuild 0.28.2 is locked already; its range is `0.28`\n"
    assert run(project, "tools", "install", "esbuild").stderr == kept
    assert run(project, "tools", "verify").returncode == 0
    assert "scss: dart-sass 1.108.2 (lock)" in run(project, "explain", "css/app.css").stdout
    assert "bundle: esbuild 0.28.2 (lock)" in run(project, "explain", "js/site.js").stdout


def test_missing_locked_tool_is_an_error_although_path_has_one(project: Path) -> None:
    assert run(project, "tools", "install", "esbuild", "dart-sass").returncode == 0
    write_tree(project.parent, {"bin/esbuild": "#!/bin/sh\necho 0.28.2\n"})
    (project.parent / "bin/esbuild").chmod(0o755)
    path = os.pathsep.join((str(project.parent / "bin"), os.environ["PATH"]))
    done = run(project, "build", PATH=path, BUILDASSETS_TOOLS_DIR=str(project.parent / "empty"))
    assert done.returncode == 1
    assert "error[js/unavailable]: `esbuild` is in `buildassets.lock` and not installed here" in done.stderr
    assert "hint: run `buildassets tools install`" in done.stderr


def test_a_build_reports_a_locked_sass_that_is_gone_by_the_code_of_the_engine(
    project: Path, registry: Registry
) -> None:
    (project / "buildassets.toml").write_text(f'registry = "{registry.url}"\n')
    assert run(project, "tools", "install", "dart-sass").returncode == 0
    absent = {"BUILDASSETS_TOOLS_DIR": str(project.parent / "empty")}
    assert "error[scss/unavailable]: `dart-sass` is in `build" in run(project, "build", **absent).stderr
    assert "error[tools/absent]: `dart-sass` is in `build" in run(project, "tools", "verify", **absent).stderr


def test_without_a_lock_the_one_on_path_is_used(project: Path, registry: Registry) -> None:
    assert run(project, "tools", "install", "esbuild").returncode == 0
    (home,) = (project.parent / "tools").iterdir()
    run(project, "tools", "remove", "esbuild")
    assert not (project / "buildassets.lock").exists()
    path = os.pathsep.join((str(home / "bin"), os.environ["PATH"]))
    listed = json.loads(run(project, "tools", "list", "--json", PATH=path).stdout)["tools"]["esbuild"]
    assert (listed["version"], listed["origin"]) == ("0.28.2", "PATH")


def test_list_has_version_licence_origin_and_use(project: Path) -> None:
    run(project, "tools", "install", "esbuild@0.28")
    tools = document(project, "tools", "list")["tools"]
    assert isinstance(tools, dict)
    assert tools["esbuild"] == {
        "fault": "",
        "license": "MIT",
        "origin": "lock",
        "uses": ["engines.js", 'bundles."js/site.js"'],
        "version": "0.28.2",
    }
    line = run(project, "tools", "list").stdout
    assert 'esbuild 0.28.2, MIT, lock, for engines.js, bundles."js/site.js"\n' in line


def test_outdated_exits_with_1_if_any_is(project: Path, registry: Registry) -> None:
    run(project, "tools", "install", "esbuild")
    assert document(project, "tools", "outdated")["outdated"] == {}
    registry.publish("@esbuild/linux-x64", "0.29.0", {"bin/esbuild": "#!/bin/sh\n"})
    found = document(project, "tools", "outdated", code=1)["outdated"]
    assert found == {"esbuild": {"version": "0.28.2", "wanted": "0.29.0", "newest": "0.29.0"}}


def test_an_unknown_tool_and_verb_exit_with_2(project: Path) -> None:
    assert run(project, "tools", "install", "esbild").returncode == 2
    assert run(project, "tools", "instal").returncode == 2
    assert run(project, "tools").returncode == 2
    assert run(project, "tools", "remove", "esbuild").returncode == 2


@pytest.mark.parametrize("second", ["esbuild@0.28", "esbuild"])
def test_a_tool_with_two_ranges_is_refused(project: Path, registry: Registry, second: str) -> None:
    done = run(project, "tools", "install", "esbuild@0.25", second)
    assert (done.returncode, registry.asked) == (2, [])
    assert f"`esbuild@0.25` and `{second}` exclude each other" in done.stderr
    assert run(project, "tools", "install", "esbuild@0.28", "esbuild@0.28").returncode == 0


def test_a_failure_is_one_document_of_json(project: Path, registry: Registry) -> None:
    registry.packages.clear()
    done = run(project, "tools", "install", "esbuild", "--json")
    assert done.returncode == 1
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert found["code"] == "registry/missing"


def test_a_registry_is_needed_and_named(project: Path) -> None:
    (project / "buildassets.toml").write_text("")
    done = run(project, "tools", "install", "esbuild")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "error[registry/none]: no registry of packages is configured",
    )


@pytest.mark.parametrize(
    "url", ["https://ada:secret@packages.example/", "ada:secret@packages.example", "ftp://a.example/"]
)
def test_a_registry_with_a_password_or_without_http_is_refused(project: Path, url: str) -> None:
    (project / "buildassets.toml").write_text(f'registry = "{url}"\n')
    done = run(project, "tools", "install", "esbuild")
    assert done.returncode == 2
    assert "error[config/value]" in done.stderr
    assert "secret" not in done.stderr


def test_tools_are_installed_before_the_sources_are_there(project: Path, registry: Registry) -> None:
    for path in sorted((project / "assets").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (project / "assets").rmdir()
    assert run(project, "tools", "install", "esbuild").returncode == 0
