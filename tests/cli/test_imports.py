"""The imports of a command: each module costs every user a third of a millisecond, and some of the library's ten."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import settle, write_tree

SITE = {
    "assets/css/app.css": "body { background: url(../img/logo.svg) }\n",
    "assets/js/app.js": "import './part.js'\n",
    "assets/js/part.js": "export const part = 1\n",
    "assets/img/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n',
    "buildassets.toml": "minify = false\ncompress = []\n",
}
COMMAND = "from buildassets.cli.main import main; sys.argv = ['buildassets', 'build', '--quiet']; main()"
FUNCTIONS = "from buildassets import build, load_config; assert build(load_config()).succeeded"
# What takes long, and the subsystems that only some builds need: doors of docs/contribute/architecture.md.
NEVER = {
    *("dataclasses", "difflib", "email", "http", "random", "shutil"),
    *("ssl", "subprocess", "tempfile", "urllib.request", "xml", "zipfile"),
    "buildassets.cli.building.provenance",
    "buildassets.compiler.bundle.esbuild",
    "buildassets.compiler.cache.remote.remote",
    "buildassets.compiler.config.block_plan",
    "buildassets.compiler.engines.fonttools",
    "buildassets.compiler.engines.jst",
    "buildassets.compiler.engines.pillow",
    "buildassets.compiler.executors.named",
    "buildassets.compiler.images.symbol",
    "buildassets.compiler.sources.fonts",
    "buildassets.compiler.sources.sprites",
    "buildassets.compiler.sources.variants",
    "buildassets.compiler.sources.vite",
    "buildassets.compiler.templates.check",
    "buildassets.compiler.transform.command_engine",
    "buildassets.compiler.transform.elsewhere",
    "buildassets.features.deltas.deltas",
    "buildassets.release.earlier.releases",
    "buildassets.workspace.file",
}
OF_COMMANDS = {"click", "inspect", "ipaddress", "urllib.parse"}
OF_BUILDING = {"buildassets.compiler.build", "buildassets.compiler.model", "buildassets.compiler.transform.draft"}


def loaded_by(program: str, folder: Path) -> set[str]:
    """The modules that a process has after `program`, run in `folder`."""
    lines = f"import sys\ntry:\n {program}\nexcept SystemExit as end:\n assert not end.code\nimport json\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{lines}print(json.dumps(sorted(sys.modules)))"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stdout))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_tree(tmp_path, SITE)
    settle()
    return tmp_path


@pytest.mark.parametrize(
    ("program", "never"), [(FUNCTIONS, NEVER | OF_COMMANDS), (COMMAND, NEVER)], ids=["functions", "command"]
)
def test_a_build_imports_nothing_that_only_others_need(site: Path, program: str, never: set[str]) -> None:
    loaded = loaded_by(program, site)
    assert loaded >= OF_BUILDING
    assert not loaded & never


def test_build_after_an_edit_imports_no_more(site: Path) -> None:
    loaded_by(COMMAND, site)
    write_tree(site, {"assets/css/app.css": "body { background: url('../img/logo.svg') }\n"})
    loaded = loaded_by(COMMAND, site)
    assert loaded >= OF_BUILDING
    assert not loaded & NEVER


# What a build needs that has something to do.
OF_WORK = {
    "buildassets.compiler.cache.store",
    "buildassets.compiler.cache.traces",
}


def test_functions_with_nothing_to_do_import_no_compiler(site: Path) -> None:
    for _ in range(2):
        loaded_by(FUNCTIONS, site)
        settle()
    loaded = loaded_by(FUNCTIONS, site)
    assert not loaded & (NEVER | OF_COMMANDS | OF_BUILDING | OF_WORK)
