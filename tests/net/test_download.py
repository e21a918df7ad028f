import errno
import os
from email.message import Message
from io import BytesIO
from urllib.error import URLError
from urllib.request import Request

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.net.download import AnswerError, Terms, _Redirects, _try_to_copy, download
from tests.packages.server import answering
from tests.packages.server import serving as registry
from tests.release.slow import BEHAVIOURS, Behaviour, serving


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,a", "nothing", "http://"])
def test_only_http_is_requested(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(OSError):  # noqa: PT011 whatever the message is
        download(url, 10, permission=BUILDING)


def test_a_redirect_to_an_open_connection_is_not_followed() -> None:
    request = Request("https://example.com/manifest.json")
    redirects = _Redirects(("https", "example.com", 443), None)
    with pytest.raises(URLError, match="not secure"):
        redirects.redirect_request(request, BytesIO(), 302, "Found", Message(), "http://example.com/m.json")
    followed = redirects.redirect_request(request, BytesIO(), 302, "Found", Message(), "https://example.com/m.json")
    assert followed is not None


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_download_without_an_end_is_cut_off(behaviour: Behaviour) -> None:
    with serving(behaviour) as url, pytest.raises(OSError, match=r"it takes longer than .* seconds"):
        download(url, 200_000, limit_seconds=0.3, permission=BUILDING)


class Full(BytesIO):
    """A file on a disk that is full."""

    def write(self, _: object, /) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_file_that_cannot_be_written_is_requested_once() -> None:
    with registry() as server:
        path = server.publish("a", "1.0.0", {"a": "1"})
        with pytest.raises(OSError, match="No space left") as caught:
            _try_to_copy(server.url.rstrip("/") + path, 10_000, Full(), Terms())
        assert caught.value.errno == errno.ENOSPC
        assert server.paths == [path]


@pytest.mark.parametrize(("status", "times"), [(403, 1), (503, 3)])
def test_status_of_an_answer_is_reported_and_passing_faults_are_tried_again(
    status: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with registry() as server:
        server.answers["/a"] = answering(status)
        with pytest.raises(AnswerError, match=f"answers {status}") as caught:
            download(server.url + "a", 10, permission=BUILDING)
        assert caught.value.status == status
        assert server.paths == ["/a"] * times


def test_request_with_a_body_is_a_post() -> None:
    with registry() as server:
        server.advisories["a"] = []
        content = download(
            server.url + "-/npm/v1/security/advisories/bulk", 99, terms=Terms(body=b'{"a": ["1"]}'), permission=BUILDING
        )
    assert content == b'{"a": []}'
