"""Sources that nothing compiles through the whole build: what is released of them, and what is reported."""

from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from tests.building import check, codes, load_config, only, only_error, printed
from tests.command import built
from tests.conftest import Tree, write_tree

PLAIN = "minify = false\ncompress = []\n"
RAW_SUFFIXES = (
    *(".erb", ".coffee", ".ejs", ".slim", ".haml", ".vue", ".svelte"),
    *(".less", ".styl", ".pug", ".hbs", ".cjsx", ".ls", ".mdx"),
)
SERVER_SUFFIXES = (".php", ".py", ".rb", ".pl", ".cgi", ".asp", ".aspx", ".jsp")


def result_of(folder: Path, files: Tree, settings: str = "") -> BuildResult:
    return built(folder, files, PLAIN + settings)


def assets(result: BuildResult) -> list[str]:
    assert result.manifest is not None, printed(result)
    return sorted(result.manifest.assets)


@pytest.mark.parametrize("suffix", RAW_SUFFIXES)
def test_uncompiled_files_are_reported_and_not_released(tmp_path: Path, suffix: str) -> None:
    result = result_of(tmp_path, {f"assets/b.js{suffix}": "raw", "assets/a.js": ""})
    assert assets(result) == ["a.js"]
    assert (only(result).code, only(result).is_error) == ("source/uncompiled", False)
    assert only(result).message == f"`assets/b.js{suffix}` is not released: nothing compiles `{suffix}`"


@pytest.mark.parametrize("suffix", SERVER_SUFFIXES)
def test_server_files_are_reported_and_not_released(tmp_path: Path, suffix: str) -> None:
    result = result_of(tmp_path, {f"assets/x{suffix}": "secret", "assets/a.js": ""})
    assert assets(result) == ["a.js"]
    assert only(result).message == f"`assets/x{suffix}` is not released: servers run `{suffix}`"


def test_server_files_are_released_where_raw_lists_them(tmp_path: Path) -> None:
    assert assets(result_of(tmp_path, {"assets/x.py": "", "assets/y.py": ""}, 'raw = ["x.py"]\n')) == ["x.py"]


def test_of_many_files_in_one_language_some_are_named(tmp_path: Path) -> None:
    result = result_of(tmp_path, {"assets/a.js": "", **{f"assets/{number:02}.py": "" for number in range(23)}})
    assert (len(only(result).notes), only(result).notes[-1]) == (21, "and 3 more")


def test_each_language_is_reported_once_with_all_its_files(tmp_path: Path) -> None:
    files: Tree = {"assets/b/y.coffee": "", "assets/x.coffee": "", "assets/a.less": "", "assets/site.js": ""}
    result = result_of(tmp_path, files)
    assert printed(result) == (
        "warning[source/uncompiled]: `assets/a.less` is not released: nothing compiles `.less`\n"
        "  --> assets/a.less\n"
        "\n"
        "hint: name an engine for `less` in `engines`, or compile it before the build; "
        "name it in `raw` to release it unchanged, or in `exclude` to skip it\n"
        "warning[source/uncompiled]: 2 files are not released: nothing compiles `.coffee`\n"
        "  --> assets/b/y.coffee\n"
        "note: `assets/b/y.coffee`\n"
        "note: `assets/x.coffee`\n"
        "\n"
        "hint: name an engine for `coffee` in `engines`, or compile it before the build; "
        "name it in `raw` to release it unchanged, or in `exclude` to skip it"
    )


