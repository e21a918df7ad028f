"""Bytes as text: UTF-8, or a diagnostic that says where not. Pure."""

from buildassets.diagnostics import Diagnostic, Location, error, locate


def decoded(raw: bytes, shown: str) -> str | Diagnostic:
    """`raw` as text, a byte order mark kept; or the diagnostic that says where it is no UTF-8."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:4].count(0) == 2:
        message = f"`{shown}` is UTF-16, not UTF-8"
        return error("source/encoding", message, Location(shown), hint="save the file as UTF-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        text = raw.decode("utf-8", "replace")
        start = len(raw[: fault.start].decode("utf-8"))
        message = f"byte 0x{raw[fault.start]:02x} is not UTF-8"
        return error("source/encoding", message, locate(shown, text, start), hint="save the file as UTF-8")
