"""The files of a release for WSGI (PEP 3333): around an application, or as one.

    application = AssetServer(application, assets=Assets("build/manifest.json"))

Standard library and vocabulary only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import FileIO

from buildassets.runtime.assets import Assets
from buildassets.runtime.ranges import ByteRange
from buildassets.runtime.served_files import ServedFiles, normal_origins, opened
from buildassets.runtime.serving import REASONS, REQUEST_HEADERS, Answer, answer

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Any, Final
    from wsgiref.types import StartResponse, WSGIApplication

    from buildassets.runtime.extra_headers import ExtraHeaders

    Environ = dict[str, Any]

__all__ = ["AssetServer"]

_BLOCK_BYTES: Final = 65536
_VARIABLES: Final = tuple((f"HTTP_{name.upper().replace('-', '_')}", name) for name in REQUEST_HEADERS)


class AssetServer:
    """A WSGI application that answers for the files of a release, and hands on all other requests to `app`.

    Without `app` those are answered with 404. `prefix` is the path of the URL prefix, that of `assets` by default;
    it is looked for in the whole path of a request, and in what is left of it below a mount. `origins` are those whose
    pages may read the files: `*`, or `https://example.com` and others. `headers` gives more headers for an asset, by
    its logical path and its entry in the manifest; it is asked once for each when the process starts.

    Raises ManifestError where a file that the manifest names is not there, ValueError for what is no origin, and for
    headers that must not be sent; TypeError for `assets` and `headers` that are something else.
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

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The content of the answer, or what the application gives."""
        below = _decoded(environ.get("PATH_INFO", ""))
        resource = self._files.find(_decoded(environ.get("SCRIPT_NAME", "")) + below, below)
        if resource is None and self._app is not None:
            return self._app(environ, start_response)
        given = answer(resource, environ["REQUEST_METHOD"], _headers(environ), self._origins)
        return _sent(given, environ, start_response)


def _decoded(path: str) -> str:
    """A path of PEP 3333, whose characters are the bytes of the URL, as names of files are written."""
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
    """The content; by the server's own way of sending files only to the end of one, as it may not stop before."""
    match given.content:
        case (ByteRange(start, stop),) if given.file and stop == given.file.size and wrapper:
            if start:
                file.seek(start)
            return wrapper(file, _BLOCK_BYTES)
    return _Pieces(given.content, file)


class _Pieces:
    """Content that is read as it is sent."""

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
        """Called by the server once it has sent all, or no more can be sent."""
        self._file.close()
