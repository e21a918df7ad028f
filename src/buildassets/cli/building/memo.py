"""Keeps what a build with nothing to do prints, and repeats it for the same command until a file changes.

Compares the stamps of all files that decided the build, those of the configuration included, and of its output. Runs
before the command line and the configuration are read, since that alone takes longer; so it imports next to nothing,
not even a parser for JSON where there are no diagnostics. These are printed as a build prints them, by `output`.
"""

import os
import sys
from array import array
from collections.abc import Iterable
from time import monotonic, time_ns
from zlib import crc32

from buildassets._version import __version__
from buildassets.cli.show.ci import annotation_form
from buildassets.compiler.cache.folder import BUILDS, DEFAULT_FOLDER, FOLDER_VARIABLE
from buildassets.compiler.cache.stamps import Looks, differing, read_sealed, stamps_of, write_sealed
from buildassets.compiler.cache.toolchain import environment
from buildassets.compiler.languages.native.library_file import SWITCH
from buildassets.disk.owners import distrust
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES, plain
from buildassets.foundation.typed import started

_FOLDER_OPTION = "--cache-dir"
_FILE_OPTION = "--config"
_VERB = "build"
_CHUNK_BYTES = 1 << 20


def was_repeated(looks: list[Looks] | None = None) -> bool:
    """Whether this command has nothing to do; if so, its message has been printed again.

    Else how the files look that were looked at for that is added to `looks`.
    """
    began = started()
    if sys.argv[1:2] != [_VERB]:
        return False
    try:
        key = _key()
    except OSError:  # the working directory is gone, which the build reports
        return False
    recalled = _recalled(_path(_cache_folder(), key), key, [] if looks is None else looks)
    if recalled is None:
        return False
    text, shown = recalled
    if shown and not _are_shown(shown):
        return False
    if text != "\n":
        line = text.replace("\n", f", {monotonic() - began:.2f} s")
        try:
            _print(line)
        except OSError as fault:
            from buildassets.cli.show.output import end_without_stderr

            end_without_stderr(fault)
    return True


def _print(line: str) -> None:
    """Print the message of a build as that does: in a terminal its lines end between words. Raises OSError."""
    if sys.stderr.isatty():
        from buildassets.cli.show.output import print_line

        print_line(line)
    else:
        sys.stderr.write(line + "\n")


def keep(
    cache_folder: str,
    names: Iterable[str],
    numbers: "array[int]",
    message: str,
    *,
    young: Iterable[str] = (),
    variables: Iterable[str] = (),
    shown: bytes = b"",
) -> None:
    """Keep the `message` of this command, without its time, while the files `names` have the stamps `numbers`.

    `message` is empty where the command printed none. The `young` files are read each time, too, since their stamps
    alone would not show that they were written again. `variables` are further ones of the environment that decided the
    build. `shown` are the diagnostics, as `_are_shown` reads them. Raises OSError.
    """
    key = _key()
    listed, decided = list(young), list(variables)
    texts = (message + "\n", "\0".join(names), "\0".join(listed), "\0".join(decided))
    printed, encoded, encoded_young, named = (text.encode("utf-8", "surrogatepass") for text in texts)
    sums = array("I", map(_checksum, listed)).tobytes()
    parts = (key, printed, encoded, numbers.tobytes(), encoded_young, sums, named, _values(decided), shown)
    write_sealed(_path(cache_folder, key), parts)


def _are_shown(shown: bytes) -> bool:
    """Print diagnostics, whatever they hold, as a build does: a JSON array of them after a byte, `q` or `v` for these.

    False, with nothing printed, if they are damaged.
    """
    from buildassets.cli.show.output import show
    from buildassets.compiler.cache import json_values

    try:
        found = [json_values.diagnostic(one) for one in json_values.array(json_values.read(shown[1:]))]
    except ValueError:
        return False
    show(found, quiet=shown[:1] == b"q", verbose=shown[:1] == b"v")
    return True


def _recalled(path: str, key: bytes, looks: list[Looks]) -> tuple[str, bytes] | None:
    """The message kept at `path` for the command `key`, and its diagnostics.

    None unless all files have the same stamps, as in `looks`.
    """
    try:
        kept_key, printed, names, stamps, young, sums, variables, values, shown = read_sealed(path)
        text = printed.decode("utf-8", "surrogatepass")
        if kept_key != key:
            return None
        listed, now_ns = _split(names), time_ns()
        looks.append(Looks(listed, stamps_of(listed), now_ns))
        if (stamps_now := looks[-1].stamps.tobytes()) != stamps:
            looks[-1].hash_ahead(list(differing(stamps_now, stamps)))  # as if all were checked out anew
            return None
        if variables and _values(_split(variables)) != values:
            return None
        if young and array("I", map(_checksum, _split(young))).tobytes() != sums:
            return None
    except (ValueError, OSError):  # no memo, nothing that `keep` has written, or a young file that is gone
        return None
    is_plain = text.removesuffix("\n").isprintable() and "::" not in text and "##" not in text
    return (text, shown) if is_plain else None  # a forged text could hold commands for the terminal or the CI service


def _split(names: bytes) -> list[str]:
    return names.decode("utf-8", "surrogatepass").split("\0")


def _values(names: Iterable[str]) -> bytes:
    """A digest of the values of these environment variables: the values themselves are nobody else's."""
    if not (values := "\0".join(repr(os.environ.get(name)) for name in names)):
        return b""
    from buildassets.foundation.digest import digest  # 2 ms

    return digest(values.encode("utf-8", "surrogatepass")).encode("ascii")


def _checksum(path: str) -> int:
    """That of what the file at `path` holds. Raises OSError."""
    found = 0
    with open(plain(path), "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            found = crc32(chunk, found)
    return found


def _key() -> bytes:
    """The version, environment and arguments: all that decides what the command does, beside files."""
    variables = (os.environ.get(name, "") for name in (FOLDER_VARIABLE, "CI", SWITCH))
    decided = (__version__, environment(), os.getcwd(), *variables, annotation_form() or "", *sys.argv[1:])
    return "\0".join(decided).encode("utf-8", "surrogatepass")


def _given(option: str, arguments: list[str]) -> str:
    """The value of the last such `option` in `arguments`, as click reads it; empty where there is none."""
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
    """The cache folder of a command in the working directory."""
    given = _given(_FOLDER_OPTION, sys.argv) or os.environ.get(FOLDER_VARIABLE)
    return os.path.abspath(given) if given else os.path.join(_folder_of_configuration(), DEFAULT_FOLDER)


def _folder_of_configuration() -> str:
    """The nearest folder that may hold the configuration file; the working directory where none may be used."""
    if file := _given(_FILE_OPTION, sys.argv):
        return os.path.dirname(os.path.abspath(file))
    start = folder = os.getcwd()
    while True:
        for name in ("buildassets.toml", "pyproject.toml"):
            path = os.path.join(folder, name)
            if os.path.lexists(path) and (name == "buildassets.toml" or _mentions_us(path)):
                return start if distrust(path, start) else folder
        if folder == (folder := os.path.dirname(folder)):
            return start


def _mentions_us(path: str) -> bool:
    """Whether the `pyproject.toml` at `path` may have our table."""
    try:
        with open(plain(path), "rb") as file:
            return b"buildassets" in file.read(MOST_SETTINGS_BYTES)
    except OSError:
        return False
