from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.cache.traces import KEPT_DAYS, KEPT_TRACES, Index, Kept, dumps, loads, run_of
from buildassets.foundation.digest import digest

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
NAMES = st.text()
NUMBERS = st.integers(0, 2**63 - 1)


@st.composite
def runs(draw: st.DrawFn) -> Kept:
    """The record of a step that ran once."""
    files = draw(st.dictionaries(NAMES, DIGESTS))
    groups = draw(st.lists(st.sets(st.sampled_from(sorted(files))))) if files else []
    return run_of(draw(DIGESTS), groups, {}, files.__getitem__, result=(draw(DIGESTS), draw(NUMBERS)))


INDEXES = st.builds(
    lambda steps, files, swept: replace(Index(), swept=swept).with_steps(steps).with_files(files),
    st.dictionaries(NAMES, runs()),
    st.dictionaries(NAMES, st.tuples(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), DIGESTS)),
    NUMBERS,
)


def kept_run(key: str = "key", size: int = 0, result: str = "0", day: int = 0) -> Kept:
    """A step that looks at nothing, run once."""
    return replace(run_of(key, [], {}, dict[str, str]().__getitem__, result=(result * 64, size)), day=day)


def steps(*kept: tuple[str, int, int]) -> Index:
    """An index of steps by name, size of the result and day."""
    return Index().with_steps({name: kept_run(size=size, result=name, day=day) for name, size, day in kept})


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
    made = [kept_run(f"{number}") for number in range(KEPT_TRACES + 1)]
    for one in made:
        index = index.with_runs({"step": one}, 1)
    assert index.steps["step"].traces == tuple(one.traces[0] for one in made[:0:-1])


def test_keys_that_no_trace_has_any_more_are_forgotten() -> None:
    index = Index()
    for number in range(KEPT_TRACES + 1):
        made = run_of("first", [["a"]], {}, lambda _, digest=f"{number}": digest, result=("0" * 64, 0))  # type: ignore[misc]
        index = index.with_runs({"step": replace(made, traces=made.traces)}, 1)
    assert index.steps["step"].names == {"first": ("a",)}


class Files(dict[str, str]):
    """Digests by name, and none for other names."""

    def __missing__(self, name: str) -> str:
        return ""


def known(*states: tuple[Files, list[list[str]], str]) -> Kept:
    """A step that was run in each of these states, looked at those names, and gave that."""
    kept = Kept((), 0)
    for files, groups, result in states:
        made = run_of("first", groups, kept.names, files.__getitem__, result=(result, 0))
        kept = kept.after(made.traces[0], made.names, 0)
    return kept


def valid_result(kept: Kept, files: Files) -> str | None:
    trace = kept.valid_trace("first", files.__getitem__)
    return trace.result if trace else None


def test_a_result_is_found_by_what_lies_under_the_names_that_were_looked_at() -> None:
    files = Files(source="1", theme="2")
    kept = known((files, [["source"], ["theme", "absent"]], "result"))
    assert valid_result(kept, files) == "result"
    for other in ({"source": "3"}, {"theme": "3"}, {"absent": "3"}):
        assert valid_result(kept, Files(files | other)) is None
    assert valid_result(kept, Files(source="1")) is None


def test_states_with_other_names_to_look_at_are_all_found() -> None:
    states = [
        (Files(source="1", a="1"), [["source"], ["a"]], "one"),
        (Files(source="1", a="2", b="1"), [["source"], ["a", "b"]], "two"),
        (Files(source="2", c="1"), [["source"], ["c"]], "three"),
        (Files(source="1", a="3"), [["source"], ["a"]], "four"),
    ]
    kept = known(*states)
    assert [valid_result(kept, files) for files, _, _ in states] == ["one", "two", "three", "four"]


def test_the_result_of_a_key_stays_unchanged() -> None:
    """So that several builders may keep their results in one place, and none makes the other's unfindable."""
    one = known((Files(source="1", a="1"), [["source"], ["a", "b"]], "one"))
    both = known((Files(source="1", a="1"), [["source"], ["a", "b"]], "one"), (Files(source="1"), [["source"]], "two"))
    assert both.names.items() >= one.names.items()


def test_results_within_the_bounds_stay() -> None:
    index = steps(("a", 10, 100), ("b", 10, 100 - KEPT_DAYS))
    assert index.bounded(100, there, 20) == index


def test_results_that_were_used_least_recently_are_removed() -> None:
    index = steps(("a", 10, 100), ("b", 10, 97), ("c", 10, 99), ("d", 10, 98))
    assert sorted(index.bounded(100, there, 25).steps) == ["a", "c"]


def test_older_states_of_what_was_used_today_make_room_in_their_turn() -> None:
    latest, earlier = kept_run("new", 10, "1"), kept_run("old", 10, "2")
    both = Kept((*latest.traces, *earlier.traces), 100)
    index = Index().with_steps({"a": both, "b": both, "c": replace(latest, day=99)})
    assert index.bounded(100, there, 30).steps == {"a": Kept(latest.traces, 100), "b": both}


def test_results_that_were_used_today_stay() -> None:
    index = steps(("a", 10, 100), ("b", 10, 100))
    assert index.bounded(100, there, 5) == index


def test_looks_stay_of_files_that_still_look_so() -> None:
    looks = ((1, 2, 3, 4), "0")
    index = Index().with_files({"there": looks, "other": looks})
    assert list(index.bounded(1, lambda path, _: path == "there").files) == ["there"]


def test_results_that_are_not_read_are_written_unchanged() -> None:
    index = loads(dumps(steps(("a", 1, 1), ("b", 1, 1))))
    text = index.steps.texts['"a"']
    assert loads(dumps(index.with_runs({"b": kept_run()}, 2))).steps.texts['"a"'] == text


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[1]",
        "[1, {}]",
        '[1, {}, [["k"], [], "../../../etc/passwd", 1]]',
        '[1, {}, [["k"], ["d"], "' + "0" * 64 + '", 1]]',
        '[1, {"k": "names"}, [["k", "l"], [], "' + "0" * 64 + '", 1]]',
        '[1, {}, [[], [], "' + "0" * 64 + '", 1]]',
        '[1, {}, [["k"], [], "' + "0" * 64 + '", "1"]]',
        "[" * 100_000,
        "1" * 10_000,
    ],
)
def test_a_line_that_was_not_written_is_absent(line: str) -> None:
    index = Index(steps=replace(steps(("a", 1, 1))).steps)
    index.steps.texts['"planted"'] = line
    assert index.steps.get("planted") is None
    assert index.results() == {"a" * 64}
    assert index.bounded(1, there).steps.keys() == {"a"}


def there(_path: str, _seen: object) -> bool:
    return True
