"""Templates compiled in the build write what lodash makes of them in the page."""

import json
import random
import subprocess

import pytest

from buildassets.compiler.engines.jst import compile_template
from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus

PIECES = (
    "a \\ \n\n\t\u2028é😀",
    "'\"`",
    "<%= x %>",
    "<%- html %>",
    "<%= none %>",
    "<%- none %>",
    "<% if (x) { %>yes<% } %>",
    "<% for (var i = 0; i < 3; i++) { %><%= i %><% } %>",
    "<% _.each(list, function (one) { %>(<%- one %>)<% }) %>",
    "<% print(x, 1) %>",
    "<%",
    "%>",
    "<%= /a b/.test(x) ? `t${x}` : '' %>",
    "<%= _.escape(html) %>",
    "</script>",
)
RUNNER = """
global._ = require("lodash");
const data = { x: "a b", html: "<b>&", none: null, list: [1, "<"] };
_.templateSettings.interpolate = /<%=([\\s\\S]+?)%>/g;
const results = JSON.parse(require("fs").readFileSync(0, "utf8")).map(([template, script]) => {
  const window = {};
  const attempt = (make) => { try { return make() } catch (fault) { return fault.name } };
  const compiled = () => { new Function("window", script)(window); return window.JST.item(data) };
  return [attempt(() => _.template(template)(data)), attempt(compiled)];
});
console.log(JSON.stringify(results));
"""


def test_templates_write_what_lodash_makes_of_them(node: str) -> None:
    choose = random.Random(7)
    templates = [*PIECES, *("".join(choose.choices(PIECES, k=choose.randint(2, 8))) for _ in range(500))]
    scripts = [compile_template(EngineInput(template, "item.jst", "item.jst")) for template in templates]
    sound = [(template, one.text) for template, one in zip(templates, scripts, strict=True) if not one.diagnostics]
    assert len(sound) > 300
    given = [(template, RjsminEngine().run(EngineInput(text, "a.js", "a.js")).text) for template, text in sound]
    command = [node, "-e", RUNNER]
    cwd = node_modules()
    done = subprocess.run(command, cwd=cwd, input=json.dumps(given), capture_output=True, text=True, check=True)
    assert [pair for pair in json.loads(done.stdout) if pair[0] != pair[1]] == []
