"""Published scripts, modules and sheets through esbuild and lightningcss: acorn and tinycss2 find the same references
before and after, node prints the same results."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.engines import EngineOptions
from buildassets.compiler.engines.css_lightningcss import LightningcssEngine, lightningcss_engine
from buildassets.compiler.engines.esbuild_command import find_esbuild
from buildassets.compiler.engines.js_esbuild import EsbuildEngine
from buildassets.compiler.model import EngineInput
from tests.conftest import write_tree
from tests.corpus.packages import node_modules
from tests.corpus.test_css_oracle import PORTIONS, sheets
from tests.corpus.test_js_minify import LIBRARIES, PUBLISHED, opinions, printed
from tests.css_trees import urls

pytestmark = pytest.mark.corpus

# What is left to rcssmin: a media query for Internet Explorer, and a list of selectors for Firefox.
LEFT: Final = {
    **{f"foundation-sites/dist/css/foundation{name}": "css/refused" for name in ("", "-float", "-prototype", "-rtl")},
    "govuk-frontend/dist/govuk/govuk-frontend": "css/unproven",
}
CLASS_NAME: Final = re.compile(
    r"[\w$]+ (?=\{)|(?<=extends )[\w$]+|(?<=\[class )[\w$]+"
)  # as node shows an object of it


@pytest.fixture(scope="module")
def esbuild() -> Iterator[EsbuildEngine]:
    with closing(EsbuildEngine(find_esbuild(str(node_modules())))) as engine:
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
    glob: str, most_left: float, esbuild: EsbuildEngine, node: str, tmp_path: Path
) -> None:
    files = sorted(path for path in node_modules().glob(glob) if path.is_file() and ".min." not in path.name)
    before = [path.read_text("utf-8") for path in files]
    after = [minified(esbuild, path, text) for path, text in zip(files, before, strict=True)]
    assert sum(map(len, after)) < most_left * sum(map(len, before))
    names = [f"{number:04}{path.suffix}" for number, path in enumerate(files)]
    write_tree(tmp_path, dict(zip(names, after, strict=True)))
    found = [opinion["references"] for opinion in opinions(node, [tmp_path / name for name in names])]
    assert found == [opinion["references"] for opinion in opinions(node, files)]


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


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_published_sheets_keep_their_references(portion: int, lightningcss: LightningcssEngine) -> None:
    for path, text in sheets(portion):
        name = Path(path).relative_to(node_modules()).as_posix()
        result = lightningcss.run(EngineInput(text, path, name))
        told = {found.code for found in result.diagnostics} - {"css/syntax"}
        left = LEFT.get(name.removesuffix(".css").removesuffix(".min"))
        assert told == ({left} if left else set()), name
        assert set(urls(result.text)) == set(urls(text)), name
