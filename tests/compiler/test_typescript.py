"""TypeScript and JSX through the whole build, one file each, by a real esbuild."""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import origin_at, read_map
from buildassets.compiler.result import BuildResult
from buildassets.foundation.media import Syntax
from buildassets.runtime import Assets
from tests.building import build, check, codes, load_config, only, only_error, printed, released
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.corpus, pytest.mark.usefixtures("shared_engines")]

PLAIN = "minify = false\ncompress = []\n"


def build_of_module(folder: Path, files: Tree, settings: str = "", mode: Mode = "production") -> BuildResult:
    """The build of `files`, of which `js/app.*` is named in a template."""
    name = next((path for path in files if path.startswith("assets/js/app.")), "assets/js/app.js")
    page = f'{{{{ script("{name.removeprefix("assets/")}", type="module") }}}}'
    write_tree(folder, {"buildassets.toml": PLAIN + settings, "templates/page.html": page, **files})
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(node_modules())
    return build(load_config(start=str(folder)), mode=mode)


def assets(result: BuildResult) -> list[str]:
    assert result.manifest is not None, printed(result)
    return sorted(result.manifest.assets)


def app(folder: Path, result: BuildResult) -> str:
    return released(folder, result, "js/app.js")


def by_hand(text: str, *flags: str) -> str:
    """What esbuild's command makes of `text`."""
    (command,) = (node_modules() / "@esbuild").glob("*/bin/esbuild")
    done = subprocess.run([command, "--charset=utf8", *flags], input=text, capture_output=True, text=True, check=True)
    return done.stdout


# What is released


@pytest.mark.parametrize(
    ("source", "logical"),
    [
        ("app.ts", "app.js"),
        ("app.tsx", "app.js"),
        ("app.jsx", "app.js"),
        ("app.mts", "app.mjs"),
        ("app.cts", "app.cjs"),
        ("app.min.ts", "app.min.js"),
    ],
)
@pytest.mark.parametrize("named", ["source", "logical"])
def test_module_named_by_a_template_is_released_as_a_script(
    tmp_path: Path, source: str, logical: str, named: str
) -> None:
    name = source if named == "source" else logical
    files: Tree = {f"assets/js/{source}": "p(1);", "templates/page.html": f'{{{{ script("js/{name}") }}}}'}
    result = build_of_module(tmp_path, files)
    assert (assets(result), codes(result)) == ([f"js/{logical}"], [])
    url = Assets(tmp_path / "build/manifest.json").url(f"js/{name}")
    assert url.startswith("/assets/js/app.")
    assert codes(check(load_config(start=str(tmp_path)))) == []


@pytest.mark.parametrize("entry", ["js/app.ts", "js/app.js", "./js/app.ts", "js/*.ts", "js/a*.js"])
def test_module_that_entries_names_by_either_name_is_released(tmp_path: Path, entry: str) -> None:
    files: Tree = {"assets/js/app.ts": "p(1 as number);", "assets/other.js": "", "templates/page.html": ""}
    result = build_of_module(tmp_path, files, f'entries = ["{entry}"]\n')
    assert (assets(result), codes(result)) == (["js/app.js"], [])


def test_module_that_a_page_of_the_release_names_is_released(tmp_path: Path) -> None:
    page = '<script type="module" src="js/a.ts"></script><script src="js/b.js" type="module"></script>'
    files: Tree = {"assets/index.html": page, "assets/js/a.ts": "p(1 as number);", "assets/js/b.tsx": "p(2 as number);"}
    result = build_of_module(tmp_path, {**files, "templates/page.html": ""})
    assert (assets(result), codes(result)) == (["index.html", "js/a.js", "js/b.js"], [])
    assert 'src="js/a.' in released(tmp_path, result, "index.html")
    assert ".ts" not in released(tmp_path, result, "index.html")


def test_unnamed_module_is_not_released(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": "p(1);",
        "assets/js/app.test.ts": "",
        "assets/js/types.d.ts": "",
        "assets/js/x.tsx": "",
    }
    result = build_of_module(tmp_path, files)
    assert (assets(result), codes(result)) == (["js/app.js"], [])


