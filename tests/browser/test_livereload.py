"""Live reload in a real browser, under a strict policy: what a build changes in open pages, and what it leaves."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Browser
from tests.browser.live_page import assert_same_page, opened, theme, wait_for_ink
from tests.browser.live_site import DOT, FILES, PAGE, STRICT, Start
from tests.conftest import Tree

pytestmark = pytest.mark.browser

BROKEN: Tree = {"assets/css/app.css": '.a {}\n.b { background: url("<b>nowhere.svg") }\n'}

# ── style sheets ──


def test_edits_of_an_imported_sheet_never_reload_the_page(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        for value in range(2, 12):
            site.edit(live_reload, theme(value))
            wait_for_ink(browser, value)
    assert_same_page(browser, site)
    assert browser.value("document.styleSheets.length") == 1
    assert browser.faults() == []


def test_edits_faster_than_the_page_follows_end_with_the_last(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        for value in range(2, 12):
            site.edit(live_reload, theme(value))
        wait_for_ink(browser, 11)
        browser.wait_for("document.styleSheets.length === 1")
    assert_same_page(browser, site)
    assert browser.faults() == []


def test_no_frame_is_without_its_sheet(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        browser.value(
            "(window.seen = new Set(), (function look() {"
            " seen.add(getComputedStyle(document.querySelector('h1')).color); requestAnimationFrame(look) })())"
        )
        for value in range(2, 12):
            site.edit(live_reload, theme(value))
            wait_for_ink(browser, value)
        assert set(browser.value("[...seen]")) <= {f"rgb(0, 0, {value})" for value in range(1, 12)}
        assert browser.value("seen.size") > 5


def test_a_swapped_link_keeps_its_attributes_and_is_checked(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        result = site.edit(live_reload, theme(2))
        wait_for_ink(browser, 2)
        browser.wait_for("document.querySelectorAll('link[rel=stylesheet]').length === 1")
    link = "document.querySelector('link[rel=stylesheet]')"
    kept = browser.value(f"[{link}.title, {link}.media, {link}.crossOrigin, {link}.integrity]")
    assert result.manifest is not None
    assert kept == ["main", "screen", None, result.manifest.assets["css/app.css"].integrity]


def test_sheets_that_are_allowed_by_their_nonce_alone_are_swapped(browser: Browser, start: Start) -> None:
    policy = STRICT.replace("style-src 'self' ", "style-src ")
    assert policy != STRICT
    # What such a sheet imports has no nonce.
    page = PAGE.replace('media="screen")', "nonce=nonce)").replace("css/app.css", "css/theme.css")
    page = page.replace("<body>", '{{ inline_asset("css/inline.css", nonce=nonce) }}<body>')
    site = start({**FILES, "assets/css/inline.css": "h1 { margin: 1px }"}, page, policy=policy)
    with site.watch() as live_reload:
        browser.open(site.url)
        for value in (2, 3):
            site.edit(live_reload, {**theme(value), "assets/css/inline.css": f"h1 {{ margin: {value}px }}"})
            wait_for_ink(browser, value)
            browser.wait_for(f"getComputedStyle(document.querySelector('h1')).marginTop === '{value}px'")
    assert site.visits == ["/"]
    assert browser.faults() == []


def test_an_import_in_the_page_itself_is_swapped(browser: Browser, start: Start) -> None:
    style = "<style nonce='{{ nonce }}'>@import '{{ asset(\"css/theme.css\") }}'; h1 { margin: 7px }</style>"
    site = start(page=PAGE.replace('{{ stylesheet("css/app.css", title="main", media="screen") }}', style))
    with site.watch() as live_reload:
        browser.open(site.url)
        wait_for_ink(browser, 1)
        for value in (2, 3):
            site.edit(live_reload, theme(value))
            wait_for_ink(browser, value)
        browser.wait_for("document.styleSheets[0].cssRules.length === 2")
    assert browser.style("h1", "marginTop") == "7px"
    assert site.visits == ["/"]
    assert browser.faults() == []


def test_inline_sheet_is_swapped(browser: Browser, start: Start) -> None:
    page = PAGE.replace("<body>", '{{ inline_asset("css/inline.css", nonce=nonce) }}<body>')
    site = start({**FILES, "assets/css/inline.css": 'h1 { margin: 1px; background: url("../img/dot.svg") }'}, page)
    with site.watch() as live_reload:
        opened(browser, site)
        for margin in ("2px", "3px"):
            site.edit(live_reload, {"assets/css/inline.css": f"h1 {{ margin: {margin} }}"})
            browser.wait_for(f"getComputedStyle(document.querySelector('h1')).marginTop === '{margin}'")
    assert_same_page(browser, site)
    assert browser.faults() == []


COMPONENT = """
import sheet from "../css/module.css" with { type: "css" };
for (const mode of ["open", "closed"]) {
  const host = document.body.appendChild(document.createElement("div"));
  const root = host.attachShadow({ mode });
  root.innerHTML = "<p>shadow</p>";
  root.adoptedStyleSheets = [sheet];
  (window.shadows ??= []).push(root.querySelector("p"));
}
const made = new CSSStyleSheet();
made.replaceSync(await (await fetch(new URL("../css/made.css", import.meta.url))).text());
document.adoptedStyleSheets.push(made, new CSSStyleSheet());
document.documentElement.dataset.component = "ready";
"""


def test_sheets_of_modules_and_of_scripts_are_swapped_in_shadow_roots_too(browser: Browser, start: Start) -> None:
    files = {
        "assets/js/component.js": COMPONENT,
        "assets/css/module.css": 'p { color: rgb(0, 1, 1); background: url("../img/dot.svg") }',
        "assets/css/made.css": "h1 { margin: 1px }",
    }
    script = '{{ script("js/component.js", type="module", nonce=nonce) }}'
    # Trusted types would forbid this test's own innerHTML.
    site = start({**FILES, **files}, PAGE + script, policy=None)
    with site.watch() as live_reload:
        # Its sheet moves the body: a browser that has scrolled before would scroll by as much.
        opened(browser, site, "document.documentElement.dataset.component === 'ready'")
        for value in (2, 3):
            sheets = {"assets/css/module.css": f'p {{ color: rgb(0, {value}, 1); background: url("../img/dot.svg") }}'}
            site.edit(live_reload, {**sheets, "assets/css/made.css": f"h1 {{ margin: {value}px }}"})
            browser.wait_for(f"shadows.every((one) => getComputedStyle(one).color === 'rgb(0, {value}, 1)')")
            browser.wait_for(f"getComputedStyle(document.querySelector('h1')).marginTop === '{value}px'")
            assert "/assets/img/dot." in browser.value("getComputedStyle(shadows[0]).backgroundImage")
    assert_same_page(browser, site)
    assert browser.faults() == []


def test_linked_sheets_of_shadow_roots_are_swapped(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        browser.value(
            "(window.root = document.body.appendChild(document.createElement('div')).attachShadow({mode: 'open'}),"
            " root.append(document.querySelector('link[rel=stylesheet]').cloneNode(), document.createElement('h1')))"
        )
        site.edit(live_reload, theme(2))
        browser.wait_for("getComputedStyle(root.querySelector('h1')).color === 'rgb(0, 0, 2)'")
    assert_same_page(browser, site)


# ── images, and all else ──


def test_images_are_swapped_wherever_the_page_names_them(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        browser.value(
            "document.querySelector('h1').style.setProperty('background',"
            " `url(${document.querySelector('#image').getAttribute('src')}) 1px`, 'important')"
        )
        result = site.edit(live_reload, {"assets/img/dot.svg": DOT.format(16)})
        browser.wait_for("document.querySelector('#image').naturalWidth === 16")
        browser.wait_for("document.querySelector('#set').naturalWidth === 16")
    assert result.manifest is not None
    url = "/assets/" + result.manifest.assets["img/dot.svg"].file
    assert browser.value("document.querySelector('link[rel=icon]').getAttribute('href')") == url
    assert browser.value("document.querySelector('use').getAttribute('href')") == f"{url}#dot"
    assert url in browser.style("h1", "backgroundImage")
    assert browser.value("document.querySelector('h1').style.getPropertyPriority('background-image')") == "important"
    assert_same_page(browser, site)
    assert browser.faults() == []


def test_an_image_of_the_same_name_and_content_elsewhere_stays(browser: Browser, start: Start) -> None:
    page = PAGE + '<img id="other" src="{{ asset(\'vendor/img/dot.svg\') }}" alt="">'
    site = start({**FILES, "assets/vendor/img/dot.svg": FILES["assets/img/dot.svg"]}, page)
    with site.watch() as live_reload:
        opened(browser, site)
        site.edit(live_reload, {"assets/img/dot.svg": DOT.format(16)})
        browser.wait_for("document.querySelector('#image').naturalWidth === 16")
        assert browser.value("document.querySelector('#other').naturalWidth") == 8
    assert browser.faults() == []


def test_changed_script_reloads_the_page(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        site.edit(live_reload, {"assets/js/app.js": "document.documentElement.dataset.script = 'two'"})
        browser.wait_for("document.documentElement.dataset.script === 'two'")
    assert site.visits == ["/", "/"]


def test_page_that_stays_old_is_not_reloaded_forever(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        browser.open(site.url)
        old = (site.folder / "build/manifest.json").read_bytes()
        result = site.edit(live_reload, {"assets/js/app.js": "document.documentElement.dataset.script = 'two'"})
        (site.folder / "build/manifest.json").write_bytes(old)
        browser.wait_for("performance.getEntriesByType('navigation')[0].type === 'reload'")
        live_reload.publish(result)
        assert site.edit(live_reload, theme(2)).succeeded
        wait_for_ink(browser, 2)
    assert len(site.visits) <= 3


# ── finding the watcher ──


def test_a_page_finds_a_watcher_again_at_another_port_with_another_token(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch(port=0) as first:
        opened(browser, site)
        site.edit(first, theme(2))
        wait_for_ink(browser, 2)
    with site.watch(port=0) as second:
        assert (first.token, first.url) != (second.token, second.url)
        site.edit(second, theme(3))
        wait_for_ink(browser, 3)
    assert_same_page(browser, site)


# ── errors ──

OVERLAY = "document.querySelector('buildassets-overlay').shadowRoot"


def text_of(browser: Browser, selector: str) -> list[str]:
    texts: list[str] = browser.value(
        f"[...{OVERLAY}.querySelectorAll({selector!r})].map(({{ textContent }}) => textContent)"
    )
    return texts


def wait_for_overlay(browser: Browser) -> None:
    browser.wait_for("!!document.querySelector('buildassets-overlay')?.shadowRoot.querySelector('dialog[open]')")


def test_overlay_shows_the_errors_of_a_failed_build_until_one_succeeds(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        site.edit(live_reload, BROKEN)
        wait_for_overlay(browser)
        assert text_of(browser, "h2") == ["error[reference/missing]: cannot find css/<b>nowhere.svg"]
        assert text_of(browser, ".place") == ["--> assets/css/app.css:2:23"]
        assert text_of(browser, ".line") == ['.b { background: url("<b>nowhere.svg") }']
        assert text_of(browser, "mark") == ["<b>nowhere.svg"]
        assert browser.value(f"{OVERLAY}.querySelectorAll('b').length") == 0
        wait_for_ink(browser, 1)
        site.edit(live_reload, {"assets/css/app.css": FILES["assets/css/app.css"]})
        browser.wait_for("!document.querySelector('buildassets-overlay')")
    assert_same_page(browser, site)
    assert browser.faults() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_overlay_is_readable(browser: Browser, start: Start, scheme: str) -> None:
    if scheme == "dark":
        browser.prefer_dark()
    hostile = {"assets/css/app.css": "html > * { display: none !important; color: white !important; font-size: 2px }"}
    site = start({**FILES, **hostile})
    many = "".join(f'.a{n} {{ background: url("../img/nowhere{n}.svg") }}\n' for n in range(80))
    with site.watch() as live_reload:
        browser.open(site.url)
        site.edit(live_reload, {"assets/css/app.css": many, "assets/css/theme.css": 'a{b:url("../img/dott.svg")}'})
        wait_for_overlay(browser)
        browser.picture(f"overlay-{scheme}")
        assert text_of(browser, "h1") == ["The build failed with 81 errors"]
        assert len(text_of(browser, "section")) == 50
        assert browser.value(f"{OVERLAY}.querySelector('dialog').getBoundingClientRect().width") > 600
        size, ink, paper = browser.value(
            f"(({{ fontSize, color, backgroundColor }}) => [fontSize, color, backgroundColor])"
            f"(getComputedStyle({OVERLAY}.querySelector('dialog')))"
        )
        assert float(size.removesuffix("px")) >= 14
        assert (sum(channels(ink)) > sum(channels(paper))) == (scheme == "dark")


def channels(color: str) -> list[int]:
    return [int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(",")]


def test_escape_closes_the_overlay_and_restores_the_focus(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        opened(browser, site)
        browser.click("#field")
        site.edit(live_reload, BROKEN)
        wait_for_overlay(browser)
        browser.press(" ")  # what was being typed presses no button
        wait_for_overlay(browser)
        browser.press(Keys.ESCAPE)
        browser.wait_for("!document.querySelector('buildassets-overlay')")
        assert browser.value("document.activeElement.id") == "field"
        live_reload.publish(site.build())
        wait_for_overlay(browser)


def test_page_opened_after_a_failed_build_shows_its_errors(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        site.edit(live_reload, BROKEN)
        browser.open(site.url)
        wait_for_overlay(browser)
        wait_for_ink(browser, 1)
    assert browser.faults() == []
