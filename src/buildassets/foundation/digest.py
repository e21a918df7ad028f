"""Hashes content: fingerprints, digests, and Subresource Integrity metadata, which npm has, too. Pure."""

from base64 import b64decode, b64encode
from binascii import b2a_base64
from collections.abc import Iterable
from hashlib import new, sha256
from typing import Final, Literal

FINGERPRINT_LENGTH: Final = 12  # hex digits

IntegrityAlgorithm = Literal["sha256", "sha384", "sha512"]
ALGORITHMS: Final[tuple[IntegrityAlgorithm, ...]] = ("sha256", "sha384", "sha512")
_SHA512_BYTES: Final = 64


def digest(content: bytes) -> str:
    """The SHA-256 of `content` as 64 hex digits."""
    return sha256(content).hexdigest()


def in_base64(hex_digest: str) -> str:
    """The same digest in base64, which is a third shorter; used where there are thousands."""
    return b2a_base64(bytes.fromhex(hex_digest), newline=False).decode("ascii")


def digest_of_all(parts: Iterable[str]) -> str:
    """One digest over several texts, delimited so that different sequences have different digests."""
    return sha256(b"".join(map(set_off, parts))).hexdigest()


def set_off(part: str) -> bytes:
    """`part` with its length in front, as `digest_of_all` hashes it."""
    encoded = part.encode("utf-8", "surrogatepass")
    return b"%d:%b" % (len(encoded), encoded)


def fingerprint(hex_digest: str) -> str:
    """The fingerprint in a file name: the first twelve digits of a digest."""
    return hex_digest[:FINGERPRINT_LENGTH]


def integrity(algorithm: IntegrityAlgorithm, content: bytes) -> str:
    """Subresource Integrity metadata (W3C SRI, section 3.1), such as `sha384-…` in base64."""
    return metadata_of(algorithm, new(algorithm, content).digest())


def metadata_of(algorithm: IntegrityAlgorithm, raw: bytes) -> str:
    """Subresource Integrity metadata of content with the digest `raw`."""
    return f"{algorithm}-{b2a_base64(raw, newline=False).decode('ascii')}"


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
