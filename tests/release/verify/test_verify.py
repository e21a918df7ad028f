import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.errors import BuildAssetsError, ReleaseError
from buildassets.manifest.model import MANIFEST_NAME, Manifest, dumps, loads
from buildassets.release.archive.read import Form
from buildassets.release.archive.write import pack_folder
from buildassets.release.verify.verify import Verified, verified
from tests.conftest import read_tree, write_tree
from tests.manifests import signed
from tests.release.conftest import SITE, TINY, build_release


def is_whole(path: Path) -> bool:
    """Whether the release at `path` verifies."""
    try:
        return verified(str(path), path.name).report.is_clean
    except BuildAssetsError:
        return False


def code_of(path: Path) -> str:
    """Why the release at `path` cannot be compared with its manifest."""
    with pytest.raises(ReleaseError) as caught:
        verified(str(path), path.name)
    return caught.value.diagnostics[0].code


def test_some_flipped_bytes_are_found(release: Path, packed: Path) -> None:
    seeded = random.Random(str(packed))
    for path in [packed, *seeded.sample([path for path in release.rglob("*") if path.is_file()], 5)]:
        content = path.read_bytes()
        for place in seeded.sample(range(len(content)), min(len(content), 4)):
            path.write_bytes(flipped(content, place))
            assert not is_whole(packed if path == packed else release), (path, place)
        path.write_bytes(content)
    assert is_whole(release)


def test_an_unchanged_release_is_whole(built_release: Path) -> None:
    assert is_whole(built_release)


def test_an_unchanged_archive_is_whole(packed: Path) -> None:
    assert is_whole(packed)


def flipped(content: bytes, place: int) -> bytes:
    """`content` with another byte at `place`, each time differing in other bits."""
    return content[:place] + bytes([content[place] ^ (1 + place % 255)]) + content[place + 1 :]


@pytest.mark.parametrize("size", [0, 1, 511, 512, 1024, -1, -512, -513, -1024, -1025])
def test_an_archive_that_was_cut_off_is_not_whole(packed: Path, size: int) -> None:
    content = packed.read_bytes()
    packed.write_bytes(content[:size])
    assert not is_whole(packed)


@pytest.mark.parametrize("more", [b"\0", bytes(512), bytes(10240), b"x", b"PK\x05\x06" + bytes(18)])
def test_an_archive_with_bytes_after_its_end_is_not_whole(packed: Path, more: bytes) -> None:
    packed.write_bytes(packed.read_bytes() + more)
    assert not is_whole(packed)


def test_missing_files_are_named(release: Path) -> None:
    names = sorted(name for name in read_tree(release) if name.startswith("assets/css/"))
    shutil.rmtree(release / "assets/css")
    report = verified(str(release), "build").report
    assert (list(report.missing), report.changed, report.extra) == (names, {}, ())


def test_changed_files_are_named_with_their_change(release: Path) -> None:
    short, other = (next(release.glob(f"assets/{name}")) for name in ("css/app.*.css", "js/app.*.js.br"))
    short.write_bytes(short.read_bytes()[:-1])
    other.write_bytes(other.read_bytes()[::-1])
    report = verified(str(release), "build").report
    size = short.stat().st_size
    assert report.changed == {
        short.relative_to(release).as_posix(): f"it has {size} bytes instead of {size + 1}",
        other.relative_to(release).as_posix(): "its content is another",
    }
    assert (report.missing, report.extra) == ((), ())


@pytest.mark.parametrize("name", ["notes.txt", "assets/a.css", "assets/css/.hidden", ".new-killed/0", "new/folder/x"])
def test_unlisted_files_are_named(release: Path, name: str) -> None:
    write_tree(release, {name: "x"})
    assert verified(str(release), "build").report.extra == (name,)


def test_a_link_in_place_of_a_file_is_a_change(release: Path, tmp_path: Path) -> None:
    file = next(release.glob("assets/css/app.*.css"))
    file.rename(tmp_path / "elsewhere.css")
    file.symlink_to(tmp_path / "elsewhere.css")
    report = verified(str(release), "build").report
    assert list(report.changed.values()) == ["it is a symbolic link"]


def test_a_link_in_place_of_a_folder_is_not_followed(release: Path, tmp_path: Path) -> None:
    (release / "assets/css").rename(tmp_path / "css")
    (release / "assets/css").symlink_to(tmp_path / "css")
    report = verified(str(release), "build").report
    assert report.extra == ("assets/css",)
    assert len(report.missing) == len(list((tmp_path / "css").iterdir()))


