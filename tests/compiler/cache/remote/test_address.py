"""Logins for a remote cache: each goes to exactly one server."""

import pytest

from buildassets.compiler.cache.remote.address import _authorization, _login
from buildassets.compiler.cache.remote.store import LOGIN_VARIABLE

LOGIN = "https://user:pass%20word@cache.example https://token@other.example:8443"


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("https://cache.example/path", "Basic dXNlcjpwYXNzIHdvcmQ="),
        ("https://cache.example:443/", "Basic dXNlcjpwYXNzIHdvcmQ="),
        ("https://other.example:8443/", "Bearer token"),
        ("http://cache.example/path", None),
        ("https://cache.example:444/", None),
        ("https://cache.example.evil/", None),
        ("https://other.example/", None),
        ("redis://cache.example/", None),
    ],
)
def test_a_login_is_for_one_scheme_host_and_port(url: str, header: str | None) -> None:
    login = _login(url, {LOGIN_VARIABLE: LOGIN})
    assert (login and _authorization(login)) == header
