import json

import pytest

from buildassets.compiler.source_map import original_position

# Line 0: column 0 ← one:0:0, column 4 ← two:15:3; line 1: nothing; line 2: column 2 ← two:14:0, relative to line 0.
MAPPINGS = "AAAA,ICeG;;EADH"


def source_map(**changes: object) -> str:
    return json.dumps({"version": 3, "sources": ["one.scss", "two.scss"], "mappings": MAPPINGS, **changes})


@pytest.mark.parametrize(
    ("line", "column", "original"),
    [
        (0, 0, ("one.scss", 0, 0)),
        (0, 3, ("one.scss", 0, 0)),
        (0, 4, ("two.scss", 15, 3)),
        (0, 999, ("two.scss", 15, 3)),
        (2, 2, ("two.scss", 14, 0)),
        (2, 0, ("two.scss", 14, 0)),
    ],
)
def test_place_is_that_of_the_mapping_before_it(line: int, column: int, original: tuple[str, int, int]) -> None:
    assert original_position(source_map(), line, column) == original


@pytest.mark.parametrize("line", [1, 3, 99, -1])
def test_line_without_a_mapping_has_no_origin(line: int) -> None:
    assert original_position(source_map(), line, 0) is None


def test_source_root_comes_before_the_source() -> None:
    assert original_position(source_map(sourceRoot="/src/"), 0, 0) == ("/src/one.scss", 0, 0)


def test_large_and_negative_numbers_are_read() -> None:
    # 16 is two digits (`gB`), then 15 back (`f`).
    assert original_position(source_map(mappings="AAgBA;AAfA"), 1, 0) == ("one.scss", 1, 0)


def test_segment_without_a_source_is_passed_over() -> None:
    assert original_position(source_map(mappings="AAAA,E"), 0, 5) == ("one.scss", 0, 0)


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "{}", "null", source_map(mappings="?"), source_map(mappings=3), source_map(sources=[])],
)
def test_what_is_no_source_map_has_no_origin(text: str) -> None:
    assert original_position(text, 0, 0) is None
