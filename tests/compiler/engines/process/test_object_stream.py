import pickle
import socket
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from threading import Event, Thread
from typing import Any

import pytest

from buildassets.compiler import model
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines import protocol
from buildassets.compiler.engines.process.object_stream import EXCHANGED, ForeignError, ObjectStream
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.transform.jobs import Drafted
from buildassets.foundation.diagnostics import Severity

Ends = tuple[ObjectStream, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A stream, and the socket at its other end."""
    ours, theirs = socket.socketpair()
    stream = ObjectStream(ours)
    yield stream, theirs
    stream.close()
    theirs.close()


def framed(pickled: bytes) -> bytes:
    return len(pickled).to_bytes(8, "big") + pickled


def test_objects_come_in_the_order_in_which_they_were_sent(ends: Ends) -> None:
    stream, theirs = ends
    other = ObjectStream(theirs)
    sent = [1, ("é" * 2_000_000, None), "\udc80", {"a": b"\0"}]
    thread = Thread(target=lambda: [*map(other.send, sent)])
    thread.start()
    assert [stream.receive() for _ in sent] == sent
    thread.join()
    other.close()


@pytest.mark.parametrize("member", [Severity.ERROR, ReferenceKind.URL])
def test_members_of_enumerations_come_in_every_version_of_python(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, member: Enum
) -> None:
    # As 3.11.0 to 3.11.3 have it, of which Debian 12 has one.
    monkeypatch.setattr(Enum, "__reduce_ex__", lambda self, _: (getattr, (type(self), self.name)))
    stream, theirs = ends
    other = ObjectStream(theirs)
    other.send(member)
    assert stream.receive() is member


@pytest.mark.parametrize("cut", [0, 1, 10, 5000])
def test_an_end_in_the_middle_of_an_object_is_an_end(ends: Ends, cut: int) -> None:
    stream, theirs = ends
    theirs.sendall(framed(pickle.dumps("x" * 9000))[:cut])
    theirs.close()
    with pytest.raises(EOFError):
        stream.receive()


def test_silent_end_is_given_up_at_its_limit(ends: Ends) -> None:
    stream, _ = ends
    with pytest.raises(TimeoutError):
        stream.receive(0.05)


def test_closed_other_end_is_an_error(ends: Ends) -> None:
    stream, theirs = ends
    theirs.close()
    with pytest.raises(ConnectionError):
        stream.send("x" * 1_000_000)


def test_bytes_that_arrive_slowly_do_not_extend_the_limit(ends: Ends) -> None:
    stream, theirs = ends
    is_over = Event()

    def drip() -> None:
        for byte in framed(pickle.dumps("x" * 9000)):
            theirs.send(bytes((byte,)))
            if is_over.wait(0.02):
                return

    thread = Thread(target=drip)
    thread.start()
    with pytest.raises(TimeoutError):
        stream.receive(0.3)
    is_over.set()
    thread.join()


def called(module: str, name: str) -> bytes:
    """A pickle of protocol 4 that calls that function."""
    texts = b"".join(bytes((0x8C, len(one))) + one.encode() for one in (module, name))
    return b"\x80\x04" + texts + b"\x93\x8c\x04true\x85R."


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("buildassets.compiler.engines.protocol", "os.system"),
        ("buildassets.compiler.engines.process.object_stream", "pickle.loads"),
        ("buildassets.compiler.model", "Draft.__init__"),
        ("buildassets.compiler.model", "frozen"),
        ("buildassets.compiler.engines.protocol", "Reader"),
        ("buildassets.compiler.config.load", "load_config"),
    ],
)
def test_nothing_is_loaded_but_the_classes_that_are_exchanged(ends: Ends, module: str, name: str) -> None:
    stream, theirs = ends
    theirs.sendall(framed(called(module, name)))
    with pytest.raises(ForeignError, match=f"`{module}.{name}`"):
        stream.receive()


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x04\x95", b"R.", pickle.dumps([1])[:-3]])
def test_bytes_that_cannot_be_read_are_refused(ends: Ends, content: bytes) -> None:
    stream, theirs = ends
    theirs.sendall(framed(content))
    with pytest.raises(ForeignError):
        stream.receive()


def test_all_values_of_requests_and_answers_are_exchanged() -> None:
    found: set[type] = set()
    for one in (Config, model.Source, Drafted, protocol.Compiled):
        find_classes(one, found)
    assert {(one.__module__, one.__qualname__) for one in found} == EXCHANGED
    assert not [name for _, name in EXCHANGED if "." in name]


def find_classes(kind: Any, found: set[type]) -> None:
    """Add to `found` the classes of ours that a value of that type may hold."""
    for part in typing.get_args(kind):
        find_classes(part, found)
    if not isinstance(kind, type) or kind in found or not kind.__module__.startswith("buildassets"):
        return
    found.add(kind)
    assert is_dataclass(kind) or issubclass(kind, tuple | Enum), kind
    # What is not compared is no part of the value, and is not sent.
    names = (
        [field.name for field in fields(kind) if field.compare] if is_dataclass(kind) else getattr(kind, "_fields", ())
    )
    for name in names:
        find_classes(typing.get_type_hints(kind, localns=_imported_for_types())[name], found)


def _imported_for_types() -> dict[str, type]:
    """The classes by name, of which a module may import some only for a type checker."""
    return {name: getattr(import_module(module), name) for module, name in EXCHANGED}


@pytest.mark.parametrize("state", [b"N}\x8c\x05valueK\x01s\x86", b"}\x8c\x05valueK\x01s"], ids=["slots", "dict"])
@pytest.mark.parametrize(("module", "name"), sorted(EXCHANGED))
def test_no_class_is_changed(ends: Ends, module: str, name: str, state: bytes) -> None:
    stream, theirs = ends
    theirs.sendall(framed(b"\x80\x04" + f"c{module}\n{name}\n".encode() + state + b"b."))
    with pytest.raises(ForeignError):
        stream.receive()
    assert vars(getattr(import_module(module), name)).get("value") is None


@pytest.mark.parametrize("state", [{"_value_": 1}, (None, {"_value_": 1})])
@pytest.mark.parametrize("member", [Severity.ERROR, ReferenceKind.URL])
def test_no_member_of_an_enumeration_is_changed(ends: Ends, member: Enum, state: object) -> None:
    stream, theirs = ends
    value = member.value
    pickled = pickle.dumps(member, 2)[:-1] + pickle.dumps(state, 2)[2:-1] + b"b."
    theirs.sendall(framed(pickled))
    with pytest.raises(ForeignError):
        stream.receive()
    assert member.value == value
