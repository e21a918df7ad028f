"""WSGI applications that serve the release in $RELEASE at /assets/, each set up as its documentation has it."""

import os
from typing import Any

RELEASE = os.environ["RELEASE"]
FILES = os.path.join(RELEASE, "assets")
PAGE = b"a page"


def page(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]


def is_immutable(path: str, url: str) -> bool:
    return True


def bare() -> Any:
    return page


def ours() -> Any:
    from buildassets.runtime import Assets
    from buildassets.runtime.wsgi import AssetServer

    return AssetServer(page, assets=Assets(os.path.join(RELEASE, "manifest.json")))


def whitenoise() -> Any:
    from whitenoise import WhiteNoise

    return WhiteNoise(page, root=FILES, prefix="assets/", immutable_file_test=is_immutable)


def servestatic() -> Any:
    from servestatic import ServeStatic

    return ServeStatic(page, root=FILES, prefix="assets/", immutable_file_test=is_immutable)
