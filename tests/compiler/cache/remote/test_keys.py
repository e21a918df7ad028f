"""Keys of a remote cache: their forms, and in which scope which of them count."""

import base64

import pytest

from buildassets.compiler.cache.remote.keys import ring
from buildassets.errors import ConfigError
from tests.compiler.cache.remote.sites import key_pair

SECRET, PUBLIC = key_pair()
OTHER, OTHER_PUBLIC = key_pair()
HMAC = f"hmac:{'ab' * 32}"


def environment(**variables: str) -> dict[str, str]:
    return {f"BUILDASSETS_CACHE_{name}": value for name, value in variables.items()}


def signature(key: str) -> str:
    sign = ring({}, environment(KEY=key)).sign()
    assert sign is not None
    return sign(b"record")


@pytest.mark.parametrize("form", ["base64", "urlsafe", "unpadded", "hex"])
def test_keys_may_be_in_base64_or_in_hex(form: str) -> None:
    raw = base64.b64decode(PUBLIC.removeprefix("ed25519:"))
    coded = {
        "base64": base64.b64encode(raw).decode(),
        "urlsafe": base64.urlsafe_b64encode(raw).decode(),
        "unpadded": base64.b64encode(raw).decode().rstrip("="),
        "hex": raw.hex(),
    }[form]
    assert ring({"main": (f"ed25519:{coded}",)}, {}).verify("main")(signature(SECRET), b"record")


def test_a_listed_key_counts_in_its_scope_only() -> None:
    keys = ring({"main": (PUBLIC,), "other": (OTHER_PUBLIC,)}, environment(READ="other"))
    assert keys.scopes == ("main", "other")
    assert keys.verify("main")(signature(SECRET), b"record")
    assert not keys.verify("other")(signature(SECRET), b"record")
    assert not keys.verify("main")(signature(SECRET), b"another record")


def test_keys_of_the_environment_count_in_the_own_scope_only() -> None:
    keys = ring({"other": (OTHER_PUBLIC,)}, environment(KEY=f"{HMAC} {SECRET}", READ="other"))
    for key in (HMAC, SECRET):
        assert keys.verify("main")(signature(key), b"record")
        assert not keys.verify("other")(signature(key), b"record")


def test_nothing_unsigned_counts_where_a_key_does() -> None:
    assert ring({}, {}).verify("main", unsigned=True)("", b"record")
    assert not ring({}, {}).verify("main")("", b"record")
    assert not ring({"main": (PUBLIC,)}, {}).verify("main", unsigned=True)("", b"record")
    assert not ring({}, environment(KEY=HMAC)).verify("main", unsigned=True)("", b"record")


@pytest.mark.parametrize("odd", ["", "ed25519:", "ed25519:!!", "ed25519:AAAA", "hmac:", "hmac:xyz", "x", HMAC[:-2]])
def test_an_odd_signature_does_not_count(odd: str) -> None:
    keys = ring({"main": (PUBLIC,)}, environment(KEY=HMAC))
    assert not keys.verify("main")(odd, b"record")


@pytest.mark.parametrize("key", ["secret", "ed25519:", "ed25519:AAAA", "hmac:", "hmac:abcd", "hmac:zz", f"{HMAC} x"])
def test_an_odd_key_is_an_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(ConfigError) as fault:
        ring({}, environment(KEY=key))
    (found,) = fault.value.diagnostics
    assert found.code == "cache/key"
    assert key.rsplit(maxsplit=1)[-1] not in found.message.replace("`$BUILDASSETS_CACHE_KEY`", "").split()


def test_an_odd_scope_is_an_error() -> None:
    with pytest.raises(ConfigError):
        ring({}, environment(SCOPE="a b"))
