"""What references lead to, by whole builds; those of Sass with both compilers."""

from pathlib import Path

import pytest

from buildassets.compiler.config import load_config
from buildassets.compiler.pipeline import BuildResult, build
from buildassets.diagnostics import Diagnostic
from tests.conftest import Tree, write_tree

both_engines = pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
each_mode = pytest.mark.parametrize("mode", ["production", "development"])
SOURCES = 'sources = ["assets"]'


def run(folder: Path, engine: str, files: Tree, settings: str = SOURCES, mode: str = "development") -> BuildResult:
    config = f'compress = []\n{settings}\n[engines]\nscss = "{engine}"\n'
    write_tree(folder, {"buildassets.toml": config, **files})
    return build(load_config(start=str(folder)), mode="production" if mode == "production" else "development")


def references(result: BuildResult, logical: str = "css/app.css") -> list[str]:
    assert result.manifest is not None, result.diagnostics
    return list(result.manifest.assets[logical].references)


def only_error(result: BuildResult) -> Diagnostic:
    (found,) = (diagnostic for diagnostic in result.diagnostics if diagnostic.is_error)
    return found


def marked(diagnostic: Diagnostic) -> tuple[str, int, str]:
    """The file, the line and the text below which the carets stand."""
    place = diagnostic.location
    assert place is not None
    return place.file, place.line, place.excerpt[place.excerpt_column - 1 :][: place.length]


# The URLs of partials


@both_engines
@each_mode
def test_url_in_a_partial_is_found_beside_it(tmp_path: Path, engine: str, mode: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero"; b { c: url("../img/b.png") }',
        "assets/css/parts/_hero.scss": 'a {\n  b: url("hero.png");\n  c: url(../../img/c.png);\n}',
        "assets/css/parts/hero.png": "",
        "assets/img/b.png": "",
        "assets/img/c.png": "",
    }
    found = references(run(tmp_path, engine, files, mode=mode))
    assert found == ["css/parts/hero.png", "img/b.png", "img/c.png"]


@both_engines
def test_the_compiled_sheet_comes_first(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": "a { b: url(hero.png) }",
        "assets/css/parts/hero.png": "",
        "assets/css/hero.png": "",
    }
    assert references(run(tmp_path, engine, files)) == ["css/hero.png"]


@both_engines
def test_the_text_names_the_file_that_was_found(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a { b: url("hero.png?v=1#x") }',
        "assets/css/parts/hero.png": "",
    }
    result = run(tmp_path, engine, files)
    assert result.manifest is not None
    file = {path: entry.file for path, entry in result.manifest.assets.items()}
    text = (tmp_path / "build/assets" / file["css/app.css"]).read_text()
    assert f'url("{file["css/parts/hero.png"].removeprefix("css/")}?v=1#x")' in text


@both_engines
def test_url_is_found_beside_the_partial_that_declares_the_variable(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "theme/vars"; @import "parts/hero";',
        "assets/css/theme/_vars.scss": "\n\n$icon: url(icon.png);",
        "assets/css/theme/icon.png": "",
        "assets/css/parts/_hero.scss": "a { b: $icon }",
    }
    assert references(run(tmp_path, engine, files)) == ["css/theme/icon.png"]


@both_engines
def test_interpolated_url_is_found_beside_the_partial_that_uses_it(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "theme/vars"; @import "parts/hero";',
        "assets/css/theme/_vars.scss": '$icons: "icons";',
        "assets/css/parts/_hero.scss": '@mixin icon($n) { b: url("#{$icons}/#{$n}.png"); } a { @include icon("x") }',
        "assets/css/parts/icons/x.png": "",
    }
    assert references(run(tmp_path, engine, files)) == ["css/parts/icons/x.png"]


@both_engines
def test_indented_partial_is_a_partial_too(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.sass": "a\n  b: url(hero.png)\n",
        "assets/css/parts/hero.png": "",
    }
    assert references(run(tmp_path, engine, files)) == ["css/parts/hero.png"]


