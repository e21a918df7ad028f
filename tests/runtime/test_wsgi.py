"""The files of a release for WSGI."""

from pathlib import Path
from wsgiref.validate import validator

import pytest

from buildassets.errors import ManifestError
from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.runtime.served import NOISE, build_release, get_wsgi, released


def application(environ, start_response):  # type: ignore[no-untyped-def]
    """An application to be around."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"application"]


@pytest.mark.parametrize("name", ["css/app.css", "img/noise.png", "img/ü x (1).svg", "empty.txt"])
def test_every_asset_is_served_unchanged(served: Assets, served_manifest: Path, name: str) -> None:
    reply = get_wsgi(validator(AssetServer(assets=served)), served.url(name))
    assert (reply.status, reply.body) == (200, released(served_manifest, served.url(name)))


def test_the_rest_is_the_application_s(served: Assets) -> None:
    server = AssetServer(application, assets=served)
    assert get_wsgi(server, "/assets/css/app.css").body == b"application"


def test_other_paths_are_not_found_without_an_application(served: Assets) -> None:
    reply = get_wsgi(validator(AssetServer(assets=served)), "/assets/css/app.css")
    assert (reply.status, reply.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_copies_are_served_to_whom_takes_them(served: Assets, served_manifest: Path, coding: str) -> None:
    url = served.url("css/app.css")
    reply = get_wsgi(AssetServer(assets=served), url, accept_encoding=coding)
    assert (reply.headers["content-encoding"], reply.body) == (coding, released(served_manifest, url, coding))


@pytest.mark.parametrize(("wanted", "content"), [("0-9", NOISE[:10]), ("-7", NOISE[-7:]), ("699990-", NOISE[699990:])])
def test_a_range_is_those_bytes(served: Assets, wanted: str, content: bytes) -> None:
    reply = get_wsgi(validator(AssetServer(assets=served)), served.url("img/noise.png"), range=f"bytes={wanted}")
    assert (reply.status, reply.body, reply.headers["content-length"]) == (206, content, str(len(content)))


def test_below_a_mount_the_prefix_may_begin_before_or_after_it(served: Assets) -> None:
    url, server = served.url("css/app.css"), AssetServer(assets=served)
    assert get_wsgi(server, url.removeprefix("/assets"), mount="/assets").status == 200
    assert get_wsgi(server, url, mount="/shop").status == 200
    assert get_wsgi(server, url.removeprefix("/assets"), mount="/other").status == 404


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    manifest = build_release(tmp_path)
    served = Assets(manifest)
    server = AssetServer(assets=served)
    (manifest.parent / served.url("img/noise.png").lstrip("/")).unlink()
    reply = get_wsgi(validator(server), served.url("img/noise.png"))
    assert (reply.status, reply.headers["cache-control"]) == (404, "no-store")


def test_a_release_without_its_files_is_refused_at_the_start(tmp_path: Path) -> None:
    manifest = build_release(tmp_path)
    for path in (manifest.parent / "assets/css").iterdir():
        path.unlink()
    with pytest.raises(ManifestError, match=r"which is not there.*; run `buildassets build` again"):
        AssetServer(assets=Assets(manifest))
