"""Frozen classes are what `dataclasses` would have made of them."""

import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, dataclass, fields, replace
from typing import Any

import pytest

from buildassets.foundation import frozen as module
from buildassets.foundation.frozen import field, frozen, frozen_by_name

MANY = 12  # values, of which the last are made by a compiled constructor


@frozen
class Place:
    """A place."""

    name: str
    line: int = 1
    marks: Mapping[str, int] = field(default_factory=dict)
    seen: int = field(default=0, repr=False, compare=False)

    @property
    def shown(self) -> str:
        return f"{self.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Model:
    """The same by `dataclasses`."""

    name: str
    line: int = 1
    marks: Mapping[str, int] = dataclasses.field(default_factory=dict)
    seen: int = dataclasses.field(default=0, repr=False, compare=False)


def test_values_are_made_by_position_and_by_name() -> None:
    for _ in range(MANY):
        place = Place("a", marks={"b": 1})
        assert (place.name, place.line, place.marks, place.seen, place.shown) == ("a", 1, {"b": 1}, 0, "a:1")


def test_each_value_gets_its_own_default() -> None:
    assert Place("a").marks is not Place("a").marks


def test_a_missing_or_unknown_argument_is_an_error() -> None:
    with pytest.raises(TypeError, match="name"):
        Place()  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match="size"):
        Place("a", size=1)  # type: ignore[call-arg]  # that is the point


def test_the_first_value_of_a_class_needs_the_same_arguments() -> None:
    for given, named in ((), {}), (("a",), {"size": 1}), (("a",), {"name": "b"}), (("a", 1, {}, 2, 3), {}):
        fresh: Any = frozen(
            type(
                "Fresh",
                (),
                {"__annotations__": {"name": str, "line": int, "a": int, "b": int}, "line": 1, "a": 2, "b": 3},
            )
        )
        with pytest.raises(TypeError, match="argument"):
            fresh(*given, **named)
        assert [fresh("a", line).line for line in range(MANY)] == [*range(MANY)]


def test_values_with_equal_fields_are_equal_and_hash_alike() -> None:
    assert Place("a", 2, seen=1) == Place("a", 2, seen=2)
    assert Place("a", 2) != Place("a", 3)
    assert Place("a") != Model("a")  # type: ignore[comparison-overlap]  # that is the point
    assert hash(Place("a", 2, marks=())) == hash(Place("a", 2, marks=()))  # type: ignore[arg-type]  # can be hashed


def test_a_value_cannot_be_changed() -> None:
    place = Place("a")
    with pytest.raises(FrozenInstanceError, match="name"):
        place.name = "b"  # type: ignore[misc]  # that is the point
    with pytest.raises(FrozenInstanceError, match="name"):
        del place.name
    with pytest.raises(FrozenInstanceError, match="other"):
        place.other = 1  # type: ignore[attr-defined]  # that is the point
    assert not hasattr(place, "__dict__")


def test_functions_of_dataclasses_know_the_class() -> None:
    assert replace(Place("a"), line=2) == Place("a", 2)
    assert asdict(Place("a")) == asdict(Model("a"))
    assert [one.name for one in fields(Place)] == [one.name for one in fields(Model)]
    assert Place.__match_args__ == Model.__match_args__


def test_a_copy_with_other_values_is_a_separate_value() -> None:
    place = Place("a", marks={"b": 1}, seen=3)
    copy = module.replace(place, line=2)
    assert (copy.name, copy.line, copy.marks, copy.seen) == ("a", 2, {"b": 1}, 3)
    assert place.line == 1
    with pytest.raises(TypeError, match="size"):
        module.replace(place, size=1)  # type: ignore[call-arg]  # that is the point


def test_the_values_of_the_fields_are_not_copied() -> None:
    place = Place("a", marks={"b": 1}, seen=3)
    assert module.values_by_name(place) == {"name": "a", "line": 1, "marks": {"b": 1}, "seen": 3}
    assert module.values_by_name(place)["marks"] is place.marks
    assert (module.is_frozen(place), module.is_frozen(Model("a"))) == (True, False)


@frozen_by_name
class Named:
    name: str
    marks: Mapping[str, int] = field(default_factory=dict)


def test_a_class_of_named_arguments_takes_no_others() -> None:
    assert Named(name="a").marks == {}
    assert module.replace(Named(name="a"), name="b") == replace(Named(name="a"), name="b") == Named(name="b")
    with pytest.raises(TypeError, match="positional"):
        Named("a")  # type: ignore[call-arg]  # that is the point


def test_a_class_can_have_its_constructor_from_the_start() -> None:
    fresh: Any = frozen(type("Fresh", (), {"__annotations__": {"name": str}}))
    module.compile_now(fresh, Named)
    assert (vars(fresh)["__init__"].__name__, fresh("a").name) == ("__init__", "a")


def test_a_class_inherits_the_constructor() -> None:
    class Spot(Place):
        __slots__ = ()

    assert isinstance(Spot("a"), Spot)
    assert (Spot("a").name, Place("b").name, Place.__init__.__qualname__) == ("a", "b", "Place.__init__")


def test_a_value_is_shown_as_dataclasses_show_it() -> None:
    assert repr(Place("a", seen=1)) == repr(Model("a", seen=1)).replace("Model", "Place")
    assert (Place.__doc__, Place.__qualname__, Place.__module__) == ("A place.", "Place", __name__)


def test_a_value_survives_pickling() -> None:
    place = Place("a", 2, {"b": 1}, 3)
    copy = pickle.loads(pickle.dumps(place))
    assert (copy, copy.seen) == (place, 3)
