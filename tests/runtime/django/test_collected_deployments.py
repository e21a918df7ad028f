"""Deployments whose only change is the storage: `collectstatic`, then the servers that were there before."""

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, find_tool, read_tree, write_tree
from tests.example.servers import free_port, running
from tests.release.s3 import BUCKET, S3, s3_server
from tests.runtime.django.collecting import collect, collected, files, urls, write_project
from tests.runtime.django.development import serving
from tests.runtime.django.project import MANAGE, manage_apart

_WHITENOISE = '["whitenoise.middleware.WhiteNoiseMiddleware"]'
_SHEET = "a { background: url(img/logo.svg) }" + "".join(f".a{number} {{ color: red }}\n" for number in range(99))


class Site:
    """A site at a `port` of this machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port

    def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        """The status, the headers and the body of the answer for `path`."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        given = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read()
        connection.close()
        return answer.status, given, body


@contextmanager
def served(folder: Path, *command: str) -> Iterator[Site]:
    """The site in `folder`, served by a module of Python with arguments, in which `{port}` is one that is free."""
    port = free_port()
    run = [sys.executable, "-m", *(one.format(port=port) for one in command)]
    before = Path.cwd()
    os.chdir(folder)
    try:
        with running(run, port, folder / "log"):
            yield Site(port)
    finally:
        os.chdir(before)


SERVERS: Mapping[str, Sequence[str]] = {
    "gunicorn": ("gunicorn", "--bind=127.0.0.1:{port}", "--no-control-socket", "wsgi"),
    "uvicorn": ("uvicorn", "--port={port}", "asgi:application"),
}


@pytest.mark.parametrize("server", SERVERS)
def test_whitenoise_serves_the_release_for_ever(tmp_path: Path, server: str) -> None:
    write_project(tmp_path, {"site/style.css": _SHEET}, MIDDLEWARE=_WHITENOISE)
    released = collected(tmp_path)
    with served(tmp_path, *SERVERS[server]) as site:
        url = site.get("/")[2].decode()
        assert url == f"/static/{released['style.css']}"
        status, headers, _ = site.get(url, **{"Accept-Encoding": "br"})
        assert (status, headers["content-encoding"]) == (200, "br")
        assert "immutable" in headers["cache-control"]
        assert site.get(f"/static/{released['img/logo.svg']}")[0::2] == (200, b"<svg/>")
        assert "immutable" not in site.get("/static/style.css")[1]["cache-control"]


@pytest.mark.parametrize("server", SERVERS)
def test_whitenoise_serves_what_it_served_before_without_a_release(tmp_path: Path, server: str) -> None:
    write_project(tmp_path, MIDDLEWARE=_WHITENOISE)
    assert collect(tmp_path, "--no-post-process").returncode == 0
    with served(tmp_path, *SERVERS[server]) as site:
        assert site.get("/")[2] == b"/static/style.css"
        assert site.get("/static/style.css")[2] == b"a { background: url(img/logo.svg) }"


def test_nginx_serves_the_static_root_as_before(tmp_path: Path) -> None:
    released = collected(write_project(tmp_path))
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"pid {tmp_path}/pid; user root; events {{}} http {{ access_log off; types {{ text/css css; }}"
        f" server {{ listen 127.0.0.1:{port}; location /static/ {{ alias {tmp_path}/collected/; }} }} }}"
    )
    command = [find_tool("nginx", "/usr/sbin/nginx"), "-c", str(config), "-e", "stderr", "-g", "daemon off;"]
    with running(command, port, tmp_path / "log") as process:
        status, headers, body = Site(port).get(f"/static/{released['style.css']}")
        assert (status, headers["content-type"]) == (200, "text/css")
        assert released["img/logo.svg"].encode() in body
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    """A server of S3."""
    pytest.importorskip("storages")
    with s3_server() as server:
        yield server


_S3_SETTINGS = """
from buildassets.runtime.django.storage import ReleaseFilesMixin
from storages.backends.s3 import S3Storage
class Storage(ReleaseFilesMixin, S3Storage):
    pass
"""


def _on_s3(folder: Path, location: str, options: str = '"manifest": BASE_DIR / "assets.json"') -> Path:
    """A project whose static files are at `location` in the bucket, by django-storages."""
    given = f'{{"bucket_name": "{BUCKET}", "location": "{location}", "custom_domain": "cdn.example", {options}}}'
    storages = f'{{"staticfiles": {{"BACKEND": "stores.Storage", "OPTIONS": {given}}}}}'
    return write_project(folder, {"stores.py": _S3_SETTINGS}, STORAGES=storages, STATIC_ROOT="None")


