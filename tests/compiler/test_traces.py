from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.traces import KEPT_DAYS, KEPT_TRACES, Index, Kept, Trace, dumps, loads
from buildassets.digest import digest

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
PATHS = st.text()
TRACES = st.builds(Trace, DIGESTS, st.lists(st.tuples(PATHS, DIGESTS)).map(tuple), DIGESTS, st.integers(0))
NUMBERS = st.integers(0, 2**63)
INDEXES = st.builds(
    lambda steps, files, swept: replace(Index(), swept=swept).with_steps(steps).with_files(files),
    st.dictionaries(st.text(), st.builds(Kept, st.lists(TRACES, min_size=1, max_size=3).map(tuple), NUMBERS)),
    st.dictionaries(PATHS, st.tuples(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), DIGESTS)),
    NUMBERS,
)


def steps(*kept: tuple[str, int, int]) -> Index:
    """An index of steps by name, size of the result and day."""
    return Index().with_steps({name: Kept((Trace("key", (), name * 64, size),), day) for name, size, day in kept})


@given(INDEXES)
def test_an_index_is_read_as_it_was_written(index: Index) -> None:
    assert loads(dumps(index)) == index


@given(INDEXES, st.integers(0), st.integers(1, 255))
def test_a_flipped_byte_is_noticed(index: Index, position: int, change: int) -> None:
    content = bytearray(dumps(index))
    content[position % len(content)] ^= change
    assert loads(bytes(content)) == Index()


@pytest.mark.parametrize("body", [b'{"schema": 2, "traces": {}}', b"5 more than two words", b""])
def test_the_index_of_another_version_is_none(body: bytes) -> None:
    assert loads(digest(body).encode() + b"\n" + body) == Index()


def test_a_step_is_known_by_its_last_traces() -> None:
    index = Index()
    traces = [Trace(f"{number}", (), "", 0) for number in range(KEPT_TRACES + 1)]
    for trace in traces:
        index = index.with_traces({"step": trace}, 1)
    assert index.steps == {"step": Kept(tuple(traces[:0:-1]), 1)}


def test_what_is_within_the_bounds_stays() -> None:
    index = steps(("a", 10, 100), ("b", 10, 100 - KEPT_DAYS))
    assert index.bounded(100, 20) == index


def test_what_was_used_least_recently_makes_room() -> None:
    index = steps(("a", 10, 100), ("b", 10, 97), ("c", 10, 99), ("d", 10, 98))
    assert sorted(index.bounded(100, 25).steps) == ["a", "c"]


def test_older_states_of_what_was_used_today_make_room_in_their_turn() -> None:
    latest, earlier = Trace("new", (), "1", 10), Trace("old", (), "2", 10)
    both = Kept((latest, earlier), 100)
    index = Index().with_steps({"a": both, "b": both, "c": Kept((latest,), 99)})
    assert index.bounded(100, 30).steps == {"a": Kept((latest,), 100), "b": both}


def test_what_was_used_today_stays_whatever_it_takes() -> None:
    index = steps(("a", 10, 100), ("b", 10, 100))
    assert index.bounded(100, 5) == index


def test_looks_stay_of_files_that_a_trace_names() -> None:
    looks = ((1, 2, 3, 4), "0")
    index = Index().with_steps({"a": Kept((Trace("key", (("named", "0"),), "1", 1),), 1)})
    assert list(index.with_files({"named": looks, "other": looks}).bounded(1).files) == ["named"]


def test_what_is_not_asked_for_is_written_as_it_was_read() -> None:
    index = loads(dumps(steps(("a", 1, 1), ("b", 1, 1))))
    text = index.steps.texts['"a"']
    assert loads(dumps(index.with_traces({"b": Trace("key", (), "", 0)}, 2))).steps.texts['"a"'] == text
