"""Serves the files of a release by WSGI (PEP 3333): as middleware around an application, or as one itself.

    application = AssetServer(application, assets=Assets("build/manifest.json"))

Standard library and vocabulary only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import FileIO
from typing import TYPE_CHECKING, Any, Final

from buildassets.runtime.assets import Assets
from buildassets.runtime.ranges import ByteRange
from buildassets.runtime.served_files import ServedFiles, normal_origins, opened
from buildassets.runtime.serving import REASONS, REQUEST_HEADERS, Answer, GeneratedTarget, Resource, answer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

    from buildassets.runtime.extra_headers import ExtraHeaders

    Environ = dict[str, Any]

__all__ = ["AssetServer"]

_BLOCK_BYTES: Final = 65536
_VARIABLES: Final = tuple((f"HTTP_{name.upper().replace('-', '_')}", name) for name in REQUEST_HEADERS)


class AssetServer:
    """A WSGI application that serves the files of a release, and passes all other requests to `app`.

    Without `app` other requests are answered with 404. `prefix` is the path of the URL prefix, by default that of
    `assets`; a request may have it at the start of its whole path, or of its path below a mount. `origins` are the
    origins whose pages may read the files: `*`, or a list such as `https://example.com`. `headers` is a function from
    the logical path and the manifest's entry of an asset to additional headers; it is called once for each asset when
    the process starts.

    Raises ManifestError where a file that the manifest names is missing, ValueError for an invalid origin and for
    headers that must not be sent, TypeError for `assets` and `headers` of another type.
    """

    def __init__(
        self,
        app: WSGIApplication | None = None,
        *,
        assets: Assets,
        prefix: str | None = None,
        origins: str | Iterable[str] = (),
        headers: ExtraHeaders | None = None,
    ) -> None:
        self._app = app
        self._files = ServedFiles(assets, prefix, headers)
        self._origins = normal_origins(origins)

    def _found(self, environ: Environ) -> Resource | GeneratedTarget | None:
        below = _decoded(environ.get("PATH_INFO", ""))
        return self._files.find(_decoded(environ.get("SCRIPT_NAME", "")) + below, below)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or let the application answer it."""
        resource = self._found(environ)
        if resource is None and self._app is not None:
            return self._app(environ, start_response)
        given = answer(resource, environ["REQUEST_METHOD"], _headers(environ), self._origins)
        return _sent(given, environ, start_response)


def has_file(server: AssetServer, environ: Environ) -> bool:
    """Whether a request is for a file of the release."""
    return server._found(environ) is not None


def _decoded(path: str) -> str:
    """A path of PEP 3333, whose characters are the bytes of the URL, decoded as the names of files are."""
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def _headers(environ: Environ) -> Mapping[str, str]:
    return {name: environ[variable] for variable, name in _VARIABLES if variable in environ}


def _sent(given: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    descriptor = opened(given.file) if given.file else None
    if given.file and descriptor is None:
        given = answer(None, environ["REQUEST_METHOD"], {})
    file = None if descriptor is None else FileIO(descriptor)
    try:
        start_response(f"{given.status} {REASONS[given.status]}", list(given.headers))
        if file is not None and given.content:
            content = _file_content(given, file, environ.get("wsgi.file_wrapper"))
            file = None
            return content
        return [piece for piece in given.content if isinstance(piece, bytes)]
    finally:
        if file is not None:
            file.close()


def _file_content(given: Answer, file: FileIO, wrapper: Callable[..., Iterable[bytes]] | None) -> Iterable[bytes]:
    """The content; by the server's own way of sending files only to the end of one, as it may not stop earlier."""
    match given.content:
        case (ByteRange(start, stop),) if given.file and stop == given.file.size and wrapper:
            if start:
                file.seek(start)
            return wrapper(file, _BLOCK_BYTES)
    return _Pieces(given.content, file)


class _Pieces:
    """Content that is read from the file while it is sent."""

    def __init__(self, content: tuple[bytes | ByteRange, ...], file: FileIO) -> None:
        self._content = content
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._content:
            if isinstance(piece, bytes):
                yield piece
                continue
            self._file.seek(piece.start)
            left = len(piece)
            while left and (block := self._file.read(min(left, _BLOCK_BYTES))):
                left -= len(block)
                yield block

    def close(self) -> None:
        """Called by the server once it has sent all, or the connection is lost."""
        self._file.close()
