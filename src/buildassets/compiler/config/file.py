"""Finds and reads the configuration file.

Takes a folder or a file's name, gives a TOML document; raises ConfigError for a file that cannot be read. Imports
the vocabulary and `toml_table`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from buildassets.compiler.config.toml_table import Document, parse
from buildassets.disk.files import small_content_of
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, place, reason_text, warning
from buildassets.foundation.measures import size_text
from buildassets.foundation.nearest import nearest
from buildassets.programs.places import foreign_file_fault

FILE_NAMES: Final = ("buildassets.toml", "pyproject.toml")


def relative_to(folder: str, path: str) -> str:
    """The absolute `path` relative to `folder`, with slashes; unchanged if it is on another drive of Windows."""
    with suppress(ValueError):
        path = os.path.relpath(path, folder)
    return path.replace(os.sep, "/")


def search(start: str, *, looks_above: bool = True) -> tuple[str | None, Document]:
    """The nearest configuration file and its content; None and an empty document if there is none.

    Unless it `looks_above`, only the folder `start` is searched. Raises ConfigError, also for a file of another user.
    """
    folder = start
    while True:
        for name in FILE_NAMES:
            path = os.path.join(folder, name)
            if not os.path.lexists(path):
                continue
            refuse_foreign(path, start, concerns=_is_ours)
            if document := _document(path, relative_to(start, path)):
                return path, document
        parent = os.path.dirname(folder)
        if parent == folder or not looks_above:
            return None, Document({})
        folder = parent


def refuse_foreign(path: str, start: str, *, concerns: Callable[[str], bool]) -> None:
    """Raise ConfigError if `path`, found from `start` upward, may not decide what runs, and the file `concerns` us."""
    if (fault := foreign_file_fault(path, start, relative_to(start, path))) and concerns(path):
        raise ConfigError([fault])


def search_in(folder: str) -> str | None:
    """The name of the configuration file in `folder`; None if it has none. It need not be valid."""
    for name in FILE_NAMES:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and _is_ours(path):
            return name
    return None


def _is_ours(path: str) -> bool:
    if os.path.basename(path) == FILE_NAMES[0]:
        return True
    try:
        return _document(path, path) is not None
    except ConfigError:  # the build of the project reports it
        return True


def working_directory() -> str:
    """The folder to which paths of the command line are relative. Raises ConfigError if it has been removed."""
    try:
        return os.getcwd()
    except OSError as fault:
        message = f"cannot find the working directory: {reason_text(fault)}"
        raise ConfigError([error("config/unreadable", message, hint="change to a folder that exists")]) from None


def candidates(start: str, found: str | None, *, looks_above: bool = False) -> Iterator[str]:
    """The absolute paths that `search` tries before `found`, and both of the folder of `found`.

    If `found` is None, only the paths in the folder `start` are given, and those above it if it `looks_above`.
    """
    folder = start
    while True:
        paths = [os.path.join(folder, name) for name in FILE_NAMES]
        yield from paths
        if found in paths or (found is None and not looks_above) or folder == (folder := os.path.dirname(folder)):
            return


def ignored_table(found: str, start: str) -> Iterator[Diagnostic]:
    """Report the table of ours that is ignored because `search` from `start` has `found` another file next to it."""
    path = os.path.join(os.path.dirname(found), FILE_NAMES[1])
    if found == path or not os.path.lexists(path):
        return
    with suppress(ConfigError):
        if document := _document(path, relative_to(start, path)):
            message = f"`[tool.buildassets]` is ignored: the configuration is `{relative_to(start, found)}`"
            yield warning("config/ignored", message, document.locate_key(()), hint="keep one of the two")


def read_named(file: str, start: str) -> Document:
    """The content of the `file` that the user named; raises ConfigError if it has no table of ours."""
    document = _document(os.path.join(start, file), file)
    if document is None:
        message = f"`{file}` has no table `[tool.buildassets]`"
        hint = "add the table, or name another file with `--config`"
        raise ConfigError([error("config/no-table", message, Location(file), hint=hint)])
    return document


def _document(path: str, shown: str) -> Document | None:
    """The TOML file at `path`; None for a `pyproject.toml` without our table, which then need not even be TOML."""
    text = read_text(path, shown)
    if os.path.basename(path) != "pyproject.toml":
        return Document(parse(text, shown), text, shown)
    if "buildassets" not in text:
        return None
    tools = parse(text, shown).get("tool")
    if not isinstance(tools, dict) or "buildassets" not in tools:
        return None
    whole = Document(tools, text, shown, ("tool",))
    values = whole.table.take("buildassets")
    if not whole.table.is_one_of((dict,), values, "buildassets"):
        raise ConfigError(whole.faults)
    return Document(values, text, shown, ("tool", "buildassets"))


def read_text(path: str, shown: str) -> str:
    """The text of the file at `path`, its line ends LF, without a BOM. Raises ConfigError."""
    try:
        content = small_content_of(path, MOST_SETTINGS_BYTES)
    except OSError as fault:
        message = f"cannot read `{shown}`: {reason_text(fault)}"
        raise ConfigError([error("config/unreadable", message, Location(shown), hint=_readable(path, shown))]) from None
    if content is None:
        message = f"`{shown}` has {size_text(MOST_SETTINGS_BYTES)} or more"
        hint = "remove from it what does not configure the build"
        raise ConfigError([error("config/unreadable", message, Location(shown), hint=hint)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ConfigError([_encoding_error(content, fault, shown)]) from None
    return text.replace("\r\n", "\n")


def _readable(path: str, shown: str) -> str:
    """The hint for the file at `path`, shown as `shown`, which cannot be read."""
    folder, name = os.path.split(path)
    if os.path.isdir(path):
        folder, name = path, FILE_NAMES[0]
    try:
        files = [entry.name for entry in os.scandir(folder) if entry.is_file() and entry.name.endswith(".toml")]
    except OSError:
        files = []
    if not os.path.lexists(path) or os.path.isdir(path):
        near = nearest(name, files)
        beside = shown if os.path.isdir(path) else os.path.dirname(shown)
        return f"did you mean `{os.path.join(beside, near)}`?" if near else "name a file that exists"
    return "check its permissions, or name another file with `--config`"


def _encoding_error(content: bytes, fault: UnicodeDecodeError, shown: str) -> Diagnostic:
    before = content.removeprefix(b"\xef\xbb\xbf")[: fault.start].decode("utf-8", "replace")
    line_before = before[before.rfind("\n") + 1 :]
    where = place(shown, before.count("\n") + 1, len(line_before) + 1, line_before + "\ufffd")
    return error("config/encoding", f"`{shown}` is not UTF-8", where, hint="save the file as UTF-8")
