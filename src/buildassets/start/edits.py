"""Edits of text files: made, shown as a diff, and written.

An edit keeps all other lines, the line ends and the permissions of its file.
"""

import os
import stat
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from difflib import unified_diff

from buildassets.disk.files import bytes_at, whole_file
from buildassets.disk.folders import make_folders
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.frozen import frozen


@frozen
class FileEdit:
    """The new text of the file `file`, relative to the project; `before` is None for a new file."""

    file: str
    before: str | None
    after: str

    def diff(self) -> list[str]:
        """The lines of the difference, as `diff -u` shows them."""
        old = "/dev/null" if self.before is None else f"a/{self.file}"
        before, after = (self.before or "").splitlines(), self.after.splitlines()
        return [line.rstrip("\n") for line in unified_diff(before, after, old, f"b/{self.file}", lineterm="")]


@frozen
class ByHand:
    """Lines to write into `file` by hand, empty where it is not known; `why` and where they belong is in `place`."""

    file: str
    place: str
    lines: tuple[str, ...]


@frozen
class Insertion:
    """A `text` to insert into a line, at a line and a column as `ast` counts them: from 1, and bytes of UTF-8 from 0.

    Without a `column`, it is lines to insert above that line.
    """

    line: int
    text: str
    column: int | None = None


def inserted(text: str, insertions: Iterable[Insertion]) -> str:
    """`text` with all `insertions`, which count in the text as it was; those at one place in their order."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    for one in sorted(enumerate(insertions), key=_last_first):
        _insert(lines, one[1], end)
    return "\n".join(lines)


def _last_first(numbered: tuple[int, Insertion]) -> tuple[int, int, int]:
    number, one = numbered
    return -one.line, 1 if one.column is None else -one.column, -number


def _insert(lines: list[str], one: Insertion, end: str) -> None:
    if one.column is None:
        new = one.text.split("\n")
        lines[one.line - 1 : one.line - 1] = [line + end.rstrip("\n") for line in new]
        return
    written = lines[one.line - 1].encode("utf-8")
    lines[one.line - 1] = (written[: one.column] + one.text.encode("utf-8") + written[one.column :]).decode("utf-8")


def appended(text: str, lines: Sequence[str]) -> str:
    """`text` with `lines` at its end."""
    end = "\r\n" if "\r\n" in text else "\n"
    begin = text if not text or text.endswith("\n") else text + end
    return begin + "".join(line + end for line in lines)


def write(folder: str, edits: Iterable[FileEdit]) -> None:
    """Write the files, each by a rename. Raises ConfigError for one that cannot be written."""
    for one in edits:
        path = os.path.realpath(os.path.join(folder, *one.file.split("/")))
        if one.before is None and os.path.exists(path):
            message, hint = f"`{one.file}` is there, and cannot be read as text", "see to it, and run this again"
            raise ConfigError([error("init/write", message, Location(one.file), hint=hint)])
        try:
            _write(path, _mark(path) + one.after.encode("utf-8"))
        except OSError as fault:
            message = f"cannot write `{one.file}`: {reason_text(fault)}"
            hint = "see to its permissions, and run this again: what is written already stays as it is"
            raise ConfigError([error("init/write", message, Location(one.file), hint=hint)]) from None


def _mark(path: str) -> bytes:
    """The byte order mark with which a file that is there begins; its text was read without."""
    return BOM_UTF8 if (bytes_at(path) or b"").startswith(BOM_UTF8) else b""


def _write(path: str, content: bytes) -> None:
    make_folders(os.path.dirname(path))
    mode = stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else None
    with whole_file(path) as file:
        file.write(content)
    if mode is not None:
        os.chmod(path, mode)
