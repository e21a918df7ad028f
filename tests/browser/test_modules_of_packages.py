"""Modules in a page that import published packages by their names, in both modes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.test_modules import MODES, open_until_done
from tests.command import built
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

PACKAGES = {
    "assets/js/app.js": """
import { html, render, LitElement } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { customElement } from "lit/decorators.js";
import { h, render as renderPreact } from "preact";
import { useState } from "preact/hooks";
import { createApp, ref } from "vue";
import { addDays, format } from "date-fns";
import { of, map, reduce } from "rxjs";
import { ajax } from "rxjs/ajax";
import color from "@kurkle/color";
import { createPopper } from "@popperjs/core";
import { scaleLinear } from "d3";

class Greeting extends LitElement {
  render() { return html`${repeat(["a", "b"], (item) => html`<i>${item}</i>`)}`; }
}
customElement("x-greeting")(Greeting);
const parts = ["lit", "preact", "vue"].map((name) => document.body.appendChild(
  Object.assign(document.createElement("p"), { id: name })));
render(html`<x-greeting></x-greeting>`, parts[0]);
const Counter = () => {
  const [count, setCount] = useState(1);
  return h("b", { onClick: () => setCount(count + 1) }, count);
};
renderPreact(h(Counter), parts[1]);
createApp({ setup: () => ({ word: ref("vue") }), template: "<u>{{ word }}</u>" }).mount(parts[2]);
parts[1].firstChild.click();
const doubled = of(1, 2, 3).pipe(map((n) => n * 2), reduce((a, b) => a + b));
const sum = await new Promise((resolve) => doubled.subscribe(resolve));
await document.querySelector("x-greeting").updateComplete;
await new Promise((resolve) => setTimeout(resolve, 100));
document.body.dataset.found = JSON.stringify([
  document.querySelector("x-greeting").shadowRoot.textContent.trim(), parts[1].textContent, parts[2].textContent,
  format(addDays(new Date(2026, 0, 31), 1), "yyyy-MM-dd"), sum, typeof ajax, color("#f00").hexString(),
  createPopper(parts[0], parts[1]).state.placement, scaleLinear([0, 1], [0, 10])(0.5),
]);
""",
}
PACKAGES_FOUND = '["ab","2","vue","2026-02-01",12,"function","#F00","bottom",5]'


@pytest.mark.parametrize("mode", MODES)
def test_modules_find_packages_by_their_names(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path, mode: str
) -> None:
    settings = f"""
        modules = "{mode}"
        minify = false
        compress = []
        sources = ["assets", {{ path = "{node_modules()}", prefix = "npm", npm = true }}]
        missing = "warn"
        [importmap]
        vue = "npm/vue/dist/vue.esm-browser.prod.js"
        """
    result = built(tmp_path, PACKAGES, settings)
    assert {found.code for found in result.diagnostics} <= {"reference/missing-map"}, result.diagnostics
    open_until_done(browser, serve, tmp_path)
    assert browser.value("document.body.dataset.found") == PACKAGES_FOUND
    assert browser.faults() == []
