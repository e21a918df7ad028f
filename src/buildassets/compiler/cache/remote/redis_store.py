"""A remote cache in Redis, in its own protocol (RESP2): a key for each name, as `ac/…` and `cas/…`.

One connection for each thread. Lengths are announced before bytes, so nothing is read that is larger than it may be.
"""

import socket
from contextlib import suppress
from threading import Lock, local
from typing import Final
from urllib.parse import unquote, urlsplit

from buildassets.compiler.cache.remote.store import StoreError, too_large
from buildassets.diagnostics import reason_text

_PORT: Final = 6379
_TIMEOUT_SECONDS: Final = 10.0  # without a byte
_MOST_LINE_BYTES: Final = 1 << 12
_Reply = bytes | int | None
_FINAL: Final = ("NOAUTH", "WRONGPASS", "NOPERM", "ERR invalid password", "ERR DB index", "READONLY")


class RedisStore:
    """The cache at `url`: `redis://HOST:PORT/DATABASE/PREFIX`, by TLS `rediss://`; `login` is a user and a password."""

    def __init__(self, url: str, login: tuple[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or _PORT
        self._is_secure = parts.scheme == "rediss"
        database, _, prefix = parts.path.strip("/").partition("/")
        self._database = database if database.isdigit() else ""
        prefix = prefix if database.isdigit() or not database else parts.path.strip("/")
        self._prefix = f"{unquote(prefix)}/" if prefix else ""
        self._login = login
        self._own = local()
        self._lock = Lock()
        self._open: set[_Connection] = set()
        self._is_closed = False

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

    def leave(self) -> None:
        """See Store."""
        connection: _Connection | None = getattr(self._own, "connection", None)
        if connection is not None:
            self._drop(connection)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            self._is_closed = True
            for connection in self._open:
                connection.end()

    def _key(self, name: str) -> bytes:
        return f"{self._prefix}{name}".encode()

    def _reply(self, most_bytes: int, *command: bytes) -> _Reply:
        for is_last in (False, True):
            connection, is_fresh = self._connection()
            try:
                return connection.reply(most_bytes, *command)
            except _RefusedError as fault:  # the connection is as it was
                raise StoreError(fault.reason, is_final=fault.reason.startswith(_FINAL)) from None
            except ConnectionError as fault:
                self._drop(connection)
                if is_last or is_fresh:
                    raise StoreError(_reason(fault)) from None
            except BaseException:
                self._drop(connection)
                raise
        raise AssertionError  # the last try returns or raises

    def _connection(self) -> "tuple[_Connection, bool]":
        known: _Connection | None = getattr(self._own, "connection", None)
        if known is not None:
            return known, False
        try:
            made = _Connection(self._address, is_secure=self._is_secure)
        except OSError as fault:
            raise StoreError(_reason(fault)) from None
        with self._lock:
            if self._is_closed:
                made.close()
                raise StoreError("it is asked no more")
            self._open.add(made)
        self._own.connection = made
        try:
            self._begin(made)
        except _RefusedError as fault:
            self._drop(made)
            raise StoreError(fault.reason, is_final=True) from None
        except BaseException:
            self._drop(made)
            raise
        return made, True

    def _begin(self, connection: "_Connection") -> None:
        if self._login is not None:
            user, password = self._login
            connection.reply(_MOST_LINE_BYTES, b"AUTH", *([user.encode()] if user else []), password.encode())
        if self._database:
            connection.reply(_MOST_LINE_BYTES, b"SELECT", self._database.encode())

    def _drop(self, connection: "_Connection") -> None:
        self._own.connection = None
        connection.close()
        with self._lock:
            self._open.discard(connection)


class _RefusedError(Exception):
    """The server answers a command with an error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Connection:
    def __init__(self, address: tuple[str, int], *, is_secure: bool) -> None:
        self._socket = socket.create_connection(address, timeout=_TIMEOUT_SECONDS)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if is_secure:
                from ssl import create_default_context

                self._socket = create_default_context().wrap_socket(self._socket, server_hostname=address[0])
        except BaseException:
            self._socket.close()
            raise
        self._answers = self._socket.makefile("rb")

    def reply(self, most_bytes: int, *command: bytes) -> _Reply:
        """The reply to `command`. Raises _RefusedError, StoreError and OSError."""
        head = b"*%d\r\n" % len(command)
        self._socket.sendall(head + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in command))
        line = self._answers.readline(_MOST_LINE_BYTES)
        if not line:
            raise ConnectionResetError
        kind, text = line[:1], line[1:].removesuffix(b"\r\n")
        if not line.endswith(b"\r\n"):
            raise StoreError("its answer is not that of Redis")
        if kind == b"-":
            raise _RefusedError(text.decode("utf-8", "replace"))
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

    def end(self) -> None:
        """End the connection, also for a thread that waits for an answer."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection, in the thread that uses it."""
        with suppress(OSError):
            self._answers.close()
        with suppress(OSError):
            self._socket.close()


def _reason(fault: OSError) -> str:
    return reason_text(fault) if fault.errno is not None else "it closes the connection without an answer"
