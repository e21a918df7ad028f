"""Credentials in URLs: found whatever they hold, and nothing else taken for some."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.foundation.credentials import (
    begins_with_password,
    has_credentials,
    masked,
    masked_in,
    masked_url,
    names_user,
    without_credentials,
)
from buildassets.foundation.diagnostics import error, locate, render_annotation, render_text, to_json


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pass@host/x", "https://***@host/x"),
        ("HTTPS://token@host:80/", "HTTPS://***@host:80/"),
        ("//user:pass@host/", "//***@host/"),
        ("ftp://user:p%40ss@host", "ftp://***@host"),
        ("https://user:p@ss@host/", "https://***@host/"),
        ("https://user:pass@[::1]:80/a@b", "https://***@[::1]:80/a@b"),
        (
            "https://h/?X-Amz-Signature=a&v=1&X-Amz-Credential=b%2Fc",
            "https://h/?X-Amz-Signature=***&v=1&X-Amz-Credential=***",
        ),
        ("https://h/?sv=1&sig=a%3D#access_token=b", "https://h/?sv=1&sig=***#access_token=***"),
        ("/path?AWSAccessKeyId=a&Expires=1&Key-Pair-Id=b", "/path?AWSAccessKeyId=***&Expires=1&Key-Pair-Id=***"),
        (
            "?private_token=a&amp;api_key=b&apikey=c&password=d",
            "?private_token=***&amp;api_key=***&apikey=***&password=***",
        ),
    ],
)
def test_credentials_are_hidden(url: str, shown: str) -> None:
    assert masked_url(url) == shown
    assert masked(f"cannot read `{url}`: no") == f"cannot read `{shown}`: no"
    assert masked(shown) == shown
    assert len(masked(url, in_place=True)) == len(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pa/ss@host/x",
        "https://user:p#a?ss@host/x",
        "https://user:1/pass@host/x",
        "https://user:12#pass@host/x",
        "https://user:12?pa@ss@host/x",
        "https://user:/pass@host/x",
    ],
)
def test_a_password_that_ends_the_host_is_one_all_the_same(url: str) -> None:
    assert masked_url(url) == "https://***@host/x"
    assert masked(f"cannot read `{url}`") == "cannot read `https://***@host/x`"
    assert without_credentials(url)[0] == "https://host/x"
    assert names_user(url)


@pytest.mark.parametrize("behind", ["127.0.0.1/a", "h:80/a", "cdn/@scope/a", "cdn.test/a@2x.png", "[::1]/"])
def test_a_password_that_begins_like_a_port_ends_before_a_host(behind: str) -> None:
    assert masked(f"https://u:1/Hunter2Secret@{behind}") == f"https://***@{behind}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("u:pw@host/", "***@host/"),
        ("u:p/w@host", "***@host"),
        ("https:/u:pw@host/", "https:/***@host/"),
        ("https:u:pw@host/", "https:***@host/"),
        ("http:///u:pw@host/", "http:///***@host/"),
        ("https:\\\\u:pw@host/", "https:\\\\***@host/"),
    ],
)
def test_a_password_is_hidden_where_the_url_lacks_slashes(url: str, shown: str) -> None:
    assert masked_url(url) == shown
    assert names_user(url) or begins_with_password(url)


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.test/@scope/package@1.2/a.js?v=1",
        "https://cdn.test:8080/@scope/a",
        "https://cdn.test:8080/@scope%2Fa",
        "https://cdn.test:8080/npm/@scope/package@1.2.3/a.js",
        "http://localhost:8080/vue@latest/img@2x.png",
        "ssh://git@host/x",
        "abfs://files@account.dfs.core.windows.net/a",
        "mail joe@example.com, a: b@c",
        "a // b: joe@example.com",
        "css/a@2x.png?design=1&monkeys=2",
        "https://[::1]:80/a@b",
    ],
)
def test_text_that_is_not_a_password_is_shown(text: str) -> None:
    assert masked(text) == masked_url(text) == text
    assert not has_credentials(text)


def test_user_and_password_are_decoded_to_be_sent() -> None:
    url, authorization = without_credentials("https://d%C3%A9ploy:a%3Ab%40@host:8/x@y")
    assert (url, authorization) == ("https://host:8/x@y", "Basic ZMOpcGxveTphOmJA")
    assert without_credentials("https://host/") == ("https://host/", None)


def test_words_of_a_library_lose_what_is_known_of_the_url() -> None:
    text = 'Invalid bucket name "key:s3cr%2Ft@bucket" for s3cr/t: Z9x8'
    assert masked_in(text, "s3://key:s3cr%2Ft@bucket?sig=Z9x8") == 'Invalid bucket name "***@bucket" for ***: ***'


def test_diagnostic_shows_no_password_anywhere() -> None:
    url = "https://u:s3cr@cdn.test/?sig=s3cr"
    text = f"url = '{url}'  # mine"
    found = error("a/b", url, locate(url, text, text.index("mine")), notes=[url], hint=url)
    for shown in (render_text(found), render_annotation(found), str(to_json(found))):
        assert "s3cr" not in shown
        assert "cdn.test" in shown
    *_, code, carets, _, _, _ = render_text(found).split("\n")
    assert code[carets.index("^") :] == "mine"


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)
    assert len(masked(text, in_place=True)) == len(text)
    masked_url(text)
    without_credentials(text)


URL_PIECES = [
    "https://",
    "//",
    "user",
    ":",
    "pass",
    "@",
    "host/",
    " ",
    "\t",
    "\n",
    "\u2003",
    "'",
    "?token=",
    "abcdef",
    "&",
    ";sig=",
]


@given(st.lists(st.sampled_from(URL_PIECES), max_size=20).map("".join), st.integers(0, 40))
def test_an_excerpt_hides_what_is_hidden_in_the_whole_text(text: str, start: int) -> None:
    location = locate("a", text, start)
    assert location.excerpt == masked(text, in_place=True).split("\n")[location.line - 1]