def test_a_project_of_which_nothing_is_named_is_warned(tmp_path: Path) -> None:
    result = build_of_module(tmp_path, {"assets/js/a.ts": "", "assets/js/b.tsx": "", "templates/page.html": ""})
    assert (assets(result), codes(result)) == ([], ["source/unnamed"])
    assert only(result).message == "2 modules are not released: nothing names them"
    assert only(result).notes == ("`assets/js/a.ts`", "`assets/js/b.tsx`")


def test_declarations_are_never_released(tmp_path: Path) -> None:
    result = build_of_module(tmp_path, {"assets/js/a.d.ts": "", "assets/a.js": ""}, 'entries = ["**"]\n')
    assert assets(result) == ["a.js"]


def test_raw_modules_and_videos_keep_their_names(tmp_path: Path) -> None:
    files: Tree = {"assets/raw.ts": "let a: number", "assets/film.ts": (b"G" + bytes(187)) * 3}
    result = build_of_module(tmp_path, {**files, "templates/page.html": ""}, 'raw = ["raw.ts"]\n')
    assert (assets(result), codes(result)) == (["film.ts", "raw.ts"], [])


# A script beside a module


BOTH: Tree = {"assets/js/app.ts": "p(1 as number);", "assets/js/app.js": "p(2);"}


@pytest.mark.parametrize("name", ["js/app.ts", "js/app.js"])
def test_a_module_next_to_a_script_of_one_name_is_an_error_where_something_names_it(tmp_path: Path, name: str) -> None:
    fault = only_error(build_of_module(tmp_path, {**BOTH, "templates/page.html": f'{{{{ script("{name}") }}}}'}))
    assert (fault.code, fault.message) == (
        "source/duplicate",
        "`assets/js/app.js` and `assets/js/app.ts` both make `js/app.js`",
    )
    assert fault.location is not None
    assert fault.location.file == "assets/js/app.ts"


@pytest.mark.parametrize(("prefer", "expected"), [("source", "p(1);\n"), ("compiled", "p(2);")])
def test_prefer_chooses_between_a_module_and_a_script(tmp_path: Path, prefer: str, expected: str) -> None:
    result = build_of_module(tmp_path, BOTH, f'sources = [{{ path = "assets", prefer = "{prefer}" }}]\n')
    assert (app(tmp_path, result), codes(result)) == (expected, [])


def test_a_script_with_its_map_is_known_to_be_compiled(tmp_path: Path) -> None:
    files: Tree = {**BOTH, "assets/js/app.js.map": '{"version":3,"sources":["app.ts"],"names":[],"mappings":""}'}
    result = build_of_module(tmp_path, files)
    assert (app(tmp_path, result), codes(result)) == ("p(2);", [])
    assert "js/app.ts" in assets(result)


def test_two_modules_of_one_name_are_an_error(tmp_path: Path) -> None:
    fault = only_error(build_of_module(tmp_path, {"assets/js/app.ts": "", "assets/js/app.tsx": ""}))
    assert fault.code == "source/duplicate"


# How it is compiled


@pytest.mark.parametrize(
    ("settings", "flags"),
    [("", ["--target=es2022"]), ('browsers = ["safari 13", "chrome 80"]\n', ["--target=chrome80,safari13"])],
)
def test_the_target_is_that_of_the_browsers_or_es2022(tmp_path: Path, settings: str, flags: list[str]) -> None:
    text = (
        "enum E { A }\nclass C { #x?: number; y = a?.b ?? E.A; static { p(1) } }\n"
        "export const c: C = new C();\nusing d = e;\n"
    )
    result = build_of_module(tmp_path, {"assets/js/app.ts": text}, settings)
    assert app(tmp_path, result) == by_hand(text, "--loader=ts", *flags)


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        (None, ["--jsx=automatic"]),
        ({"jsx": "preserve"}, ["--jsx=automatic"]),
        ({"jsxImportSource": "preact"}, ["--jsx=automatic", "--jsx-import-source=preact"]),
        ({"jsx": "react-jsx", "jsxImportSource": "preact"}, ["--jsx=automatic", "--jsx-import-source=preact"]),
        ({"jsx": "react"}, ["--jsx=transform"]),
        (
            {"jsx": "react", "jsxFactory": "h", "jsxFragmentFactory": "Fragment"},
            ["--jsx=transform", "--jsx-factory=h", "--jsx-fragment=Fragment"],
        ),
    ],
)
@pytest.mark.parametrize("kind", ["tsx", "jsx"])
def test_jsx_is_compiled_by_the_options_of_tsconfig(
    tmp_path: Path, kind: str, options: dict[str, str] | None, flags: list[str]
) -> None:
    text = "export const x = <><b c={d}/></>;\n"
    files: Tree = {f"assets/js/app.{kind}": text}
    if options is not None:
        files = {**files, "tsconfig.json": json.dumps({"compilerOptions": options})}
    result = build_of_module(tmp_path, files, 'external = ["react/*", "preact/*"]\n')
    assert app(tmp_path, result) == by_hand(text, f"--loader={kind}", "--target=es2022", *flags)


