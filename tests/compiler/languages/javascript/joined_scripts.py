"""Scripts that joining may break, and node to run them in, joined and one after the other."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from buildassets.compiler.languages.edits import Joints, Member
from buildassets.compiler.languages.scan import join
from buildassets.foundation.media import Syntax
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


def joints(texts: Sequence[str]) -> Joints:
    return join(Syntax.JAVASCRIPT, [Member(f"{number}.js", text) for number, text in enumerate(texts)])


def joined(texts: Sequence[str]) -> str:
    return building.joined(texts, joints(texts))


def codes(*texts: str) -> list[str]:
    return [fault.code for fault in joints(texts).faults]


def decoded(text: str) -> str:
    return text.removeprefix("\ufeff")


def different(runner: Node, cases: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the `cases` that can be joined and then differ; scripts that fail by themselves do not count."""
    allowed = [case for case in cases if not codes(*case)]
    apart = runner.results([[decoded(text) for text in case] for case in allowed])
    together = runner.results([[joined(case)] for case in allowed])
    return [
        case for case, one, other in zip(allowed, apart, together, strict=True) if not one["failed"] and one != other
    ]
