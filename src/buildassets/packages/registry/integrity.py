"""Digests as npm writes them (Subresource Integrity, section 3.1). Pure."""

from base64 import b64decode, b64encode
from typing import Final

_SHA512_BYTES: Final = 64


def sha512_of(integrity: str) -> bytes | None:
    """The SHA-512 in a text that may contain several digests; None if it contains none."""
    for one in integrity.split():  # each may have options behind a `?`
        algorithm, _, encoded = one.partition("?")[0].partition("-")
        if algorithm != "sha512":
            continue
        try:
            digest = b64decode(encoded, validate=True)
        except ValueError:
            return None
        return digest if len(digest) == _SHA512_BYTES else None
    return None


def sha512_text(digest: bytes) -> str:
    """The integrity text of a SHA-512 `digest`."""
    return "sha512-" + b64encode(digest).decode("ascii")
