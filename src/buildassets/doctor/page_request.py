"""Requests the page `/` of an application, and the assets that it names: a program that `doctor --run` starts.

Takes the framework, the module, the name and the factory of the application, and on stdin the names of files in JSON.
Writes in JSON the status of the page, and that of each file by its URL, or why pages have no assets.
"""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from glob import glob
from inspect import Parameter, iscoroutine, iscoroutinefunction, signature
from typing import Any, Final, TypeAlias
from urllib.parse import urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from buildassets.disk.files import small_text_of
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.permission import NOTHING
from buildassets.programs.project_python import project_module
from buildassets.runtime.assets import release_of

_Run: TypeAlias = Callable[[Coroutine[Any, Any, Any]], Any]
_URLS: Final = re.compile(rb"""\b(?:href|src)\s*=\s*["']?((?:https?:/)?/[^"'\s>?#]+)""")
_MOST_FILES: Final = 50
_MOST_REDIRECTS: Final = 5
_HOST: Final = "localhost"
# Imports a module, with the permission of the program which starts this one.
_loaded: Final = partial(project_module, permission=replace(NOTHING, python=True))
_WITH_FACTORIES: Final = ("flask", "quart")  # which find applications in modules themselves
# The argument of a factory that needs one: that of `python -m aiohttp.web`, and the defaults of an INI file.
_ARGUMENT: Final[Mapping[str, Collection[str]]] = {"aiohttp": [], "pyramid": {}}


@frozen
class _Answer:
    """The answer of an application, `location` being where it redirects to."""

    status: int
    location: str
    body: bytes


@frozen
class _Site:
    """An application by the function that answers a path, its host, and the files of its release."""

    answer: Callable[[str], _Answer]
    files: Sequence[str]
    host: str = _HOST
    fault: str = ""


def main(framework: str, module: str, name: str, factory: str) -> None:
    """Write the answers to stdout."""
    files = json.load(sys.stdin)
    with redirect_stdout(sys.stderr), asyncio.Runner() as runner:  # prints of the application
        if framework == "django":
            site = _django(module)
        else:
            application = _application(framework, module, name, factory, run=runner.run)
            answering = _aiohttp if framework == "aiohttp" else _gateway
            site = _Site(answering(application, runner.run), files)
        document = {"fault": site.fault} if site.fault else _answers(site)
    sys.stdout.write(json.dumps(document))


def _answers(site: _Site) -> dict[str, Any]:
    """Return the status of the page, to which `/` may redirect, and those of its assets."""
    path, page = "/", site.answer("/")
    for _ in range(_MOST_REDIRECTS):
        location = urlsplit(urljoin(path, page.location))
        if not page.location or location.netloc not in ("", site.host):
            break
        path = location.path
        page = site.answer(path)
    urls = [urlsplit(match.decode()) for match in _URLS.findall(page.body)]
    named = [url.path for url in urls if url.netloc in ("", site.host) and url.path.endswith(tuple(site.files))]
    paths = [*dict.fromkeys(named)][:_MOST_FILES]
    return {"path": path, "status": page.status, "answers": {one: site.answer(one).status for one in paths}}


def _django(module: str) -> _Site:
    """Return the application that the settings name, as `runserver` loads it, with the release that it reads."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)
    _loaded("django").setup()
    settings = _loaded("django.conf").settings
    application = _loaded("django.core.servers.basehttp").get_internal_wsgi_application()
    release = release_of(_loaded("buildassets.runtime.django.current").assets())
    why = "`DEBUG` is on: name settings of production by `DJANGO_SETTINGS_MODULE`"
    fault = "" if not release.is_unbuilt else why if settings.DEBUG else "there is no release"
    hosts = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host.strip(".*")]
    host = next(iter(hosts), _HOST)
    answer = _gateway(application, asyncio.run, host)
    return _Site(answer, [entry["file"] for _, entry in release.all_entries()], host, fault)


def _application(framework: str, module: str, name: str, factory: str, *, run: _Run) -> Any:
    if framework in _WITH_FACTORIES:
        return _loaded(f"{framework}.cli").ScriptInfo(module).load_app()
    if framework == "pyramid" and (files := [name for name in sorted(glob("*.ini")) if _names_application(name)]):
        get_app = _loaded("pyramid.paster").get_app
        return get_app("production.ini" if "production.ini" in files else files[0])
    namespace = _loaded(module)
    if hasattr(namespace, name) or not factory:
        return getattr(namespace, name)
    function = getattr(namespace, factory)
    needs = any(
        one.default is Parameter.empty and one.kind is Parameter.POSITIONAL_OR_KEYWORD
        for one in signature(function).parameters.values()
    )
    application = function(_ARGUMENT[framework]) if needs and framework in _ARGUMENT else function()
    return run(application) if iscoroutine(application) else application


def _names_application(file: str) -> bool:
    return "[app:main]" in (small_text_of(file) or "")


def _gateway(application: Any, run: _Run, host: str = _HOST) -> Callable[[str], _Answer]:
    """Return the function that requests a path from an application of WSGI or ASGI."""
    if iscoroutinefunction(type(application).__call__):
        return lambda path: run(_of_asgi(application, path))
    return lambda path: _of_wsgi(application, path, host)


def _of_wsgi(application: Callable[..., Any], path: str, host: str) -> _Answer:
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": host, "wsgi.url_scheme": "https", "HTTPS": "on"}
    setup_testing_defaults(environ)
    heads: list[tuple[str, list[tuple[str, str]]]] = []
    pieces: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _fault: object = None) -> Callable[[bytes], None]:
        heads.append((status, headers))
        return pieces.append

    parts = application(environ, start)
    pieces += parts
    getattr(parts, "close", bool)()
    status, headers = heads[-1]
    return _Answer(int(status.split()[0]), _location(headers), b"".join(pieces))


def _location(headers: Sequence[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "location"), "")


async def _of_asgi(application: Callable[..., Any], path: str) -> _Answer:
    asgi = {"version": "3.0", "spec_version": "2.3"}
    request = {"type": "http", "asgi": asgi, "http_version": "1.1", "method": "GET", "scheme": "https", "path": path}
    address = {"client": ("127.0.0.1", 1), "server": (_HOST, 443), "headers": [(b"host", _HOST.encode())]}
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
    head = [message for message in sent if message["type"] == "http.response.start"][-1]
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.get("headers", ())]
    return _Answer(head["status"], _location(headers), b"".join(message.get("body", b"") for message in sent))


def _aiohttp(application: Any, run: _Run) -> Callable[[str], _Answer]:
    """Return the function that requests a path from an application of aiohttp, which is started."""
    runner = _loaded("aiohttp.web").AppRunner(application)
    run(runner.setup())
    return lambda path: run(_of_aiohttp(runner.server, path))


async def _of_aiohttp(server: Any, path: str) -> _Answer:
    """Return the answer that `server` gives at the other end of a pair of sockets: nothing listens."""
    near, far = socket.socketpair()
    await asyncio.get_running_loop().connect_accepted_socket(server, far)
    reader, writer = await asyncio.open_connection(sock=near)
    writer.write(f"GET {path} HTTP/1.0\r\nHost: {_HOST}\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    return _Answer(int(first.split()[1]), _location([(name, value.strip()) for name, _, value in pairs]), body)


if __name__ == "__main__":
    main(*sys.argv[1:])
