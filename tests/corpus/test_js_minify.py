"""Published scripts and modules through the minifier: they get smaller, and node prints the same results.

That acorn reads the same tree before and after is asked of whole builds, in `test_build.py`.
"""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from tests.conftest import write_tree
from tests.corpus.packages import node_modules, sampled

pytestmark = [pytest.mark.corpus, pytest.mark.node]

# Globs below node_modules, and how much of the text may be left. Some packages publish minified files too.
PUBLISHED: Final[Mapping[str, float]] = {
    "@highlightjs/cdn-assets/*.js": 0.75,
    "@hotwired/turbo/dist/*.js": 0.7,
    "alpinejs/dist/*.js": 0.8,
    "chart.js/dist/chart.js": 0.8,
    "d3/dist/d3.js": 0.75,
    "d3-*/dist/*.mjs": 0.75,
    "highlight.js/es/**/*.js": 0.75,
    "htmx.org/dist/*.js": 0.6,
    "htmx4/dist/*.js": 0.7,
    "jquery/dist/*.js": 0.6,
    "leaflet/dist/*.js": 0.6,
    "lodash/lodash.js": 0.3,
    "lodash-es/*.js": 0.55,
    "swagger-ui-dist/swagger-ui.js": 1.001,  # published minified
    "three/build/three.module.js": 0.79,
    "three/examples/jsm/**/*.js": 0.75,
    "vue/dist/vue.runtime.esm-browser.js": 0.8,
}

# Libraries that node can load, and where each has an equally named program in `programs/` that prints what it does.
LIBRARIES: Final[Mapping[str, str]] = {
    "jquery": "jquery/dist/jquery.js",
    "lodash": "lodash/lodash.js",
    "d3": "d3/dist/d3.js",
    "vue": "vue/dist/vue.global.js",
}
PROGRAMS: Final = Path(__file__).with_name("programs")
RUN: Final = """
const { inspect } = require("util");
const whole = { depth: null, maxArrayLength: null, maxStringLength: null };
const print = (...values) => console.log(inspect(values, whole));
Promise.all(process.argv.slice(1).map((file) => import(file))).then(([library, program]) =>
  program.default(library.default ?? library, print),
);
"""


def minified(path: Path, text: str) -> str:
    """`text` minified; a diagnostic fails the test."""
    result = RjsminEngine().run(EngineInput(text, str(path), path.name))
    assert result.diagnostics == ()
    return result.text


def published(glob: str) -> list[Path]:
    """The files of a glob below node_modules that are not minified."""
    found = node_modules().glob(glob)
    return sampled(path for path in found if path.is_file() and ".min." not in path.name)


@pytest.mark.parametrize(("glob", "most_left"), PUBLISHED.items())
def test_published_files_get_smaller(
    glob: str, most_left: float, record_property: Callable[[str, object], None]
) -> None:
    files = published(glob)
    before = [path.read_text("utf-8") for path in files]
    after = [minified(path, text) for path, text in zip(files, before, strict=True)]
    left = sum(map(len, after)) / sum(map(len, before))
    record_property("left", f"{left:.1%}")
    assert left < most_left


def printed(node: str, library: Path, program: str) -> str:
    """Return what the program prints with that library."""
    command: list[str | Path] = [node, "-e", RUN, library, PROGRAMS / f"{program}.cjs"]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60)
    return done.stdout


@pytest.mark.parametrize(("name", "path"), LIBRARIES.items())
def test_library_does_the_same_when_minified(name: str, path: str, node: str, tmp_path: Path) -> None:
    file = node_modules() / path
    text = file.read_text("utf-8") + ("module.exports = globalThis.Vue = Vue;" if name == "vue" else "")
    write_tree(tmp_path, {"before.js": text, "after.js": minified(file, text)})
    before = printed(node, tmp_path / "before.js", name)
    assert len(before.splitlines()) > 20
    assert printed(node, tmp_path / "after.js", name) == before


def test_modules_of_three_do_the_same_when_minified(node: str, tmp_path: Path) -> None:
    build = node_modules() / "three" / "build"
    write_tree(tmp_path, {"package.json": '{"type": "module"}'})
    for name in ("three.core.js", "three.module.js"):
        text = (build / name).read_text("utf-8")
        write_tree(tmp_path, {f"before/{name}": text, f"after/{name}": minified(build / name, text)})
    before = printed(node, tmp_path / "before/three.module.js", "three")
    assert len(before) > 100_000
    assert printed(node, tmp_path / "after/three.module.js", "three") == before
