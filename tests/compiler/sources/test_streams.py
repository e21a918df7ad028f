"""Films that have the suffix of TypeScript."""

from pathlib import Path

import pytest

from buildassets.compiler.sources.look_alikes import is_stream

PACKET = b"G" + bytes(187)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PACKET, True),
        (PACKET * 3, True),
        (PACKET * 40 + b"cut", True),
        ((b"\x00\x01\x02\x03" + PACKET) * 20, True),
        (b"", False),
        (b"G", False),
        (b"Global.start();\n" * 60, False),
        (b"G" + b"lobal.start(1); // of one packet's length".ljust(187), False),
        ((b"G = 1; //" + b"x" * 178 + b"\n") * 3, False),
        ((b"// 1G = 1;" + b"x" * 181 + b"\n") * 3, False),
        (b"G" * 4000, False),
        (PACKET + b"G", True),
        (PACKET + b"x", False),
        (PACKET * 2 + b"x" * 188, False),
    ],
)
def test_a_stream_has_its_mark_at_each_packet(tmp_path: Path, content: bytes, expected: bool) -> None:
    (tmp_path / "seg0.ts").write_bytes(content)
    assert is_stream(str(tmp_path / "seg0.ts")) is expected


def test_an_unreadable_file_is_not_a_stream(tmp_path: Path) -> None:
    assert not is_stream(str(tmp_path / "gone.ts"))
