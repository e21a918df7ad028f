"""Decodes bytes: UTF-8, or UTF-16 with a byte order mark; anything else gets a diagnostic with its place. Pure."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from contextlib import suppress
from typing import Final

from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate

_HINT: Final = "save the file as UTF-8"


def decoded(raw: bytes, shown: str) -> str | Diagnostic:
    """`raw` as text, or the diagnostic for the place where it is not UTF-8. A byte order mark of UTF-8 stays.

    UTF-16 with a byte order mark is read as browsers read it (Encoding Standard, "BOM sniff").
    """
    if is_utf16(raw):
        with suppress(UnicodeDecodeError):
            return raw.decode("utf-16")
    if encoding := _other_encoding(raw):
        message = f"`{shown}` is {encoding}, not UTF-8"
        return error("source/encoding", message, Location(shown), hint=_HINT)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        text = raw.decode("utf-8", "replace")
        start = len(raw[: fault.start].decode("utf-8"))
        message = f"byte 0x{raw[fault.start]:02x} is not UTF-8"
        return error("source/encoding", message, locate(shown, text, start), hint=_HINT)


def is_utf16(raw: bytes) -> bool:
    """Whether `raw` begins with a byte order mark of UTF-16."""
    return raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and not raw.startswith(BOM_UTF32_LE)


def _other_encoding(raw: bytes) -> str | None:
    """UTF-16 or UTF-32 if `raw` begins like it; else None.

    Without a mark the zeros among the first bytes decide, since source texts begin with ASCII.
    """
    zeros = raw[:4].count(0)
    if raw.startswith((BOM_UTF32_LE, BOM_UTF32_BE)) or zeros == 3:
        return "UTF-32"
    return "UTF-16" if is_utf16(raw) or zeros == 2 else None