DECORATED = "@d class C { @e accessor x = 1; @f m() {} }\n"


@pytest.mark.parametrize("is_legacy", [False, True])
def test_decorators_are_standard_unless_tsconfig_has_the_experimental_ones(tmp_path: Path, is_legacy: bool) -> None:
    raw = json.dumps({"compilerOptions": {"experimentalDecorators": is_legacy}})
    result = build_of_module(tmp_path, {"assets/js/app.ts": DECORATED, "tsconfig.json": raw})
    assert app(tmp_path, result) == by_hand(DECORATED, "--loader=ts", "--target=es2022", f"--tsconfig-raw={raw}")
    assert "accessor x" not in app(tmp_path, result)


def test_standard_decorators_run(tmp_path: Path, node: str) -> None:
    text = """
        const seen: string[] = [];
        function log<T>(value: T, context: { kind: string; name?: string | symbol }) {
            seen.push(`${context.kind} ${String(context.name)}`);
        }
        @log class C { @log accessor x = 1; @log m() {} }
        console.log(new C().x, seen.join());
    """
    build_of_module(tmp_path, {"assets/js/app.ts": text})
    (script,) = (tmp_path / "build/assets/js").glob("app.*.js")
    done = subprocess.run([node, "--input-type=module"], input=script.read_text(), capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1 accessor x,method m,class C\n", "")


def test_a_fault_of_syntax_has_its_place(tmp_path: Path) -> None:
    fault = only_error(build_of_module(tmp_path, {"assets/js/app.ts": "const a: number = 1;\nlet é = 'é', b: = 2;\n"}))
    assert fault.code == "js/syntax"
    assert fault.location is not None
    assert (fault.location.file, fault.location.line, fault.location.column) == ("assets/js/app.ts", 2, 17)


def test_a_script_of_the_result_is_minified(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/js/app.ts": "// a\nexport const long: number = 1 + 1;\n"})
    result = build_of_module(tmp_path, {"buildassets.toml": 'compress = []\nentries = ["js/app.ts"]\n'})
    assert app(tmp_path, result) == "export const long=1+1;"


def test_a_source_map_leads_to_the_source(tmp_path: Path) -> None:
    text = "interface A { b: string }\n\nexport function shout(a: A): void {\n  console.log(a.b, 'mark');\n}\n"
    settings = 'source_maps = true\n[engines]\njs = "esbuild"\n'
    write_tree(tmp_path, {"assets/js/app.ts": text})
    result = build_of_module(tmp_path, {"buildassets.toml": f'entries = ["js/app.ts"]\n{settings}'})
    script = app(tmp_path, result)
    document = json.loads(released(tmp_path, result, "js/app.js.map"))
    source_map = read_map(json.dumps(document), Lines(script, Syntax.JAVASCRIPT))
    assert source_map is not None
    assert (document["sources"], document["sourcesContent"]) == (["app.ts"], [text])
    assert origin_at(source_map, script.index('"mark"')) == ("app.ts", 3, 19)


def test_import_attributes_stay(tmp_path: Path) -> None:
    text = 'import d from "./d.json" with { type: "json" };\np(d as object);\n'
    result = build_of_module(tmp_path, {"assets/js/app.ts": text, "assets/js/d.json": "{}"})
    assert 'with { type: "json" }' in app(tmp_path, result)
    assert codes(result) == []


# What imports mean


MODULES: Tree = {
    "assets/js/lib/index.ts": "export const index: number = 1;",
    "assets/js/lib/b.tsx": "export const b: number = 2;",
    "assets/js/c.js": "export const c = 3;",
    "assets/js/d.data.ts": "export const d: number = 4;",
    "assets/js/e.mts": "export const e: number = 5;",
    "assets/index.ts": "export const top: number = 6;",
}


@pytest.mark.parametrize(
    ("specifier", "target"),
    [
        ("./lib/b.tsx", "js/lib/b.js"),
        ("./lib/b.js", "js/lib/b.js"),
        ("./lib/b.jsx", "js/lib/b.js"),
        ("./lib/b", "js/lib/b.js"),
        ("./lib/b?v=1", "js/lib/b.js"),
        ("./lib/index.ts", "js/lib/index.js"),
        ("./lib/index", "js/lib/index.js"),
        ("./lib", "js/lib/index.js"),
        ("./lib/", "js/lib/index.js"),
        ("./c", "js/c.js"),
        ("./d.data", "js/d.data.js"),
        ("./e.mts", "js/e.mjs"),
        ("./e.mjs", "js/e.mjs"),
        ("..", "index.js"),
        ("../", "index.js"),
        ("../index", "index.js"),
        ("/assets/js/lib/b.tsx", "js/lib/b.js"),
    ],
)
@pytest.mark.parametrize("modules", ["rewrite", "importmap"])
def test_an_import_is_resolved_and_rewritten(tmp_path: Path, specifier: str, target: str, modules: str) -> None:
    text = f'import * as x from "{specifier}";\nimport("{specifier}");\np(x);\n'
    result = build_of_module(tmp_path, {**MODULES, "assets/js/app.ts": text}, f'modules = "{modules}"\n')
    assert result.manifest is not None, printed(result)
    assert codes(result) == []
    if modules == "rewrite":
        assert result.manifest.assets["js/app.js"].references == (target,)
    mapped = {url: path for url, path in result.manifest.modules.items() if path == target}
    file = os.path.basename(result.manifest.assets[target].file)
    assert app(tmp_path, result).count(file) == 2 or mapped


SETTINGS_OF_PATHS = """{
  // where modules lie
  "extends": ["./base.json"],
  "compilerOptions": { "paths": { "@/*": ["./assets/js/*"], "lib": ["./assets/js/lib/index.ts"], }, /* end */ },
}"""


@pytest.mark.parametrize(
    ("specifier", "target"), [("@/lib/b", "js/lib/b.js"), ("@/lib", "js/lib/index.js"), ("lib", "js/lib/index.js")]
)
@pytest.mark.parametrize("modules", ["rewrite", "importmap"])
def test_paths_of_tsconfig_are_resolved_and_rewritten(
    tmp_path: Path, specifier: str, target: str, modules: str
) -> None:
    files: Tree = {
        **MODULES,
        "assets/js/app.tsx": f'import * as x from "{specifier}";\np(x, <b/>);\n',
        "tsconfig.json": SETTINGS_OF_PATHS,
        "base.json": '{"compilerOptions": {"jsx": "react", "jsxFactory": "h"}}',
    }
    result = build_of_module(tmp_path, files, f'modules = "{modules}"\n')
    assert result.manifest is not None, printed(result)
    assert codes(result) == []
    assert os.path.basename(result.manifest.assets[target].file) in app(tmp_path, result)
    assert 'h("b"' in app(tmp_path, result)
    assert result.manifest.assets["js/app.js"].inputs == ("base.json", "js/app.tsx", "tsconfig.json")


def test_bare_names_are_relative_to_the_base_url_of_tsconfig(tmp_path: Path) -> None:
    files: Tree = {
        **MODULES,
        "assets/js/app.ts": 'import { b } from "lib/b";\nimport { e } from "~e";\np(b, e);\n',
        "assets/tsconfig.json": '{"extends": "../config/base", "compilerOptions": {"paths": {"~*": ["*.mts"]}}}',
        "config/base.json": '{"compilerOptions": {"baseUrl": "../assets/js"}}',
    }
    result = build_of_module(tmp_path, files)
    assert result.manifest is not None, printed(result)
    assert result.manifest.assets["js/app.js"].references == ("js/e.mjs", "js/lib/b.js")


def test_the_import_map_goes_before_tsconfig(tmp_path: Path) -> None:
    files: Tree = {
        **MODULES,
        "assets/js/app.ts": 'import { c } from "lib";\np(c);\n',
        "tsconfig.json": '{"compilerOptions": {"paths": {"lib": ["./assets/js/lib/index.ts"]}}}',
    }
    result = build_of_module(tmp_path, files, '[importmap]\nlib = "js/d.data.ts"\n')
    assert result.manifest is not None, printed(result)
    assert app(tmp_path, result).startswith('import { c } from "lib";')
    assert result.manifest.importmap == {"lib": "js/d.data.js"}
    assert "js/d.data.js" in assets(result)


def test_a_script_names_a_module_as_browsers_do(tmp_path: Path) -> None:
    files: Tree = {**MODULES, "assets/js/app.js": 'import "./lib/b.tsx";\nimport "./d.data.js";\n'}
    result = build_of_module(tmp_path, files)
    assert (result.manifest and result.manifest.assets["js/app.js"].references) == ("js/d.data.js", "js/lib/b.js")
    fault = only_error(build_of_module(tmp_path, {"assets/js/app.js": 'import "./lib/b";\n'}))
    hint = 'write `./lib/b.js`, or set `resolve = "bundler"`, which finds it'
    assert (fault.code, fault.hint) == ("reference/missing", hint)


def test_an_import_of_nothing_has_its_place(tmp_path: Path) -> None:
    text = "type A = 1\nimport { a } from './gone'\np(a)\n"
    fault = only_error(build_of_module(tmp_path, {"assets/js/app.ts": text}))
    assert fault.code == "reference/missing"
    assert fault.location is not None
    assert (fault.location.file, fault.location.line, fault.location.column) == ("assets/js/app.ts", 2, 20)


@pytest.mark.parametrize("name", ["./w.ts", "./w.js"])
def test_a_worker_is_compiled(tmp_path: Path, name: str) -> None:
    files: Tree = {
        "assets/js/app.ts": f'new Worker(new URL("{name}", import.meta.url), {{ type: "module" }});\n',
        "assets/js/w.ts": "postMessage(1 as number);\n",
    }
    result = build_of_module(tmp_path, files)
    assert (assets(result), codes(result)) == (["js/app.js", "js/w.js"], [])
    assert released(tmp_path, result, "js/w.js") == "postMessage(1);\n"
    assert f'new URL("{os.path.basename(next((tmp_path / "build/assets/js").glob("w.*")))}"' in app(tmp_path, result)


def test_check_names_what_a_template_may_not_name(tmp_path: Path) -> None:
    page = '{{ script("js/app.ts") }}{{ script("js/b.ts") }}{{ script("js/gone.ts") }}'
    files: Tree = {"assets/js/app.ts": "", "assets/js/b.ts": "", "templates/page.html": page}
    build_of_module(tmp_path, files, 'entries = ["js/app.ts"]\n')
    assert [found.message for found in check(load_config(start=str(tmp_path))).diagnostics] == [
        "no entry reaches `js/b.js`, so that no release holds it",
        "no asset is named `js/gone.ts`",
    ]


def test_a_tsconfig_that_cannot_be_read_is_called_as_its_author_calls_it(tmp_path: Path) -> None:
    files: Tree = {"assets/js/app.ts": "export const a = 1;\n", "tsconfig.json": b"\xff\xfe{"}
    assert only_error(build_of_module(tmp_path, files)).message == "`tsconfig.json` is UTF-16, not UTF-8"


# What only several files know


def test_a_type_that_is_exported_as_a_value_is_an_error_in_its_place(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": 'import { a } from "./b";\nexport { T, a } from "./b";\np(a);\n',
        "assets/js/b.ts": "export interface T {}\nexport const a = 1;\n",
    }
    fault = only_error(build_of_module(tmp_path, files))
    assert (fault.code, fault.message) == (
        "js/no-export",
        "`T` is a type in `assets/js/b.ts`, and is kept as a value here",
    )
    assert fault.location is not None
    assert (fault.location.file, fault.location.line, fault.location.column) == ("assets/js/app.ts", 2, 10)


def test_a_type_of_a_module_of_types_alone_is_an_error_too(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": 'export { T } from "./types";\n',
        "assets/js/types.ts": "export interface T { name: string }\n",
    }
    fault = only_error(build_of_module(tmp_path, files))
    assert fault.message == "`T` is a type in `assets/js/types.ts`, and is kept as a value here"


def test_search_for_a_name_is_not_recursive(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": 'import { far, near } from "./m0";\nconsole.log(far, near);\n',
        **{f"assets/js/m{n}.ts": f'export * from "./m{n + 1}";\n' for n in range(300)},
        "assets/js/m300.ts": "export const far = 1;\n",
    }
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 250)
    try:
        result = build_of_module(tmp_path, files)
    finally:
        sys.setrecursionlimit(before)
    assert only_error(result).message == "`assets/js/m0.ts` does not export `near`"


def test_a_name_is_looked_for_once_in_modules_that_pass_it_on_many_ways(tmp_path: Path) -> None:
    both = 'export * from "./a{0}";\nexport * from "./b{0}";\n'
    files: Tree = {
        "assets/js/app.ts": 'import { c } from "./a0";\nconsole.log(c);\n',
        **{f"assets/js/{side}{n}.ts": both.format(n + 1) for side in "ab" for n in range(40)},
        **{f"assets/js/{side}40.ts": f"export const {side} = 1;\n" for side in "ab"},
    }
    assert only_error(build_of_module(tmp_path, files)).message == "`assets/js/a0.ts` does not export `c`"


def test_a_name_that_no_module_exports_is_an_error(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": 'import { coutn } from "./b";\np(coutn);\n',
        "assets/js/b.ts": 'export const count = 1;\nexport * from "./c";\n',
        "assets/js/c.ts": "export const other = 1;\n",
    }
    fault = only_error(build_of_module(tmp_path, files))
    assert (fault.message, fault.hint) == ("`assets/js/b.ts` does not export `coutn`", "did you mean `count`?")


@pytest.mark.parametrize(
    ("exporting", "taken"),
    [
        ("export const a = 1, b = 2;", "a"),
        ("export const { a, b: c } = x;", "c"),
        ("export async function* a() {}", "a"),
        ("export abstract class A<T> {}", "A"),
        ("export enum E { A }", "E"),
        ("export namespace N { export const x = 1 }", "N"),
        ("const a = 1;\nexport { a as b };", "b"),
        ("export default class {}", "default as d"),
        ('export * from "./c";', "deep"),
        ('export * as c from "./c";', "c"),
        ('export { deep as shallow } from "./c";', "shallow"),
        ('export { type T, deep } from "./c";', "deep"),
        ('export * from "https://x.example/y.js";', "anything"),
        ('export * from "./plain.js";', "anything"),
    ],
)
def test_exported_name_is_not_a_fault(tmp_path: Path, exporting: str, taken: str) -> None:
    files: Tree = {
        "assets/js/app.ts": f'export {{ {taken} }} from "./b";\n',
        "assets/js/b.ts": exporting + "\n",
        "assets/js/c.ts": "export type T = 1;\nexport let deep: T;\n",
        "assets/js/plain.js": "export const anything = 1;\n",
    }
    assert codes(build_of_module(tmp_path, files)) == []


def test_types_are_imported_and_passed_on_as_types(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": 'import { T, a } from "./b";\nexport type { T } from "./b";\nlet t: T = a;\np(t);\n',
        "assets/js/b.ts": "export interface T {}\nexport const a = 1;\n",
    }
    assert codes(build_of_module(tmp_path, files)) == []


# Names with values


def test_defined_names_have_their_values_in_modules(tmp_path: Path) -> None:
    files: Tree = {
        "assets/js/app.ts": 'import "./b.js";\nif (process.env.NODE_ENV !== "x") p(VERSION, app.debug, LIMIT);\n',
        "assets/js/b.js": "// kept\nexport const b = VERSION;\n",
        "assets/js/classic.js": "p( VERSION );\n",
        "assets/js/same.js": "export const a = 'VERSION'; // VERSION\n",
    }
    define = '[define]\n"process.env.NODE_ENV" = "development"\nVERSION = "1.2"\n"app.debug" = true\nLIMIT = 3\n'
    result = build_of_module(tmp_path, files, define)
    assert app(tmp_path, result).partition("\n")[2] == 'if (true) p("1.2", true, 3);\n'
    assert 'const b = "1.2"' in released(tmp_path, result, "js/b.js")
    assert released(tmp_path, result, "js/classic.js") == files["assets/js/classic.js"]
    assert released(tmp_path, result, "js/same.js") == files["assets/js/same.js"]


def test_defined_names_have_their_values_in_bundles(tmp_path: Path) -> None:
    files: Tree = {"assets/js/app.ts": "p(VERSION, MINE, import.meta.env.MODE, import.meta.env.NOPE);\n"}
    bundles = '[bundles]\n"js/app.js" = { files = ["js/app.ts"], bundle = true, define = { MINE = 2 } }\n'
    result = build_of_module(tmp_path, files, f'[define]\nVERSION = "1.2"\nMINE = 1\n{bundles}')
    assert 'p("1.2", 2, "production", ' in app(tmp_path, result)


ENV = (
    "p(import.meta.env.MODE, import.meta.env.PROD, import.meta.env.DEV, import.meta.env.BASE_URL);\n"
    "p(import.meta.env.API_URL, import.meta.env.SECRET, import.meta.env?.API_URL);\n"
)


@pytest.mark.parametrize("kind", ["ts", "js"])
@pytest.mark.parametrize("mode", ["production", "development"])
def test_modules_see_the_listed_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, mode: Mode
) -> None:
    monkeypatch.setenv("API_URL", 'https://"x"')
    monkeypatch.setenv("SECRET", "s3cret")
    settings = 'env = ["API_URL", "UNSET"]\nurl = "/static/"\n'
    result = build_of_module(tmp_path, {f"assets/js/app.{kind}": ENV}, settings, mode)
    is_production = mode == "production"
    values = [json.dumps(mode), json.dumps(is_production), json.dumps(not is_production), '"/static/"']
    url = json.dumps('https://"x"')
    assert app(tmp_path, result) == f"p({', '.join(values)});\np({url}, undefined, {url});\n"


