import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.edits import Edit, distances, edited, in_order
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import (
    composed,
    edited_map,
    encoded_map,
    joined_maps,
    map_of_pairs,
    origin_at,
    read_map,
    written_map,
)
from buildassets.compiler.languages.source_map.values import Mapped, Origin, SourceMap

TEXT = "abcdefgh\n\nxyz"
# Line 0: column 0 ← one:0:0, column 4 ← two:15:3; line 1: nothing; line 2: column 2 ← two:14:0, relative to line 0.
MAPPINGS = "AAAA,ICeG;;EADH"

letters = st.text(st.sampled_from("abcé😀\n"), min_size=1, max_size=20)


@st.composite
def texts_with_maps(draw: st.DrawFn) -> tuple[str, SourceMap]:
    text = draw(letters)
    mapping = st.tuples(
        st.integers(0, len(text) - 1), st.integers(0, 1), st.integers(0, 9), st.integers(0, 9), st.sampled_from([-1, 0])
    )
    found = draw(st.lists(mapping, max_size=8, unique_by=lambda one: one[0]).map(sorted))
    return text, SourceMap(tuple(found), (Origin("/a"), Origin("/b")), ("n",))


def document(**changes: object) -> str:
    fields = {"version": 3, "sources": ["one.scss", "two.scss"], "names": [], "mappings": MAPPINGS, **changes}
    return json.dumps(fields)


def read(map_json: str, text: str = TEXT) -> SourceMap:
    found = read_map(map_json, Lines(text))
    assert found is not None
    return found


def identity(text: str, path: str = "/m") -> SourceMap:
    lines = Lines(text)
    return map_of_pairs(((offset, offset) for offset in range(len(text))), Origin(path), lines)


def mappings_of(source_map: SourceMap) -> list[tuple[int, str | None, int, int, str | None]]:
    """The mappings with names for numbers."""
    return [
        (
            offset,
            source_map.origins[origin].name if origin >= 0 else None,
            line,
            column,
            source_map.names[name] if name >= 0 else None,
        )
        for offset, origin, line, column, name in source_map.mappings
    ]


@pytest.mark.parametrize(
    ("offset", "origin"),
    [
        (0, ("one.scss", 0, 0)),
        (3, ("one.scss", 0, 0)),
        (4, ("two.scss", 15, 3)),
        (8, ("two.scss", 15, 3)),
        (12, ("two.scss", 14, 0)),
    ],
)
def test_place_is_that_of_the_mapping_before_it(offset: int, origin: tuple[str, int, int]) -> None:
    assert origin_at(read(document()), offset) == origin


def test_place_before_all_mappings_is_that_of_the_first() -> None:
    assert origin_at(read(document(mappings="EAAA")), 0) == ("one.scss", 0, 0)


@pytest.mark.parametrize("mappings", ["", ";;;"])
def test_map_of_no_mappings_knows_no_origin(mappings: str) -> None:
    assert origin_at(read(document(mappings=mappings)), 3) is None


@pytest.mark.parametrize("root", ["/src", "/src/"])
def test_source_root_comes_before_the_sources(root: str) -> None:
    assert read(document(sourceRoot=root)).origins[0].name == "/src/one.scss"


def test_segment_without_a_source_has_no_origin() -> None:
    assert origin_at(read(document(mappings="AAAA,E")), 5) is None


def test_source_that_is_null_is_not_an_origin() -> None:
    assert origin_at(read(document(sources=[None, "two.scss"])), 0) is None


def test_contents_of_sources_are_kept() -> None:
    origins = read(document(sourcesContent=["a{}", None])).origins
    assert origins == (Origin("one.scss", "a{}"), Origin("two.scss"))


def test_fewer_contents_than_sources_are_those_of_the_first() -> None:
    assert [origin.content for origin in read(document(sourcesContent=["a{}"])).origins] == ["a{}", None]


