"""Joined scripts do what they do one after the other; node says so."""

import json
import subprocess
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildassets.compiler.languages.join import join
from buildassets.compiler.languages.joints import Joints, Member
from buildassets.media import Syntax
from tests import building

HAZARDS = (
    "p(1)",
    "p(2);",
    "p(3)//c",
    "p(4)/* c */",
    "p(5)<!-- c",
    "-->c\np(6)",
    "// c",
    "",
    ";",
    "var a=1",
    "var b=1,c={}",
    "var d=function(){p('called')}",
    "var e=x=>x",
    "var f=class{a=1\n[z]=2}",
    "var g=async",
    "var h=z\n/z/y",
    "function i(){p(7)}",
    "async function j(){}",
    "class K{}",
    "let l=1",
    "const {m,n:[o]=[]}={}",
    "(function(){p(8)})()",
    "[9].forEach(p)",
    "`t${1}`.length",
    "/r/.test('r')&&p('r')",
    "+1",
    "-1\np(10)",
    "++z",
    "z++",
    "!function(){p(!this)}()",
    "{let q=1}",
    "if(1)p(11)",
    "if(0)p(12);else p(13)",
    "do;while(0)",
    "label:for(;;){break label}",
    "p(typeof let)",
    "let\np(14)",
    "1",
    "'str'",
    "'use strict'",
    "'use strict';p((function(){return!this})())",
    '"use strict"\nif(1){let r=1;p(r)}',
    "'use strict';(function(){var s=2;p(s)})()",
    "'use strict';p(this===globalThis);try{undeclared=1}catch(t){p(t.name)}",
    "'use strict'.length",
    "p((function(){return!this})())",
    "p(this===globalThis)",
    "undeclared=1",
    "\ufeffp(15)",
    "#!/bin/x\np(16)",
    "p(17)\n//# sourceMappingURL=a.js.map",
    "p(18)//# sourceMappingURL=a.js.map",
    "async()\n",
    "throw1=1",
)
RUNNER = """
const vm = require("vm");
function run(scripts) {
  const printed = [];
  const globals = { p: (x) => printed.push(String(x)), z: 1, y: 2, let: 3, async: () => printed.push("async") };
  const context = vm.createContext(globals);
  let failed = false;
  for (const script of scripts) {
    try { vm.runInContext(script, context) } catch (fault) { failed = true; printed.push(fault.name) }
  }
  return { printed, globals: Object.keys(globals).sort(), failed };
}
const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", (line) => console.log(JSON.stringify(JSON.parse(line).map(run))));
"""


class Node:
    """A node process that runs lists of scripts, each list in a context of its own."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen(
            [program, "-e", RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def results(self, cases: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(cases) + "\n")
        self._process.stdin.flush()
        found: list[dict[str, Any]] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def runner(node: str) -> Any:
    process = Node(node)
    yield process
    process.close()


def joints(texts: Sequence[str]) -> Joints:
    return join(Syntax.JAVASCRIPT, [Member(f"{number}.js", text) for number, text in enumerate(texts)])


def joined(texts: Sequence[str]) -> str:
    return building.joined(texts, joints(texts))


def codes(*texts: str) -> list[str]:
    return [fault.code for fault in joints(texts).faults]


def decoded(text: str) -> str:
    return text.removeprefix("\ufeff")


def different(runner: Node, cases: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Those of `cases` that can be joined and then do something else; scripts that fail by themselves do not count."""
    allowed = [case for case in cases if not codes(*case)]
    apart = runner.results([[decoded(text) for text in case] for case in allowed])
    together = runner.results([[joined(case)] for case in allowed])
    return [
        case for case, one, other in zip(allowed, apart, together, strict=True) if not one["failed"] and one != other
    ]


@pytest.mark.node
def test_pairs_run_as_they_do_apart(runner: Node) -> None:
    assert different(runner, list(product(HAZARDS, HAZARDS))) == []


@pytest.mark.node
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(HAZARDS), min_size=3, max_size=6), min_size=20, max_size=20))
def test_any_scripts_run_as_they_do_apart(runner: Node, cases: list[list[str]]) -> None:
    assert different(runner, cases) == []


@pytest.mark.node
def test_the_pairs_hold_hazards_that_plain_concatenation_does_not_stand(runner: Node) -> None:
    cases = [pair for pair in product(HAZARDS, HAZARDS) if not codes(*pair)]
    apart = runner.results([[decoded(text) for text in case] for case in cases])
    together = runner.results([["".join(case)] for case in cases])
    assert sum(not one["failed"] and one != other for one, other in zip(apart, together, strict=True)) > 500


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
def test_what_is_written_between_scripts(texts: list[str], whole: str) -> None:
    assert joined(texts) == whole


@pytest.mark.parametrize(
    "second",
    ["let a", "const [b, {c: a}] = d", "class a {}", "function a() { return 2 }", "async function a() {}", "let b, a"],
)
@pytest.mark.parametrize("first", ["var a = 1", "function a() {}", "let b\nlet a", "if (1) { for (var a in b); }"])
def test_names_that_two_scripts_declare_and_one_cannot_are_refused(first: str, second: str) -> None:
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
        (["'use strict'; x = () => { var a }; for (let b of c); { function d() {} }", "b"], []),
        (["'x'; 'use strict'; var a", "b"], ["bundle/strict"]),
        (["('use strict'); var a", "b"], []),
    ],
)
def test_what_cannot_stand_in_one_script_is_refused(texts: list[str], found: list[str]) -> None:
    assert codes(*texts) == found


@pytest.mark.parametrize("name", ["b", "c", "d", "e", "g"])
def test_names_in_patterns_are_declared(name: str) -> None:
    assert codes("const { a: b, c, ...d } = x, [e = 1, { f: g }] = y", f"let {name}") == ["bundle/redeclared"]


def test_a_fault_says_which_files_and_where() -> None:
    (fault,) = joints(["let a", "b; const a = 1"]).faults
    assert (fault.member, fault.start, fault.end) == (1, 9, 10)
    assert fault.message == "`a` is declared in `0.js` and in `1.js`"
