"""Credentials in URLs: hidden in whatever is printed, and sent as a header where a server asks for them.

Hidden are user and password before a host, and the values of parameters that sign a request or stand for a password.
Pure; imports the standard library only, and that where a URL has credentials.
"""

import re
from collections.abc import Iterator
from typing import Final

HIDDEN: Final = "***"

# Texts, which `re` compiles when they are first needed: most programs meet no `@` in a URL.
# What stands before an authority (RFC 3986, section 3.2); behind `https:` browsers take any count of slashes.
_LEAD: Final = r"(?i)(?:\b(?:https?|ftps?|wss?):|//)[/\\]*"
_URL_LEAD: Final = r"(?i)(?:(?:https?|ftps?|wss?):|(?:[^/]*:)?//)[/\\]*"
_AUTHORITY: Final = r"[^/\\?#]*"
_IN_TEXT: Final = r"""[^\s"'<>`]{0,1000}"""  # as much of a text as may be of one URL
# An `@` of a path that stands before no host: of `@scope/package`, `package@1.2.3`, `package@latest` and `logo@2x.png`.
_OF_PATH: Final = (
    r"(?<=/)@[\w-]+(?:/|%2[Ff])\w|@v?\d{1,6}(?:\.\d+){0,2}(?![.\d:])|@(?:latest|next|alpha|beta|canary|rc)\b"
)
_WITHOUT_LEAD: Final = r"(?s)[^/\\?#@:]+:.*@"
_PARAMETER: Final = re.compile(r"""(?<=[?&;#])([\w.%~-]+)=([^\s&;#"'<>`]+)""")
# AWS, Google, Azure, CloudFront and GitLab have names of their own; the others are those of everybody.
_SECRET: Final = re.compile(
    r"signature|credential|token|secret|passw|(?:api|access|private|account)[-_]?key|key-pair-id|^(?:sig|pwd|pass|auth|key)$",
    re.IGNORECASE,
)
_SHORTEST_SECRET: Final = 4  # that is looked for alone: a shorter one may be a part of any word


def masked(text: str, *, in_place: bool = False) -> str:
    """`text` with `***` for all credentials in its URLs; with `in_place`, as long as it was."""
    if "@" not in text and "=" not in text:
        return text

    def hidden(secret: str) -> str:
        return "*" * len(secret) if in_place else HIDDEN

    def parameter(found: re.Match[str]) -> str:
        return f"{found[1]}={hidden(found[2])}" if _SECRET.search(found[1]) else found[0]

    if "@" in text:
        pieces, end = [], 0
        for start, stop in _secrets(text):
            pieces += [text[end:start], hidden(text[start:stop])]
            end = stop
        text = "".join([*pieces, text[end:]])
    return _PARAMETER.sub(parameter, text) if "=" in text else text


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """From where to where users and passwords stand in the URLs of `text`."""
    end = 0
    for lead in re.finditer(_LEAD, text):
        start = lead.end()
        rest = re.compile(_IN_TEXT).match(text, start)
        length = _length(rest[0]) if rest and start >= end else 0
        # The user of `ssh://git@host` and the container of `abfs://files@account` are none; a lone token of HTTP is.
        is_web = lead[0].lower().startswith("http")
        if length and (is_web or ":" in text[start : start + length]):
            end = start + length
            yield start, end


def masked_url(url: str) -> str:
    """What to call `url` in a message: without its credentials, whichever characters they hold."""
    start, end = _without_lead(url) or _userinfo(url)
    return masked(url[:start] + HIDDEN + url[end:] if ":" in url[start:end] else url)


def masked_in(text: str, url: str) -> str:
    """`text`, which others wrote of `url`, without the credentials of either."""
    from urllib.parse import unquote

    start, end = _without_lead(url) or _userinfo(url)
    userinfo = url[start:end]
    password = userinfo.partition(":")[2]
    if password:
        text = text.replace(userinfo, HIDDEN).replace(unquote(userinfo), HIDDEN)
    for secret in (password, unquote(password)):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    for name, value in _PARAMETER.findall(url):
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, HIDDEN).replace(unquote(value), HIDDEN)
    return masked(text)


def has_credentials(url: str) -> bool:
    """Whether `url` names a user with a password."""
    start, end = _userinfo(url)
    return ":" in url[start:end]


def names_user(url: str) -> bool:
    """Whether a user, with a password or not, stands in `url`, which browsers would read as a URL."""
    start, end = _userinfo(url)
    return start < end


def begins_with_password(url: str) -> bool:
    """Whether `url` begins with user and password, as one that lacks its scheme does."""
    return _without_lead(url) is not None


def without_credentials(url: str) -> tuple[str, str | None]:
    """`url` without user and password, and what to send for these as `Authorization` (RFC 7617), if it has any."""
    start, end = _userinfo(url)
    if start == end:
        return url, None
    from base64 import b64encode
    from urllib.parse import unquote_to_bytes

    user, _, password = url[start:end].partition(":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return url[:start] + url[end + 1 :], f"Basic {b64encode(pair).decode('ascii')}"


def _without_lead(url: str) -> tuple[int, int] | None:
    found = None if re.match(_URL_LEAD, url) else re.match(_WITHOUT_LEAD, url)
    return (0, found.end() - 1) if found else None


def _userinfo(url: str) -> tuple[int, int]:
    """From where to where user and password stand in `url`; an empty span where there are none."""
    lead = re.match(_URL_LEAD, url)
    length = _length(url[lead.end() :]) if lead else 0
    return (lead.end(), lead.end() + length) if lead and length else (0, 0)


def _length(rest: str) -> int:
    """How many characters of user and password a URL has, of which `rest` stands behind the slashes.

    A password with a bare `/`, `?` or `#` ends the host for all who read the URL. It shows in what then stands in
    place of a port, or in a host that follows, and it is a password all the same.
    """
    found = re.match(_AUTHORITY, rest)
    authority = found[0] if found else ""
    at = authority.rfind("@")
    host, colon, port = authority.rpartition(":")
    if at < 0 and colon and not authority.startswith("["):
        if port and not port.isdigit():
            at = rest.rfind("@")
        elif host:
            harmless = {match.start() + match[0].index("@") for match in re.finditer(_OF_PATH, rest)}
            at = max((place for place, one in enumerate(rest) if one == "@" and place not in harmless), default=-1)
    return max(at, 0)
