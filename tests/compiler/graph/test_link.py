"""References resolved by whole builds; those of Sass with both compilers."""

import re
from base64 import b64decode
from pathlib import Path
from urllib.parse import unquote

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import Diagnostic
from tests.building import only
from tests.command import built
from tests.conftest import Tree, write_tree

both_engines = pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
each_mode = pytest.mark.parametrize("mode", ["production", "development"])
SOURCES = 'sources = ["assets"]'


def build_in(folder: Path, engine: str, files: Tree, settings: str = SOURCES, mode: str = "development") -> BuildResult:
    config = f'compress = []\n{settings}\n[engines]\nscss = "{engine}"\n'
    return built(folder, files, config, "production" if mode == "production" else "development")


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
def test_url_in_a_partial_is_found_next_to_it(tmp_path: Path, engine: str, mode: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero"; b { c: url("../img/b.png") }',
        "assets/css/parts/_hero.scss": 'a {\n  b: url("hero.png");\n  c: url(../../img/c.png);\n}',
        "assets/css/parts/hero.png": "",
        "assets/img/b.png": "",
        "assets/img/c.png": "",
    }
    found = references(build_in(tmp_path, engine, files, mode=mode))
    assert found == ["css/parts/hero.png", "img/b.png", "img/c.png"]


@both_engines
def test_the_compiled_sheet_comes_first(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": "a { b: url(hero.png) }",
        "assets/css/parts/hero.png": "",
        "assets/css/hero.png": "",
    }
    assert references(build_in(tmp_path, engine, files)) == ["css/hero.png"]


@both_engines
def test_the_text_names_the_file_that_was_found(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a { b: url("hero.png?v=1#x") }',
        "assets/css/parts/hero.png": "",
    }
    result = build_in(tmp_path, engine, files)
    assert result.manifest is not None
    file = {path: entry.file for path, entry in result.manifest.assets.items()}
    text = (tmp_path / "build/assets" / file["css/app.css"]).read_text()
    assert f'url("{file["css/parts/hero.png"].removeprefix("css/")}?v=1#x")' in text


@both_engines
def test_url_is_found_next_to_the_partial_that_declares_the_variable(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "theme/vars"; @import "parts/hero";',
        "assets/css/theme/_vars.scss": "\n\n$icon: url(icon.png);",
        "assets/css/theme/icon.png": "",
        "assets/css/parts/_hero.scss": "a { b: $icon }",
    }
    assert references(build_in(tmp_path, engine, files)) == ["css/theme/icon.png"]


@both_engines
def test_variable_may_be_set_in_a_line_of_the_same_number(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "theme/vars"; @import "parts/hero";',
        "assets/css/theme/_vars.scss": "$a: 1; $icon: url(icon.png); $no: url(no.png);",
        "assets/css/theme/icon.png": "",
        "assets/css/parts/_hero.scss": "a { b: $icon; c: $no }",
    }
    found = only_error(build_in(tmp_path, engine, files))
    assert found.message == "cannot find `css/no.png`"
    assert marked(found) == ("assets/css/theme/_vars.scss", 1, "no.png")
    assert found.notes[1].startswith("next to the partial it would be `assets/css/theme/no.png`")


@both_engines
def test_interpolated_url_is_found_next_to_the_partial_that_uses_it(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "theme/vars"; @import "parts/hero";',
        "assets/css/theme/_vars.scss": '$icons: "icons";',
        "assets/css/parts/_hero.scss": '@mixin icon($n) { b: url("#{$icons}/#{$n}.png"); } a { @include icon("x") }',
        "assets/css/parts/icons/x.png": "",
    }
    assert references(build_in(tmp_path, engine, files)) == ["css/parts/icons/x.png"]


@both_engines
def test_indented_partial_is_a_partial_too(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.sass": "a\n  b: url(hero.png)\n",
        "assets/css/parts/hero.png": "",
    }
    assert references(build_in(tmp_path, engine, files)) == ["css/parts/hero.png"]


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
    assert references(build_in(tmp_path, engine, PACKAGE, settings)) == [f"{prefix}/fonts/x.woff2".lstrip("/")]


