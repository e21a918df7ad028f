"""A headless Chromium that reports what went wrong in a page, and servers for pages."""

import functools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from tests.browser.example_site import served_example
from tests.browser.live_site import FILES, PAGE, Start, running
from tests.browser.serving import answering
from tests.conftest import PATIENCE_SECONDS, find_tool

_FAULTY = ("WARNING", "SEVERE")
_WINDOW = "1280,1400"
_SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # as root Chromium starts no other way, and it sees pages from this machine only
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    f"--window-size={_WINDOW}",
    "--host-resolver-rules=MAP *.hostile.test 127.0.0.1",  # an attacker's name server may resolve his names to this
    # Pages that are left end at once: kept ones, and a process in reserve, double the time to open the next page.
    "--disable-features=BackForwardCache,SpareRendererForSitePerProcess",
    "--disable-gpu-compositing",
    "--disable-software-rasterizer",
)


class Browser:
    """One window. Every failed request and every error in the console is kept until `faults` is asked.

    The requests of workers are not seen: ask the page whether its worker answered.
    """

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver
        self._is_dark = False

    def reset(self) -> None:
        """Leave the page, forget what it stored and what it logged."""
        if self._is_dark:
            self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
            self._is_dark = False
        if self._driver.current_url != "about:blank":
            self._driver.execute_script("if (location.protocol.startsWith('http')) localStorage.clear()")
            self._driver.get("about:blank")
        self._driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        self._driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.faults()

    def open(self, url: str) -> None:
        """Load the page at `url`, until its `load` event: a busy driver may return before that.

        The page is asked again and again, as one that reloads itself would never answer a question it took with it.
        """
        self._driver.get(url)
        self.wait_for("document.readyState === 'complete'")

    def prefer_dark(self) -> None:
        """Have the user's system be dark from now on."""
        self._is_dark = True
        features = [{"name": "prefers-color-scheme", "value": "dark"}]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    @contextmanager
    def narrow(self, width: int, height: int = 844) -> Iterator[None]:
        """Have a screen of this size within the block."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            yield
        finally:
            self._driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def value(self, expression: str) -> Any:
        """The value of the JavaScript `expression` in the page; a promise is waited for."""
        return self._driver.execute_script(f"return {expression}")

    def wait_for(self, expression: str) -> None:
        """Wait until the JavaScript `expression` is true; the test fails if it does not come to be."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.value(expression):
            if time.monotonic() > deadline:
                pytest.fail(f"never true: {expression}; faults: {self.faults()}")
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Press a key where the focus is; special ones are those of `selenium.webdriver.common.keys`."""
        ActionChains(self._driver).send_keys(key).perform()

    def windows(self) -> list[str]:
        """The open windows."""
        handles: list[str] = self._driver.window_handles
        return handles

    def open_window(self) -> str:
        """Open one more window and look at it; gives its name."""
        self._driver.switch_to.new_window("tab")
        name: str = self._driver.current_window_handle
        return name

    def look_at(self, window: str) -> None:
        """Look at another window."""
        self._driver.switch_to.window(window)

    def close_window(self) -> None:
        """Close the window that is looked at; look at another one then."""
        self._driver.close()

    def click(self, selector: str) -> None:
        """Click the element that the CSS `selector` names."""
        self._driver.find_element(By.CSS_SELECTOR, selector).click()

    def style(self, selector: str, name: str) -> str:
        """The computed value of the CSS property `name` of the first such element."""
        computed: str = self.value(f"getComputedStyle(document.querySelector({selector!r}))[{name!r}]")
        return computed

    def faults(self) -> list[str]:
        """Faults since last asked: requests that failed, answers of 400 and more, errors in the console."""
        requests = [fault for entry in self._log("performance") if (fault := _fault(entry))]
        return requests + [entry["message"] for entry in self._log("browser") if entry["level"] in _FAULTY]

    def requested(self) -> list[str]:
        """The URLs of all requests since this or `faults` was last asked, those of the pages themselves, too."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]

    def _log(self, name: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._driver.get_log(name)  # type: ignore[no-untyped-call]  # Selenium's gap
        return entries

    def picture(self, name: str) -> None:
        """Save the page as `name.png` in the folder `$BUILDASSETS_PICTURES`, if that is set."""
        if folder := os.environ.get("BUILDASSETS_PICTURES"):
            self._driver.save_screenshot(str(Path(folder, f"{name}.png")))

    def screen(self) -> bytes:
        """The picture in the window, as a PNG."""
        shown: bytes = self._driver.get_screenshot_as_png()
        return shown


def _fault(entry: dict[str, Any]) -> str | None:
    event = json.loads(entry["message"])["message"]
    given = event["params"]
    if event["method"] == "Network.loadingFailed" and not given.get("canceled"):
        return f"a request failed: {given['errorText']}"
    if event["method"] == "Network.responseReceived" and given["response"]["status"] >= 400:
        return f"{given['response']['status']} for {urlsplit(given['response']['url']).path}"
    return None


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The window that all tests of a process share."""
    options = ChromeOptions()
    options.binary_location = find_tool("chromium", "chromium-browser", "google-chrome")
    service = ChromeService(find_tool("chromedriver"))
    for switch in (*_SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = Chrome(options=options, service=service)
    driver.set_script_timeout(PATIENCE_SECONDS)
    yield Browser(driver)
    driver.quit()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """A window that knows nothing of earlier tests."""
    chromium.reset()
    return chromium


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 the base class has it so
        ".css": "text/css",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
        "": "application/octet-stream",
    }

    def end_headers(self) -> None:
        """Let pages of other origins use fonts and modules, as whoever serves assets from another host does."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Log nothing."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder on a free port of this machine; gives the URL of the folder, with a slash at the end."""
    with ExitStack() as stack:

        def start(folder: Path) -> str:
            handler = functools.partial(_Handler, directory=folder)
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            stack.enter_context(answering(server))
            return f"http://127.0.0.1:{server.server_port}/"

        yield start


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the example project's site."""
    with served_example(tmp_path_factory.mktemp("site")) as url:
        yield url


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts an application in the test's own folder."""
    with ExitStack() as stack:
        yield lambda files=FILES, page=PAGE, **options: stack.enter_context(running(tmp_path, files, page, **options))
