"""The memory that each verb takes for a file that is not parsed: the same, however large it is."""

import functools
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import write_tree

LIMIT_BYTES = 90_000_000  # the most that a verb takes is 60
LARGE_BYTES = 80_000_000  # the least that a verb takes is 20
HALF_A_GIB = 1 << 29
# The process in between is small: what a process took before it became another program counts as the other's.
PEAK = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
kibibytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, done.stderr, kibibytes * 1024]))
"""

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory otherwise"),
]


def peak_bytes(folder: Path, *arguments: str, code: int = 0) -> int:
    """The most memory that a process of this command held at once."""
    command = [sys.executable, "-S", "-c", PEAK, sys.executable, "-m", "buildassets", *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    found, errors, size_bytes = json.loads(done.stdout)
    assert found == code, errors
    return int(size_bytes)


def write_sparse(path: Path, size_bytes: int, begin: bytes) -> None:
    """A file that takes no room on the disk behind its begin."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(size_bytes)


NOISE = random.Random(0).randbytes(2_000_000)
SHEET = "a { background: url(film.mp4) }\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A release of a film and of data that get much smaller, with a map that names no sources."""
    folder = write_tree(
        tmp_path_factory.mktemp("site"),
        {
            "assets/a.css": SHEET,
            "buildassets.toml": "compress = { gzip = 6, br = 5 }\n[data_urls]\n[budgets]\n'data.bin' = '1 MB'\n",
        },
    )
    write_sparse(folder / "assets/film.mp4", LARGE_BYTES, NOISE)
    write_sparse(folder / "assets/data.bin", LARGE_BYTES, b"data")
    write_sparse(folder / "assets/b.js.map", LARGE_BYTES, b'{"sources": ["b.ts"], "sourcesContent": [""]}')
    assert peak_bytes(folder, "build") < LIMIT_BYTES
    yield folder
    shutil.rmtree(folder)  # which pytest would keep, and not all of it is sparse


def test_the_release_holds_the_files(site: Path) -> None:
    manifest = json.loads((site / "build/manifest.json").read_text())
    sizes = {path: entry["size"] for path, entry in manifest["assets"].items() if path != "a.css"}
    assert sizes == {"film.mp4": LARGE_BYTES, "data.bin": LARGE_BYTES, "b.js.map": LARGE_BYTES}
    assert set(manifest["assets"]["data.bin"]["encodings"]) == {"gzip", "br"}
    assert "encodings" not in manifest["assets"]["film.mp4"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",),
        ("build", "--json", "--jobs", "1", "-o", "again", "--provenance"),
        ("build", "--no-cache", "--jobs", "2"),
        ("build", "--mode", "development", "-o", "development"),
        ("build", "--carry-from", "build", "-o", "carried"),
        ("check",),
        ("verify",),
        ("explain", "film.mp4"),
        ("diff", "build", "build"),
    ],
    ids=" ".join,
)
def test_a_verb_takes_the_same_memory_for_large_files(site: Path, arguments: tuple[str, ...]) -> None:
    assert peak_bytes(site, *arguments) < LIMIT_BYTES


def test_published_files_are_compared_in_the_same_memory(site: Path) -> None:
    assert peak_bytes(site, "publish", "www") < LIMIT_BYTES
    assert peak_bytes(site, "publish", "www") < LIMIT_BYTES


def test_build_after_an_edit_next_to_a_large_file_takes_the_same_memory(site: Path) -> None:
    write_tree(site, {"assets/a.css": SHEET + "b { color: red }\n"})
    assert peak_bytes(site, "build") < LIMIT_BYTES
    assert peak_bytes(site, "clean") < LIMIT_BYTES  # of the earlier sheet, which `verify` would find


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A release of one film."""
    folder = write_tree(tmp_path_factory.mktemp("film"), {"assets/a.css": SHEET, "buildassets.toml": ""})
    write_sparse(folder / "assets/film.mp4", LARGE_BYTES, NOISE)
    assert peak_bytes(folder, "build") < LIMIT_BYTES
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("form", ["tar", "tar.gz", "tar.zst", "zip"])
def test_an_archive_is_packed_verified_and_unpacked_in_the_same_memory(film: Path, form: str) -> None:
    archive = f"release.{form}"
    assert peak_bytes(film, "pack", "-o", archive) < LIMIT_BYTES
    assert peak_bytes(film, "verify", archive) < LIMIT_BYTES
    assert peak_bytes(film, "unpack", archive, "-o", f"unpacked-{form}") < LIMIT_BYTES
    assert peak_bytes(film, "build", "--carry-from", archive, "-o", f"carried-{form}") < LIMIT_BYTES
    os.unlink(film / archive)
    shutil.rmtree(film / f"unpacked-{form}")


@pytest.fixture
def server(site: Path) -> Iterator[str]:
    """Serves the release."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site / "build"))) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/manifest.json"
        running.shutdown()
        thread.join()


def test_files_of_a_server_are_carried_over_in_the_same_memory(site: Path, server: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { color: red }\n", "buildassets.toml": ""})
    assert peak_bytes(tmp_path, "build", "--carry-from", server) < LIMIT_BYTES
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert len(manifest["retained"][0]["assets"]) == 4


def test_a_file_of_half_a_gibibyte_takes_no_more(tmp_path: Path) -> None:
    write_sparse(tmp_path / "assets/disk.img", HALF_A_GIB, NOISE)
    write_tree(tmp_path, {"assets/a.css": "a { color: red }\n", "buildassets.toml": ""})
    assert peak_bytes(tmp_path, "build") < LIMIT_BYTES
    (built,) = (tmp_path / "build/assets").glob("disk.*.img")
    assert built.stat().st_size == HALF_A_GIB
    assert built.stat().st_blocks * 512 < HALF_A_GIB // 10
