"""Edits of text files: made, shown as a diff, and written.

An edit keeps all other lines, the line ends and the permissions of its file.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher, unified_diff

from buildassets.disk.files import bytes_at, rewrite
from buildassets.disk.folders import make_folders
from buildassets.disk.removal import remove_path
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import OWN
from buildassets.project.files import encoding_of


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

    def by_hand(self, why: str = "") -> "Iterator[ByHand]":
        """The same as lines to write, each block with its place in the file. No edit depends on `.gitignore`."""
        optional = self.file == ".gitignore"
        if self.before is None:
            yield ByHand(self.file, why or "a new file", tuple(self.after.splitlines()), optional)
            return
        before, after = self.before.splitlines(), self.after.splitlines()
        for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind != "equal":
                place = f"in place of line {start + 1}" + (f" to {end}" if end > start + 1 else "")
                if kind == "insert":
                    place = f"below line {start}, `{before[start - 1].strip()}`" if start else "at the beginning"
                yield ByHand(self.file, f"{why}, {place}" if why else place, tuple(after[first:last]), optional)


@frozen
class ByHand:
    """Lines to write into `file` by hand, empty where it is not known; `place` names where they belong.

    Edits depend on lines that are not `optional`: without these lines, pages would fail.
    """

    file: str
    place: str
    lines: tuple[str, ...]
    optional: bool = False


@frozen
class Insertion:
    """A `text` to insert into a line, at a line and a column as `ast` counts them: from 1, and bytes of UTF-8 from 0.

    Without a `column`, it is lines to insert above that line. With an `end`, it replaces what is up to that column.
    """

    line: int
    text: str
    column: int | None = None
    end: int | None = None


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
    behind = written[one.column if one.end is None else one.end :]
    lines[one.line - 1] = (written[: one.column] + one.text.encode("utf-8") + behind).decode("utf-8")


def appended(text: str, lines: Sequence[str]) -> str:
    """`text` with `lines` at its end."""
    end = "\r\n" if "\r\n" in text else "\n"
    begin = text if not text or text.endswith("\n") else text + end
    return begin + "".join(line + end for line in lines)


def write(folder: str, edits: Sequence[FileEdit], patch: str, check: Callable[[], object] = bool) -> None:
    """Write the file `patch`, which `git apply -R` takes to restore all others, and then these, each by a rename.

    Raises ConfigError for one that cannot be written, or where the `check` of all does. Then, and after an interrupt,
    all files are as they were.
    """
    changes = {change.path: change for change in (_change(folder, one) for one in edits)}.values()
    text = "".join(map(_patch, changes)).encode("utf-8", "surrogateescape")
    path = os.path.join(folder, *patch.split("/"))
    written: list[_Written] = []
    try:
        for one in (_Written(patch, path, bytes_at(path), text), *changes):
            written.append(one)
            make_folders(os.path.dirname(one.path))
            rewrite(one.path, one.after)
        check()
    except OSError as fault:
        left = [*_restore(folder, written)]
        message = f"cannot write `{one.name}`: {reason_text(fault)}"
        hint = "check its permissions and the room on the disk, and run this again: all files are as they were"
        if left:
            hint = f"restore {', '.join(f'`{name}`' for name in left)} from your version control: that failed here, too"
        raise ConfigError([error("init/write", message, Location(one.name), hint=hint)]) from None
    except BaseException:
        list(_restore(folder, written))
        raise


def _change(folder: str, edit: FileEdit) -> "_Written":
    """What is to be written for `edit`. Raises ConfigError for a file that is not as it was when `edit` was made."""
    path = os.path.realpath(os.path.join(folder, *edit.file.split("/")))
    if edit.before is None and os.path.exists(path):
        message, hint = f"`{edit.file}` is there, and cannot be read as text", "check it, and run this again"
        raise ConfigError([error("init/write", message, Location(edit.file), hint=hint)])
    before = bytes_at(path)
    if edit.before is not None and (before is None or before.decode(encoding_of(path, before)) != edit.before):
        message, hint = f"`{edit.file}` has changed meanwhile: nothing is written", "run this again"
        raise ConfigError([error("init/write", message, Location(edit.file), hint=hint)])
    name = os.path.relpath(path, os.path.realpath(folder)).replace(os.sep, "/")  # git does not write through links
    return _Written(name, path, before, edit.after.encode(encoding_of(path, before or b"")))


@frozen
class _Written:
    """The file `name` at `path` that is written, with its bytes `before`, None for a new one, and `after`."""

    name: str
    path: str
    before: bytes | None
    after: bytes


def _restore(folder: str, written: Sequence[_Written]) -> Iterator[str]:
    """Remove new files, which makes room, and restore changed ones; the names of those that cannot be restored."""
    for one in sorted(written, key=lambda one: one.before is not None):
        try:
            if one.before is None and os.path.isfile(one.path):
                remove_path(os.path.realpath(folder), one.path, permission=OWN)
            elif one.before is not None and bytes_at(one.path) != one.before:
                rewrite(one.path, one.before)
        except OSError:
            yield one.name


def _patch(one: _Written) -> str:
    """The difference with its line ends; git takes its paths from the working directory, as it has no line of git's."""
    old = "/dev/null" if one.before is None else f"a/{one.name}"
    texts = (content.decode("utf-8", "surrogateescape") for content in (one.before or b"", one.after))
    before, after = (text.split("\n") for text in texts)
    lines = [*unified_diff(_ended(before), _ended(after), old, f"b/{one.name}")]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _ended(lines: list[str]) -> list[str]:
    """The lines with their ends; the last one has none, and is left out if it is empty."""
    return [*(f"{line}\n" for line in lines[:-1]), *filter(None, lines[-1:])]
