"""The answer to a request: what RFC 9110 makes of method and headers."""

import string
from dataclasses import replace
from email import message_from_bytes
from email.policy import HTTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.runtime.conditions import http_date
from buildassets.runtime.ranges import ByteRange
from buildassets.runtime.serving import REASONS, REQUEST_HEADERS, Answer, Representation, Resource, answer

CONTENT = {"identity": string.ascii_letters.encode() * 4, "gzip": b"gzip" * 30, "br": b"br" * 40}
MODIFIED = 784111777
SHEET = Resource(
    "/r",
    "sheet",
    "text/css; charset=utf-8",
    tuple(CONTENT),
    tuple(map(len, CONTENT.values())),
    tuple(f"d1g_e-st.{coding}" for coding in CONTENT),
    MODIFIED,
)
IMAGE = Resource("/r", "sheet", "image/png", ("identity",), SHEET.sizes[:1], SHEET.tags[:1], MODIFIED)
WATCHER = replace(IMAGE, is_lasting=False)
SITE = "https://example.com"


def ask(
    resource: Resource | None = SHEET, method: str = "GET", /, *, origins: frozenset[str] = frozenset(), **headers: str
) -> Answer:
    """The answer; `if_match` for `If-Match`."""
    return answer(resource, method, {name.replace("_", "-"): value for name, value in headers.items()}, origins)


def body(given: Answer) -> bytes:
    """Return the content that is sent."""
    coding = {"": "identity", ".gz": "gzip", ".br": "br"}[
        given.file.path.removeprefix("/r/sheet") if given.file else ""
    ]
    return b"".join(
        CONTENT[coding][one.start : one.stop] if isinstance(one, ByteRange) else one for one in given.content
    )


def headers(given: Answer) -> dict[str, str]:
    """Its headers, each of which has to be there once."""
    assert len({name.lower() for name, _ in given.headers}) == len(given.headers)
    return {name.lower(): value for name, value in given.headers}


def test_file_is_answered_with_all_its_headers() -> None:
    given = ask()
    assert (given.status, body(given)) == (200, CONTENT["identity"])
    assert headers(given) == {
        "content-type": "text/css; charset=utf-8",
        "content-length": "208",
        "vary": "Accept-Encoding",
        "etag": '"d1g_e-st.identity"',
        "cache-control": "public, max-age=31536000, immutable",
        "accept-ranges": "bytes",
        "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT",
        "x-content-type-options": "nosniff",
    }


def test_a_copy_has_its_own_etag() -> None:
    given = ask(accept_encoding="gzip")
    assert body(given) == CONTENT["gzip"]
    assert {"content-encoding": "gzip", "etag": '"d1g_e-st.gzip"', "content-length": "120"}.items() <= headers(
        given
    ).items()


def test_a_file_without_copies_does_not_vary() -> None:
    assert "vary" not in headers(ask(IMAGE, accept_encoding="gzip"))


def test_no_coding_that_is_acceptable() -> None:
    given = ask(IMAGE, accept_encoding="identity;q=0")
    assert (given.status, headers(given)["vary"], headers(given)["cache-control"]) == (
        406,
        "Accept-Encoding",
        "no-store",
    )


@pytest.mark.parametrize("header", ["x", "if-none-match", "if-match", "accept-encoding"])
def test_head_has_the_headers_of_get_and_no_content(header: str) -> None:
    asked = {header: "identity;q=0"}
    get, head = answer(SHEET, "GET", asked), answer(SHEET, "HEAD", asked)
    assert (head.status, head.headers, head.content) == (get.status, get.headers, ())


def test_head_knows_no_ranges() -> None:
    assert ask(SHEET, "HEAD", range="bytes=0-9") == ask(SHEET, "HEAD")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "PROPFIND", ""])
def test_other_methods_are_not_allowed(method: str) -> None:
    given = ask(SHEET, method, range="bytes=0-9", if_none_match="*")
    assert (given.status, headers(given)["allow"], given.file) == (405, "GET, HEAD, OPTIONS", None)


def test_options_lists_the_methods() -> None:
    given = ask(SHEET, "OPTIONS", origin=SITE)
    assert (given.status, headers(given)) == (204, {"allow": "GET, HEAD, OPTIONS", "vary": "Accept-Encoding"})


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_nothing_is_there_for_any_method(method: str) -> None:
    given = ask(None, method)
    assert (given.status, headers(given)["cache-control"], body(given)) == (404, "no-store", b"Not Found\n")


