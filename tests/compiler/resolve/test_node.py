"""Names in packages: the cases of Node's documentation, and those on which bundlers agree."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.resolve.node import NodePackages, Refusal
from buildassets.foundation.paths import LogicalPath
from tests.conftest import write_tree

APP = LogicalPath("js/app.js")
CONDITIONS = ("browser", "import", "module", "production")
Tree = Mapping[str, Mapping[str, Any] | None]  # the files below the root, with the content of each `package.json`


def packages(tree: Tree, prefix: str = "npm", conditions: tuple[str, ...] = CONDITIONS) -> NodePackages:
    lead = f"{prefix}/" if prefix else ""
    files = {LogicalPath(lead + path) for path in tree}
    folders = {path[:end] for path in files for end, mark in enumerate(path) if mark == "/"}

    def describe(folder: str) -> Mapping[str, Any] | None:
        if folder not in folders:
            return None
        return tree.get(f"{folder}/package.json".removeprefix(lead)) or {}

    return NodePackages((prefix,), describe, files, conditions, names=tuple)


def one(description: Mapping[str, Any], *files: str) -> NodePackages:
    """The package `p` with this `description` and these `files`."""
    return packages({"p/package.json": description, **{f"p/{file}": None for file in files}})


def meant(name: str, exports: object, base: LogicalPath = APP) -> str | None:
    """The file of `name` where `p` has these `exports`; None where it is refused."""
    answer = one({"name": "p", "exports": exports}, "a.js").target(name, base)
    return answer.removeprefix("npm/p/") if isinstance(answer, str) else None


@pytest.mark.parametrize(
    ("name", "exports", "expected"),
    [
        ("p", "./a.js", "a.js"),
        ("p", {".": "./a.js"}, "a.js"),
        ("p", {"default": "./a.js"}, "a.js"),
        ("p", {"require": "./a.cjs", "import": "./a.js"}, "a.js"),
        ("p", {"default": "./first.js", "import": "./second.js"}, "first.js"),
        ("p", {"import": {"node": "./node.js", "browser": "./web.js"}, "default": "./x.js"}, "web.js"),
        ("p", {"import": {"node": "./node.js"}, "default": "./x.js"}, "x.js"),
        ("p", {"development": "./dev.js", "production": "./prod.js"}, "prod.js"),
        ("p", {"types": "./a.d.ts", "module": "./esm.js", "default": "./x.js"}, "esm.js"),
        ("p", ["./a.js", "./b.js"], "a.js"),
        ("p", [{"node": "./a.js"}, "./b.js"], "b.js"),
        ("p", [None, "./b.js"], "b.js"),
        ("p", {"browser": None, "default": "./a.js"}, None),
        ("p", {"node": "./a.js"}, None),
        ("p", {}, None),
        ("p", "../q/a.js", None),
        ("p", "./../q/a.js", None),
        ("p", "q", None),
        ("p", 3, None),
        ("p/a", {"./a": "./a.js"}, "a.js"),
        ("p/a.js", {"./a": "./a.js"}, None),
        ("p/x/y", {"./x/*": "./lib/*.js"}, "lib/y.js"),
        ("p/x/y/z", {"./x/*": "./lib/*/*.js"}, "lib/y/z/y/z.js"),
        ("p/x/y.js", {"./x/*.js": "./lib/*.mjs"}, "lib/y.mjs"),
        ("p/x/", {"./x/*": "./lib/*.js"}, None),
        ("p/x/y", {"./*": "./all/*", "./x/*": "./lib/*.js"}, "lib/y.js"),
        ("p/x/y.css", {"./x/*": "./lib/*", "./x/*.css": "./css/*.css"}, "css/y.css"),
        ("p/x/private/y", {"./x/*": "./lib/*", "./x/private/*": None}, None),
        ("p/x/y.js", {"./x/": "./lib/"}, "lib/y.js"),
        ("p/x*", {"./x*": "./lib/*"}, "lib/*"),
        ("p/x/../q", {"./x/*": "./lib/*"}, None),
        ("p/x/node_modules/q", {"./x/*": "./lib/*"}, None),
    ],
)
def test_exports_are_read_as_node_reads_them(name: str, exports: object, expected: str | None) -> None:
    assert meant(name, exports) == expected


def test_development_has_its_own_condition() -> None:
    exports = {"development": "./dev.js", "production": "./prod.js"}
    tree = {"p/package.json": {"exports": exports}}
    conditions = ("browser", "import", "module", "development")
    assert packages(tree, conditions=conditions).target("p", APP) == "npm/p/dev.js"


@pytest.mark.parametrize(
    ("description", "files", "expected"),
    [
        ({"main": "cjs.js", "module": "esm.js"}, ("cjs.js", "esm.js"), "esm.js"),
        ({"main": "lib/a"}, ("lib/a.js",), "lib/a.js"),
        ({"main": "./lib"}, ("lib/index.js",), "lib/index.js"),
        ({"main": "a.js", "browser": "web.js"}, ("a.js", "web.js"), "web.js"),
        ({"main": "a.js", "browser": {"./a.js": "./web.js"}}, ("a.js", "web.js"), "web.js"),
        ({"main": "a.js", "browser": {"./a": "./web.js"}}, ("a.js", "web.js"), "web.js"),
        ({"main": "a.js", "browser": {"./a.js": False}}, ("a.js",), "a.js"),
        ({"module": "gone.js", "main": "a.js"}, ("a.js",), "a.js"),
        ({"main": ["a.js"]}, ("index.js",), "index.js"),
        ({}, ("index.js",), "index.js"),
        ({"main": "gone.js"}, (), "gone.js"),
    ],
)
def test_a_package_without_exports_has_an_entry(
    description: Mapping[str, Any], files: tuple[str, ...], expected: str
) -> None:
    assert one(description, *files).target("p", APP) == f"npm/p/{expected}"


def test_a_path_in_a_package_without_exports_is_a_file() -> None:
    found = one({}, "a.js", "b/index.js", "c.mjs")
    assert [found.target(f"p/{path}", APP) for path in ("a.js", "a", "b", "c", "gone")] == [
        *("npm/p/a.js", "npm/p/a.js", "npm/p/b/index.js", "npm/p/c.mjs", "npm/p/gone")
    ]


def test_a_folder_of_a_package_may_describe_itself() -> None:
    tree = {"p/package.json": {"main": "a.js"}, "p/hooks/package.json": {"module": "h.mjs"}, "p/hooks/h.mjs": None}
    assert packages(tree).target("p/hooks", APP) == "npm/p/hooks/h.mjs"


NESTED: Tree = {
    "lit/package.json": {"name": "lit", "exports": "./new.js"},
    "@a/b/package.json": {"name": "@a/b", "exports": {".": "./b.js", "./own": "./own.js"}},
    "@a/b/lib/x.js": None,
    "@a/b/node_modules/lit/package.json": {"name": "lit", "exports": "./old.js"},
    "@a/b/node_modules/lit/lib/y.js": None,
    "@a/b/node_modules/c/z.js": None,
}


@pytest.mark.parametrize(
    ("name", "base", "expected"),
    [
        ("lit", "js/app.js", "npm/lit/new.js"),
        ("@a/b", "js/app.js", "npm/@a/b/b.js"),
        ("c", "js/app.js", None),
        ("@a/c", "js/app.js", None),
        ("@a", "js/app.js", None),
        ("lit", "npm/@a/b/lib/x.js", "npm/@a/b/node_modules/lit/old.js"),
        ("lit", "npm/@a/b/node_modules/c/z.js", "npm/@a/b/node_modules/lit/old.js"),
        ("lit", "npm/@a/b/node_modules/lit/lib/y.js", "npm/@a/b/node_modules/lit/old.js"),
        ("@a/b/own", "npm/@a/b/lib/x.js", "npm/@a/b/own.js"),
        ("@a/b", "npm/lit/new.js", "npm/@a/b/b.js"),
    ],
)
def test_the_nearest_package_of_the_name_is_taken(name: str, base: str, expected: str | None) -> None:
    assert packages(NESTED).target(name, LogicalPath(base)) == expected


@pytest.mark.parametrize("prefix", ["", "npm", "a/b"])
def test_the_prefix_of_the_root_makes_no_difference(prefix: str) -> None:
    lead = f"{prefix}/" if prefix else ""
    found = packages(NESTED, prefix)
    assert found.target("lit", LogicalPath("js/app.js")) == lead + "lit/new.js"
    assert found.target("lit", LogicalPath(lead + "@a/b/lib/x.js")) == lead + "@a/b/node_modules/lit/old.js"


def test_private_names_are_those_of_the_package() -> None:
    imports = {"#a": "./a.js", "#x/*": {"node": "./n/*.js", "default": "./w/*.js"}, "#lit": "lit", "#no": None}
    tree = {**NESTED, "p/package.json": {"imports": imports}, "p/src/m.js": None}
    base = LogicalPath("npm/p/src/m.js")
    answers = [packages(tree).target(name, base) for name in ("#a", "#x/y", "#lit", "#no", "#li")]
    assert answers[:3] == ["npm/p/a.js", "npm/p/w/y.js", "npm/lit/new.js"]
    assert answers[3:] == [
        Refusal("the package in `npm/p/` has no `#no` for browsers in its `imports`", "#no"),
        Refusal("the package in `npm/p/` has no `#li` for browsers in its `imports`", "#lit"),
    ]


def test_private_names_mean_nothing_outside_of_packages() -> None:
    assert packages(NESTED).target("#a", APP) is None


def test_a_package_that_does_not_describe_itself_is_one_by_its_place() -> None:
    found = packages({"p/lib/a.js": None, "p/node_modules/@q/r/b.js": None, "top.js": None})
    paths = ("npm/p/lib/a.js", "npm/p/node_modules/@q/r/b.js", "npm/top.js", "js/app.js")
    folders = [found.folder_of(LogicalPath(path)) for path in paths]
    assert folders == ["npm/p", "npm/p/node_modules/@q/r", None, None]


def test_an_unexported_path_is_refused_with_a_similar_one() -> None:
    found = one({"exports": {"./decorators.js": "./d.js", "./x/*": "./x/*"}})
    refusal = Refusal("the package `p` exports no `p/decorator.js` to browsers", "p/decorators.js")
    assert found.target("p/decorator.js", APP) == refusal


RELATIVE: Tree = {
    "p/package.json": {"browser": {"./lib/node.js": "./lib/web.js"}},
    **dict.fromkeys(("p/lib/a.js", "p/lib/b/index.js", "p/lib/node.js", "p/lib/web.js", "p/x.js")),
}


@pytest.mark.parametrize(
    ("target", "expected"),
    [("lib/a", "lib/a.js"), ("lib/b", "lib/b/index.js"), ("lib/a.js", "lib/a.js"), ("lib/node", "lib/web.js")],
)
def test_a_relative_name_in_a_package_is_completed(target: str, expected: str) -> None:
    found = packages(RELATIVE).completed(LogicalPath(f"npm/p/{target}"), LogicalPath("npm/p/x.js"))
    assert found == f"npm/p/{expected}"


def test_a_relative_name_of_the_application_is_not_completed() -> None:
    assert packages(RELATIVE).completed(LogicalPath("npm/p/lib/a"), APP) == "npm/p/lib/a"


@pytest.mark.parametrize(
    ("file", "type_", "has_module_syntax", "is_commonjs"),
    [
        ("a.cjs", "module", True, True),
        ("a.js", "module", False, False),
        ("a.js", "commonjs", False, True),
        ("a.js", None, False, True),
        ("a.js", None, True, False),
        ("a.mjs", None, False, False),
        ("a.css", None, False, False),
    ],
)
def test_commonjs_is_detected_by_suffix_type_and_syntax(
    file: str, type_: str | None, has_module_syntax: bool, is_commonjs: bool
) -> None:
    found = one({"type": type_, "main": file}, file)
    assert found.is_commonjs(LogicalPath(f"npm/p/{file}"), lambda: has_module_syntax) is is_commonjs


_keys = st.sampled_from([".", "./a", "./x/*", "./x/*.js", "./x/y/*", "./*", "import", "node", "default", "browser"])
_exports = st.recursive(
    st.none() | st.sampled_from(["./a.js", "./lib/*.js", "./x/*/*", "../a.js", "q", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=6,
)


@given(_exports, st.sampled_from(["p", "p/a", "p/x/a", "p/x/a.js", "p/x/y/z", "p/x/"]))
def test_any_exports_give_an_answer_inside_the_package(exports: object, name: str) -> None:
    answer = one({"name": "p", "exports": exports}).target(name, APP)
    assert answer is None or isinstance(answer, Refusal) or answer.startswith("npm/p/")


_PROGRAM = """
const answers = JSON.parse(process.argv[2]).map((name) => {
  try { return import.meta.resolve(name); } catch (fault) { return fault.code; }
});
console.log(JSON.stringify(answers));
"""


@pytest.mark.node
def test_answers_are_those_of_node(node: str, tmp_path: Path) -> None:
    exports = {
        ".": {"import": {"browser": "./b.js", "node": "./n.js"}, "default": "./d.js"},
        "./x/*": "./lib/*.js",
        "./x/y*": "./y/*.js",
        "./x/no/*": None,
        "./list": [{"require": "./r.cjs"}, "./l.js"],
        "./deep": {"import": {"require": "./r.cjs"}, "default": "./deep.js"},
    }
    names = ["p", "p/x/a", "p/x/yes", "p/x/no/a", "p/list", "p/deep", "p/gone", "p/x/"]
    tree: Tree = {"p/package.json": {"name": "p", "exports": exports}}
    write_tree(tmp_path, {"node_modules/p/package.json": json.dumps(tree["p/package.json"]), "main.mjs": _PROGRAM})
    run = [node, "main.mjs", json.dumps(names)]
    answers = json.loads(subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True).stdout)
    expected = [answer.partition("/node_modules/")[2] or None for answer in answers]
    found = [packages(tree, conditions=("node", "import")).target(name, APP) for name in names]
    assert [answer.removeprefix("npm/") if isinstance(answer, str) else None for answer in found] == expected