@both_engines
def test_package_finds_its_files_where_only_their_folder_is_a_root(tmp_path: Path, engine: str) -> None:
    root = '{ path = "node_modules/pkg/font/fonts", prefix = "webfonts" }'
    settings = f'sources = ["assets", {root}]\nload_paths = ["node_modules"]'
    assert references(build_in(tmp_path, engine, PACKAGE, settings)) == ["webfonts/x.woff2"]


@both_engines
def test_file_of_a_package_outside_of_the_sources_is_an_error_with_a_hint(tmp_path: Path, engine: str) -> None:
    found = only_error(build_in(tmp_path, engine, PACKAGE, f'{SOURCES}\nload_paths = ["node_modules"]'))
    assert (found.code, found.message) == ("reference/missing", "cannot find `css/fonts/x.woff2`")
    assert found.notes == (
        "looked in `assets/`",
        "next to the partial it would be `node_modules/pkg/font/fonts/x.woff2`, which is not an asset",
    )
    expected = 'make its folder a source root: `{ path = "node_modules/pkg/font/fonts", prefix = "fonts" }`'
    assert found.hint == expected


@both_engines
def test_file_that_a_root_leaves_out_is_an_error_with_that_reason(tmp_path: Path, engine: str) -> None:
    root = '{ path = "node_modules/pkg", exclude = ["**/*.woff2"] }'
    settings = f'sources = ["assets", {root}]\nload_paths = ["node_modules"]'
    assert only_error(build_in(tmp_path, engine, PACKAGE, settings)).hint == "`include` or `exclude` leaves it out"


@both_engines
def test_link_out_of_the_root_next_to_a_partial_is_reported(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": "a { b: url(hero.png) }",
        "elsewhere/hero.png": "",
    }
    write_tree(tmp_path, files)
    (tmp_path / "assets/css/parts/hero.png").symlink_to(tmp_path / "elsewhere/hero.png")
    found = only_error(build_in(tmp_path, engine, files))
    expected = "`assets/css/parts/hero.png`, and `css/parts/hero.png` is a link that leaves its source root"
    assert (found.notes[1], found.hint) == (f"next to the partial it would be {expected}", None)


@both_engines
@each_mode
def test_url_that_is_found_nowhere_is_an_error_that_names_both_places(tmp_path: Path, engine: str, mode: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a {\n  b: c;\n  src: url("hero.png"),\n    url("../no.png");\n}',
        "assets/css/hero.png": "",
    }
    found = only_error(build_in(tmp_path, engine, files, mode=mode))
    assert found.message == "cannot find `no.png`"
    assert found.notes == (
        "looked in `assets/`",
        "next to the partial it would be `assets/css/no.png`, which is not there either",
    )
    assert marked(found) == ("assets/css/parts/_hero.scss", 4, "../no.png")


@both_engines
def test_sheet_itself_is_not_named_as_a_second_place(tmp_path: Path, engine: str) -> None:
    found = only_error(build_in(tmp_path, engine, {"assets/css/app.scss": "a { b: url(no.png) }"}))
    assert found.notes == ("looked in `assets/`",)


@both_engines
def test_partial_of_a_bundle_member_is_a_partial_too(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a { b: url(hero.png), asset-url("img/i.png") }',
        "assets/css/parts/hero.png": "",
        "assets/img/i.png": "",
        "assets/other/more.css": "c { d: url(../css/parts/hero.png) }",
    }
    settings = f'{SOURCES}\n[bundles]\n"site/all.css" = ["css/app.scss", "other/more.css"]'
    result = build_in(tmp_path, engine, files, settings)
    assert references(result, "site/all.css") == ["css/parts/hero.png", "img/i.png"]
    assert result.manifest is not None
    assets = result.manifest.assets
    text = (tmp_path / "build/assets" / assets["site/all.css"].file).read_text()
    assert text.count("../" + assets["css/parts/hero.png"].file) == 2


