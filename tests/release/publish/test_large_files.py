"""Publishing files that are never read as a whole."""

import random
from pathlib import Path

import pytest

from buildassets.disk.files import LARGE_BYTES
from buildassets.manifest.model import loads
from tests.command import run
from tests.conftest import read_tree, write_tree
from tests.release.s3 import BUCKET, S3

pytestmark = pytest.mark.thorough


@pytest.fixture
def large_site(site: Path) -> Path:
    """The project with a file that is never read as a whole."""
    write_tree(site, {"assets/film.mp4": random.Random(0).randbytes(LARGE_BYTES + 1000)})
    assert run(site, "build", "-q").returncode == 0
    return site


def test_a_large_file_is_uploaded_in_parts(large_site: Path, s3: S3, prefix: str) -> None:
    done = run(large_site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    assert done.returncode == 0, done.stderr
    name = "assets/" + loads((large_site / "build/manifest.json").read_text()).assets["film.mp4"].file
    content, headers = s3.get(f"{prefix}/{name}")
    assert content == (large_site / "build" / name).read_bytes()
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert run(large_site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment).stderr == "uploaded nothing\n"
    s3.put(f"{prefix}/{name}", content[:-1] + b"?")
    assert run(large_site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment).stderr.startswith("uploaded 1 file")
    assert s3.get(f"{prefix}/{name}")[0] == content


def test_a_large_file_is_put_into_a_folder(large_site: Path) -> None:
    assert run(large_site, "publish", "www").returncode == 0
    assert read_tree(large_site / "www") == read_tree(large_site / "build")
    assert run(large_site, "publish", "www").stderr == "uploaded nothing\n"


def test_a_damaged_large_file_is_not_published(large_site: Path, s3: S3, prefix: str) -> None:
    name = "assets/" + loads((large_site / "build/manifest.json").read_text()).assets["film.mp4"].file
    content = (large_site / "build" / name).read_bytes()
    (large_site / "build" / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    for target in ("www", f"s3://{BUCKET}/{prefix}"):
        done = run(large_site, "publish", target, **s3.environment)
        assert done.returncode == 1
        assert f"cannot publish `build/{name}`: it does not match the manifest" in done.stderr
    assert f"{name}" not in s3.names(prefix)
    assert not (large_site / "www" / name).exists()
