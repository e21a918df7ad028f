"""Serves the files of a release by ASGI 3: as middleware around an application, or as one itself.

    app = AssetServer(app, assets=Assets("build/manifest.json"))

Files are read in threads, a block at a time, so that the event loop never waits for a disk. Standard library and
vocabulary only.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Final

from buildassets.foundation.paths import from_url
from buildassets.runtime.assets import Assets
from buildassets.runtime.ranges import ByteRange
from buildassets.runtime.served_files import ServedFiles, normal_origins, opened
from buildassets.runtime.serving import REQUEST_HEADERS, Answer, Representation, answer

if TYPE_CHECKING:
    from buildassets.runtime.extra_headers import ExtraHeaders

    Message = dict[str, Any]
    Scope = Any
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    ASGIApplication = Callable[[Any, Any, Any], Awaitable[None]]

__all__ = ["AssetServer"]

_BLOCK_BYTES: Final = 262144  # most assets fit into one block, so that most answers need a thread only once
_REQUEST_HEADERS: Final = {name.encode("ascii"): name for name in REQUEST_HEADERS}
_PATHSEND: Final = "http.response.pathsend"
_BODY: Final = "http.response.body"
_NOTHING: Final = ByteRange(0, 0)


class AssetServer:
    """An ASGI application that serves the files of a release, and passes all other requests to `app`.

    Takes the arguments of `buildassets.runtime.wsgi.AssetServer`, and raises what that raises.
    """

    def __init__(
        self,
        app: ASGIApplication | None = None,
        *,
        assets: Assets,
        prefix: str | None = None,
        origins: str | Iterable[str] = (),
        headers: ExtraHeaders | None = None,
    ) -> None:
        self._app = app
        self._files = ServedFiles(assets, prefix, headers)
        self._origins = normal_origins(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        resource = self._files.find(*_paths(scope)) if scope["type"] == "http" else None
        if resource is None and self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            given = answer(resource, scope["method"], _headers(scope["headers"]), self._origins)
            await _send(given, scope, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": f"{scope['type']}.close"})


def around(server: AssetServer, app: ASGIApplication) -> AssetServer:
    """The same server around `app`."""
    copied = copy(server)
    copied._app = app
    return copied


def _paths(scope: Scope) -> Iterator[str]:
    """The whole path of a request, then its path below a mount."""
    root = scope.get("root_path", "").rstrip("/")
    path = scope["path"]
    if "\ufffd" in path:  # the server writes it for bytes that it could not decode
        path = from_url((scope.get("raw_path") or b"").decode("latin-1")) or path
    yield path
    yield path.removeprefix(root) if path.startswith(f"{root}/") else root + path


def _headers(given: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """The headers that an answer depends on; repeated ones are joined as in RFC 9110, section 5.3."""
    headers: dict[str, str] = {}
    for key, value in given:
        if name := _REQUEST_HEADERS.get(key):
            text = value.decode("latin-1")
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


async def _send(given: Answer, scope: Scope, send: Send) -> None:
    """Send the answer. Its first block is read before the headers are sent, since the file may be gone."""
    pieces = _blocks(_file_first(given))
    by_path = (
        _PATHSEND in (scope.get("extensions") or {})
        and given.file
        and given.content == (ByteRange(0, given.file.size),)
    )
    first = _NOTHING if by_path else next(pieces, b"")
    block = await _bytes_of(first, given.file)
    if block is None:
        given, pieces, by_path = answer(None, scope["method"], {}), iter(()), False
        block = b"".join(piece for piece in given.content if isinstance(piece, bytes))
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in given.headers]
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    if by_path and given.file:
        await send({"type": _PATHSEND, "path": given.file.path})
        return
    left = sum(map(len, given.content)) - len(block)
    await send({"type": _BODY, "body": block, "more_body": left > 0})
    for piece in pieces:
        block = await _bytes_of(piece, given.file)
        if block is None:
            raise OSError("a file of the release was changed while it was sent")
        left -= len(block)
        await send({"type": _BODY, "body": block, "more_body": left > 0})


def _file_first(given: Answer) -> tuple[bytes | ByteRange, ...]:
    """The content, with an empty range of the file first where it does not begin with one: so the file is opened."""
    is_opened = given.file is None or (given.content and isinstance(given.content[0], ByteRange))
    return given.content if is_opened else (_NOTHING, *given.content)


def _blocks(content: Iterable[bytes | ByteRange]) -> Iterator[bytes | ByteRange]:
    """The content in pieces that are small enough for memory."""
    for piece in content:
        if isinstance(piece, bytes) or len(piece) <= _BLOCK_BYTES:
            yield piece
        else:
            for start in range(piece.start, piece.stop, _BLOCK_BYTES):
                yield ByteRange(start, min(start + _BLOCK_BYTES, piece.stop))


async def _bytes_of(piece: bytes | ByteRange, file: Representation | None) -> bytes | None:
    """The bytes of a piece of the content, read in a thread if they are in `file`; None if that is gone."""
    if isinstance(piece, bytes):
        return piece
    return await _in_thread(_read, file, piece) if file else b""


async def _in_thread(
    read: Callable[[Representation, ByteRange], bytes | None], *what: *tuple[Representation, ByteRange]
) -> bytes | None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # not asyncio, so trio
        from trio import to_thread

        return await to_thread.run_sync(read, *what)
    return await loop.run_in_executor(None, read, *what)


def _read(file: Representation, span: ByteRange) -> bytes | None:
    """A span of a file; None if it is gone. Each span opens the file, so that no slow or lost client keeps it open."""
    descriptor = opened(file)
    if descriptor is None:
        return None
    try:
        if span.start:
            os.lseek(descriptor, span.start, os.SEEK_SET)
        content = os.read(descriptor, len(span))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return content if len(content) == len(span) else None


async def _live(receive: Receive, send: Send) -> None:
    """Confirm the start and the stop of the server."""
    while (message := (await receive())["type"]) != "lifespan.shutdown":
        await send({"type": f"{message}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
