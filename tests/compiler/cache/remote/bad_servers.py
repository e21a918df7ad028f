"""Servers that answer as no server should: each a function for one connection, by its name in KINDS.

A function gets the socket and what a good server has by name; requests are read by `request`.
"""

import socket
import ssl
import struct
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Final

Good = Mapping[str, bytes]
Serve = Callable[[socket.socket, Good], None]


def request(line: socket.socket) -> tuple[str, str, bytes] | None:
    """Method, name as `ac/…`, and body of the next request; None at the end."""
    head = b""
    while b"\r\n\r\n" not in head:
        if not (more := line.recv(65536)):
            return None
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    size = next((int(one[15:]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:")), 0)
    while len(body) < size:
        body += line.recv(65536)
    method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
    return method, "/".join(path.split("/")[-2:]), body


def answer(status: int, content: bytes = b"", *headers: str, length: str | None = None) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def stall(line: socket.socket) -> None:
    """Keep the connection and be silent, until the other side ends it."""
    with suppress(OSError):
        while line.recv(65536):
            pass


def endless(line: socket.socket, piece: bytes, pause_seconds: float = 0) -> None:
    """Send `piece` again and again."""
    with suppress(OSError):
        while True:
            line.sendall(piece)
            time.sleep(pause_seconds)


def always(sent: bytes) -> Serve:
    """To each request the same."""

    def serve(line: socket.socket, good: Good) -> None:
        while request(line):
            line.sendall(sent)

    return serve


def once(sent: bytes, then: Callable[[socket.socket], None] = lambda line: None) -> Serve:
    """To the first request of each connection `sent`, and `then` something else."""

    def serve(line: socket.socket, good: Good) -> None:
        request(line)
        line.sendall(sent)
        then(line)

    return serve


def changed(change: Callable[[str, bytes, Good], bytes | None], *, of: str = "") -> Serve:
    """A good server, but for what `change` makes of contents whose name begins with `of`; writes are dropped."""

    def serve(line: socket.socket, good: Good) -> None:
        while found := request(line):
            method, name, _ = found
            content = good.get(name)
            if content is not None and name.startswith(of):
                content = change(name, content, good)
            if method == "PUT":
                line.sendall(answer(201))
            elif content is None:
                line.sendall(answer(404, b"" if method == "HEAD" else b"no"))
            else:
                line.sendall(answer(200, content) if method == "GET" else answer(200, length=str(len(content))))

    return serve


def put(sent: bytes, then: Callable[[socket.socket], None] = lambda line: None) -> Serve:
    """An empty server that answers `sent` to whoever writes."""

    def serve(line: socket.socket, good: Good) -> None:
        while found := request(line):
            if found[0] != "PUT":
                line.sendall(answer(404))
            else:
                line.sendall(sent)
                then(line)

    return serve


def reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


def stored_late(line: socket.socket) -> None:
    time.sleep(1)
    line.sendall(answer(201))


def greeting(sent: bytes) -> Serve:
    """Begin with `sent`, and be silent."""

    def serve(line: socket.socket, good: Good) -> None:
        line.sendall(sent)
        stall(line)

    return serve


def late(seconds: float, sent: bytes) -> Serve:
    def serve(line: socket.socket, good: Good) -> None:
        while request(line):
            time.sleep(seconds)
            line.sendall(sent)

    return serve


def other(name: str, content: bytes, good: Good) -> bytes:
    """The content of another name of the same kind."""
    names = sorted(one for one in good if one[:2] == name[:2])
    return good[names[names.index(name) - 1]]


def in_turn(first: bytes, second: bytes) -> Serve:
    turns = iter(range(10**9))

    def serve(line: socket.socket, good: Good) -> None:
        while request(line):
            line.sendall((first, second)[next(turns) % 2])

    return serve


def stalled_content(line: socket.socket, good: Good) -> None:
    while found := request(line):
        content = good.get(found[1], b"")
        if found[1].startswith("cas/"):
            line.sendall(answer(200, content[:3], length=str(len(content))))
            stall(line)
        line.sendall(answer(200, content) if content else answer(404))


def endless_content(line: socket.socket, good: Good) -> None:
    while found := request(line):
        content = good.get(found[1], b"")
        if found[1].startswith("cas/"):
            line.sendall(b"HTTP/1.1 200 X\r\n\r\n")
            endless(line, bytes(65536))
        line.sendall(answer(200, content) if content else answer(404))


@cache
def bomb() -> bytes:
    """30 MB of zeros, compressed."""
    return zlib.compress(bytes(30_000_000))


_CHUNKED: Final = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
_OK: Final = b"HTTP/1.1 200 X\r\n"
_PAGE: Final = b"<!doctype html><title>Log in</title>"
_DEEP: Final = b"[" * 100_000 + b"]" * 100_000

KINDS: Final[Mapping[str, Serve]] = {
    "closes at once": lambda line, good: line.close(),
    "resets at once": lambda line, good: reset(line),
    "is silent": lambda line, good: stall(line),
    "resets after the request": once(b"", reset),
    "closes after the request": once(b""),
    "answers with garbage": always(b"\x00\xff\x80garbage" * 10),
    "answers with garbage and newlines": always(b"\r\n\r\n\r\n"),
    "speaks TLS": lambda line, good: line.sendall(b"\x15\x03\x01\x00\x02\x02\x28"),
    "speaks SSH": greeting(b"SSH-2.0-OpenSSH_9\r\n"),
    "speaks HTTP/0.9": once(_PAGE),
    "speaks HTTP/9": always(b"HTTP/9.9 200 X\r\nContent-Length: 0\r\n\r\n"),
    "status 999": always(answer(999)),
    "status abc": always(b"HTTP/1.1 abc X\r\n\r\n"),
    "endless status": once(b"HTTP/1.1 200 ", lambda line: endless(line, b"x" * 4096)),
    "endless header": once(_OK + b"X: ", lambda line: endless(line, b"x" * 4096)),
    "endless headers": once(_OK, lambda line: endless(line, b"X: x\r\n")),
    "endless 100": once(b"", lambda line: endless(line, b"HTTP/1.1 100 Continue\r\n\r\n", 0.001)),
    "trickling headers": once(_OK + b"X: ", lambda line: endless(line, b"x", 0.2)),
    "trickling body": once(_OK + b"Content-Length: 900000\r\n\r\n", lambda line: endless(line, b"{", 0.2)),
    "cut short": once(answer(200, b"{", length="5000")),
    "longer than announced": once(answer(200, b'{"a": 1}', length="3")),
    "negative length": once(answer(200, b"{}", length="-5")),
    "length in words": once(answer(200, b"{}", length="many")),
    "two lengths": once(answer(200, b"{}", "Content-Length: 7")),
    "huge length": once(answer(200, b"", length=str(1 << 60)), stall),
    "endless body": once(_OK + b"\r\n", lambda line: endless(line, b" " * 65536)),
    "endless chunks": once(_CHUNKED, lambda line: endless(line, b"1000\r\n" + b" " * 4096 + b"\r\n")),
    "no chunks": once(_CHUNKED + b"xyz\r\n"),
    "huge chunk": once(_CHUNKED + b"f" * 14 + b"\r\n", stall),
    "chunks and a length": once(answer(200, b"2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked")),
    "a page for all": always(answer(200, _PAGE)),
    "nothing for all": always(answer(200)),
    "an empty object": always(answer(200, b"{}")),
    "an array": always(answer(200, b"[]")),
    "deep JSON": always(answer(200, _DEEP)),
    "a huge number": always(answer(200, b"9" * 900_000)),
    "no UTF-8": always(answer(200, b'{"format": "\xff"}')),
    "500": always(answer(500, _PAGE)),
    "503": always(answer(503, b"", "Retry-After: 9")),
    "429": always(answer(429, b"", "Retry-After: 9")),
    "401": always(answer(401, b"", "WWW-Authenticate: Basic")),
    "403": always(answer(403)),
    "407": always(answer(407, b"", "Proxy-Authenticate: Basic")),
    "301 to itself": always(answer(301, b"", "Location: /")),
    "307 to a file": always(answer(307, b"", "Location: file:///etc/passwd")),
    "302 to nowhere": always(answer(302)),
    "304": always(answer(304)),
    "204": always(b"HTTP/1.1 204 X\r\n\r\n"),
    "206": always(answer(206, b"{}", "Content-Range: bytes 0-1/9")),
    "every other 500": in_turn(answer(500), answer(404)),
    "slow": late(0.05, answer(404)),
    "very slow": late(4, answer(404)),
    "other records": changed(other, of="ac/"),
    "changed records": changed(lambda name, content, good: content.replace(b"assets", b"assetz"), of="ac/"),
    "records without a signature": changed(
        lambda name, content, good: content.replace(b"signature", b"signed"), of="ac/"
    ),
    "records cut short": changed(lambda name, content, good: content[:-9], of="ac/"),
    "no contents": changed(lambda name, content, good: None, of="cas/"),
    "other contents": changed(other, of="cas/"),
    "contents cut short": changed(lambda name, content, good: content[:-1], of="cas/"),
    "longer contents": changed(lambda name, content, good: content + b"x", of="cas/"),
    "contents of zeros": changed(lambda name, content, good: bytes(len(content)), of="cas/"),
    "a bomb": changed(lambda name, content, good: bomb(), of="cas/"),
    "stalled contents": stalled_content,
    "endless contents": endless_content,
    "full": put(answer(507)),
    "too large": put(answer(413)),
    "read only": put(answer(405)),
    "resets who writes": put(b"", reset),
    "is silent to who writes": put(b"", stall),
    "loses what is written": put(answer(201)),
    "redirects who writes": put(answer(307, b"", "Location: http://127.0.0.1:9/")),
    "slow to who writes": put(b"", stored_late),
}
# A build with one of these has to end its wait by itself: they answer too late or never.
STALLING: Final = (
    "is silent",
    "answers with garbage",
    "endless 100",
    "trickling headers",
    "trickling body",
    "huge length",
    "huge chunk",
    "very slow",
    "stalled contents",
    "is silent to who writes",
    "slow to who writes",
)
# Of the first nobody finds out, the second does not fail each time, and from the third somebody removed what was old.
FINE: Final = ("loses what is written", "every other 500", "no contents")


def _redis(sent: bytes, then: Callable[[socket.socket], None] = lambda line: None) -> Serve:
    def serve(line: socket.socket, good: Good) -> None:
        while line.recv(65536):
            line.sendall(sent)
            then(line)

    return serve


REDIS: Final[Mapping[str, Serve]] = {
    "is silent": lambda line, good: stall(line),
    "closes": lambda line, good: line.close(),
    "resets": lambda line, good: reset(line),
    "speaks HTTP": _redis(answer(400)),
    "garbage": _redis(b"\x00\xff" * 50),
    "NOAUTH": _redis(b"-NOAUTH Authentication required.\r\n"),
    "OOM": _redis(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"),
    "LOADING": _redis(b"-LOADING Redis is loading the dataset in memory\r\n"),
    "a number": _redis(b":1\r\n"),
    "an array": _redis(b"*2\r\n$1\r\na\r\n$1\r\nb\r\n"),
    "a huge length": _redis(b"$999999999999\r\n"),
    "a length of many digits": _redis(b"$" + b"9" * 3000 + b"\r\n"),
    "no length": _redis(b"$abc\r\n"),
    "cut short": _redis(b"$100\r\nabc", lambda line: line.close()),
    "endless line": _redis(b"+", lambda line: endless(line, b"x" * 4096)),
    "trickling": _redis(b"$5000\r\n", lambda line: endless(line, b"x", 0.2)),
}


REDIS_STALLING: Final = ("is silent", "garbage")


@contextmanager
def serving(serve: Serve, good: Good, certificate: Path | None = None) -> Iterator[int]:
    """The port of a server that does `serve` with each connection; by TLS if there is a `certificate`."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        context = None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        Thread(target=_accept, args=(listener, serve, good, context), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, serve: Serve, good: Good, context: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            Thread(target=_served, args=(line, serve, good, context), daemon=True).start()


def _served(line: socket.socket, serve: Serve, good: Good, context: ssl.SSLContext | None) -> None:
    with (
        suppress(OSError, ValueError, AttributeError),
        line if context is None else context.wrap_socket(line, server_side=True) as secured,
    ):
        serve(secured, good)
