"""docs/deploy/serving.md, nginx.md, caddy.md, cdn.md, with real servers: negotiation, headers, nothing from outside."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.conftest import PATIENCE_SECONDS, find_tool, write_tree
from tests.docs.ci import blocks
from tests.example.servers import free_port, is_open, wait_until
from tests.runtime.hostile import SECRET, SECRET_FILES, TARGETS
from tests.runtime.pages import run_python
from tests.runtime.served import SOURCES, build_release, released
from tests.runtime.servers import Server

PAGE = (Path(__file__).parents[2] / "docs/deploy/serving.md").read_text(encoding="utf-8")
IMMUTABLE = "public, max-age=31536000, immutable"


def block(heading: str, language: str) -> str:
    """The first block of a language below a heading of docs/deploy/serving.md."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return section.partition(f"```{language}\n")[2].partition("```")[0]


RECIPE, SEVERAL = blocks("deploy/nginx.md", "nginx")
(CADDY,) = blocks("deploy/caddy.md", "caddyfile")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release in `build/`, and with what nobody may read around it."""
    folder = tmp_path_factory.mktemp("site")
    write_tree(folder, {name: SECRET for name in SECRET_FILES if not name.startswith("build/assets/")})
    build_release(folder, {**SOURCES, "js/lib.mjs": "export default 1;\n", "site.webmanifest": "{}"})
    return folder


@contextlib.contextmanager
def started(command: list[str], port: int, folder: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """The program `command`, once it takes connections at `port`."""
    log = folder / "log.txt"
    with log.open("wb") as output:
        program = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: is_open(port), program, log)
        yield Server(command[0], port, log)
    finally:
        program.terminate()
        try:
            program.wait(PATIENCE_SECONDS)
        finally:
            program.kill()


_NGINX = """
daemon off;
{user}
pid nginx.pid;
error_log stderr warn;
load_module {modules}/ngx_http_brotli_static_module.so;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {recipe}
}}
"""


def nginx(site: Path, folder: Path) -> tuple[list[str], int]:
    """The command that starts nginx with the recipe."""
    return nginx_with(RECIPE.replace("/srv/app", str(site)), folder)


def nginx_with(recipe: str, folder: Path) -> tuple[list[str], int]:
    """The command that starts nginx with a part of its configuration, and the port that it then listens on."""
    modules = Path("/usr/lib/nginx/modules")
    program = find_tool("nginx", "/usr/sbin/nginx")
    if not (modules / "ngx_http_brotli_static_module.so").exists():
        find_tool("libnginx-mod-http-brotli-static")
    port = free_port()
    recipe = recipe.replace("listen 80;", f"listen 127.0.0.1:{port};")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_NGINX.format(recipe=recipe, modules=modules, user=user))
    return [program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"], port


def caddy(site: Path, folder: Path) -> tuple[list[str], int]:
    """The command that starts Caddy with the recipe."""
    program, port = find_tool("caddy"), free_port()
    recipe = CADDY.replace(":80 {", f"http://127.0.0.1:{port} {{").replace("/srv/app", str(site))
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{recipe}")
    return [program, "run", "--adapter", "caddyfile", "--config", "Caddyfile"], port


def whitenoise(site: Path, folder: Path) -> tuple[list[str], int]:
    """The command that starts gunicorn with the recipe."""
    port = free_port()
    page = "def application(environ, start_response):\n    start_response('404 Not Found', [])\n    return []\n\n\n"
    (folder / "wsgi.py").write_text(
        page + block("WhiteNoise", "python").replace("build/assets", f"{site}/build/assets")
    )
    return [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "--no-control-socket", "wsgi"], port


@pytest.fixture(scope="module", params=[nginx, caddy, whitenoise])
def server(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each server once."""
    folder = tmp_path_factory.mktemp("server")
    command, port = request.param(site, folder)
    with started(command, port, folder, {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}) as one:
        yield one


@pytest.mark.parametrize("name", ["css/app.css", "js/app.js", "img/noise.png", "img/ü x (1).svg"])
@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_the_copy_that_is_asked_for_is_served(server: Server, site: Path, name: str, coding: str) -> None:
    url = Assets(site / "build/manifest.json").url(name)
    reply = server.request("GET", url, {"Accept-Encoding": coding} if coding else {})
    has_copy = coding and name.endswith(("css", "js"))
    assert (reply.status, reply.headers.get("content-encoding", "")) == (200, coding if has_copy else "")
    assert reply.body == released(site / "build/manifest.json", url, coding if has_copy else "")
    assert "accept-encoding" in reply.headers.get("vary", "").lower() or not has_copy