def test_release_is_stored_elsewhere_and_its_manifest_here(tmp_path: Path, s3: S3) -> None:
    done = collect(_on_s3(tmp_path, "one"), **s3.environment)
    assert (done.returncode, done.stderr) == (0, "")
    names = s3.names("one")
    (sheet,) = (name for name in names if re.fullmatch(r"style\.\w{12}\.css", name))
    assert names == {"style.css", "img/logo.svg", sheet, *(name for name in names if name.startswith("img/logo."))}
    assert s3.get(f"one/{sheet}")[1]["Content-Type"] == "text/css"
    assert urls(tmp_path, "style.css", "img/") == (
        [f"https://cdn.example/one/{sheet}", "https://cdn.example/one/img/"],
        "",
    )


def test_unchanged_release_is_not_stored_again(tmp_path: Path, s3: S3) -> None:
    collect(_on_s3(tmp_path, "two"), **s3.environment)
    stamp = (tmp_path / "assets.json").stat().st_mtime_ns
    assert collect(tmp_path, **s3.environment).returncode == 0
    assert (tmp_path / "assets.json").stat().st_mtime_ns == stamp


def test_manifest_is_last_and_only_after_all_files(tmp_path: Path, s3: S3) -> None:
    environment = {**s3.environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}
    assert collect(_on_s3(tmp_path, "three"), **environment).returncode == 1
    assert not (tmp_path / "assets.json").exists()


def test_storage_elsewhere_needs_a_place_for_the_manifest(tmp_path: Path, s3: S3) -> None:
    done = collect(_on_s3(tmp_path, "four", options=""), **s3.environment)
    assert done.returncode == 1
    assert 'add `"OPTIONS": {"manifest": BASE_DIR / "buildassets.json"}` in STORAGES["staticfiles"]' in done.stderr


def test_lenient_storage_elsewhere_gives_its_own_urls(tmp_path: Path, s3: S3) -> None:
    options = '"manifest": BASE_DIR / "assets.json", "strict": False'
    collect(_on_s3(tmp_path, "five", options=options), **s3.environment)
    assert urls(tmp_path, "no.css")[0] == ["https://cdn.example/five/no.css"]


def test_several_may_collect_at_once(tmp_path: Path) -> None:
    collect(write_project(tmp_path), "--no-post-process")  # at once, Django itself may give a copy two names
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda _: manage_apart(tmp_path, "collectstatic", "--noinput"), range(3)))
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 3
    tree = read_tree(tmp_path / "collected")
    assert tree.keys() == {"buildassets.json", *files(tmp_path), *files(tmp_path).values()}


_MORTAL = """
import os, signal
from buildassets.runtime.django.storage import ReleaseStaticFilesStorage
class Storage(ReleaseStaticFilesStorage):
    left = int(os.environ.get("FILES_LEFT", "10000"))
    def _save(self, name, content):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._save(name, content)
"""


@pytest.mark.parametrize("files_left", [1, 3, 5])
def test_interrupted_collecting_leaves_the_earlier_release(tmp_path: Path, files_left: int) -> None:
    backend = '{"staticfiles": {"BACKEND": "stores.Storage"}}'
    sheets = {f"site/{number}.css": f"a {{ top: {number}px }}" for number in range(5)}
    before = collected(write_project(tmp_path, {**sheets, "stores.py": _MORTAL}, STORAGES=backend))
    tree = read_tree(tmp_path / "collected")
    write_tree(tmp_path, {name: f"{text} b {{ left: 0 }}" for name, text in sheets.items()})
    environment = {"FILES_LEFT": str(files_left)}
    assert manage_apart(tmp_path, "collectstatic", "--noinput", environment=environment).returncode == -signal.SIGKILL
    after = read_tree(tmp_path / "collected")
    kept = ("buildassets.json", *before.values())
    assert {name: after[name] for name in kept} == {name: tree[name] for name in kept}
    assert collected(tmp_path)["0.css"] != before["0.css"]


def test_watch_needs_no_more_than_the_application(tmp_path: Path) -> None:
    tree = {"manage.py": MANAGE, "site/style.scss": "a { b { color: red } }", "assets/style.css": "no root"}
    write_project(
        tmp_path, tree, INSTALLED_APPS='["buildassets.runtime.django", "django.contrib.staticfiles"]', DEBUG=True
    )
    (tmp_path / "site/style.css").unlink()  # it would win over its source
    collected(tmp_path)
    with serving(tmp_path, "--with-assets") as server:
        server.wait_for(lambda: re.fullmatch(r"/static/style\.\w{12}\.css", server.page()))
        assert "a b" in server.page(server.page())
        write_tree(tmp_path, {"site/style.scss": "a { i { color: blue } }"})
        server.wait_for(lambda: "a i" in server.page(server.page()))


@pytest.mark.parametrize("options", [(), ("--nostatic",)])
def test_runserver_serves_as_before(tmp_path: Path, options: tuple[str, ...]) -> None:
    collected(write_project(tmp_path))
    write_tree(tmp_path, {"settings.py": (tmp_path / "settings.py").read_text() + "DEBUG = True\n"})
    with serving(tmp_path, *options) as server:
        server.wait_for(server.page)
        assert server.page() == "/static/style.css"
        assert ("img/logo.svg" in server.page("/static/style.css")) is not bool(options)
