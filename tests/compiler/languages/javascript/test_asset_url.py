"""`ASSET_URL()` in scripts: which calls are replaced, where the script's own URL is kept, what is refused."""

import re
from pathlib import Path

import pytest

from buildassets.compiler.languages.edits import edited
from buildassets.compiler.languages.javascript.asset_url import find_asset_urls, scan_written
from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import render_text
from buildassets.foundation.paths import LogicalPath
from tests.command import built

LOGICAL = LogicalPath("js/app.js")
VARIABLE = "ASSET_URL_32cdce28ac54"
START = f"this.{VARIABLE}=this.document?document.currentScript.src||document.baseURI:location.href;"


def replaced(text: str, logical: LogicalPath = LOGICAL) -> str:
    found = find_asset_urls(text, logical)
    assert found.faults == ()
    return edited(text, found.edits)


def test_in_a_classic_script_the_base_is_kept_at_its_start() -> None:
    given = replaced('var a = 1;\nf(ASSET_URL("img/a.svg"), ASSET_URL(`img/b.svg`));')
    calls = f'new URL("../img/a.svg",{VARIABLE}).href, new URL(`../img/b.svg`,{VARIABLE}).href'
    assert given == f"{START}var a = 1;\nf({calls});"


@pytest.mark.parametrize(
    ("text", "logical"),
    [
        ('import "./b.js"; f(ASSET_URL("img/a.svg"))', LOGICAL),
        ('f(ASSET_URL("img/a.svg")); export {}', LOGICAL),
        ('f(ASSET_URL("img/a.svg"), import.meta)', LOGICAL),
        ('f(ASSET_URL("img/a.svg"))', LogicalPath("js/app.mjs")),
    ],
)
def test_in_a_module_the_base_is_its_own(text: str, logical: LogicalPath) -> None:
    new = 'new URL("../img/a.svg",import.meta.url).href'
    assert replaced(text, logical) == text.replace('ASSET_URL("img/a.svg")', new)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("img/a.svg", "../img/a.svg"),
        ("/img/a.svg", "../img/a.svg"),
        ("./a.svg", "./a.svg"),
        ("../img/a.svg#x", "../img/a.svg#x"),
        ("img/a.svg?v=1#x", "../img/a.svg?v=1#x"),
        ("img/a b.svg", "../img/a%20b.svg"),
        ("img/\\u00e9\\x2f\\'a.svg", "../img/%C3%A9/%27a.svg"),
    ],
)
def test_the_path_is_logical_or_relative_to_the_file(written: str, url: str) -> None:
    assert replaced(f"f(ASSET_URL('{written}'))") == f"{START}f(new URL('{url}',{VARIABLE}).href)"


def test_a_script_at_the_top_needs_no_way_up() -> None:
    assert 'new URL("img/a.svg",' in replaced('f(ASSET_URL("img/a.svg"))', LogicalPath("app.js"))


def test_spaces_comments_and_a_last_comma_are_accepted() -> None:
    given = replaced('ASSET_URL /* 1 */ (\n  "img/a.svg", // 2\n)')
    assert given == f'{START}new URL /* 1 */ (\n  "../img/a.svg",{VARIABLE}).href'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "f()"),
        ("#!/usr/bin/env node\n/*! licence */\n// note\n", "f()"),
        ('"use strict";', " f()"),
        ("'use strict'", "\nf()"),
        ("/*! licence */'use asm';\n'use strict' /* so */;", "f()"),
        ("\ufeff'use strict';", "f()"),
        ("", "'no directive' + f()"),
        ("", "'no directive'\n[f()]"),
        ("'use strict';", "'no directive'.length;"),
        ("", "('use strict');"),
    ],
)
def test_the_base_is_kept_behind_hashbang_comments_and_directives(before: str, after: str) -> None:
    call = '\nASSET_URL("img/a.svg")'
    given = replaced(before + after + call).partition("\nnew URL")[0]
    semicolon = "" if not before.endswith("'") else ";"
    assert given == f"{before}{semicolon}{START}{after}"


