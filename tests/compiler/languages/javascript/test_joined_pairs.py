"""Each pair of scripts runs joined as it does one after the other, in node."""

from collections.abc import Iterator
from itertools import product

import pytest

from tests.compiler.languages.javascript.joined_scripts import HAZARDS, Node, codes, decoded, different

pytestmark = [pytest.mark.thorough, pytest.mark.node]


@pytest.fixture(scope="module")
def runner(node: str) -> Iterator[Node]:
    process = Node(node)
    yield process
    process.close()


def test_joined_pairs_run_as_they_do_apart(runner: Node) -> None:
    assert different(runner, list(product(HAZARDS, HAZARDS))) == []


def test_plain_concatenation_breaks_many_pairs(runner: Node) -> None:
    cases = [pair for pair in product(HAZARDS, HAZARDS) if not codes(*pair)][::5]
    apart = runner.results([[decoded(text) for text in case] for case in cases])
    together = runner.results([["".join(case)] for case in cases])
    assert sum(not one["failed"] and one != other for one, other in zip(apart, together, strict=True)) > 100
