"""The page of a report in a browser: by keyboard, on a phone, in the dark, with hostile names, and without requests."""

import json
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Browser
from tests.command import run
from tests.conftest import MadeOnce, Tree, write_tree

pytestmark = pytest.mark.browser

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"
HOSTILE = "<img src=x onerror='document.title=1'>\x1b[2J\u202egnp"
SITE: Tree = {
    "buildassets.toml": '[bundles]\n"css/all.css" = ["css/a.css", "css/b.css"]\n',
    "assets/css/a.css": "a { background: url(../img/a.svg) }\n",
    "assets/css/b.css": "b { color: red }\n" * 300,
    "assets/img/a.svg": SVG,
    "assets/img/copy.svg": SVG,
    f"assets/{HOSTILE}.txt": "x" * 3000,
    "assets/js/long/name/of/a/folder/that/does/not/end/soon/enough/for/a/phone.js": "export const a = 1\n" * 40,
    "templates/base.html": '{{ stylesheet("css/all.css") }}',
}


@pytest.fixture
def page(made_once: MadeOnce) -> str:
    """The URL of a report with changes."""

    def make(folder: Path) -> None:
        run(write_tree(folder, SITE), "build", "-q")
        shutil.copytree(folder / "build", folder / "old")
        write_tree(folder, {"assets/css/b.css": "b { color: tan }\n" * 200})
        run(folder, "build", "-q")
        assert run(folder, "report", "-o", "report.html", "--since", "old").returncode == 0

    return (made_once("report", make) / "report.html").as_uri()


@pytest.fixture
def opened(browser: Browser, page: str) -> Iterator[Browser]:
    """A window with the report, in which nothing may go wrong."""
    browser.open(page)
    yield browser
    assert browser.faults() == []


def test_report_requests_nothing(opened: Browser) -> None:
    assert opened.value("performance.getEntriesByType('resource').length") == 0


def test_every_asset_is_a_row_and_a_tile_with_a_label(opened: Browser) -> None:
    assert opened.value("document.querySelectorAll('#table tbody tr').length") == len(SITE) - 2 + 1
    labels = opened.value("[...document.querySelectorAll('.tile')].map((one) => one.getAttribute('aria-label'))")
    assert any(one.startswith("css/b.css, in css/all.css: ") for one in labels)
    assert any(one.startswith("img/a.svg: 41 B, ") and one.endswith(" % of all, images") for one in labels)


def test_a_hostile_name_is_text(opened: Browser) -> None:
    assert opened.value("document.querySelectorAll('main img').length") == 0
    assert opened.value("document.title").startswith("Release ")
    shown = opened.value("document.querySelector('#table').textContent")
    assert "<img src=x onerror='document.title=1'>\\x1b[2J\\u202egnp.txt" in shown


def test_tiles_are_walked_by_keyboard(opened: Browser) -> None:
    opened.value("document.querySelector('.tile').focus()")
    assert opened.value("document.querySelectorAll('.tile[tabindex=\"0\"]').length") == 1
    seen = {label(opened)}
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_UP, Keys.END):
        opened.press(key)
        seen.add(label(opened))
    assert len(seen) > 2
    opened.press(Keys.ENTER)
    opened.wait_for("location.hash.startsWith('#asset=')")
    assert opened.value("document.activeElement.id") == "asset"


def label(browser: Browser) -> str:
    found: str = browser.value("document.activeElement.getAttribute('aria-label')")
    return found


@pytest.mark.parametrize("measure", ["size", "br"])
def test_the_area_follows_the_measure(opened: Browser, measure: str) -> None:
    before = opened.value("document.querySelector('#map').innerHTML")
    opened.click(f"input[value={measure}]")
    assert opened.value("document.querySelector('#map').innerHTML") != before


def test_the_table_is_sorted_by_its_head(opened: Browser) -> None:
    first = "document.querySelector('#table tbody th').textContent"
    assert opened.value(first).endswith("phone.js") is False
    opened.click("#table thead th:first-child button")
    assert opened.value("document.querySelector('#table thead th').getAttribute('aria-sort')") == "ascending"
    names = opened.value("[...document.querySelectorAll('#table tbody th')].map((one) => one.textContent)")
    assert names == sorted(names)
    assert opened.value("document.activeElement.textContent") == "Asset"


