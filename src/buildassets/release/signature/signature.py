"""Signatures of archives: the 64 bytes of Ed25519 over all bytes of the archive, as OpenSSL writes and checks them.

They are in a file of their own next to the archive, so that an archive is the same bytes whoever signs it. Archives are
mapped into memory, not read, as Ed25519 goes over its message twice (RFC 8032, section 5.1.6).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Final

from buildassets.disk.files import write_whole
from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import reason_text
from buildassets.release.inventory.names import refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SUFFIX: Final = ".sig"
_SIGNATURE_BYTES: Final = 64  # RFC 8032, section 5.1.6
_HINT: Final = "get archive and signature again from where they were packed, or name the key of who packed them"


def sign(archive: str, key: "Ed25519PrivateKey") -> str:
    """Write the signature of `archive` next to it, and return its path. Raises OSError."""
    with _mapped(archive) as content:
        signature = key.sign(content)
    write_whole(archive + SUFFIX, signature)
    return archive + SUFFIX


def signer(archive: str, keys: Sequence["Ed25519PublicKey"], *, copy: str | None = None) -> "Ed25519PublicKey":
    """The one of `keys` by which `archive` is signed, whose bytes are in `copy` if that is given.

    Raises OSError, and ReleaseError where it is signed by none of them.
    """
    from cryptography.exceptions import InvalidSignature

    with _mapped(copy or archive) as content:
        signature = _signature(archive)
        for key in keys:
            try:
                key.verify(signature, content)
            except InvalidSignature:
                continue
            return key
    whose = "that key" if len(keys) == 1 else "any of these keys"
    notes = ["the archive has changed, or another key has signed it"]
    message = f"`{archive + SUFFIX}` is not a signature of `{archive}` by {whose}"
    raise refusal("signature/wrong", message, archive, notes=notes, hint=_HINT)


def _signature(archive: str) -> bytes:
    path = archive + SUFFIX
    try:
        with open(path, "rb", opener=plain) as file:
            signature = file.read(_SIGNATURE_BYTES + 1)
    except FileNotFoundError:
        hint = f"put `{os.path.basename(path)}` next to it, which `buildassets pack --sign KEY` has written"
        raise refusal(
            "signature/missing", f"`{archive}` has no signature: there is no `{path}`", archive, hint=hint
        ) from None
    except OSError as fault:
        message = f"cannot read the signature `{path}`: {reason_text(fault)}"
        raise refusal("signature/missing", message, archive, hint="check its permissions") from None
    if len(signature) != _SIGNATURE_BYTES:
        message = f"`{path}` is not a signature of Ed25519, which has {_SIGNATURE_BYTES} bytes"
        raise refusal("signature/wrong", message, archive, hint=_HINT)
    return signature


@contextmanager
def _mapped(path: str) -> Iterator[bytes | memoryview]:
    with open(path, "rb", opener=plain) as file:
        if not os.fstat(file.fileno()).st_size:  # which cannot be mapped
            yield b""
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as mapped, memoryview(mapped) as content:
            yield content
