"""Packets, as bytes and back. That they are esbuild's is what the tests of the engine show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.engines.esbuild.protocol import Value, packet, reply, size_at

SCALARS = st.none() | st.booleans() | st.integers(0, 0xFFFFFFFF) | st.text() | st.binary()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_packet_is_read_as_it_was_written(value: Value) -> None:
    framed = packet(3, value)
    assert size_at(framed, 0) == len(framed) - 4
    assert reply(framed[4:]) == (-1, value)


def test_request_and_answer_differ_in_the_lowest_bit_of_their_number() -> None:
    assert packet(3, True) == bytes((6, 0, 0, 0, 6, 0, 0, 0, 1, 1))
    assert reply(bytes((7, 0, 0, 0, 1, 1))) == (3, True)


@given(VALUES, st.data())
def test_packet_that_is_cut_short_is_refused(value: Value, data: st.DataObject) -> None:
    body = packet(3, value)[4:]
    with pytest.raises(ValueError, match="cut short"):
        reply(body[: data.draw(st.integers(0, len(body) - 1))])


@pytest.mark.parametrize("body", [b"\1\0\0\0\0\0", b"\1\0\0\0\7"])
def test_packet_with_something_else_in_it_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="packet"):
        reply(body)


@pytest.mark.parametrize("count", [0, 3])
def test_length_that_has_not_arrived_is_none(count: int) -> None:
    assert size_at(bytes(count), 0) is None
