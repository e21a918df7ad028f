"""The library of lexers: found, loaded and asked. Pure but for loading, `files_read`, `Hashing` and `NewFiles`.

A text goes as UTF-8 and an answer comes as bytes; the interpreter's lock is free meanwhile. There is no answer where
there is no library, where the environment turns it off, and where the text is too long: then whoever asked reads the
text in Python. The survey of the last text is kept, as several modules ask of the same text one after the other.
"""

import os
import sys
from array import array
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from enum import IntEnum
from functools import cache
from struct import Struct
from typing import Any, Final, Generic, TypeVar

from buildassets.compiler.languages.native.library_file import NAME, SWITCH
from buildassets.compiler.languages.native.sources import SOURCES
from buildassets.disk.shared_library import ends_early
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import frozen

_ANEW: Final = f"build it again with `make` or `pip`, or set `{SWITCH}=0`"
_MOST_CHARACTERS: Final = 1_000_000_000  # four times as many bytes have offsets of 32 bits


# Of a file that was read: what holds of it, its stamp, its digest, the lengths of its survey and content.
_HEAD: Final = Struct("<I4q32sIQ")
_READ, _SURVEYED, _HASHED, _IS_UTF8 = 1, 2, 4, 8
_ANSWERED, _NOT_YET = 0, 3
SCRIPT, SHEET = 1, 2  # kinds of files to read; all others have the number 0
_Survey = TypeVar("_Survey")


class Question(IntEnum):
    """The questions to the library, by their numbers there."""

    SCRIPT_PLACES = 1
    SCRIPT_COMPARISON = 2
    REDUCED_SCRIPT = 3
    SCRIPT_TOKENS = 4
    ESSENCE = 5
    IS_ESSENCE_OF = 6
    JOINED_ESSENCE = 7
    WRITTEN_APART = 8
    SHEET_FAULTS = 9
    SHEET_TOKENS = 10
    CLOSED_BRACES = 11
    SHEET_OUTLINE = 12
    IS_SCRIPT_WHOLE = 13
    SHEET_SURVEY = 14
    IS_SCRIPT_READABLE = 15
    KEEPS_RULES = 16
    IS_FIT_FOR_LIGHTNINGCSS = 17
    SHEET_LICENCES = 18
    EARLY_ERRORS = 19
    SCRIPT_SURVEY = 20
    MAY_NAME_WORKERS = 21
    SCRIPT_SCOPES = 22
    READS_AS_MODULE = 23


@frozen
class FileRead:
    """A file that the library has read.

    - `survey`: of a script, the answer to `Question.SCRIPT_SURVEY`; of a sheet, that to `Question.SHEET_SURVEY`
    - `digest`: the SHA-256 of the content; None where Python finds it faster
    - `stamp`: size, mtime and ctime in ns, and inode before it was read; None where they are not known
    - `is_utf8`: whether the content is valid UTF-8
    """

    content: bytes
    survey: bytes | None
    digest: str | None
    stamp: tuple[int, int, int, int] | None
    is_utf8: bool


