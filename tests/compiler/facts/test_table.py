"""Facts are found again if something that they depend on changed, and not otherwise."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import pytest

from buildassets.compiler.facts.table import Facts, Key

_Value = TypeVar("_Value")
TEXT, WORDS, COUNT = ("file", "a.txt"), ("words", "a.txt"), ("count", "a.txt")


class Texts:
    """Counts the words of one text: `found` counts how often each fact was found."""

    def __init__(self, text: str) -> None:
        self.facts = Facts()
        self.text = text
        self.found: Counter[str] = Counter()

    def words(self) -> tuple[str, ...]:
        return self.facts.ask(WORDS, self._noted("words", self._split))

    def count(self) -> int:
        return self.facts.ask(COUNT, self._noted("count", lambda: len(self.words())))

    def edit(self, text: str) -> None:
        self.text = text
        self.facts.begin()
        self.facts.touch(TEXT)

    def _split(self) -> tuple[str, ...]:
        self.facts.note(*TEXT)
        return tuple(self.text.split())

    def _noted(self, name: str, find: Callable[[], _Value]) -> Callable[[], _Value]:
        def found() -> _Value:
            self.found[name] += 1
            return find()

        return found


@pytest.fixture
def texts() -> Texts:
    texts = Texts("one two")
    assert texts.count() == 2
    return texts


def test_fact_that_holds_is_not_found_again(texts: Texts) -> None:
    texts.facts.begin()
    assert texts.count() == 2
    assert texts.found == {"words": 1, "count": 1}


def test_fact_whose_file_changed_is_found_again(texts: Texts) -> None:
    texts.edit("one two three")
    assert texts.count() == 3
    assert texts.found == {"words": 2, "count": 2}


def test_fact_that_is_the_same_again_leaves_its_users_valid(texts: Texts) -> None:
    texts.edit("one  two")
    assert texts.words() == ("one", "two")
    assert texts.count() == 2
    assert texts.found == {"words": 2, "count": 1}


def test_fact_that_was_not_asked_for_stays_doubtful(texts: Texts) -> None:
    texts.edit("one")
    texts.facts.begin()
    assert texts.facts.doubtful("count") == ["a.txt"]
    assert texts.count() == 1


def test_change_on_which_nothing_depends_is_none(texts: Texts) -> None:
    texts.facts.begin()
    assert not texts.facts.touch(("file", "b.txt"))
    assert texts.facts.holds(COUNT)


def test_users_of_a_removed_fact_are_found_again(texts: Texts) -> None:
    texts.facts.begin()
    texts.facts.remove(WORDS)
    assert not texts.facts.holds(COUNT)
    assert not texts.facts.holds(WORDS)


def test_first_changed_dependency_is_the_reason(texts: Texts) -> None:
    texts.edit("one")
    assert texts.facts.newer(WORDS) == TEXT
    assert texts.facts.newer(COUNT) == WORDS


def test_failure_leaves_a_fact_to_be_found_again(texts: Texts) -> None:
    texts.edit("one")
    with pytest.raises(ZeroDivisionError):
        texts.facts.ask(WORDS, lambda: 1 // 0)
    assert texts.count() == 1


class Stored:
    """The words of a text, as an earlier process found them."""

    def fact(self, key: Key) -> tuple[list[str], tuple[Key, ...]] | None:
        return (["one"], (TEXT,)) if key == WORDS else None

    def users(self, on: Key) -> Iterable[Key]:
        return [WORDS] if on == TEXT else []

    def about(self, kind: str) -> Iterable[str]:
        return ["a.txt"] if kind in ("file", "words") else []


def test_stored_fact_holds_until_its_file_changes() -> None:
    facts = Facts(Stored())
    facts.begin()
    assert facts.holds(WORDS)
    assert facts.found("words") == ["a.txt"]
    assert facts.touch(TEXT)
    assert not facts.holds(WORDS)
    assert facts.newer(WORDS) == TEXT


def test_fact_about_a_stored_one_is_in_doubt_with_it() -> None:
    facts = Facts(Stored())
    facts.begin()
    count = partial(facts.ask, COUNT, lambda: len(facts.ask(WORDS, lambda: ("one", "two"))))
    assert count() == 1
    facts.begin()
    facts.touch(TEXT)
    assert count() == 2


def test_only_what_stored_facts_depend_on_is_known() -> None:
    facts = Facts(Stored())
    facts.begin()
    assert not facts.touch(("file", "b.txt"))
    assert facts.knows(TEXT)
    assert not facts.knows(COUNT)
