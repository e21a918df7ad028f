"""Where sessions are kept when not in the cookie: Redis or Memcached. Each entry goes by itself when it expires.

Takes a SESSION_URL. The client libraries are imported when they are needed, and connect at the first request, so a
process may be forked after this. Whatever a server's outage raises becomes StoreDownError.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 2  # a page must not wait longer for a server that does not answer
MEMCACHED_PORT = 11211
MOST_CONNECTIONS = 16


class StoreDownError(Exception):
    """The server that keeps the sessions does not answer, or not as it should."""


class SessionStore(Protocol):
    """Keeps bytes by key, each for a number of seconds."""

    def read(self, key: str, seconds: int) -> bytes | None:
        """What is kept, which is good for `seconds` again, or None."""

    def add(self, key: str, content: bytes, seconds: int) -> None:
        """Keep something new."""

    def replace(self, key: str, content: bytes, seconds: int) -> None:
        """Keep something else, unless `key` has gone meanwhile: who has signed out stays so."""

    def delete(self, key: str) -> None:
        """Forget it."""


def store_at(url: str) -> SessionStore:
    """The store that SESSION_URL names."""
    return MemcachedStore(url) if urlsplit(url).scheme == "memcached" else RedisStore(url)


def key_of(session_id: str) -> str:
    """The key of a session. The id itself is not in the store: whoever reads that cannot take a session over."""
    return f"session:{sha256(session_id.encode()).hexdigest()}"


class RedisStore:
    """Sessions in Redis 6.2 or newer, or in what speaks its protocol."""

    def __init__(self, url: str) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._outages = (redis.RedisError,)
        # One more attempt reaches a server that was started again behind an open connection.
        retry = Retry(NoBackoff(), retries=1, supported_errors=(redis.ConnectionError,))
        timeouts = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
        self._client = redis.Redis.from_url(url, retry=retry, max_connections=MOST_CONNECTIONS, **timeouts)

    def read(self, key: str, seconds: int) -> bytes | None:
        with told_as_store_down(self._outages):
            return self._client.getex(key, ex=seconds)

    def add(self, key: str, content: bytes, seconds: int) -> None:
        with told_as_store_down(self._outages):
            self._client.set(key, content, ex=seconds)

    def replace(self, key: str, content: bytes, seconds: int) -> None:
        with told_as_store_down(self._outages):
            self._client.set(key, content, ex=seconds, xx=True)

    def delete(self, key: str) -> None:
        with told_as_store_down(self._outages):
            self._client.delete(key)


class MemcachedStore:
    """Sessions in Memcached. It forgets the least used ones when it is full."""

    def __init__(self, url: str) -> None:
        from pymemcache.client.base import PooledClient
        from pymemcache.client.retrying import RetryingClient
        from pymemcache.exceptions import MemcacheError, MemcacheUnexpectedCloseError

        self._outages = (MemcacheError, OSError)
        parts = urlsplit(url)
        address = parts.hostname or "", parts.port or MEMCACHED_PORT
        timeouts = {"timeout": TIMEOUT_SECONDS, "connect_timeout": TIMEOUT_SECONDS}
        client = PooledClient(address, max_pool_size=MOST_CONNECTIONS, default_noreply=False, **timeouts)
        closed = [MemcacheUnexpectedCloseError, ConnectionError]
        self._client = RetryingClient(client, attempts=2, retry_for=closed)

    def read(self, key: str, seconds: int) -> bytes | None:
        with told_as_store_down(self._outages):
            content = self._client.get(key)
            if content is not None:
                self._client.touch(key, expire=seconds)
            return content

    def add(self, key: str, content: bytes, seconds: int) -> None:
        with told_as_store_down(self._outages):
            self._client.set(key, content, expire=seconds)

    def replace(self, key: str, content: bytes, seconds: int) -> None:
        with told_as_store_down(self._outages):
            self._client.replace(key, content, expire=seconds)

    def delete(self, key: str) -> None:
        with told_as_store_down(self._outages):
            self._client.delete(key)


@contextmanager
def told_as_store_down(faults: tuple[type[Exception], ...]) -> Iterator[None]:
    """Raises StoreDownError for each of `faults`."""
    try:
        yield
    except faults as fault:
        raise StoreDownError(f"{type(fault).__name__}: {fault}") from fault
