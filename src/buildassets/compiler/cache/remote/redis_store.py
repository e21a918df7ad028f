"""A remote cache in Redis, in its own protocol (RESP2): a key for each name, as `ac/…` and `cas/…`.

One connection for each thread. Lengths are announced before bytes, so nothing is read that is larger than it may be.
"""

import socket
from contextlib import suppress
from ssl import create_default_context
from typing import Final
from urllib.parse import unquote, urlsplit

from buildassets.compiler.cache.remote.connections import ConnectedStore
from buildassets.compiler.cache.remote.store import StoreError, too_large
from buildassets.foundation.frozen import frozen

_PORT: Final = 6379
_TIMEOUT_SECONDS: Final = 10.0  # without a byte
_MOST_LINE_BYTES: Final = 1 << 12
_FINAL: Final = ("NOAUTH", "WRONGPASS", "NOPERM", "ERR invalid password", "ERR DB index", "READONLY")


class RedisStore(ConnectedStore["_Connection"]):
    """The cache at `url`: `redis://HOST:PORT/DATABASE/PREFIX`, by TLS `rediss://`; `login` is a user and a password."""

    def __init__(self, url: str, login: tuple[str, str] | None = None) -> None:
        super().__init__()
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or _PORT
        self._is_secure = parts.scheme == "rediss"
        database, _, prefix = parts.path.strip("/").partition("/")
        prefix = prefix if database.isdigit() or not database else parts.path.strip("/")
        self._prefix = f"{unquote(prefix)}/" if prefix else ""
        user, password = login or ("", "")
        self._first = [
            *([(b"AUTH", *([user.encode()] if user else []), password.encode())] if login else []),
            *([(b"SELECT", database.encode())] if database.isdigit() else []),
        ]

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """See Store."""
        reply = self._reply(most_bytes, b"GET", self._key(name))
        if isinstance(reply, int):
            raise StoreError("its answer is not that of Redis")
        return reply

    def holds(self, name: str) -> bool:
        """See Store."""
        return self._reply(0, b"EXISTS", self._key(name)) == 1

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """See Store."""
        self._reply(_MOST_LINE_BYTES, b"SET", self._key(name), content, *(() if replace else (b"NX",)))

    def _key(self, name: str) -> bytes:
        return f"{self._prefix}{name}".encode()

    def _reply(self, most_bytes: int, *command: bytes) -> bytes | int | None:
        reply = self._answer(lambda connection: connection.reply(most_bytes, *command))
        if isinstance(reply, _Refusal):
            raise StoreError(reply.reason, is_final=reply.reason.startswith(_FINAL))
        return reply

    def _opened(self) -> "_Connection":
        return _Connection(self._address, is_secure=self._is_secure)

    def _begin(self, connection: "_Connection") -> None:
        for command in self._first:
            if isinstance(reply := connection.reply(_MOST_LINE_BYTES, *command), _Refusal):
                raise StoreError(reply.reason, is_final=True)


@frozen
class _Refusal:
    """The error with which the server answers a command."""

    reason: str


class _Connection:
    def __init__(self, address: tuple[str, int], *, is_secure: bool) -> None:
        self.sock = socket.create_connection(address, timeout=_TIMEOUT_SECONDS)
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if is_secure:
                self.sock = create_default_context().wrap_socket(self.sock, server_hostname=address[0])
        except BaseException:
            self.sock.close()
            raise
        self._answers = self.sock.makefile("rb")

    def reply(self, most_bytes: int, *command: bytes) -> "bytes | int | _Refusal | None":
        """The reply to `command`. Raises StoreError and OSError."""
        head = b"*%d\r\n" % len(command)
        self.sock.sendall(head + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in command))
        line = self._answers.readline(_MOST_LINE_BYTES)
        if not line:
            raise ConnectionResetError
        kind, text = line[:1], line[1:].removesuffix(b"\r\n")
        if not line.endswith(b"\r\n"):
            raise StoreError("its answer is not that of Redis")
        if kind == b"-":
            return _Refusal(text.decode("utf-8", "replace"))
        if kind == b"+":
            return text
        if kind not in (b":", b"$") or not text.lstrip(b"-").isdigit():
            raise StoreError("its answer is not that of Redis")
        return int(text[:20]) if kind == b":" else self._bulk(int(text[:20]), most_bytes)

    def _bulk(self, size_bytes: int, most_bytes: int) -> bytes | None:
        if size_bytes < 0:
            return None
        if size_bytes > most_bytes:
            raise too_large()
        content = self._answers.read(size_bytes + 2)
        if len(content) != size_bytes + 2:
            raise StoreError("its answer is cut short")
        return content[:-2]

    def close(self) -> None:
        """Close the connection, in the thread that uses it."""
        with suppress(OSError):
            self._answers.close()
        with suppress(OSError):
            self.sock.close()
