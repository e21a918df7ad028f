"""Published Sass through our command and Dart Sass, against the compiler called directly."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.foundation.permission import BUILDING
from tests.conftest import write_tree
from tests.corpus.building import build, source_root
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

FOUNDATION = '@import "foundation"; @include foundation-everything($flex: true);'
USWDS = '@use "uswds-core" with ($theme-show-compile-warnings: false); @forward "uswds";'
FONT_AWESOME = '@use "fontawesome"; @use "solid"; @use "mixins"; .x { @include mixins.fa-icon; }'

# A sheet, and the load paths below `node_modules` that its package asks for.
SHEETS = {
    "bootstrap": ('@import "bootstrap/scss/bootstrap";', [""]),
    "bulma": ('@use "bulma/sass" with ($family-primary: "Inter");', [""]),
    "bulma-pkg": ('@use "pkg:bulma/bulma";', []),
    "font-awesome": (FONT_AWESOME, ["@fortawesome/fontawesome-free/scss"]),
    "foundation": (FOUNDATION, ["foundation-sites/scss", "foundation-sites/_vendor"]),
    "govuk": ('@use "pkg:govuk-frontend";', []),
    "uswds": (USWDS, ["@uswds/uswds/packages"]),
}

each_sheet = pytest.mark.parametrize(("source", "load_paths"), SHEETS.values(), ids=SHEETS)


def alone(sheet: Path, load_paths: Sequence[str]) -> str:
    """Return the output of the compiler for `sheet` when it is called directly."""
    options = ["--no-source-map", "--quiet", "--pkg-importer=node", *(f"--load-path={path}" for path in load_paths)]
    command = [*installed_command(), *options, str(sheet)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder `node_modules` in the test's own folder, by a symbolic link."""
    (tmp_path / "node_modules").symlink_to(node_modules())
    return tmp_path / "node_modules"


@each_sheet
def test_package_builds_to_what_the_compiler_alone_gives(
    tmp_path: Path, packages: Path, source: str, load_paths: list[str]
) -> None:
    shown = [os.path.join("node_modules", path) for path in load_paths]
    config = f'load_paths = {shown}\nmissing = "ignore"\n[engines]\nscss = "dart-sass"\n'
    write_tree(tmp_path, {"assets/css/app.scss": source})
    release = build(tmp_path, config, "--mode", "development")
    css = release.path("css/app.css").read_text("utf-8")
    assert css == alone(tmp_path / "assets/css/app.scss", [str(tmp_path / path) for path in shown])
    assert release.manifest.engines["scss"].startswith("dart-sass 1.")


def test_package_finds_its_fonts_where_their_folder_is_a_source_root(tmp_path: Path, packages: Path) -> None:
    sheet = '@use "@fortawesome/fontawesome-free/scss/solid"; @use "@fortawesome/fontawesome-free/scss/brands";'
    write_tree(tmp_path, {"assets/css/app.scss": sheet})
    root = source_root(Path("node_modules/@fortawesome/fontawesome-free/webfonts"), "fonts/fa")
    config = f'sources = ["assets", {root}]\nload_paths = ["node_modules"]\n[engines]\nscss = "dart-sass"\n'
    release = build(tmp_path, config)
    expected = ("fonts/fa/fa-brands-400.woff2", "fonts/fa/fa-solid-900.woff2")
    assert release.manifest.assets["css/app.css"].references == expected
    css = release.path("css/app.css").read_text("utf-8")
    for path in expected:
        assert f"../fonts/fa/{release.path(path).name}" in css


@each_sheet
def test_inputs_alone_give_the_same_css_and_each_deprecation_is_reported_once(
    tmp_path: Path, packages: Path, source: str, load_paths: list[str]
) -> None:
    engine = DartSassEngine([str(packages / path) for path in load_paths], str, permission=BUILDING)
    compiled = engine.run(EngineInput(source, str(tmp_path / "app.scss"), "app.scss"))
    engine.close()
    copy = write_tree(tmp_path / "copy", {"app.scss": source})
    for path in map(Path, compiled.inputs):
        target = copy / path.relative_to(tmp_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    for name in ("bulma", "govuk-frontend"):
        if (copy / "node_modules" / name).is_dir():
            shutil.copy(packages / name / "package.json", copy / "node_modules" / name)
    assert alone(copy / "app.scss", [str(copy / "node_modules" / path) for path in load_paths]) == compiled.text
    assert len(compiled.inputs) > 3
    reported = [diagnostic.message for diagnostic in compiled.diagnostics if diagnostic.code == "scss/deprecated"]
    assert len(reported) == len(set(reported)) <= 8
    assert all(diagnostic.location and diagnostic.location.line for diagnostic in compiled.diagnostics)