def test_served_assets_are_immutable_and_typed(server: Server, site: Path) -> None:
    reply = server.request("GET", Assets(site / "build/manifest.json").url("css/app.css"))
    kept = dict(one.strip().partition("=")[::2] for one in reply.headers["cache-control"].split(","))
    assert kept.keys() == {"public", "immutable", "max-age"}
    assert int(kept["max-age"]) >= 31536000
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-type"].lower().replace('"', "") == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("js/lib.mjs", ("text/javascript", "application/javascript")),
        ("site.webmanifest", ("application/manifest+json",)),
        ("img/noise.png", ("image/png",)),
        ("fonts/text.woff2", ("font/woff2",)),
    ],
)
def test_media_types_fit_browsers(server: Server, site: Path, name: str, types: tuple[str, ...]) -> None:
    reply = server.request("GET", Assets(site / "build/manifest.json").url(name))
    assert reply.headers["content-type"].partition(";")[0] in types


def test_preload_of_a_delta_is_a_part(server: Server, site: Path) -> None:
    url = Assets(site / "build/manifest.json").url("img/noise.png")
    whole = server.request("GET", url)
    part = server.request("GET", url, {"Range": "bytes=5-9"})
    assert (part.status, part.body) == (206, whole.body[5:10])
    known = {"If-None-Match": whole.headers["etag"]} if "etag" in whole.headers else {}
    known["If-Modified-Since"] = whole.headers["last-modified"]
    assert server.request("GET", url, known).status == 304


@pytest.mark.parametrize("name", [name for name in TARGETS if "{url}" not in TARGETS[name]])
def test_nothing_from_outside_is_served(server: Server, name: str) -> None:
    raw = server.raw(f"GET {TARGETS[name]} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert SECRET not in raw
    assert b"root:" not in raw
    assert b'"schema"' not in raw


def test_missing_file_is_not_cached(server: Server) -> None:
    reply = server.request("GET", "/assets/css/app.0123456789ab.css")
    assert reply.status == 404
    assert "immutable" not in reply.headers.get("cache-control", "")


def test_nginx_asks_the_next_process_for_a_file_that_one_does_not_have(tmp_path: Path) -> None:
    recipe = SEVERAL
    write_tree(tmp_path, {"new/assets/a.css": "a{}", "new/page": "new", "old/page": "old"})
    with contextlib.ExitStack() as stack:
        for name, shown in (("old", "8001"), ("new", "8002")):
            own = free_port()
            recipe = recipe.replace(f":{shown};", f":{own};")
            serve = [sys.executable, "-m", "http.server", "--bind=127.0.0.1", f"--directory={name}", str(own)]
            stack.enter_context(started(serve, own, tmp_path, {}))
        command, port = nginx_with(recipe, tmp_path)
        server = stack.enter_context(started(command, port, tmp_path, {}))
        assert {server.request("GET", "/page").body for _ in range(4)} == {b"old", b"new"}
        assert [server.request("GET", "/assets/a.css").status for _ in range(4)] == [200] * 4


def test_the_release_behind_a_cdn_has_its_urls_and_another_uploader_its_headers(site: Path) -> None:
    prefix, listing = blocks("deploy/cdn.md", "python")
    url = run_python(f"{prefix}print(assets.url('css/app.css'))", cwd=site).strip()
    own = Assets(site / "build/manifest.json").url("css/app.css")
    assert url == f"https://cdn.example.com{own}"
    rows = run_python(listing, cwd=site).splitlines()
    assert f"{own[1:]}\ttext/css; charset=utf-8\t{IMMUTABLE}" in rows
    assert len(rows) == len(SOURCES) + 2


def test_application_serves_the_release_of_the_page(site: Path) -> None:
    program = "application = None\n" + block("By the application", "python")
    program += "assert application._files.find(assets.url('css/app.css'))"
    run_python(program, cwd=site)


def test_every_option_is_in_the_table() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert table[:3] == ["assets", "prefix", "origins"]
