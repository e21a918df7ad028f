"""Reads keys of Ed25519 (RFC 8032) as people keep them: PEM of OpenSSL, files of OpenSSH, `ed25519:` and base64.

Takes what `--sign` or `--key` was given, gives a key of `cryptography`, which is loaded here and not before. No message
contains a key: what looks like one may be a secret that was written where a path belongs.
"""

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error, reason_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX: Final = "ed25519:"
_VARIABLE: Final = "env:"
_KEY_BYTES: Final = 32  # of either half of a key (RFC 8032, section 5.1.5)
_LARGEST_BYTES: Final = 65536  # no file with a key is larger
_BARE: Final = re.compile(r"[A-Za-z0-9+/_-]{43}=?|[0-9a-fA-F]{64}")
_MAKE: Final = "make one with `openssl genpkey -algorithm ed25519 -out release.key`"
_PUBLIC_OF: Final = "`openssl pkey -in release.key -pubout -out release.pub` writes the public half of a key"


def private_key(given: str, environment: Mapping[str, str]) -> "Ed25519PrivateKey":
    """The key that `--sign` was given: the path of a file, `env:NAME`, or `ed25519:` and its 32 bytes in base64.

    Raises ConfigError.
    """
    with _required():
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    text, shown = _text(given, environment)
    if (raw := _raw(text, shown)) is not None:
        return Ed25519PrivateKey.from_private_bytes(raw)
    if text.startswith("ssh-") or "BEGIN PUBLIC KEY" in text:
        _refuse(f"{shown} is a public key, and signing takes a private one", "name the file that has the private key")
    load = load_ssh_private_key if "BEGIN OPENSSH" in text else load_pem_private_key
    try:
        key = load(text.encode(), None)
    except TypeError:  # it wants a password
        command = "ssh-keygen -p -N ''" if load is load_ssh_private_key else "openssl pkey -in KEY -out NEW"
        _refuse(f"{shown} is a key behind a password", f"take that away with `{command}`, or make a key without one")
    except Exception:  # of many kinds, by its parsers
        _refuse(f"{shown} is not a private key of Ed25519", _MAKE)
    if not isinstance(key, Ed25519PrivateKey):
        _refuse(f"{shown} is a key, but not one of Ed25519", _MAKE)
    return key


def public_key(given: str, environment: Mapping[str, str]) -> "Ed25519PublicKey":
    """The key that `--key` was given, in the same forms. Raises ConfigError."""
    with _required():
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_ssh_public_key

    text, shown = _text(given, environment)
    if (raw := _raw(text, shown)) is not None:
        return Ed25519PublicKey.from_public_bytes(raw)
    if "PRIVATE KEY-----" in text:
        _refuse(f"{shown} is a private key, and verifying takes the public one", _PUBLIC_OF)
    load = load_ssh_public_key if text.startswith("ssh-") else load_pem_public_key
    try:
        key = load(text.encode())
    except Exception:  # of many kinds, by its parsers
        _refuse(f"{shown} is not a public key of Ed25519", _PUBLIC_OF)
    if not isinstance(key, Ed25519PublicKey):
        _refuse(f"{shown} is a key, but not one of Ed25519", _PUBLIC_OF)
    return key


def key_text(key: "Ed25519PublicKey") -> str:
    """A public key as `--key` takes it: `ed25519:` and base64."""
    return PREFIX + b64encode(key.public_bytes_raw()).decode("ascii")


@contextmanager
def _required() -> Iterator[None]:
    """Import `cryptography` in the block. Raises ConfigError if it is not installed."""
    try:
        yield
    except ImportError:
        message = "signatures need the package `cryptography`, which is not installed"
        hint = 'run `pip install "buildassets[sign]"`'
        raise ConfigError([error("signature/unavailable", message, hint=hint)]) from None


def _text(given: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """The text of the key, and how messages call it."""
    if given.startswith(PREFIX):
        return given, f"what follows `{PREFIX}`"
    if given.startswith(_VARIABLE):
        name = given.removeprefix(_VARIABLE)
        if not (text := environment.get(name, "").strip()):
            _refuse(
                f"the environment variable `{name}` is not set",
                f"set it to the key, or name a file without `{_VARIABLE}`",
            )
        return text, f"`${name}`"
    return _content(given).strip(), f"`{given}`"


def _content(path: str) -> str:
    if _BARE.fullmatch(path) and not os.path.lexists(path):
        _refuse(
            "a key was given where a file was looked for",
            f"write `{PREFIX}` before it, or `{_VARIABLE}` and a variable",
        )
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError) as fault:
        reason = reason_text(fault) if isinstance(fault, OSError) else "it is not a path"
        _refuse(
            f"cannot read the key `{path}`: {reason}",
            f"name a file, `{_VARIABLE}` and a variable, or `{PREFIX}` and base64",
        )


def _raw(text: str, shown: str) -> bytes | None:
    """The bytes of a key after `ed25519:`, in base64, also as URLs have it, or in hex digits; None for other texts."""
    if not text.startswith(PREFIX):
        return None
    coded = text.removeprefix(PREFIX).strip()
    try:
        if len(coded) == 2 * _KEY_BYTES:
            raw = bytes.fromhex(coded)
        else:
            unpadded = coded.rstrip("=").replace("-", "+").replace("_", "/")
            raw = b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != _KEY_BYTES:
        _refuse(
            f"{shown} is not a key of Ed25519", f"write the {_KEY_BYTES} bytes of the key in base64 after `{PREFIX}`"
        )
    return raw


def _refuse(message: str, hint: str) -> NoReturn:
    raise ConfigError([error("signature/key", message, hint=hint)])
