"""Sessions: in a cookie, in Redis and in Memcached, in Flask and in Django."""

import runpy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.example.conftest import STORES, Start
from tests.example.fleet import KEY
from tests.example.kept import Kept, kept_at
from tests.example.servers import PROJECT
from tests.example.visitor import Visitor

pytestmark = pytest.mark.thorough

_STORED = ("redis", "memcached")


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, framework: str, start: Start, session_url: Callable[[str], str]
) -> Iterator[Visitor]:
    """Somebody at a site with the store that the test names, of which nothing is kept yet."""
    url = session_url(request.param)
    if url != "cookie:":
        kept_at(url).clear()
    with Visitor(start(framework, SESSION_URL=url).port) as one:
        yield one


@pytest.fixture
def kept(request: pytest.FixtureRequest, session_url: Callable[[str], str]) -> Kept:
    """The entries of the visitor's store."""
    return kept_at(session_url(request.node.callspec.params["visitor"]))


in_each_store = pytest.mark.parametrize("visitor", STORES, indirect=True)
in_each_server = pytest.mark.parametrize("visitor", _STORED, indirect=True)


@in_each_store
def test_visitor_is_known_from_sign_in_to_sign_out(visitor: Visitor) -> None:
    assert not visitor.is_known
    assert visitor.sign_in().headers["Location"] == "/berth"
    assert ">Kittiwake</a>" in visitor.get("/visit").text
    assert visitor.post("/sign-out", form="/berth").status == 303
    assert ">Sign in</a>" in visitor.get("/visit").text
    assert "session" not in visitor.cookies


@in_each_store
def test_wrong_code_is_refused(visitor: Visitor) -> None:
    assert visitor.sign_in(code="seal-on-the-ship").status == 422
    assert not visitor.is_known


@in_each_store
def test_a_form_without_its_token_is_refused(visitor: Visitor) -> None:
    visitor.sign_in()
    assert visitor.post_without_token("/sign-out").status == 403
    assert visitor.post_without_token("/berth", berth="Town quay").status == 403
    assert visitor.is_known


@in_each_store
def test_reading_starts_no_session(visitor: Visitor) -> None:
    assert not [page for page in ("/", "/tides", "/visit", "/health") if visitor.get(page).headers["Set-Cookie"]]


@in_each_store
def test_changed_cookie_is_ignored(visitor: Visitor) -> None:
    visitor.sign_in()
    session = visitor.cookies["session"]
    visitor.cookies["session"] = ("A" if session[0] != "A" else "B") + session[1:]
    assert not visitor.is_known


@in_each_store
def test_a_request_for_a_berth_is_there_until_it_is_withdrawn(visitor: Visitor) -> None:
    visitor.sign_in()
    arrival = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    assert visitor.ask_for_berth(arrival).status == 303
    assert arrival in visitor.get("/").text
    assert visitor.post("/berth/withdraw", form="/berth").status == 303
    assert arrival not in visitor.get("/").text


@in_each_server
def test_signing_in_replaces_the_id_of_the_session(visitor: Visitor) -> None:
    visitor.sign_in()
    former = dict(visitor.cookies)
    visitor.sign_in()
    assert visitor.cookies["session"] != former["session"]
    visitor.cookies = former
    assert not visitor.is_known


@in_each_server
def test_each_request_renews_the_lifetime_of_the_session(visitor: Visitor, kept: Kept) -> None:
    visitor.sign_in()
    kept.shorten(60)
    assert max(kept.seconds().values()) < 90  # Memcached's clock goes by seconds, and may be late
    answer = visitor.get("/visit")
    assert min(kept.seconds().values()) > 13 * 24 * 3600
    assert "expires=" in answer.headers["Set-Cookie"].lower()


@in_each_server
def test_a_session_that_the_store_has_dropped_is_over(visitor: Visitor, kept: Kept) -> None:
    visitor.sign_in()
    kept.clear()
    assert not visitor.is_known
    assert visitor.get("/berth").headers["Location"] == "/sign-in"
    assert visitor.sign_in().status == 303


@pytest.mark.parametrize("store", STORES)
def test_cookies_are_secure_and_hidden_from_scripts(
    framework: str, store: str, start: Start, session_url: Callable[[str], str]
) -> None:
    site = start(framework, SESSION_URL=session_url(store), SECURE_COOKIES="1")
    with Visitor(site.port) as visitor:
        cookies = visitor.sign_in().headers.get_all("Set-Cookie", [])
    (session,) = [cookie for cookie in cookies if cookie.startswith("session=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in session.split(";")}
    assert [cookie for cookie in cookies if "; Secure" not in cookie] == []


@pytest.mark.parametrize("store", ["cookie", "redis"])
def test_former_key_is_valid_next_to_a_new_one(
    framework: str, store: str, start: Start, session_url: Callable[[str], str]
) -> None:
    stored = {"SESSION_URL": session_url(store)}
    new = {"SECRET_KEY": "the key that takes the place of the former one"}
    with Visitor(start(framework, **stored).port) as visitor:
        visitor.sign_in()
    for variables in ({**new, "SECRET_KEY_FALLBACKS": KEY}, new):
        with Visitor(start(framework, **stored, **variables).port) as later:
            later.cookies = visitor.cookies
            assert later.is_known
        visitor = later


@pytest.mark.parametrize("store", _STORED)
def test_deleted_session_stays_deleted(store: str, session_url: Callable[[str], str]) -> None:
    kept = runpy.run_path(str(PROJECT / "session_stores.py"))["store_at"](session_url(store))
    kept.add("one", b"{}", 60)
    kept.replace("one", b"[]", 60)
    assert kept.read("one", 60) == b"[]"
    kept.delete("one")
    kept.replace("one", b"{}", 60)
    assert kept.read("one", 60) is None
    kept._client.close()
