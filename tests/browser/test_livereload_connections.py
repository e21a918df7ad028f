"""Pages find a watcher that is started later or again, and follow it in any number of windows and frames."""

import time
from collections.abc import Mapping
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from buildassets.compiler.watch.livereload import LiveReload
from tests.browser.conftest import Browser
from tests.browser.live_page import assert_same_page, opened, theme, wait_for_ink
from tests.browser.live_site import FILES, PAGE, STRICT, Handler, Site, Start, serving
from tests.conftest import wait_for, write_tree
from tests.example.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.thorough]


def open_and_follow(browser: Browser, site: Site, live_reload: LiveReload) -> None:
    """Open the page, which then shows an edit."""
    opened(browser, site)
    site.edit(live_reload, theme(2))
    wait_for_ink(browser, 2)


def test_page_opened_before_the_watcher_finds_it_and_catches_up(browser: Browser, start: Start) -> None:
    site = start()
    site.build()
    opened(browser, site)
    browser.wait_for("performance.getEntriesByName(new URL('/assets/livereload.json', location)).length")
    assert "404 for /assets/livereload.json" in "".join(browser.faults())
    with site.watch() as live_reload:
        live_reload.publish(site.build())
        site.edit(live_reload, theme(2))
        wait_for_ink(browser, 2)
    assert_same_page(browser, site)