class Library:
    """The loaded library. `path` is where it lies."""

    __slots__ = (
        *("_ask", "_end", "_forget", "_handle", "_hash", "_hash_end", "_hashed", "_lent", "_length", "_new_place"),
        *("_next", "_path", "_read", "_taken", "_write", "_written", "path", "sources"),
    )

    def __init__(self, path: str) -> None:
        """Load the library at `path`. Raises OSError, or AttributeError if it is not ours."""
        from ctypes import CDLL, POINTER, byref, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p, string_at

        self.path = path
        self._handle = handle = CDLL(path)
        handle.buildassets_sources.restype = c_char_p
        self.sources: str = handle.buildassets_sources().decode("ascii")
        text = c_char_p, c_size_t
        answer = POINTER(c_void_p), POINTER(c_size_t)

        def function(name: str, returned: Any, *taken: Any) -> Any:
            found = getattr(handle, f"buildassets_{name}")
            found.restype, found.argtypes = returned, taken
            return found

        self._ask = function("ask", c_int32, c_uint32, *text, *text, c_uint32, *answer)
        self._forget = function("forget", None, c_void_p, c_size_t)
        self._read = function("read", c_void_p, c_size_t, POINTER(c_char_p), c_char_p, c_int32, c_uint64)
        self._next = function("read_next", c_int32, c_void_p, *answer)
        self._end = function("read_end", None, c_void_p)
        self._hash = function("hash", c_void_p, *text, c_int32, c_uint64)
        self._hashed = function("hashed", c_int32, c_void_p, *answer)
        self._hash_end = function("hash_end", None, c_void_p)
        self._write = function("write", c_void_p, c_size_t, *((POINTER(c_char_p), POINTER(c_size_t)) * 2))
        self._written = function("written", c_int32, c_void_p, *answer)
        self._lent: dict[int, Any] = {}  # what threads read, held for them even where an interrupt ends the build
        self._path, self._length = c_char_p, c_size_t

        def new_place() -> tuple[Any, Any, Any, Any]:
            data, length = c_void_p(), c_size_t()
            return data, length, byref(data), byref(length)

        self._new_place = new_place
        self._taken = string_at

    def answer(self, question: Question, first: bytes, second: bytes, option: int) -> bytes | None:
        """The answer; None where the library has none, which is a fault of it."""
        data, length, to_data, to_length = self._new_place()
        status = self._ask(question, first, len(first), second, len(second), option, to_data, to_length)
        return None if status else self._copied(data, length)

    def hash(self, paths: bytes, flags: int, limit_bytes: int) -> int | None:
        """Begin to hash the files at `paths`, with a NUL between them, in threads; None if there can be none.

        `flags` are those of `open` beside reading. Files of `limit_bytes` and what is not a regular file are left out.
        """
        begun: int | None = self._hash(paths, len(paths), flags, limit_bytes)
        return begun

    def hashed(self, begun: int) -> bytes:
        """Wait for the SHA-256 of each file that `hash` began to hash, with zeros where there is none.

        To be called once.
        """
        data, length, to_data, to_length = self._new_place()
        try:
            while (status := self._hashed(begun, to_data, to_length)) == _NOT_YET:
                pass
            return b"" if status else self._copied(data, length)
        finally:
            self._hash_end(begun)

    def write(self, paths: Sequence[bytes], contents: Sequence[bytes]) -> tuple[int, int] | None:
        """Begin to write new files in a thread; None if there can be none. See `written`."""
        lent = (*self._listed(paths), *self._listed(contents))
        self._lent[id(lent)] = lent
        writing: int | None = self._write(len(paths), *lent)
        if writing is None:
            del self._lent[id(lent)]
            return None
        return writing, id(lent)

    def written(self, begun: tuple[int, int]) -> bytes:
        """A byte for each file that `write` began to write, 1 where it is written; none where that is not known."""
        writing, lent = begun
        data, length, to_data, to_length = self._new_place()
        status = self._written(writing, to_data, to_length)
        del self._lent[lent]
        return b"" if status else self._copied(data, length)

    def _copied(self, data: Any, length: Any) -> bytes:
        """A copy of what the library has given out, which it may forget."""
        try:
            return self._taken(data, length.value)
        finally:
            self._forget(data, length)

    def _listed(self, texts: Sequence[bytes]) -> tuple[Any, Any]:
        """Pointers to `texts`, and their lengths."""
        return (self._path * len(texts))(*texts), (self._length * len(texts))(*map(len, texts))

    def files_read(
        self, paths: Sequence[bytes], kinds: bytes, flags: int, limit_bytes: int
    ) -> Generator[FileRead | None, None, None]:
        """The files at `paths`, read in a thread a few ahead; those of the `kinds` SCRIPT and SHEET are surveyed.

        `flags` are those of `open` beside reading. None for one that cannot be read, is not a regular file, or has
        `limit_bytes`. Gives fewer where the thread cannot start or ends early.
        """
        reading = self._read(len(paths), (self._path * len(paths))(*paths), kinds, flags, limit_bytes)
        if not reading:
            return
        data, length, to_data, to_length = self._new_place()
        try:
            while (status := self._next(reading, to_data, to_length)) in (_ANSWERED, _NOT_YET):
                if status == _ANSWERED:
                    try:
                        files = self._files_at(data.value)
                    finally:
                        self._forget(data, length)
                    yield from files
        finally:
            self._end(reading)

    def _files_at(self, start: int) -> list[FileRead | None]:
        count = int.from_bytes(self._taken(start, 4), "little")
        heads = self._taken(start + 4, count * _HEAD.size)
        place = start + 4 + len(heads)
        files: list[FileRead | None] = []
        for holds, *stamp, digest, survey_length, content_length in _HEAD.iter_unpack(heads):
            if not holds & _READ:
                files.append(None)
                continue
            content_place = place + survey_length
            files.append(
                FileRead(
                    self._taken(content_place, content_length),
                    self._taken(place, survey_length) if holds & _SURVEYED else None,
                    digest=digest.hex() if holds & _HASHED else None,
                    stamp=tuple(stamp) if any(stamp) else None,
                    is_utf8=bool(holds & _IS_UTF8),
                )
            )
            place = content_place + content_length
        return files


