"""Publishing to a real S3 server and to folders."""

import json
import os
import sys
from pathlib import Path

import pytest

from buildassets.manifest.model import loads
from buildassets.release.inventory.inventory import inventory
from buildassets.release.publish.destination import LocalStorage
from buildassets.release.publish.upload import headers_of
from tests.command import run
from tests.conftest import read_tree, write_tree
from tests.release.s3 import BUCKET, S3


def test_all_of_the_release_is_uploaded(site: Path, s3: S3, prefix: str) -> None:
    done = run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert s3.names(prefix) == read_tree(site / "build").keys()
    assert done.stderr.startswith(f"uploaded {len(s3.names(prefix))} files (")


def test_each_file_is_uploaded_with_the_headers_to_serve_it_with(site: Path, s3: S3, prefix: str) -> None:
    run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    file = loads((site / "build/manifest.json").read_text()).assets["css/app.css"].file
    names = ("Content-Type", "Content-Encoding", "Cache-Control")
    seen = {}
    for name in (f"assets/{file}", f"assets/{file}.gz", f"assets/{file}.br", "manifest.json"):
        content, headers = s3.get(f"{prefix}/{name}")
        assert content == (site / "build" / name).read_bytes()
        seen[name.rpartition(".")[2]] = [headers[one] for one in names]
    for_ever = "public, max-age=31536000, immutable"
    assert seen == {
        "css": ["text/css; charset=utf-8", None, for_ever],
        "gz": ["text/css; charset=utf-8", "gzip", for_ever],
        "br": ["text/css; charset=utf-8", "br", for_ever],
        "json": ["application/json", None, "no-cache"],
    }


def test_a_delta_has_the_headers_of_its_file(site: Path) -> None:
    write_tree(
        site, {"buildassets.toml": 'compress = ["dcz"]\n[retain]\n', "assets/js/0.js": "console.log(-1)\n" * 200}
    )
    assert run(site, "build", "-q").returncode == 0
    files = inventory((site / "build/manifest.json").read_bytes(), "build").files
    (delta,) = (name for name in files if name.endswith(".dcz"))
    headers = headers_of(delta, files[delta])
    assert (headers.type, headers.coding) == ("text/javascript; charset=utf-8", "dcz")


def test_a_second_publication_uploads_nothing(site: Path, s3: S3, prefix: str) -> None:
    run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    assert run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment).stderr == "uploaded nothing\n"


def test_only_what_changed_is_uploaded_and_earlier_files_stay(site: Path, s3: S3, prefix: str) -> None:
    run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    before = s3.names(prefix)
    write_tree(site, {"assets/js/3.js": "console.log(33)"})
    run(site, "build", "-q")
    done = run(site, "publish", f"s3://{BUCKET}/{prefix}", "--json", **s3.environment)
    uploaded = json.loads(done.stdout)["uploaded"].keys()
    assert {name.rpartition("/")[2].partition(".")[0] for name in uploaded} == {"3", "manifest"}
    assert s3.names(prefix) == before | uploaded


def test_a_file_of_another_content_is_replaced(site: Path, s3: S3, prefix: str) -> None:
    run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    name = next(name for name in sorted(s3.names(prefix)) if name.endswith(".svg"))
    s3.put(f"{prefix}/{name}", b"<SVG/>")
    assert run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment).stderr.startswith("uploaded 1 file (6 B)")
    assert s3.get(f"{prefix}/{name}")[0] == b"<svg/>"


def test_a_dry_run_uploads_nothing_and_lists_the_files(site: Path, s3: S3, prefix: str) -> None:
    done = run(site, "publish", f"s3://{BUCKET}/{prefix}", "--dry-run", "-v", **s3.environment)
    assert "would upload manifest.json\n" in done.stderr
    assert s3.names(prefix) == set()


def test_a_folder_holds_the_same_as_the_release_directory(site: Path) -> None:
    done = run(site, "publish", "www/site")
    assert done.returncode == 0, done.stderr
    assert read_tree(site / "www/site") == read_tree(site / "build")


