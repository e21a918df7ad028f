"""Deltas to files of earlier releases: which there are, and that they give the file."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard

from buildassets.compiler.clean import clean_release
from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from buildassets.foundation.digest import in_base64
from buildassets.foundation.media import delta_file
from buildassets.foundation.permission import BUILDING
from buildassets.manifest.model import Manifest, loads
from tests.building import build, load_config
from tests.conftest import Tree, read_tree, write_tree

SCRIPT = "".join(f"call({number * number}, '{sha256(bytes([number])).hexdigest()}');\n" for number in range(60))
SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip", "dcz"]\n[retain]\nreleases = 2\n',
    "assets/app.js": SCRIPT,
    "assets/photo.png": b"a photo " * 100,
}


def release(folder: Path, files: Mapping[str, str | bytes], mode: Mode = "production") -> BuildResult:
    result = build(load_config(start=str(write_tree(folder, files))), mode=mode, cache=str(folder / "cache"))
    assert result.diagnostics == ()
    return result


def manifest(folder: Path) -> Manifest:
    return loads((folder / "build/manifest.json").read_text())


def restored(delta: bytes, dictionary: bytes) -> bytes:
    """Decompress a delta as a browser does (RFC 9842, section 5)."""
    assert delta[:8] == b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"
    assert delta[8:40] == sha256(dictionary).digest()
    raw = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=raw).decompress(delta[40:])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project that has been released twice, with another script and another image."""
    release(tmp_path, SITE)
    release(tmp_path, {"assets/app.js": SCRIPT + "more();\n", "assets/photo.png": b"a photo " * 101})
    return tmp_path


def test_a_delta_gives_the_file_to_whoever_has_the_earlier_one(site: Path) -> None:
    assets = site / "build/assets"
    now, earlier = manifest(site).assets["app.js"], manifest(site).retained[0].assets["app.js"]
    dictionary = (assets / earlier.file).read_bytes()
    ((name, known),) = now.deltas.items()
    assert name == in_base64(sha256(dictionary).hexdigest())
    delta = (assets / delta_file(now.file, name)).read_bytes()
    assert (known.size, known.digest) == (len(delta), in_base64(sha256(delta).hexdigest()))
    assert known.size < 200 < now.encodings["gzip"]
    assert restored(delta, dictionary) == (assets / now.file).read_bytes()


def test_a_file_is_called_after_both_fingerprints(site: Path) -> None:
    earlier = manifest(site).retained[0].assets["app.js"].file.split(".")[1]
    assert f"assets/{manifest(site).assets['app.js'].file}.{earlier}.dcz" in read_tree(site / "build")


def test_compressed_files_have_no_delta(site: Path) -> None:
    assert not manifest(site).assets["photo.png"].deltas


def test_a_delta_as_large_as_a_copy_is_not_kept(site: Path) -> None:
    release(site, {"assets/app.js": "other();\n" * 200})
    assert not manifest(site).assets["app.js"].deltas


def test_each_retained_release_has_its_delta(site: Path) -> None:
    release(site, {"assets/app.js": SCRIPT + "much_more();\n"})
    assert len(manifest(site).assets["app.js"].deltas) == 2


def test_a_build_with_nothing_changed_writes_nothing(site: Path) -> None:
    before = read_tree(site / "build")
    assert release(site, {}).written == ()
    assert read_tree(site / "build") == before


def test_clean_leaves_deltas_and_takes_those_that_are_named_no_more(site: Path) -> None:
    (delta,) = (name for name in read_tree(site / "build") if name.endswith(".dcz"))
    clean_release(str(site / "build"), str, permission=BUILDING)
    assert delta in read_tree(site / "build")
    release(site, {"assets/app.js": SCRIPT + "much_more();\n"})
    clean_release(str(site / "build"), str, permission=BUILDING)
    assert delta not in read_tree(site / "build")


def test_development_has_none(site: Path) -> None:
    release(site, {"assets/app.js": SCRIPT + "much_more();\n"}, mode="development")
    assert not manifest(site).dictionaries
    assert not manifest(site).assets["app.js"].deltas


def test_the_first_release_asks_browsers_to_keep_its_files(tmp_path: Path) -> None:
    release(tmp_path, SITE)
    assert manifest(tmp_path).dictionaries


def test_a_large_file_is_not_used_as_a_dictionary(tmp_path: Path) -> None:
    script = SCRIPT * (2_100_000 // len(SCRIPT) + 1)
    release(tmp_path, {"buildassets.toml": "compress = { dcz = 1 }\n[retain]\n", "assets/a.txt": script})
    release(tmp_path, {"assets/a.txt": script + "more"})
    assert len(manifest(tmp_path).retained) == 1
    assert not manifest(tmp_path).assets["a.txt"].deltas
