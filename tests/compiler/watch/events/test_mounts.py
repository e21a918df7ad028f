from pathlib import Path

import pytest

from buildassets.compiler.watch.events.mounts import SilentMount, silent_mount

# As WSL, Docker and others have it: proc_pid_mountinfo(5).
LINE = "{number} 1 0:{number} / {path} rw,relatime shared:{number} master:2 - {kind} source rw\n"


@pytest.fixture
def mountinfo(tmp_path: Path) -> Path:
    return tmp_path / "mountinfo"


def mounted(mountinfo: Path, *mounts: tuple[str, str]) -> str:
    lines = (LINE.format(number=number, path=path, kind=kind) for number, (path, kind) in enumerate(mounts, 20))
    mountinfo.write_text("".join(lines))
    return str(mountinfo)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "virtiofs", "vboxsf", "drvfs", "prl_fs", "fuse.sshfs", "fuse"])
def test_mounts_of_other_machines_are_known_by_their_type(mountinfo: Path, kind: str) -> None:
    table = mounted(mountinfo, ("/", "ext4"), ("/none/of/ours", kind))
    assert silent_mount(["/none/of/ours/site/assets"], table) == SilentMount("/none/of/ours", kind)
    assert silent_mount(["/none/of/theirs", "/none/of/ours2"], table) is None


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "overlay", "tmpfs", "fuseblk", "fuse.fuse-overlayfs"])
def test_file_system_of_this_machine_is_not_a_silent_mount(mountinfo: Path, kind: str) -> None:
    assert silent_mount(["/none/of/ours"], mounted(mountinfo, ("/", kind), ("/mnt", "nfs"))) is None


def test_the_nearest_mount_decides_and_of_those_at_one_place_the_last(mountinfo: Path) -> None:
    table = mounted(
        mountinfo, ("/none", "nfs"), ("/none/disk", "ext4"), ("/none/disk/c", "ext4"), ("/none/disk/c", "9p")
    )
    assert silent_mount(["/none/disk/a"], table) is None
    assert silent_mount(["/none/disk/a", "/none/disk/c/d"], table) == SilentMount("/none/disk/c", "9p")


def test_names_that_are_escaped_are_understood(mountinfo: Path) -> None:
    table = mounted(mountinfo, ("/none/of\\040ours", "cifs"))
    assert silent_mount(["/none/of ours/a"], table) == SilentMount("/none/of ours", "cifs")


def test_links_are_followed(mountinfo: Path, tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "share")
    table = mounted(mountinfo, (str(tmp_path / "share"), "nfs"))
    assert silent_mount([str(tmp_path / "site")], table) == SilentMount(str(tmp_path / "share"), "nfs")


def test_without_a_table_nothing_is_known(mountinfo: Path) -> None:
    assert silent_mount(["/"], str(mountinfo)) is None
