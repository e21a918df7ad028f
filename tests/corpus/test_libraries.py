"""Libraries whose modules esbuild and rjsmin minify do in node what they do as they are published."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.esbuild.minify import EsbuildEngine
from buildassets.compiler.engines.protocol import EngineInput, KnownEngine
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.foundation.permission import BUILDING
from tests.conftest import write_tree
from tests.corpus.packages import node_modules
from tests.corpus.test_js_minify import printed

pytestmark = [pytest.mark.corpus, pytest.mark.node]

LIBRARIES: Final = {
    "acorn": ("acorn/dist", ("*.mjs",), "acorn.mjs"),
    "dayjs": ("dayjs/esm", ("*.js", "locale/en.js"), "index.js"),
    "marked": ("marked/lib", ("marked.esm.js",), "marked.esm.js"),
    "uuid": ("uuid/dist-node", ("*.js",), "index.js"),
}
"""The folder of each, its modules, and the one that is imported; a program of the same name in `programs/` uses it."""
_WITHOUT_SUFFIX: Final = re.compile(r"(from ['\"]\./[\w/]+)(?=['\"])")  # as bundlers resolve it, and node does not


@pytest.fixture(scope="module")
def esbuild() -> Iterator[EsbuildEngine]:
    with closing(EsbuildEngine(find_esbuild(str(node_modules()), permission=BUILDING))) as engine:
        yield engine


def minified(engine: KnownEngine, name: str, text: str) -> str:
    """`text` minified; a diagnostic fails the test."""
    result = engine.run(EngineInput(text, f"/{name}", name))
    assert result.diagnostics == ()
    return result.text


@pytest.mark.parametrize("name", LIBRARIES)
def test_library_does_the_same_when_minified(name: str, esbuild: EsbuildEngine, node: str, tmp_path: Path) -> None:
    below, globs, entry = LIBRARIES[name]
    folder = node_modules("libraries") / below
    files = [file for glob in globs for file in folder.glob(glob)]
    texts = {str(file.relative_to(folder)): _WITHOUT_SUFFIX.sub(r"\1.js", file.read_text("utf-8")) for file in files}
    trees = {
        "before": texts,
        "esbuild": {file: minified(esbuild, file, text) for file, text in texts.items()},
        "rjsmin": {file: minified(RjsminEngine(), file, text) for file, text in texts.items()},
    }
    for tree, written in trees.items():
        write_tree(tmp_path / tree, {**written, "package.json": '{"type": "module"}'})
    before = printed(node, tmp_path / "before" / entry, name)
    assert len(before.splitlines()) > 20
    assert printed(node, tmp_path / "esbuild" / entry, name) == before
    assert printed(node, tmp_path / "rjsmin" / entry, name) == before
