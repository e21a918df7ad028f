"""Hides credentials in URLs that are printed, and takes them out of URLs to be sent as a header.

Credentials are user and password before a host, and the values of parameters that sign a request or serve as a
password. Pure; imports next to nothing, most of it only for a URL that has credentials.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from typing import Final

from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import from_url, percent_decoded

HIDDEN: Final = "***"

# Not compiled here, but at first use: most programs meet no `@` in a URL.
# The text before an authority (RFC 3986, section 3.2); after `https:` browsers accept any number of slashes.
_LEAD: Final = r"(?i)(?:\b(?:https?|ftps?|wss?):|//)[/\\]*"
_URL_LEAD: Final = r"(?i)(?:(?:https?|ftps?|wss?):|(?:[^/]*:)?//)[/\\]*"
_AUTHORITY: Final = r"[^/\\?#]*"
_IN_TEXT: Final = r"""[^\s"'<>`]{0,1000}"""  # the longest part of a text that may belong to one URL
# An `@` in a path that ends no password: of `@scope/package`, `package@1.2.3`, `package@latest` and `logo@2x.png`.
_OF_PATH: Final = (
    r"(?<=/)@[\w-]+(?:/|%2[Ff])\w|@v?\d{1,6}(?:\.\d+){0,2}(?![.\d:])|@(?:latest|next|alpha|beta|canary|rc)\b"
)
_WITHOUT_LEAD: Final = r"(?s)[^/\\?#@:]+:.*@"
_BEFORE_PARAMETER: Final = frozenset("?&;#")
_PARAMETER: Final = lazy_pattern(r"""(?<=[?&;#])([\w.%~-]+)=([^\s&;#"'<>`]+)""")
# The names of AWS, Google, Azure, CloudFront and GitLab, and the common ones.
_SECRET: Final = lazy_pattern(
    r"signature|credential|token|secret|passw|(?:api|access|private|account)[-_]?key|key-pair-id|^(?:sig|pwd|pass|auth|key)$",
    re.IGNORECASE,
)
_SHORTEST_SECRET: Final = 4  # characters; a shorter secret may be part of any word, so it is not searched for


def masked(text: str, *, in_place: bool = False) -> str:
    """`text` with `***` for all credentials in its URLs; with `in_place`, one `*` for each character."""
    if "@" not in text and "=" not in text:
        return text

    def hidden(secret: str) -> str:
        return "*" * len(secret) if in_place else HIDDEN

    def parameter(match: re.Match[str]) -> str:
        return f"{match[1]}={hidden(match[2])}" if _SECRET.search(match[1]) else match[0]

    if "@" in text and _may_hide_user(text):
        pieces, end = [], 0
        for start, stop in _secrets(text):
            pieces += [text[end:start], hidden(text[start:stop])]
            end = stop
        text = "".join([*pieces, text[end:]])
    return _PARAMETER.sub(parameter, text) if "=" in text and not _BEFORE_PARAMETER.isdisjoint(text) else text


def _may_hide_user(text: str) -> bool:
    """Whether an `@` follows what may begin a URL with nothing blank between; found out in no time for most texts."""
    heads = (word[: word.rfind("@")] for word in text.split() if "@" in word)
    return any(":" in head or "//" in head for head in heads)


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """The spans of users and passwords in the URLs of `text`."""
    end = 0
    for lead in re.finditer(_LEAD, text):
        start = lead.end()
        rest = re.compile(_IN_TEXT).match(text, start)
        length = _length(rest[0]) if rest and start >= end else 0
        # A user alone is secret only in a web URL, where it is a token: not in `ssh://git@host`, `abfs://files@account`.
        is_web = lead[0].lower().startswith("http")
        if length and (is_web or ":" in text[start : start + length]):
            end = start + length
            yield start, end


def masked_url(url: str) -> str:
    """`url` for a message, with its credentials masked, whatever characters they hold."""
    start, end = _without_lead(url) or _userinfo(url)
    return masked(url[:start] + HIDDEN + url[end:] if ":" in url[start:end] else url)


def masked_in(text: str, url: str) -> str:
    """`text`, such as a library's message about `url`, with the credentials of both masked."""
    start, end = _without_lead(url) or _userinfo(url)
    userinfo = url[start:end]
    password = userinfo.partition(":")[2]
    if password:
        text = text.replace(userinfo, HIDDEN).replace(percent_decoded(userinfo), HIDDEN)
    for secret in (password, percent_decoded(password)):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    for name, value in _PARAMETER.findall(url):
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, HIDDEN).replace(percent_decoded(value), HIDDEN)
    return masked(text)


def has_credentials(url: str) -> bool:
    """Whether `url` names a user with a password."""
    start, end = _userinfo(url)
    return ":" in url[start:end]


def names_user(url: str) -> bool:
    """Whether a browser would find a user in `url`, with or without a password."""
    start, end = _userinfo(url)
    return start < end


def begins_with_password(url: str) -> bool:
    """Whether `url` begins with user and password, as one that lacks its scheme does."""
    return _without_lead(url) is not None


def without_credentials(url: str) -> tuple[str, str | None]:
    """`url` without user and password, and the `Authorization` header that sends them (RFC 7617), if there are any."""
    start, end = _userinfo(url)
    if start == end:
        return url, None
    user, _, password = url[start:end].partition(":")
    pair = f"{from_url(user)}:{from_url(password)}".encode("utf-8", "surrogateescape")
    return url[:start] + url[end + 1 :], f"Basic {b2a_base64(pair, newline=False).decode('ascii')}"


def _without_lead(url: str) -> tuple[int, int] | None:
    match = None if re.match(_URL_LEAD, url) else re.match(_WITHOUT_LEAD, url)
    return (0, match.end() - 1) if match else None


def _userinfo(url: str) -> tuple[int, int]:
    """The span of user and password in `url`; an empty span where there are none."""
    lead = re.match(_URL_LEAD, url)
    length = _length(url[lead.end() :]) if lead else 0
    return (lead.end(), lead.end() + length) if lead and length else (0, 0)


def _length(rest: str) -> int:
    """The length of user and password in a URL; `rest` is its part after the slashes.

    A bare `/`, `?` or `#` in a password ends the host for every parser of the URL. Such a password is recognised by a
    port that is not a number, or by a host that follows later.
    """
    match = re.match(_AUTHORITY, rest)
    authority = match[0] if match else ""
    at = authority.rfind("@")
    host, colon, port = authority.rpartition(":")
    if at < 0 and colon and not authority.startswith("["):
        if port and not port.isdigit():
            at = rest.rfind("@")
        elif host:
            harmless = {match.start() + match[0].index("@") for match in re.finditer(_OF_PATH, rest)}
            ats = (place for place, character in enumerate(rest) if character == "@")
            at = max((place for place in ats if place not in harmless), default=-1)
    return max(at, 0)
