"""Policies at work in Chromium: what we write in pages runs under them, and other code does not."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from jinja2 import Environment

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.building import build, load_config
from tests.conftest import Tree, wait_for, write_tree

pytestmark = pytest.mark.browser

SITE: Tree = {
    "assets/css/app.css": "p { color: rgb(1, 2, 3) }",
    "assets/css/critical.css": "p::before {\r\n  content: '…' }\r\n",
    "assets/js/boot.js": "window.ran = ['boot ü'];\r\n",
    "assets/js/classic.js": "window.ran.push('classic');",
    "assets/js/app.js": 'import "./lib.js";\nwindow.late = () => import("./late.js").then(() => "late");\n',
    "assets/js/lib.js": 'import "./deep.js";\nwindow.ran.push("module");\n',
    "assets/js/deep.js": "export {};\n",
    "assets/js/late.js": 'import "./deeper.js";\n',
    "assets/js/deeper.js": "export {};\n",
    "assets/img/a.svg": '<svg viewBox="0 0 1 1"><style>.a &gt; b { fill: red } path { fill: rgb(4, 5, 6) }</style>'
    '<path style="stroke: rgb(7, 8, 9)" d="M0 0"/></svg>',
    "assets/pages.speculationrules": '{"prefetch": [{"urls": ["/next"], "eagerness": "immediate"}]}\n',
}
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
{{ release_watch() }}{{ importmap(INTEGRITY) }}{{ inline_asset("css/critical.css") }}{{ inline_asset("js/boot.js") }}
{{ preload("js/classic.js") }}{{ preload("css/app.css") }}{{ modulepreload("js/app.js") }}
{{ stylesheet("css/app.css") }}{{ script("js/classic.js") }}{{ script("js/app.js", type="module") }}
<p>text</p>{{ inline_asset("img/a.svg") }}
"""
INLINE = ("css/critical.css", "js/boot.js", "img/a.svg")


def released(folder: Path, modules: str = "rewrite") -> Assets:
    """A release of the site, whose texts are not minified, so that they keep the ends of lines."""
    config = f'modules = "{modules}"\nminify = false\n'
    assert build(load_config(start=str(write_tree(folder, {"buildassets.toml": config, **SITE})))).succeeded
    return Assets(folder / "build/manifest.json")


class Pages:
    """A server of one page with these headers, and of the release. `asked` are the requests for other pages."""

    def __init__(self, assets: Assets, page: str, headers: Mapping[str, str]) -> None:
        env = Environment(extensions=["buildassets.runtime.jinja.AssetsExtension"], autoescape=True)
        env.assets = assets  # type: ignore[attr-defined]  # as the extension has it
        self._text = env.from_string(page).render().encode()
        self._headers = list(headers.items())
        self._files = AssetServer(self._page, assets=assets)
        self.asked: list[str] = []

    def _page(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if environ["PATH_INFO"] != "/":
            self.asked.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), *self._headers])
        return [self._text]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._files(environ, start_response)


def policy(sources: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(["default-src 'self' data:", *(f"{name} {' '.join(given)}" for name, given in sources.items())])


def opened(browser: Browser, pages: Pages) -> list[object]:
    """Return the scripts that have run and the styles that apply, once the page has been loaded."""
    with served(pages) as url:
        browser.open(url)
        ran = browser.value("ran")
        late = browser.value("window.late ? late().catch(() => 'refused') : 'no module'")
        watches = browser.value("window[Symbol.for('buildassets.release')]")
        style = [
            browser.style("p", "color"),
            browser.value("getComputedStyle(document.querySelector('p'), '::before').content"),
        ]
        return [ran, late, watches, *style, browser.style("path", "fill"), browser.style("path", "stroke")]


ALL = [["boot ü", "classic", "module"], "late", True, "rgb(1, 2, 3)", '"…"', "rgb(4, 5, 6)", "rgb(7, 8, 9)"]


@pytest.mark.parametrize("modules", ["rewrite", "importmap"])
def test_page_without_a_nonce_works_under_the_policy_of_its_inline_scripts(
    browser: Browser, tmp_path: Path, modules: str
) -> None:
    assets = released(tmp_path, modules)
    pages = Pages(assets, PAGE.replace("INTEGRITY", ""), {"Content-Security-Policy": policy(assets.csp(inline=INLINE))})
    assert opened(browser, pages) == ALL
    assert browser.faults() == []


def test_injected_script_does_not_run(browser: Browser, tmp_path: Path) -> None:
    assets = released(tmp_path)
    page = PAGE.replace("INTEGRITY", "") + "<script>window.ran.push('injected')</script>"
    pages = Pages(assets, page, {"Content-Security-Policy": policy(assets.csp(inline=INLINE))})
    assert opened(browser, pages) == ALL
    assert any("violates the following Content Security Policy" in fault for fault in browser.faults())


def test_inline_script_without_a_hash_does_not_run(browser: Browser, tmp_path: Path) -> None:
    assets = released(tmp_path)
    pages = Pages(
        assets, PAGE.replace("INTEGRITY", ""), {"Content-Security-Policy": policy(assets.csp(inline=INLINE[:2]))}
    )
    assert opened(browser, pages)[5:] == ["rgb(0, 0, 0)", "none"]
    browser.faults()


@pytest.mark.parametrize("modules", ["rewrite", "importmap"])
def test_every_tag_works_under_an_integrity_policy(browser: Browser, tmp_path: Path, modules: str) -> None:
    in_cors_mode = PAGE.replace('"js/classic.js"', '"js/classic.js", crossorigin="anonymous"')
    pages = Pages(
        released(tmp_path, modules),
        in_cors_mode.replace("INTEGRITY", "integrity=True"),
        {"Integrity-Policy": "blocked-destinations=(script)"},
    )
    assert opened(browser, pages) == ALL
    assert browser.faults() == []


def test_integrity_policy_refuses_scripts_without_metadata(browser: Browser, tmp_path: Path) -> None:
    page = PAGE.replace("INTEGRITY", "").replace('script("js/classic.js")', 'script("js/classic.js", integrity=False)')
    page = page.replace('{{ preload("js/classic.js") }}', "")
    headers = {"Integrity-Policy": "blocked-destinations=(script)"}
    ran, late, *_ = opened(browser, Pages(released(tmp_path), page, headers))
    assert (ran, late) == (["boot ü", "module"], "refused")
    browser.faults()


def test_speculation_rules_are_read_from_the_header(browser: Browser, tmp_path: Path) -> None:
    assets = released(tmp_path)
    headers = {"Speculation-Rules": assets.speculation_rules("pages.speculationrules")}
    pages = Pages(assets, PAGE.replace("INTEGRITY", ""), headers)
    with served(pages) as url:
        browser.open(url)
        wait_for(lambda: pages.asked)
    assert pages.asked == ["/next"]
    assert browser.faults() == []


def test_speculation_rules_in_the_page_work_under_the_policy(browser: Browser, tmp_path: Path) -> None:
    assets = released(tmp_path)
    sources = assets.csp(inline=[*INLINE, "pages.speculationrules"])
    page = PAGE.replace("INTEGRITY", "") + '{{ inline_asset("pages.speculationrules") }}'
    pages = Pages(assets, page, {"Content-Security-Policy": policy(sources)})
    with served(pages) as url:
        browser.open(url)
        wait_for(lambda: pages.asked)
    assert pages.asked == ["/next"]
    assert browser.faults() == []
