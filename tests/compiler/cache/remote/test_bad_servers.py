"""Builds with servers that misbehave: the right release, one warning, and no wait once the patience is used up."""

import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from buildassets.compiler.cache.remote.address import opened_store
from buildassets.compiler.cache.remote.store import LOGIN_VARIABLE, StoreError
from buildassets.foundation.permission import BUILDING
from tests.compiler.cache.remote.bad_servers import KINDS, Serve, answer, serving
from tests.compiler.cache.remote.known_site import IMPATIENCE, Site, warnings_of_build
from tests.conftest import find_tool

pytestmark = pytest.mark.usefixtures("_key")


@pytest.mark.parametrize("kind", ["500", "cut short", "a page for all", "changed records", "other contents", "full"])
def test_a_bad_server_leaves_the_release_right(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], known.good) as port:
        assert warnings_of_build(known, f"http://127.0.0.1:{port}/cache", tmp_path)


@pytest.mark.usefixtures("_impatient")
def test_a_build_gives_up_a_server_that_stalls(known: Site, tmp_path: Path) -> None:
    with serving(KINDS["is silent"], known.good) as port:
        (message,) = warnings_of_build(known, f"http://127.0.0.1:{port}/cache", tmp_path)
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
    command = [
        find_tool("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
        "-days",
        "2",
    ]
    subprocess.run([*command, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_a_certificate_that_is_not_trusted(known: Site, certificate: Path, tmp_path: Path) -> None:
    with serving(KINDS["500"], {}, certificate) as port:
        assert "certificate" in warnings_of_build(known, f"https://127.0.0.1:{port}", tmp_path)[0].lower()


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
        store = opened_store(f"http://{server}/cache", {LOGIN_VARIABLE: login.format(server)}, permission=BUILDING)
        with pytest.raises(StoreError) as caught:
            store.get("ac/x", 9)
        store.leave()
    assert caught.value.reason == f"it answers 401: {reason}"
