"""A registry over TLS, through proxies, in several parts, and one that has too much to answer."""

import ssl
import subprocess
from pathlib import Path

import pytest

from buildassets.cli.parse.permissions import permission_of
from buildassets.errors import ConfigError, PackagesError, RegistryError
from buildassets.packages.registry.registry import Registry as Client
from buildassets.packages.registry.settings import registry_settings
from tests.conftest import find_tool, write_tree
from tests.packages.server import Registry, answering, serving
from tests.release import slow

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def openssl() -> str:
    """The path of openssl, found before a machine is made bare."""
    return find_tool("openssl")


def secured(registry: Registry, folder: Path, openssl: str) -> tuple[str, Path]:
    """Have `registry` speak TLS with a certificate of its own; gives its URL and the certificate."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names], check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    registry.socket = context.wrap_socket(registry.socket, server_side=True)
    return f"https://localhost:{registry.server_port}/", certificate


def client(folder: Path, url: str) -> Client:
    return Client(registry_settings(str(folder), url, permission=permission_of("tools install")))


def test_a_certificate_of_ones_own_is_trusted_where_npmrc_names_it(
    openssl: str, bare: Path, registry: Registry
) -> None:
    registry.publish("a", "1.0.0", {"a.js": ""})
    url, certificate = secured(registry, bare, openssl)
    with pytest.raises(RegistryError) as caught:
        client(bare, url).package("a")
    assert "certificate" in caught.value.diagnostics[0].message
    write_tree(bare, {".npmrc": f"cafile={certificate}\n"})
    assert list(client(bare, url).package("a").releases) == ["1.0.0"]
    lines = "\n".join(f"ca[]={line}" for line in certificate.read_text().splitlines())
    write_tree(bare, {".npmrc": lines})
    assert list(client(bare, url).package("a").releases) == ["1.0.0"]


@pytest.mark.parametrize("content", ["no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_certificate_that_is_none_is_reported(bare: Path, registry: Registry, content: str) -> None:
    write_tree(bare, {".npmrc": "cafile=ca.pem\n", "ca.pem": content})
    write_tree(bare, {".npmrc": f"cafile={bare / 'ca.pem'}\n"})
    with pytest.raises(PackagesError) as caught:
        client(bare, registry.url).package("a")
    assert caught.value.diagnostics[0].code == "registry/none"


def test_a_certificate_that_is_not_there_is_reported(bare: Path, registry: Registry) -> None:
    write_tree(bare, {".npmrc": "cafile=/nowhere/ca.pem\n"})
    with pytest.raises(ConfigError, match="/nowhere/ca"):
        client(bare, registry.url).package("a")


def test_a_host_that_npmrc_excepts_is_asked_without_the_proxy(bare: Path, registry: Registry) -> None:
    registry.publish("a", "1.0.0", {"a.js": ""})
    write_tree(bare, {".npmrc": "proxy=http://127.0.0.1:9/\n"})
    with pytest.raises(RegistryError):
        client(bare, registry.url).package("a")
    write_tree(bare, {".npmrc": "proxy=http://127.0.0.1:9/\nnoproxy=example.test,127.0.0.1\n"})
    assert client(bare, registry.url).package("a").name == "a"


def test_packages_of_a_scope_are_asked_of_its_registry(bare: Path, registry: Registry) -> None:
    with serving() as other:
        other.publish("@acme/a", "1.0.0", {"a.js": ""})
        write_tree(bare, {".npmrc": f"@acme:registry={other.url}\n"})
        asked = client(bare, registry.url)
        assert set(asked.packages(["@acme/a", "b"])) == {"@acme/a"}
        assert asked.advisories({"@acme/a": ["1.0.0"], "b": ["1.0.0"]}) == ()
        assert other.paths == ["/@acme/a", "/-/npm/v1/security/advisories/bulk"]
        assert registry.paths == ["/b", "/-/npm/v1/security/advisories/bulk"]


def test_an_answer_without_end_is_given_up(bare: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buildassets.packages.registry.registry._LARGEST_DOCUMENT_BYTES", 1000)
    registry.answers["/a"] = answering(200, b" " * 5000)
    with pytest.raises(RegistryError, match="more than 1,000 bytes"):
        client(bare, registry.url).package("a")


def test_a_server_that_never_answers_is_given_up(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buildassets.packages.registry.registry._DOCUMENT_SECONDS", 1.0)
    with slow.serving(slow.silent) as url, pytest.raises(RegistryError, match="longer than 1 seconds"):
        client(bare, url).package("a")


@pytest.mark.parametrize("content", [b"[]", b'{"a": 1}', b'{"a": [1]}', b"{", b""])
def test_advisories_of_another_form_are_not_an_answer(bare: Path, registry: Registry, content: bytes) -> None:
    registry.answers["/-/npm/v1/security/advisories/bulk"] = answering(200, content)
    with pytest.raises(RegistryError):
        client(bare, registry.url).advisories({"a": ["1.0.0"]})
