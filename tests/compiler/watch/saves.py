"""How editors save a file: the system calls that they make, in their order. Those of vim 9.1 are what strace shows.

Each takes the path and the new content; the folder `elsewhere` of the same file system is outside of the project.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

Save = Callable[[Path, bytes, Path], None]


def _written(path: Path, content: bytes, mode: str = "wb", *, is_synced: bool = False) -> None:
    with path.open(mode) as file:
        file.write(content)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)


def in_place(path: Path, content: bytes, _: Path) -> None:
    """VS Code, nano: the file is cut to nothing and written."""
    _written(path, content)


def in_pieces(path: Path, content: bytes, _: Path) -> None:
    """A program that takes its time between cutting the file to nothing and closing it."""
    with path.open("wb", buffering=0) as file:
        time.sleep(0.03)
        file.write(content[: len(content) // 2])
        time.sleep(0.03)
        file.write(content[len(content) // 2 :])


def vim(path: Path, content: bytes, _: Path) -> None:
    """vim with `backupcopy=no`: the old file becomes the backup, and a new one takes its name."""
    _vim_probe(path)
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    _written(path, content, "xb", is_synced=True)
    backup.unlink()


def vim_copying(path: Path, content: bytes, _: Path) -> None:
    """vim with `backupcopy=yes`: the old content is copied, the file is written in place."""
    _vim_probe(path)
    backup = path.with_name(path.name + "~")
    _written(backup, path.read_bytes(), "xb")
    backup.chmod(0o644)
    _written(path, content, is_synced=True)
    backup.unlink()


def vim_with_backups_elsewhere(path: Path, content: bytes, elsewhere: Path) -> None:
    """vim with `backupcopy=no` and a `backupdir`: the old file leaves the folder."""
    _vim_probe(path)
    path.rename(elsewhere / (path.name + "~"))
    _written(path, content, "xb", is_synced=True)


def _vim_probe(path: Path) -> None:
    """vim has its swap file, and with `backupcopy=auto` tries whether it can make a file in the folder."""
    _written(path.with_name(f".{path.name}.swp"), b"b0VIM 9.1")
    probe = path.with_name("4913")
    os.close(os.open(probe, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644))
    probe.chmod(0o644)
    probe.unlink()


def emacs(path: Path, content: bytes, _: Path) -> None:
    """Emacs: a lock that is a link to nowhere, and the old file renamed to be the backup, which stays."""
    lock = path.with_name(f".#{path.name}")
    lock.symlink_to("someone@somewhere.1234:5678")
    path.rename(path.with_name(path.name + "~"))
    _written(path, content, "xb", is_synced=True)
    lock.unlink()


def jetbrains(path: Path, content: bytes, _: Path) -> None:
    """PyCharm and its kind with "safe write": the new file is written beside the old one, then both are renamed."""
    new, old = path.with_name(path.name + "___jb_tmp___"), path.with_name(path.name + "___jb_old___")
    _written(new, content, "xb")
    path.rename(old)
    new.rename(path)
    old.unlink()


def atomic(path: Path, content: bytes, _: Path) -> None:
    """gedit, Kate, Sublime Text: a new file beside the old one, then moved over that."""
    new = path.with_name(f".goutputstream-{path.name}")
    _written(new, content, "xb", is_synced=True)
    new.replace(path)


def sed(path: Path, content: bytes, _: Path) -> None:
    """`sed -i`: as before, with a name that could be an asset's."""
    new = path.with_name("sedXy12Zw")
    _written(new, content, "xb")
    new.replace(path)


def moved_here(path: Path, content: bytes, elsewhere: Path) -> None:
    """A tool that writes into a folder for temporary files, and moves the result."""
    new = elsewhere / path.name
    _written(new, content)
    new.replace(path)


def anew(path: Path, content: bytes, _: Path) -> None:
    """A tool that deletes the file and writes it anew a moment later."""
    path.unlink()
    time.sleep(0.005)
    _written(path, content, "xb")


SAVES: tuple[Save, ...] = (
    in_place,
    in_pieces,
    vim,
    vim_copying,
    vim_with_backups_elsewhere,
    emacs,
    jetbrains,
    atomic,
    sed,
    moved_here,
    anew,
)
