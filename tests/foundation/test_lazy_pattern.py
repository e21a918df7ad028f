"""Patterns that are compiled when they are first used."""

import re

import pytest

from buildassets.foundation.lazy_pattern import lazy_pattern


def test_lazy_pattern_searches_as_a_compiled_one_does() -> None:
    lazy, compiled = lazy_pattern(r"(a)|B", re.IGNORECASE), re.compile(r"(a)|B", re.IGNORECASE)
    text = "xAyb"
    assert [found.span() for found in lazy.finditer(text)] == [found.span() for found in compiled.finditer(text)]
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub("", text, count=1) == compiled.sub("", text, count=1)
    assert lazy.split(text) == compiled.split(text)
    assert (lazy.match(text), lazy.fullmatch("b") is not None) == (None, True)


def test_pattern_is_compiled_at_the_first_search() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error, match="unterminated"):
        broken.search("a")


def test_unknown_attribute_of_a_pattern_is_an_error() -> None:
    with pytest.raises(AttributeError, match="append"):
        lazy_pattern("a").append  # type: ignore[attr-defined]  # noqa: B018  # that is the point
