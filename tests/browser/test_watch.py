"""The example project as somebody who works on it sees it: `buildassets watch` with Flask's server beside it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.example_site import EXAMPLE, url_in
from tests.conftest import PATIENCE_SECONDS
from tests.tailwind import program

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_RULE = "\nbody { background: rgb(1, 2, 3) }\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example project, to be changed."""
    program()  # of which it has a sheet
    return shutil.copytree(EXAMPLE, tmp_path / "project", ignore=shutil.ignore_patterns("build", ".buildassets"))


@contextmanager
def worked_on(project: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The URL of the site, while it is watched and served; with the process of the watch."""
    server = [sys.executable, "-m", "flask", "--app", "app", "--debug", "run", "--port", "0"]
    watch = [sys.executable, "-m", "buildassets", "watch", "--", *server]
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    log = project / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            watch, cwd=project, env=environment, stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        try:
            yield url_in(log, process, "Debugger is active"), process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what a killed watch has left


def test_edits_of_the_example_reach_the_open_page(browser: Browser, project: Path) -> None:
    sheet = project / "assets/scss/_base.scss"
    good = sheet.read_text()
    with worked_on(project) as (url, _):
        browser.open(url)
        browser.wait_for("document.documentElement.dataset.app === 'ready'")
        browser.value("(window.mark = true, scrollTo(0, 300))")
        sheet.write_text(good + _RULE)
        browser.wait_for("getComputedStyle(document.body).backgroundColor === 'rgb(1, 2, 3)'")
        sheet.write_text(good + "\n.wide { background: url('../img/heroo.svg') }\n")
        browser.wait_for("!!document.querySelector('buildassets-overlay')")
        browser.picture("overlay-example")
        sheet.write_text(good)
        browser.wait_for("!document.querySelector('buildassets-overlay')")
        browser.wait_for("getComputedStyle(document.body).backgroundColor !== 'rgb(1, 2, 3)'")
        browser.picture("example-after-overlay")
        assert browser.value("[window.mark, scrollY]") == [True, 300]
        script = project / "assets/js/app/main.js"
        script.write_text(script.read_text() + "\ndocument.documentElement.dataset.edited = 'yes';\n")
        browser.wait_for("document.documentElement.dataset.edited === 'yes' && window.mark === undefined")
        assert browser.faults() == []


def test_open_page_finds_the_watch_started_after_a_killed_one(browser: Browser, project: Path) -> None:
    sheet = project / "assets/css/app.scss"
    with worked_on(project) as (url, first):
        browser.open(url)
        browser.wait_for("document.documentElement.dataset.app === 'ready'")
        browser.value("window.mark = true")
        first.kill()  # the server, its child, is still there
        sheet.write_text(sheet.read_text() + _RULE)
        with subprocess.Popen([sys.executable, "-m", "buildassets", "watch", "--port", "0"], cwd=project) as second:
            browser.wait_for("getComputedStyle(document.body).backgroundColor === 'rgb(1, 2, 3)'")
            second.terminate()
            second.wait(timeout=PATIENCE_SECONDS)
        assert browser.value("window.mark") is True
