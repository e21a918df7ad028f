"""Hostile requests to the server alone: no answer takes long, and no work grows with malice."""

import sys
from collections.abc import Callable
from time import thread_time
from types import FrameType
from typing import Any

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.served_files import ServedFiles
from buildassets.runtime.serving import answer
from buildassets.runtime.wsgi import AssetServer
from tests.runtime.hostile import HEADERS, TARGETS
from tests.runtime.served import get_wsgi


@pytest.mark.parametrize("name", [*TARGETS, *HEADERS])
def test_no_answer_takes_a_tenth_of_a_second_of_the_processor(guarded: Assets, name: str) -> None:
    server = AssetServer(assets=guarded)
    header, value = HEADERS.get(name, ("", ""))
    url = TARGETS.get(name, "{url}").replace("{url}", guarded.url("css/app.css")).split("?")[0]
    began = thread_time()  # of this thread alone, so that a busy machine adds nothing: a millisecond, as a rule
    get_wsgi(server, url, **{header.lower().replace("-", "_"): value} if header else {})
    assert thread_time() - began < 0.1


_GROWING = {
    "accept-encoding": ("gzip;q=0.5,", "x,", ";", " ", "0", "gzip;q=0"),
    "range": ("bytes=", "0-1,", "-", "9", " ", ","),
    "if-none-match": ('"a",', '"', "W/", 'W/"', " ", "a"),
    "if-match": ('"a",', '"', "W/", 'W/"'),
    "if-modified-since": ("Sun, ", "0", " ", "Nov"),
    "if-range": ('"', "Sun, ", "0"),
}


@pytest.mark.parametrize(("header", "piece"), [(name, piece) for name, all_ in _GROWING.items() for piece in all_])
def test_twice_the_header_is_twice_the_steps_at_most(guarded: Assets, header: str, piece: str) -> None:
    resource = ServedFiles(guarded).find(guarded.url("css/app.css"))
    start = "bytes=0-0," if header == "range" else ""

    def steps(length: int) -> int:
        return _steps(lambda: answer(resource, "GET", {header: (start + piece * length)[:length]}))

    assert steps(8000) - steps(0) <= 2.2 * (steps(4000) - steps(0)) + 100


def _steps(call: Callable[[], object]) -> int:
    """The lines of Python that `call` runs."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
