"""TOML that somebody else may have written."""

import pytest

from buildassets.foundation.toml_values import toml_values
from tests.conftest import watchdog

_DEEP = [
    "{} = 1",
    "  {} = 1",
    "[{}]",
    "[[{}]]",
    "[ {} ]",
    "x = {{ {} = 1 }}",
    "x = {{b = 1, {} = 1}}",
    "x = [\n{{{} = 1}}]",
    "y = 1\n\t[{}]",
]


@pytest.mark.parametrize("part", ["a", '"a"', "'a'", r'"\""', '"a.b"'])
@pytest.mark.parametrize("frame", _DEEP)
def test_key_of_more_than_100_parts_is_refused(frame: str, part: str) -> None:
    assert toml_values(frame.format(".".join([part] * 100)))
    for separator in (".", " . "):
        with pytest.raises(ValueError, match="values are nested too deeply"):
            toml_values(frame.format(separator.join([part] * 101)))


@pytest.mark.parametrize("repeated", ["a.", "[", "{", ",'", ',"', '"', "[a.", ",a.b", "\\", " ", "a", '"\\"".'])
def test_text_that_is_not_toml_is_searched_in_linear_time(repeated: str) -> None:
    with watchdog(), pytest.raises(ValueError, match=r".+"):
        toml_values(f"x = {repeated * (1_000_000 // len(repeated))}")