def test_mappings_beyond_the_text_are_left_out() -> None:
    assert mappings_of(read(document(mappings="AAAA;;;;AACA"))) == [(0, "one.scss", 0, 0, None)]


def test_columns_are_read_as_code_units() -> None:
    assert mappings_of(read(document(mappings="AAAA,GAAA"), "é😀b"))[1][0] == 2


def test_guard_before_the_json_is_passed_over() -> None:
    assert read(")]}'\n" + document()) == read(document())


def test_byte_order_mark_before_the_json_is_passed_over() -> None:
    assert read("\ufeff" + document()) == read(document())


def test_sections_are_placed_by_their_offsets() -> None:
    part: dict[str, object] = {"version": 3, "sources": ["a"], "names": [], "mappings": "CAAA;AACA"}
    sections = [
        {"offset": {"line": 0, "column": 2}, "map": part},
        {"offset": {"line": 2, "column": 1}, "map": {**part, "sources": ["b"]}},
    ]
    found = read_map(json.dumps({"version": 3, "sections": sections}), Lines(TEXT))
    assert found is not None
    assert mappings_of(found) == [(3, "a", 0, 0, None), (9, "a", 1, 0, None), (12, "b", 0, 0, None)]


@pytest.mark.parametrize(
    "text",
    [
        *("", "no JSON", "[]", "{}", "null", "3", "[" * 100_000),
        *(document(mappings="?"), document(mappings=3), document(mappings="AAAAA"), document(sources=[])),
        *(document(sources=None), document(sources=[1]), document(version=2), document(version="3")),
        *('{"version":3,"sections":[{}]}', '{"version":3,"sections":[{"offset":{},"map":{"sections":[]}}]}'),
        '{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"a.map"}]}',
    ],
)
def test_an_invalid_source_map_is_ignored(text: str) -> None:
    assert read_map(text, Lines(TEXT)) is None


@pytest.mark.parametrize(
    "changes",
    [
        *({"file": []}, {"file": 3}, {"sourceRoot": []}, {"sourceRoot": -1}, {"version": True}),
        *({"sources": "one"}, {"sources": {"one": 1}}, {"sources": [{}, "two"]}, {"sources": [True, "two"]}),
        *({"sourcesContent": "a{}"}, {"sourcesContent": {"one": 1}}, {"sourcesContent": [1, "b"]}),
        *({"names": "n"}, {"names": {"n": 1}}, {"names": [None]}, {"names": [1]}),
        *({"ignoreList": 0}, {"ignoreList": ["0"]}, {"ignoreList": [0.5]}, {"ignoreList": [True]}),
        *({"ignoreList": [2]}, {"ignoreList": [-1]}, {"ignoreList": {}}),
    ],
)
def test_map_with_a_field_of_a_wrong_kind_is_damaged(changes: dict[str, object]) -> None:
    assert read_map(document(**changes), Lines(TEXT)) is None


@pytest.mark.parametrize(
    "changes",
    [
        *(
            {"ignoreList": [0, 1]},
            {"ignoreList": []},
            {"version": 3.0},
            {"sourcesContent": []},
            {"sourcesContent": [None]},
        ),
        dict.fromkeys(("file", "sourceRoot", "sourcesContent", "names", "ignoreList")),
        *({"line": 3}, {"lines": 3}, {"column": "x"}, {"x_google_ignoreList": [99]}),
    ],
)
def test_map_is_read_with_what_is_optional_empty_or_unknown(changes: dict[str, object]) -> None:
    assert read(document(**changes)).mappings == read(document()).mappings


def index(*sections: object, **changes: object) -> str:
    return json.dumps({"version": 3, "sections": sections, **changes})


def section(line: object, column: object, mappings: str = "AAAA,CAAC;CACA") -> dict[str, Any]:
    part = {"version": 3, "sources": ["a"], "names": [], "mappings": mappings}
    return {"offset": {"line": line, "column": column}, "map": part}


