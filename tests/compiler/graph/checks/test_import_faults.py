"""Imports that browsers refuse."""

from pathlib import Path

import pytest

from tests.building import only, printed
from tests.command import built
from tests.conftest import Tree
from tests.corpus.packages import node_modules

PLAIN = "minify = false\ncompress = []\n"
FILES: Tree = {
    "assets/c.css": "a { color: red }\n",
    "assets/d.json": "{}\n",
    "assets/l.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    "assets/w.wasm": b"\0asm",
    "assets/s.webmanifest": "{}\n",
}
VENDORED = PLAIN + 'sources = ["assets", { path = "vendor", vendored = true }]\n'


def test_a_bare_name_without_any_map_is_a_warning_that_names_what_helps(tmp_path: Path) -> None:
    assert printed(built(tmp_path, {"assets/a.js": 'import _ from "lodash";\n'}, PLAIN)) == (
        "warning[reference/unmapped]: nothing maps the bare name `lodash`\n"
        "  --> assets/a.js:1:16\n"
        "   |\n"
        '1  | import _ from "lodash";\n'
        "   |                ^^^^^^\n"
        "\n"
        "hint: map it in `importmap`, run `buildassets vendor add lodash` if `lodash` is a package of npm, "
        "list the folder of its package in `sources` with `npm = true`, "
        "bundle what imports it (`bundle = true`), "
        "or leave it alone with `external` where a page maps it"
    )


@pytest.mark.parametrize(
    "text",
    [
        'import("lodash");\n',
        'export * from "lodash";\n',
        'import.meta.resolve("lodash");\n',
        'import lodash from "@scope/lodash/fp.js";\n',
    ],
)
def test_every_form_of_import_is_judged(tmp_path: Path, text: str) -> None:
    assert only(built(tmp_path, {"assets/a.js": text}, PLAIN)).code == "reference/unmapped"


@pytest.mark.parametrize(
    "text",
    [
        'const _ = require("lodash");\n',
        '(function (r, f) { typeof define === "function" ? define(["lodash"], f) : f(r._) })(this, f);\n',
        'import "node:fs"; import "fs"; import "https://esm.sh/lodash"; import "data:text/javascript,0";\n',
        '// import "lodash";\nconst text = `import "lodash"`;\n',
        'import "./b.js"; import "/elsewhere/b.js";\n',
    ],
)
def test_other_imports_are_left_alone(tmp_path: Path, text: str) -> None:
    assert built(tmp_path, {"assets/a.js": text, "assets/b.js": "b();\n"}, PLAIN).diagnostics == ()


@pytest.mark.corpus
def test_scripts_that_esbuild_bundles_are_not_checked(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    files = {**FILES, "assets/m.js": 'import "./c.css"; import d from "./d.json"; import l from "./l.svg"; f(d, l);\n'}
    settings = PLAIN + '[bundles]\n"m.bundle.js" = { files = ["m.js"], bundle = true }\n'
    assert built(tmp_path, files, settings).diagnostics == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('import s from "./c.css";\n', 'write `with { type: "css" }` behind it, or '),
        ('import d from "./d.json";\n', 'write `with { type: "json" }` behind it, or '),
        ('import d from "./s.webmanifest";\n', 'write `with { type: "json" }` behind it, or '),
        ('import d from "./d.json" with {};\n', 'write `with { type: "json" }` behind it, or '),
        ('import("./d.json");\n', 'write `{ with: { type: "json" } }` as its second argument, or '),
        ('import l from "./l.svg";\n', 'take its URL: `new URL("./l.svg", import.meta.url)`; or '),
        ('export { default } from "./l.svg";\n', 'take its URL: `new URL("./l.svg", import.meta.url)`; or '),
    ],
)
def test_imports_of_other_files_than_scripts_are_refused(tmp_path: Path, text: str, hint: str) -> None:
    found = only(built(tmp_path, {**FILES, "assets/a.js": text}, PLAIN))
    assert (found.code, found.hint) == ("reference/no-module", hint + "bundle what imports it (`bundle = true`)")


@pytest.mark.parametrize("minify", ["minify = true\n", "minify = false\n"])
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('import d from "./d.json" with { type: "css" };\n', 'write `type: "json"` in the place of `type: "css"`'),
        ('import d from "./d.json" with { type: "jsn" };\n', 'write `type: "json"` in the place of `type: "jsn"`'),
        ('import("./c.css", { with: { type: "scss" } });\n', 'write `type: "css"` in the place of `type: "scss"`'),
        ('import s from "./c.css" assert { type: "css" };\n', "write `with` in the place of `assert`"),
        ('import("./d.json", { assert: { type: "json" } });\n', "write `with` in the place of `assert`"),
    ],
)
def test_an_attribute_that_is_wrong_has_its_own_hint(tmp_path: Path, text: str, hint: str, minify: str) -> None:
    found = only(built(tmp_path, {**FILES, "assets/a.js": text}, minify))
    assert found.code == "reference/no-module"
    assert (found.hint or "").startswith(hint)