def test_a_damaged_release_is_not_published(site: Path) -> None:
    run(site, "publish", "www")
    published = (site / "www/manifest.json").read_bytes()
    write_tree(site, {"assets/img/a.svg": "<svg></svg>"})
    run(site, "build", "-q")
    file = loads((site / "build/manifest.json").read_text()).assets["img/a.svg"].file
    write_tree(site, {f"build/assets/{file}": "<svg><!svg>"})
    done = run(site, "publish", "www")
    assert done.returncode == 1
    assert (
        f"error[publish/damaged]: cannot publish `build/assets/{file}`: it does not match the manifest" in done.stderr
    )
    assert (site / "www/manifest.json").read_bytes() == published


def test_a_link_in_place_of_a_file_is_not_published(site: Path) -> None:
    file = site / "build/assets" / loads((site / "build/manifest.json").read_text()).assets["img/a.svg"].file
    file.unlink()
    file.symlink_to(site / "assets/img/a.svg")
    done = run(site, "publish", "www")
    assert done.returncode == 1
    assert f"cannot publish `build/assets/img/{file.name}`: it is a symbolic link\n" in done.stderr


@pytest.mark.parametrize("link", ["public/assets", "public/assets/img"])
def test_no_file_is_written_through_a_link_in_the_target(site: Path, link: str) -> None:
    outside = write_tree(site.parent / "outside", {"kept.txt": "kept"})
    (site / link).parent.mkdir(parents=True)
    (site / link).symlink_to(outside)
    done = run(site, "publish", "public")
    assert done.returncode == 1
    assert "a folder in it is a symbolic link, and not followed" in done.stderr
    assert read_tree(outside) == {"kept.txt": b"kept"}


def test_target_that_is_itself_a_link_is_followed(site: Path) -> None:
    (site.parent / "real").mkdir()
    (site / "public").symlink_to(site.parent / "real")
    assert run(site, "publish", "public").returncode == 0
    assert (site.parent / "real/manifest.json").exists()