@frozen
class _Found:
    """The library, or why there is none; `is_odd` where that should not be so."""

    library: Library | None
    reason: str = ""
    is_odd: bool = False


@cache
def _found() -> _Found:
    if os.environ.get(SWITCH) == "0":
        return _Found(None, f"`{SWITCH}` is `0`")
    return _loaded(os.path.join(os.path.dirname(__file__), NAME))


def oddity() -> Diagnostic | None:
    """The warning of a library that is there and cannot be used, if that was found out in this process."""
    found = _found() if _found.cache_info().currsize else None
    if found is None or not found.is_odd or os.environ.get(SWITCH) == "require":  # then that is an error
        return None
    return warning("environment/native", f"the native lexers are not used: {found.reason}", hint=_ANEW)


def unmet_demand() -> Diagnostic | None:
    """The error if the environment demands the library and it is not there, or demands something unknown."""
    switch = os.environ.get(SWITCH, "")
    if switch in ("", "0"):
        return None
    if switch != "require":
        hint = "set it to `0` or `require`, or unset it"
        return error("environment/native", f"`{SWITCH}` cannot be `{switch}`", hint=hint)
    found = _found()
    if found.library:
        return None
    message = f"the native lexers that `{SWITCH}` requires are not there"
    return error(
        "environment/native", message, notes=[found.reason], hint="install a wheel for this platform, or unset it"
    )


def demanded_file() -> str | None:
    """The path of the library, if the environment demands one and it is there: what is so while it is not changed."""
    is_demanded = os.environ.get(SWITCH, "") not in ("", "0")
    library = _found().library if is_demanded else None
    return library.path if library else None


def _loaded(path: str) -> _Found:
    try:
        if ends_early(path):
            return _Found(None, f"`{path}` is not whole", is_odd=True)
        library = Library(path)
    except OSError as fault:
        if isinstance(fault, FileNotFoundError) or "no such file" in str(fault).lower():
            return _Found(None, "they are not installed")
        return _Found(None, f"`{path}` cannot be loaded: {fault}", is_odd=True)
    except (AttributeError, UnicodeDecodeError, ImportError) as fault:
        return _Found(None, f"`{path}` is another library: {fault}", is_odd=True)
    if library.sources != SOURCES:
        return _Found(None, f"`{path}` was made of other sources ({library.sources}, not {SOURCES})", is_odd=True)
    return _Found(library)


def is_native() -> bool:
    """Whether the lexers in Rust run."""
    return _found().library is not None