@pytest.mark.parametrize("minify", ["minify = true\n", "minify = false\n"])
@pytest.mark.parametrize(
    "text",
    [
        'import d from "./%s" with { type: "text" };\n',
        'export { default } from "./%s" with { "type": "text" };\n',
        'import("./%s", { with: { type: "text" } });\n',
    ],
)
@pytest.mark.parametrize("name", ["l.svg", "c.css", "d.json"])
def test_types_that_no_browser_knows_are_refused(tmp_path: Path, text: str, name: str, minify: str) -> None:
    found = only(built(tmp_path, {**FILES, "assets/a.js": text % name}, minify))
    assert found.message == f"browsers refuse to import `{name}`: no browser knows the type `text`"
    url = f'new URL("./{name}", import.meta.url)'
    assert found.hint == f"fetch its URL, `{url}`; or bundle what imports it (`bundle = true`)"


@pytest.mark.parametrize(("name", "why"), [("t.d.ts", "nothing compiles `.ts`"), ("t.py", "servers run `.py`")])
def test_an_import_of_a_source_language_names_the_cause(tmp_path: Path, name: str, why: str) -> None:
    files: Tree = {f"assets/{name}": "let a: number;\n", "assets/a.js": f'import t from "./{name}";\n'}
    assert only(built(tmp_path, files, PLAIN)).message == f"browsers refuse to import `{name}`: {why}"


@pytest.mark.parametrize("minify", ["minify = true\n", "minify = false\n"])
@pytest.mark.parametrize(
    "text",
    [
        'import s from "./c.css" with { type: "css" };\n',
        'import d from "./d.json" /* a */ with /* b */ {\n  // c\n  "type": \'json\',\n};\n',
        'import d from "./s.webmanifest" with { type: "json" };\n',
        'export { default } from "./d.json" with { type: "json" };\n',
        'import("./d.json", { with: { type: "json" } });\n',
        'import("./d.json", options);\n',
        'import("./d.json", { with: { type } });\n',
        'import w from "./w.wasm";\n',
        'import.meta.resolve("./l.svg"); new URL("./l.svg", import.meta.url);\n',
    ],
)
def test_imports_that_browsers_may_accept_are_left_alone(tmp_path: Path, text: str, minify: str) -> None:
    result = built(tmp_path, {**FILES, "assets/a.js": text}, minify)
    assert result.diagnostics == ()


def test_modules_of_the_import_map_are_also_checked(tmp_path: Path) -> None:
    settings = PLAIN + '[importmap]\nsheet = "c.css"\n'
    found = only(built(tmp_path, {**FILES, "assets/a.js": 'import "sheet";\n'}, settings))
    assert found.message == "browsers refuse to import `c.css`: it is not a script but `text/css`"


def test_external_imports_are_left_alone(tmp_path: Path) -> None:
    files = {**FILES, "assets/a.js": 'import "./c.css"; import "lodash";\n'}
    assert built(tmp_path, files, PLAIN + 'external = ["./c.css", "lodash"]\n').diagnostics == ()


def test_a_third_party_root_has_one_warning_of_each_kind_with_a_count(tmp_path: Path) -> None:
    files = {
        "vendor/a.js": 'import "react"; import "vue"; import "./s.css";\n',
        "vendor/b.js": 'import "react"; import("./s.css");\n',
        "vendor/s.css": "a { color: red }\n",
    }
    refused, unmapped = sorted(built(tmp_path, {**files, **FILES}, VENDORED).diagnostics, key=lambda one: one.code)
    assert refused.message == "browsers refuse 2 imports in `vendor/`: the files are not scripts"
    assert refused.notes == ("`s.css` (2 times)",)
    assert unmapped.message == "nothing maps 3 bare names in `vendor/`"
    assert unmapped.notes == ("`react` (2 times), `vue`",)
    assert unmapped.location is not None
    assert (unmapped.location.file, unmapped.location.column) == ("vendor/a.js", 9)


def test_many_names_in_a_third_party_root_are_one_line(tmp_path: Path) -> None:
    text = "".join(f'import "package{number}";\n' for number in range(20))
    (note,) = only(built(tmp_path, {"vendor/a.js": text, **FILES}, VENDORED)).notes
    assert note.endswith(" and 12 more")


def test_modules_that_no_entry_reaches_are_not_checked(tmp_path: Path) -> None:
    files = {"assets/app.js": "f();\n", "node_modules/p/package.json": "{}", "node_modules/p/a.js": 'import "react";\n'}
    settings = PLAIN + 'sources = ["assets", { path = "node_modules", prefix = "npm", npm = true }]\n'
    assert built(tmp_path, files, settings).diagnostics == ()


@pytest.mark.parametrize("name", [".", ".."])
def test_name_of_a_folder_alone_has_a_hint_on_the_file_in_it(tmp_path: Path, name: str) -> None:
    (fault,) = built(tmp_path, {"assets/lib/a.js": f"import '{name}'\n"}).diagnostics
    assert fault.message == f"nothing maps the bare name `{name}`"
    assert fault.hint == f"name the file, as in `{name}/index.js`: browsers find none in a folder"