@pytest.mark.parametrize(
    ("target", "exit_code", "message"),
    [
        ("floppy://a/b", 2, "error[publish/target]: `floppy:` is not a storage that fsspec knows"),
        ("s3://nowhere-else/x", 1, "error[publish/failed]: cannot upload `assets/"),
        ("build/manifest.json/x", 1, "error[publish/failed]: cannot upload `assets/"),
        ("", 2, "error[publish/target]: the target has no name"),
        (".", 2, "error[publish/target]: the files in `.` would be among the sources in `assets`"),
        ("assets/www", 2, "error[publish/target]: the files in `assets/www` would be among the sources in `assets`"),
        ("dropbox://x/y", 2, "error[publish/unavailable]: the library for `dropbox:` is not installed"),
    ],
)
def test_an_invalid_target_is_refused(site: Path, s3: S3, target: str, exit_code: int, message: str) -> None:
    done = run(site, "publish", target, **s3.environment)
    assert (done.returncode, message in done.stderr) == (exit_code, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def _without_fsspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have imports fail as where fsspec is not installed."""
    for name in ("fsspec", *(name for name in sys.modules if name.startswith("fsspec."))):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("_without_fsspec")
@pytest.mark.parametrize("target", ["www/site", "{url}/www/site", "{url}/www/s%69te", "{local}/www/site"])
def test_a_folder_needs_no_library(site: Path, target: str) -> None:
    for uploads in (True, False):
        done = run(
            site, "publish", target.format(url=site.as_uri(), local=site.as_uri().replace("///", "//localhost/"))
        )
        assert done.returncode == 0, done.stderr
        assert (done.stderr != "uploaded nothing\n") is uploads
    assert read_tree(site / "www/site") == read_tree(site / "build")


@pytest.mark.usefixtures("_without_fsspec")
@pytest.mark.parametrize("target", ["s3://bucket/x", "memory://x", "floppy://x"])
def test_an_object_store_is_refused_without_its_library(site: Path, target: str) -> None:
    done = run(site, "publish", target)
    assert (done.returncode, done.stderr) == (
        2,
        "error[publish/unavailable]: fsspec is not installed\n\n"
        'hint: run `pip install "buildassets[publish]"`, and install the library of the storage\n\n',
    )


def test_a_folder_of_another_machine_is_refused(site: Path) -> None:
    done = run(site, "publish", "file://elsewhere/www")
    assert done.returncode == 2
    assert "names a folder of `elsewhere`, not of this machine\n" in done.stderr


def test_a_link_at_the_target_is_replaced_and_not_followed(site: Path) -> None:
    file = loads((site / "build/manifest.json").read_text()).assets["img/a.svg"].file
    write_tree(site, {"else.svg": "<svg></svg>"})
    (site / "www/assets/img").mkdir(parents=True)
    (site / "www/assets" / file).symlink_to(site / "else.svg")
    assert run(site, "publish", "www").returncode == 0
    assert read_tree(site / "www") == read_tree(site / "build")
    assert (site / "else.svg").read_text() == "<svg></svg>"


def test_companions_of_the_release_before_go_at_the_end(site: Path, s3: S3, prefix: str) -> None:
    for text in ("<svg/>", "<svg></svg>"):
        write_tree(site, {"assets/img/a.svg": text})
        assert run(site, "build", "-q", "--sprockets-manifest").returncode == 0
        assert run(site, "publish", "-q", f"s3://{BUCKET}/{prefix}", **s3.environment).returncode == 0
    (here,) = (site / "build/assets").glob(".sprockets-manifest-*.json")
    there = [name for name in s3.names(prefix) if ".sprockets-manifest-" in name]
    assert there == [f"assets/{here.name}"]


_OF_OTHERS = (
    "{0}2/assets/a.css",
    "{0}/assets/../../kept",
    "{0}/assets/",
    "{0}/assets/css",
    "{0}//assets/a.css",
    "{0}/kept",
)
_PLANTED = {
    "deep": b'{"companions": {' + b"[" * 1_000_000,
    "another kind": b'["companions": {',
    "not UTF-8": b'{"companions": {"\xff',
    "other places": b'{"schema": 1, "release": "", "assets": {}, "companions": {"../kept": {"size": 1, "digest": ""}}}',
}


@pytest.mark.parametrize("manifest", _PLANTED.values(), ids=_PLANTED.keys())
def test_keys_of_others_stay_and_their_manifest_is_replaced(site: Path, s3: S3, prefix: str, manifest: bytes) -> None:
    boto3 = pytest.importorskip("boto3")
    names = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    bucket = boto3.resource("s3", endpoint_url=s3.url, **names).Bucket(BUCKET)
    keys = [key.format(prefix) for key in _OF_OTHERS]
    for key, content in {**dict.fromkeys(keys, b"theirs"), f"{prefix}/manifest.json": manifest}.items():
        bucket.put_object(Key=key, Body=content)
    done = run(site, "publish", f"s3://{BUCKET}/{prefix}", **s3.environment)
    assert (done.returncode, "removed" in done.stderr) == (0, False), done.stderr
    assert s3.get(f"{prefix}/manifest.json")[0] == (site / "build/manifest.json").read_bytes()
    assert [bucket.Object(key).get()["Body"].read() for key in keys] == [b"theirs"] * len(keys)


def test_a_manifest_at_the_target_that_is_too_large_for_one_is_not_read(site: Path) -> None:
    (site / "www").mkdir()
    (site / "www/manifest.json").touch()
    os.truncate(site / "www/manifest.json", 1 << 40)
    done = run(site, "publish", "www")
    assert (done.returncode, "uploaded" in done.stderr) == (0, True), done.stderr


@pytest.fixture
def shrunk(site: Path) -> Path:
    """A project that was published to `www` and whose new release lacks a plain name and a companion."""
    write_tree(site, {"buildassets.toml": 'plain = ["robots.txt"]\nprecache = "pre.json"\n', "assets/robots.txt": "a"})
    assert run(site, "build", "-q").returncode == run(site, "publish", "www", "-q").returncode == 0
    write_tree(site, {"buildassets.toml": ""})
    assert run(site, "build", "-q").returncode == 0
    return site


def test_what_is_removed_is_reported_and_what_would_be(shrunk: Path) -> None:
    both = ["assets/robots.txt", "assets/pre.json"]
    dry = run(shrunk, "publish", "www", "--dry-run")
    assert dry.stderr.splitlines()[1:] == [f"would remove {name}, which only the earlier release has" for name in both]
    counted = json.loads(run(shrunk, "publish", "www", "--dry-run", "--json").stdout)
    assert (counted["removed"], (shrunk / "www/assets/robots.txt").exists()) == (both, True)
    done = run(shrunk, "publish", "www")
    assert done.stderr.splitlines()[1:] == [f"removed {name}, which only the earlier release has" for name in both]
    assert read_tree(shrunk / "www").keys().isdisjoint(both)


def test_what_is_removed_is_in_json(shrunk: Path) -> None:
    done = json.loads(run(shrunk, "publish", "www", "--json").stdout)
    assert done["removed"] == ["assets/robots.txt", "assets/pre.json"]
    assert json.loads(run(shrunk, "publish", "www", "--json").stdout)["removed"] == []


def test_a_file_that_cannot_be_removed_is_an_error_that_names_all_that_stay(
    shrunk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(storage: LocalStorage, path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(LocalStorage, "rm_file", refuse)
    done = run(shrunk, "publish", "www")
    assert done.returncode == 1
    assert "error[publish/failed]: cannot remove `assets/robots.txt`: permission denied\n" in done.stderr
    assert "note: not removed: `assets/pre.json`\n" in done.stderr
    assert (shrunk / "www/manifest.json").read_bytes() == (shrunk / "build/manifest.json").read_bytes()


def test_source_maps_go_to_their_own_target(hiding: Path) -> None:
    done = run(hiding, "publish", "www", "--maps", "tracker")
    assert done.returncode == 0, done.stderr
    assert read_tree(hiding / "www") == read_tree(hiding / "build")
    assert read_tree(hiding / "tracker") == read_tree(hiding / "build.maps")
    assert len(read_tree(hiding / "tracker")) == 21


def test_source_maps_go_alone_and_once(hiding: Path) -> None:
    first = json.loads(run(hiding, "publish", "--maps", "tracker", "--json").stdout)
    assert (first["uploaded"], first["maps"]["uploaded"].keys()) == ({}, read_tree(hiding / "build.maps").keys())
    assert run(hiding, "publish", "--maps", "tracker").stderr == "uploaded nothing\n"


def test_source_maps_go_to_an_object_store(hiding: Path, s3: S3, prefix: str) -> None:
    done = run(hiding, "publish", "--maps", f"s3://{BUCKET}/{prefix}", **s3.environment)
    assert done.returncode == 0, done.stderr
    assert s3.names(prefix) == read_tree(hiding / "build.maps").keys()


def test_a_damaged_source_map_stops_the_upload_of_the_release(hiding: Path) -> None:
    (damaged,) = (hiding / "build.maps/css").iterdir()
    damaged.write_bytes(b"{" + damaged.read_bytes()[1:].replace(b":", b";", 1))
    done = run(hiding, "publish", "www", "--maps", "tracker")
    assert done.returncode == 1
    assert f"error[publish/damaged]: cannot publish `build.maps/css/{damaged.name}`" in done.stderr
    assert not (hiding / "www").exists()


@pytest.mark.parametrize(
    "place", ["www", "www/", "./www", "www/assets", "www/maps", "tracker/../www", "build", "build/assets/maps"]
)
def test_source_maps_are_not_put_where_the_release_is_served(hiding: Path, place: str) -> None:
    done = run(hiding, "publish", "www", "--maps", place)
    assert done.returncode == 2
    assert f"the source maps in `{place}` would be served with the release" in done.stderr


def test_source_maps_alone_are_not_put_to_a_published_release(hiding: Path) -> None:
    assert run(hiding, "publish", "www").returncode == 0
    done = run(hiding, "publish", "--maps", "www")
    assert done.returncode == 2
    assert "the source maps in `www` would be served with the release" in done.stderr
    assert not list((hiding / "www").rglob("*.map"))


def test_source_maps_are_not_put_into_the_published_folder_of_an_object_store(
    hiding: Path, s3: S3, prefix: str
) -> None:
    target = f"s3://{BUCKET}/{prefix}"
    for place in (f"{target}/", f"{target}/assets"):
        done = run(hiding, "publish", target, "--maps", place, **s3.environment)
        assert done.returncode == 2, done.stderr
        assert f"the source maps in `{place}` would be served with the release" in done.stderr
    assert not s3.names(prefix)
    beside = run(hiding, "publish", target, "--maps", f"{target}-maps", **s3.environment)
    assert beside.returncode == 0, beside.stderr
    assert s3.names(f"{prefix}-maps") == read_tree(hiding / "build.maps").keys()


def test_publishing_needs_a_target_or_a_place_for_maps(hiding: Path) -> None:
    done = run(hiding, "publish")
    assert (done.returncode, done.stderr.split("\n")[-2]) == (
        2,
        "Error: Missing argument 'TARGET', or the option '--maps'.",
    )
