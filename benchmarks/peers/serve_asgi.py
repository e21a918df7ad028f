"""The same for ASGI."""

import os
from typing import Any

RELEASE = os.environ["RELEASE"]
FILES = os.path.join(RELEASE, "assets")
PAGE = b"a page"


async def page(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
        await send({"type": "http.response.body", "body": PAGE})


def is_immutable(path: str, url: str) -> bool:
    return True


def bare() -> Any:
    return page


def ours() -> Any:
    from buildassets.runtime import Assets
    from buildassets.runtime.asgi import AssetServer

    return AssetServer(page, assets=Assets(os.path.join(RELEASE, "manifest.json")))


def servestatic() -> Any:
    from servestatic import ServeStaticASGI

    return ServeStaticASGI(page, root=FILES, prefix="assets/", immutable_file_test=is_immutable)


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    return Starlette(routes=[Mount("/assets", StaticFiles(directory=FILES))])