# Functions for assets


@both_engines
@each_mode
def test_functions_for_assets_make_references(tmp_path: Path, engine: str, mode: str) -> None:
    sheet = """a {
        b: asset-url("img/a b.png");
        c: url(asset-path("img/c.png"));
        d: asset-url("./beside.png");
        --e: #{asset-url("img/e.svg#x")};
    }"""
    names = ("img/a b.png", "img/c.png", "css/beside.png", "img/e.svg")
    files = {"assets/css/app.scss": sheet, **{f"assets/{name}": "" for name in names}}
    result = build_in(tmp_path, engine, files, mode=mode)
    assert references(result) == sorted(names)
    assert result.manifest is not None
    text = (tmp_path / "build/assets" / result.manifest.assets["css/app.css"].file).read_text()
    assert "/assets/" not in text
    assert "../img/a%20b." in text


@both_engines
def test_functions_for_assets_go_by_the_configured_url(tmp_path: Path, engine: str) -> None:
    files = {"assets/css/app.scss": 'a { b: asset-url("img/a.png") }', "assets/img/a.png": ""}
    settings = f'{SOURCES}\nurl = "https://cdn.example/x/"'
    assert references(build_in(tmp_path, engine, files, settings)) == ["img/a.png"]


@both_engines
def test_tree_of_a_rails_application_builds(tmp_path: Path, engine: str) -> None:
    files = {
        "app/assets/stylesheets/application.scss": '@import "pages/home";',
        "app/assets/stylesheets/pages/_home.scss": """@font-face { src: font-url("a.eot?#iefix") }
            .logo { background: image-url("icons/logo.png"), url(image-path("icons/logo.png")) }""",
        "app/assets/images/icons/logo.png": "",
        "app/assets/fonts/a.eot": "",
    }
    folders = ", ".join(f'"app/assets/{kind}"' for kind in ("images", "fonts", "stylesheets"))
    assert references(build_in(tmp_path, engine, files, f"sources = [{folders}]"), "application.css") == [
        "a.eot",
        "icons/logo.png",
    ]


@both_engines
@each_mode
def test_missing_asset_is_shown_in_the_call(tmp_path: Path, engine: str, mode: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a {\n  b: c;\n  background: red asset-url("img/no b.png");\n}',
        "assets/img/no c.png": "",
    }
    found = only_error(build_in(tmp_path, engine, files, mode=mode))
    assert (found.code, found.message) == ("reference/missing", "cannot find `img/no b.png`")
    assert (found.notes, found.hint) == (("looked in `assets/`",), "did you mean `img/no c.png`?")
    assert marked(found) == ("assets/css/parts/_hero.scss", 3, "img/no b.png")


@both_engines
def test_image_in_its_own_folder_is_suggested(tmp_path: Path, engine: str) -> None:
    files = {"assets/css/app.scss": 'a { b: image-url("a.png") }', "assets/images/a.png": ""}
    found = only_error(build_in(tmp_path, engine, files))
    assert (found.message, found.hint) == ("cannot find `a.png`", "did you mean `images/a.png`?")


@both_engines
@each_mode
def test_path_outside_of_a_reference_is_an_error(tmp_path: Path, engine: str, mode: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a {\n  b: url(image-path("a.png"));\n  content: image-path("a.png");\n}',
        "assets/a.png": "",
    }
    found = only_error(build_in(tmp_path, engine, files, mode=mode))
    assert (found.code, marked(found)) == ("scss/asset-path", ("assets/css/parts/_hero.scss", 3, "a.png"))
    assert found.message.startswith("`/assets/a.png` ")


@both_engines
def test_call_that_sass_leaves_alone_is_an_error(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a {\n  b: c;\n  --icon: asset-url("img/a.png");\n}',
        "assets/img/a.png": "",
    }
    found = only_error(build_in(tmp_path, engine, files))
    assert (found.code, marked(found)) == ("scss/uncalled", ("assets/css/parts/_hero.scss", 3, "asset-url"))
    assert (found.message, found.hint) == ("Sass does not call `asset-url()` here", "write `#{asset-url(…)}`")