def test_check_reports_the_same(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.coffee": "", "assets/b.js": ""})
    result = check(load_config(start=str(tmp_path)))
    assert (codes(result), result.unreached) == (["source/uncompiled"], ())


def test_a_root_that_others_keep_has_one_line_with_a_count(tmp_path: Path) -> None:
    files: Tree = {f"vendor/x{number}.{kind}": "" for number in range(20) for kind in ("less", "ts")}
    settings = 'sources = ["assets", { path = "vendor", vendored = true }]\n'
    result = result_of(tmp_path, {**files, "assets/a.js": "", "vendor/y.js": ""}, settings)
    assert assets(result) == ["a.js", "y.js"]
    assert printed(result) == (
        "warning[source/uncompiled]: 40 files of `vendor` are not released: nothing compiles `.less`, `.ts`\n"
        "  --> buildassets.toml:3:22\n"
        "   |\n"
        '3  | sources = ["assets", { path = "vendor", vendored = true }]\n'
        "   |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
        "hint: name in `raw` the files to release unchanged, or in `exclude` the files to skip"
    )


@pytest.mark.parametrize(
    "referring",
    [
        {"assets/a.js": 'fetch(new URL("./tpl/x.ejs", import.meta.url));'},
        {"assets/a.html": '<link rel="prefetch" href="tpl/x.ejs">'},
        {"assets/a.css": 'a { background: url("tpl/x.ejs") }'},
        {"assets/a.js.map": '{"version": 3, "sources": ["tpl/x.ejs"], "names": [], "mappings": "AAAA"}'},
    ],
)
def test_referenced_files_are_released_unchanged(tmp_path: Path, referring: Tree) -> None:
    result = result_of(tmp_path, {"assets/tpl/x.ejs": "<%= raw %>", **referring})
    assert "tpl/x.ejs" in assets(result)
    assert codes(result) == []


def test_globs_of_raw_release_what_they_match(tmp_path: Path) -> None:
    files: Tree = {"assets/v/a.tmpl.ejs": "<%= a %>", "assets/v/b.ejs": ""}
    result = result_of(tmp_path, files, 'raw = ["**/*.tmpl.ejs"]\n')
    assert assets(result) == ["v/a.tmpl.ejs"]
    assert only(result).location is not None
    assert only(result).message == "`assets/v/b.ejs` is not released: nothing compiles `.ejs`"


def test_a_transport_stream_is_released_as_a_video(tmp_path: Path) -> None:
    result = result_of(tmp_path, {"assets/seg0.ts": (b"G" + bytes(187)) * 3, "assets/list.m3u8": "seg0.ts\n"})
    assert assets(result) == ["list.m3u8", "seg0.ts"]
    assert result.manifest is not None
    assert result.manifest.assets["seg0.ts"].type == "video/mp2t"
    assert codes(result) == []


def test_sources_next_to_their_compiled_form_are_not_reported(tmp_path: Path) -> None:
    files: Tree = {f"assets/{name}": "" for name in ("a.ts", "a.js", "b.less", "b.css", "c.d.ts", "d.d.mts")}
    result = result_of(tmp_path, files)
    assert (assets(result), codes(result)) == (["a.js", "b.css"], [])


def test_entries_report_what_they_match_only(tmp_path: Path) -> None:
    files: Tree = {"assets/js/a.js": "", "assets/js/b.coffee": "", "assets/other/c.less": ""}
    result = result_of(tmp_path, files, 'entries = ["js/*"]\n')
    assert assets(result) == ["js/a.js"]
    assert only(result).message == "`assets/js/b.coffee` is not released: nothing compiles `.coffee`"
    assert check(load_config(start=str(tmp_path))).unreached == ("other/c.less",)


def test_an_entry_that_nothing_compiles_is_an_error_in_its_place(tmp_path: Path) -> None:
    fault = only_error(result_of(tmp_path, {"assets/app.ls": "", "assets/a.js": ""}, 'entries = ["a.js", "app.ls"]\n'))
    assert fault.message == "the entry `app.ls` names `app.ls`, and nothing compiles `.ls`"
    assert fault.location is not None
    assert (fault.location.line, fault.location.column) == (3, 20)


@pytest.mark.parametrize("table", ["[importmap]\n", '[importmap.scopes."js/"]\n'])
def test_an_import_map_that_names_what_nothing_compiles_is_an_error(tmp_path: Path, table: str) -> None:
    fault = only_error(result_of(tmp_path, {"assets/js/a.ls": "", "assets/js/b.js": ""}, f'{table}a = "js/a.ls"\n'))
    assert fault.message == "the import map entry `a` names `js/a.ls`, and nothing compiles `.ls`"
    assert fault.location is not None
    assert fault.location.line == 4


def test_a_folder_of_the_import_map_leaves_out_what_nothing_compiles(tmp_path: Path) -> None:
    result = result_of(tmp_path, {"assets/js/a.ls": "", "assets/js/b.js": ""}, '[importmap]\n"js/" = "js/"\n')
    assert result.manifest is not None
    assert result.manifest.importmap == {"js/b.js": "js/b.js"}


@pytest.mark.parametrize("pattern", ["js/b.coffee", "js/*"])
def test_a_bundle_that_takes_what_nothing_compiles_is_an_error(tmp_path: Path, pattern: str) -> None:
    files: Tree = {"assets/js/a.js": "a();", "assets/js/b.coffee": "b"}
    result = result_of(tmp_path, files, f'[bundles]\n"all.js" = ["{pattern}"]\n')
    fault = next(one for one in result.diagnostics if one.is_error)
    assert (fault.code, fault.hint) == (
        "bundle/kind",
        "name an engine for `coffee` in `engines`, or compile it before the build; "
        "name it in `raw` to release it unchanged, or in `exclude` to skip it",
    )
    assert fault.message == "`assets/js/b.coffee` cannot be joined into `all.js`: nothing compiles `.coffee`"


def test_a_template_of_pages_that_loads_a_source_is_an_error(tmp_path: Path) -> None:
    files: Tree = {"buildassets.toml": "", "assets/x.ls": "", "templates/a.html": '{{ script("x.ls") }}'}
    result = check(load_config(start=str(write_tree(tmp_path, files))))
    fault = next(one for one in result.diagnostics if one.is_error)
    assert (fault.code, fault.location and fault.location.file) == ("template/missing", "templates/a.html")
    assert fault.message == "`x.ls` is not released: nothing compiles `.ls`"


def test_sources_of_npm_packages_are_released_where_referenced(tmp_path: Path) -> None:
    files: Tree = {
        "assets/a.js": 'fetch(new URL("npm/x/a.hbs", import.meta.url));',
        "packages/x/a.hbs": "a",
        "packages/x/b.hbs": "b",
    }
    result = result_of(tmp_path, files, 'sources = ["assets", { path = "packages", prefix = "npm", npm = true }]\n')
    assert (assets(result), codes(result)) == (["a.js", "npm/x/a.hbs"], [])