def test_the_table_is_filtered(opened: Browser) -> None:
    opened.value("document.querySelector('#words').focus()")
    opened.press("SVG")
    assert opened.value("document.querySelector('#count').textContent") == "2 of 7 assets"


def test_asset_shows_its_path_and_neighbours(opened: Browser, page: str) -> None:
    opened.open("about:blank")
    opened.open(f"{page}#asset=img%2Fa.svg")
    steps = opened.value("[...document.querySelectorAll('#detail .way')][0].innerText.split(/\\s+/).join(' ')")
    assert steps == "templates/base.html:1 css/all.css img/a.svg"
    named = opened.value("[...document.querySelectorAll('.graph .node')].map((one) => one.textContent)")
    assert named == ["css/a.css", "css/all.css", "img/a.svg"]
    assert opened.value("document.querySelectorAll('.graph path').length") == 2


def test_bundle_shows_its_inputs(opened: Browser) -> None:
    rows = opened.value("[...document.querySelectorAll('#bundles tbody tr')].map((one) => one.textContent)")
    assert [row.partition(".css")[0] for row in rows] == ["css/b", "css/a"]


def test_changes_duplicates_and_times_are_tables(opened: Browser) -> None:
    for section, caption in (
        ("changes", "Assets that differ"),
        ("duplicates", "Assets with the same content"),
        ("unused", "Assets that no template and no other asset names"),
        ("time", "Time of the build by stage"),
    ):
        assert opened.value(f"document.querySelector('#{section} caption').textContent") == caption


def test_lists_in_tables_are_as_wide_as_words_on_a_phone(opened: Browser, page: str) -> None:
    with opened.narrow(390):
        opened.open("about:blank")
        opened.open(page)
        widths = opened.value("[...document.querySelectorAll('td > ul')].map((one) => one.clientWidth)")
        assert widths
        assert min(widths) >= 200


def test_many_places_of_a_duplicate_are_folded(browser: Browser, tmp_path: Path) -> None:
    run(write_tree(tmp_path, {f"assets/{number:04}.svg": SVG for number in range(1200)}), "build", "-q")
    assert run(tmp_path, "report", "-o", "report.html").returncode == 0
    browser.open((tmp_path / "report.html").as_uri())
    assert browser.value("document.querySelectorAll('#duplicates td > ul li').length") == 20
    assert browser.value("document.querySelector('#duplicates summary').textContent") == "1,180 more places"
    assert browser.value("document.querySelectorAll('#duplicates details li').length") == 1180
    assert browser.value("document.querySelector('#count').textContent") == "1,200 of 1,200 assets"


def test_all_that_can_be_used_has_a_name(opened: Browser) -> None:
    unnamed = opened.value(
        "[...document.querySelectorAll('button, a, input, select, [role=region], [role=group]')].filter((one) =>"
        " !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.[0]?.textContent.trim()))"
        ".map((one) => one.outerHTML)"
    )
    assert unnamed == []
    headings = opened.value("[...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.localName[1]))")
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_report_fits_the_screen_and_is_readable(opened: Browser, page: str, width: int, is_dark: bool) -> None:
    if is_dark:
        opened.prefer_dark()
    with opened.narrow(width):
        opened.open("about:blank")
        opened.open(f"{page}#asset=css%2Fall.css")
        assert opened.value("document.documentElement.scrollWidth") <= width
        ratios = json.loads(opened.value(CONTRASTS))
        opened.picture(f"report-{width}-{'dark' if is_dark else 'light'}")
    assert [one for one in ratios if one[1] < 4.5] == []


# The contrast (WCAG 2.2, 1.4.3) of the text of some elements to what is behind it.
CONTRASTS = """(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const colour = node ? getComputedStyle(node).backgroundColor : 'rgb(255, 255, 255)';
    return colour === 'rgba(0, 0, 0, 0)' ? behind(node.parentElement) : colour;
  };
  const names = 'p, a, .hint, caption, th, td, .tile, .box > span, label, input, select, summary, dt, .grown, .shrunk';
  return JSON.stringify([...document.querySelectorAll(names)].map((node) => {
    const [more, less] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
    return [node.outerHTML.slice(0, 80), (more + 0.05) / (less + 0.05)];
  }));
})()"""
