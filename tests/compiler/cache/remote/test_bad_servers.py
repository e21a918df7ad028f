"""Whatever a server does, the build is the right one, with one warning, and waits 2 s in vain at most."""

import os
import resource
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.build import build
from buildassets.compiler.cache.remote.address import LOGIN_VARIABLE, opened_store
from buildassets.compiler.cache.remote.store import StoreError
from buildassets.compiler.config.load import load_config
from buildassets.compiler.config.values import CacheSettings, Config
from buildassets.compiler.result import BuildResult
from tests.compiler.cache.remote.bad_servers import FINE, KINDS, REDIS, Serve, answer, serving
from tests.compiler.cache.remote.sites import key_pair, site
from tests.conftest import Tree, read_tree

SECRET, PUBLIC = key_pair()
# Beyond what it takes without a remote cache: 2 s in vain, and what a busy machine adds.
MOST_SECONDS = 2 + float(os.environ.get("REMOTE_SLACK_SECONDS", "2"))


class Site:
    """A site, what a build without a remote cache makes of it, how long that takes, and what a good cache holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shared = folder / "shared"
        place = site(folder / "site", shared.as_uri(), {"main": [PUBLIC]})
        self.config = load_config(start=str(place))
        assert build(self.config, cache=str(folder / "first"), cache_write=True).diagnostics == ()
        self.good = {
            f"{path.parent.name}/{path.name}": path.read_bytes() for path in shared.rglob("*") if path.is_file()
        }
        self.expected: Tree = read_tree(place / "build")
        began = time.monotonic()
        assert build(self.with_remote(""), cache=str(folder / "without")).succeeded
        self.seconds = time.monotonic() - began

    def with_remote(self, url: str, output: str = "other") -> Config:
        settings = CacheSettings(url, {"main": (PUBLIC,)})
        return replace(self.config, cache=settings, output=str(self.folder / output))

    def built(self, url: str, tmp_path: Path, *, writes: bool = True) -> tuple[BuildResult, float]:
        """A build with an empty local cache, which has to be right, and the seconds that it took longer."""
        config = replace(self.with_remote(url), output=str(tmp_path / "build"))
        began = time.monotonic()
        result = build(config, cache=str(tmp_path / "cache"), cache_write=writes)
        seconds = time.monotonic() - began - self.seconds
        assert result.succeeded
        assert read_tree(tmp_path / "build") == self.expected
        return result, seconds


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILDASSETS_CACHE_KEY", SECRET)
        return Site(tmp_path_factory.mktemp("bad"))


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_CACHE_KEY", SECRET)


def proven(known: Site, url: str, tmp_path: Path, most_warnings: int = 1) -> list[str]:
    """The messages of a build with the server at `url`: one warning, in time."""
    result, seconds = known.built(url, tmp_path)
    assert seconds < MOST_SECONDS
    assert all(one.code == "cache/remote" and not one.is_error for one in result.diagnostics)
    assert len(result.diagnostics) <= most_warnings
    return [one.message for one in result.diagnostics]


@pytest.mark.parametrize("kind", KINDS)
def test_http(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], known.good) as port:
        messages = proven(known, f"http://127.0.0.1:{port}/cache", tmp_path)
    assert messages or kind in FINE


@pytest.mark.parametrize("kind", REDIS)
def test_redis(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(REDIS[kind], {}) as port:
        assert proven(known, f"redis://127.0.0.1:{port}/0", tmp_path)


def test_nobody_listens(known: Site, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert proven(known, f"http://127.0.0.1:{port}", tmp_path)[0].endswith("failed: connection refused")


def test_nobody_accepts(known: Site, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        assert proven(known, f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path)
        for one in waiting:
            one.close()


def test_a_host_without_an_address(known: Site, tmp_path: Path) -> None:
    assert proven(known, "http://cache.invalid/", tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody trusts, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_a_certificate_that_nobody_trusts(known: Site, certificate: Path, tmp_path: Path) -> None:
    with serving(KINDS["500"], {}, certificate) as port:
        assert "certificate" in proven(known, f"https://127.0.0.1:{port}", tmp_path)[0].lower()


@pytest.mark.parametrize("kind", ["is silent", "closes at once", "a page for all", "speaks TLS", "trickling headers"])
def test_half_encrypted(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], {}) as port:
        assert proven(known, f"https://127.0.0.1:{port}", tmp_path)
    with serving(REDIS.get(kind, KINDS[kind]), {}) as port:
        (tmp_path / "redis").mkdir()
        assert proven(known, f"rediss://127.0.0.1:{port}", tmp_path / "redis")


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "device", "large"])
def test_odd_files_in_a_folder(kind: str, known: Site, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    for name in known.good:
        path = shared / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "folder":
            path.mkdir()
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "large":
            path.write_bytes(b"")
            os.truncate(path, 1 << 40)
        else:
            path.symlink_to("/dev/zero" if kind == "device" else "/etc/passwd")
    assert proven(known, shared.as_uri(), tmp_path)


def test_a_login_goes_to_its_server_only_and_along_no_redirect(
    known: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, list[bytes]] = {"first": [], "second": []}

    def noting(name: str, sent: bytes) -> Serve:
        def serve(line: socket.socket, good: Mapping[str, bytes]) -> None:
            seen[name].append(line.recv(65536))
            line.sendall(sent)

        return serve

    with serving(noting("second", answer(404)), {}) as second:
        moved = answer(302, b"", f"Location: http://127.0.0.1:{second}/ac/x")
        with serving(noting("first", moved), {}) as first:
            monkeypatch.setenv("BUILDASSETS_CACHE_LOGIN", f"http://user:word@127.0.0.1:{first}")
            proven(known, f"http://127.0.0.1:{first}/cache", tmp_path)
        assert b"Authorization: Basic dXNlcjp3b3Jk" in seen["first"][0]
        assert seen["second"] == []
        (tmp_path / "second").mkdir()
        known.built(f"http://127.0.0.1:{second}/cache", tmp_path / "second")
    assert seen["second"]
    assert not any(b"Authorization" in one for one in seen["second"])


def test_a_bomb_takes_no_memory(known: Site, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(KINDS["endless contents"], known.good) as port:
        known.built(f"http://127.0.0.1:{port}/cache", tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize(
    ("login", "reason"),
    [
        ("", "it wants a login, and `$BUILDASSETS_CACHE_LOGIN` has none for it"),
        ("ci:secret", "it wants a login, and `$BUILDASSETS_CACHE_LOGIN` has none for it"),
        ("http://ci:secret@{}", "it refuses the login"),
    ],
)
def test_what_is_wrong_with_a_login_is_reported(login: str, reason: str) -> None:
    with serving(KINDS["401"], {}) as port:
        server = f"127.0.0.1:{port}"
        store = opened_store(f"http://{server}/cache", {LOGIN_VARIABLE: login.format(server)})
        with pytest.raises(StoreError) as caught:
            store.get("ac/x", 9)
    assert caught.value.reason == f"it answers 401: {reason}"
