"""Bundles by a real esbuild through the whole build: what is released, where references lead, how faults are shown."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from buildassets.compiler.bundle.esbuild import bundle_modules
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import origin_at, read_map
from buildassets.compiler.result import BuildResult
from buildassets.compiler.sources.discover import discover
from buildassets.foundation.diagnostics import Location, render_text
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath
from tests.building import build, check, load_config
from tests.conftest import Tree, read_tree, write_tree
from tests.corpus.packages import node_modules
from tests.disk.test_plain_files import at_once

__all__ = ["at_once"]

pytestmark = pytest.mark.corpus

PLAIN = "minify = false\ncompress = []\n"
MAIN = '"js/app.js" = { files = ["js/main.ts"], bundle = true }'
SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


def bundled(folder: Path, files: Tree, bundles: str = MAIN, settings: str = PLAIN) -> BuildResult:
    write_tree(folder, {"buildassets.toml": f"{settings}[bundles]\n{bundles}\n", **files})
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(node_modules())
    return build(load_config(start=str(folder)))


def texts(result: BuildResult) -> str:
    return "\n\n".join(map(render_text, result.diagnostics))


def assets(result: BuildResult) -> list[str]:
    assert result.manifest is not None, texts(result)
    return sorted(result.manifest.assets)


def path_of(folder: Path, result: BuildResult, path: str) -> Path:
    assert result.manifest is not None, texts(result)
    return folder / "build/assets" / result.manifest.assets[path].file


def released(folder: Path, result: BuildResult, path: str) -> str:
    return path_of(folder, result, path).read_text()


def references(result: BuildResult, path: str) -> tuple[str, ...]:
    assert result.manifest is not None, texts(result)
    return result.manifest.assets[path].references


def printed(node: str, script: Path) -> str:
    """What the module `script` prints."""
    done = subprocess.run([node, script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_module(folder: Path, result: BuildResult, path: str) -> Path:
    """The asset where node takes `.js` for modules."""
    (folder / "build/package.json").write_text('{"type": "module"}')
    return path_of(folder, result, path)


def url_path(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))


# What is released


def test_typescript_and_its_imports_become_one_script_and_no_assets(tmp_path: Path, node: str) -> None:
    files = {
        "assets/js/main.ts": 'import { add } from "./sum"; console.log(add(1, 2) as number);',
        "assets/js/sum.ts": "export function add(a: number, b: number): number { return a + b; }",
        "assets/js/types.ts": "export type Port = string;",
        "assets/js/other.js": "p(1);",
    }
    result = bundled(tmp_path, files)
    assert assets(result) == ["js/app.js", "js/other.js"]
    assert printed(node, as_module(tmp_path, result, "js/app.js")) == "3\n"


def test_entry_may_lie_outside_of_the_source_roots(tmp_path: Path) -> None:
    files = {"front/main.ts": "console.log(1 as number);", "assets/a.txt": ""}
    result = bundled(tmp_path, files, '"app.js" = { files = ["front/main.ts"], bundle = true }')
    assert assets(result) == ["a.txt", "app.js"]


def test_bundle_may_have_the_name_of_its_entry(tmp_path: Path) -> None:
    files = {"assets/js/main.js": 'import "./b";', "assets/js/b.js": "p('b');"}
    result = bundled(tmp_path, files, '"js/main.js" = { files = ["js/main.js"], bundle = true }')
    assert assets(result) == ["js/main.js"]
    assert "p('b')" in released(tmp_path, result, "js/main.js").replace('"', "'")


def test_part_is_released_where_something_else_refers_to_it(tmp_path: Path) -> None:
    files = {
        "assets/js/main.js": 'import "./b.js";',
        "assets/js/b.js": "p('b');",
        "assets/js/alone.js": 'import "./b.js";',
    }
    result = bundled(tmp_path, files, '"js/app.js" = { files = ["js/main.js"], bundle = true }')
    assert assets(result) == ["js/alone.js", "js/app.js", "js/b.js"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ('["js/*"]', ["js/app.js"]),
        ('["js/app.js", "js/b.js"]', ["js/app.js", "js/b.js"]),
        ('["a.txt"]', ["a.txt"]),
    ],
)
def test_entries_name_a_part_by_its_very_name_only(tmp_path: Path, entries: str, expected: list[str]) -> None:
    files = {"assets/js/main.ts": 'import "./b";', "assets/js/b.js": "p('b');", "assets/a.txt": ""}
    result = bundled(tmp_path, files, settings=f"{PLAIN}entries = {entries}\n")
    assert assets(result) == expected


def test_the_beginning_of_a_bundle_is_released_by_itself_if_entries_names_it(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/js/main.ts": "p(1 as number);"}, settings=f'{PLAIN}entries = ["js/main.ts"]\n')
    assert (assets(result), result.diagnostics) == (["js/main.js"], ())


def test_a_video_and_raw_files_are_released_with_bundles(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/main.ts": 'import "./b";',
        "assets/js/b.ts": "p(1 as number);",
        "assets/js/types.d.ts": "",
        "assets/seg0.ts": (b"G" + bytes(187)) * 2,
    }
    result = bundled(tmp_path, files, settings=f'{PLAIN}raw = ["js/b.ts"]\n')
    assert (assets(result), result.diagnostics) == (["js/app.js", "js/b.ts", "seg0.ts"], ())


def test_check_lists_no_part_as_unreached_and_writes_nothing(tmp_path: Path) -> None:
    files = {"assets/js/main.ts": 'import "./b";', "assets/js/b.ts": "p('b');"}
    bundled(tmp_path, files)
    shutil.rmtree(tmp_path / "build")
    before = read_tree(tmp_path)
    result = check(load_config(start=str(tmp_path)))
    assert (result.diagnostics, result.unreached) == ((), ())
    assert read_tree(tmp_path) == before


def test_only_the_function_that_is_used_is_in_the_bundle(tmp_path: Path, node: str) -> None:
    files = {"assets/js/main.ts": 'import { chunk } from "lodash-es"; console.log(chunk([1, 2, 3], 2).length);'}
    result = bundled(tmp_path, files, settings="compress = []\n")
    assert printed(node, as_module(tmp_path, result, "js/app.js")) == "2\n"
    assert path_of(tmp_path, result, "js/app.js").stat().st_size < 6000


@pytest.mark.parametrize(("mode", "expected"), [("production", "production\n"), ("development", "development\n")])
def test_mode_is_known_in_the_sources(tmp_path: Path, node: str, mode: str, expected: str) -> None:
    bundled(tmp_path, {"assets/js/main.ts": "console.log(process.env.NODE_ENV);"})
    result = build(load_config(start=str(tmp_path)), mode="development" if mode == "development" else "production")
    assert printed(node, as_module(tmp_path, result, "js/app.js")) == expected


@pytest.mark.parametrize(
    ("options", "made"),
    [("{}", "react/jsx-runtime"), ('{ "jsxImportSource": "preact" }', "preact/jsx"), ('{ "jsx": "react" }', "React.c")],
)
def test_jsx_is_compiled_by_its_settings(tmp_path: Path, options: str, made: str) -> None:
    files = {"assets/js/main.jsx": "p(<b/>);", "tsconfig.json": f'{{ "compilerOptions": {options} }}'}
    settings = f'{PLAIN}external = ["react", "preact"]\n'
    result = bundled(tmp_path, files, '"js/app.js" = { files = ["js/main.jsx"], bundle = true }', settings)
    assert made in released(tmp_path, result, "js/app.js")


def test_defined_names_have_the_values_of_the_configuration(tmp_path: Path, node: str) -> None:
    define = 'define = { VERSION = "1.2", "app.debug" = true, LIMIT = 3 }'
    bundle = f'"js/app.js" = {{ files = ["js/main.ts"], bundle = true, {define} }}'
    files = {"assets/js/main.ts": "declare const VERSION: string; console.log(VERSION, app.debug, LIMIT);"}
    result = bundled(tmp_path, files, bundle)
    assert printed(node, as_module(tmp_path, result, "js/app.js")) == "1.2 true 3\n"


@pytest.mark.parametrize(("browsers", "is_translated"), [("[]", False), ('["safari 13"]', True)])
def test_bundle_is_translated_for_the_browsers_that_are_named(
    tmp_path: Path, browsers: str, is_translated: bool
) -> None:
    files = {
        "assets/js/main.ts": 'import "./a.css"; import x from "./x.svg"; p(import.meta.url, a?.b, x);',
        "assets/js/a.css": "b { inset: 0 }",
        "assets/js/x.svg": SVG,
    }
    result = bundled(tmp_path, files, settings=f"{PLAIN}browsers = {browsers}\n")
    assert ("a?.b" not in released(tmp_path, result, "js/app.js")) is is_translated
    assert ("inset" not in released(tmp_path, result, "js/app.css")) is is_translated
    assert released(tmp_path, result, "js/app.js").count("import.meta.url") == 2
    assert result.diagnostics == ()


@pytest.mark.parametrize(
    ("settings", "is_minified"),
    [
        ("", True),
        ("minify = false\n", False),
        ('engines = { js = "none" }\n', False),
    ],
)
def test_bundle_is_minified_where_scripts_are(tmp_path: Path, settings: str, is_minified: bool) -> None:
    files = {"assets/js/main.ts": "function longName(a: number) { return a }\nconsole.log(longName(1), longName(2));"}
    result = bundled(tmp_path, files, settings=f"compress = []\n{settings}")
    assert ("longName" not in released(tmp_path, result, "js/app.js")) is is_minified


def test_style_sheet_is_bundled_from_a_style_sheet(tmp_path: Path) -> None:
    files = {
        "assets/css/main.css": '@import "./base.css"; @import "normalize.css"; b { background: url(../img/a.svg) }',
        "assets/css/base.css": 'i { background: url("../img/a.svg#x") }',
        "assets/img/a.svg": SVG,
    }
    result = bundled(tmp_path, files, '"app.css" = { files = ["css/main.css"], bundle = true }')
    assert assets(result) == ["app.css", "img/a.svg"]
    text = released(tmp_path, result, "app.css")
    assert "line-height: 1.15" in text
    assert result.manifest is not None
    assert text.count(f'url("{result.manifest.assets["img/a.svg"].file}') == 2


# How it points


def test_imported_image_is_the_url_of_the_asset(tmp_path: Path, node: str) -> None:
    files = {
        "assets/js/main.ts": 'import logo from "../img/logo.svg"; console.log(logo.slice(-32)); export { logo };',
        "assets/img/logo.svg": SVG,
    }
    result = bundled(tmp_path, files, settings="compress = []\n")
    assert references(result, "js/app.js") == ("img/logo.svg",)
    script = as_module(tmp_path, result, "js/app.js")
    logo = path_of(tmp_path, result, "img/logo.svg")
    assert printed(node, script) == f"{logo.as_uri()[-32:]}\n"


@pytest.mark.parametrize(
    "code",
    [
        "function f() { return logo } console.log(f())",
        "switch (process.argv[0] && logo) { case logo: console.log(logo) }",
        "console.log(`${logo}`); console.log({ [logo]: 1 } ? typeof logo : 0)",
        "for (const x of [logo]) console.log(logo in { [logo]: 1 }, x)",
        "console.log(logo + '#a', 'b' + logo)",
        "export { logo as default }; console.log(logo)",
        "console.log(new Map([[logo, logo]]).get(logo))",
    ],
)
@pytest.mark.parametrize("settings", ["compress = []\n", PLAIN], ids=["minified", "plain"])
def test_imported_image_is_a_string_anywhere(tmp_path: Path, node: str, code: str, settings: str) -> None:
    files = {"assets/js/main.js": f'import logo from "../a b.svg"; {code}', "assets/a b.svg": SVG}
    result = bundled(tmp_path, files, '"js/app.js" = { files = ["js/main.js"], bundle = true }', settings)
    reported = printed(node, as_module(tmp_path, result, "js/app.js"))
    assert reported.count(path_of(tmp_path, result, "a b.svg").as_uri()) >= 1


def test_url_next_to_a_source_is_rebased_to_the_bundle(tmp_path: Path) -> None:
    files = {
        "assets/app/main.ts": 'import { icon } from "./deep/icon"; p(icon, new URL("a.png?v=1", import.meta.url));',
        "assets/app/deep/icon.ts": 'export const icon = new URL("../../img/a.png", import.meta.url).href;',
        "assets/app/a.png": "a",
        "assets/img/a.png": "b",
    }
    result = bundled(tmp_path, files, '"x/y/app.js" = { files = ["app/main.ts"], bundle = true }', "compress = []\n")
    assert references(result, "x/y/app.js") == ("app/a.png", "img/a.png")
    assert '"../../app/a.' in (text := released(tmp_path, result, "x/y/app.js"))
    assert ".png?v=1" in text


def test_url_next_to_a_source_may_name_what_a_source_is_compiled_to(tmp_path: Path) -> None:
    files = {
        "assets/js/main.ts": 'p(new URL("../css/app.css", import.meta.url));',
        "assets/css/app.scss": "$c: red; b { color: $c }",
    }
    assert references(bundled(tmp_path, files), "js/app.js") == ("css/app.css",)


def test_names_of_files_may_hold_nearly_anything(tmp_path: Path, node: str) -> None:
    files = {
        "assets/a=b [c] é%20.ts": """
            import x from "./d`e.svg"; import y from './ü#x?.svg'; import("./[slug].ts").then((it) => it.say());
            for (const url of [x, y, new URL("./it's%23.svg", import.meta.url).href]) console.log(url);
        """,
        "assets/[slug].ts": "export const say = () => console.log('slug');",
        **dict.fromkeys(("assets/d`e.svg", "assets/ü#x?.svg", "assets/it's#.svg"), SVG),
    }
    bundle = '"a.js" = { files = ["a=b [c] é%20.ts"], bundle = true, splitting = true }'
    result = bundled(tmp_path, files, bundle, "compress = []\n")
    *urls, last = printed(node, as_module(tmp_path, result, "a.js")).splitlines()
    names = ("d`e.svg", "ü#x?.svg", "it's#.svg")
    assert [url_path(url) for url in urls] == [path_of(tmp_path, result, name) for name in names]
    assert last == "slug"
    assert "chunks/[slug].js" in assets(result)


def test_name_that_esbuild_cannot_write_is_reported(tmp_path: Path) -> None:
    files = {"assets/js/main.ts": """import x from './a"b.svg'; p(x);""", 'assets/js/a"b.svg': SVG}
    (found,) = bundled(tmp_path, files).diagnostics
    assert (found.code, found.notes) == (
        "bundle/crash",
        ("it cannot write the name of an imported file that holds a quotation mark",),
    )


def test_missing_file_next_to_a_source_is_reported_like_any_other(tmp_path: Path) -> None:
    files = {"assets/lib/a b.ts": 'p(new URL("./gone.png", import.meta.url));', "assets/lib/gnoe.png": ""}
    result = bundled(tmp_path, files, '"js/app.js" = { files = ["lib/a b.ts"], bundle = true }')
    assert "error[reference/missing]: cannot find `lib/gone.png`" in texts(result)


@pytest.mark.parametrize("settings", ["compress = []\n", PLAIN], ids=["minified", "plain"])
@pytest.mark.parametrize("form", ["esm", "iife"])
def test_missing_file_has_the_place_where_it_is_named(tmp_path: Path, settings: str, form: str) -> None:
    files = {
        "assets/js/main.ts": 'import "./deep/b"; import logo from "./logo.svg"; p("\U0001d4b3", logo);',
        "assets/js/deep/b.ts": '/* \U0001d4b3 */ p("\U0001d4b3", new URL("./gone.png", import.meta.url));',
        "assets/js/logo.svg": SVG,
    }
    bundle = f'"x/app.js" = {{ files = ["js/main.ts"], bundle = true, format = "{form}" }}'
    (fault,) = bundled(tmp_path, files, bundle, settings).diagnostics
    assert fault.message == "cannot find `js/deep/gone.png`"
    assert fault.location == Location("assets/js/deep/b.ts", 1, 27, 8, files["assets/js/deep/b.ts"], 27)


def test_file_of_a_package_becomes_an_asset_next_to_the_bundle(tmp_path: Path) -> None:
    code = 'import logo from "leaflet/dist/images/layers.png"; p(logo); import "leaflet/dist/leaflet.css";'
    result = bundled(tmp_path, {"assets/js/main.ts": code})
    chunks = [f"js/chunks/{name}.png" for name in ("layers", "layers-2x", "marker-icon")]
    assert assets(result) == ["js/app.css", "js/app.js", *sorted(chunks)]
    assert references(result, "js/app.js") == ("js/chunks/layers.png",)
    assert set(references(result, "js/app.css")) == set(chunks)


def test_style_sheet_of_a_script_is_released_next_to_it(tmp_path: Path) -> None:
    files = {
        "assets/js/main.ts": 'import "../css/app.css"; import styles from "../css/x.module.css"; p(styles.big);',
        "assets/css/app.css": '@import "./fonts/font.css"; b { background: image-set("../img/a.png" 1x) }',
        "assets/css/x.module.css": ".big { color: red }",
        "assets/css/fonts/font.css": "@font-face { font-family: f; src: url(f.woff2?v=1) }",
        "assets/css/fonts/f.woff2": "",
        "assets/img/a.png": "",
    }
    result = bundled(tmp_path, files)
    assert assets(result) == ["css/fonts/f.woff2", "img/a.png", "js/app.css", "js/app.js"]
    assert references(result, "js/app.css") == ("css/fonts/f.woff2", "img/a.png")
    assert ".woff2?v=1" in released(tmp_path, result, "js/app.css")


def test_urls_that_begin_with_a_slash_are_what_they_are_elsewhere(tmp_path: Path) -> None:
    files = {
        "assets/js/main.ts": 'import "../css/app.css";',
        "assets/css/app.css": "b { a: url(/assets/img/a.png); c: url(/other/b.png); d: url(https://h.test/x) }",
        "assets/img/a.png": "",
    }
    result = bundled(tmp_path, files)
    assert references(result, "js/app.css") == ("img/a.png",)
    assert "url(/other/b.png)" in released(tmp_path, result, "js/app.css").replace('"', "")


def test_import_that_the_import_map_names_is_left_to_the_page(tmp_path: Path) -> None:
    files = {"assets/js/main.ts": 'import { html } from "lit"; import x from "./x"; p(html, x);', "assets/js/x.ts": ""}
    files["assets/js/x.ts"] = 'import "lit/y.js"; export default 1'
    settings = f'{PLAIN}[importmap]\nlit = "https://cdn.test/lit.js"\n"lit/" = "https://cdn.test/lit/"\n'
    text = released(tmp_path, bundled(tmp_path, files, settings=settings), "js/app.js")
    assert 'from "lit"' in text
    assert 'import "lit/y.js"' in text


def test_external_imports_are_left_alone(tmp_path: Path) -> None:
    files = {"assets/js/main.ts": 'import a from "react"; import b from "~not/there.js"; p(a, b);'}
    text = released(
        tmp_path, bundled(tmp_path, files, settings=f'{PLAIN}external = ["react", "~not/**"]\n'), "js/app.js"
    )
    assert 'from "react"' in text
    assert 'from "~not/there.js"' in text


def test_load_paths_are_searched_for_packages(tmp_path: Path, node: str) -> None:
    files = {
        "lib/greeting/index.js": 'export default "hello";',
        "assets/js/main.ts": 'import hello from "greeting"; console.log(hello);',
    }
    result = bundled(tmp_path, files, settings=f'{PLAIN}load_paths = ["lib"]\n')
    assert printed(node, as_module(tmp_path, result, "js/app.js")) == "hello\n"
    assert result.manifest is not None
    assert "greeting/index.js" in result.manifest.assets["js/app.js"].inputs


def test_script_without_modules_finds_its_files_by_its_own_url(tmp_path: Path) -> None:
    files = {
        "assets/js/main.ts": 'import a from "../a.svg"; p(a, new URL("../b.svg", import.meta.url).href);',
        "assets/a.svg": SVG,
        "assets/b.svg": SVG + " ",
    }
    bundle = '"js/app.js" = { files = ["js/main.ts"], bundle = true, format = "iife" }'
    result = bundled(tmp_path, files, bundle, "compress = []\n")
    assert references(result, "js/app.js") == ("a.svg", "b.svg")
    assert "import.meta" not in released(tmp_path, result, "js/app.js")


@pytest.mark.parametrize(
    ("call", "marks"),
    [
        ('new Worker(new URL("./work.ts", import.meta.url), { type: "module" })', "export"),
        ('new SharedWorker(new URL("./work.ts", import.meta.url), { name: "n", type: "module" })', "export"),
        ('new Worker(new URL("./work.ts", import.meta.url))', "(() =>"),
        ('navigator.serviceWorker.register(new URL("./work.ts", import.meta.url))', "export"),
        ('new Worker(import.meta.resolve("./work.ts"), { type: "module" })', "export"),
    ],
)
def test_script_that_is_loaded_by_its_url_is_bundled_too(tmp_path: Path, call: str, marks: str) -> None:
    files = {
        "assets/js/main.ts": f"p({call});",
        "assets/js/work.ts": 'import { two } from "./two"; postMessage(two as number); export const done = 1;',
        "assets/js/two.ts": "export const two = 2;",
    }
    result = bundled(tmp_path, files)
    assert assets(result) == ["js/app.js", "js/chunks/work.js"]
    assert references(result, "js/app.js") == ("js/chunks/work.js",)
    assert marks in released(tmp_path, result, "js/chunks/work.js")


def test_worker_may_start_itself_and_others(tmp_path: Path) -> None:
    files = {
        "assets/js/main.ts": 'new Worker(new URL("./a.ts", import.meta.url), { type: "module" });',
        "assets/js/a.ts": 'new Worker(new URL("./a.ts", import.meta.url), { type: "module" });'
        'new Worker(new URL("./b.ts", import.meta.url), { type: "module" });',
        "assets/js/b.ts": 'new Worker(new URL("./a.ts", import.meta.url), { type: "module" });',
    }
    result = bundled(tmp_path, files)
    assert assets(result) == ["js/app.js", "js/chunks/a.js", "js/chunks/b.js"]
    assert references(result, "js/chunks/a.js") == ("js/chunks/a.js", "js/chunks/b.js")


# Chunks

SPLIT = """
"js/app.js" = { files = ["js/main.tsx"], bundle = true, splitting = true }
"js/admin.js" = { files = ["js/admin.tsx"], bundle = true, splitting = true }
"""
TWO_PAGES = {
    "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsx" } }',
    "assets/js/main.tsx": """
        import { Children } from "react";
        console.log(Children.count(<b>main</b>), (<b>main</b>).props.children);
        import("./late").then(({ late }) => console.log(late));
    """,
    "assets/js/admin.tsx": """
        import { Children } from "react";
        console.log(Children.count(<i>admin</i>), (<i>admin</i>).props.children);
    """,
    "assets/js/late.ts": 'export const late: string = "late";',
}


def test_entries_share_chunks(tmp_path: Path, node: str) -> None:
    result = bundled(tmp_path, TWO_PAGES, SPLIT, "compress = []\n")
    chunks = ["js/chunks/admin-app-late.js", "js/chunks/admin-app.js", "js/chunks/late.js"]
    assert assets(result) == ["js/admin.js", "js/app.js", *chunks]
    assert printed(node, as_module(tmp_path, result, "js/app.js")) == "1 main\nlate\n"
    assert printed(node, as_module(tmp_path, result, "js/admin.js")) == "1 admin\n"
    sizes = {path: path_of(tmp_path, result, path).stat().st_size for path in assets(result)}
    assert sizes["js/chunks/admin-app.js"] > 10 * sizes["js/app.js"]


def test_edit_of_one_entry_renames_it_alone(tmp_path: Path) -> None:
    first = bundled(tmp_path, TWO_PAGES, SPLIT, "compress = []\n")
    edit = TWO_PAGES["assets/js/admin.tsx"].replace("admin<", "other<")
    second = bundled(tmp_path, {"assets/js/admin.tsx": edit}, SPLIT, "compress = []\n")
    assert first.manifest is not None
    assert second.manifest is not None
    old, new = first.manifest.assets, second.manifest.assets
    assert [path for path in new if new[path].file != old[path].file] == ["js/admin.js"]


def test_two_bundles_may_begin_with_one_file(tmp_path: Path) -> None:
    names = ("a", "b")
    bundles = (f'"{name}.js" = {{ files = ["main.ts"], bundle = true, splitting = true }}' for name in names)
    result = bundled(tmp_path, {"assets/main.ts": "p(1);"}, "\n".join(bundles))
    assert {"a.js", "b.js"} <= set(assets(result))


def test_chunk_is_named_after_the_entries_that_share_it(tmp_path: Path) -> None:
    pages = [f"p{number}" for number in range(5)]
    files = {f"assets/{page}.js": 'import { x } from "./shared.js"; p(x, x);' for page in pages}
    files["assets/shared.js"] = "export const x = Math.random();"
    bundles = (f'"js/{page}.js" = {{ files = ["{page}.js"], bundle = true, splitting = true }}' for page in pages)
    result = bundled(tmp_path, files, "\n".join(bundles))
    assert "js/chunks/p0-p1-p2-and-2-more.js" in assets(result)


def test_chunk_takes_the_name_of_no_source(tmp_path: Path) -> None:
    result = bundled(tmp_path, {**TWO_PAGES, "assets/js/chunks/late.js": "p(1);"}, SPLIT)
    assert "js/chunks/late-2.js" in assets(result)


# Inputs, bytes


def test_inputs_are_all_files_that_were_read(tmp_path: Path) -> None:
    files = {
        "package.json": "{}",
        "tsconfig.json": "{}",
        "assets/js/main.ts": 'import "../css/a.css"; import data from "./data.json"; import "preact"; p(data);',
        "assets/js/data.json": "1",
        "assets/css/a.css": "b { color: red }",
    }
    result = bundled(tmp_path, files)
    assert result.manifest is not None
    inputs = result.manifest.assets["js/app.js"].inputs
    assert [path for path in inputs if "node_modules" not in path] == [
        "css/a.css",
        "js/data.json",
        "js/main.ts",
        "package.json",
        "tsconfig.json",
    ]
    assert "node_modules/preact/package.json" in inputs
    assert result.manifest.engines["bundle"].startswith("esbuild 0.")


@pytest.mark.parametrize("settings", ["compress = []\n", PLAIN], ids=["minified", "plain"])
def test_two_folders_give_the_same_bytes(tmp_path: Path, settings: str) -> None:
    releases = []
    for folder in (tmp_path / "a", tmp_path / "deeper/and/named other"):
        shutil.copytree(node_modules() / "preact", folder / "node_modules/preact")
        files = {name: text.replace('"react"', '"./count"') for name, text in TWO_PAGES.items()}
        files["assets/js/count.ts"] = 'import { toChildArray } from "preact"; export const Children = { toChildArray };'
        files["tsconfig.json"] = '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "preact" } }'
        (folder / "node_modules/esbuild").symlink_to(node_modules() / "esbuild")
        (folder / "node_modules/@esbuild").symlink_to(node_modules() / "@esbuild")
        assert bundled(folder, files, SPLIT, settings).succeeded
        releases.append(read_tree(folder / "build"))
    assert releases[0] == releases[1]


@pytest.mark.parametrize("settings", ["compress = []\n", PLAIN], ids=["minified", "plain"])
def test_packages_behind_a_link_leave_no_trace_of_their_folder(tmp_path: Path, settings: str) -> None:
    code = 'import { h } from "preact"; import { version } from "react"; import "normalize.css"; p(h, version);'
    result = bundled(tmp_path, {"assets/js/main.ts": code}, settings=settings)
    assert all(str(node_modules().parent).encode() not in text for text in read_tree(tmp_path / "build").values())
    assert result.manifest is not None
    assert not [path for path in result.manifest.assets["js/app.js"].inputs if ".." in path]


def test_second_build_writes_nothing(tmp_path: Path) -> None:
    bundled(tmp_path, TWO_PAGES, SPLIT)
    assert bundled(tmp_path, {}, SPLIT).written == ()


# Faults


@pytest.mark.parametrize(
    ("code", "message", "place", "hint"),
    [
        ('import "./shuot";', "error[bundle/missing]: cannot find `./shuot`", "1:8", "did you mean `./shout`?"),
        ('import "raect/x";', "error[bundle/missing]: cannot find `raect/x`", "1:8", "did you mean `react/x`?"),
        ('import "@ab/zz";', "error[bundle/missing]: cannot find `@ab/zz`", "1:8", "install it: `npm install @ab/zz`"),
        ('let ü = "ü", 1;', "error[bundle/esbuild]: expected identifier but found `1`", "1:14", None),
        ('import "./a.scss";', "error[bundle/esbuild]: no loader is configured for `.scss` files", "1:8", "make the"),
        ('/* ü */ p(typeof a === "strnig");', "warning[bundle/esbuild]: the `typeof` operator", "1:24", None),
    ],
)
def test_fault_that_esbuild_reports_has_its_place(
    tmp_path: Path, code: str, message: str, place: str, hint: str | None
) -> None:
    files = {"assets/js/main.ts": code, "assets/js/shout.ts": "", "assets/js/a.scss": "b { color: red }"}
    reported = texts(bundled(tmp_path, files))
    assert message in reported
    assert f"--> assets/js/main.ts:{place}" in reported
    assert (f"hint: {hint}" in reported) if hint else ("hint" not in reported)


@pytest.mark.parametrize("form", ["esm", "iife"])
def test_asset_url_in_a_bundle_is_reported_where_it_is_written(tmp_path: Path, form: str) -> None:
    bundle = f'"js/app.js" = {{ files = ["js/main.ts"], bundle = true, format = "{form}" }}'
    files = {"assets/js/main.ts": 'import "./b";', "assets/js/b.ts": '// é\nlet a: string = ASSET_URL("a.png"); p(a);'}
    reported = texts(bundled(tmp_path, files, bundle))
    assert "error[js/asset-url]: `ASSET_URL` means nothing in a bundle of modules" in reported
    assert "--> assets/js/b.ts:2:17" in reported


def test_jsx_in_a_script_of_a_bundle_has_our_hint(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/js/main.ts": 'import "./a.js";', "assets/js/a.js": "p(<b>c</b>);"})
    (found,) = (one for one in result.diagnostics if one.code == "bundle/esbuild")
    assert found.hint == "give the file the suffix `.jsx`, by which esbuild compiles it"
    assert found.notes == ()


def test_every_error_is_reported(tmp_path: Path) -> None:
    files = {"assets/js/main.ts": "".join(f'import "./gone{number}";' for number in range(20))}
    assert len(bundled(tmp_path, files).diagnostics) == 20


def test_fault_of_one_bundle_hides_none_of_another(tmp_path: Path) -> None:
    bundles = f'{MAIN}\n"js/b.js" = {{ files = ["js/b.ts"], bundle = true }}'
    files = {"assets/js/main.ts": "let 1;", "assets/js/b.ts": 'p(new URL("./gone.png", import.meta.url));'}
    assert {found.code for found in bundled(tmp_path, files, bundles).diagnostics} == {
        "bundle/esbuild",
        "reference/missing",
    }


@pytest.mark.parametrize(
    ("bundle", "code"),
    [
        ('"js/app.js" = { files = ["js/gone.ts"], bundle = true }', "bundle/empty"),
        ('"js/app.js" = { files = ["js/main.ts", "js/b.ts"], bundle = true }', "bundle/entry"),
        ('"js/app.css" = { files = ["js/main.ts"], bundle = true }', "bundle/kind"),
        ('"js/app.js" = { files = ["js/a.scss"], bundle = true }', "bundle/kind"),
        ('"js/other.js" = { files = ["js/main.ts"], bundle = true }', "bundle/duplicate"),
        ('"js/b.js" = { files = ["js/main.ts"], bundle = true }', "bundle/duplicate"),
    ],
)
def test_bundle_that_cannot_be_made_is_reported(tmp_path: Path, bundle: str, code: str) -> None:
    files = {
        "assets/js/main.ts": 'import "./b.css";',
        "assets/js/b.css": "",
        "assets/js/b.ts": "",
        "assets/js/other.js": "",
        "assets/js/a.scss": "b { color: red }",
    }
    result = bundled(tmp_path, files, bundle)
    assert [found.code for found in result.diagnostics] == [code], texts(result)


def test_missing_esbuild_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "node_modules").mkdir()
    bundles = f'{MAIN}\n"js/b.js" = {{ files = ["js/main.ts"], bundle = true }}'
    (found,) = bundled(tmp_path, {"assets/js/main.ts": "p(1);"}, bundles).diagnostics
    assert found.code == "js/unavailable"
    assert found.location is not None
    assert found.location.file == "buildassets.toml"


@pytest.mark.parametrize("ending", ["kill -SEGV $$", "echo 'panic: oh' >&2; exit 2", "exit 0"])
def test_esbuild_that_dies_is_reported(tmp_path: Path, ending: str) -> None:
    program = tmp_path / "node_modules/.bin/esbuild"
    write_tree(
        tmp_path, {"node_modules/.bin/esbuild": f'#!/bin/sh\n[ "$1" = --version ] && echo 0.28.2 || {{ {ending}; }}'}
    )
    program.chmod(0o755)
    result = bundled(tmp_path, {"assets/js/main.ts": "p(1);"})
    assert [found.code for found in result.diagnostics] == ["bundle/crash"], texts(result)


def test_manifest_is_json_with_the_bundle_in_it(tmp_path: Path) -> None:
    bundled(tmp_path, {"assets/js/main.ts": "p(1);"})
    document = json.loads((tmp_path / "build/manifest.json").read_text())
    assert document["assets"]["js/app.js"]["type"] == "text/javascript"


# Source maps

_CONSUMER = """
const { SourceMapConsumer } = require(process.argv[1] + "/source-map");
const [map, places] = JSON.parse(require("fs").readFileSync(0, "utf8"));
SourceMapConsumer.with(map, null, (consumer) => console.log(JSON.stringify(
  places.map(([line, column]) => Object.values(consumer.originalPositionFor({ line, column }))))));
