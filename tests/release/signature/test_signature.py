"""`pack --sign`, `verify --key` and `unpack --key`, with OpenSSL and OpenSSH as the other side."""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildassets.errors import ConfigError, ReleaseError
from buildassets.release.signature.keys import key_text, private_key, public_key
from buildassets.release.signature.signature import sign, signer
from tests.command import environment, run
from tests.conftest import find_tool, read_tree, write_tree

# RFC 8032, section 7.1, test 1 and the public key of test 2
SECRET = "ed25519:nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
PUBLIC = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
OTHER = "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
HEX = "ed25519:9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a release, keys of OpenSSL and OpenSSH, and keys that cannot be used."""
    folder = write_tree(tmp_path_factory.mktemp("signature"), {"assets/a.css": "a { color: tan }\n" * 99})
    assert run(folder, "build").returncode == 0
    commands = (
        "openssl genpkey -algorithm ed25519 -out key.pem",
        "openssl pkey -in key.pem -pubout -out pub.pem",
        "ssh-keygen -q -t ed25519 -N '' -f ssh",
        "openssl genrsa -out rsa.pem",
        "ssh-keygen -q -t ed25519 -N abcde -f locked",
        "openssl pkey -in key.pem -aes256 -passout pass:abcde -out locked.pem",
    )
    for tool in ("openssl", "ssh-keygen"):
        find_tool(tool)
    subprocess.run(["sh", "-ec", "; ".join(commands)], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the project for one test."""
    return shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)


def openssl_accepts(folder: Path, archive: str) -> bool:
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-in", archive]
    return subprocess.run([*command, "-sigfile", f"{archive}.sig"], cwd=folder, capture_output=True).returncode == 0


@pytest.mark.parametrize("archive", ["build.tar", "b.tar.gz", "b.zip"])
def test_openssl_accepts_a_signature_of_ours(site: Path, archive: str) -> None:
    done = run(site, "pack", "-o", archive, "--sign", "key.pem")
    assert (done.returncode, done.stdout) == (0, "")
    assert openssl_accepts(site, archive)


def test_a_signature_of_openssl_is_accepted(site: Path) -> None:
    assert run(site, "pack").returncode == 0
    command = ["openssl", "pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "build.tar"]
    subprocess.run([*command, "-out", "build.tar.sig"], cwd=site, check=True)
    assert run(site, "verify", "build.tar", "--key", "pub.pem").returncode == 0


def test_keys_of_openssh_sign_and_verify(site: Path) -> None:
    assert run(site, "pack", "--sign", "ssh").returncode == 0
    assert run(site, "verify", "build.tar", "--key", "ssh.pub").returncode == 0
    assert run(site, "verify", "build.tar", "--key", "pub.pem").returncode == 1


def test_one_of_several_keys_has_to_have_signed(site: Path) -> None:
    assert run(site, "pack", "--sign", "ssh").returncode == 0
    done = run(site, "verify", "build.tar", "--key", "pub.pem", "--key", "ssh.pub", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["key"] == key_text(public_key(str(site / "ssh.pub"), {}))
    assert run(site, "verify", "build.tar", "--key", "pub.pem", "--key", OTHER).returncode == 1


def test_the_archive_is_the_same_signed_or_not(site: Path) -> None:
    run(site, "pack", "-o", "plain.tar")
    run(site, "pack", "-o", "signed.tar", "--sign", "key.pem")
    assert (site / "plain.tar").read_bytes() == (site / "signed.tar").read_bytes()
    assert len((site / "signed.tar.sig").read_bytes()) == 64


def test_signing_twice_gives_the_same_signature(site: Path) -> None:
    run(site, "pack", "-o", "a.tar", "--sign", "key.pem")
    run(site, "pack", "-o", "b.tar", "--sign", "key.pem")
    assert (site / "a.tar.sig").read_bytes() == (site / "b.tar.sig").read_bytes()


def test_an_archive_without_a_signature_has_a_line_and_exits_1(site: Path) -> None:
    run(site, "pack")
    done = run(site, "verify", "build.tar", "--key", "pub.pem")
    assert (done.returncode, done.stdout) == (1, "not signed: build.tar\n")
    assert "error[signature/missing]: `build.tar` has no signature: there is no `build.tar.sig`\n" in done.stderr


def test_an_archive_that_is_absent_is_reported_before_its_signature(site: Path) -> None:
    done = run(site, "verify", "nope.tar", "--key", "pub.pem")
    assert done.returncode == 1
    assert "error[release/unreadable]: cannot read `nope.tar`" in done.stderr


@pytest.mark.parametrize("length", [0, 63, 65, 88])
def test_a_signature_of_another_length_is_refused(site: Path, length: int) -> None:
    run(site, "pack", "--sign", "key.pem")
    write_tree(site, {"build.tar.sig": b"x" * length})
    done = run(site, "verify", "build.tar", "--key", "pub.pem")
    assert (done.returncode, done.stdout) == (1, "not signed: build.tar\n")
    assert "`build.tar.sig` is not a signature of Ed25519, which has 64 bytes" in done.stderr


def test_an_intact_archive_that_another_packed_is_refused(site: Path) -> None:
    run(site, "pack", "--sign", "key.pem")
    write_tree(site, {"assets/a.css": "a { color: red }"})
    run(site, "build")
    run(site, "clean")
    run(site, "pack")
    assert run(site, "verify", "build.tar").returncode == 0
    done = run(site, "verify", "build.tar", "--key", "pub.pem", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (1, False)
    assert [fault["code"] for fault in document["diagnostics"]] == ["signature/wrong"]


def test_a_directory_has_no_signature(site: Path) -> None:
    done = run(site, "verify", "--key", "pub.pem")
    assert done.returncode == 2
    assert "name one, such as `build.tar`" in done.stderr


def test_a_key_that_cannot_be_used_leaves_no_archive(site: Path) -> None:
    assert run(site, "pack", "--sign", "nope").returncode == 2
    assert not (site / "build.tar").exists()


def test_the_key_may_be_in_the_environment(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEASE_KEY", (site / "key.pem").read_text())
    assert run(site, "pack", "--sign", "env:RELEASE_KEY").returncode == 0
    assert openssl_accepts(site, "build.tar")


def test_the_halves_of_a_key_are_those_of_the_standard() -> None:
    assert key_text(private_key(SECRET, {}).public_key()) == PUBLIC
    assert key_text(private_key(HEX, {}).public_key()) == PUBLIC
    assert key_text(public_key(PUBLIC.rstrip("="), {})) == PUBLIC
    assert key_text(public_key("env:K", {"K": f"{PUBLIC}\n"})) == PUBLIC


@pytest.mark.parametrize(
    ("option", "name", "message"),
    [
        ("--sign", "pub.pem", "`pub.pem` is a public key, and signing takes a private one"),
        ("--sign", "ssh.pub", "`ssh.pub` is a public key, and signing takes a private one"),
        ("--key", "key.pem", "`key.pem` is a private key, and verifying takes the public one"),
        ("--key", "ssh", "`ssh` is a private key, and verifying takes the public one"),
        ("--sign", "rsa.pem", "`rsa.pem` is a key, but not one of Ed25519"),
        ("--sign", "locked.pem", "`locked.pem` is a key behind a password"),
        ("--sign", "locked", "`locked` is a key behind a password"),
        ("--sign", "assets/a.css", "`assets/a.css` is not a private key of Ed25519"),
        ("--key", "assets/a.css", "`assets/a.css` is not a public key of Ed25519"),
        ("--sign", "assets", "cannot read the key `assets`: is a directory"),
        ("--sign", "env:NOT_THERE", "the environment variable `NOT_THERE` is not set"),
        ("--key", "ed25519:short", "what follows `ed25519:` is not a key of Ed25519"),
    ],
)
def test_a_wrong_key_is_reported(site: Path, option: str, name: str, message: str) -> None:
    run(site, "pack", "-o", "given.tar")
    done = run(site, *(["pack", option, name] if option == "--sign" else ["verify", "given.tar", option, name]))
    assert done.returncode == 2
    assert done.stderr.startswith(f"error[signature/key]: {message}")
    assert not (site / "build.tar").exists()


@pytest.mark.parametrize("secret", [SECRET[8:], HEX[8:], "ed25519:" + SECRET[10:]])
def test_no_message_contains_what_may_be_a_secret(secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        private_key(secret, {})
    (fault,) = caught.value.diagnostics
    assert secret[12:20] not in f"{fault.message} {fault.notes} {fault.hint}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=5000),
    place=st.integers(0),
    flip=st.integers(1, 255),
    seed=st.binary(min_size=32, max_size=32),
)
def test_no_byte_can_change_under_a_signature(
    content: bytes, place: int, flip: int, seed: bytes, tmp_path: Path
) -> None:
    key = private_key(f"ed25519:{b64encode(seed).decode()}", {})
    archive = str(tmp_path / "a.tar")
    Path(archive).write_bytes(content)
    signed = Path(sign(archive, key))
    assert signer(archive, [key.public_key()]) is not None
    target = signed if place % 2 or not content else Path(archive)
    changed = bytearray(target.read_bytes())
    changed[place % len(changed)] ^= flip
    target.write_bytes(changed)
    with pytest.raises(ReleaseError):
        signer(archive, [key.public_key()])
    os.unlink(signed)


def test_an_archive_that_is_signed_is_unpacked(site: Path) -> None:
    run(site, "pack", "--sign", "key.pem")
    done = run(site, "unpack", "build.tar", "-o", "new/folders/out", "--key", OTHER, "--key", "pub.pem", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["key"] == key_text(public_key(str(site / "pub.pem"), {}))
    assert read_tree(site / "new/folders/out") == read_tree(site / "build")
    assert [path.name for path in (site / "new/folders").iterdir()] == ["out"]


def unsigned(site: Path) -> None:
    (site / "build.tar.sig").unlink()


def signed_by_another(site: Path) -> None:
    run(site, "pack", "--sign", "ssh")


def changed(site: Path) -> None:
    content = bytearray((site / "build.tar").read_bytes())
    content[600] ^= 1
    (site / "build.tar").write_bytes(content)


@pytest.mark.parametrize("fault", [unsigned, signed_by_another, changed])
def test_nothing_is_written_of_an_archive_that_is_not_signed_by_the_key(
    site: Path, fault: Callable[[Path], None]
) -> None:
    run(site, "pack", "--sign", "key.pem")
    fault(site)
    before = sorted(site.rglob("*"))
    done = run(site, "unpack", "build.tar", "-o", "new/folders/out", "--key", "pub.pem")
    assert (done.returncode, "error[signature/" in done.stderr) == (1, True)
    assert sorted(site.rglob("*")) == before


def test_a_signature_of_a_release_that_is_damaged_leaves_no_folders(site: Path) -> None:
    run(site, "pack")
    changed(site)
    sign(str(site / "build.tar"), private_key(str(site / "key.pem"), {}))
    before = sorted(site.rglob("*"))
    assert run(site, "unpack", "build.tar", "-o", "new/folders/out", "--key", "pub.pem").returncode == 1
    assert sorted(site.rglob("*")) == before


def test_a_release_stays_where_the_one_to_replace_it_is_not_signed(site: Path) -> None:
    run(site, "pack")
    before = read_tree(site)
    assert run(site, "unpack", "build.tar", "--replace", "--key", "pub.pem").returncode == 1
    assert read_tree(site) == before


def test_what_is_unpacked_are_the_bytes_whose_signature_was_checked(site: Path) -> None:
    run(site, "pack", "--sign", "key.pem")
    signed = read_tree(site / "build")
    write_tree(site, {"assets/a.css": "a { color: red }"})
    run(site, "build")
    run(site, "pack", "-o", "other.tar")
    exchange = """
import os, sys
from buildassets.cli.main import main

def exchange(event, arguments):
    if event == "open" and str(arguments[0]).endswith("build.tar.sig") and os.path.exists("other.tar"):
        os.replace("other.tar", "build.tar")

sys.addaudithook(exchange)
sys.argv = ["buildassets", "unpack", "build.tar", "-o", "out", "--key", "pub.pem"]
main()
"""
    done = subprocess.run([sys.executable, "-c", exchange], cwd=site, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (site / "other.tar").exists()
    assert read_tree(site / "out") == signed


@pytest.mark.parametrize("verb", [("verify",), ("unpack", "-o", "out")], ids=" ".join)
@pytest.mark.parametrize("name", ["a.tar", "a.tar.sig"])
def test_a_named_pipe_is_neither_archive_nor_signature(tmp_path: Path, verb: tuple[str, ...], name: str) -> None:
    """Opening one waits for whoever writes into it."""
    write_tree(tmp_path, {"a.tar": "x", "a.tar.sig": "x" * 64})
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    done = run(tmp_path, *verb, "a.tar", "--key", PUBLIC)
    assert (done.returncode, "it is a named pipe" in done.stderr) == (1, True)