@pytest.mark.parametrize(
    "text",
    [
        'x.ASSET_URL("img/a.svg")',
        'x?.ASSET_URL("img/a.svg")',
        'function ASSET_URL(path) { return path } f(ASSET_URL("img/a.svg"))',
        'const ASSET_URL = (path) => path; f(ASSET_URL("img/a.svg"))',
        'import { ASSET_URL } from "./own.js"; f(ASSET_URL("img/a.svg"))',
        'function g(ASSET_URL) { return ASSET_URL("img/a.svg") }',
        'x = { ASSET_URL(path) { return path } }; f(ASSET_URL("img/a.svg"))',
        'const ASSET_URL = "https://example.com/"; f(ASSET_URL + "img/a.svg")',
        'f({ ASSET_URL: 1 }); // ASSET_URL("img/a.svg")\n"ASSET_URL(1)"; `ASSET_URL(2)`; /ASSET_URL(3)/',
        'f(ASSET_URL("img/a.svg")); "unclosed',
        'new ASSET_URL("img/a.svg")',
        'MY_ASSET_URL("img/a.svg"); ASSET_URLS("img/a.svg")',
    ],
)
def test_similar_calls_are_left_alone(text: str) -> None:
    assert replaced(text) == text


def test_a_property_of_that_name_hinders_no_call() -> None:
    given = replaced('f({ ASSET_URL: ASSET_URL("img/a.svg"), x: y.ASSET_URL })')
    assert given == f'{START}f({{ ASSET_URL: new URL("../img/a.svg",{VARIABLE}).href, x: y.ASSET_URL }})'


@pytest.mark.parametrize(
    ("argument", "marked"),
    [
        ("path", "ASSET_URL"),
        ("", "ASSET_URL"),
        ('"a" + b', "ASSET_URL"),
        ('"a.svg", b', "ASSET_URL"),
        ("`${a}.svg`", "ASSET_URL"),
        ('"https://example.com/a.svg"', "https://example.com/a.svg"),
        ('"//example.com/a.svg"', "//example.com/a.svg"),
        ('"img/"', "img/"),
        ('"#a"', "#a"),
        ('""', ""),
        (r'"\u{110000}"', r"\u{110000}"),
        (r'"\ud800.svg"', r"\ud800.svg"),
    ],
)
def test_calls_without_an_asset_are_refused_in_their_place(argument: str, marked: str) -> None:
    text = f"f(); ASSET_URL({argument})"
    (fault,) = find_asset_urls(text, LOGICAL).faults
    assert text[fault.start : fault.end] == marked


def test_a_url_of_ones_own_is_refused() -> None:
    text = 'const URL = "/"; f(ASSET_URL("img/a.svg"))'
    (fault,) = find_asset_urls(text, LOGICAL).faults
    assert text[fault.start : fault.end] == "URL"


def test_references_are_known_by_their_places_in_the_written_text() -> None:
    text = 'import("./a.js"); f(ASSET_URL("img/a.svg"), ASSET_URL("./b.svg")); import("./c.js")'
    assert [text[one.start : one.end] for one in scan_written(text, LOGICAL)] == [
        *("./a.js", "img/a.svg", "./b.svg", "./c.js")
    ]


# ── in a build ──

PLAIN = "compress = []\n"


def script(folder: Path, result: BuildResult, name: str) -> str:
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    return (folder / "build/assets" / result.manifest.assets[name].file).read_text()


@pytest.mark.parametrize("engine", ["rjsmin", "none"])
def test_a_minified_script_names_the_released_file(tmp_path: Path, engine: str) -> None:
    code = 'function f(x) { return x ? ASSET_URL("img/a.svg") : ASSET_URL("img/b.svg"); }'
    files = {"assets/js/app.js": code, "assets/img/a.svg": "<svg/>", "assets/img/b.svg": "<svg />"}
    result = built(tmp_path, files, PLAIN + f'engines.js = "{engine}"\n')
    given = script(tmp_path, result, "js/app.js")
    assert result.manifest is not None
    urls = re.findall(rf'new URL\("([^"]+)", ?{VARIABLE}\)\.href', given)
    assert urls == [f"../{result.manifest.assets[name].file}" for name in ("img/a.svg", "img/b.svg")]
    assert given.startswith(f"this.{VARIABLE}")


