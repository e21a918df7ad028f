"""Archives of packages: what is in one that npm makes, and all that is refused."""

import gzip
import tarfile
from pathlib import Path

import pytest

from buildassets.errors import PackagesError
from buildassets.packages.archive import unpack
from tests.conftest import read_tree, watchdog
from tests.packages.server import archive, member, tarball

HOSTILE = {
    "a symbolic link": member("package/a", kind=tarfile.SYMTYPE, target="/etc/passwd"),
    "a hard link": member("package/a", kind=tarfile.LNKTYPE, target="package/b"),
    "a folder that climbs": member("package/../a", kind=tarfile.DIRTYPE),
    "a folder beside package": member("other", kind=tarfile.DIRTYPE),
    "a folder for all": member("package/a", kind=tarfile.DIRTYPE, mode=0o1777),
    "a device": member("package/a", kind=tarfile.CHRTYPE),
    "a block device": member("package/a", kind=tarfile.BLKTYPE),
    "a named pipe": member("package/a", kind=tarfile.FIFOTYPE),
    "a name that climbs": member("package/../../a", "x"),
    "a name that climbs at the top": member("../package/a", "x"),
    "an absolute name": member("/package/a", "x"),
    "a name beside package": member("other/a", "x"),
    "package itself": member("package/", "x"),
    "an empty part": member("package//a", "x"),
    "a dot": member("package/./a", "x"),
    "a backslash": member("package/a\\..\\b", "x"),
    "a control character": member("package/a\x1b[2J", "x"),
    "setuid": member("package/a", "x", mode=0o4755),
    "setgid": member("package/a", "x", mode=0o2755),
    "sticky": member("package/a", "x", mode=0o1644),
}


def unpacked(folder: Path, content: bytes) -> dict[str, bytes]:
    (folder / "a.tgz").write_bytes(content)
    (folder / "out").mkdir()
    names = unpack(str(folder / "a.tgz"), str(folder), "out", "a@1.0.0")
    found = read_tree(folder / "out")
    assert tuple(found) == names
    return found


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(PackagesError) as caught:
        unpacked(folder, content)
    return caught.value.diagnostics[0].code


def test_files_below_package_are_unpacked(tmp_path: Path) -> None:
    assert unpacked(tmp_path, tarball({"a.js": "1", "b/c.css": "2"})) == {"a.js": b"1", "b/c.css": b"2"}


@pytest.mark.parametrize("name", ["C:a", "a.js:b", ".. /a", "a./b", "a ", "aux", "lib/com1.css", "conin$"])
def test_a_name_that_windows_takes_for_another_is_refused_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("buildassets.manifest.soundness._IS_WINDOWS", True)
    assert refusal(tmp_path, tarball({name: "x"})) == "package/member"


@pytest.mark.parametrize("name", ["Ä/ß.js", "a\u0301.js", "日本/語.css", "a b.js", "aux.js"])
def test_a_name_of_any_language_is_kept(tmp_path: Path, name: str) -> None:
    assert unpacked(tmp_path, tarball({name: "1"})) == {name: b"1"}


@pytest.mark.parametrize("content", [b"1" * 4000, b"1" * 60_000, b"2 " * 30_000], ids=["4 kB", "60 kB", "no record"])
def test_a_header_that_takes_long_to_read_is_damaged(tmp_path: Path, content: bytes) -> None:
    with watchdog():
        assert refusal(tmp_path, gzip.compress(extended(content) + tar_of("a"))) == "package/damaged"


def test_headers_of_headers_are_damaged(tmp_path: Path) -> None:
    assert refusal(tmp_path, gzip.compress(extended(b"11 a=1\n") * 5000 + tar_of("a"))) == "package/damaged"


def test_a_sparse_file_is_none_of_a_package(tmp_path: Path) -> None:
    header = b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n22 GNU.sparse.name=a\n"
    assert refusal(tmp_path, gzip.compress(extended(header) + tar_of("a"))) == "package/member"


def test_a_long_name_has_its_own_header(tmp_path: Path) -> None:
    name = "folder/" * 40 + "a.js"
    assert unpacked(tmp_path, tarball({name: "1"})) == {name: b"1"}


def extended(content: bytes) -> bytes:
    """An extended header (POSIX pax) with that content."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, len(content)
    return info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)


def tar_of(name: str) -> bytes:
    """The archive of one empty file, not compressed."""
    return gzip.decompress(tarball({name: ""}))


@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o644), (0o666, 0o644), (0o777, 0o755), (0o744, 0o755)])
def test_modes_are_those_of_files_and_programs(tmp_path: Path, mode: int, expected: int) -> None:
    unpacked(tmp_path, tarball({"a": "1"}, mode))
    assert (tmp_path / "out/a").stat().st_mode & 0o7777 == expected


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_member_refuses_the_package(tmp_path: Path, hostile: tuple[tarfile.TarInfo, bytes]) -> None:
    assert refusal(tmp_path, archive([member("package/fine", "x"), hostile])) == "package/member"
    assert set(read_tree(tmp_path)) <= {"a.tgz", "out/fine"}


def test_folders_are_passed_over(tmp_path: Path) -> None:
    folders = (member(name, kind=tarfile.DIRTYPE, mode=0o700) for name in ("package", "package/a", "package/empty/"))
    assert unpacked(tmp_path, archive([*folders, member("package/a/b.js", "1")])) == {"a/b.js": b"1"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a"]
    assert (tmp_path / "out/a").stat().st_mode & 0o777 != 0o700


def test_a_name_that_is_there_twice_refuses_the_package(tmp_path: Path) -> None:
    assert refusal(tmp_path, archive([member("package/a", "1"), member("package/a", "2")])) == "package/member"


def test_a_file_in_the_place_of_a_folder_refuses_the_package(tmp_path: Path) -> None:
    assert refusal(tmp_path, archive([member("package/a", "1"), member("package/a/b", "2")])) == "package/member"


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"", mtime=0), gzip.compress(b"no tar" * 200, mtime=0)],
    ids=["nothing", "no gzip", "an empty gzip", "no tar"],
)
def test_other_bytes_than_an_archive_are_damaged(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == "package/damaged"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_an_archive_that_ends_early_is_damaged(tmp_path: Path, share: float) -> None:
    whole = tarball({"a": bytes(range(256)) * 100, "b": "1"})
    assert refusal(tmp_path, whole[: int(len(whole) * share)]) == "package/damaged"


def test_a_tar_that_ends_early_inside_a_whole_gzip_is_damaged(tmp_path: Path) -> None:
    whole = gzip.decompress(tarball({"a": bytes(5000)}))
    assert refusal(tmp_path, gzip.compress(whole[:2000])) == "package/damaged"


def test_a_header_that_claims_gigabytes_is_damaged(tmp_path: Path) -> None:
    info = tarfile.TarInfo("package/a")
    info.type, info.size = tarfile.XHDTYPE, 1 << 32
    assert refusal(tmp_path, gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096))) == "package/damaged"


def test_an_archive_that_grows_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buildassets.packages.archive._LARGEST_BYTES", 1 << 20)
    assert refusal(tmp_path, tarball({"a": bytes(2 << 20)})) == "package/member"
    assert set(read_tree(tmp_path)) == {"a.tgz"}
