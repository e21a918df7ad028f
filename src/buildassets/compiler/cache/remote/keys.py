"""The keys by which records of the remote cache are signed and checked: Ed25519 (RFC 8032), or HMAC (RFC 2104).

Takes the settings and the environment, gives a Ring: with what to sign, and which signatures count in which scope.
Ed25519 needs the package `cryptography`, which is loaded only where a key is used.
"""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from buildassets.compiler.cache.remote.records import Sign, Verify
from buildassets.compiler.config.cache_keys import ED25519, HMAC, is_scope, key_bytes
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error
from buildassets.foundation.frozen import field, frozen

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_VARIABLE: Final = "BUILDASSETS_CACHE_KEY"
SCOPE_VARIABLE: Final = "BUILDASSETS_CACHE_SCOPE"
READ_VARIABLE: Final = "BUILDASSETS_CACHE_READ"
_DEFAULT_SCOPE: Final = "main"
_LEAST_HMAC_BYTES: Final = 16
_SEPARATORS: Final = re.compile(r"[\s,]+")


@frozen
class Ring:
    """The keys of a build: those of `$BUILDASSETS_CACHE_KEY` and those that the settings trust.

    Records are written for `scopes[0]`, and read for all `scopes`, in their order. `secrets` are Ed25519 seeds and HMAC
    keys as the environment has them, `trusted` the public keys by scope.
    """

    scopes: tuple[str, ...] = (_DEFAULT_SCOPE,)
    secrets: tuple[str, ...] = ()
    trusted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no signature counts in any of the scopes."""
        return not self.secrets and not any(self.trusted.get(scope) for scope in self.scopes)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The scopes besides the own one that no public key is listed for: an HMAC key proves nothing about them."""
        return tuple(scope for scope in self.scopes[1:] if not self.trusted.get(scope))

    def unlisted(self) -> str:
        """The public key to what signs, if the own scope lists keys but not this one, or empty. Raises ImportError."""
        listed = self.trusted.get(self.scopes[0], ())
        if not listed or not self.secrets or not self.secrets[0].startswith(ED25519):
            return ""
        raw = _private(self.secrets[0]).public_key().public_bytes_raw()
        return "" if raw in map(key_bytes, listed) else ED25519 + b64encode(raw).decode("ascii")

    def sign(self) -> Sign | None:
        """How records are signed: with the first key of the environment; None without one. Raises ImportError."""
        if not self.secrets:
            return None
        first = self.secrets[0]
        if first.startswith(HMAC):
            return lambda signed: HMAC + _mac(first, signed)
        private = _private(first)
        return lambda signed: ED25519 + b64encode(private.sign(signed)).decode("ascii")

    def verify(self, scope: str, *, unsigned: bool = False) -> Verify:
        """Which signatures count in `scope`; with `unsigned` also none, as long as no key does. Raises ImportError."""
        own = self.secrets if scope == self.scopes[0] else ()
        macs = [key for key in own if key.startswith(HMAC)]
        public = [_verifier(key) for key in self.trusted.get(scope, ())]
        public += [_own_verifier(key) for key in own if key.startswith(ED25519)]
        is_open = unsigned and not macs and not public

        def counts(signature: str, signed: bytes) -> bool:
            if not signature:
                return is_open
            if signature.startswith(HMAC):
                return any(hmac.compare_digest(signature, HMAC + _mac(key, signed)) for key in macs)
            raw = _raw(signature)
            return raw is not None and any(check(raw, signed) for check in public)

        return counts


def ring(trusted: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]) -> Ring:
    """The keys of the settings and of `environment`. Raises ConfigError if a variable is not as it has to be."""
    scope = environment.get(SCOPE_VARIABLE, "").strip() or _DEFAULT_SCOPE
    further = [name for name in _SEPARATORS.split(environment.get(READ_VARIABLE, "")) if name]
    if not is_scope(scope) or not all(map(is_scope, further)):
        _refuse(f"`${SCOPE_VARIABLE}` is not the name of a scope", "use a name without blanks and commas, as in `main`")
    secrets = tuple(environment.get(KEY_VARIABLE, "").split())
    for key in secrets:
        _check(key)
    return Ring(tuple(dict.fromkeys((scope, *further))), secrets, trusted)


def _check(key: str) -> None:
    """Raises ConfigError, without the key, which is a secret."""
    if key.startswith(HMAC):
        try:
            raw = bytes.fromhex(key.removeprefix(HMAC))
        except ValueError:
            raw = b""
        if len(raw) < _LEAST_HMAC_BYTES:
            hint = "write `hmac:` and 32 or more hex digits of chance, as `openssl rand -hex 32` prints them"
            _refuse(f"`${KEY_VARIABLE}` has no HMAC key of at least {_LEAST_HMAC_BYTES} bytes in hex digits", hint)
    elif key_bytes(key) is None:
        hint = "write `ed25519:` and the 32 bytes of the private key in base64, or `hmac:` and hex digits"
        _refuse(f"`${KEY_VARIABLE}` has a key that is neither one of Ed25519 nor one of HMAC", hint)


def _refuse(message: str, hint: str) -> None:
    raise ConfigError([error("cache/key", message, hint=hint)])


def _mac(key: str, signed: bytes) -> str:
    return hmac.digest(bytes.fromhex(key.removeprefix(HMAC)), signed, "sha256").hex()


def _raw(signature: str) -> bytes | None:
    try:
        return b64decode(signature.removeprefix(ED25519), validate=True) if signature.startswith(ED25519) else None
    except ValueError:
        return None


def _private(key: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(key_bytes(key) or b"")


def _own_verifier(key: str) -> Callable[[bytes, bytes], bool]:
    return _checking(_private(key).public_key().public_bytes_raw())


def _verifier(key: str) -> Callable[[bytes, bytes], bool]:
    return _checking(key_bytes(key) or b"")


def _checking(raw: bytes) -> Callable[[bytes, bytes], bool]:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(raw)

    def is_signed(signature: bytes, signed: bytes) -> bool:
        try:
            public.verify(signature, signed)
        except InvalidSignature:
            return False
        return True

    return is_signed
