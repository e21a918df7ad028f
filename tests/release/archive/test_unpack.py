import gzip
import os
import random
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import zstandard

from buildassets.errors import BuildAssetsError, ReleaseError
from buildassets.foundation.permission import BUILDING
from buildassets.release.archive.unpack import unpack
from tests.conftest import read_tree, write_tree
from tests.release.conftest import TINY, build_release
from tests.release.hostile import TAR_END, ZipFile, long_name, pax, tar_member, zip_of

CSS = b"a { color: tan }\n"


def unpacked(archive: Path, destination: Path, *, replaces: bool = False) -> dict[str, bytes]:
    """The files that come out of an archive."""
    unpack(str(archive), archive.name, str(destination), destination.name, replaces=replaces, permission=BUILDING)
    return read_tree(destination)


Refused: TypeAlias = Callable[[bytes], str]
Files: TypeAlias = dict[str, bytes]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Tries to unpack an archive; return the code of the error, when nothing has been written anywhere."""
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)

    def code(content: bytes) -> str:
        (tmp_path / "archive").write_bytes(content)
        with pytest.raises(BuildAssetsError) as caught:
            unpack(str(tmp_path / "archive"), "archive", str(folder / "build"), "build", permission=BUILDING)
        assert sorted(read_tree(tmp_path)) == ["archive"]
        assert list(folder.iterdir()) == []
        return caught.value.diagnostics[0].code

    return code


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a small release."""
    return read_tree(build_release(tmp_path_factory.mktemp("tiny"), TINY))


def tar_of(files: Files) -> bytes:
    """The members of an honest tar, without its end."""
    return b"".join(tar_member(name.encode(), content) for name, content in files.items())


def zip_files(files: Files) -> list[ZipFile]:
    return [ZipFile(name.encode(), content) for name, content in files.items()]


def test_a_packed_release_is_unpacked_unchanged(built_release: Path, packed: Path, tmp_path: Path) -> None:
    assert unpacked(packed, tmp_path / "new/folders/build") == read_tree(built_release)
    assert sorted(path.name for path in (tmp_path / "new/folders").iterdir()) == ["build"]


