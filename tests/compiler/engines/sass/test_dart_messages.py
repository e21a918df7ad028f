import pytest

from buildassets.compiler.engines.sass.dart_messages import characters


@pytest.mark.parametrize(("line", "units", "count"), [("abc", 2, 2), ("é😀b", 3, 2), ("😀😀", 4, 2), ("a", 9, 1)])
def test_code_units_are_counted_as_characters(line: str, units: int, count: int) -> None:
    assert characters(line, units) == count
