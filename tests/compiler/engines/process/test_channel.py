import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Thread
from time import monotonic

import pytest

from buildassets.compiler.engines.process.channel import Channel

LARGE = bytes(3_000_000)  # more than the buffers of a socket hold
SMALL = 20_000  # messages, of which buffers hold few hundred


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """Both ends."""
    one, other = map(Channel, socket.socketpair())
    with closing(one), closing(other):
        yield one, other


def seconds_from_now(seconds: float) -> float:
    return monotonic() + seconds


def received(end: Channel, size: int) -> bytes:
    while len(end.received) < size:
        end.receive(seconds_from_now(60))
    return end.taken(0, size)


@pytest.mark.parametrize("messages", [[LARGE], [b"x"] * SMALL])
def test_two_ends_that_send_at_the_same_time_do_not_wait_for_each_other(
    ends: tuple[Channel, Channel], messages: list[bytes]
) -> None:
    whole = b"".join(messages)

    def exchanged(end: Channel) -> bool:
        for message in messages:
            end.send(message, seconds_from_now(60))
        return received(end, len(whole)) == whole

    with ThreadPoolExecutor(2) as executor:
        assert list(executor.map(exchanged, ends)) == [True, True]


def test_end_that_does_not_receive_while_it_sends_blocks_nothing(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    other._socket.settimeout(60)
    thread = Thread(target=other._socket.sendall, args=(LARGE,))
    thread.start()
    sending = Thread(target=one.send, args=(LARGE, seconds_from_now(60)))
    sending.start()
    thread.join(60)
    assert received(other, len(LARGE)) == LARGE
    sending.join(60)
    assert received(one, len(LARGE)) == LARGE


def test_end_that_receives_nothing_is_given_up(ends: tuple[Channel, Channel]) -> None:
    one, _ = ends
    with pytest.raises(TimeoutError):
        one.send(LARGE, seconds_from_now(0.1))


def test_end_that_sends_nothing_is_given_up(ends: tuple[Channel, Channel]) -> None:
    one, _ = ends
    with pytest.raises(TimeoutError):
        one.receive(seconds_from_now(0.1))


def test_end_that_closes_during_a_send_is_reported(ends: tuple[Channel, Channel]) -> None:
    one, other = ends

    def go_away() -> None:
        other.receive()
        other.close()

    thread = Thread(target=go_away)
    thread.start()
    with pytest.raises(ConnectionError):
        one.send(LARGE, seconds_from_now(60))
    thread.join()


def test_bytes_sent_before_the_end_closed_are_received(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(b"a question that is never read")
    other.send(b"an answer")
    other.close()
    with pytest.raises(ConnectionError):
        one.send(b"another")
    assert received(one, 9) == b"an answer"
