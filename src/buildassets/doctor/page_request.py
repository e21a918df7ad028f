"""Requests the page `/` of an application, and the assets that it names: a program that `doctor --run` starts.

Takes the framework, the module and the name of the application, and on stdin the names of files in JSON. Writes in JSON
the status of the page, and that of each file by its URL.
"""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from inspect import iscoroutinefunction
from typing import Any, Final, TypeAlias
from wsgiref.util import setup_testing_defaults

from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import NOTHING
from buildassets.programs.project_python import project_module

_Answer: TypeAlias = tuple[int, bytes]
_URLS: Final = re.compile(rb"""\b(?:href|src)\s*=\s*["']?(/[^/"'\s>?#][^"'\s>?#]*)""")
_MOST_FILES: Final = 50
_PERMISSION: Final = replace(NOTHING, python=True)  # that of the program which starts this one
_WITH_FACTORIES: Final = ("flask", "quart")  # which find applications in modules themselves


def main(framework: str, module: str, name: str) -> None:
    """Write the answers to stdout."""
    files = tuple(json.load(sys.stdin))
    with redirect_stdout(sys.stderr):  # of the application
        application = _application(framework, module, name)
        status, page = _answer(application, "/")
        urls = dict.fromkeys(url for match in _URLS.findall(page) if (url := match.decode()).endswith(files))
        answers = {url: _answer(application, url)[0] for url in [*urls][:_MOST_FILES]}
    sys.stdout.write(json.dumps({"status": status, "answers": answers}))


def _application(framework: str, module: str, name: str) -> Any:
    if framework in _WITH_FACTORIES:
        return project_module(f"{framework}.cli", permission=_PERMISSION).ScriptInfo(module).load_app()
    return getattr(project_module(module, permission=_PERMISSION), name)


def _answer(application: Any, path: str) -> _Answer:
    if iscoroutinefunction(type(application).__call__):
        return asyncio.run(_of_asgi(application, path))
    return _of_wsgi(application, path)


def _of_wsgi(application: Callable[..., Any], path: str) -> _Answer:
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    statuses: list[str] = []
    pieces: list[bytes] = []

    def start(status: str, _headers: object, _fault: object = None) -> Callable[[bytes], None]:
        statuses.append(status)
        return pieces.append

    parts = application(environ, start)
    pieces += parts
    getattr(parts, "close", bool)()
    return int(statuses[-1].split()[0]), b"".join(pieces)


async def _of_asgi(application: Callable[..., Any], path: str) -> _Answer:
    asgi = {"version": "3.0", "spec_version": "2.3"}
    request = {"type": "http", "asgi": asgi, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path}
    address = {"client": ("127.0.0.1", 1), "server": ("localhost", 80), "headers": [(b"host", b"localhost")]}
    received = [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not received:
            await asyncio.Event().wait()  # the client stays
        return received.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {**request, **address, "raw_path": path.encode(), "query_string": b"", "root_path": "", "state": {}}
    await application(scope, receive, send)
    statuses = [message["status"] for message in sent if message["type"] == "http.response.start"]
    return statuses[-1], b"".join(message.get("body", b"") for message in sent)


if __name__ == "__main__":
    main(*sys.argv[1:])
