"""Encodes and decodes the packets of esbuild's `--service` mode.

Takes values, gives bytes, and the reverse. Pure. Source of the format: esbuild, `cmd/esbuild/stdio_protocol.go`;
unchanged since version 0.8.
"""

from collections.abc import Callable, Mapping, Sequence
from struct import Struct, error
from typing import Final, TypeAlias

Value: TypeAlias = "bool | int | str | bytes | Sequence[Value] | Mapping[str, Value] | None"

_UINT32: Final = Struct("<I")


def packet(number: int, value: Value) -> bytes:
    """The request `number`, preceded by its length."""
    body = _UINT32.pack(number << 1) + _encoded(value)
    return _UINT32.pack(len(body)) + body


def reply(body: bytes) -> tuple[int, Value]:
    """The number of the request that a packet answers, and the answer; `body` is the packet without its length.

    The number is negative if the packet is not an answer. Raises ValueError if `body` is not a packet.
    """
    try:
        (number,) = _UINT32.unpack_from(body)
        value, end = _decoded(body, _UINT32.size)
    except (IndexError, error, UnicodeDecodeError) as fault:
        raise ValueError("a packet is cut short") from fault
    if end != len(body):
        raise ValueError("a packet is too long")
    return number >> 1 if number & 1 else -1, value


def size_at(received: bytes | bytearray, start: int) -> int | None:
    """The length of the packet at `start`; None if not all of the length has been received."""
    return _UINT32.unpack_from(received, start)[0] if len(received) >= start + _UINT32.size else None


def _encoded(value: Value) -> bytes:
    if value is None:
        return b"\0"
    if isinstance(value, bool):
        return bytes((1, value))
    if isinstance(value, int):
        return b"\2" + _UINT32.pack(value & 0xFFFFFFFF)
    if isinstance(value, str):
        return b"\3" + _sized(value.encode("utf-8"))
    if isinstance(value, bytes):
        return b"\4" + _sized(value)
    if isinstance(value, Mapping):
        members = (_sized(name.encode("utf-8")) + _encoded(member) for name, member in value.items())
        return b"\6" + _UINT32.pack(len(value)) + b"".join(members)
    return b"\5" + _UINT32.pack(len(value)) + b"".join(map(_encoded, value))


def _sized(raw: bytes) -> bytes:
    return _UINT32.pack(len(raw)) + raw


def _decoded(body: bytes, start: int) -> tuple[Value, int]:
    """The value at `start`, and where it ends."""
    kind, start = body[start], start + 1
    if kind not in _READERS:
        raise ValueError("a packet holds a value of no known kind")
    return _READERS[kind](body, start)


def _read_none(_body: bytes, start: int) -> tuple[Value, int]:
    return None, start


def _read_bool(body: bytes, start: int) -> tuple[Value, int]:
    return bool(body[start]), start + 1


def _read_int(body: bytes, start: int) -> tuple[int, int]:
    return _UINT32.unpack_from(body, start)[0], start + _UINT32.size


def _read_bytes(body: bytes, start: int) -> tuple[bytes, int]:
    size, start = _read_int(body, start)
    raw = body[start : start + size]
    if len(raw) < size:
        raise ValueError("a packet is cut short")
    return raw, start + size


def _read_text(body: bytes, start: int) -> tuple[str, int]:
    raw, end = _read_bytes(body, start)
    return raw.decode("utf-8"), end


def _read_array(body: bytes, start: int) -> tuple[Value, int]:
    count, position = _read_int(body, start)
    values: list[Value] = []
    for _ in range(count):
        value, position = _decoded(body, position)
        values.append(value)
    return values, position


def _read_object(body: bytes, start: int) -> tuple[Value, int]:
    count, position = _read_int(body, start)
    members: dict[str, Value] = {}
    for _ in range(count):
        name, position = _read_text(body, position)
        members[name], position = _decoded(body, position)
    return members, position


_READERS: Final[Mapping[int, Callable[[bytes, int], tuple[Value, int]]]] = {
    0: _read_none,
    1: _read_bool,
    2: _read_int,
    3: _read_text,
    4: _read_bytes,
    5: _read_array,
    6: _read_object,
}
