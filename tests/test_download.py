import time
from email.message import Message
from io import BytesIO
from urllib.error import URLError
from urllib.request import Request

import pytest

from buildassets.download import _Redirects, download
from tests.release.slow import BEHAVIOURS, Behaviour, serving


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,a", "nothing", "http://"])
def test_nothing_but_http_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(OSError):  # noqa: PT011 whatever it says
        download(url, 10)


def test_a_redirect_to_an_open_connection_is_not_followed() -> None:
    request = Request("https://example.com/manifest.json")
    redirects = _Redirects(("https", "example.com", 443), None)
    with pytest.raises(URLError, match="not secure"):
        redirects.redirect_request(request, BytesIO(), 302, "Found", Message(), "http://example.com/m.json")
    followed = redirects.redirect_request(request, BytesIO(), 302, "Found", Message(), "https://example.com/m.json")
    assert followed is not None


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_a_server_that_does_not_come_to_an_end_is_given_up(behaviour: Behaviour) -> None:
    with serving(behaviour) as url:
        began = time.monotonic()
        with pytest.raises(OSError, match="it takes longer than 1 seconds"):
            download(url, 200_000, limit_seconds=1.0)
        assert time.monotonic() - began < 20
