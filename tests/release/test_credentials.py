"""User and password in a URL reach the server that they are for, no other server, no stream and no file."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

import buildassets.net.download
from buildassets.foundation.permission import BUILDING
from buildassets.net.download import download
from buildassets.release.publish import destination
from tests.command import run
from tests.conftest import read_tree, write_tree
from tests.release.authenticating import Authenticating, authenticating

# With all that has to be percent-encoded, and bytes that are not ASCII.
USER, PASSWORD = "d\u00e9ploy", "s3cr:t/w@rd#?"
ENCODED = "d%C3%A9ploy:s3cr%3At%2Fw%40rd%23%3F"
SECRETS = (PASSWORD, "s3cr", "w%40rd", "w@rd", "Z9signature", "ZmFrZQ")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, as a server that does not listen will not do so later either."""
    monkeypatch.setattr(buildassets.net.download, "_PAUSES_SECONDS", (0, 0))
    monkeypatch.setattr(destination, "_PAUSES_S", (0, 0))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site that has a release and newer sources, and the same site in `built` with their release."""
    folder = tmp_path_factory.mktemp("prepared")
    site = folder / "site"
    write_tree(site, {"buildassets.toml": "compress = []\n[retain]\n", "assets/a.css": "a { color: red }\n"})
    assert run(site, "build", "-q", "-o", "old").returncode == 0
    write_tree(site, {"assets/a.css": "a { color: tan }\n"})
    copytree(site, folder / "built")
    assert run(folder / "built", "build", "-q").returncode == 0
    return folder


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Path:
    """A project with a release, and a newer state of its sources."""
    return copytree(prepared / "site", tmp_path, dirs_exist_ok=True)


@pytest.fixture
def built_site(prepared: Path, site: Path) -> Path:
    """The same project, with a release of the newer state too."""
    return copytree(prepared / "built", site, dirs_exist_ok=True)


@pytest.fixture
def server(site: Path) -> Iterator[Authenticating]:
    with authenticating(site / "old", f"{USER}:{PASSWORD}") as started:
        yield started


def assert_secret(site: Path, *printed: str) -> None:
    """Check that no part of a password is `printed`, or is in any file."""
    for text in (*printed, *(content.decode("utf-8", "replace") for content in read_tree(site).values())):
        assert [secret for secret in SECRETS if secret in text] == []


def test_files_are_carried_from_a_server_that_wants_a_password(site: Path, server: Authenticating) -> None:
    done = run(site, "build", "-v", "--provenance", "--carry-from", f"{server.url(ENCODED)}manifest.json")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (site / "old/assets").iterdir()} < {p.name for p in (site / "build/assets").iterdir()}
    assert_secret(site, done.stdout, done.stderr)


def test_files_may_be_on_another_server_than_the_manifest(site: Path, server: Authenticating) -> None:
    manifest = str(site / "old/manifest.json")
    done = run(site, "build", "--json", "--carry-from", manifest, "--carry-url", f"{server.url(ENCODED)}assets/")
    assert done.returncode == 0, done.stderr
    assert_secret(site, done.stdout, done.stderr)


@pytest.mark.parametrize("options", [(), ("--json",), ("--markdown",)])
def test_diff_accepts_a_url_with_a_password(built_site: Path, server: Authenticating, options: tuple[str, ...]) -> None:
    done = run(built_site, "diff", f"{server.url(ENCODED)}manifest.json", "build", *options)
    assert done.returncode == 0, done.stderr
    assert "a.css" in done.stdout
    assert_secret(built_site, done.stdout, done.stderr)


def test_explain_accepts_a_url_with_a_password(built_site: Path, server: Authenticating) -> None:
    done = run(built_site, "explain", "a.css", "--since", f"{server.url(ENCODED)}manifest.json")
    assert "since `http://***@127.0.0.1:" in done.stdout
    assert_secret(built_site, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff", "{url}nothing.json", "build"],
        ["diff", "{wrong}manifest.json", "build"],
        ["diff", "{url}manifest.json?X-Amz-Credential=ZmFrZQ&X-Amz-Signature=Z9signature", "build", "--json"],
        ["diff", "{unencoded}nothing.json", "build"],
        ["diff", "https://u:s3cr@127.0.0.1:1/manifest.json", "build"],
        ["diff", "http://u:s3cr@[::1/manifest.json", "build"],
        ["diff", "http://u:s3cr@host:port/manifest.json", "build"],
        ["explain", "b.css", "--since", "{wrong}manifest.json"],
        ["build", "--carry-from", "{url}nothing.json"],
        ["build", "--carry-from", "{wrong}manifest.json", "--json"],
        ["build", "--carry-from", "old/manifest.json", "--carry-url", "{wrong}assets/"],
        ["build", "--carry-if-any", "--carry-from", "{url}nothing.json"],
        ["build", "--url", "https://u:s3cr@cdn.test/"],
        ["watch", "--origin", "https://u:s3cr@site.test"],
        ["pack", "-o", "https://u:s3cr@site.test/a.foo"],
        ["build", "https://u:s3cr@site.test/"],
        ["diff", "http://u:1/s3cr@127.0.0.1:1/manifest.json", "build"],
        ["explain", "a.css", "--since", "http://u:12#s3cr@127.0.0.1:1/manifest.json"],
        ["build", "--carry-from", "http://u:1/s3cr@127.0.0.1:1/x", "--json"],
        ["build", "--carry-from", "http:/u:s3cr@127.0.0.1:1/x"],
        ["unpack", "http://u:1/s3cr@127.0.0.1:1/x"],
        ["unpack", "http://u:1/s3cr@127.0.0.1:1/x", "--json"],
        ["build", "--url", "https://u:1/s3cr@cdn/"],
        ["build", "--url", "u:s3cr@cdn/"],
        ["build", "--url", "https:/u:s3cr@cdn/"],
        ["publish", "ftp://u:1/s3cr@127.0.0.1:1/x", "--json"],
        ["publish", "floppy://u:s3cr@host/x"],
        ["publish", "s3://u:s3cr@bucket/x"],
        ["publish", "s3://bucket/x?X-Amz-Signature=Z9signature", "-v"],
        ["publish", "ftp://u:s3cr@127.0.0.1:1/x", "-v"],
        ["publish", "https://u:s3cr@127.0.0.1:1/x", "-v"],
        ["publish", "webhdfs://u:s3cr@127.0.0.1:1/x"],
        ["publish", "file://u:s3cr@host/x"],
    ],
    ids=" ".join,
)
def test_no_failure_prints_a_password(built_site: Path, server: Authenticating, arguments: list[str]) -> None:
    names = {
        "url": server.url(ENCODED),
        "wrong": server.url("u:s3cr"),
        "unencoded": server.url(f"{USER}:{PASSWORD}"),
    }
    shown = [argument.format(**names) for argument in arguments]
    storage = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    done = run(built_site, *shown, CI="true", AWS_MAX_ATTEMPTS="1", **storage)
    assert "Traceback" not in done.stderr, done.stderr
    assert_secret(built_site, done.stdout, done.stderr)


def test_the_password_is_not_taken_for_a_part_of_the_host(site: Path, server: Authenticating) -> None:
    with pytest.raises(OSError, match="the server answers 401"):
        download(f"{server.url('u:s3cr')}manifest.json", 10_000, permission=BUILDING)
    assert download(f"{server.url(f'{USER}:{PASSWORD}')}manifest.json", 10_000, permission=BUILDING).startswith(b"{")


def test_a_redirect_within_the_server_keeps_the_password(site: Path, server: Authenticating) -> None:
    server.leads_to = f"{server.url()}here/"
    assert download(f"{server.url(ENCODED)}manifest.json", 10_000, permission=BUILDING).startswith(b"{")
    assert len(server.seen) == 2


def test_a_redirect_to_another_server_leaves_the_password_out(site: Path, server: Authenticating) -> None:
    with authenticating(site / "old", "") as other:
        server.leads_to = other.url("eve:evil")
        assert download(f"{server.url(ENCODED)}manifest.json", 10_000, permission=BUILDING).startswith(b"{")
        assert other.seen == [None]
        server.leads_to = other.url(host="localhost")
        assert download(f"{server.url(ENCODED)}manifest.json", 10_000, permission=BUILDING).startswith(b"{")
        assert other.seen == [None, None]


@pytest.mark.parametrize(
    "prefix", ["https://u:s3cr@cdn.test/", "//u@cdn.test/a/", "https:/u:s3cr@h/", "https://u:1/s3cr@h/"]
)
def test_a_url_prefix_has_no_password(site: Path, prefix: str) -> None:
    write_tree(site, {"buildassets.toml": f"url = '{prefix}'\n"})
    done = run(site, "build")
    assert done.returncode == 2
    assert done.stderr.startswith("error[config/value]: `url` cannot have a user or a password in it\n")
    assert "\n1  | url = '" in done.stderr
    assert_secret(site / "old", done.stderr)


def test_a_url_prefix_without_a_scheme_has_no_password(site: Path) -> None:
    write_tree(site, {"buildassets.toml": "url = 'u:s3cr@cdn/'\n"})
    done = run(site, "build")
    assert done.returncode == 2
    assert done.stderr.startswith("error[config/value]: `url` cannot begin with a user and a password\n")
    assert_secret(site / "old", done.stderr)


def test_an_import_map_has_no_password(site: Path) -> None:
    write_tree(site, {"buildassets.toml": "[importmap]\nlit = 'https://u:s3cr@cdn.test/lit.js'\n"})
    done = run(site, "build")
    assert done.returncode == 2
    assert done.stderr.startswith("error[config/value]: `importmap.lit` cannot have a user or a password in it\n")
    assert_secret(site / "old", done.stderr)


def test_a_release_that_appears_later_is_carried_by_the_same_command(site: Path) -> None:
    """A build that may have to carry files over never repeats its last result unchecked."""
    command = ("build", "--carry-if-any", "--carry-from", "later")
    for _ in range(3):
        assert run(site, *command).returncode == 0
    (site / "old").rename(site / "later")
    assert run(site, *command).returncode == 0
    retained = json.loads((site / "build/manifest.json").read_text())["retained"]
    assert len(retained) == 1
