"""Credentials in URLs: hidden in whatever is printed, and sent as a header where a server asks for them.

Hidden are user and password before a host, and the values of parameters that sign a request or stand for a password.
Pure; imports the standard library only, and that where a URL has credentials.
"""

import re
from typing import Final

HIDDEN: Final = "***"

# What stands between two slashes and the last `@` before the path (RFC 3986, section 3.2.1).
_USERINFO: Final = re.compile(r"""(?<=//)[^\s/?#"'<>`]+(?=@)""")
_PARAMETER: Final = re.compile(r"""(?<=[?&;#])([\w.%~-]+)=([^\s&;#"'<>`]+)""")
# AWS, Google, Azure, CloudFront and GitLab have names of their own; the others are those of everybody.
_SECRET: Final = re.compile(
    r"signature|credential|token|secret|passw|(?:api|access|private|account)[-_]?key|key-pair-id|^(?:sig|pwd|pass|auth|key)$",
    re.IGNORECASE,
)
_SHORTEST_SECRET: Final = 4  # that is looked for alone: a shorter one may be a part of any word


def masked(text: str, *, in_place: bool = False) -> str:
    """`text` with `***` for all credentials in its URLs; with `in_place`, as long as it was."""
    if "//" not in text and "=" not in text:
        return text

    def hidden(secret: str) -> str:
        return "*" * len(secret) if in_place else HIDDEN

    def parameter(found: re.Match[str]) -> str:
        return f"{found[1]}={hidden(found[2])}" if _SECRET.search(found[1]) else found[0]

    def userinfo(found: re.Match[str]) -> str:
        # The user of `ssh://git@host` and the container of `abfs://files@account` are none; a lone token of HTTP is.
        is_secret = ":" in found[0] or text[: found.start()].lower().endswith(("http://", "https://"))
        return hidden(found[0]) if is_secret else found[0]

    if "@" in text:
        text = _USERINFO.sub(userinfo, text)
    return _PARAMETER.sub(parameter, text) if "=" in text else text


def masked_url(url: str) -> str:
    """What to call `url` in a message: without its credentials, whichever characters they hold."""
    start, end = _userinfo(url)
    return masked(url[:start] + HIDDEN + url[end:] if ":" in url[start:end] else url)


def masked_in(text: str, url: str) -> str:
    """`text`, which others wrote of `url`, without the credentials of either."""
    from urllib.parse import unquote

    start, end = _userinfo(url)
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


def _userinfo(url: str) -> tuple[int, int]:
    """From where to where user and password stand in `url`; an empty span where there are none.

    A password with a bare `/`, `?` or `#` ends the host for all who read the URL. It shows in what then stands in
    place of a port, and it is a password all the same.
    """
    before, mark, rest = url.partition("//")
    if not mark or (before and not before.endswith(":")):
        return 0, 0
    start = len(before) + len(mark)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    at = authority.rfind("@")
    if at < 0 and _has_no_port(authority):
        at = rest.rfind("@")
    return (start, start + at) if at > 0 else (0, 0)


def _has_no_port(authority: str) -> bool:
    host, colon, port = authority.rpartition(":")
    return bool(colon) and bool(port) and not port.isdigit() and not (host.startswith("[") and authority.endswith("]"))
