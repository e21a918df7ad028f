"""Scripts are refused if node refuses them: files of the packages, and scripts that are wrong on purpose."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.esbuild.minify import EsbuildGrammar
from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.languages.javascript.early_errors import early_error
from buildassets.foundation.permission import BUILDING
from tests.corpus.packages import node_modules, sampled
from tests.corpus.test_js_oracle import WRONG_ON_PURPOSE

pytestmark = [pytest.mark.corpus, pytest.mark.node]

LARGEST_FILE_BYTES: Final = 200_000
FEWEST_SCRIPTS: Final = 1000
MOST_MISSED: Final = 25  # of the scripts that are wrong on purpose: contrived ones
# As a script or as a module: a name alone does not decide which a page makes of a file.
PROGRAM: Final = """
const vm = require("vm");
const fs = require("fs");
const parsed = (make) => { try { make(); return true } catch { return false } };
const refused = JSON.parse(fs.readFileSync(0, "utf8")).filter((file) => {
  const text = fs.readFileSync(file, "utf8");
  const isModule = file.endsWith(".mjs");
  const runs = !isModule && parsed(() => new vm.Script(text));
  return !runs && !parsed(() => new vm.SourceTextModule(text));
});
console.log(JSON.stringify(refused));
"""
# Valid, but esbuild refuses it: labels of labels, and a directive with an escape in it.
NEWER_OR_ODD: Final = frozenset(
    ("1f3808cbdfab97e4", "7a405ea1fdb6a26e", "06f0deb843fbf358", "855b8dea36c841ed", "ac73bc36bbc48890")
) | {"cb625ce2970fe52a"}


def refused_by_node(node: str, files: Sequence[Path]) -> set[Path]:
    command = [node, "--experimental-vm-modules", "--no-warnings", "-e", PROGRAM]
    given = json.dumps([str(path) for path in files])
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return {Path(path) for path in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def grammar() -> Iterator[EsbuildGrammar]:
    with closing(EsbuildGrammar(find_esbuild(str(node_modules()), permission=BUILDING))) as engine:
        yield engine


def is_refused(grammar: EsbuildGrammar, path: Path) -> bool:
    text = path.read_bytes().decode("utf-8", "replace")
    if grammar.run(EngineInput(text, str(path), path.name)).diagnostics:
        return True
    return early_error(text, module=True if path.suffix == ".mjs" else None) is not None


def test_published_scripts_that_node_accepts_are_accepted(node: str, grammar: EsbuildGrammar) -> None:
    files = [path for path in sorted(node_modules().rglob("*.*js")) if path.suffix in (".js", ".mjs")]
    files = [path for path in files if path.is_file() and WRONG_ON_PURPOSE not in path.parts]
    files = sampled(path for path in files if path.stat().st_size <= LARGEST_FILE_BYTES)
    assert len(files) >= FEWEST_SCRIPTS
    broken = refused_by_node(node, files)
    ours = {path for path in files if is_refused(grammar, path)}
    print(f"\n{len(files)} scripts, {len(broken)} refused by node, {len(ours)} by us")  # noqa: T201  # for the log
    assert ours == broken


@pytest.mark.parametrize("kind", ["fail", "early"])
def test_scripts_that_are_wrong_are_found(node: str, grammar: EsbuildGrammar, kind: str) -> None:
    files = sorted((node_modules() / WRONG_ON_PURPOSE / kind).glob("*.js"))
    broken = refused_by_node(node, files)
    ours = {path for path in files if is_refused(grammar, path)}
    missed = sorted(path.name for path in broken - ours)
    print(f"\n{len(broken)} scripts, missed: {missed}")  # noqa: T201  # for the log
    assert len(missed) <= MOST_MISSED


@pytest.mark.parametrize("kind", ["pass", "pass-explicit"])
def test_scripts_that_are_right_are_taken(grammar: EsbuildGrammar, kind: str) -> None:
    files = sorted((node_modules() / WRONG_ON_PURPOSE / kind).glob("*.js"))
    assert {path.name.partition(".")[0] for path in files if is_refused(grammar, path)} <= NEWER_OR_ODD
