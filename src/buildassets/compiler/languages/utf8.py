"""Bytes as text: UTF-8, or UTF-16 that says so, or a diagnostic that says where it is neither. Pure."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from contextlib import suppress
from typing import Final

from buildassets.diagnostics import Diagnostic, Location, error, locate

_HINT: Final = "save the file as UTF-8"


def decoded(raw: bytes, shown: str) -> str | Diagnostic:
    """`raw` as text, a byte order mark of UTF-8 kept; or the diagnostic that says where it is no UTF-8.

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
    """Whether `raw` begins as UTF-16 does that names itself."""
    return raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and not raw.startswith(BOM_UTF32_LE)


def _other_encoding(raw: bytes) -> str | None:
    """Which encoding that is not UTF-8 `raw` is in, as far as its first bytes tell: text begins with ASCII."""
    zeros = raw[:4].count(0)
    if raw.startswith((BOM_UTF32_LE, BOM_UTF32_BE)) or zeros == 3:
        return "UTF-32"
    return "UTF-16" if is_utf16(raw) or zeros == 2 else None