def test_not_modified_has_the_headers_that_a_cache_renews() -> None:
    given = ask(if_none_match='"d1g_e-st.br"', accept_encoding="br")
    assert (given.status, given.content, given.file) == (304, (), None)
    assert headers(given).keys() == {"etag", "vary", "cache-control"}


def test_the_etag_of_another_coding_is_another() -> None:
    assert ask(if_none_match='"d1g_e-st.br"', accept_encoding="gzip").status == 200


def test_preconditions_count_only_where_there_would_be_an_answer() -> None:
    assert ask(if_none_match="*", accept_encoding="*;q=0").status == 406
    assert ask(None, if_match="*").status == 404


def test_a_failed_precondition() -> None:
    given = ask(if_match='"other"', range="bytes=0-9")
    assert (given.status, given.file) == (412, None)


def test_one_range() -> None:
    given = ask(range="bytes=2-5")
    assert (given.status, body(given)) == (206, b"cdef")
    assert headers(given)["content-range"] == "bytes 2-5/208"
    assert headers(given).keys() - headers(ask()).keys() == {"content-range"}


def test_a_range_of_a_copy_is_one_of_its_bytes() -> None:
    given = ask(range="bytes=1-4", accept_encoding="gzip")
    assert (body(given), headers(given)["content-range"]) == (b"zipg", "bytes 1-4/120")


def test_a_range_beyond_the_end() -> None:
    given = ask(range="bytes=208-")
    assert (given.status, headers(given)["content-range"], given.file) == (416, "bytes */208", None)


def test_several_ranges_are_parts_in_their_order() -> None:
    given = ask(range="bytes=10-12,0-1")
    sent = body(given)
    assert (given.status, headers(given)["content-length"]) == (206, str(len(sent)))
    head = f"Content-Type: {headers(given)['content-type']}\r\n".encode()
    parts = message_from_bytes(head + b"\r\n" + sent, policy=HTTP).get_payload()
    assert isinstance(parts, list)
    assert sent.count(b"\r\nContent-Type: text/css; charset=utf-8\r\n") == 2
    assert [(one["Content-Range"], one.get_payload()) for one in parts] == [  # type: ignore[union-attr, index]
        ("bytes 10-12/208", "klm"),
        ("bytes 0-1/208", "ab"),
    ]


def test_several_ranges_of_a_copy_are_the_whole_copy() -> None:
    assert ask(range="bytes=10-12,0-1", accept_encoding="gzip") == ask(accept_encoding="gzip")


@pytest.mark.parametrize("validator", ['"d1g_e-st.identity"', http_date(MODIFIED)])
def test_a_part_is_sent_of_the_version_that_is_asked_for(validator: str) -> None:
    assert ask(IMAGE, range="bytes=0-9", if_range=validator).status == 206


@pytest.mark.parametrize("validator", ['"d1g_e-st.gzip"', 'W/"d1g_e-st.identity"', http_date(MODIFIED + 1), ""])
def test_whole_file_is_sent_instead_of_a_part_of_another_version(validator: str) -> None:
    assert ask(IMAGE, range="bytes=900-", if_range=validator) == ask(IMAGE)


def test_date_does_not_distinguish_a_file_from_its_copies() -> None:
    assert ask(range="bytes=0-9", if_range='"d1g_e-st.identity"').status == 206
    assert ask(range="bytes=0-9", if_range=http_date(MODIFIED)) == ask()


def test_pages_of_other_origins_read_nothing_unless_allowed() -> None:
    assert not [name for name in headers(ask(origin=SITE)) if name.startswith("access-control")]


def test_pages_of_every_origin_may_read() -> None:
    given = ask(origins=frozenset("*"))
    assert headers(given)["access-control-allow-origin"] == "*"
    assert headers(given)["vary"] == "Accept-Encoding"


def test_pages_of_some_origins_may_read() -> None:
    some = frozenset((SITE, "https://example.org"))
    assert headers(ask(origins=some, origin=SITE))["access-control-allow-origin"] == SITE
    assert headers(ask(origins=some, origin=SITE))["vary"] == "Accept-Encoding, Origin"
    assert "access-control-allow-origin" not in headers(ask(IMAGE, origins=some, origin="https://evil.example"))
    assert headers(ask(IMAGE, origins=some))["vary"] == "Origin"


