"""Builds with engines of other packages: what they make goes the way of all that is built in."""

from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from tests.building import build, check, load_config, printed
from tests.command import built
from tests.compiler.conftest import SHOUT, Install
from tests.conftest import Tree, settle, write_tree

# Includes `@file`s, as a Less would, and reports one that is not there; `!` makes it raise.
SIMPLE = """
import re
from os.path import dirname, join
from buildassets.engines import *

class Simple:
    name = "simple"
    version = "simple 2"

    def __init__(self, options: EngineOptions) -> None:
        self.read_from = options.load_paths

    def close(self) -> None:
        pass

    def run(self, given: EngineInput) -> Compiled:
        found = []
        def included(match):
            for folder in ("", *self.read_from):
                text = given.read(join(folder, match[1]))
                if text is not None:
                    return text
            place = locate(given.shown, given.text, *match.span())
            found.append(error("simple/include", f"cannot find `{match[1]}`", place))
            return ""
        if "!" in given.text:
            raise ValueError("no `!`")
        return Compiled(re.sub("@([a-z.]+)", included, given.text), diagnostics=tuple(found))

class Less(Simple):
    compiles_to = ".css"

class Page(Simple):
    compiles_to = ".html"

class Script(Simple):
    compiles_to = ".js"

class Vector(Simple):
    compiles_to = ".svg"

class Words(Simple):
    compiles_to = ".txt"

class Data(Simple):
    compiles_to = ".json"
"""
NAMES = {
    "less": "Less",
    "page": "Page",
    "script": "Script",
    "vector": "Vector",
    "words": "Words",
    "data": "Data",
    "simple": "Simple",
}


@pytest.fixture
def packaged(install: Install) -> None:
    """The engines above are installed."""
    install("simple", SIMPLE, NAMES)


def made_by(folder: Path, files: Tree, engines: str, settings: str = "minify = false\ncompress = []\n") -> BuildResult:
    return built(folder, files, f"{settings}[engines]\n{engines}\n")


def text_of(folder: Path, result: BuildResult, path: str) -> str:
    assert result.manifest is not None, printed(result)
    return (folder / "build/assets" / result.manifest.assets[path].file).read_text()


@pytest.mark.usefixtures("packaged")
@pytest.mark.parametrize(
    ("engine", "source", "made"),
    [
        ("less", "a { b: url(b.png) }", "css/a.css"),
        ("page", '<img src="b.png">', "css/a.html"),
        ("script", 'new URL("b.png", import.meta.url)', "css/a.js"),
        ("vector", '<svg xmlns="http://www.w3.org/2000/svg"><image href="b.png"/></svg>', "css/a.svg"),
    ],
)
def test_references_of_what_was_compiled_are_rewritten(tmp_path: Path, engine: str, source: str, made: str) -> None:
    result = made_by(tmp_path, {"assets/css/a.less": source, "assets/css/b.png": ""}, f'less = "{engine}"')
    assert result.manifest is not None, printed(result)
    assert list(result.manifest.assets) == [made, "css/b.png"]
    name = Path(result.manifest.assets["css/b.png"].file).name
    assert text_of(tmp_path, result, made) == source.replace("b.png", name)


