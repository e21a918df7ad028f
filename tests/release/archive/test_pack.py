import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from buildassets.disk.codings import unzstd
from buildassets.errors import ReleaseError
from buildassets.manifest.model import Manifest
from buildassets.release.archive.pack import pack
from buildassets.release.archive.read import FORMS, Form
from buildassets.release.archive.write import pack_folder
from buildassets.release.inventory.inventory import Copied, Expected, Inventory
from tests.conftest import find_tool, read_tree, write_tree
from tests.release.conftest import SITE, build_release

DAY_ONE = (1980, 1, 1, 0, 0, 0)


def tar_of(archive: Path) -> bytes:
    """The tar in an archive, decompressed by those whose business that is."""
    content = archive.read_bytes()
    if archive.name.endswith(".gz"):
        return gzip.decompress(content)
    if archive.name.endswith(".zst"):
        with archive.open("rb") as file:
            return b"".join(unzstd(file))
    return content


def contents_of(archive: Path) -> Mapping[str, bytes]:
    """The content of an archive as the standard library reads it."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    with tarfile.open(fileobj=io.BytesIO(tar_of(archive))) as tar:
        files = {member.name: tar.extractfile(member) for member in tar}
        return {name: file.read() for name, file in files.items() if file}


def test_an_archive_holds_the_release_and_nothing_else(built_release: Path, packed: Path) -> None:
    assert contents_of(packed) == read_tree(built_release)


def test_names_are_sorted_and_the_manifest_is_behind_what_it_names(packed: Path) -> None:
    names = list(contents_of(packed))
    assert names == sorted(names)
    assert names[-1] == "manifest.json"


@pytest.mark.parametrize("form", [form for form in FORMS if form != "zip"])
def test_owners_modes_and_times_are_fixed_in_a_tar(packed: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(tar_of(packed))) as tar:
        looks = {(one.uid, one.gid, one.uname, one.gname, one.mode, one.mtime, one.type) for one in tar}
    assert looks == {(0, 0, "", "", 0o644, 315532800, tarfile.REGTYPE)}


def test_modes_and_times_are_fixed_in_a_zip(built_release: Path, tmp_path: Path) -> None:
    pack_folder(str(built_release), "build", str(tmp_path / "a.zip"), "zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        looks = {(one.external_attr >> 16, one.date_time, one.create_system, one.extra) for one in opened.infolist()}
        assert looks == {(0o100644, DAY_ONE, 3, b"")}
        assert opened.testzip() is None


def test_a_file_is_packed_as_its_precompressed_copy_where_the_form_can(built_release: Path, tmp_path: Path) -> None:
    pack_folder(str(built_release), "build", str(tmp_path / "a.zip"), "zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        sizes = {one.filename: (one.compress_type, one.compress_size) for one in opened.infolist()}
    copied = [name for name in sizes if f"{name}.gz" in sizes]
    assert copied
    for name in copied:
        assert sizes[name] == (zipfile.ZIP_DEFLATED, sizes[f"{name}.gz"][1] - len("header 10, trailer"))


def test_zstd_copies_are_stored_unchanged_in_a_zst(tmp_path: Path) -> None:
    release = build_release(tmp_path, {**SITE, "buildassets.toml": 'compress = ["zstd"]'})
    pack_folder(str(release), "build", str(tmp_path / "a.tar.zst"), "tar.zst")
    assert contents_of(tmp_path / "a.tar.zst") == read_tree(release)
    (copy, *_) = release.glob("assets/css/*.zst")
    assert (tmp_path / "a.tar.zst").read_bytes().count(copy.read_bytes()) == 2


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ("tar", ["tar", "-xf"]),
        ("tar.gz", ["tar", "-xzf"]),
        ("tar.zst", ["tar", "--zstd", "-xf"]),
        ("zip", ["unzip", "-q"]),
    ],
)
def test_common_programs_unpack_it(built_release: Path, tmp_path: Path, form: Form, command: list[str]) -> None:
    find_tool(command[0])
    if form == "tar.zst":
        find_tool("zstd")
    pack_folder(str(built_release), "build", str(tmp_path / f"a.{form}"), form)
    (tmp_path / "x").mkdir()
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*command, f"../a.{form}"], cwd=tmp_path / "x", env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert read_tree(tmp_path / "x") == read_tree(built_release)


def test_files_that_the_manifest_does_not_name_are_not_packed(release: Path, tmp_path: Path, form: Form) -> None:
    write_tree(release, {"notes.txt": "mine", "assets/css/old.0123456789ab.css": "a {}"})
    (release / "assets/link.css").symlink_to("css")
    first = pack_folder(str(release), "build", str(tmp_path / "a"), form)
    for name in ("notes.txt", "assets/css/old.0123456789ab.css", "assets/link.css"):
        (release / name).unlink()
    assert pack_folder(str(release), "build", str(tmp_path / "b"), form) == first


def test_modes_times_and_the_order_of_making_do_not_matter(built_release: Path, tmp_path: Path, form: Form) -> None:
    first = pack_folder(str(built_release), "build", str(tmp_path / "a"), form)
    for name, content in sorted(read_tree(built_release).items(), reverse=True):
        write_tree(tmp_path / "other", {name: content})
        os.chmod(tmp_path / "other" / name, 0o600)
        os.utime(tmp_path / "other" / name, (1, 1))
    assert pack_folder(str(tmp_path / "other"), "other", str(tmp_path / "b"), form) == first


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda path: path.write_bytes(b"b" + path.read_bytes()[1:]), "verify/changed"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\n"), "verify/changed"),
        (lambda path: path.unlink(), "verify/missing"),
        (lambda path: path.rename(f"{path}.0") and path.symlink_to(f"{path.name}.0"), "verify/changed"),
        (lambda path: path.parent.rename(f"{path.parent}.0") and path.parent.symlink_to("css.0"), "verify/changed"),
    ],
    ids=["changed", "longer", "missing", "a link", "a linked folder"],
)
def test_files_that_differ_from_the_manifest_are_not_packed(
    release: Path, tmp_path: Path, form: Form, spoil: object, code: str
) -> None:
    assert callable(spoil)
    spoil(next(release.glob("assets/css/app.*.css")))
    with pytest.raises(ReleaseError) as caught:
        pack_folder(str(release), "build", str(tmp_path / "a"), form)
    assert [found.code for found in caught.value.diagnostics] == [code]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build"]


def test_a_copy_of_something_else_is_not_packed(tmp_path: Path) -> None:
    """Such as a manifest names whose copies were exchanged before it was written."""
    other = gzip.compress(b"a { color: red }\n" * 20, mtime=0)
    release = _with_copy(tmp_path, other)
    for form in ("tar.gz", "zip"):
        with pytest.raises(ReleaseError) as caught:
            pack_folder(str(release), "build", str(tmp_path / "a"), form)
        assert [found.code for found in caught.value.diagnostics] == ["verify/copy"]


@pytest.mark.parametrize("trailing", [b"\0", gzip.compress(b"", mtime=0)], ids=["a byte", "a member"])
def test_a_copy_with_something_behind_it_is_not_packed(tmp_path: Path, trailing: bytes) -> None:
    release = _with_copy(tmp_path, gzip.compress(TEXT, mtime=0) + trailing)
    with pytest.raises(ReleaseError, match="not a gzip copy"):
        pack_folder(str(release), "build", str(tmp_path / "a"), "zip")


TEXT = b"a { color: tan }\n" * 20


def _with_copy(tmp_path: Path, copy: bytes) -> Path:
    """A release with a file, and with `copy` as what its manifest takes for the copy."""
    from base64 import b64encode
    from hashlib import sha256

    from buildassets.manifest.model import Entry, Manifest, dumps

    def in_base64(content: bytes) -> str:
        return b64encode(sha256(content).digest()).decode()

    entry = Entry(
        file="a.0123456789ab.css",
        type="text/css",
        size=len(TEXT),
        encodings={"gzip": len(copy)},
        digests={"identity": in_base64(TEXT), "gzip": in_base64(copy)},
    )
    manifest = dumps(Manifest("0", {}, "/assets/", {"a.css": entry}))
    files: dict[str, str | bytes] = {"manifest.json": manifest, f"assets/{entry.file}": TEXT}
    return write_tree(tmp_path / "made", {**files, f"assets/{entry.file}.gz": copy})


def test_names_that_differ_in_case_only_are_not_packed(tmp_path: Path, form: Form) -> None:
    release = build_release(tmp_path, {"buildassets.toml": "", "assets/A.txt": "same", "assets/a.txt": "same"})
    with pytest.raises(ReleaseError, match="would overwrite"):
        pack_folder(str(release), "build", str(tmp_path / "a"), form)


def test_a_name_that_is_not_utf8_fits_into_a_tar(tmp_path: Path) -> None:
    release = build_release(tmp_path, {"buildassets.toml": "", "assets/caf\udce9.txt": "latin"})
    pack_folder(str(release), "build", str(tmp_path / "a.tar"), "tar")
    assert contents_of(tmp_path / "a.tar") == read_tree(release)


def test_a_name_that_is_not_utf8_fits_into_no_zip(tmp_path: Path) -> None:
    release = build_release(tmp_path, {"buildassets.toml": "", "assets/caf\udce9.txt": "latin"})
    with pytest.raises(ReleaseError, match="not UTF-8"):
        pack_folder(str(release), "build", str(tmp_path / "a.zip"), "zip")


def test_an_archive_is_there_whole_or_not_at_all(release: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    archive.write_bytes(b"the archive of before")
    shutil.rmtree(release / "assets/js")
    with pytest.raises(ReleaseError):
        pack_folder(str(release), "build", str(archive), "tar")
    assert archive.read_bytes() == b"the archive of before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "build"]


class _Fixed:
    """See pack.Contents. Names and sizes alone: what is large has no content, so that it needs no disk."""

    def chunks(self, name: str) -> Iterable[bytes]:
        return [name.encode("utf-8", "surrogateescape") * 900]

    def copy(self, name: str) -> Iterable[bytes]:
        return self.chunks(name)

    def checksum(self, name: str) -> int:
        return len(name)


FIXED_FILES = {
    "assets/a.css": Expected(10_800, copies={"gzip": "assets/a.css.gz", "zstd": "assets/a.css.zst"}),
    "assets/a.css.gz": Expected(13_500, copy_of=Copied("assets/a.css", "gzip")),
    "assets/a.css.zst": Expected(14_400, copy_of=Copied("assets/a.css", "zstd")),
    "assets/caf\u00e9 \u2603.png": Expected(18_900),
    f"assets/{'deep/' * 30}{'long' * 24}.bin": Expected(0),
    f"assets/{'deep/' * 50}{'long' * 30}.bin": Expected(1),
    "assets/large.bin": Expected(3 << 30),
    "assets/larger.bin": Expected(5 << 30),
    "assets/largest.bin": Expected(9 << 30),
    "manifest.json": Expected(513),
}
FIXED_DIGESTS = {
    "tar": "e5855e1434e57c543337b25345e7bc1079c3499ab55f7a941186049afd33c5cd",
    "tar.gz": "0040df6d5ae7b6e98f43fbd8e808595f754305e8e31fd5bd8ca000c2e24a44fd",
    "tar.zst": "30ef472c07b83b08ff25affd00ab43db234095a27f8879091e32a37e44dc96e6",
    "zip": "a958f05587360fe12ae444c4200bd2b519ff771c59cbffe03d35b91166520e02",
}


def test_every_version_writes_the_same_bytes(form: Form) -> None:
    written = hashlib.sha256()
    files = dict(FIXED_FILES)
    if form != "zip":
        files["assets/\udce9.txt"] = Expected(2)
    pack(Inventory(Manifest("0", {}, "/assets/", {}), b"", files), _Fixed(), form, written.update)
    assert written.hexdigest() == FIXED_DIGESTS[form]
