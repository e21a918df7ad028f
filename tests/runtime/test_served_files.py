"""The files of a release by path: all that the manifest names, nothing else, and only what matches it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buildassets.errors import ManifestError
from buildassets.runtime import Assets
from buildassets.runtime.served_files import ServedFiles, normal_origins, opened
from buildassets.runtime.serving import Resource
from tests.conftest import write_tree
from tests.runtime.served import SOURCES, build_release


def change(manifest: Path, edit: Callable[[dict[str, Any]], object]) -> Path:
    """Edit a manifest as another tool would; gives its path."""
    document = json.loads(manifest.read_text())
    edit(document)
    manifest.write_text(json.dumps(document))
    return manifest


def file_of(manifest: Path, name: str) -> Path:
    """Return the path of the file of an asset."""
    file: str = json.loads(manifest.read_text())["assets"][name]["file"]
    return manifest.parent / "assets" / file


def found(served: ServedFiles, *paths: str) -> Resource:
    """Return the file, which has to exist."""
    resource = served.find(*paths)
    assert isinstance(resource, Resource)
    return resource


@pytest.fixture
def manifest(tmp_path: Path, served_manifest: Path) -> Path:
    """A release of one's own."""
    shutil.copytree(served_manifest.parent, tmp_path / "build")
    return tmp_path / "build/manifest.json"


def test_every_asset_is_found_by_its_url_and_not_by_its_name(served: Assets) -> None:
    files = ServedFiles(served)
    for name in SOURCES:
        assert files.find(f"/assets/{name}") is None
    assert len(found(files, served.url("css/app.css")).codings) == 3


def test_types_have_a_charset_where_the_text_cannot_name_it(served: Assets) -> None:
    files = ServedFiles(served)
    types = {name: found(files, served.url(name)).type for name in ("css/app.css", "js/app.js", "fonts/text.woff2")}
    assert [*types.values()] == ["text/css; charset=utf-8", "text/javascript; charset=utf-8", "font/woff2"]


@pytest.mark.parametrize("integrity", ['"none"', '"sha512"'])
def test_every_copy_has_its_own_etag_that_follows_its_bytes(tmp_path: Path, integrity: str) -> None:
    tags = []
    for level in (1, 9):
        manifest = build_release(tmp_path / str(level), compress=f"{{ gzip = {level} }}", integrity=integrity)
        assets = Assets(manifest)
        tags.append(found(ServedFiles(assets), assets.url("css/app.css")).tags)
    assert tags[0][0] == tags[1][0]
    assert len({*tags[0], *tags[1]}) == 3


def test_etags_without_digests_differ_by_coding(manifest: Path) -> None:
    def bare(document: dict[str, Any]) -> None:
        for entry in document["assets"].values():
            entry.pop("digests", None)
            entry.pop("integrity", None)

    assets = Assets(change(manifest, bare))
    assert len({*found(ServedFiles(assets), assets.url("css/app.css")).tags}) == 3


@pytest.mark.parametrize(
    ("url", "prefix", "path"),
    [
        (None, None, "/assets/"),
        ("https://cdn.example.com/static/x", None, "/static/x/"),
        ("https://cdn.example.com", None, "/"),
        ("//cdn.example.com/a", None, "/a/"),
        ("relative/", None, "/relative/"),
        ("/sm%C3%B8r/", None, "/smør/"),
        ("https://cdn.example.com/static/", "/pulled", "/pulled/"),
        (None, "/", "/"),
        (None, "", "/"),
    ],
)
def test_the_prefix_is_the_path_of_the_url(
    served_manifest: Path, url: str | None, prefix: str | None, path: str
) -> None:
    files = ServedFiles(Assets(served_manifest, url=url), prefix)
    name = file_of(served_manifest, "css/app.css").relative_to(served_manifest.parent / "assets").as_posix()
    assert files.find(path + name)
    assert not files.find("/other/" + name)


def test_files_of_earlier_releases_that_are_retained_are_served(manifest: Path) -> None:
    entry = {"file": "css/app.0123456789ab.css", "type": "text/css", "size": 3, "encodings": {"gzip": 2}}
    write_tree(manifest.parent / "assets", {entry["file"]: "old", f"{entry['file']}.gz": "gz"})  # type: ignore[dict-item]
    earlier = {"release": "0" * 64, "superseded": "2026-11-25T10:00:00Z", "assets": {"css/app.css": entry}}
    change(manifest, lambda document: document.update(retained=[earlier]))
    old = found(ServedFiles(Assets(manifest)), f"/assets/{entry['file']}")
    assert (old.representation("gzip").size, old.is_lasting) == (2, True)