def test_a_value_of_a_variable_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"buildassets.toml": f'{PLAIN}env = ["API_URL"]\nentries = ["js/app.ts"]\n'})
    write_tree(tmp_path, {"assets/js/app.ts": "p(import.meta.env.API_URL as string);\n"})
    (tmp_path / "node_modules").symlink_to(node_modules())
    for value in ("one", "two", "one"):
        monkeypatch.setenv("API_URL", value)
        result = build(load_config(start=str(tmp_path)), cache=str(tmp_path / "cache"))
        assert app(tmp_path, result) == f'p("{value}");\n'
        assert result.manifest is not None
        assert result.manifest.settings["env"] == {"API_URL": value}


# Without esbuild


def test_without_esbuild_an_error_has_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "node_modules").mkdir()
    files: Tree = {"assets/js/app.ts": 'import "./b";\n', "assets/js/b.ts": "", "assets/js/c.ts": ""}
    page = '{{ script("js/app.ts") }}{{ script("js/c.ts") }}'
    fault = only_error(build_of_module(tmp_path, {**files, "templates/page.html": page}))
    assert (fault.code, fault.message) == (
        "js/unavailable",
        "cannot compile `assets/js/app.ts`: esbuild is not installed",
    )
    assert fault.notes == ("and 1 more file",)
    assert "buildassets tools install esbuild" in (fault.hint or "")