@pytest.mark.parametrize(
    "map_json",
    [
        index(section(0, 0), mappings="AAAA"),
        index(section(0, 0), file=3),
        *(
            index(section(2, 0), section(0, 0)),
            index(section(0, 0), section(0, 0)),
            index(section(0, 0), section(1, 0)),
        ),
        *(index(section("0", 0)), index(section(0, True)), index(section(False, 0)), index(section(0.5, 0))),
        *(
            index(section(-1, 0)),
            index(section(1, -1)),
            index({"offset": {"line": 0}, "map": section(0, 0)["map"]}),
            index([]),
            index(None),
        ),
        index({"offset": {"column": 0}, "map": section(0, 0)["map"]}),
        *(index({"offset": {"line": 0, "column": 0}, "map": json.loads(index(section(0, 0)))}), index(version=2)),
    ],
)
def test_damaged_map_of_maps_is_none(map_json: str) -> None:
    assert read_map(map_json, Lines(TEXT)) is None


@pytest.mark.parametrize(
    "map_json",
    [
        index(),
        index(section(0, 0), section(1, 1)),
        index(section(0, 0, ""), section(0, 0), section(1, 9), file="a.js"),
        index(section(0, 4, "AAAA"), section(0, 5, "AAAA")),
    ],
)
def test_sections_that_follow_one_another_are_read(map_json: str) -> None:
    assert read_map(map_json, Lines(TEXT)) is not None


@given(texts_with_maps())
def test_encoded_mappings_are_read_again(given_map: tuple[str, SourceMap]) -> None:
    text, source_map = given_map
    lines = Lines(text)
    again = read(encoded_map(source_map, lines), text)
    assert [origin_at(again, offset) for offset in places(source_map)] == [
        origin_at(source_map, offset) for offset in places(source_map)
    ]


def places(source_map: SourceMap) -> list[int]:
    return [mapping[0] for mapping in source_map.mappings]


@given(texts_with_maps())
def test_composing_with_an_identity_changes_no_mapping(given_map: tuple[str, SourceMap]) -> None:
    text, source_map = given_map
    lines = Lines(text)
    onto_itself = map_of_pairs(((offset, offset) for offset in places(source_map)), Origin("/m"), lines)
    assert mappings_of(composed(onto_itself, source_map, lines)) == mappings_of(source_map)


@given(texts_with_maps())
def test_composing_an_identity_with_a_map_is_to_look_it_up_in_its_line(given_map: tuple[str, SourceMap]) -> None:
    text, source_map = given_map
    whole = composed(identity(text), source_map, Lines(text))
    for offset, *origin in mappings_of(whole):
        start = text.rfind("\n", 0, offset) + 1
        before = [mapping for mapping in mappings_of(source_map) if start <= mapping[0] <= offset]
        assert origin[:3] == (list(before[-1][1:4]) if before else [None, 0, 0])


def test_place_behind_the_last_mapping_of_another_line_has_no_origin() -> None:
    inner = SourceMap(((0, 0, 5, 5, -1),), (Origin("/a"),))
    assert mappings_of(composed(identity("ab\nc"), inner, Lines("ab\nc")))[-1] == (3, None, 0, 0, None)


def test_name_of_the_inner_map_goes_before_that_of_the_outer() -> None:
    outer = SourceMap(((0, 0, 0, 0, 0), (1, 0, 0, 1, 0)), (Origin("/m"),), ("middle",))
    inner = SourceMap(((0, 0, 0, 0, 0), (1, 0, 0, 1, -1)), (Origin("/a"),), ("first",))
    assert [mapping[-1] for mapping in mappings_of(composed(outer, inner, Lines("ab")))] == ["first", "middle"]


@st.composite
def edits(draw: st.DrawFn) -> list[Edit]:
    spans = draw(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=5))
    return in_order(Edit(min(span), max(span), draw(st.text("XY\n", max_size=3))) for span in spans)


