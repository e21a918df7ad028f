import time

import pytest

from buildassets.compiler.write.clock import build_time, timestamp
from buildassets.errors import BuildError


def test_time_is_that_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = time.time()
    assert before <= build_time() <= time.time()


def test_environment_may_set_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764064800")
    assert timestamp(build_time()) == "2025-11-25T10:00:00Z"


@pytest.mark.parametrize("given", ["yesterday", "-1", "1.5", "٣", "253402300800", "9" * 400])
def test_an_invalid_time_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(BuildError, match="`SOURCE_DATE_EPOCH` cannot be"):
        build_time()


def test_texts_of_times_compare_as_times_do() -> None:
    seconds = [-5, 0, 0.5, 1, 59, 3600, 10**9, 253402300799]
    assert [timestamp(one) for one in seconds] == sorted(timestamp(one) for one in seconds)
    assert timestamp(253402300799) == "9999-12-31T23:59:59Z"