@pytest.mark.usefixtures("packaged")
def test_kind_without_references_is_compiled_too(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.x": "one @b.y", "assets/b.y": "two"}, 'x = "words"')
    assert text_of(tmp_path, result, "a.txt") == "one two"


@pytest.mark.usefixtures("packaged")
def test_a_kind_can_be_compiled_to_itself(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.svg": "<svg>@b.x</svg>", "assets/b.x": "<g/>"}, 'svg = "vector"')
    assert text_of(tmp_path, result, "a.svg") == "<svg><g/></svg>"


@pytest.mark.usefixtures("packaged")
def test_result_of_its_own_kind_is_minified_by_no_other_engine(tmp_path: Path) -> None:
    files: Tree = {"assets/a.svg": '<svg xmlns="http://www.w3.org/2000/svg">@b.x  </svg>', "assets/b.x": "<g/>"}
    result = made_by(tmp_path, files, 'svg = "vector"', "compress = []\n")
    assert text_of(tmp_path, result, "a.svg") == '<svg xmlns="http://www.w3.org/2000/svg"><g/>  </svg>'


@pytest.mark.usefixtures("packaged")
@pytest.mark.parametrize(
    ("settings", "engines", "made"),
    [
        ("", "", '{"a":[1,2]}'),
        ("minify = false\n", "", '{ "a": [1, 2] }\n'),
        ("", 'json = "none"', '{ "a": [1, 2] }\n'),
    ],
)
def test_json_that_an_engine_makes_is_minified_as_sources_are(
    tmp_path: Path, settings: str, engines: str, made: str
) -> None:
    files: Tree = {"assets/a.data": "@b.x\n", "assets/b.x": '{ "a": [1, 2] }', "assets/c.json": '{ "a": [1, 2] }\n'}
    result = made_by(tmp_path, files, f'data = "data"\n{engines}', f"{settings}compress = []\n")
    assert (text_of(tmp_path, result, "a.json"), text_of(tmp_path, result, "c.json")) == (made, made)


@pytest.mark.usefixtures("packaged")
def test_output_of_an_engine_that_is_not_valid_json_is_released_unchanged(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.data": "{ a }"}, 'data = "data"', "compress = []\n")
    assert text_of(tmp_path, result, "a.json") == "{ a }"


@pytest.mark.usefixtures("packaged")
@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("data", '{ "a": 1 }'),
        ("vector", '<svg xmlns="http://www.w3.org/2000/svg"> <g/></svg>'),
        ("page", "<p>a  b</p>"),
    ],
)
def test_a_built_in_minifier_that_is_turned_off_is_off_for_kept_results(tmp_path: Path, kind: str, source: str) -> None:
    of = {"data": "json", "vector": "svg", "page": "html"}[kind]
    name, texts = f"a.{of}", []
    for more in ("", f'{of} = "none"\n'):
        settings = f'compress = []\n[engines]\nx = "{kind}"\n{more}'
        write_tree(tmp_path, {"buildassets.toml": settings, "assets/a.x": source})
        settle()
        result = build(load_config(start=str(tmp_path)), cache=str(tmp_path / ".cache"))
        texts.append(text_of(tmp_path, result, name))
    assert texts[1] == source != texts[0]


@pytest.mark.usefixtures("packaged")
def test_an_engine_for_svg_that_compiles_to_nothing_minifies_it(tmp_path: Path) -> None:
    files: Tree = {"assets/a.svg": "<svg>@b.x</svg>", "assets/b.x": "<g/>"}
    assert text_of(tmp_path, made_by(tmp_path, files, 'svg = "simple"', ""), "a.svg") == "<svg><g/></svg>"
    assert text_of(tmp_path, made_by(tmp_path, files, 'svg = "simple"'), "a.svg") == "<svg>@b.x</svg>"


@pytest.mark.usefixtures("packaged")
def test_files_that_an_engine_read_are_inputs(tmp_path: Path) -> None:
    files = {"assets/css/a.less": "@b.less", "assets/css/b.less": "c {}", "lib/d.less": "", "assets/e.less": "@d.less"}
    result = made_by(tmp_path, files, 'less = "less"', 'load_paths = ["lib"]\n')
    assert result.manifest is not None, printed(result)
    assert result.manifest.assets["css/a.css"].inputs == ("css/a.less", "css/b.less")
    assert result.manifest.assets["e.css"].inputs == ("d.less", "e.less")


@pytest.mark.usefixtures("packaged")
def test_the_manifest_names_engines_by_the_suffix_of_their_sources(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.less": "a { b: c }"}, 'less = "less"', "")
    assert result.manifest is not None, printed(result)
    assert sorted(result.manifest.engines) == ["css", "less"]
    assert result.manifest.engines["less"] == "simple 2"
    assert text_of(tmp_path, result, "a.css") == "a{b:c}"


@pytest.mark.usefixtures("packaged")
def test_bundles_hold_what_engines_of_packages_make(tmp_path: Path) -> None:
    settings = 'minify = false\ncompress = []\nbundles = { "all.css" = ["a.less", "b.css"] }\nentries = ["all.css"]\n'
    result = made_by(
        tmp_path, {"assets/a.less": "a { b: c }\n", "assets/b.css": "d { e: f }"}, 'less = "less"', settings
    )
    assert text_of(tmp_path, result, "all.css") == "a { b: c }\nd { e: f }\n"


@pytest.mark.usefixtures("packaged")
def test_a_sass_of_a_package_compiles_scss(tmp_path: Path) -> None:
    files = {"assets/a.scss": "@b.scss", "assets/b.scss": "b {}", "assets/_c.scss": ""}
    result = made_by(tmp_path, files, 'scss = "simple"')
    assert text_of(tmp_path, result, "a.css") == "b {}"
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["a.css", "b.css"]
    assert result.manifest.engines == {"scss": "simple 2"}


def test_a_minifier_of_a_package_is_used_and_what_it_read_is_an_input(install: Install, tmp_path: Path) -> None:
    body = "return Compiled(given.text.replace(' ', '') + given.read('licence.txt'))"
    install("shouting", SHOUT.replace("return Compiled(given.text.upper())", body), {"shout": "Shout"})
    files = {"assets/a.css": "a    {    }", "assets/licence.txt": "/**/"}
    result = made_by(tmp_path, files, 'css = "shout"', "")
    assert text_of(tmp_path, result, "a.css") == "a{}/**/"
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].inputs == ("a.css", "licence.txt")
    assert result.manifest.engines == {"css": "shout 1.0"}


@pytest.mark.usefixtures("packaged")
def test_diagnostics_of_an_engine_are_shown_with_their_places(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.less": "a {}\n@b.less"}, 'less = "less"')
    assert printed(result) == (
        "error[simple/include]: cannot find `b.less`\n  --> assets/a.less:2:1\n   |\n2  | @b.less\n   | ^^^^^^^"
    )


@pytest.mark.usefixtures("packaged")
def test_a_reference_to_nothing_is_shown_in_the_source(tmp_path: Path) -> None:
    result = made_by(
        tmp_path, {"assets/a.less": "@b.less\na { b: url(no.png) }", "assets/b.less": "c {}"}, 'less = "less"'
    )
    assert "error[reference/missing]: cannot find `no.png`\n  --> assets/a.less:2:12\n" in printed(result)


@pytest.mark.usefixtures("packaged")
def test_a_reference_to_nothing_of_another_file_is_shown_without_a_line(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.less": "@b.x", "assets/b.x": "a { b: url(no.png) }"}, 'less = "less"')
    assert "error[reference/missing]: cannot find `no.png`\n  --> assets/a.less\n" in printed(result)


def test_a_source_map_of_an_engine_leads_to_the_file_that_it_read(install: Install, tmp_path: Path) -> None:
    source_map = '{"version": 3, "sources": ["b.less"], "mappings": "AACA"}'
    body = f"return Compiled(given.read('b.less').split()[-1], source_map='{source_map}')"
    text = SHOUT.replace("return Compiled(given.text.upper())", body).replace(".txt", ".css")
    install("shouting", text, {"shout": "Shout"})
    files = {"assets/a.less": "", "assets/b.less": "one\na{b:url(no.png)}"}
    result = made_by(tmp_path, files, 'less = "shout"', 'minify = false\nentries = ["a.css"]\n')
    assert "error[reference/missing]: cannot find `no.png`\n  --> assets/b.less:2:9\n" in printed(result)


@pytest.mark.usefixtures("packaged")
def test_an_engine_that_raises_fails_its_source_and_no_other(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.less": "!", "assets/b.less": "@c.less"}, 'less = "less"')
    assert [found.code for found in result.diagnostics] == ["engine/failed", "simple/include"]
    assert "error[engine/failed]: the engine `less` of the package `simple` failed\n  --> assets/a.less\n" in printed(
        result
    )


@pytest.mark.usefixtures("packaged")
def test_source_that_is_not_utf_8_is_an_error_even_where_it_becomes_markup(tmp_path: Path) -> None:
    result = made_by(tmp_path, {"assets/a.md": b"\xff"}, 'md = "page"')
    assert [(found.code, found.is_error) for found in result.diagnostics] == [("source/encoding", True)]


def test_every_engine_that_cannot_be_loaded_is_shown_where_it_is_named(install: Install, tmp_path: Path) -> None:
    install("broken", "import no_such_module_at_all", {"one": "One", "two": "Two"})
    result = made_by(tmp_path, {"assets/a.css": ""}, 'css = "one"\nmd = "two"', "")
    assert result.manifest is None
    assert [found.code for found in result.diagnostics] == ["engine/unloadable"] * 2
    assert '  --> buildassets.toml:2:7\n   |\n2  | css = "one"\n' in printed(result)
    assert '  --> buildassets.toml:3:6\n   |\n3  | md = "two"\n' in printed(result)


def test_a_check_says_what_is_wrong_with_an_engine(install: Install, tmp_path: Path) -> None:
    install("shouting", SHOUT.replace('compiles_to = ".txt"', ""), {"shout": "Shout"})
    write_tree(tmp_path, {"assets/a.md": "", "buildassets.toml": 'engines.md = "shout"'})
    (found,) = check(load_config(start=str(tmp_path))).diagnostics
    assert found.message == "the engine `shout` of the package `shouting` does not declare what it compiles to"


def test_two_sources_of_one_compiled_name_are_an_error(install: Install, tmp_path: Path) -> None:
    install("simple", SIMPLE, NAMES)
    result = made_by(tmp_path, {"assets/a.css": "", "assets/a.less": ""}, 'less = "less"')
    assert [found.code for found in result.diagnostics] == ["source/duplicate"]


@pytest.mark.usefixtures("packaged")
def test_directives_in_a_compiled_sheet_are_followed(tmp_path: Path) -> None:
    files = {"assets/a.less": "/*= require b */\na { b: c }", "assets/b.css": "d { e: f }\n"}
    result = made_by(tmp_path, files, 'less = "less"', "directives = true\nminify = false\ncompress = []\n")
    assert text_of(tmp_path, result, "a.css") == "d { e: f }\n/**/\na { b: c }\n"
