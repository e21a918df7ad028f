"""Opens the store of a remote cache's URL, with the login that the environment has for exactly its server."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from buildassets.compiler.cache.remote.store import LOGIN_VARIABLE, Store
from buildassets.foundation.credentials import masked_url, without_credentials
from buildassets.foundation.permission import Permission, require

_PORTS: Final = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379}


def opened_store(url: str, environment: Mapping[str, str], *, permission: Permission) -> Store:
    """The store at `url`. Nothing is asked before it is used."""
    scheme = url.partition(":")[0]
    require(permitted=permission.network, what=f"to ask `{masked_url(url)}`")
    login = _login(url, environment)
    if scheme in ("http", "https"):
        from buildassets.compiler.cache.remote.http_store import HttpStore

        return HttpStore(url, _authorization(login) if login else None)
    if scheme in ("redis", "rediss"):
        from buildassets.compiler.cache.remote.redis_store import RedisStore

        return RedisStore(url, _user_and_password(login) if login else None)
    if scheme == "file":
        from buildassets.compiler.cache.remote.folder_store import FolderStore

        return FolderStore(url)
    from buildassets.compiler.cache.remote.bucket_store import BucketStore

    return BucketStore(url)


def _login(url: str, environment: Mapping[str, str]) -> str | None:
    """The URL with credentials of the environment for the server of `url`; no other server is sent them."""
    logins = environment.get(LOGIN_VARIABLE, "").split()
    return next((login for login in logins if "@" in login and _origin(login) == _origin(url)), None)


def _origin(url: str) -> tuple[str, str, int] | None:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None


def _authorization(login: str) -> str | None:
    """The header: a user and a password as in RFC 7617, or a token alone as in RFC 6750."""
    user, colon, _ = (urlsplit(login).netloc.rpartition("@")[0]).partition(":")
    return without_credentials(login)[1] if colon else f"Bearer {unquote(user)}"


def _user_and_password(login: str) -> tuple[str, str]:
    user, colon, password = (urlsplit(login).netloc.rpartition("@")[0]).partition(":")
    return (unquote(user), unquote(password)) if colon else ("", unquote(user))
