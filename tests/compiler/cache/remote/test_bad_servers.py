"""Builds with servers that misbehave: the right release, one warning, and no wait once the patience is used up."""

import os
import resource
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.build import build
from buildassets.compiler.cache.remote import line
from buildassets.compiler.cache.remote.address import LOGIN_VARIABLE, opened_store
from buildassets.compiler.cache.remote.store import StoreError
from buildassets.compiler.config.load import load_config
from buildassets.compiler.config.values import CacheSettings, Config
from buildassets.compiler.result import BuildResult
from buildassets.diagnostics import render_text
from tests.compiler.cache.remote.bad_servers import (
    FINE,
    KINDS,
    REDIS,
    REDIS_STALLING,
    STALLING,
    Serve,
    answer,
    serving,
)
from tests.compiler.cache.remote.sites import key_pair, site
from tests.conftest import Tree, read_tree

SECRET, PUBLIC = key_pair()
IMPATIENCE = "it takes longer than what it saves"


class Site:
    """A site, its release as built without a remote cache, and the contents of a good cache."""

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
        assert build(self.with_remote(""), cache=str(folder / "without")).succeeded

    def with_remote(self, url: str, output: str = "other") -> Config:
        settings = CacheSettings(url, {"main": (PUBLIC,)})
        return replace(self.config, cache=settings, output=str(self.folder / output))

    def result(self, url: str, tmp_path: Path) -> BuildResult:
        """The result of a build with an empty local cache, whose release has to be right."""
        config = replace(self.with_remote(url), output=str(tmp_path / "build"))
        result = build(config, cache=str(tmp_path / "cache"), cache_write=True)
        assert result.succeeded
        assert read_tree(tmp_path / "build") == self.expected
        return result


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILDASSETS_CACHE_KEY", SECRET)
        return Site(tmp_path_factory.mktemp("bad"))


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_CACHE_KEY", SECRET)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have builds wait a moment for servers that never answer."""
    monkeypatch.setattr(line, "PATIENCE_SECONDS", 0.2)


def warnings_of_build(known: Site, url: str, tmp_path: Path) -> list[str]:
    """The warnings of a build with the server at `url`, of which there is at most one."""
    result = known.result(url, tmp_path)
    assert all(one.code == "cache/remote" and not one.is_error for one in result.diagnostics)
    assert len(result.diagnostics) <= 1
    return [render_text(one) for one in result.diagnostics]


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - STALLING))
def test_a_bad_http_server_leaves_the_release_right(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], known.good) as port:
        messages = warnings_of_build(known, f"http://127.0.0.1:{port}/cache", tmp_path)
    assert messages or kind in FINE


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("kind", STALLING)
def test_a_build_gives_up_an_http_server_that_stalls(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], known.good) as port:
        (message,) = warnings_of_build(known, f"http://127.0.0.1:{port}/cache", tmp_path)
    assert IMPATIENCE in message


@pytest.mark.parametrize("kind", sorted(REDIS.keys() - REDIS_STALLING))
def test_a_bad_redis_server_leaves_the_release_right(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(REDIS[kind], {}) as port:
        assert warnings_of_build(known, f"redis://127.0.0.1:{port}/0", tmp_path)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("kind", REDIS_STALLING)
def test_a_build_gives_up_a_redis_server_that_stalls(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(REDIS[kind], {}) as port:
        (message,) = warnings_of_build(known, f"redis://127.0.0.1:{port}/0", tmp_path)
    assert IMPATIENCE in message


def test_a_port_at_which_no_server_listens(known: Site, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert (
        warnings_of_build(known, f"http://127.0.0.1:{port}", tmp_path)[0]
        .split("\n")[0]
        .endswith("failed: connection refused")
    )


@pytest.mark.usefixtures("_impatient")
def test_a_server_that_accepts_no_connection(known: Site, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        assert warnings_of_build(known, f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path)
        for one in waiting:
            one.close()


def test_a_host_without_an_address(known: Site, tmp_path: Path) -> None:
    assert warnings_of_build(known, "http://cache.invalid/", tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that no authority has signed, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_a_certificate_that_is_not_trusted(known: Site, certificate: Path, tmp_path: Path) -> None:
    with serving(KINDS["500"], {}, certificate) as port:
        assert "certificate" in warnings_of_build(known, f"https://127.0.0.1:{port}", tmp_path)[0].lower()


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("kind", "stalls"),
    [
        ("is silent", True),
        ("closes at once", False),
        ("a page for all", True),
        ("speaks TLS", False),
        ("trickling headers", True),
    ],
)
@pytest.mark.parametrize("scheme", ["https", "rediss"])
def test_a_server_without_tls_where_it_is_expected(
    scheme: str, kind: str, stalls: bool, known: Site, tmp_path: Path
) -> None:
    with serving(KINDS[kind], {}) as port:
        (message,) = warnings_of_build(known, f"{scheme}://127.0.0.1:{port}", tmp_path)
    assert IMPATIENCE in message or not stalls


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
    assert warnings_of_build(known, shared.as_uri(), tmp_path)


def test_a_login_is_sent_to_its_server_only_and_follows_no_redirect(
    known: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, list[bytes]] = {"first": [], "second": []}

    def noting(name: str, sent: bytes) -> Serve:
        def serve(client: socket.socket, good: Mapping[str, bytes]) -> None:
            seen[name].append(client.recv(65536))
            client.sendall(sent)

        return serve

    with serving(noting("second", answer(404)), {}) as second:
        moved = answer(302, b"", f"Location: http://127.0.0.1:{second}/ac/x")
        with serving(noting("first", moved), {}) as first:
            monkeypatch.setenv("BUILDASSETS_CACHE_LOGIN", f"http://user:word@127.0.0.1:{first}")
            warnings_of_build(known, f"http://127.0.0.1:{first}/cache", tmp_path)
        assert b"Authorization: Basic dXNlcjp3b3Jk" in seen["first"][0]
        assert seen["second"] == []
        (tmp_path / "second").mkdir()
        known.result(f"http://127.0.0.1:{second}/cache", tmp_path / "second")
    assert seen["second"]
    assert not any(b"Authorization" in one for one in seen["second"])


def test_a_bomb_takes_no_memory(known: Site, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(KINDS["endless contents"], known.good) as port:
        known.result(f"http://127.0.0.1:{port}/cache", tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize(
    ("login", "reason"),
    [
        ("", "it wants a login, and `$BUILDASSETS_CACHE_LOGIN` has none for it"),
        ("ci:secret", "it wants a login, and `$BUILDASSETS_CACHE_LOGIN` has none for it"),
        ("http://ci:secret@{}", "it refuses the login"),
    ],
)
def test_the_fault_of_a_login_is_reported(login: str, reason: str) -> None:
    with serving(KINDS["401"], {}) as port:
        server = f"127.0.0.1:{port}"
        store = opened_store(f"http://{server}/cache", {LOGIN_VARIABLE: login.format(server)})
        with pytest.raises(StoreError) as caught:
            store.get("ac/x", 9)
        store.leave()
    assert caught.value.reason == f"it answers 401: {reason}"
