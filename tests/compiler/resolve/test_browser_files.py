"""Which files of packages a browser needs."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.resolve.browser_files import BrowserFiles
from buildassets.packages.vendor.values import Needed, Unpacked
from tests.conftest import Tree, write_tree

MODULE = "export default 1"


def needed(folder: Path, *direct: str, alone: Collection[str] = (), **packages: tuple[dict[str, Any], Tree]) -> Needed:
    """The needed files of packages by name, each a description and files; an underscore is a hyphen."""
    unpacked = {}
    for key, (described, files) in packages.items():
        name = key.replace("_", "-")
        tree = {"package.json": json.dumps({"name": name, **described}), **files}
        write_tree(folder / name, tree)
        unpacked[name] = Unpacked(name, str(folder / name), tuple(sorted(tree)))
    return BrowserFiles()(unpacked, direct or ("a",), alone=dict.fromkeys(alone, True))


@pytest.mark.parametrize(
    ("described", "module"),
    [
        ({"module": "m.js", "main": "c.js"}, "m.js"),
        ({"main": "m.js"}, "m.js"),
        ({"exports": "./m.js"}, "m.js"),
        ({"exports": {"require": "./c.js", "default": "./m.js"}}, "m.js"),
        ({"exports": {".": {"node": "./c.js", "browser": "./m.js"}}}, "m.js"),
        ({"exports": {"development": "./c.js", "production": "./m.js"}}, "m.js"),
        ({"type": "module", "exports": "./n.js"}, "n.js"),
    ],
)
def test_the_module_is_the_one_that_the_package_states(tmp_path: Path, described: dict[str, Any], module: str) -> None:
    files = {"m.js": MODULE, "c.js": "module.exports = 1", "n.js": "globalThis.x = 1", "unused.js": MODULE}
    found = needed(tmp_path, a=(described, files))
    assert found.files == {"a": (module,)}
    assert found.modules == {"a": f"a/{module}"}


def test_subpaths_are_offered_but_no_patterns_and_no_types(tmp_path: Path) -> None:
    exports = {
        ".": "./m.js",
        "./sub": "./sub.js",
        "./x.css": "./x.css",
        "./p/*": "./p/*.js",
        "./t": {"types": "./t.d.ts"},
    }
    files = {"m.js": MODULE, "sub.js": MODULE, "x.css": "a {}", "p/q.js": MODULE, "t.d.ts": ""}
    found = needed(tmp_path, a=({"exports": exports}, files))
    assert found.files == {"a": ("m.js", "sub.js", "x.css")}
    assert found.modules == {"a": "a/m.js", "a/sub": "a/sub.js"}


def test_files_that_entries_reach_and_licences_are_needed(tmp_path: Path) -> None:
    files = {
        "m.js": 'import "./lib/b.js"; new URL("./w.js", import.meta.url); // import "./no.js"',
        "lib/b.js": 'export const later = () => import("../c.js")\n//# sourceMappingURL=b.js.map',
        "lib/b.js.map": "{}",
        "c.js": MODULE,
        "w.js": "onmessage = () => 1",
        "no.js": MODULE,
        "LICENSE.md": "MIT",
        "s.css": "@import 't.css'; a { background: url(i/x.svg?v#f) } b { background: url(https://h.example/y.png) }",
        "t.css": "",
        "i/x.svg": "<svg/>",
        "i/unused.svg": "<svg/>",
        "NOTICE": "",
        "lib/LICENSE": "of a part",
    }
    found = needed(tmp_path, a=({"module": "m.js", "style": "s.css"}, files))
    assert found.files["a"] == (
        *("LICENSE.md", "NOTICE", "c.js", "i/x.svg", "lib/b.js", "lib/b.js.map", "m.js", "s.css", "t.css", "w.js"),
    )


def test_bare_names_lead_to_other_packages(tmp_path: Path) -> None:
    a = ({"module": "m.js"}, {"m.js": 'import "b"; import "b/sub.js"; import "gone"; import "fs"; import "node:fs"'})
    b = ({"exports": {".": "./b.js", "./sub.js": "./sub.js", "./more.js": "./more.js"}}, {"b.js": MODULE})
    b[1].update({"sub.js": MODULE, "more.js": MODULE})
    found = needed(tmp_path, a=a, b=b)
    assert found.files == {"a": ("m.js",), "b": ("b.js", "sub.js")}
    assert found.modules == {"a": "a/m.js", "b": "b/b.js", "b/sub.js": "b/sub.js"}
    assert found.imports == {"a": frozenset({"b", "gone"})}
    assert found.absent == {"a": {"gone": "gone"}}


UMD = """!function (root, make) {
  typeof exports == "object" ? module.exports = make() : typeof define == "function" && define.amd ? define(make)
    : root.x = make()
}(this, () => 1)"""


@pytest.mark.parametrize(
    ("described", "files", "script"),
    [
        ({"main": "u.js"}, {"u.js": UMD}, "u.js"),
        ({"main": "g.js"}, {"g.js": "window.g = 1"}, "g.js"),
        ({"main": "g.js"}, {"g.js": "var G = (function (exports) { exports.a = 1; return exports })({})"}, "g.js"),
        ({"main": "c.js", "unpkg": "./u.js"}, {"c.js": "module.exports = 1", "u.js": UMD}, "u.js"),
        ({"main": "c.cjs", "jsdelivr": "u.js"}, {"c.cjs": "exports.a = 1", "u.js": UMD}, "u.js"),
    ],
)
def test_a_script_for_pages_is_needed_and_in_no_import_map(
    tmp_path: Path, described: dict[str, Any], files: Tree, script: str
) -> None:
    found = needed(tmp_path, a=(described, files))
    assert (found.files, found.modules, found.unfit) == ({"a": (script,)}, {}, {})


@pytest.mark.parametrize(
    ("described", "files", "complaint"),
    [
        ({"main": "c.js"}, {"c.js": "module.exports = require('./x')"}, "CommonJS only"),
        ({"main": "c.js"}, {"c.js": "'use strict'; exports.a = 1"}, "CommonJS only"),
        ({"exports": "./c.cjs"}, {"c.cjs": "module.exports = 1"}, "CommonJS only"),
        ({"module": "m.js"}, {"m.js": 'import "./x"', "x.js": MODULE}, "`./x` without its whole name"),
        ({"module": "m.js"}, {"m.js": "export default process.env.NODE_ENV"}, "`process.env`"),
        ({"module": "m.js"}, {"m.js": 'import "./n.js"', "n.js": "export default process . env.X"}, "`process.env`"),
        ({"module": "m.js", "imports": {"#x": "./x.js"}}, {"m.js": 'import "#x"', "x.js": MODULE}, "`#x`"),
        ({}, {"README": ""}, "neither a module, a script nor a style sheet"),
    ],
)
def test_files_that_no_browser_can_load_are_unfit(
    tmp_path: Path, described: dict[str, Any], files: Tree, complaint: str
) -> None:
    assert complaint in needed(tmp_path, a=(described, files)).unfit["a"].complaint


def test_an_import_of_commonjs_is_unfit(tmp_path: Path) -> None:
    a = ({"module": "m.js"}, {"m.js": 'import "b"'})
    assert (
        "CommonJS" in needed(tmp_path, a=a, b=({"main": "c.js"}, {"c.js": "module.exports = 1"})).unfit["b"].complaint
    )


@pytest.mark.parametrize(
    "text",
    [
        'export default typeof process !== "undefined" && process.env.X',
        "export default 1 // process.env.NODE_ENV",
        'export default "process.env.NODE_ENV"',
        "export default globalThis.process.env",
    ],
)
def test_files_that_only_mention_an_environment_are_fit(tmp_path: Path, text: str) -> None:
    found = needed(tmp_path, a=({"module": "m.js"}, {"m.js": text}))
    assert (found.unfit, found.modules) == ({}, {"a": "a/m.js"})


def test_a_module_for_bundlers_gives_way_to_the_script_for_pages(tmp_path: Path) -> None:
    exports = {".": "./m.js", "./sub": "./sub.js", "./x.css": "./x.css"}
    files = {"m.js": "export default process.env.NODE_ENV", "sub.js": MODULE, "x.css": "", "g.js": "window.g = 1"}
    found = needed(tmp_path, a=({"exports": exports, "unpkg": "g.js"}, files))
    assert (found.files, found.modules, found.unfit) == ({"a": ("g.js", "x.css")}, {}, {})


def test_modules_that_are_not_whole_give_way_to_a_script(tmp_path: Path) -> None:
    files = {"m.js": 'export * from "./lib/x"', "lib/x.js": MODULE, "u.js": UMD}
    found = needed(tmp_path, a=({"module": "m.js", "main": "u.js"}, files))
    assert (found.files, found.modules, found.unfit) == ({"a": ("u.js",)}, {}, {})


def test_sheets_alone_are_enough(tmp_path: Path) -> None:
    found = needed(tmp_path, a=({"style": "./a.css", "main": "c.js"}, {"a.css": "", "c.js": "module.exports = 1"}))
    assert (found.files, found.unfit) == ({"a": ("a.css",)}, {})


@pytest.mark.parametrize("key", ["main", "browser"])
def test_a_sheet_may_be_the_main_file(tmp_path: Path, key: str) -> None:
    found = needed(tmp_path, a=({key: "./css/a.min.css"}, {"css/a.min.css": "", "css/b.css": "", "LICENSE": ""}))
    assert (found.files, found.modules, found.unfit) == ({"a": ("LICENSE", "css/a.min.css")}, {}, {})


def test_an_invalid_description_is_ignored(tmp_path: Path) -> None:
    write_tree(tmp_path / "a", {"package.json": "{", "index.js": MODULE})
    found = BrowserFiles()({"a": Unpacked("a", str(tmp_path / "a"), ("index.js", "package.json"))}, ["a"])
    assert found.modules == {"a": "a/index.js"}


@pytest.mark.parametrize(
    ("described", "files", "sheet"),
    [
        ({"module": "dist/js/a.esm.js"}, ("dist/js/a.esm.js", "dist/css/a.css", "dist/css/b.css"), "dist/css/a.css"),
        ({"module": "dist/a.js"}, ("dist/a.js", "dist/a.min.css"), "dist/a.min.css"),
        ({"module": "a.js", "style": "x.css"}, ("a.js", "a.css", "x.css"), "x.css"),
        ({"style": "css/x.css"}, ("css/x.css", "css/all.css"), "css/all.css"),
    ],
)
def test_the_sheet_is_found_by_name(tmp_path: Path, described: dict[str, Any], files: list[str], sheet: str) -> None:
    found = needed(tmp_path, a=(described, {file: MODULE if file.endswith(".js") else "" for file in files}))
    assert [file for file in found.files["a"] if file.endswith(".css")] == [sheet]


@pytest.mark.parametrize(
    ("files", "module", "needed_files"),
    [
        (
            {"a.esm.min.mjs": 'import "./c.mjs"', "c.mjs": MODULE, "a.js": UMD},
            "a.esm.min.mjs",
            ["a.esm.min.mjs", "c.mjs"],
        ),
        ({"a.mjs": MODULE, "a.min.mjs": MODULE}, "a.min.mjs", ["a.min.mjs"]),
        ({"a.mjs": 'import "b"', "a.js": UMD, "a.css": ""}, "", ["a.css", "a.js"]),
        ({"a.mjs": 'import "./c.mjs"', "c.mjs": 'import "b"'}, "m.js", ["m.js", "s.js"]),
        ({"a.mjs": "x = process.env.NODE_ENV; export {}", "b.mjs": MODULE}, "m.js", ["m.js", "s.js"]),
        ({"a.js": f'{UMD}; require("b")', "test/a.mjs": MODULE}, "m.js", ["m.js", "s.js"]),
    ],
)
def test_build_of_a_package_that_imports_no_other_takes_the_place_of_its_module(
    tmp_path: Path, files: Tree, module: str, needed_files: list[str]
) -> None:
    described = {"module": "m.js", "exports": {".": "./m.js", "./sub": "./s.js"}}
    found = needed(tmp_path, alone=["a"], a=(described, {"m.js": 'import "b"', "s.js": 'import "b"', **files}))
    assert found.files["a"] == tuple(needed_files)
    subpaths = {"a/sub": "a/s.js"} if module == "m.js" else {}
    assert found.modules == ({"a": f"a/{module}"} if module else {}) | subpaths
    assert found.imports == ({"a": frozenset({"b"})} if module == "m.js" else {})


COMMONJS = "is CommonJS only, which no browser loads"
BROWSERIFY = 'typeof require; (function(require,module){ require("../c"); module.exports = 1 })'
WITH_GLOBALS = 'typeof module == "object" ? module.exports = make(require("b")) : make(window.b)'


@pytest.mark.parametrize(
    ("files", "script"),
    [
        ({"m.js": WITH_GLOBALS, "dist/a.pkgd.min.js": UMD}, "dist/a.pkgd.min.js"),
        ({"m.js": WITH_GLOBALS, "dist/a.js": WITH_GLOBALS}, "m.js"),
        (
            {
                "m.js": 'typeof require; (function(require,module){ require("../c"); module.exports = 1 })',
                "dist/a.js": UMD,
            },
            "m.js",
        ),
        ({"m.js": f'{UMD}; typeof module == "object" && require("./c")', "dist/a.js": UMD}, "m.js"),
        ({"m.js": 'typeof require; module.exports = require("./c")', "dist/a.js": UMD}, None),
    ],
)
def test_script_needs_no_other_where_the_package_has_such_a_one(
    tmp_path: Path, files: Tree, script: str | None
) -> None:
    found = needed(tmp_path, a=({"main": "m.js"}, files))
    assert found.files.get("a") == ((script,) if script else None)
    assert [one.complaint for one in found.unfit.values()] == ([] if script else [COMMONJS])


def test_script_of_a_package_of_modules_is_no_module(tmp_path: Path) -> None:
    described = {"type": "module", "module": "m.js"}
    found = needed(tmp_path, alone=["a"], a=(described, {"m.js": 'import "b"', "dist/a.js": UMD, "dist/a.mjs": MODULE}))
    assert found.modules == {"a": "a/dist/a.mjs"}
    found = needed(tmp_path, alone=["a"], a=(described, {"m.js": 'import "b"', "dist/a.js": UMD}))
    assert (found.files, found.modules) == ({"a": ("dist/a.js",)}, {})


def test_module_that_imports_commonjs_of_its_package_is_refused(tmp_path: Path) -> None:
    files = {"m.js": 'import x from "./lib/c.js"; export default x', "lib/c.js": "module.exports = 1"}
    found = needed(tmp_path, a=({"module": "m.js"}, files))
    assert found.unfit["a"].complaint == "imports `./lib/c.js`, which is CommonJS"


def test_module_that_imports_a_script_of_its_package_is_taken(tmp_path: Path) -> None:
    files = {"m.js": 'import "./g.js"; export {}', "g.js": "window.g = 1"}
    assert needed(tmp_path, a=({"module": "m.js"}, files)).files == {"a": ("g.js", "m.js")}
