"""Values of a lazy mapping are made when they are read, each once."""

import pytest

from buildassets.foundation.lazily import Lazily


class Lengths:
    """Gives lengths of texts, and keeps which it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def of(self, text: str) -> int:
        self.asked.append(text)
        return len(text)


def test_values_are_made_once_when_they_are_read() -> None:
    lengths = Lengths()
    values = Lazily(["a", "bb"], lengths.of)
    assert list(values) == ["a", "bb"]
    assert "bb" in values
    assert lengths.asked == []
    assert (values["bb"], values.get("bb"), values.get("c")) == (2, 2, None)
    assert lengths.asked == ["bb"]


def test_set_value_is_not_made() -> None:
    lengths = Lengths()
    values = Lazily(["a"], lengths.of)
    values["a"], values["c"] = 7, 8
    assert dict(values) == {"a": 7, "c": 8}
    assert lengths.asked == []


def test_removed_key_is_gone() -> None:
    values = Lazily(["a", "bb"], len)
    del values["a"]
    assert len(values) == 1
    with pytest.raises(KeyError):
        values["a"]


def test_copy_has_the_values_and_keeps_its_own() -> None:
    lengths = Lengths()
    values = Lazily(["a", "bb"], lengths.of)
    assert values["a"] == 1
    copy = values.copy()
    copy["a"] = 9
    assert (values["a"], copy["bb"], lengths.asked) == (1, 2, ["a", "bb"])


def test_forgotten_value_is_made_again() -> None:
    lengths = Lengths()
    values = Lazily(["a", "bb"], lengths.of)
    assert dict(values) == {"a": 1, "bb": 2}
    values.forget(["a", "c"])
    assert (dict(values), lengths.asked) == ({"a": 1, "bb": 2}, ["a", "bb", "a"])