def test_retained_file_is_served_next_to_its_successor(tmp_path: Path) -> None:
    urls = []
    for color in ("red", "blue"):
        sheet = f"a {{ color: {color} }}\n" * 50
        assets = Assets(build_release(tmp_path, {"css/app.css": sheet}, retain="{ releases = 2 }"))
        urls.append(assets.url("css/app.css"))
    files = ServedFiles(assets)
    assert [len(found(files, url).codings) for url in urls] == [3, 3]
    assert len({tag for url in urls for tag in found(files, url).tags}) == 6


def damage_delete(path: Path) -> None:
    """Something else removed it."""
    path.unlink()


def damage_cut(path: Path) -> None:
    """The disk was full."""
    path.write_bytes(b"")


def damage_link(path: Path) -> None:
    """Replace the file by a link to another of as many bytes."""
    outside = path.with_name("outside")
    path.rename(outside)
    path.symlink_to(outside)


def damage_folder(path: Path) -> None:
    """Replace the file by a folder."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_delete, "which is not there"),
        (damage_cut, "with [0-9]+ bytes, and it has 0"),
        (damage_link, "which is not a regular file"),
        (damage_folder, "which is not a regular file"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".br"])
def test_file_that_differs_from_the_manifest_ends_the_start(
    manifest: Path, damage: Callable[[Path], None], message: str, suffix: str
) -> None:
    path = file_of(manifest, "css/app.css")
    damage(path.with_name(path.name + suffix))
    with pytest.raises(ManifestError, match=f"names `.*app.*css{suffix}`?,? ?{message}; run `buildassets build` again"):
        ServedFiles(Assets(manifest))


def test_missing_files_are_counted(manifest: Path) -> None:
    shutil.rmtree(manifest.parent / "assets")
    with pytest.raises(ManifestError, match=r"; 5 more of its files do not match it; run"):
        ServedFiles(Assets(manifest))


@pytest.mark.parametrize(
    "fields",
    [
        {"file": "../outside.css"},
        {"file": "/etc/hostname"},
        {"file": "css/../../outside.css"},
        {"file": "css//app.css"},
        {"file": ""},
        {"file": 5},
        {"file": "a\0b"},
        {"size": "3"},
        {"type": "text/css\r\nSet-Cookie: a=b"},
        {"type": None},
        {"encodings": {"gzip": "3"}},
        {"encodings": 3},
    ],
)
def test_a_manifest_that_names_what_no_build_does_is_refused(manifest: Path, fields: dict[str, Any]) -> None:
    write_tree(manifest.parent.parent, {"build/outside.css": "outside", "outside.css": "outside"})
    change(manifest, lambda document: document["assets"]["css/app.css"].update(fields))
    with pytest.raises(ManifestError):
        ServedFiles(Assets(manifest))


@pytest.mark.parametrize("damage", [damage_delete, damage_cut, damage_link, damage_folder])
def test_a_file_that_is_changed_later_is_not_opened(manifest: Path, damage: Callable[[Path], None]) -> None:
    assets = Assets(manifest)
    file = found(ServedFiles(assets), assets.url("css/app.css")).representation("identity")
    damage(file_of(manifest, "css/app.css"))
    assert opened(file) is None


def lead_outside(folder: Path) -> None:
    """Move a folder out of the release, and leave a link to it."""
    outside = folder.parents[2] / f"outside-{folder.name}"
    folder.rename(outside)
    folder.symlink_to(outside)


@pytest.mark.parametrize("folder", ["assets", "assets/css"])
def test_no_file_behind_a_linked_folder_is_served(manifest: Path, folder: str) -> None:
    lead_outside(manifest.parent / folder)
    assets = Assets(manifest)
    with pytest.raises(ManifestError, match=f"and `.*/{folder}` is a link"):
        ServedFiles(assets)
    with pytest.raises(ManifestError, match=r"css`?: its folder `.*` is a symbolic link"):
        assets.inline("css/app.css")


def test_no_file_behind_a_folder_that_is_linked_later_is_opened(manifest: Path) -> None:
    assets = Assets(manifest)
    file = found(ServedFiles(assets), assets.url("css/app.css")).representation("identity")
    lead_outside(manifest.parent / "assets/css")
    assert opened(file) is None


def test_a_release_directory_that_is_a_link_is_served(manifest: Path) -> None:
    current = manifest.parents[1] / "current"
    current.symlink_to("build")
    assets = Assets(current / "manifest.json")
    descriptor = opened(found(ServedFiles(assets), assets.url("css/app.css")).representation("identity"))
    assert descriptor is not None
    os.close(descriptor)


@pytest.mark.parametrize("seconds", [-5.0, 0.0, 2**40])
def test_impossible_date_of_a_file_is_not_sent_as_a_future_one(manifest: Path, seconds: float) -> None:
    path = file_of(manifest, "css/app.css")
    os.utime(path, (seconds, seconds))
    assets = Assets(manifest)
    assert 0 <= found(ServedFiles(assets), assets.url("css/app.css")).modified < 2**33


def test_files_follow_the_manifest_in_development(tmp_path: Path) -> None:
    manifest = build_release(tmp_path)
    assets = Assets(manifest, reload=True)
    files, old = ServedFiles(assets), assets.url("css/app.css")
    build_release(tmp_path, {"css/app.css": "a { color: blue }"})
    assert files.find(assets.url("css/app.css"))
    assert not files.find(old)


def test_broken_manifest_leaves_the_earlier_files_in_development(tmp_path: Path) -> None:
    manifest = build_release(tmp_path)
    assets = Assets(manifest, reload=True)
    files, url = ServedFiles(assets), assets.url("css/app.css")
    change(manifest, lambda document: document["assets"]["css/app.css"].update(encodings=3))
    assert files.find(url)
    manifest.write_text("{")
    assert files.find(url)
    manifest.unlink()
    assert files.find(url)


def test_a_plain_file_is_served_unchanged_on_request(manifest: Path) -> None:
    entry = {"plain": True, "file": "index.html", "type": "text/html", "size": 9, "digests": {}}
    change(manifest, lambda document: document["assets"].update({"index.html": entry}))
    files = ServedFiles(Assets(manifest), headers=lambda path, entry: {"X-Path": path})
    assert files.find("/assets/index.html") is None
    tags = set()
    for text in ("one", "three"):
        write_tree(manifest.parent, {"assets/index.html": text})
        page = found(files, "/assets/index.html")
        assert (page.type, page.sizes, page.is_lasting) == ("text/html", (len(text),), False)
        assert page.headers == (("X-Path", "index.html"),)
        tags.add(page.tags)
    assert len(tags) == 2


def test_file_of_the_watcher_is_served_in_development_while_it_exists(manifest: Path) -> None:
    change(manifest, lambda document: document.update(livereload="livereload.json"))
    files = ServedFiles(Assets(manifest, reload=True))
    assert files.find("/assets/livereload.json") is None
    write_tree(manifest.parent, {"assets/livereload.json": "{}"})
    assert not found(files, "/assets/livereload.json").is_lasting
    assert found(files, "/assets/livereload.json").sizes == (2,)


def test_file_of_the_watcher_is_not_served_in_production(manifest: Path) -> None:
    change(manifest, lambda document: document.update(livereload="livereload.json"))
    write_tree(manifest.parent, {"assets/livereload.json": "{}"})
    with pytest.warns(RuntimeWarning, match="release for development"):
        assets = Assets(manifest)
    assert ServedFiles(assets).find("/assets/livereload.json") is None


def test_origins_are_those_that_browsers_send() -> None:
    assert normal_origins("*") == {"*"}
    assert normal_origins(["https://example.com", "http://localhost:8000"]) == {
        "https://example.com",
        "http://localhost:8000",
    }


@pytest.mark.parametrize("name", ["example.com", "https://example.com/", "https://", "", "null", "https://a\r\nb: c"])
def test_invalid_origin_is_rejected(name: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        normal_origins([name])


def test_a_delta_is_found_with_its_file_and_has_to_be_there(manifest: Path) -> None:
    dictionary, file = "A" * 43 + "=", file_of(manifest, "css/app.css")
    listed = {dictionary: {"size": 5, "digest": "B" * 43 + "="}}
    change(manifest, lambda document: document["assets"]["css/app.css"].update(deltas=listed))
    change(manifest, lambda document: document.update(dictionaries=True))
    with pytest.raises(ManifestError, match=r"000000000000\.dcz`, which is not there"):
        ServedFiles(Assets(manifest))
    file.with_name(f"{file.name}.000000000000.dcz").write_bytes(b"delta")
    assets = Assets(manifest)
    deltas = found(ServedFiles(assets), assets.url("css/app.css")).deltas
    assert deltas is not None
    assert deltas[dictionary].path == f"{file}.000000000000.dcz"