"""


@pytest.mark.parametrize("minify", [True, False])
@pytest.mark.parametrize("form", ["esm", "iife"])
def test_source_map_follows_the_edits(tmp_path: Path, node: str, form: str, minify: bool) -> None:
    files = {
        "assets/main.ts": 'import a from "./a.svg"; import "./b";\np(a, "mark 1");\n  p(import.meta.url, "mark 2");\n',
        "assets/b.ts": 'p(new URL("./a.svg", import.meta.url) as URL, "\U0001d4b3", "mark 3");',
        "assets/a.svg": SVG,
    }
    bundle = f'"x/app.js" = {{ files = ["main.ts"], bundle = true, format = "{form}" }}'
    bundled(tmp_path, files, bundle, f"minify = {str(minify).lower()}\ncompress = []\n")
    config = replace(load_config(start=str(tmp_path)), source_maps=True)
    draft = bundle_modules(config, discover(config).sources, production=True).drafts[LogicalPath("x/app.js")]
    assert draft.compiled is not None
    assert draft.compiled.text == draft.body
    marks = {mark: (name, line) for mark, name, line in (("1", "main", 2), ("2", "main", 3), ("3", "b", 1))}
    places = [_position(draft.compiled.text, f'"mark {mark}"') for mark in marks]
    given = json.dumps([draft.compiled.source_map, places])
    done = subprocess.run([node, "-e", _CONSUMER, str(node_modules())], input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for (mark, (name, line)), (source, *place, _) in zip(marks.items(), json.loads(done.stdout), strict=True):
        source_text = files[f"assets/{name}.ts"]
        assert source == str(tmp_path / f"assets/{name}.ts")
        assert place == _position(source_text, f'"mark {mark}"')
        assert place[0] == line


def _position(text: str, words: str) -> list[int]:
    """The line, from 1, and column, from 0 in UTF-16 code units, of `words`."""
    before = text[: text.index(words)]
    return [before.count("\n") + 1, len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2]


@pytest.mark.parametrize("form", ["esm", "iife"])
def test_map_of_a_bundle_leads_to_the_sources(tmp_path: Path, form: str) -> None:
    files = {
        "assets/js/main.ts": "import { shout } from './shout'\nconst who: string = '😀'\nshout(who, 'last words')\n",
        "assets/js/shout.ts": "export const shout = (_: any) =>\n  console.log(new URL('./i.svg', import.meta.url))\n",
        "assets/js/i.svg": SVG,
    }
    bundle = f'"x/app.js" = {{ files = ["js/main.ts"], bundle = true, format = "{form}" }}'
    result = bundled(tmp_path, files, bundle, f"source_maps = true\n{PLAIN}")
    text = released(tmp_path, result, "x/app.js")
    document = json.loads(released(tmp_path, result, "x/app.js.map"))
    assert document["sources"] == ["../js/shout.ts", "../js/main.ts"]
    assert document["sourcesContent"] == [files["assets/js/shout.ts"], files["assets/js/main.ts"]]
    source_map = read_map(json.dumps(document), Lines(text, Syntax.JAVASCRIPT))
    assert source_map is not None
    assert origin_at(source_map, text.index("console")) == ("../js/shout.ts", 1, 2)
    assert origin_at(source_map, text.index('"last words"')) == ("../js/main.ts", 2, 11)


# What is no file


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("assets/js/b.js", "assets/js/a.js:1:9"),
        ("assets/js/c.ts", "assets/js/a.js:2:16"),
        ("assets/js/d.png", "assets/js/a.css:1:18"),
        ("assets/js/tsconfig.json", "assets/js/tsconfig.json"),
    ],
)
def test_named_pipe_is_an_error_and_is_not_opened(tmp_path: Path, name: str, place: str) -> None:
    files = {
        "assets/js/main.ts": "import './a.js'; import './a.css'",
        "assets/js/a.js": "import './b.js'\nexport * from './c.js'",
        "assets/js/a.css": "a{background:url(d.png)}",
        "assets/js/b.js": "",
        "assets/js/c.ts": "",
        "assets/js/d.png": "",
    }
    files.pop(name, None)
    (tmp_path / "assets/js").mkdir(parents=True)
    os.mkfifo(tmp_path / name)
    result = bundled(tmp_path, files)
    assert f"error[source/unreadable]: cannot read `{name}`: it is a named pipe and no file\n  --> {place}" in texts(
        result
    )


# What is behind a link


@pytest.mark.parametrize(
    ("link", "target", "imported", "what"),
    [
        ("a.ts", "../../private/a.ts", "./a", "`assets/js/a.ts` is"),
        ("a.ts", "../../private/a.ts", "./a.ts", "`assets/js/a.ts` is"),
        ("there", "../../private", "./there/a", "`assets/js/there/a.ts` is reached by `assets/js/there`,"),
    ],
)
def test_file_behind_a_link_out_of_the_root_is_an_error(
    tmp_path: Path, link: str, target: str, imported: str, what: str
) -> None:
    files = {"assets/js/main.ts": f"import '{imported}'", "private/a.ts": "console.log('secret')"}
    (tmp_path / "assets/js").mkdir(parents=True)
    (tmp_path / "assets/js" / link).symlink_to(target)
    shown = texts(bundled(tmp_path, files))
    where = "a link that leaves its source root\n  --> assets/js/main.ts:1:9"
    assert f"error[source/link-outside]: {what} {where}" in shown
    assert "source/link-outside" not in texts(bundled(tmp_path, files, settings=f'{PLAIN}exclude = ["{link}"]\n'))


def test_file_behind_a_link_inside_the_root_is_bundled(tmp_path: Path) -> None:
    (tmp_path / "assets/js").mkdir(parents=True)
    (tmp_path / "assets/js/a.ts").symlink_to("../b.ts")
    result = bundled(tmp_path, {"assets/js/main.ts": "import './a'", "assets/b.ts": "console.log('here')"})
    assert "here" in released(tmp_path, result, "js/app.js")
