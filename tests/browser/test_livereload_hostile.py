"""Pages of strangers get nothing from a running watcher, whatever they know and whatever their name is."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from buildassets.compiler.watch.livereload import LiveReload
from tests.browser.conftest import Browser
from tests.browser.live_site import Site, running, serving
from tests.example.servers import free_port

pytestmark = pytest.mark.browser

SECRET = "s3cret"
FILES = {"assets/css/app.css": f'.{SECRET} {{ background: url("{SECRET}.svg") }}', "assets/js/ok.js": ""}

# Everything that the page at hand can find out about `url`.
_TRY = """(async (url) => {
  const heard = [];
  for (const mode of ["cors", "no-cors", "same-origin"]) {
    try {
      const answer = await fetch(url, { mode, credentials: "include", signal: AbortSignal.timeout(30000) });
      const { value } = await answer.body.getReader().read();
      heard.push(answer.status, new TextDecoder().decode(value));
    } catch (fault) { heard.push(fault.name === "TimeoutError" ? "it stays open" : 0); }
  }
  await new Promise((resolve) => {
    const events = new EventSource(url);
    events.onopen = () => heard.push("opened");
    events.onmessage = ({ data }) => { heard.push(data); resolve(); };
    events.onerror = () => { events.close(); resolve(); };
  });
  await new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), { src: url });
    script.onload = () => { heard.push("loaded"); resolve(); };
    script.onerror = resolve;
    document.head.append(script);
  });
  return heard.filter((one) => one && one !== 403);
})"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An application whose build fails: there is something to be learned."""
    with running(tmp_path / "site", {"assets/css/app.css": ""}, "{{ livereload(nonce=nonce) }}") as site:
        yield site


@pytest.fixture
def live_reload(site: Site) -> Iterator[LiveReload]:
    """Its watcher."""
    with site.watch() as live_reload:
        site.edit(live_reload, FILES)
        yield live_reload


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[int]:
    """The port of a page that belongs to somebody else."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><head><title>stranger</title>")
    with ExitStack() as stack:
        yield stack.enter_context(serving(partial(_Quiet, directory=str(folder))))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it so
        """Log nothing."""


def heard(browser: Browser, url: str) -> list[object]:
    """Return everything that the open page finds out about `url`."""
    answers: list[object] = browser.value(f"{_TRY}({url!r})")
    return answers


def events_url(live_reload: LiveReload, token: str) -> str:
    return f"{live_reload.url}events?token={token}&release="


def test_page_of_the_application_hears_the_errors(browser: Browser, site: Site, live_reload: LiveReload) -> None:
    site.policy = None
    browser.open(site.url)
    answers = heard(browser, events_url(live_reload, live_reload.token))
    assert SECRET in str(answers)  # so that the tests below can fail


@pytest.mark.parametrize("token", ["", "guess", "%00"])
def test_local_page_hears_nothing_without_the_token(
    browser: Browser, live_reload: LiveReload, stranger: int, token: str
) -> None:
    browser.open(f"http://127.0.0.1:{stranger}/")
    assert heard(browser, events_url(live_reload, token)) == []
    assert heard(browser, live_reload.url) == []


def test_a_page_of_another_machine_hears_nothing_even_with_the_token(
    browser: Browser, live_reload: LiveReload, stranger: int
) -> None:
    browser.open(f"http://www.hostile.test:{stranger}/")
    assert heard(browser, events_url(live_reload, live_reload.token)) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "www.hostile.test"])
def test_a_page_of_a_stranger_cannot_read_where_the_watcher_is(
    browser: Browser, site: Site, live_reload: LiveReload, stranger: int, host: str
) -> None:
    browser.open(f"http://{host}:{stranger}/")
    assert live_reload.token not in str(heard(browser, f"{site.url}assets/livereload.json"))


def test_rebound_name_opens_nothing(browser: Browser, site: Site, tmp_path: Path) -> None:
    """DNS rebinding: the page of a stranger, and then under the same name and port the watcher."""
    (tmp_path / "index.html").write_text("<!doctype html><head><title>stranger</title>")
    with serving(partial(_Quiet, directory=str(tmp_path)), free_port()) as port:
        browser.open(f"http://www.hostile.test:{port}/")
    with site.watch(port=port) as live_reload:
        site.edit(live_reload, FILES)
        assert live_reload.url == f"http://127.0.0.1:{port}/"
        assert heard(browser, f"/events?token={live_reload.token}&release=") == []
        assert heard(browser, events_url(live_reload, live_reload.token)) == []


def test_stranger_with_the_token_of_the_application_hears_nothing(
    browser: Browser, site: Site, live_reload: LiveReload
) -> None:
    site.policy = None
    browser.open(f"http://www.hostile.test:{urlsplit(site.url).port}/")
    token = browser.value("fetch('/assets/livereload.json').then((answer) => answer.json()).then(({token}) => token)")
    assert token == live_reload.token  # the application answers to any name, as most do in development
    assert heard(browser, events_url(live_reload, token)) == []


def test_a_frame_without_an_origin_hears_nothing(browser: Browser, live_reload: LiveReload, stranger: int) -> None:
    browser.open(f"http://127.0.0.1:{stranger}/")
    url = events_url(live_reload, live_reload.token)
    browser.value(
        "(window.answers = new Promise((resolve) => addEventListener('message', ({data}) => resolve(data))),"
        " document.body.append(Object.assign(document.createElement('iframe'),"
        f" {{sandbox: 'allow-scripts', srcdoc: `<script>{_TRY}({url!r}).then((heard) =>"
        " parent.postMessage(heard, '*'))<\\/script>`})))"
    )
    assert browser.value("answers") == []
