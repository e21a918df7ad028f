"""Published SVG and HTML files: their references are those that html5lib and expat show, before and after rewriting."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buildassets.compiler.languages.markup import html, svg
from buildassets.compiler.languages.reference import Reference
from buildassets.compiler.languages.scan import splice
from buildassets.foundation.paths import split_url
from tests.corpus.packages import node_modules
from tests.markup_trees import html_urls, svg_urls

pytestmark = pytest.mark.corpus

PORTIONS = 8
FEWEST = {".html": 150, ".svg": 2000}
NEW = "./n%65w.png"


def all_files(suffix: str) -> list[Path]:
    return sorted(path for path in node_modules().rglob(f"*{suffix}") if path.is_file())


def texts(suffix: str, portion: int) -> Iterator[tuple[str, str]]:
    """Names and texts of an eighth of the files."""
    for path in all_files(suffix)[portion::PORTIONS]:
        yield str(path), path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("suffix", FEWEST)
def test_the_corpus_is_large(suffix: str) -> None:
    assert len(all_files(suffix)) >= FEWEST[suffix]


def test_the_corpus_has_references() -> None:
    texts_of_all = (path.read_text(encoding="utf-8") for path in all_files(".html"))
    assert sum(len(html.scan(text)) for text in texts_of_all) >= 500


def agrees(text: str, scan: Callable[[str], list[Reference]], loaded: Callable[[str], list[str]]) -> bool:
    """Return whether replacing all references changes exactly the references that a parser finds in `text`."""
    rewritten = splice(text, [(reference, NEW) for reference in scan(text)])
    return loaded(rewritten) == sorted(NEW + split_url(url)[1] for url in loaded(text))


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_references_of_html_are_what_a_parser_shows(portion: int) -> None:
    for name, text in texts(".html", portion):
        assert agrees(text, html.scan, html_urls), name


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_references_of_svg_are_what_a_parser_shows(portion: int) -> None:
    for name, text in texts(".svg", portion):
        assert agrees(text, svg.scan, svg_urls), name
