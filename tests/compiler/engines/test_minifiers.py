"""Builds with the minifiers that are not the default ones."""

from pathlib import Path

import pytest

from tests.building import only, released
from tests.command import built
from tests.corpus.packages import node_modules

ESBUILD = 'compress = []\nengines.js = "esbuild"\n'
LIGHTNINGCSS = 'compress = []\nengines.css = "lightningcss"\n'


@pytest.fixture
def with_esbuild(tmp_path: Path) -> Path:
    """The folder of a project for which npm has installed esbuild."""
    (tmp_path / "node_modules").symlink_to(node_modules())
    return tmp_path


@pytest.mark.corpus
def test_references_of_a_script_by_esbuild_are_rewritten(with_esbuild: Path) -> None:
    text = "import { b } from './b.js' ; export const url = new URL( 'c.svg' , import.meta.url ) ; b ( )"
    result = built(
        with_esbuild, {"assets/a.js": text, "assets/b.js": "export const b = 1", "assets/c.svg": "<svg/>"}, ESBUILD
    )
    script = released(with_esbuild, result, "a.js")
    assert result.manifest is not None
    assert result.manifest.engines == {"js": "esbuild 0.28.2 (node_modules)"}
    for path in ("b.js", "c.svg"):
        assert result.manifest.assets[path].file in script


@pytest.mark.corpus
def test_missing_reference_is_reported_in_its_source(with_esbuild: Path) -> None:
    text = "import './b.js' ;\nimport './gone.js' ;\nimport './b.js' ;\n"
    found = only(built(with_esbuild, {"assets/a.js": text, "assets/b.js": ""}, ESBUILD))
    assert found.location is not None
    assert (found.code, found.location.line, found.location.column) == ("reference/missing", 2, 9)


@pytest.mark.corpus
def test_scripts_are_translated_for_the_browsers(with_esbuild: Path) -> None:
    result = built(with_esbuild, {"assets/a.js": "a?.b"}, ESBUILD + 'browsers = ["safari 12"]\n')
    assert released(with_esbuild, result, "a.js") == "a==null||a.b;"


@pytest.mark.corpus
def test_error_of_esbuild_fails_the_build(with_esbuild: Path) -> None:
    found = only(built(with_esbuild, {"assets/a.js": "let a ;\nlet a", "assets/b.js": "f ( )"}, ESBUILD))
    assert found.location is not None
    assert (found.code, found.location.file, found.location.line) == ("js/syntax", "assets/a.js", 2)


def test_esbuild_that_is_not_there_is_an_error_at_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = only(built(tmp_path, {"assets/a.js": "f ( )"}, ESBUILD))
    assert (found.code, found.message) == ("js/unavailable", "esbuild is not installed")
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("buildassets.toml", 2)


def test_references_of_a_sheet_by_lightningcss_are_rewritten(tmp_path: Path) -> None:
    text = "a { mask : url( 'c d.svg' ) }\nb { background : url(e.svg) }"
    result = built(
        tmp_path, {"assets/a.css": text, "assets/c d.svg": "<svg/>", "assets/e.svg": "<svg></svg>"}, LIGHTNINGCSS
    )
    sheet = released(tmp_path, result, "a.css")
    assert result.manifest is not None
    assert result.manifest.engines["css"].startswith("lightningcss ")
    assert sheet.count(result.manifest.assets["c d.svg"].file.replace(" ", "%20")) == 2  # once with a prefix
    assert result.manifest.assets["e.svg"].file in sheet


def test_missing_reference_of_a_sheet_is_reported_in_its_source(tmp_path: Path) -> None:
    text = "a { mask: url(c.svg) }\nb { color: red }\nc { mask: url(gone.svg) }"
    result = built(tmp_path, {"assets/a.css": text, "assets/c.svg": "<svg/>"}, LIGHTNINGCSS)
    places = {
        (found.code, found.location and (found.location.line, found.location.column)) for found in result.diagnostics
    }
    assert places == {("reference/missing", (3, 15))}


def test_refused_place_is_that_in_the_sass(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.scss": "$a: 1;\n\nb {\n  *zoom: 1;\n}\n"}, LIGHTNINGCSS)
    found = only(result)
    assert released(tmp_path, result, "a.css") == "b{*zoom:1}"
    assert found.location is not None
    assert (found.code, found.location.file, found.location.line) == ("css/refused", "assets/a.scss", 4)


def test_sheets_are_translated_for_the_browsers(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "a{inset:0}"}, LIGHTNINGCSS + 'browsers = ["chrome 80"]\n')
    assert released(tmp_path, result, "a.css") == "a{top:0;bottom:0;left:0;right:0}"


def test_development_translates_nothing(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "a{ user-select: none }"}, LIGHTNINGCSS, "development")
    assert released(tmp_path, result, "a.css") == "a{ user-select: none }"