def test_without_esbuild_only_modules_with_a_defined_name_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "node_modules").mkdir()
    files: Tree = {
        "assets/js/app.js": "export const a = VERSION;\n",
        "assets/js/b.js": 'export const b = "VERSION"; // VERSION\n',
        "assets/js/classic.js": "p(VERSION);\n",
    }
    fault = only_error(build_of_module(tmp_path, files, '[define]\nVERSION = "1"\n'))
    assert fault.message == "cannot put the values of `define` into `assets/js/app.js`: esbuild is not installed"


def test_unnamed_module_needs_no_esbuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "node_modules").mkdir()
    result = build_of_module(tmp_path, {"assets/js/app.js": "p(1);", "assets/js/b.ts": "", "templates/page.html": ""})
    assert assets(result) == ["js/app.js"]


# tsconfig.json


@pytest.mark.parametrize(
    ("text", "message", "is_error"),
    [
        ('{"compilerOptions": {"jsx" "react"}}', "`tsconfig.json` is not JSON: expected `:`", True),
        ('{"extends": "./gone"}', "cannot find `./gone`, which `tsconfig.json` extends", False),
    ],
)
def test_a_fault_in_tsconfig_has_its_place(tmp_path: Path, text: str, message: str, is_error: bool) -> None:
    result = build_of_module(tmp_path, {"assets/js/app.ts": "p(1);", "tsconfig.json": text})
    fault = only(result)
    assert (fault.code, fault.message, fault.is_error) == ("js/tsconfig", message, is_error)
    assert fault.location is not None
    assert (fault.location.file, fault.location.line) == ("tsconfig.json", 1)
