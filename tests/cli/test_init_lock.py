"""`buildassets init` where it needs a tool: the lock is part of what it shows and writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.packages.tools.kinds import TOOLS, platform_of
from tests.command import run
from tests.conftest import write_tree
from tests.packages.conftest import bare_machine
from tests.packages.published import TOOLS as PUBLISHED
from tests.packages.published import publish_real
from tests.packages.server import Registry, serving

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(platform_of(TOOLS["esbuild"]) != "linux-x64", reason="the compiler is that of Linux on x64"),
]


@pytest.fixture
def registry() -> Iterator[Registry]:
    """One that has the real esbuild for this machine."""
    with serving() as one:
        publish_real(one, PUBLISHED)
        yield one


@pytest.fixture
def project(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application with a script in TypeScript, on a bare machine."""
    folder = bare_machine(tmp_path, monkeypatch)
    files = {
        ".npmrc": f"registry=http://127.0.0.1:{registry.server_port}/\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "static/js/app.ts": "const answer: number = 42; console.log(answer);",
        "templates/base.html": "<script src=\"{{ url_for('static', filename='js/app.js') }}\"></script>\n",
    }
    return write_tree(folder, files)


def test_typescript_has_its_compiler_locked_and_builds_at_once(project: Path) -> None:
    done = run(project, "init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "+++ b/buildassets.lock\n" in done.stdout
    assert '+version = "0.28.2"\n' in done.stdout
    assert (project / "buildassets.lock").exists()
    assert run(project, "build").returncode == 0
    assert run(project, "tools", "verify").returncode == 0
    assert run(project, "doctor").stderr.startswith("no fault is found; ")


def test_a_dry_run_names_the_tool_and_asks_no_server(project: Path, tmp_path: Path) -> None:
    (project / ".npmrc").write_text("registry=http://127.0.0.1:9/\n")
    done = run(project, "init", "--dry-run")
    assert "buildassets.lock" not in done.stdout
    assert "`init` also does `tools install esbuild`" in done.stderr
    assert "init/tool" not in done.stderr
    assert not (project / "buildassets.lock").exists()
    assert not (tmp_path / "tools").exists()


def test_the_lock_of_a_second_run_stays(project: Path) -> None:
    run(project, "init", "--yes")
    again = run(project, "init", "--dry-run")
    assert (again.returncode, again.stdout) == (0, "")


def test_the_smallest_engines_lock_esbuild(project: Path) -> None:
    (project / "static/js/app.ts").rename(project / "static/js/app.js")
    done = run(project, "init", "--yes", "--smallest")
    assert '+js = "esbuild"\n' in done.stdout
    assert "[tools.esbuild]" in (project / "buildassets.lock").read_text()