@given(texts_with_maps(), edits(), st.integers(0, 9))
def test_mapping_is_at_its_character_after_edits(
    given_map: tuple[str, SourceMap], ordered: list[Edit], before: int
) -> None:
    text, source_map = given_map
    ordered = [edit for edit in ordered if edit.end <= len(text)]
    marked = "".join(chr(0x1000 + index) for index in range(len(text)))
    after = "-" * before + edited(marked, ordered)
    moved = edited_map(source_map, ordered, before)
    kept = [mapping for mapping in source_map.mappings if marked[mapping[0]] in after]
    assert [mapping[1:] for mapping in moved.mappings] == [mapping[1:] for mapping in kept]
    assert [after[mapping[0]] for mapping in moved.mappings] == [marked[mapping[0]] for mapping in kept]


def test_joined_maps_share_origins_and_names() -> None:
    one = SourceMap(((0, 0, 0, 0, 0),), (Origin("/a"),), ("x",))
    two = SourceMap(((3, 0, 1, 1, 1), (4, 1, 2, 2, -1), (5, -1, 0, 0, -1)), (Origin("/b"), Origin("/a")), ("y", "x"))
    joined = joined_maps([one, two])
    assert (joined.origins, joined.names) == ((Origin("/a"), Origin("/b")), ("x", "y"))
    assert mappings_of(joined) == [
        (0, "/a", 0, 0, "x"),
        (3, "/b", 1, 1, "x"),
        (4, "/a", 2, 2, None),
        (5, None, 0, 0, None),
    ]


def written(source_map: SourceMap, text: str, **contents: str) -> Any:
    named = {"/a": "a.js", "/b": "b.js", "/c": "a.js"}
    return json.loads(
        written_map(
            source_map, Lines(text), lambda origin: named[origin.name], lambda origin: contents.get(origin.name[1:])
        )
    )


def test_written_map_holds_what_its_mappings_use() -> None:
    mappings: tuple[Mapped, ...] = ((0, 1, 0, 0, 1), (3, 1, 1, 0, -1))
    source_map = SourceMap(mappings, (Origin("/a"), Origin("/b")), ("x", "y"))
    assert written(source_map, "ab\nc", b="B") == {
        "version": 3,
        "sources": ["b.js"],
        "sourcesContent": ["B"],
        "names": ["y"],
        "mappings": "AAAAA;AACA",
    }


def test_written_map_names_a_source_once() -> None:
    source_map = SourceMap(((0, 0, 0, 0, -1), (1, 2, 1, 0, -1)), (Origin("/a"), Origin("/b"), Origin("/c")))
    assert written(source_map, "ab")["sources"] == ["a.js"]


def test_written_map_without_contents_has_no_list_of_them() -> None:
    assert "sourcesContent" not in written(SourceMap(((0, 0, 0, 0, -1),), (Origin("/a"),)), "ab")


def test_written_map_counts_code_units() -> None:
    assert written(SourceMap(((2, 0, 0, 0, -1),), (Origin("/a"),)), "😀é!")["mappings"] == "GAAA"


def test_redundant_mapping_is_not_written() -> None:
    mappings: tuple[Mapped, ...] = ((0, 0, 0, 0, -1), (1, 0, 0, 0, -1), (3, 0, 0, 0, -1), (4, -1, 0, 0, -1))
    assert written(SourceMap(mappings, (Origin("/a"),)), "ab\ncd")["mappings"] == "AAAA;AAAA,C"


@given(texts_with_maps(), edits())
def test_edits_then_lookup_is_lookup_then_edits(given_map: tuple[str, SourceMap], ordered: list[Edit]) -> None:
    text, source_map = given_map
    ordered = [edit for edit in ordered if edit.end <= len(text)]
    after = edited(text, ordered)
    again = read(encoded_map(edited_map(source_map, ordered), Lines(after)), after)
    spans = [(mapping[0], mapping[0] + 1) for mapping in source_map.mappings]
    for mapping, distance in zip(source_map.mappings, distances(spans, ordered), strict=True):
        if distance is not None:
            assert origin_at(again, mapping[0] + distance) == origin_at(source_map, mapping[0])
