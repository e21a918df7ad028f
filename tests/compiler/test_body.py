from pathlib import Path

import pytest

from buildassets.compiler.body import OnDisk, bytes_of, text_of
from buildassets.compiler.graph.walk import HELD_BYTES, Memory
from buildassets.compiler.model import Draft, Source
from buildassets.errors import BuildError
from buildassets.foundation.digest import digest
from buildassets.foundation.paths import LogicalPath
from tests.building import build, load_config
from tests.conftest import read_tree, write_tree

TEXT = "é()\n"


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """The draft of a script that is released as it is."""
    path = write_tree(tmp_path, {"a.js": TEXT}) / "a.js"
    source = Source(LogicalPath("a.js"), str(path), "a.js", 0, "a.js")
    return Draft(source, TEXT, digest=digest(path.read_bytes()))


def test_a_body_for_which_there_is_room_is_held(draft: Draft) -> None:
    assert Memory(10).fitted(draft).body is draft.body


def test_body_without_room_is_read_again(draft: Draft) -> None:
    memory = Memory(2 * len(TEXT))
    memory.fitted(draft)
    memory.fitted(draft)
    body = memory.fitted(draft).body
    assert isinstance(body, OnDisk)
    assert body.size_bytes == len(TEXT.encode())
    assert text_of(body) == TEXT
    assert bytes_of(body) == TEXT.encode()


def test_a_body_that_an_engine_made_is_held(draft: Draft) -> None:
    made = Draft(draft.source, TEXT)
    assert Memory(0).fitted(made) is made


@pytest.mark.parametrize("content", ["e()\n", None])
def test_changed_file_is_an_error(draft: Draft, content: str | None) -> None:
    body = Memory(0).fitted(draft).body
    path = Path(draft.source.path)
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(BuildError, match="changed while it was built"):
        bytes_of(body)


def test_a_tree_larger_than_the_room_is_built_alike(tmp_path: Path) -> None:
    files = {
        "b.css": 'a { background: url("c.svg") }',
        "c.svg": "<svg/>",
        "d.js": "import './e.js'",
        "e.js": "import './d.js'",
        "buildassets.toml": "compress = []\n",
    }
    site = write_tree(tmp_path, {f"assets/{name}" if name[1] == "." else name: text for name, text in files.items()})
    config = load_config(str(site / "buildassets.toml"))
    assert build(config).succeeded
    expected = read_tree(site / "build/assets")
    (site / "assets/a.bin").write_bytes(bytes(HELD_BYTES + 1))
    assert build(config).succeeded
    found = read_tree(site / "build/assets")
    assert {name: text for name, text in found.items() if not name.startswith("a.")} == expected
    assert len(found) == len(expected) + 1
