"""Published scripts, modules and sheets through esbuild and lightningcss: acorn and tinycss2 find the same references
before and after, node prints the same results."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.esbuild.minify import EsbuildEngine
from buildassets.compiler.engines.lightningcss import LightningcssEngine, lightningcss_engine
from buildassets.compiler.engines.protocol import EngineInput, EngineOptions
from buildassets.foundation.permission import BUILDING
from tests.conftest import write_tree
from tests.corpus.conftest import Opinions
from tests.corpus.packages import node_modules
from tests.corpus.sheets import Sheet
from tests.corpus.test_js_minify import LIBRARIES, PUBLISHED, printed, published
from tests.css_trees import urls

pytestmark = pytest.mark.corpus

# What is left to our own engine: a media query for Internet Explorer, and a list of selectors for Firefox.
LEFT: Final = {
    **{f"foundation-sites/dist/css/foundation{name}": "css/refused" for name in ("", "-float", "-prototype", "-rtl")},
    "govuk-frontend/dist/govuk/govuk-frontend": "css/unproven",
}
CLASS_NAME: Final = re.compile(
    r"[\w$]+ (?=\{)|(?<=extends )[\w$]+|(?<=\[class )[\w$]+"
)  # as node shows an object of it


@pytest.fixture(scope="module")
def esbuild() -> Iterator[EsbuildEngine]:
    with closing(EsbuildEngine(find_esbuild(str(node_modules()), permission=BUILDING))) as engine:
        yield engine


@pytest.fixture(scope="module")
def lightningcss() -> LightningcssEngine:
    return lightningcss_engine(EngineOptions("/", str))


def minified(engine: EsbuildEngine, path: Path, text: str) -> str:
    """`text` minified; a diagnostic fails the test."""
    result = engine.run(EngineInput(text, str(path), path.name))
    assert result.diagnostics == ()
    return result.text


@pytest.mark.node
@pytest.mark.parametrize(("glob", "most_left"), PUBLISHED.items())
def test_published_scripts_get_smaller_than_by_rjsmin_and_keep_their_references(
    glob: str, most_left: float, esbuild: EsbuildEngine, opinions: Opinions, tmp_path: Path
) -> None:
    files = published(glob)
    before = [path.read_text("utf-8") for path in files]
    after = [minified(esbuild, path, text) for path, text in zip(files, before, strict=True)]
    assert sum(map(len, after)) < most_left * sum(map(len, before))
    names = [f"{number:04}{path.suffix}" for number, path in enumerate(files)]
    write_tree(tmp_path, dict(zip(names, after, strict=True)))
    found = [opinion["references"] for opinion in opinions([tmp_path / name for name in names])]
    assert found == [opinion["references"] for opinion in opinions(files)]


@pytest.mark.node
@pytest.mark.parametrize(("name", "path"), LIBRARIES.items())
def test_library_does_the_same(name: str, path: str, esbuild: EsbuildEngine, node: str, tmp_path: Path) -> None:
    file = node_modules() / path
    text = file.read_text("utf-8") + ("module.exports = globalThis.Vue = Vue;" if name == "vue" else "")
    write_tree(tmp_path, {"before.js": text, "after.js": minified(esbuild, file, text)})
    before = printed(node, tmp_path / "before.js", name)
    assert len(before.splitlines()) > 20
    assert printed(node, tmp_path / "after.js", name) == before


@pytest.mark.node
def test_modules_of_three_do_the_same(esbuild: EsbuildEngine, node: str, tmp_path: Path) -> None:
    build = node_modules() / "three" / "build"
    write_tree(tmp_path, {"package.json": '{"type": "module"}'})
    for name in ("three.core.js", "three.module.js"):
        text = (build / name).read_text("utf-8")
        write_tree(tmp_path, {f"before/{name}": text, f"after/{name}": minified(esbuild, build / name, text)})
    before = printed(node, tmp_path / "before/three.module.js", "three")
    assert len(before) > 100_000
    after = printed(node, tmp_path / "after/three.module.js", "three")
    assert CLASS_NAME.sub("", after) == CLASS_NAME.sub("", before)


CAUGHT: Final = "try {{ {} console.log('right') }} catch (error) {{ console.log(error.name) }}"


@pytest.mark.node
@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("console.log(function a() {}.name, (class B {}).name)", "a B", ""),
        (CAUGHT.format("(() => { a; let a = 1 })();"), "ReferenceError", "right"),
        (CAUGHT.format("a; let a = 1;"), "ReferenceError", "right"),
        (CAUGHT.format("new (class A extends null { constructor() { this; return {} } });"), "ReferenceError", "right"),
        (CAUGHT.format("(() => { class A extends undefined {} })();"), "TypeError", "right"),
        ("function f(a) { { function a() {} } return typeof a }\nconsole.log(f(1))", "number", "function"),
        ("try { throw 1 } catch (f) { { function f() {} } }\nconsole.log(typeof f)", "function", "undefined"),
        ("function f(a = console.log('called')) {}\nf()", "called", ""),
        (
            "function f() { let x = 1, g; switch (1) { case (g = () => x, 1): let x = 2 } return g() }\n"
            + CAUGHT.format("console.log(f());"),
            "2\nright",
            "ReferenceError",
        ),
        ("/(?<a>.)(?<a>.)/u\nconsole.log('right')", "", "right"),
        ("function f() { 'use\\u0020strict'; return this === undefined }\nconsole.log(f())", "false", "true"),
    ],
)
def test_documented_change_is_what_esbuild_makes(
    text: str, before: str, after: str, esbuild: EsbuildEngine, node: str, tmp_path: Path
) -> None:
    (tmp_path / "a.js").write_text(text)
    assert printed_by(node, tmp_path / "a.js") == before
    (tmp_path / "a.js").write_text(esbuild.run(EngineInput(text, "/a.js", "a.js")).text)
    assert printed_by(node, tmp_path / "a.js") == after


def printed_by(node: str, script: Path) -> str:
    """Return what the script prints: nothing if it is wrong."""
    return subprocess.run([node, script], capture_output=True, check=False, text=True, timeout=60).stdout.strip()


def test_published_sheets_keep_their_references(
    some_sheets: tuple[Sheet, ...], lightningcss: LightningcssEngine
) -> None:
    for sheet in some_sheets:
        name = Path(sheet.path).relative_to(node_modules()).as_posix()
        result = lightningcss.run(EngineInput(sheet.text, sheet.path, name))
        found = {found.code for found in result.diagnostics} - {"css/syntax"}
        left = LEFT.get(name.removesuffix(".css").removesuffix(".min"))
        assert found == ({left} if left else set()), name
        assert set(urls(result.text)) == set(sheet.urls), name