@both_engines
@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ('url(asset-url("a.png"))', "leave out the outer `url()`"),
        ('"#{asset-url("a.png")}"', "write it in `url(…)`, or call `asset-url()`"),
        ('image("#{asset-path("a.png")}")', "write it in `url(…)`, or call `asset-url()`"),
    ],
)
def test_call_outside_of_a_reference_gets_a_hint(tmp_path: Path, engine: str, call: str, hint: str) -> None:
    found = only_error(build_in(tmp_path, engine, {"assets/css/app.scss": f"a {{ b: {call} }}", "assets/a.png": ""}))
    assert (found.code, found.hint) == ("scss/asset-path", hint)


@both_engines
def test_missing_assets_are_reported_next_to_calls_outside_of_references(tmp_path: Path, engine: str) -> None:
    result = build_in(tmp_path, engine, {"assets/app.scss": 'a { b: asset-path("a.png"); c: asset-url("b.png") }'})
    codes = [one.code for one in result.diagnostics if one.is_error]
    assert sorted(codes) == ["reference/missing", "scss/asset-path"]


# Functions for files in the sheet


@both_engines
@each_mode
def test_data_url_function_puts_the_file_into_the_sheet(tmp_path: Path, engine: str, mode: str) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><path id="x"/></svg>'
    files = {
        "assets/css/app.scss": '@import "parts/hero";',
        "assets/css/parts/_hero.scss": 'a { b: asset-data-url("img/a.svg#x"), asset-data-url("./b.png") }',
        "assets/css/parts/b.png": "PNG",
        "assets/img/a.svg": svg,
    }
    result = build_in(tmp_path, engine, files, mode=mode)
    assert references(result) == []
    assert result.manifest is not None
    text = (tmp_path / "build/assets" / result.manifest.assets["css/app.css"].file).read_text()
    urls = re.findall(r"url\(\"?([^\"()]*)", text)
    assert [url.partition(",")[0] for url in urls] == ["data:image/svg+xml", "data:image/png;base64"]
    assert unquote(urls[0].partition(",")[2]) == svg + "#x"
    assert b64decode(urls[1].partition(",")[2]) == b"PNG"


@both_engines
def test_data_url_of_no_asset_is_an_error_in_the_call(tmp_path: Path, engine: str) -> None:
    found = only_error(build_in(tmp_path, engine, {"assets/css/app.scss": 'a {\n  b: asset-data-url("img/a.svg");\n}'}))
    assert (found.code, found.message) == ("reference/missing", "cannot find `img/a.svg`")
    assert marked(found) == ("assets/css/app.scss", 2, "img/a.svg")


@both_engines
def test_data_url_of_what_refers_to_others_is_an_error_in_the_call(tmp_path: Path, engine: str) -> None:
    files = {
        "assets/css/app.scss": 'a {\n  b: asset-data-url("img/a.svg");\n}',
        "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="b.png"/></svg>',
        "assets/img/b.png": "",
    }
    found = only_error(build_in(tmp_path, engine, files))
    assert (found.code, marked(found)) == ("data-url/refused", ("assets/css/app.scss", 2, "img/a.svg"))


@pytest.mark.parametrize(
    ("specifier", "meant"),
    [
        ("./b", "./b.js"),
        ("./dir", "./dir/index.js"),
        ("./m?x#y", "./m.mjs?x#y"),
        ("/assets/b", "/assets/b.js"),
    ],
)
def test_an_import_that_only_node_would_find_names_the_file(tmp_path: Path, specifier: str, meant: str) -> None:
    files = {f"assets/{name}": "b();" for name in ("b.js", "dir/index.js", "m.mjs", "other/b.mjs")}
    found = only(built(tmp_path, {**files, "assets/a.js": f'import "{specifier}";'}, ""))
    hint = f'write `{meant}`, or set `resolve = "bundler"`, which finds it'
    assert (found.code, found.hint) == ("reference/missing", hint)
