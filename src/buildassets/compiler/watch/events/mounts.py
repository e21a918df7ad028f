"""Which folders lie on mounts where the system does not report changes by other machines or by its host.

Takes absolute paths. Reads /proc/self/mountinfo (proc_pid_mountinfo(5)); without that file no folder counts as one.
"""

import os
import re
from collections.abc import Iterable
from typing import Final

from buildassets.foundation.frozen import frozen

_MOUNTINFO: Final = "/proc/self/mountinfo"
_SILENT: Final = frozenset(
    (
        *("9p", "drvfs", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "prl_vzfs", "fakeowner"),  # of virtual machines
        *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "ncpfs"),
        "fuse",
    )
)
# These show files of this machine, which change only through them.
_OF_THIS_MACHINE: Final = frozenset(
    f"fuse.{name}" for name in ("fuse-overlayfs", "overlayfs", "gocryptfs", "cryfs", "encfs", "mergerfs", "unionfs")
)
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")


@frozen
class SilentMount:
    """A mount whose changes are not all reported: its path, and the kernel's name of its type."""

    path: str
    type: str


def silent_mount(folders: Iterable[str], mountinfo: str = _MOUNTINFO) -> SilentMount | None:
    """The mount of the first of `folders` whose changes the system does not report, if there is one."""
    mounts = _mounts(mountinfo)
    if not any(_is_silent(kind) for kind in mounts.values()):
        return None  # as on most machines, which need no `realpath`
    for folder in sorted(folders):
        path = os.path.realpath(folder)
        while path not in mounts and path != os.path.dirname(path):
            path = os.path.dirname(path)
        if _is_silent(mounts.get(path, "")):
            return SilentMount(path, mounts[path])
    return None


def _is_silent(kind: str) -> bool:
    return kind in _SILENT or (kind.startswith("fuse.") and kind not in _OF_THIS_MACHINE)


def _mounts(mountinfo: str) -> dict[str, str]:
    """The types of mounts by path. Of several at one path the last counts: it hides the others."""
    try:
        with open(mountinfo, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
    except OSError:
        return {}
    return dict(_mount(line) for line in lines if " - " in line)


def _mount(line: str) -> tuple[str, str]:
    """The path and the type of the mount in a line of mountinfo; spaces in the path are octal escapes."""
    place, _, what = line.partition(" - ")
    path = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), place.split(" ")[4])
    return path, what.split(" ")[0]
