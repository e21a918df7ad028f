"""Native lexers and those in Python find the same references, results and joints in published scripts and sheets."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.compiler.languages.edits import Member
from buildassets.compiler.languages.javascript.survey import surveyed
from buildassets.compiler.languages.javascript.unclosed import unclosed
from buildassets.compiler.languages.javascript.worker_urls import may_name_workers
from buildassets.compiler.languages.scan import join, scan
from buildassets.foundation.media import Syntax
from tests.conftest import lexers_in_python, need_library
from tests.corpus.packages import node_modules, sampled

pytestmark = pytest.mark.corpus

LARGE_BYTES = 200_000  # of which there are a few, and what is true of them is true of their parts


@pytest.fixture(scope="module", autouse=True)
def library_is_there() -> None:
    need_library()


def published(*suffixes: str) -> Iterator[str]:
    """The texts of published files."""
    paths = (path for suffix in suffixes for path in node_modules().rglob(f"*{suffix}"))
    for path in sampled(sorted(path for path in paths if path.is_file())):
        raw = path.read_bytes()
        if len(raw) < LARGE_BYTES:
            yield raw.decode("utf-8", "surrogateescape")


def differing(texts: Iterator[str], *questions: Callable[[str], object]) -> list[str]:
    """List the beginnings of the texts for which an answer differs."""
    known = [(text, [question(text) for question in questions]) for text in texts]
    with lexers_in_python():
        return [text[:200] for text, answers in known if answers != [question(text) for question in questions]]


def test_lexers_read_sheets_alike() -> None:
    def minified(text: str) -> object:
        return SheetEngine().run(EngineInput(text, "/p/a.css", "a.css"))

    def joined(text: str) -> object:
        return join(Syntax.CSS, [Member("a.css", text), Member("b.css", "b {}")])

    assert not differing(published(".css"), minified, joined, partial(scan, Syntax.CSS))


def test_lexers_read_scripts_alike() -> None:
    def minified(text: str) -> object:
        return RjsminEngine().run(EngineInput(text, "/p/a.js", "a.js"))

    assert not differing(published(".min.js", "core.js", "dist/*.mjs"), minified, partial(scan, Syntax.JAVASCRIPT))


def test_references_of_scripts_are_the_same() -> None:
    assert not differing(published(".js", ".mjs"), partial(scan, Syntax.JAVASCRIPT))


def test_surveys_of_scripts_hold_what_their_parts_find() -> None:
    def found(text: str) -> object:
        surveyed(text)
        return unclosed(text), scan(Syntax.JAVASCRIPT, text), may_name_workers(text)

    assert not differing(published(".js", ".mjs"), found)


def test_lexers_join_scripts_alike() -> None:
    def joined(text: str) -> object:
        return join(Syntax.JAVASCRIPT, [Member("a.js", text), Member("b.js", "b()")])

    assert not differing(published(".umd.js", ".min.js", ".bundle.js", "d3.js", "jquery.js"), joined)
