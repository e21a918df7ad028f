"""What the tests of several engines use."""

from collections.abc import Iterator

import pytest

from tests.compiler.languages.javascript.js_programs import Run, running_in


@pytest.fixture(scope="module")
def run_in_node(node: str) -> Iterator[Run]:
    """Runs a text in node; gives what it printed."""
    with running_in(node) as run:
        yield run