def test_revalidation_names_the_origins_that_may_read() -> None:
    assert headers(ask(if_none_match="*", origins=frozenset("*")))["access-control-allow-origin"] == "*"


def test_preflight_lists_the_methods_and_headers() -> None:
    given = ask(SHEET, "OPTIONS", origin=SITE, origins=frozenset("*"))
    assert headers(given)["access-control-allow-methods"] == "GET, HEAD"
    assert "if-none-match" in headers(given)["access-control-allow-headers"]


def test_place_of_the_watcher_is_not_cached_and_not_shared_with_other_origins() -> None:
    given = ask(WATCHER, origins=frozenset("*"), origin=SITE)
    assert (given.status, headers(given)["cache-control"]) == (200, "no-store")
    assert "access-control-allow-origin" not in headers(given)


@pytest.mark.parametrize("name", REQUEST_HEADERS)
def test_a_header_of_more_than_eight_thousand_characters_is_refused(name: str) -> None:
    assert answer(SHEET, "GET", {name: "x" * 8193}).status == 431


_VALUES = st.text(max_size=40) | st.text(alphabet='gzipbr*;q=01. ,"W/dest-identity.bytes=GMT', max_size=60)


@given(st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]), st.dictionaries(st.sampled_from(REQUEST_HEADERS), _VALUES))
def test_whatever_is_asked_the_answer_is_whole(method: str, asked: dict[str, str]) -> None:
    given = answer(SHEET, method, asked, frozenset((SITE,)))
    sent, sent_headers = body(given), headers(given)
    assert given.status in REASONS
    assert given.status < 500
    assert ("content-length" in sent_headers) == (given.status not in (204, 304))
    assert len(sent) == (0 if method == "HEAD" else int(sent_headers.get("content-length", 0)))
    assert all(text.isprintable() for one in given.headers for text in one)


@given(st.lists(st.tuples(st.integers(0, 230), st.integers(0, 40)), min_size=1, max_size=5))
def test_ranges_give_the_very_bytes(wanted: list[tuple[int, int]]) -> None:
    value = ",".join(f"{first}-{first + more}" for first, more in wanted)
    given = ask(range=f"bytes={value}")
    parts = [CONTENT["identity"][one.start : one.stop] for one in given.content if isinstance(one, ByteRange)]
    asked_for = [CONTENT["identity"][first : first + more + 1] for first, more in wanted]
    if given.status == 206:
        assert parts == [one for one in asked_for if one]
    else:
        assert given.status == 200 if any(asked_for) else given.status == 416


HAD = "pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4="
SCRIPT = replace(
    SHEET,
    name="js/app.0123456789ab.js",
    deltas={HAD: Representation("/r", "js/app.0123456789ab.js.a591a6d40bf4.dcz", 20, '"d1ff.dcz"')},
)
BROWSER = "gzip, deflate, br, zstd, dcb, dcz"


def test_client_with_an_earlier_file_gets_the_difference() -> None:
    given = ask(SCRIPT, accept_encoding=BROWSER, available_dictionary=f":{HAD}:")
    assert given.file == (SCRIPT.deltas or {})[HAD]
    assert {
        "content-encoding": "dcz",
        "content-length": "20",
        "etag": '"d1ff.dcz"',
        "vary": "Accept-Encoding, Available-Dictionary",
    }.items() <= headers(given).items()


@pytest.mark.parametrize(
    ("accepted", "had"),
    [
        (BROWSER, ""),
        (BROWSER, ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"),
        (BROWSER, "::"),
        ("gzip, br", f":{HAD}:"),
        (f"{BROWSER};q=0", f":{HAD}:"),
    ],
)
def test_all_others_get_a_copy(accepted: str, had: str) -> None:
    given = ask(SCRIPT, accept_encoding=accepted, available_dictionary=had)
    assert headers(given)["content-encoding"] == "br"


def test_a_browser_is_asked_to_keep_a_file_for_its_successors() -> None:
    assert headers(ask(SCRIPT))["use-as-dictionary"] == 'match="app.*.js"'
    assert "use-as-dictionary" not in headers(ask(SHEET))


@pytest.mark.parametrize("name", ["a+b.0123456789ab.js", "a*.0123456789ab.js"])
def test_name_that_would_be_another_pattern_is_not_a_dictionary(name: str) -> None:
    assert "use-as-dictionary" not in headers(ask(replace(SCRIPT, name=name)))