def files_read(
    paths: Sequence[bytes], kinds: bytes, flags: int, limit_bytes: int, *, threads: int
) -> Generator[FileRead | None, None, None]:
    """The result of `Library.files_read` by that many threads; None also where one ended early, empty with no library.

    On two cores the second thread takes a tenth off a build of 1,650 files.
    """
    library = _found().library
    if library is None:
        return
    with ExitStack() as ending:
        shares = [(paths[first::threads], kinds[first::threads]) for first in range(threads)]
        readers = [
            ending.enter_context(closing(library.files_read(*share, flags=flags, limit_bytes=limit_bytes)))
            for share in shares
        ]
        for number in range(len(paths)):
            yield next(readers[number % threads], None)


def implementation() -> str:
    """Which lexers run: `native`, or `python` and why."""
    found = _found()
    return "native" if found.library else f"python ({found.reason})"


def asked(question: Question, first: str | bytes, second: str | bytes = b"", option: int = 0) -> bytes | None:
    """The answer to a question about one text or two; None where Python has to find it."""
    library = _found().library
    if library is None or max(len(first), len(second)) > _MOST_CHARACTERS:
        return None
    return library.answer(question, _encoded(first), _encoded(second), option)


class Hashing:
    """Files that the library hashes in threads where it is there; their `paths` have a NUL between them."""

    def __init__(self, paths: bytes, flags: int, limit_bytes: int) -> None:
        self._library = _found().library if os.name == "posix" else None  # elsewhere paths are no bytes
        self._begun = self._library.hash(paths, flags, limit_bytes) if self._library else None

    def digests(self) -> bytes:
        """Wait for the SHA-256 of each file, 32 bytes with zeros where there is none; nothing if none was hashed.

        To be called once.
        """
        begun, self._begun = self._begun, None
        return self._library.hashed(begun) if self._library and begun else b""


class NewFiles:
    """New files, by their paths, that the library writes in a thread where it is there. They must be waited for."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        self._count = len(files)
        self._library = _found().library if os.name == "posix" else None  # elsewhere paths are no bytes
        paths, contents = [os.fsencode(path) for path, _ in files], [content for _, content in files]
        self._begun = self._library.write(paths, contents) if self._library else None

    def written(self) -> list[bool]:
        """Which files are written, once this is known; of another there may be a part. To be called once."""
        begun, self._begun = self._begun, None
        written = self._library.written(begun) if self._library and begun else b""
        return [bool(one) for one in written or bytes(self._count)]


def asked_of_script(question: Question, first: str, second: str, *, module: bool | None) -> bytes | None:
    """As `asked`, of scripts: modules, classic scripts, or, if `module` is None, what they read as."""
    return asked(question, first, second, 2 if module is None else int(module))


def numbers_of(answer: bytes) -> "array[int]":
    """An answer that is a list of numbers."""
    found: array[int] = array("I", answer)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def text_of(answer: bytes) -> str:
    """An answer that is a text."""
    return answer.decode("utf-8", "surrogatepass")


def _encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


class LastSurvey(Generic[_Survey]):
    """The surveys of texts, of which the last is kept; `read` makes one of what the library answers to `question`."""

    def __init__(self, question: Question, read: Callable[[bytes], _Survey]) -> None:
        self._question = question
        self._read = read
        self._last: tuple[str, _Survey | None] = ("", None)  # one attribute, as threads make drafts side by side

    def surveyed(self, text: str) -> _Survey | None:
        """The survey of `text`; None where there is no library."""
        survey = self.kept(text)
        if survey is None:
            answer = asked(self._question, text)
            survey = None if answer is None else self._read(answer)
            self._last = (text, survey)
        return survey

    def keep(self, text: str, answer: bytes) -> None:
        """Keep what the library has answered about `text` when it was read."""
        self._last = (text, self._read(answer))

    def kept(self, text: str) -> _Survey | None:
        """The survey of `text` if it was the last that was surveyed; so nothing is read for one question alone."""
        last, survey = self._last
        return survey if last is text and is_native() else None
