"""Values from elsewhere have exactly the types that their classes declare, or none of them is used."""

from typing import Any, Literal

import pytest

from buildassets.compiler.engines.process.typed_values import is_of_type
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.compiler.model import Draft, Source
from buildassets.foundation.diagnostics import warning
from buildassets.foundation.frozen import replace as typed_replace
from buildassets.foundation.paths import LogicalPath

replace: Any = typed_replace  # values of other types are what is tested
Mappings: Any = SourceMap
SOURCE = Source(LogicalPath("a.css"), "/a.css", shown="a.css", root=0, relative="a.css")
DRAFT = Draft(
    SOURCE,
    "text",
    (Reference(0, 1, "a.svg"),),
    origin=SourceMap(((0, 0, 0, 0, 0),) * 3),
    diagnostics=(warning("css/syntax", "text"),),
    names={"a": {"b": "c"}},
    icons={"a": (1, 2)},
)

OTHERS: dict[str, list[Any]] = {
    "source": [3, None, replace(SOURCE, root=True), replace(SOURCE, variants=["a"])],
    "body": [None, bytearray(b"a"), 3],
    "references": [[], (3,), (replace(Reference(0, 1, "a"), start="0"),)],
    "origin": [Mappings(one) for one in (((0, 0, 0, 0),), ((0, 0, 0, 0, "0"),), ((0, 0, 0, 0, True),), 3)],
    "names": [{"a": 3}, {3: {}}, {"a": {"b": 3}}],
    "icons": [{"a": [1]}, {"a": ("1",)}, ()],
    "diagnostics": ["text", (None,), (replace(warning("a/b", "c"), notes="text"),)],
}


@pytest.mark.parametrize("value", [DRAFT, replace(DRAFT, body=b"", origin=None, stamp=(1, 2, 3, 4))])
def test_draft_as_it_is_made_fits(value: Draft) -> None:
    assert is_of_type(value, Draft)


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in OTHERS.items() for value in values],
    ids=repr,
)
def test_draft_with_a_value_of_another_type_does_not_fit(name: str, value: object) -> None:
    assert not is_of_type(replace(DRAFT, **{name: value}), Draft)


def test_member_of_an_enumeration_and_of_a_literal_fit() -> None:
    assert is_of_type(ReferenceKind.URL, ReferenceKind)
    assert is_of_type("a", Literal["a", "b"])
    assert not is_of_type("c", Literal["a", "b"])
    assert not is_of_type("url", ReferenceKind)


def test_value_without_all_its_fields_does_not_fit() -> None:
    assert not is_of_type(object.__new__(Source), Source)
