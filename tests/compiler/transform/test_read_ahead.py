"""Scripts are read and surveyed before their drafts are made, where the library of lexers is there."""

from pathlib import Path

import pytest

from buildassets.compiler.languages.native.library import Question, asked
from buildassets.compiler.model import Source
from buildassets.compiler.transform.read_ahead import ReadAhead, read_ahead
from buildassets.paths import LogicalPath
from tests.conftest import lexers_in_python, need_library, write_tree


def sources(folder: Path, *names: str) -> list[Source]:
    return [Source(LogicalPath(name), str(folder / name), name, 0, name) for name in names]


def test_scripts_come_in_order_with_their_contents_and_surveys(tmp_path: Path) -> None:
    need_library()
    files = {f"{number}.js": f"import './{number + 1}.js'" + " " * 20_000 for number in range(250)}
    write_tree(tmp_path, files)
    found = [*read_ahead(sources(tmp_path, *files), lambda _: True)]
    assert [source.logical for source, _ in found] == [*files]
    for source, ahead in found:
        text = files[source.logical]
        assert ahead == ReadAhead(text.encode(), asked(Question.SCRIPT_SURVEY, text))


@pytest.mark.parametrize("name", ["a.css", "absent.js", "folder.js", "engine.js"])
def test_what_is_no_script_to_be_read_comes_without_a_content(tmp_path: Path, name: str) -> None:
    need_library()
    write_tree(tmp_path, {"a.css": "a {}", "a.js": "a()", "engine.js": "e()", "folder.js/b.js": ""})
    given = sources(tmp_path, "a.js", name)
    found = [*read_ahead(given, lambda source: source.logical != "engine.js")]
    assert found == [(given[0], ReadAhead(b"a()", asked(Question.SCRIPT_SURVEY, "a()"))), (given[1], None)]


def test_nothing_is_read_ahead_without_the_library(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.js": "a()"})
    given = sources(tmp_path, "a.js")
    with lexers_in_python():
        assert [*read_ahead(given, lambda _: True)] == [(given[0], None)]
