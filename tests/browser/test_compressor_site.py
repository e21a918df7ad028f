"""A site of many templates: each page is the same with django-compressor, with ours, and as it is written.

Where theirs is known to be wrong, ours is as the page is written, and theirs is shown to be another.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.browser.compressor_pages import CHANCE, FAILS, PAGES, REFUSED, REFUSES, Page
from tests.browser.conftest import Browser
from tests.compat.compressor.theirs import beside, their_python
from tests.conftest import MadeOnce, write_tree

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_SITE = Path(__file__).parent / "compressor_site"
# Every element that shows something, and what stands before and behind it.
_STYLES = """[...document.querySelectorAll("*:not(script, style, link, meta, noscript)")].flatMap((element) =>
  [null, "::before", "::after"].map((part) => {
    const style = getComputedStyle(element, part);
    return [element.tagName, part, ...[...style].map((name) => name + ": " + style[name])].join("; ");
  }))"""
_NAMES = "Object.getOwnPropertyNames(window).filter((name) => !/^\\d+$/.test(name))"
_VALUES = f"""Object.fromEntries(
  {_NAMES}.filter((name) => !KNOWN.includes(name))
    .map((name) => [name, JSON.stringify(window[name]) ?? String(window[name])])
)"""
_URL = re.compile(r"http://127\.0\.0\.1:\d+/static/([^\"?]*?)(?:\.[0-9a-f]{12})?(\.\w+)(?:\?[^\"]*)?(?=\")")


class Seen(NamedTuple):
    """A page as a browser shows it."""

    globals: Mapping[str, str]
    styles: list[str]
    faults: list[str]


Show = Callable[[str, Page], Seen]


def rendered(folder: Path, side: str, *, hidden: tuple[str, ...] = (), filters: bool = False) -> Mapping[str, Any]:
    """Build the site in `folder` with `side`, and render its pages; gives what the build and they report."""
    shutil.copytree(_SITE, folder / "site", ignore=shutil.ignore_patterns("__pycache__", *hidden))
    path = [str(folder / "site"), *([] if side == "theirs" else [beside(folder / "beside")])]
    variables = {"SITE_PATH": json.dumps(path), "SITE_SIDE": side, "SITE_OUT": str(folder)}
    pages = [page.asked for page in PAGES if page.is_filtered or not filters]
    python = their_python() if side == "theirs" else sys.executable
    done = subprocess.run(
        [python, "render.py"],
        cwd=folder / "site",
        env={**os.environ, **variables, "SITE_FILTERS": "1" if filters else ""},
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def make(folder: Path) -> None:
    """The site, built and rendered in each way; `failed.json` is what could not be rendered."""
    failed = {}
    for side, filters in (("ours", False), ("theirs", False), ("written", False), ("ours", True), ("theirs", True)):
        out = folder / (f"{side}-filtered" if filters else side)
        out.mkdir(parents=True)
        hidden = REFUSED if side == "theirs" else ()
        reported = rendered(out, side, hidden=hidden, filters=filters)
        failed[out.name] = reported
        if side == "ours":
            (out / "static").symlink_to(out / "build/assets")
        write_tree(out, {"blank.html": '<!doctype html><link rel="icon" href="data:,">'})
    write_tree(folder, {"reported.json": json.dumps(failed)})


@pytest.fixture(scope="session")
def sides(made_once: MadeOnce) -> Path:
    """The folder with each side's."""
    return made_once("compressor-site", make)


def reported(sides: Path, side: str) -> Any:
    """Return the report of a side."""
    return json.loads((sides / "reported.json").read_text())[side]


@pytest.fixture(scope="session")
def urls(serve: Callable[[Path], str], sides: Path) -> Mapping[str, str]:
    """Where each side is served."""
    return {folder.name: serve(folder) for folder in sides.iterdir() if folder.is_dir()}


@pytest.fixture(scope="session")
def known(chromium: Browser, urls: Mapping[str, str]) -> set[str]:
    """The globals of an empty page."""
    chromium.open(f"{urls['ours']}blank.html")
    chromium.value("1")  # leaves a global of the driver's
    return set(chromium.value(_NAMES))


@pytest.fixture(scope="session")
def shown(chromium: Browser, urls: Mapping[str, str], known: set[str], made_once: MadeOnce) -> Show:
    """Shows a page as one of the sides made it; each is loaded once in a run of the tests."""

    def load(url: str) -> Seen:
        chromium.reset()
        chromium.open(url)
        chromium.wait_for("document.readyState === 'complete'")
        made = chromium.value(_VALUES.replace("KNOWN", json.dumps(sorted(known))))
        styles = [_URL.sub(r"/static/\1\2", style) for style in chromium.value(_STYLES)]
        return Seen(made, styles, chromium.faults())

    def show(side: str, page: Page) -> Seen:
        folder = f"{side}-filtered" if page.is_filtered else side
        name = f"seen-{folder}-{page.file}"
        url = f"{urls[folder]}pages/{page.file}"
        kept = made_once(name, lambda made: write_tree(made, {"seen.json": json.dumps(load(url))}))
        return Seen(*json.loads((kept / "seen.json").read_text()))

    return show


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.file)
def test_page_works_and_its_scripts_leave_their_globals(page: Page, shown: Show) -> None:
    seen = shown("ours", page)
    assert seen.faults == []
    assert json.loads(seen.globals["seen"]) == [*page.seen]
    assert {name: json.loads(seen.globals[name]) for name in page.globals} == page.globals


@pytest.mark.parametrize("page", [page for page in PAGES if not page.is_compiled], ids=lambda page: page.file)
def test_page_is_the_same_as_its_sources(page: Page, shown: Show) -> None:
    assert shown("ours", page) == shown("written", page)


@pytest.mark.parametrize("page", [page for page in PAGES if page.theirs != CHANCE], ids=lambda page: page.file)
def test_page_is_the_same_by_django_compressor_except_for_its_faults(page: Page, shown: Show) -> None:
    ours, theirs = shown("ours", page), shown("theirs", page)
    assert (ours == theirs) != bool(page.theirs), page.theirs


def test_django_compressor_fails_on_known_pages(sides: Path) -> None:
    failed = reported(sides, "theirs")["failed"]
    assert sorted(failed) == sorted(page.file for page in PAGES if page.theirs in (FAILS, REFUSES))


def test_pages_hold_what_was_built(sides: Path) -> None:
    assert reported(sides, "ours")["failed"] == {}
    for page in PAGES:
        folder = sides / ("ours-filtered" if page.is_filtered else "ours")
        text = (folder / "pages" / page.file).read_text()
        assert re.search(r"/static/CACHE/(?:css|js)/[\w.]*\.[0-9a-f]{12}\.(?:css|js)", text), page


def test_django_compressor_builds_nothing_if_it_refuses_a_page(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=f"An error occurred during rendering (?:{'|'.join(REFUSED)})"):
        rendered(tmp_path, "theirs")
