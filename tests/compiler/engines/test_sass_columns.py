import json

import pytest

from buildassets.compiler.engines.sass_columns import characters, mappings_in_characters
from buildassets.compiler.source_map import original_position


@pytest.mark.parametrize(("line", "units", "count"), [("abc", 2, 2), ("é😀b", 3, 2), ("😀😀", 4, 2), ("a", 9, 9)])
def test_code_units_are_counted_as_characters(line: str, units: int, count: int) -> None:
    assert characters(line, units) == count


def test_mappings_without_astral_characters_are_left_alone() -> None:
    assert mappings_in_characters("AAAA;EAAE,gDAAgD;A", "aé", ["b"]) == "AAAA;EAAE,gDAAgD;A"


def test_mappings_count_characters_on_both_sides() -> None:
    # CSS line 1: column 0 ↔ source (0, 0), column 6 ↔ (0, 4); line 2: column 0 ↔ (1, 2). All in code units.
    css, source = "a😀b😀c\nd", "😀x😀y\n😀z"
    mappings = mappings_in_characters("AAAA,MAAK;AACH", css, [source])
    document = json.dumps({"version": 3, "sources": ["s"], "names": [], "mappings": mappings})
    assert original_position(document, 0, 4) == ("s", 0, 3)
    assert original_position(document, 0, 3) == ("s", 0, 0)
    assert original_position(document, 1, 0) == ("s", 1, 1)


def test_mapping_to_no_source_keeps_its_column() -> None:
    assert mappings_in_characters("G", "😀b", []) == "E"