def test_new_files_have_the_permissions_that_any_new_file_has(packed: Path, tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        unpacked(packed, tmp_path / "build")
    finally:
        os.umask(mask)
    modes = {oct(path.stat().st_mode & 0o7777) for path in (tmp_path / "build").rglob("*") if path.is_file()}
    assert modes == {"0o640"}
    assert oct((tmp_path / "build").stat().st_mode & 0o7777) == "0o750"


def test_an_empty_folder_is_filled(built_release: Path, packed: Path, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    assert unpacked(packed, tmp_path / "build") == read_tree(built_release)


@pytest.mark.parametrize("kind", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_other_programs_are_unpacked(built_release: Path, tmp_path: Path, kind: int) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz", format=kind) as tar:
        tar.add(built_release, ".", recursive=False)
        for path in sorted(built_release.rglob("*")):
            tar.add(path, f"./{path.relative_to(built_release)}", recursive=False)
    assert unpacked(tmp_path / "a.tgz", tmp_path / "build") == read_tree(built_release)


def test_zips_of_other_programs_are_unpacked(built_release: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "a"), "zip", built_release)
    assert unpacked(tmp_path / "a.zip", tmp_path / "build") == read_tree(built_release)


@pytest.mark.parametrize("is_64", [False, True])
def test_a_zip_with_descriptors_and_large_numbers_comes_out(tiny: Files, tmp_path: Path, is_64: bool) -> None:
    files = [ZipFile(name.encode(), content, has_descriptor=True) for name, content in tiny.items()]
    (tmp_path / "a.zip").write_bytes(zip_of(files, is_64=is_64))
    assert unpacked(tmp_path / "a.zip", tmp_path / "build") == tiny


def test_long_names_come_out(built_release: Path, tmp_path: Path) -> None:
    members = (
        (long_name(name.encode()) + tar_member(b"x", content)) if number % 2 else pax_member(name, content)
        for number, (name, content) in enumerate(read_tree(built_release).items())
    )
    (tmp_path / "a.tar").write_bytes(b"".join(members) + TAR_END)
    assert unpacked(tmp_path / "a.tar", tmp_path / "build") == read_tree(built_release)


def pax_member(name: str, content: bytes) -> bytes:
    return pax({"mtime": b"1.5", "path": name.encode(), "size": b"%d" % len(content)}) + tar_member(b"x", content)


LINKS = {
    "a symbolic link": tar_member(b"assets/link", kind=b"2", link=b"/etc/passwd"),
    "a hard link": tar_member(b"assets/link", kind=b"1", link=b"manifest.json"),
    "a long link": long_name(b"/etc/" + b"x" * 200, b"K") + tar_member(b"assets/link", kind=b"2"),
    "a link in pax": pax({"linkpath": b"/etc/passwd"}) + tar_member(b"assets/link", kind=b"2"),
    "a character device": tar_member(b"assets/null", kind=b"3"),
    "a block device": tar_member(b"assets/disk", kind=b"4"),
    "a named pipe": tar_member(b"assets/pipe", kind=b"6"),
    "a sparse file": tar_member(b"assets/sparse", kind=b"S", magic=b"ustar  \0"),
    "a sparse file in pax": pax({"GNU.sparse.major": b"1"}) + tar_member(b"assets/sparse", b"x"),
    "a header for all": tar_member(b"pax", b"16 path=../../x\n", b"g"),
    "a continued volume": tar_member(b"assets/more", kind=b"M"),
}


@pytest.mark.parametrize("member", LINKS.values(), ids=LINKS)
def test_special_files_in_a_tar_are_refused(refused: Refused, tiny: Files, member: bytes) -> None:
    assert refused(member + tar_of(tiny) + TAR_END) == "archive/member"
    assert refused(tar_of(tiny) + member + TAR_END) == "archive/member"


NAMES = {
    "absolute": b"/etc/passwd",
    "climbing": b"assets/../../outside.css",
    "climbing at once": b"../outside.css",
    "dots inside": b"assets/./a.css",
    "no name": b"assets//a.css",
    "a NUL": b"assets/a.css\0.txt",
    "a folder as a file": b"assets",
    "twice": b"manifest.json",
    "other case": b"MANIFEST.json",
    "other case of a folder": b"Manifest.JSON/a.css",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_that_no_release_has_are_refused_in_a_tar(refused: Refused, tiny: Files, name: bytes) -> None:
    plain = tar_member(name, CSS) if len(name) < 100 else b""
    for member in (plain, pax({"path": name}) + tar_member(b"x", CSS), long_name(name) + tar_member(b"x", CSS)):
        assert refused(tar_of(tiny) + member + TAR_END) == "archive/name"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_that_no_release_has_are_refused_in_a_zip(refused: Refused, tiny: Files, name: bytes) -> None:
    assert refused(zip_of([*zip_files(tiny), ZipFile(name, CSS)])) == "archive/name"


def test_names_that_differ_in_composition_only_are_refused(refused: Refused, tiny: Files) -> None:
    names = ("assets/caf\u00e9.css", "assets/cafe\u0301.css")
    members = b"".join(tar_member(name.encode(), CSS) for name in names)
    assert refused(tar_of(tiny) + members + TAR_END) == "archive/name"


def test_a_prefix_is_part_of_a_name(refused: Refused, tiny: Files) -> None:
    assert refused(tar_of(tiny) + tar_member(b"x.css", CSS, prefix=b"../..") + TAR_END) == "archive/name"


SIZES = {
    "negative": b"\xff" * 12,
    "no digits": b"0000000000x\0",
    "more than there is": b"77777777777\0",
    "binary, and more than there is": b"\x80" + b"\0" * 3 + b"\xff" * 8,
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_sizes_that_are_not_the_truth_are_refused_in_a_tar(refused: Refused, tiny: Files, size: bytes) -> None:
    assert refused(tar_of(tiny) + tar_member(b"assets/a.css", CSS, size=size) + TAR_END) == "archive/damaged"


def test_a_size_in_pax_that_is_not_the_truth_is_refused(refused: Refused, tiny: Files) -> None:
    for size in (b"-1", b"99999999999999999999", b"9" * 30, b"0x10", b"1" + b"0" * 15):
        assert refused(tar_of(tiny) + pax({"size": size}) + tar_member(b"x", CSS) + TAR_END) == "archive/damaged"


DAMAGED_PAX = (
    b"5 a=b",
    b"99 path=x\n",
    b"x path=x\n",
    b"-9 path=x\n",
    b"0 path=x\n",
    b"7 path\n",
    b"10 path=x\0",
    b"11",
)


@pytest.mark.parametrize("content", DAMAGED_PAX)
def test_an_extended_header_that_means_nothing_is_refused(refused: Refused, tiny: Files, content: bytes) -> None:
    assert refused(tar_of(tiny) + tar_member(b"pax", content, b"x") + tar_member(b"x") + TAR_END) == "archive/damaged"


def test_a_header_without_its_file_is_refused(refused: Refused, tiny: Files) -> None:
    assert refused(tar_of(tiny) + pax({"path": b"x"}) + TAR_END) == "archive/damaged"


def test_a_comment_for_all_files_as_git_writes_it_is_ignored(tiny: Files, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar_member(b"pax", b"14 comment=12\n", b"g") + tar_of(tiny) + TAR_END)
    assert unpacked(tmp_path / "a.tar", tmp_path / "build") == tiny


def test_bytes_after_the_end_of_a_tar_are_refused(refused: Refused, tiny: Files) -> None:
    assert refused(tar_of(tiny) + TAR_END + tar_member(b"assets/a.css", CSS) + TAR_END) == "archive/damaged"


def test_an_endless_extended_header_is_not_read(refused: Refused, tiny: Files) -> None:
    for kind in (b"x", b"L"):
        header = tar_member(b"pax", kind=kind, size=b"%011o\0" % (1 << 30))
        assert refused(gzip.compress(tar_of(tiny) + header + bytes(1 << 20))) == "archive/bomb"


def test_many_extended_headers_of_one_file_are_refused(refused: Refused, tiny: Files) -> None:
    assert refused(tar_of(tiny) + pax({"path": b"x"}) * 9 + tar_member(b"x") + TAR_END) == "archive/bomb"


def test_extended_headers_of_many_files_are_limited_together(refused: Refused, tiny: Files) -> None:
    one = pax({"comment": b"x" * 65_000}) + tar_member(b"assets/", kind=b"5")
    assert refused(gzip.compress(one * 1100 + tar_of(tiny) + TAR_END, 1)) == "archive/bomb"


def test_files_that_the_manifest_does_not_name_are_refused(refused: Refused, tiny: Files) -> None:
    more = {**tiny, "assets/more.css": CSS}
    assert refused(tar_of(more) + TAR_END) == refused(zip_of(zip_files(more))) == "verify/extra"


def test_files_that_the_manifest_names_must_be_present(refused: Refused, tiny: Files) -> None:
    fewer = dict(list(tiny.items())[1:])
    assert refused(tar_of(fewer) + TAR_END) == refused(zip_of(zip_files(fewer))) == "verify/missing"


def test_every_content_must_match_the_manifest(refused: Refused, tiny: Files) -> None:
    for name in set(tiny) - {"manifest.json"}:
        other = {**tiny, name: tiny[name][::-1]}
        assert refused(tar_of(other) + TAR_END) == refused(zip_of(zip_files(other))) == "verify/changed"


def test_an_archive_without_a_manifest_is_refused(refused: Refused) -> None:
    assert refused(tar_member(b"assets/a.css", CSS) + TAR_END) == refused(zip_of([])) == "archive/manifest"


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", bytes(512), b"x" * 2000]
)
def test_other_files_than_archives_are_refused(refused: Refused, content: bytes) -> None:
    assert refused(content) in ("archive/damaged", "archive/manifest")


ODD_ZIPS = {
    "a symbolic link": ZipFile(b"assets/link", b"/etc/passwd", mode=0o120777),
    "a device": ZipFile(b"assets/null", mode=0o020666),
    "encrypted": ZipFile(b"assets/a.css", CSS, flags=1),
    "compressed in another way": ZipFile(b"assets/a.css", CSS, method=12),
}


@pytest.mark.parametrize("file", ODD_ZIPS.values(), ids=ODD_ZIPS)
def test_special_files_in_a_zip_are_refused(refused: Refused, tiny: Files, file: ZipFile) -> None:
    assert refused(zip_of([file, *zip_files(tiny)])) == "archive/member"


def test_a_zip_that_names_a_file_in_two_ways_is_refused(refused: Refused, tiny: Files) -> None:
    name, content = next(iter(tiny.items()))
    others = zip_files({other: tiny[other] for other in tiny if other != name})
    lying = ZipFile(b"../../../outside.css", content, central_name=name.encode())
    assert refused(zip_of([lying, *others])) == "archive/damaged"


def test_files_that_share_their_data_are_refused(refused: Refused, tiny: Files) -> None:
    shared = [ZipFile(b"assets/%d.css" % number, CSS, shares_data_with=0) for number in range(3)]
    assert refused(zip_of([ZipFile(b"assets/a.css", CSS), *shared, *zip_files(tiny)])) == "archive/bomb"


def test_a_size_in_a_zip_that_is_not_the_truth_is_refused(refused: Refused, tiny: Files) -> None:
    for name, content in tiny.items():
        others = [file for file in zip_files(tiny) if file.name != name.encode()]
        lying = ZipFile(name.encode(), content + bytes(10_000_000), size=len(content))
        assert refused(zip_of([lying, *others])) in ("archive/damaged", "verify/changed")


LIMITED = """
from resource import RLIMIT_AS, RLIMIT_FSIZE, setrlimit
from buildassets.release.archive.write import pack_folder
from buildassets.release.archive.unpack import unpack
from buildassets.foundation.permission import BUILDING
setrlimit(RLIMIT_AS, (1 << 28, 1 << 28))
setrlimit(RLIMIT_FSIZE, (9999, 9999))
unpack("bomb", "bomb", "build", "build", permission=BUILDING)
"""


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, tiny: Files) -> None:
    """In a process that may not have more memory, and write more, than it needs: of 4 GB of zeros none is kept."""
    zeros = gzip.compress(bytes(1 << 24), mtime=0)
    with (tmp_path / "bomb").open("wb") as file:
        huge = tar_member(b"assets/huge.css", size=b"\x80" + (4 << 30).to_bytes(11, "big"))
        file.write(gzip.compress(tar_of(tiny) + huge, mtime=0))
        for _ in range(256):
            file.write(zeros)
    done = subprocess.run([sys.executable, "-c", LIMITED], cwd=tmp_path, capture_output=True, text=True)
    assert "ReleaseError: `bomb` holds more than 100 times its size" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bomb"]


def test_zstd_that_makes_too_much_of_too_little_is_refused(refused: Refused) -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(tar_member(b"a", size=b"77777777777\0") + bytes(1 << 28))
    assert len(bomb) < 30_000
    assert refused(bomb) == "archive/bomb"


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_archive_is_unpacked_right_or_refused(packed: Path, tmp_path: Path, seed: int) -> None:
    seeded, content = random.Random(seed), packed.read_bytes()
    expected = read_tree(tmp_path / "right") or unpacked(packed, tmp_path / "right")
    for number in range(60):
        spoilt = bytearray(content)
        for _ in range(seeded.randrange(1, 4)):
            place = seeded.choice([seeded.randrange(len(content)), -seeded.randrange(1, 400)])
            spoilt[place : place + seeded.randrange(3)] = seeded.randbytes(seeded.randrange(3))
        packed.write_bytes(spoilt)
        destination = tmp_path / f"out/{number}"
        try:
            assert unpacked(packed, destination) == expected
        except BuildAssetsError:
            assert not destination.exists()


def test_a_folder_that_is_there_is_left_alone(packed: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / "build", {"notes.txt": "mine"})
    for replaces, code in ((False, "unpack/exists"), (True, "unpack/foreign")):
        with pytest.raises(ReleaseError) as caught:
            unpacked(packed, tmp_path / "build", replaces=replaces)
        assert caught.value.diagnostics[0].code == code
        assert read_tree(tmp_path / "build") == {"notes.txt": b"mine"}


def test_a_file_that_is_there_is_left_alone(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "build").write_text("mine")
    for replaces in (False, True):
        with pytest.raises(ReleaseError):
            unpacked(packed, tmp_path / "build", replaces=replaces)
    assert (tmp_path / "build").read_text() == "mine"


def test_a_release_takes_the_place_of_another(built_release: Path, packed: Path, tmp_path: Path) -> None:
    earlier = build_release(tmp_path, {**TINY, "assets/old/folder/x.css": CSS.decode()})
    assert unpacked(packed, earlier, replaces=True) == read_tree(built_release)
    assert not (earlier / "assets/old").exists()


def test_a_release_takes_the_place_of_itself(built_release: Path, packed: Path, tmp_path: Path) -> None:
    unpacked(packed, tmp_path / "build")
    assert unpacked(packed, tmp_path / "build", replaces=True) == read_tree(built_release)


@pytest.mark.parametrize("folder", ["assets", "assets/css"])
def test_nothing_is_written_or_removed_behind_a_linked_folder(packed: Path, tmp_path: Path, folder: str) -> None:
    earlier = build_release(tmp_path, {**TINY, "assets/css/x.css": CSS.decode()})
    (earlier / folder).rename(tmp_path / "outside")
    (earlier / folder).symlink_to(tmp_path / "outside")
    before = read_tree(tmp_path)
    with pytest.raises(ReleaseError) as caught:
        unpacked(packed, earlier, replaces=True)
    assert caught.value.diagnostics[0].message == f"`build/{folder}` is a symbolic link, and not followed"
    assert read_tree(tmp_path) == before


def test_a_damaged_archive_takes_the_place_of_nothing(packed: Path, tmp_path: Path) -> None:
    earlier = build_release(tmp_path, TINY)
    before = read_tree(tmp_path / "build")
    packed.write_bytes(packed.read_bytes()[:-700])
    with pytest.raises(BuildAssetsError):
        unpacked(packed, earlier, replaces=True)
    assert read_tree(tmp_path / "build") == before


def test_foreign_files_in_a_release_stay_when_it_is_replaced(packed: Path, tmp_path: Path) -> None:
    earlier = write_tree(build_release(tmp_path, TINY), {"assets/mine.txt": "mine"})
    assert unpacked(packed, earlier, replaces=True)["assets/mine.txt"] == b"mine"


def test_a_zip_with_a_name_of_no_characters_is_refused(refused: Refused, tiny: Files) -> None:
    assert refused(zip_of([*zip_files(tiny), ZipFile(b"", CSS)])) == "archive/name"
