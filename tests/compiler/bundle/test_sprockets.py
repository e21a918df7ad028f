"""Directives through the whole build: what is joined, in which order, and what is released with it."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.building import build, codes, load_config, only, printed, released
from tests.command import built
from tests.conftest import Tree, write_tree

SETTINGS = "directives = true\nminify = false\ncompress = []\n"


def order(folder: Path, head: str, files: Tree, name: str = "app.js") -> str:
    """The scripts that `app.js` with that head is made of; each of them is written as its first word."""
    result = built(folder, {f"assets/{name}": f"{head}\napp();\n", **files}, SETTINGS)
    calls = released(folder, result, name).split()
    return " ".join(call.removesuffix("();") for call in calls)


LIBRARY: Tree = {
    "assets/a.js": "a();\n",
    "assets/lib/b.js": "b();\n",
    "assets/lib/c.js": "//= require ../a\nc();\n",
    "assets/lib/deep/d.js": "d();\n",
    "assets/lib/e.min.js": "e();\n",
    "assets/wide/index.js": "//= require_tree .\nwide();\n",
    "assets/wide/w.js": "w();\n",
}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("//= require a", "a app"),
        ("//= require a.js", "a app"),
        ("//= require ./lib/b\n//= require lib/b.js", "b app"),
        ("//= require lib/e.min", "e app"),
        ("//= require lib/c\n//= require a", "a c app"),
        ("//= require_self\n//= require a", "app a"),
        ("//= require a\n//= require_self\n//= require lib/b", "a app b"),
        ("//= require_tree ./lib", "b a c d e app"),
        ("//= require_directory ./lib", "b a c e app"),
        ("//= require wide", "w wide app"),
        ("//= require lib/b\n//= require_tree .", "b a c d e w wide app"),
        ("//= require_tree ./lib\n//= stub lib/c", "b d e app"),
        ("//= require a\n//= stub ./a", "app"),
        ("//= depend_on a", "app"),
        ("//= link lib/b", "app"),
    ],
)
def test_scripts_are_joined_in_the_order_of_directives(tmp_path: Path, head: str, expected: str) -> None:
    assert order(tmp_path, head, LIBRARY) == expected


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_and_the_cache_leave_the_order_of_directives(tmp_path: Path, jobs: int) -> None:
    files = {"assets/app.js": "//= require_tree .\napp();\n", **LIBRARY}
    config = load_config(start=str(write_tree(tmp_path, {"buildassets.toml": "directives = true\n", **files})))
    for _ in range(2):
        with ThreadPoolExecutor(jobs) as executor:
            result = build(config, executor=executor, bytes_per_worker=1, cache=str(tmp_path / ".cache"))
        assert released(tmp_path, result, "app.js").endswith("wide();\napp();\n")


def test_files_that_require_each_other_are_joined_once_each(tmp_path: Path) -> None:
    files = {"assets/a.js": "//= require b\na();\n", "assets/b.js": "//= require a\nb();\n"}
    assert order(tmp_path, "//= require a", files) == "a b app"


def test_without_the_setting_directives_are_comments(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.js": "//= require nothing\na()"}, "minify = false\ncompress = []\n")
    assert released(tmp_path, result, "a.js") == "//= require nothing\na()"


OFF = "minify = false\ncompress = []\n"


@pytest.mark.parametrize(
    "head", ["//= require ./b", "/*\n *= require_tree .\n */", "'use strict'", "/* a */ //= require b"]
)
def test_directives_that_are_left_alone_are_reported(tmp_path: Path, head: str) -> None:
    result = built(tmp_path, {"assets/a.js": head + "\n", "assets/b.js": "b()"}, OFF)
    assert result.manifest is not None
    assert codes(result) == ([] if head == "'use strict'" else ["directive/ignored"])


@pytest.mark.parametrize(
    "head",
    ["// see: = require b", "// == link to it ==", "//= b", "a()\n//= require b", "/*! = link */", "/* require b */"],
)
def test_plain_comments_are_not_ignored_directives(tmp_path: Path, head: str) -> None:
    assert not built(tmp_path, {"assets/a.js": head + "\n"}, OFF).diagnostics


def test_directives_in_many_files_are_one_warning_with_their_number(tmp_path: Path) -> None:
    files = {f"assets/{name}.js": "//= require ./a\n" for name in "bcd"}
    found = only(built(tmp_path, {"assets/a.js": "a()", **files}, OFF))
    assert (found.message, found.location and found.location.file) == (
        "3 files in `assets/` have directives, which are left alone",
        "assets/b.js",
    )


def test_sheets_require_sass_and_references_stay_right(tmp_path: Path) -> None:
    files: Tree = {
        "assets/app.css": "/*\n *= require parts/a\n *= require_self\n *= require_tree ./parts\n */\napp{x:y}\n",
        "assets/parts/a.scss": "$u: url(i.png);\na { b: $u }",
        "assets/parts/b.css": "b{c:d}",
        "assets/parts/i.png": "",
        "assets/parts/n.js": "",
    }
    result = built(tmp_path, files, "directives = true\ncompress = []\n")
    assert result.manifest is not None, printed(result)
    image = result.manifest.assets["parts/i.png"].file
    assert released(tmp_path, result, "app.css") == f"a{{b:url({image})}}\napp{{x:y}}\nb{{c:d}}\n"
    assert result.manifest.assets["app.css"].inputs == ("app.css", "parts/a.scss", "parts/b.css")


def test_a_sass_sheet_requires_others_which_are_compiled_by_themselves(tmp_path: Path) -> None:
    files: Tree = {"assets/app.scss": "//= require b\n$c: red;\na { b: $c }", "assets/b.scss": "$c: blue; b { c: $c }"}
    text = released(tmp_path, built(tmp_path, files, "directives = true\ncompress = []\n"), "app.css")
    assert text == "b{c:blue}\na{b:red}\n"


def test_roots_are_searched_in_their_order_and_by_prefix(tmp_path: Path) -> None:
    settings = f'sources = ["app", {{ path = "vendor", prefix = "v" }}]\n{SETTINGS}'
    files: Tree = {
        "app/app.js": "//= require jquery\n//= require v/only\n//= require ../vendor/near\napp();\n",
        "vendor/jquery.js": "jquery();\n",
        "vendor/only.js": "only();\n",
        "vendor/near.js": "near();\n",
    }
    result = built(tmp_path, files, settings)
    assert released(tmp_path, result, "app.js") == "jquery();\nonly();\nnear();\n\n\n\napp();\n"


def test_a_member_of_a_configured_bundle_brings_what_it_requires(tmp_path: Path) -> None:
    result = built(tmp_path, LIBRARY, f'{SETTINGS}[bundles]\n"all.js" = ["lib/c.js", "lib/b.js"]\n')
    assert released(tmp_path, result, "all.js").split() == ["a();", "c();", "b();"]


@pytest.mark.parametrize(
    ("head", "linked"),
    [
        ("//= link a.js", ["a.js"]),
        ("//= link ../img/x.png", ["img/x.png"]),
        ("//= link_tree ../lib", ["lib/b.js", "lib/c.js", "lib/deep/d.js", "lib/e.min.js"]),
        ("//= link_directory ../lib .js", ["lib/b.js", "lib/c.js", "lib/e.min.js"]),
        ("//= link_directory ../css .css", ["css/s.css"]),
        ("//= link_tree ../empty", []),
    ],
)
def test_entries_release_what_is_linked(tmp_path: Path, head: str, linked: list[str]) -> None:
    files = {**LIBRARY, "assets/config/manifest.js": head, "assets/img/x.png": "", "assets/css/s.scss": "a{b:c}"}
    write_tree(tmp_path, {"assets/empty/.keep": ""})
    result = built(tmp_path, files, f'entries = ["config/manifest.js"]\n{SETTINGS}')
    assert result.manifest is not None, printed(result)
    assert sorted(result.manifest.assets) == sorted(["config/manifest.js", *linked])


def test_file_of_a_depend_on_directive_is_an_input(tmp_path: Path) -> None:
    result = built(tmp_path, {**LIBRARY, "assets/app.js": "//= depend_on a\n//= depend_on_asset lib/b.js\n"}, SETTINGS)
    assert result.manifest is not None
    assert result.manifest.assets["app.js"].inputs == ("a.js", "app.js", "lib/b.js")


def test_a_missing_file_is_reported_at_its_directive(tmp_path: Path) -> None:
    result = built(tmp_path, {**LIBRARY, "assets/app.js": "// x\n//= require lib/bb\n"}, SETTINGS)
    assert printed(result) == (
        "error[directive/missing]: cannot find `lib/bb`\n"
        "  --> assets/app.js:2:13\n"
        "   |\n"
        "2  | //= require lib/bb\n"
        "   |             ^^^^^^\n"
        "\n"
        "hint: did you mean `lib/b.js`?"
    )


@pytest.mark.parametrize("head", ["//= require a.css", "//= require ./a.css", "//= require_tree ./no", "//= stub no"])
def test_file_that_a_directive_cannot_mean_is_missing(tmp_path: Path, head: str) -> None:
    result = built(tmp_path, {"assets/app.js": head, "assets/a.css": ""}, SETTINGS)
    assert [found.code for found in result.diagnostics] == ["directive/missing"]


UNCOMPILED: Tree = {
    "assets/lib/a.js": "a();\n",
    "assets/lib/b.js.erb": "b();\n",
    "assets/lib/deep/c.coffee": "c()\n",
    "assets/lib/d.less": "",
    "assets/lib/e.d.ts": "",
    "assets/lib/f.ts": "",
    "assets/lib/f.js": "f();\n",
    "assets/lib/g.slim": "",
}


@pytest.mark.parametrize(
    ("head", "message", "notes"),
    [
        (
            "//= require_tree ./lib",
            "`require_tree` asks for 2 files, and nothing compiles `.coffee`, `.erb`",
            ("`assets/lib/b.js.erb`", "`assets/lib/deep/c.coffee`"),
        ),
        (
            "//= require_directory ./lib",
            "`require_directory` asks for `assets/lib/b.js.erb`, and nothing compiles `.erb`",
            (),
        ),
        ("//= require ./lib/b", "`require` asks for `assets/lib/b.js.erb`, and nothing compiles `.erb`", ()),
        ("//= require lib/b.js", "`require` asks for `assets/lib/b.js.erb`, and nothing compiles `.erb`", ()),
        ("//= require lib/deep/c", "`require` asks for `assets/lib/deep/c.coffee`, and nothing compiles `.coffee`", ()),
        ("//= link lib/deep/c", "`link` asks for `assets/lib/deep/c.coffee`, and nothing compiles `.coffee`", ()),
        ("//= link ./lib/d.less", "`link` asks for `assets/lib/d.less`, and nothing compiles `.less`", ()),
        ("//= link_tree ./lib .css", "`link_tree` asks for `assets/lib/d.less`, and nothing compiles `.less`", ()),
        (
            "//= link_tree ./lib .js",
            "`link_tree` asks for 2 files, and nothing compiles `.coffee`, `.erb`",
            ("`assets/lib/b.js.erb`", "`assets/lib/deep/c.coffee`"),
        ),
    ],
)
def test_directive_for_a_file_that_nothing_compiles_is_an_error(
    tmp_path: Path, head: str, message: str, notes: tuple[str, ...]
) -> None:
    result = built(tmp_path, {**UNCOMPILED, "assets/app.js": head}, SETTINGS)
    (fault,) = (one for one in result.diagnostics if one.is_error)
    assert (fault.code, fault.message, fault.notes) == ("source/uncompiled", message, notes)
    reported = [one for one in result.diagnostics if not one.is_error]
    assert not any(note in one.message for one in reported for note in notes)


def test_stubbed_file_need_not_be_compiled(tmp_path: Path) -> None:
    head = "//= require_tree ./lib\n//= stub ./lib/b\n//= stub lib/deep/c"
    assert order(tmp_path, head, UNCOMPILED) == "a f app"


def test_file_of_a_depend_on_directive_need_not_be_compiled(tmp_path: Path) -> None:
    files: Tree = {"assets/app.js": "//= depend_on ./data.yml.erb\napp();", "assets/data.yml.erb": "a: 1"}
    result = built(tmp_path, files, SETTINGS)
    assert result.manifest is not None
    assert result.manifest.assets["app.js"].inputs == ("app.js", "data.yml.erb")
    assert result.diagnostics == ()


@pytest.mark.parametrize(
    ("head", "linked"),
    [
        ("//= link x", "x.css"),
        ("//= link ./x", "x.css"),
        ("//= link x.js", "x.js"),
        ("//= link only", "only.css"),
        ("//= link folder", "folder/index.png"),
        ("//= link x.min", "x.min.js"),
    ],
)
def test_a_link_without_a_suffix_takes_the_first_file_of_that_name(tmp_path: Path, head: str, linked: str) -> None:
    names = ("x.css", "x.js", "x.min.js", "only.scss", "folder/index.png")
    files: Tree = {"assets/app.js": head, **{f"assets/{name}": "" for name in names}}
    result = built(tmp_path, files, f'entries = ["app.js"]\n{SETTINGS}')
    assert result.manifest is not None, printed(result)
    assert sorted(result.manifest.assets) == ["app.js", linked]


@pytest.mark.parametrize("head", ["//= require v/item", "//= require ./v/item", "//= require_tree ./v"])
def test_a_directive_finds_a_template_by_the_name_that_it_has_in_sprockets(tmp_path: Path, head: str) -> None:
    result = built(tmp_path, {"assets/app.js": head, "assets/v/item.jst": "<%= x %>"}, SETTINGS)
    assert '["v/item"]' in released(tmp_path, result, "app.js")


def test_the_key_of_a_template_is_its_path_below_its_source_root(tmp_path: Path) -> None:
    files: Tree = {
        "assets/app.js": "//= require_tree ./t\n//= require u/c",
        "assets/t/own.js": "//= require ./a",
        "assets/t/a.jst": "",
        "assets/t/deep/index.jst": "",
        "lib/u/c.jst": "",
        "assets/v/d.jst": "",
        "assets/v/e.jst": "",
    }
    settings = 'sources = ["assets", { path = "lib", prefix = "lib" }]\n[bundles]\n"all.js" = ["app.js", "v/*.jst"]\n'
    result = built(tmp_path, files, SETTINGS + settings)

    def keys(asset: str) -> list[str]:
        return re.findall(r'JST \|\| \{\}\)\["(.*?)"\]', released(tmp_path, result, asset))

    assert keys("app.js") == ["t/a", "t/deep/index", "u/c"]
    assert [keys(asset) for asset in ("t/own.js", "t/a.jst.js", "lib/u/c.jst.js")] == [["t/a"], ["t/a"], ["u/c"]]
    assert keys("all.js") == ["t/a", "t/deep/index", "u/c", "d", "e"]


def test_a_script_goes_before_a_template_of_its_name(tmp_path: Path) -> None:
    files: Tree = {"assets/v/item.js": "view();\n", "assets/v/item.jst": "<%= x %>"}
    assert order(tmp_path, "//= require ./v/item", files) == "view app"
    assert order(tmp_path, "//= require v/item", files) == "view app"


PACKAGES: Tree = {
    "packages/jquery/package.json": '{"main": "dist/jquery"}',
    "packages/jquery/dist/jquery.js": "jquery();\n",
    "packages/jquery/src/ajax.js": "ajax();\n",
    "packages/@a/b/package.json": '{"main": "./m.js"}',
    "packages/@a/b/m.js": "m();\n",
    "packages/plain/index.js": "plain();\n",
    "packages/flat.js": "//= require ./plain\nflat();\n",
}
FOUND_BY = {
    "load path": 'load_paths = ["packages"]\n',
    "npm root": 'sources = ["assets", { path = "packages", prefix = "npm", npm = true }]\n',
}


@pytest.mark.parametrize("setting", FOUND_BY)
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("//= require jquery", "jquery app"),
        ("//= require jquery/src/ajax", "ajax app"),
        ("//= require @a/b", "m app"),
        ("//= require plain", "plain app"),
        ("//= require flat", "plain flat app"),
        ("//= require jquery\n//= require jquery/dist/jquery.js", "jquery app"),
    ],
)
def test_a_directive_finds_packages(tmp_path: Path, setting: str, head: str, expected: str) -> None:
    files: Tree = {**PACKAGES, "assets/app.js": f"{head}\napp();\n"}
    result = built(tmp_path, files, FOUND_BY[setting] + SETTINGS)
    assert " ".join(call.removesuffix("();") for call in released(tmp_path, result, "app.js").split()) == expected
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["app.js"]


def test_a_sheet_takes_the_style_of_a_package(tmp_path: Path) -> None:
    files: Tree = {
        "packages/normalize.css/package.json": '{"main": "n.css"}',
        "packages/normalize.css/n.css": "n { a: b }\n",
        "packages/boot/package.json": '{"main": "boot.js", "style": "boot.css"}',
        "packages/boot/boot.css": "boot { a: b }\n",
        "packages/boot/boot.js": "boot()",
        "assets/app.css": "/*\n *= require normalize.css\n *= require boot\n */\n",
    }
    result = built(tmp_path, files, FOUND_BY["load path"] + SETTINGS)
    assert released(tmp_path, result, "app.css").split("/*")[0] == "n { a: b }\nboot { a: b }\n"


def test_a_source_root_goes_before_a_load_path(tmp_path: Path) -> None:
    files: Tree = {**PACKAGES, "assets/app.js": "//= require jquery\n", "assets/jquery/index.js": "own();\n"}
    result = built(tmp_path, files, FOUND_BY["load path"] + SETTINGS)
    assert released(tmp_path, result, "app.js").split() == ["own();"]


def test_nothing_in_a_load_path_can_be_linked(tmp_path: Path) -> None:
    result = built(
        tmp_path, {**PACKAGES, "assets/app.js": "//= link jquery/src/ajax.js"}, FOUND_BY["load path"] + SETTINGS
    )
    assert [found.code for found in result.diagnostics] == ["directive/missing"]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ({"bower.json": '{"main": "dist/j.js"}'}, "j app"),
        ({"bower.json": '{"main": ["dist/j.css", "dist/j.js"]}'}, "j app"),
        ({".bower.json": '{"main": "dist/j"}'}, "j app"),
        ({"package.json": '{"main": "./dist/j.js"}'}, "j app"),
        ({"bower.json": "{}", "package.json": '{"main": "dist/j.js"}'}, "j app"),
        ({"package.json": "{}", "index.js": "index();\n"}, "index app"),
        ({"package.json": '{"main": "dist/j.js"}', "index.js": "index();\n"}, "index app"),
    ],
)
@pytest.mark.parametrize("head", ["//= require pack", "//= require ./pack"])
def test_a_package_name_resolves_to_its_main_file(
    tmp_path: Path, head: str, description: dict[str, str], expected: str
) -> None:
    files: Tree = {f"assets/pack/{name}": text for name, text in description.items()}
    assert order(tmp_path, head, {"assets/pack/dist/j.js": "j();\n", **files}) == expected


@pytest.mark.parametrize("text", ["", "[]", "{", '{"main": 1}', '{"main": "../../none.js"}', "[" * 100_000])
def test_a_package_without_a_main_file_is_not_found(tmp_path: Path, text: str) -> None:
    result = built(tmp_path, {"assets/app.js": "//= require pack\n", "assets/pack/bower.json": text}, SETTINGS)
    assert [found.code for found in result.diagnostics if found.is_error] == ["directive/missing"]


def test_a_sheet_takes_the_sheet_of_a_package(tmp_path: Path) -> None:
    files: Tree = {
        "assets/app.css": "/*= require pack */\na { top: 0 }\n",
        "assets/pack/package.json": '{"main": "j.js", "style": "j.css"}',
        "assets/pack/j.js": "",
        "assets/pack/j.css": "j { top: 0 }\n",
    }
    assert released(tmp_path, built(tmp_path, files, SETTINGS), "app.css").startswith("j {")
