"""Published Sass through our engine, against libsass alone with its own resolver."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sass

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.sass.libsass import LibsassEngine
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

SHEETS = [
    "bootstrap/scss/bootstrap.scss",
    "bootstrap/scss/bootstrap-grid.scss",
    "bootstrap4/scss/bootstrap.scss",
    "bootstrap4/scss/bootstrap-reboot.scss",
]
MODULE_SHEETS = [
    "bulma/sass/_index.scss",
    "@fortawesome/fontawesome-free/scss/fontawesome.scss",
    "foundation-sites/scss/foundation.scss",
]


@pytest.fixture
def engine() -> Iterator[LibsassEngine]:
    engine = LibsassEngine([str(node_modules())], str)
    yield engine
    engine.close()


def given(sheet: str) -> EngineInput:
    path = node_modules() / sheet
    return EngineInput(path.read_text("utf-8"), str(path), sheet)


def imported(path: Path) -> set[Path]:
    """Everything that `path` imports: our own naive reading, good enough for these packages."""
    code = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    found: set[Path] = set()
    for rule in re.findall(r"@import\s+([^;]+);", code):
        for name in re.findall(r"""["']([^"']+)["']""", rule):
            target = path.parent / name
            tried = [target.with_name(prefix + target.name + ".scss") for prefix in ("_", "")]
            partial = next(file.resolve() for file in tried if file.is_file())
            found |= {partial, *imported(partial)}
    return found


@pytest.mark.parametrize("sheet", SHEETS)
def test_package_compiles_to_what_libsass_alone_gives(engine: LibsassEngine, sheet: str) -> None:
    compiled = engine.run(given(sheet))
    alone = sass.compile(  # type: ignore[no-untyped-call]  # the package has no types
        filename=str(node_modules() / sheet), output_style="expanded", precision=10
    )
    assert [diagnostic for diagnostic in compiled.diagnostics if diagnostic.is_error] == []
    assert compiled.text == alone


@pytest.mark.parametrize("sheet", SHEETS)
def test_inputs_of_a_package_are_all_that_it_imports(engine: LibsassEngine, sheet: str) -> None:
    closure = sorted(map(str, imported((node_modules() / sheet).resolve())))
    assert list(engine.run(given(sheet)).inputs) == closure


@pytest.mark.parametrize("sheet", MODULE_SHEETS)
def test_package_that_uses_modules_is_refused_and_dart_sass_named(engine: LibsassEngine, sheet: str) -> None:
    errors = [diagnostic for diagnostic in engine.run(given(sheet)).diagnostics if diagnostic.is_error]
    assert errors[0].code == "scss/unsupported"
    assert "dart-sass" in (errors[0].hint or "")
