"""The watches that run for a project: processes by their command lines (proc_pid_cmdline(5)).

Takes a folder, gives the numbers of processes; none where there is no /proc.
"""

import os
from typing import Final

_PROC: Final = "/proc"
_OPTION: Final = b"--with-assets"


def watchers_of(folder: str) -> list[int]:
    """The processes of this user that watch the project in `folder`, without those that they started themselves."""
    found = {process: parent for process, parent in _parents().items() if _watches(process, folder)}
    return sorted(process for process, parent in found.items() if parent not in found)


def _parents() -> dict[int, int]:
    """All processes, with their parents."""
    found: dict[int, int] = {}
    try:
        names = [name for name in os.listdir(_PROC) if name.isdigit()]
    except OSError:
        return {}
    for name in names:
        status = _read(name, "stat")
        fields = status[status.rfind(b")") + 1 :].split()  # the name before may have blanks
        if len(fields) > 1:
            found[int(name)] = int(fields[1])
    return found


def _watches(process: int, folder: str) -> bool:
    """Whether its command is a watch, and its working directory the project or a folder in it."""
    words = _read(str(process), "cmdline").split(b"\0")
    if not (_is_watch(words) or (b"runserver" in words and _OPTION in words)):
        return False
    try:
        where = os.readlink(f"{_PROC}/{process}/cwd")
    except OSError:
        return False
    return where == os.path.realpath(folder)


def _is_watch(words: list[bytes]) -> bool:
    """Whether the words are `… buildassets [OPTION] watch …`, before a `--`."""
    own = words[: words.index(b"--")] if b"--" in words else words
    at = next((number for number, word in enumerate(own) if os.path.basename(word) == b"buildassets"), None)
    return at is not None and b"watch" in own[at + 1 :][:1]


def _read(process: str, name: str) -> bytes:
    try:
        with open(f"{_PROC}/{process}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""