def test_page_catches_up_with_builds_made_without_a_watcher(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        open_and_follow(browser, site, live_reload)
    write_tree(site.folder, theme(3))
    with site.watch():
        wait_for_ink(browser, 3)
    assert_same_page(browser, site)


def test_hidden_page_catches_up_when_it_is_shown(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        open_and_follow(browser, site, live_reload)
        see(browser, "hidden")
        site.edit(live_reload, theme(3))
        site.edit(live_reload, theme(4))
        time.sleep(0.5)
        wait_for_ink(browser, 2)
        see(browser, "visible")
        wait_for_ink(browser, 4)
    assert_same_page(browser, site)


def test_changed_templates_reload_the_page(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        live_reload.publish_templates("one")
        open_and_follow(browser, site, live_reload)
        assert_same_page(browser, site)
        for number, state in enumerate(("two", "three", "one"), 2):
            live_reload.publish_templates(state)
            browser.wait_for("!window.mark && document.readyState === 'complete'")
            assert site.visits == ["/"] * number
            browser.value("(window.mark = true, 0)")
            site.edit(live_reload, theme(10 + number))
            wait_for_ink(browser, 10 + number)


def test_page_stays_while_the_application_fails_and_is_loaded_when_it_works_again(
    browser: Browser, start: Start
) -> None:
    site = start()
    with site.watch() as live_reload:
        live_reload.publish_templates("one")
        open_and_follow(browser, site, live_reload)
        site.is_failing = True
        live_reload.publish_templates("broken")
        browser.wait_for(
            "document.querySelector('buildassets-overlay')?.shadowRoot.textContent.includes('answers 500')"
        )
        assert_same_page(browser, site)
        site.is_failing = False
        live_reload.publish_templates("corrected")
        browser.wait_for("!window.mark && document.readyState === 'complete'")
    assert site.visits == ["/", "/"]


def test_page_waits_for_a_server_that_restarts(browser: Browser, tmp_path: Path) -> None:
    site = Site(tmp_path, FILES, PAGE, STRICT)
    port = free_port()
    site.url = f"http://localhost:{port}/"
    with site.watch() as live_reload:
        live_reload.publish_templates("one")
        with serving(partial(Handler, site), port):
            open_and_follow(browser, site, live_reload)
        live_reload.publish_templates("two")
        time.sleep(1)
        assert browser.value("window.mark")
        with serving(partial(Handler, site), port):
            browser.wait_for("!window.mark && document.readyState === 'complete'")
    assert site.visits == ["/", "/"]


def test_page_whose_policy_forbids_to_ask_for_it_is_reloaded(browser: Browser, start: Start) -> None:
    site = start(policy=STRICT.replace("connect-src 'self'", "connect-src http://localhost:*/assets/"))
    with site.watch() as live_reload:
        live_reload.publish_templates("one")
        open_and_follow(browser, site, live_reload)
        live_reload.publish_templates("two")
        browser.wait_for("!window.mark && document.readyState === 'complete'")
    assert site.visits == ["/", "/"]


def test_templates_that_change_before_the_page_has_connected_reload_it_once(
    browser: Browser, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = start()
    with site.watch() as live_reload:
        live_reload.publish_templates("one")
        answer = site.answer
        searches = count(1)

        def slowly_answered(path: str) -> tuple[int, Mapping[str, str], bytes]:
            found = answer(path)
            if site.visits == ["/"]:
                live_reload.publish_templates("two")
                if path.endswith("/livereload.json"):
                    time.sleep(0.5 * next(searches))
                elif path.endswith(".svg"):
                    time.sleep(0.2)  # so that the page is shown, and searches again, while it still searches
            elif path == "/":
                time.sleep(1)
            return found

        monkeypatch.setattr(site, "answer", slowly_answered)
        browser.open(site.url)
        wait_for(lambda: len(site.visits) > 1)
        time.sleep(1.5)
    assert site.visits == ["/", "/"]


def test_hidden_page_is_reloaded_for_its_templates_when_it_is_shown(browser: Browser, start: Start) -> None:
    site = start()
    with site.watch() as live_reload:
        live_reload.publish_templates("one")
        open_and_follow(browser, site, live_reload)
        see(browser, "hidden")
    with site.watch() as live_reload:
        live_reload.publish_templates("two")
        time.sleep(0.5)
        assert site.visits == ["/"]
        see(browser, "visible")
        browser.wait_for("!window.mark && document.readyState === 'complete'")
        site.edit(live_reload, theme(3))
        wait_for_ink(browser, 3)
    assert site.visits == ["/", "/"]


def see(browser: Browser, state: str) -> None:
    """Have the page take itself for `visible` or `hidden`: without a screen all windows are seen."""
    browser.value(
        f"(Object.defineProperty(document, 'visibilityState', {{value: '{state}', configurable: true}}),"
        " document.dispatchEvent(new Event('visibilitychange')))"
    )


def test_many_windows_all_follow(browser: Browser, start: Start) -> None:
    site = start()
    first = browser.windows()[0]
    with site.watch() as live_reload:
        browser.open(site.url)
        others = [browser.open_window() for _ in range(6)]  # a browser opens six connections to one server
        for window in others:
            browser.look_at(window)
            browser.open(site.url)
        site.edit(live_reload, theme(2))
        for window in (first, *others):
            browser.look_at(window)
            wait_for_ink(browser, 2)
        for window in others:
            browser.look_at(window)
            browser.close_window()
        browser.look_at(first)
    assert len(site.visits) == 7


def frames_show(value: int) -> str:
    """Return the expression that is true once all frames of the page have this ink."""
    titles = "[...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument?.querySelector('h1'))"
    return f"{titles}.every((title) => title && getComputedStyle(title).color === 'rgb(0, 0, {value})')"


def open_with_frames(browser: Browser, site: Site, count: int) -> None:
    """Open the page, and `count` more of it in frames."""
    browser.open(site.url)
    browser.value(
        f"(document.body.append(...Array.from({{length: {count}}}, () => document.createElement('iframe'))), 0)"
    )
    browser.value("([...document.querySelectorAll('iframe')].forEach((frame) => (frame.src = '/frame')), 0)")
    browser.wait_for(frames_show(1))


def test_more_frames_than_connections_all_follow(browser: Browser, start: Start) -> None:
    site = start(policy=None)
    with site.watch() as live_reload:
        open_with_frames(browser, site, 11)
        for value in (2, 3, 4):
            site.edit(live_reload, theme(value))
            browser.wait_for(frames_show(value))
        browser.value("(document.querySelectorAll('iframe').forEach((frame, at) => at < 8 && frame.remove()), 0)")
        site.edit(live_reload, theme(5))
        browser.wait_for(frames_show(5))
        wait_for_ink(browser, 5)
    assert len(site.visits) == 12


def test_more_frames_than_connections_find_a_watcher_that_is_started_again(browser: Browser, start: Start) -> None:
    site = start(policy=None)
    site.build()
    open_with_frames(browser, site, 9)
    for value in (2, 3):
        with site.watch(port=0) as live_reload:
            site.edit(live_reload, theme(value))
            browser.wait_for(frames_show(value))
    browser.faults()  # while no watcher runs, its file is missing
    assert len(site.visits) == 10
