"""What a build said when it had nothing to do: the same command says it again for as long as that is so.

It is told by the looks of all files that decided the build, those of the configuration included, and of all that it
left. Loaded before everything else, as reading the command line and the configuration takes longer than this: so it
imports next to nothing, not even what parses JSON.
"""

import os
import sys
from array import array
from time import monotonic
from zlib import crc32

from buildassets._version import __version__
from buildassets.cli.ci import annotation_form
from buildassets.compiler.cache.folder import BUILDS, DEFAULT_FOLDER, FOLDER_VARIABLE
from buildassets.compiler.cache.stamps import stamps_of
from buildassets.compiler.cache.toolchain import environment
from buildassets.plain_files import plain

TYPE_CHECKING = False  # what `typing` has; loading that takes a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOLDER_OPTION = "--cache-dir"
_FILE_OPTION = "--config"
_VERB = "build"


def said_again() -> bool:
    """Whether this command has nothing to do, and has said so."""
    started = monotonic()
    if sys.argv[1:2] != [_VERB]:
        return False
    try:
        key = _key()
    except OSError:  # the working directory is gone, which others have to tell
        return False
    text = _recalled(_path(_cache_folder(), key), key)
    if text is None:
        return False
    if text != "\n":
        try:
            sys.stderr.write(text.replace("\n", f", {monotonic() - started:.2f} s\n"))
        except OSError as fault:
            from buildassets.cli.output import end_without_stderr

            end_without_stderr(fault)
    return True


def keep(cache_folder: str, names: "Iterable[str]", numbers: "array[int]", said: str) -> None:
    """Keep what this command `said`, all but the time, for as long as the files `names` look as these `numbers` say.

    `said` is empty where it said nothing.
    """
    from buildassets.files import write_whole

    key = _key()
    encoded = "\0".join(names).encode("utf-8", "surrogatepass")
    parts = (key, said.encode("utf-8", "surrogatepass") + b"\n", encoded, numbers.tobytes())
    content = b" ".join(b"%d" % len(part) for part in parts) + b"\n" + b"".join(parts)
    write_whole(_path(cache_folder, key), b"%08x\n" % crc32(content) + content)


def _recalled(path: str, key: bytes) -> str | None:
    """What is kept at `path` for that command, if all files still look the same."""
    try:
        with open(plain(path), "rb") as file:
            checksum, _, content = file.read().partition(b"\n")
    except OSError:
        return None
    if checksum != b"%08x" % crc32(content):
        return None
    try:
        kept_key, printed, names, looks = _parts(content)
        text = printed.decode("utf-8", "surrogatepass")
        if kept_key != key or stamps_of(names.decode("utf-8", "surrogatepass").split("\0")).tobytes() != looks:
            return None
    except ValueError:  # nothing that `keep` has written
        return None
    is_plain = text.removesuffix("\n").isprintable() and "::" not in text and "##" not in text
    return text if is_plain else None  # else it would command the terminal, or the CI service


def _parts(content: bytes) -> "Iterator[bytes]":
    head, _, rest = content.partition(b"\n")
    for size in map(int, head.split()):
        yield rest[:size]
        rest = rest[size:]


def _key() -> bytes:
    """All that decides what the command does besides files."""
    variables = (os.environ.get(name, "") for name in (FOLDER_VARIABLE, "CI"))
    decided = (__version__, environment(), os.getcwd(), *variables, annotation_form() or "", *sys.argv[1:])
    return "\0".join(decided).encode("utf-8", "surrogatepass")


def _given(option: str, arguments: "list[str]") -> str:
    """What stands behind the last such `option`, as click reads it; empty where there is none."""
    given = ""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument == option:
            given = following
        elif argument.startswith(option + "="):
            given = argument[len(option) + 1 :]
    return given


def _path(cache_folder: str, key: bytes) -> str:
    return os.path.join(cache_folder, BUILDS, f"{crc32(key):08x}")


def _cache_folder() -> str:
    """Where the cache is that a command in the working directory uses."""
    given = _given(_FOLDER_OPTION, sys.argv) or os.environ.get(FOLDER_VARIABLE)
    return os.path.abspath(given) if given else os.path.join(_folder_of_configuration(), DEFAULT_FOLDER)


def _folder_of_configuration() -> str:
    """The folder of the configuration file that is found, or may be: what lies in one above it is of no concern."""
    if file := _given(_FILE_OPTION, sys.argv):
        return os.path.dirname(os.path.abspath(file))
    start = folder = os.getcwd()
    while True:
        if os.path.lexists(os.path.join(folder, "buildassets.toml")) or _mentions_us(folder):
            return folder
        if folder == (folder := os.path.dirname(folder)):
            return start


def _mentions_us(folder: str) -> bool:
    """Whether the `pyproject.toml` in `folder` may have our table."""
    try:
        with open(plain(os.path.join(folder, "pyproject.toml")), "rb") as file:
            return b"buildassets" in file.read()
    except OSError:
        return False
