"""The library of lexers: found, loaded and asked. Pure but for the loading, at the first question.

A text goes as UTF-8 and an answer comes as bytes; the interpreter's lock is free meanwhile. There is no answer where
there is no library, where the environment turns it off, and where the text is too long: then whoever asked reads the
text in Python.
"""

import os
import sys
import warnings
from array import array
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache
from typing import Any, Final

from buildassets.compiler.languages.native.sources import SOURCES
from buildassets.diagnostics import Diagnostic, error
from buildassets.frozen import frozen

SWITCH: Final = "BUILDASSETS_NATIVE"
_NAME: Final = "native.lexers" + {"win32": ".dll", "cygwin": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
_NO_ANSWER: Final = (1 << 32) - 1  # in the place of a length
_MOST_CHARACTERS: Final = 1_000_000_000  # four times as many bytes have offsets of 32 bits


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
    IS_SHEET_WHOLE = 14
    IS_SCRIPT_READABLE = 15
    KEEPS_RULES = 16
    IS_FIT_FOR_LIGHTNINGCSS = 17
    SHEET_LICENCES = 18
    EARLY_ERRORS = 19
    SCRIPT_SURVEY = 20
    MAY_NAME_WORKERS = 21
    SCRIPT_SCOPES = 22


class Library:
    """The loaded library. `path` is where it lies."""

    __slots__ = ("_ask", "_begin", "_finish", "_forget", "_handle", "_lists", "_new_place", "_taken", "path", "sources")

    def __init__(self, path: str) -> None:
        """Load the library at `path`. Raises OSError, or AttributeError if it is not ours."""
        from ctypes import CDLL, POINTER, byref, c_char_p, c_int32, c_size_t, c_uint32, c_void_p, string_at

        self.path = path
        self._handle = handle = CDLL(path)
        handle.buildassets_sources.restype = c_char_p
        self.sources: str = handle.buildassets_sources().decode("ascii")
        self._ask = handle.buildassets_ask
        text = c_char_p, c_size_t
        self._ask.argtypes = (c_uint32, *text, *text, c_uint32, POINTER(c_void_p), POINTER(c_size_t))
        self._ask.restype = c_int32
        self._begin = handle.buildassets_begin
        self._begin.argtypes = c_uint32, c_size_t, POINTER(c_char_p), POINTER(c_size_t), c_uint32
        self._begin.restype = c_void_p
        self._finish = handle.buildassets_finish
        self._finish.argtypes = c_void_p, POINTER(c_void_p), POINTER(c_size_t)
        self._finish.restype = c_int32
        self._lists = c_char_p, c_size_t
        self._forget = handle.buildassets_forget
        self._forget.argtypes = c_void_p, c_size_t
        self._forget.restype = None

        def new_place() -> tuple[Any, Any, Any, Any]:
            data, length = c_void_p(), c_size_t()
            return data, length, byref(data), byref(length)

        self._new_place = new_place
        self._taken = string_at

    def answer(self, question: Question, first: bytes, second: bytes, option: int) -> bytes | None:
        """The answer; None where the library has none, which is a fault of it."""
        data, length, to_data, to_length = self._new_place()
        status = self._ask(question, first, len(first), second, len(second), option, to_data, to_length)
        if status:
            return None
        try:
            return self._taken(data, length.value)
        finally:
            self._forget(data, length)

    def begin(self, question: Question, texts: Sequence[bytes], option: int) -> int | None:
        """Begin to answer a question about each of `texts` in a thread; None if there can be none."""
        text, length = self._lists
        pointers, lengths = (text * len(texts))(*texts), (length * len(texts))(*map(len, texts))
        work: int | None = self._begin(question, len(texts), pointers, lengths, option)
        return work

    def finish(self, work: int) -> bytes:
        """The answers that `begin` began, each behind its length; empty where there are none."""
        data, length, to_data, to_length = self._new_place()
        if self._finish(work, to_data, to_length):
            return b""
        try:
            taken: bytes = self._taken(data, length.value)
            return taken
        finally:
            self._forget(data, length)


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
    found = _loaded(os.path.join(os.path.dirname(__file__), _NAME))
    if found.is_odd:
        warnings.warn(f"the native lexers are not used: {found.reason}", RuntimeWarning, stacklevel=2)
    return found


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


def _loaded(path: str) -> _Found:
    try:
        library = Library(path)
    except OSError as fault:
        if isinstance(fault, FileNotFoundError) or "no such file" in str(fault).lower():
            return _Found(None, "they are not installed")
        return _Found(None, f"`{path}` cannot be loaded: {fault}", is_odd=True)
    except (AttributeError, UnicodeDecodeError, ImportError) as fault:
        return _Found(None, f"`{path}` is another library: {fault}", is_odd=True)
    if library.sources != SOURCES:
        message = (
            f"`{path}` was made of other sources ({library.sources}, not {SOURCES}); `make` or `pip` makes it anew"
        )
        return _Found(None, message, is_odd=True)
    return _Found(library)


def is_native() -> bool:
    """Whether the lexers in Rust run."""
    return _found().library is not None


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


class Answers:
    """The answers to a question about several texts, which are found in a thread, where the library is there."""

    def __init__(self, question: Question, texts: Sequence[bytes], option: int = 0) -> None:
        self._count = len(texts)
        self._library = _found().library
        is_short = max(map(len, texts), default=0) <= _MOST_CHARACTERS
        self._work = self._library.begin(question, texts, option) if self._library and texts and is_short else None

    def wait(self) -> list[bytes | None]:
        """The answers in the order of the texts; None where Python has to find one. To be called once."""
        work, self._work = self._work, None
        found = self._library.finish(work) if self._library and work else b""
        return [*_split(found)] if found else [None] * self._count


def _split(answers: bytes) -> Iterator[bytes | None]:
    place = 0
    while place < len(answers):
        length = int.from_bytes(answers[place : place + 4], "little")
        place += 4
        is_answer = length != _NO_ANSWER
        yield answers[place : place + length] if is_answer else None
        place += length if is_answer else 0


def asked_of_script(question: Question, first: str, second: str, module: bool | None) -> bytes | None:
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
