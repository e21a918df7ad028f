"""Tests that run twice: with the library of lexers, and with the lexers in Python."""

import os
from collections.abc import Iterator

import pytest

from buildassets.compiler.languages.native import library
from tests.conftest import missing_tool


def need_library() -> None:
    """Skip the test where there is no library; under CI it fails."""
    if not library.implementation().startswith("native"):
        missing_tool(f"the lexers are not native: {library.implementation()}")


@pytest.fixture(scope="module", params=["native", "python"])
def each_lexer(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs the tests of a module with each implementation; `pytestmark` asks for it."""
    if request.param == "native":
        need_library()
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, library.SWITCH, "0")
        library._found.cache_clear()
        yield
    library._found.cache_clear()
