"""Variants of pictures through the command line: made once, in any number of workers alike, and again on demand."""

import json
from pathlib import Path

from PIL import Image

from tests.command import document_of_build, run
from tests.conftest import read_tree, write_tree

_SETTINGS = """
[images.variants]
"img/*" = {{ widths = [40, 80], formats = ["avif", "webp"], quality = {quality} }}
"""


def photos(folder: Path, count: int = 2, quality: int = 80) -> None:
    write_tree(folder, {"buildassets.toml": _SETTINGS.format(quality=quality), "assets/site.css": "a { color: red }"})
    (folder / "assets/img").mkdir()
    for number in range(count):
        Image.effect_noise((120, 90), 20 + number).convert("RGB").save(folder / f"assets/img/{number}.jpg")


def test_a_second_build_makes_no_variant(tmp_path: Path) -> None:
    photos(tmp_path)
    document_of_build(tmp_path)
    (tmp_path / "assets/site.css").write_text("a { color: blue }")
    again = document_of_build(tmp_path)
    assert [path for path in again["anew"] if path.startswith("img/")] == []


def test_variants_from_the_cache_keep_their_size(tmp_path: Path) -> None:
    photos(tmp_path)
    document_of_build(tmp_path)
    first = (tmp_path / "build/manifest.json").read_bytes()
    (tmp_path / "build/manifest.json").unlink()
    document_of_build(tmp_path)
    assert (tmp_path / "build/manifest.json").read_bytes() == first


def test_another_quality_rebuilds_the_variants(tmp_path: Path) -> None:
    photos(tmp_path)
    document_of_build(tmp_path)
    before = {path.name for path in (tmp_path / "build/assets/img").iterdir() if "80w" in path.name}
    (tmp_path / "buildassets.toml").write_text(_SETTINGS.format(quality=30))
    document_of_build(tmp_path)
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    after = {entry["file"].removeprefix("img/") for name, entry in manifest["assets"].items() if "80w" in name}
    assert not before & after


def test_changed_picture_rebuilds_its_own_variants(tmp_path: Path) -> None:
    photos(tmp_path)
    document_of_build(tmp_path)
    Image.new("RGB", (120, 90), "teal").save(tmp_path / "assets/img/1.jpg")
    anew = document_of_build(tmp_path)["anew"]
    assert sorted(anew) == [f"img/1.{width}w.{form}" for width in (40, 80) for form in ("avif", "webp")]


def test_workers_make_the_same_bytes_as_one_process(tmp_path: Path) -> None:
    photos(tmp_path)
    for name, jobs in (("one", "1"), ("several", "4")):
        document_of_build(tmp_path, "--jobs", jobs, "--no-cache", "-o", name)
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "several")


def test_check_reports_a_damaged_picture_and_writes_nothing(tmp_path: Path) -> None:
    photos(tmp_path, 1)
    whole = (tmp_path / "assets/img/0.jpg").read_bytes()
    (tmp_path / "assets/img/0.jpg").write_bytes(whole[: len(whole) // 2])
    done = run(tmp_path, "check")
    assert done.returncode == 1
    assert "error[picture/damaged]: cannot make variants of `assets/img/0.jpg`: image file is truncated" in done.stderr
    assert not (tmp_path / "build").exists()


def test_explain_knows_the_cached_variant(tmp_path: Path) -> None:
    photos(tmp_path, 1)
    document_of_build(tmp_path)
    assert "in the cache:\n  img/0.40w.webp: up to date" in run(tmp_path, "explain", "img/0.40w.webp").stdout
    (tmp_path / "buildassets.toml").write_text(_SETTINGS.format(quality=30))
    shown = run(tmp_path, "explain", "img/0.40w.webp").stdout
    assert "img/0.40w.webp: the settings or an engine changed" in shown
