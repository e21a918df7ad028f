import pickle
import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from buildassets.compiler.engines.object_stream import ObjectStream

Ends = tuple[ObjectStream, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A stream, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    stream = ObjectStream(ours)
    yield stream, theirs
    stream.close()
    theirs.close()


def test_objects_come_in_the_order_in_which_they_were_sent(ends: Ends) -> None:
    stream, theirs = ends
    other = ObjectStream(theirs)
    sent = [1, ("é" * 2_000_000, None), "\udc80", {"a": b"\0"}]
    thread = Thread(target=lambda: [*map(other.send, sent)])
    thread.start()
    assert [stream.receive() for _ in sent] == sent
    thread.join()
    other.close()


@pytest.mark.parametrize("cut", [0, 1, 10, 5000])
def test_an_end_in_the_middle_of_an_object_is_an_end(ends: Ends, cut: int) -> None:
    stream, theirs = ends
    theirs.sendall(pickle.dumps("x" * 9000)[:cut])
    theirs.close()
    with pytest.raises(EOFError):
        stream.receive()


def test_who_is_silent_for_too_long_is_given_up(ends: Ends) -> None:
    stream, _ = ends
    with pytest.raises(TimeoutError):
        stream.receive(0.05)


def test_nobody_at_the_other_end_is_an_error(ends: Ends) -> None:
    stream, theirs = ends
    theirs.close()
    with pytest.raises(ConnectionError):
        stream.send("x" * 1_000_000)
