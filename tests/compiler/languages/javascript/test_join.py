"""Joined scripts run as they do one after the other, in node."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildassets.compiler.languages.edits import Cause
from tests.compiler.languages.javascript.joined_scripts import HAZARDS, Node, codes, different, joined, joints


@pytest.fixture(scope="module")
def runner(node: str) -> Iterator[Node]:
    process = Node(node)
    yield process
    process.close()


@pytest.mark.node
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(HAZARDS), min_size=2, max_size=6), min_size=8, max_size=8))
def test_any_joined_scripts_run_as_they_do_apart(runner: Node, cases: list[list[str]]) -> None:
    assert different(runner, cases) == []


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["a()", "b()"], "a()\nb()\n"),
        (["a();\n", "(b)"], "a();\n(b)\n"),
        (["a() // c", "[b]"], "a(); // c\n[b]\n"),
        (["a()\n", "/* d */", "`b`"], "a();\n/* d */\n`b`\n"),
        (["function a(){}", "b"], "function a(){}\nb\n"),
        (["let", "a=1"], "let;\na=1\n"),
        (["#!a\nb", "#!c\nd"], "#!a\nb\n\nd\n"),
        (["a//# sourceMappingURL=a.map", "b\n/*# sourceURL=b */"], "a\nb\n\n"),
        (["/*! a */", "// @license b"], "/*! a */\n// @license b\n"),
        (["'use strict';a", "'use strict';b"], "'use strict';a\n'use strict';b\n"),
        (["// a", "'use strict';b"], "// a\n'use strict';b\n"),
        (["a", "'use strict';b // c"], "a;\n(function(){\n'use strict';b // c\n}).call(this);\n"),
    ],
)
def test_scripts_are_separated_where_they_must_be(texts: list[str], whole: str) -> None:
    assert joined(texts) == whole


@pytest.mark.parametrize(
    "second",
    ["let a", "const [b, {c: a}] = d", "class a {}", "function a() { return 2 }", "async function a() {}", "let b, a"],
)
@pytest.mark.parametrize("first", ["var a = 1", "function a() {}", "let b\nlet a", "if (1) { for (var a in b); }"])
def test_names_that_clash_in_one_script_are_refused(first: str, second: str) -> None:
    assert codes(first, second)[-1] == "bundle/redeclared"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("var a", "var a"),
        ("function a() {}", "var a"),
        ("function a() { b }", "function a() { b }"),
        ("(function () { let a })()", "let a"),
        ("x = { a() { var b } }; class C { m() { var b } static { var b } }", "let a, b"),
        ("{ let a }", "let a"),
        ("var b = 1\na, c", "let a, c"),
        ("x = function a() {}; y = class c {}", "let a, c"),
        ("x.var, a; ({ var: a, let: b })", "let a, b"),
        ("var { b: c } = { a: 1 }", "let a, b"),
        ("var b = (1, a), c = [d, e], f = x => { var g }", "let a, d, e, g"),
        ("var { b: [c = a], ...d } = { e: f(g) }, [h = i(j), k] = l", "let a, b, e, f, g, i, j, l"),
        ("for (var b = 0, c = a; b < c; b++) d, e", "let a, d, e"),
    ],
)
def test_names_that_do_not_clash_are_joined(first: str, second: str) -> None:
    assert codes(first, second) == []


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["a", "import b from 'b'"], ["bundle/module"]),
        (["import 'b'", "export default 1"], ["bundle/module"] * 2),
        (["x = import.meta.url", "b"], ["bundle/module"]),
        (["import('b')", "a.export, { import: 1 }"], []),
        (["f(", ")"], ["bundle/unclosed"] * 2),
        (["`${a", "b"], ["bundle/unclosed"]),
        (["'a", "b"], ["bundle/unclosed"]),
        (["a /* b", "c"], ["bundle/unclosed"]),
        (["a", "'use strict'; var b"], ["bundle/strict"]),
        (["'use strict'; function a() {}", "b"], ["bundle/strict"]),
        (["'use strict'; for (const a of b) { if (a) { var c } }", "b"], ["bundle/strict"]),
        (["'use strict'; typeof arguments", "b"], ["bundle/strict"]),
        (["'use strict'; var a = 1", "'use strict'; var b"], []),
        (["if (typeof a === 'undefined') b()", "let a"], ["bundle/order"]),
        (["typeof a", "b", "function a() {}"], ["bundle/order"]),
        (["typeof a; (function () { typeof b })(); typeof c.d", "var a; let b, d"], []),
        (["let a", "typeof a"], []),
        (["a = 1", "const a = 2"], ["bundle/order"]),
        (["if (x) { a = 1 }", "y", "class a {}"], ["bundle/order"]),
        (["for (a in b) c = a", "let a, c"], ["bundle/order"] * 2),
        (["x = () => b\na = 1", "let a, b"], ["bundle/order"]),
        (["typeof a; a = 1", "let a"], ["bundle/order"] * 2),
        (["a/* b */= 1", "let a"], ["bundle/order"]),
        (["a // b\n = 1", "let a"], ["bundle/order"]),
        (["a\u00a0= 1; \u00f1\ufeff= 2", "let a, \u00f1"], ["bundle/order"] * 2),
        (["b\nof = 1", "let of"], ["bundle/order"]),
        (["for (a/**/of b) c", "let a"], ["bundle/order"]),
        (["a = 1", "function a() {}"], []),
        (["'use strict'; a = 1", "'use strict'; let a"], []),
        (["f(function () { a = 1 }); x = () => a = 1; y = (b = 2) => b; z.a = { a: 1 }", "let a, b"], []),
        (["{ let a; a = 1 } for (const b of c) b = 1; try { x } catch (d) { d = 1 }", "let a, b, d"], []),
        (["function f(a = 1) { a = 2 } class C { b = 1; c() { c = 1 } }", "let a, b, c"], []),
        (["{ const { x, a = 1 } = x, [b = 2] = y }", "let a, b"], []),
        (["'use strict'; x = () => { var a }; for (let b of c); { function d() {} }", "b"], []),
        (["'x'; 'use strict'; var a", "b"], ["bundle/strict"]),
        (["('use strict'); var a", "b"], []),
    ],
)
def test_scripts_that_cannot_be_joined_are_refused(texts: list[str], found: list[str]) -> None:
    assert codes(*texts) == found


@pytest.mark.parametrize("name", ["b", "c", "d", "e", "g"])
def test_names_in_patterns_are_declared(name: str) -> None:
    assert codes("const { a: b, c, ...d } = x, [e = 1, { f: g }] = y", f"let {name}") == ["bundle/redeclared"]


def test_a_name_that_is_declared_too_late_has_the_place_of_its_declaration() -> None:
    (fault,) = joints(["a = 1", "b; const a = 1"]).faults
    assert (fault.member, fault.start, fault.end) == (0, 0, 1)
    assert fault.cause == Cause(1, 9, 10, "declared")


def test_a_fault_names_both_files_and_the_place() -> None:
    (fault,) = joints(["let a", "b; const a = 1"]).faults
    assert (fault.member, fault.start, fault.end) == (1, 9, 10)
    assert fault.message == "`a` is declared in `0.js` and in `1.js`"
