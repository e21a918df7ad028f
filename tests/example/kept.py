"""The entries of a store of sessions, read without the site: keys, and for how many seconds more."""

import re
import socket
import time
from typing import Protocol
from urllib.parse import unquote, urlsplit

import redis
from pymemcache.client.base import Client

from tests.conftest import PATIENCE_SECONDS


class Kept(Protocol):
    """All entries of a store."""

    def seconds(self) -> dict[str, float]:
        """For how long each entry is there."""

    def shorten(self, seconds: int) -> None:
        """Leave each entry so many seconds."""

    def clear(self) -> None:
        """Drop all entries."""


def kept_at(url: str) -> Kept:
    """Return the entries of the server at this SESSION_URL."""
    return KeptInRedis(url) if url.startswith("redis:") else KeptInMemcached(url)


class KeptInRedis:
    """The entries of a Redis."""

    def __init__(self, url: str) -> None:
        self._url = url

    def seconds(self) -> dict[str, float]:
        with redis.Redis.from_url(self._url) as client:
            return {key.decode(): client.ttl(key) for key in client.scan_iter()}

    def shorten(self, seconds: int) -> None:
        with redis.Redis.from_url(self._url) as client:
            for key in client.scan_iter():
                client.expire(key, seconds)

    def clear(self) -> None:
        with redis.Redis.from_url(self._url) as client:
            client.flushall()


class KeptInMemcached:
    """The entries of a Memcached."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 0)

    def seconds(self) -> dict[str, float]:
        while (listed := self._listed()) is None:
            time.sleep(0.05)
        client = Client(self._address)
        # What has expired may still be listed.
        kept = {key: float(ends) - time.time() for key, ends in listed if client.get(key) is not None}
        client.close()
        return kept

    def _listed(self) -> list[tuple[str, str]] | None:
        """Keys and when they expire; None while the server is listing them to somebody else."""
        with (
            socket.create_connection(self._address, timeout=PATIENCE_SECONDS) as connection,
            connection.makefile("rwb") as lines,
        ):
            lines.write(b"lru_crawler metadump hash\r\n")  # not by LRU, between whose lists entries move
            lines.flush()
            answer = []
            while (line := lines.readline().decode()) not in {"END\r\n", ""}:
                if not line.startswith("key="):
                    return None
                answer.append(line)
        found = [re.match(r"key=(\S+) exp=(-?\d+) ", line) for line in answer]
        return [(unquote(one[1]), one[2]) for one in found if one]

    def shorten(self, seconds: int) -> None:
        client = Client(self._address)
        for key in self.seconds():
            client.touch(key, seconds, noreply=False)
        client.close()

    def clear(self) -> None:
        client = Client(self._address)
        for key in self.seconds():  # `flush_all` would also take what is kept within the same second
            client.delete(key, noreply=False)
        client.close()
