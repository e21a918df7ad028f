"""Accesses of a worker to files, from before its application is imported; reported at `/accesses`.

Imported before anything of the application.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from buildassets.testing import recorded


def _can_write() -> bool:
    try:
        os.close(os.open("written", os.O_WRONLY | os.O_CREAT))
    except OSError:
        return False
    return True


CAN_WRITE = _can_write()
_RECORDING = recorded()  # kept, as it ends with its last reference
_ACCESSES = _RECORDING.__enter__()


def report() -> bytes:
    """All accesses so far, as JSON."""
    listed = [{"action": one.action, "paths": one.paths, "stack": one.stack} for one in _ACCESSES]
    return json.dumps({"accesses": listed, "can_write": CAN_WRITE, "home": os.environ.get("HOME")}).encode()


def wsgi(application: Any) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """`application`, which is asked for everything but `/accesses`."""

    def recording(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/accesses":
            answered: Iterable[bytes] = application(environ, start_response)
            return answered
        body = report()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    return recording


def asgi(application: Any) -> Callable[[dict[str, Any], Any, Any], Any]:
    """Return an ASGI application that is asked for everything but `/accesses`."""

    async def recording(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != "/accesses":
            await application(scope, receive, send)
            return
        body = report()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return recording