def test_in_a_bundle_the_path_is_relative_to_the_bundle(tmp_path: Path) -> None:
    files = {
        "assets/js/x/a.js": '"use strict"; f(ASSET_URL("img/a.svg"))',
        "assets/js/b.js": 'g(ASSET_URL("../img/a.svg")); var b',
        "assets/img/a.svg": "<svg/>",
    }
    result = built(tmp_path, files, PLAIN + '[bundles]\n"all.js" = ["js/x/a.js", "js/b.js"]\n')
    given = script(tmp_path, result, "all.js")
    assert result.manifest is not None
    assert given.count(f'new URL("{result.manifest.assets["img/a.svg"].file}",ASSET_URL_') == 2
    assert len(set(re.findall(r"this\.(ASSET_URL_\w+)=", given))) == 2


def test_a_missing_asset_is_reported_in_its_place(tmp_path: Path) -> None:
    files = {
        "assets/js/app.js": 'f();\nf(ASSET_URL("img/x.svg"), ASSET_URL("img/a.png"));',
        "assets/img/a.svg": "<svg/>",
    }
    first, second = built(tmp_path, files, PLAIN).diagnostics
    assert (first.message, second.message) == ("cannot find `img/x.svg`", "cannot find `img/a.png`")
    assert [(one.location.line, one.location.column) for one in (first, second) if one.location] == [(2, 14), (2, 38)]


def test_a_computed_path_is_an_error_with_its_place(tmp_path: Path) -> None:
    (fault,) = built(tmp_path, {"assets/js/app.js": "f();\nf(ASSET_URL(a + b));"}, PLAIN).diagnostics
    assert (fault.code, fault.location and fault.location.line) == ("js/asset-url", 2)


def test_a_template_names_assets_too(tmp_path: Path) -> None:
    files = {"assets/js/item.jst": '<img src="<%= ASSET_URL("img/a.svg") %>">', "assets/img/a.svg": "<svg/>"}
    result = built(tmp_path, files, PLAIN)
    assert result.manifest is not None
    assert result.manifest.assets["js/item.jst.js"].references == ("img/a.svg",)


@pytest.mark.parametrize(
    ("call", "target"),
    [
        ('RAILS_ASSET_URL("near.svg")', "js/x/near.svg"),
        ("RAILS_ASSET_URL('./near.svg')", "js/x/near.svg"),
        ('RAILS_ASSET_URL("../up.svg")', "js/up.svg"),
        ('RAILS_ASSET_URL("/img/top.svg")', "img/top.svg"),
        ('RAILS_ASSET_URL("deep/near.svg#a")', "js/x/deep/near.svg"),
        ('ASSET_URL("img/top.svg")', "img/top.svg"),
    ],
)
@pytest.mark.parametrize("ending", ["", ";export {}"])
def test_propshafts_name_has_propshafts_rule(tmp_path: Path, call: str, target: str, ending: str) -> None:
    names = ("js/x/near.svg", "js/up.svg", "img/top.svg", "js/x/deep/near.svg", "near.svg", "js/x/img/top.svg")
    files = {f"assets/{name}": f"<svg id='{name}'/>" for name in names}
    result = built(tmp_path, {**files, "assets/js/x/app.js": f"f({call}){ending}"}, PLAIN)
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    assert result.manifest.assets["js/x/app.js"].references == (target,)


def test_both_names_in_one_script_keep_its_url_once(tmp_path: Path) -> None:
    code = 'f(ASSET_URL("a.svg"), RAILS_ASSET_URL("b.svg"))'
    files = {"assets/js/app.js": code, "assets/a.svg": "<svg/>", "assets/js/b.svg": "<svg />"}
    result = built(tmp_path, files, PLAIN)
    assert result.manifest is not None
    assert result.manifest.assets["js/app.js"].references == ("a.svg", "js/b.svg")
    assert script(tmp_path, result, "js/app.js").count("this.ASSET_URL_") == 1