PACKAGE = {
    "assets/css/app.scss": '@import "pkg/font/icons";',
    "node_modules/pkg/font/_icons.scss": '$dir: "./fonts"; @font-face { src: url("#{$dir}/x.woff2?v=1") }',
    "node_modules/pkg/font/fonts/x.woff2": "",
}


@both_engines
@pytest.mark.parametrize("prefix", ["", "icons", "vendor/icons/deep"])
def test_package_on_the_load_path_finds_its_files_in_a_source_root(tmp_path: Path, engine: str, prefix: str) -> None:
    root = f'{{ path = "node_modules/pkg/font", prefix = "{prefix}", include = ["fonts/*"] }}'
    settings = f'sources = ["assets", {root}]\nload_paths = ["node_modules"]'
    assert references(run(tmp_path, engine, PACKAGE, settings)) == [f"{prefix}/fonts/x.woff2".lstrip("/")]


@both_engines
def test_package_finds_its_files_where_only_their_folder_is_a_root(tmp_path: Path, engine: str) -> None:
    root = '{ path = "node_modules/pkg/font/fonts", prefix = "webfonts" }'
    settings = f'sources = ["assets", {root}]\nload_paths = ["node_modules"]'
    assert references(run(tmp_path, engine, PACKAGE, settings)) == ["webfonts/x.woff2"]


@both_engines
def test_file_of_a_package_that_is_no_asset_is_an_error_that_says_how_to_make_it_one(
    tmp_path: Path, engine: str
) -> None:
    found = only_error(run(tmp_path, engine, PACKAGE, f'{SOURCES}\nload_paths = ["node_modules"]'))
    assert (found.code, found.message) == ("reference/missing", "cannot find `css/fonts/x.woff2`")
    assert found.notes == (
        "looked in `assets/`",
        "beside the partial it would be `node_modules/pkg/font/fonts/x.woff2`, which is no asset",
    )
    expected = 'make its folder a source root: `{ path = "node_modules/pkg/font/fonts", prefix = "fonts" }`'
    assert found.hint == expected


@both_engines
def test_file_that_a_root_leaves_out_is_an_error_that_says_so(tmp_path: Path, engine: str) -> None:
    root = '{ path = "node_modules/pkg", exclude = ["**/*.woff2"] }'
    settings = f'sources = ["assets", {root}]\nload_paths = ["node_modules"]'
    assert only_error(run(tmp_path, engine, PACKAGE, settings)).hint == "`include` or `exclude` leaves it out"


@both_engines
@each_mode
def test_url_that_is_found_nowhere_is_an_error_that_names_both_places(tmp_path: Path, engine: str, mode: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a {\n  b: c;\n  src: url("hero.png"),\n    url("../no.png");\n}',
        "assets/css/hero.png": "",
    }
    found = only_error(run(tmp_path, engine, files, mode=mode))
    assert found.message == "cannot find `no.png`"
    assert found.notes == (
        "looked in `assets/`",
        "beside the partial it would be `assets/css/no.png`, which is not there either",
    )
    assert marked(found) == ("assets/css/parts/_hero.scss", 4, "../no.png")


@both_engines
def test_sheet_itself_is_not_named_as_a_second_place(tmp_path: Path, engine: str) -> None:
    found = only_error(run(tmp_path, engine, {"assets/css/app.scss": "a { b: url(no.png) }"}))
    assert found.notes == ("looked in `assets/`",)


@both_engines
def test_partial_of_a_bundle_member_is_a_partial_too(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": "a { b: url(hero.png) }",
        "assets/css/parts/hero.png": "",
        "assets/other/more.css": "c { d: url(../css/parts/hero.png) }",
    }
    settings = f'{SOURCES}\n[bundles]\n"site/all.css" = ["css/app.scss", "other/more.css"]'
    result = run(tmp_path, engine, files, settings)
    assert references(result, "site/all.css") == ["css/parts/hero.png"]
    assert result.manifest is not None
    assets = result.manifest.assets
    text = (tmp_path / "build/assets" / assets["site/all.css"].file).read_text()
    assert text.count("../" + assets["css/parts/hero.png"].file) == 2
