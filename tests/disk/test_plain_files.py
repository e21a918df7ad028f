"""Only files are opened, whatever stands at a name."""

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.disk.files import content_of
from buildassets.disk.plain_files import plain


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """Ends a test that waits for a writer."""

    def waited(*_: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, waited)
    signal.setitimer(signal.ITIMER_REAL, 60)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def special(kind: str, folder: Path) -> str:
    """The path of something that is no file."""
    path = str(folder / kind)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{short}/s")
            os.rename(f"{short}/s", path)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "link":
        os.mkfifo(f"{path}.pipe")
        os.symlink(f"{path}.pipe", path)
    return "/dev/zero" if kind == "device" else path


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("pipe", "it is a named pipe and no file"),
        ("link", "it is a named pipe and no file"),
        ("socket", "it is a socket and no file"),
        ("device", "it is a device and no file"),
        ("folder", "Is a directory"),
    ],
)
def test_only_regular_files_are_opened(kind: str, what: str, tmp_path: Path) -> None:
    path = special(kind, tmp_path)
    for read in (plain, content_of):
        with pytest.raises(OSError, match=what) as caught:
            read(path)
        assert caught.value.filename == path


def test_a_file_is_opened_as_ever(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with open(plain(str(tmp_path / "a"))) as file:
        assert file.read() == "x"
        assert not os.get_inheritable(file.fileno())


def test_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        plain(str(tmp_path / "a"))
