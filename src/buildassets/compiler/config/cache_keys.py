"""Reads `[cache]`: the URL of the remote cache, and the public keys whose records count for each scope.

Takes the table, gives a CacheSettings; faults are noted in its document.
"""

import re
from base64 import b64decode
from typing import Final

from buildassets.compiler.config.toml_table import Table
from buildassets.compiler.config.values import CacheSettings
from buildassets.foundation.credentials import begins_with_password, names_user
from buildassets.foundation.lazy_pattern import lazy_pattern

KEY_BYTES: Final = 32  # of either half of an Ed25519 key (RFC 8032, section 5.1.5)
ED25519: Final = "ed25519:"
HMAC: Final = "hmac:"
SCHEMES: Final = ("http", "https", "s3", "gs", "az", "redis", "rediss", "file")
_NETWORK: Final = lazy_pattern(r"(?:https?|s3|gs|az|rediss?)://[^\s/?#\\]+(?:/[^\s?#\\]*)?")
_FOLDER: Final = lazy_pattern(r"file:///[^?#\0]*")
SCOPE: Final = lazy_pattern(r"[^\s,\x00-\x1f\x7f]{1,200}")
_HEX: Final = lazy_pattern(r"[0-9a-f]+", re.IGNORECASE)
_LOGIN_HINT: Final = (
    "leave them out, and put them into `$BUILDASSETS_CACHE_LOGIN`: this file is for everybody who sees the project"
)


def cache_settings(table: Table) -> CacheSettings:
    """The remote cache, and whom to trust in it."""
    url = _remote(table)
    trust = table.table("trust")
    keys = {}
    for scope in trust:
        keys[scope] = trust.texts(scope)
        if not is_scope(scope):
            trust.refuse_key(
                "is not the name of a scope", scope, hint="use a name without blanks and commas, as in `main`"
            )
        for index, key in enumerate(keys[scope]):
            _check_key(trust, scope, index, key)
    trust.close()
    table.close()
    return CacheSettings(url, keys)


def _has_server(url: str) -> bool:
    """Whether `url` names a host or bucket, and a port that there can be, if it names one."""
    from urllib.parse import urlsplit  # most projects have no remote cache

    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a port out of range, and of an open bracket
        return False


def _remote(table: Table) -> str:
    given = table.filled_text("remote", "")
    if names_user(given) or begins_with_password(given):
        table.refuse_unseen("cannot have a user or a password in it", "remote", hint=_LOGIN_HINT)
        return ""
    if not given or (_NETWORK.fullmatch(given) and _has_server(given)) or _FOLDER.fullmatch(given):
        return given.rstrip("/") if given != "file:///" else given
    known = ", ".join(f"`{scheme}://`" for scheme in SCHEMES[:-1])
    hint = (
        f"begin it with {known} and a host or bucket, or with `file:///` and the path of a folder, without `?` and `#`"
    )
    table.refuse(f"cannot be `{given}`", "remote", hint=hint)
    return ""


def _check_key(table: Table, scope: str, index: int, key: str) -> None:
    if key.startswith(HMAC):
        hint = (
            "list public keys here, which begin with `ed25519:`; who has an HMAC key has it in `$BUILDASSETS_CACHE_KEY`"
        )
        table.refuse_unseen("holds an HMAC key, which is a secret", scope, hint=hint)
    elif key_bytes(key) is None:
        hint = "write `ed25519:` and the 32 bytes of the public key in base64, as docs/deploy/remote-cache.md shows"
        table.refuse("is not a public key", scope, index, hint=hint)


def is_scope(name: str) -> bool:
    """Whether `name` can be that of a scope: a text without blanks, commas and control characters."""
    return SCOPE.fullmatch(name) is not None


def key_bytes(text: str) -> bytes | None:
    """The 32 bytes of a key written as `ed25519:` and base64, plain or for URLs, or hex digits; None for others."""
    if not text.startswith(ED25519):
        return None

    coded = text.removeprefix(ED25519)
    if len(coded) == 2 * KEY_BYTES and _HEX.fullmatch(coded):
        return bytes.fromhex(coded)
    unpadded = coded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except ValueError:
        return None
    return raw if len(raw) == KEY_BYTES else None