def test_a_release_directory_may_be_a_link_itself(release: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(release)
    assert is_whole(tmp_path / "current")


def test_retained_files_are_verified(tmp_path: Path) -> None:
    files = {**TINY, "buildassets.toml": "[retain]\nreleases = 2\nhours = 1\n"}
    build_release(tmp_path, files)
    folder = build_release(tmp_path, {**files, "assets/a.css": "a { color: red }\n" * 6})
    first, second = sorted(folder.glob("assets/a.*.css"))
    assert is_whole(folder)
    for path in (first, second):
        content = path.read_bytes()
        path.write_bytes(content[::-1])
        assert list(verified(str(folder), "build").report.changed) == [path.relative_to(folder).as_posix()]
        path.write_bytes(content)


def test_deltas_are_verified(tmp_path: Path) -> None:
    files = {**TINY, "buildassets.toml": 'compress = ["dcz"]\n[retain]\nreleases = 2\n'}
    numbers = "".join(f"a{number * number} {{ left: {number}px }}\n" for number in range(200))
    build_release(tmp_path, {**files, "assets/a.css": numbers})
    folder = build_release(tmp_path, {**files, "assets/a.css": f"{numbers}b {{ left: 0 }}"})
    assert is_whole(folder)
    (delta,) = folder.rglob("*.dcz")
    delta.write_bytes(delta.read_bytes()[:-1] + b"\0")
    assert list(verified(str(folder), "build").report.changed) == [delta.relative_to(folder).as_posix()]


def test_a_manifest_in_another_layout_is_refused(release: Path) -> None:
    path = release / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text())))
    assert code_of(release) == "verify/manifest"


@pytest.mark.parametrize("name", ["../outside.css", "/etc/passwd", "a//b", "a/./b", "a\0b"])
def test_a_manifest_that_names_files_elsewhere_is_refused(release: Path, name: str) -> None:
    _edit(release, lambda manifest: next(iter(manifest["assets"].values())).update(file=name))
    assert code_of(release) == "verify/manifest"


@pytest.mark.parametrize(
    "values",
    [{"size": -1}, {"size": "1"}, {"integrity": "md5-AAAA"}, {"integrity": "sha256-%"}, {"digests": {"identity": 1}}],
    ids=str,
)
def test_a_manifest_with_meaningless_values_is_refused(release: Path, values: dict[str, object]) -> None:
    _edit(release, lambda manifest: next(iter(manifest["assets"].values())).update({"integrity": None, **values}))
    assert code_of(release) == "verify/manifest"


def _edit(release: Path, change: Callable[[dict[str, dict[str, dict[str, object]]]], None]) -> None:
    """Change the manifest, and write it as a build would."""
    path = release / MANIFEST_NAME
    document = json.loads(path.read_text())
    change(document)
    path.write_bytes(signed(document))


def without_digests(release: Path) -> Verified:
    """Verify the release as an older version wrote it."""
    path = release / MANIFEST_NAME
    manifest = loads(path.read_text())
    assets = {name: replace(entry, digests={}) for name, entry in manifest.assets.items()}
    path.write_text(dumps(Manifest(manifest.version, manifest.engines, manifest.url, assets)))
    return verified(str(release), "build")


def test_copies_without_digests_are_decompressed(release: Path) -> None:
    assert without_digests(release).report.is_clean
    for copy in release.glob("assets/css/app.*.css.*"):
        content = copy.read_bytes()
        copy.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert list(verified(str(release), "build").report.changed) == [copy.relative_to(release).as_posix()]
        copy.write_bytes(content)


def test_a_folder_without_a_manifest_is_not_a_release(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "verify/none"


def test_files_of_a_watch_are_not_extra(tmp_path: Path) -> None:
    from tests.building import build, load_config

    build(load_config(start=str(write_tree(tmp_path, SITE))), mode="development")
    assert is_whole(tmp_path / "build")
    write_tree(tmp_path, {"build/assets/livereload.json": "{}"})
    assert is_whole(tmp_path / "build")


def test_deltas_to_earlier_files_are_files_of_the_release(tmp_path: Path, form: Form) -> None:
    config = 'compress = ["gzip", "dcz"]\n[retain]\n'
    text = "".join(f"a{number} {{ top: {number * 7919}px }}\n" for number in range(200))
    for edited in (text, text + "b { top: 1px }\n"):
        folder = build_release(tmp_path, {"buildassets.toml": config, "assets/app.css": edited})
    (delta,) = folder.rglob("*.dcz")
    pack_folder(str(folder), "build", str(tmp_path / "a"), form)
    assert is_whole(folder)
    assert is_whole(tmp_path / "a")
    delta.write_bytes(flipped(delta.read_bytes(), 60))
    assert not is_whole(folder)
