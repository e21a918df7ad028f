"""A process that stays finds each change of what decided its last build, and of what that left."""

import os
import time
from pathlib import Path

import pytest

from buildassets.compiler.cache.looked_at import Decided, LookedAt
from buildassets.foundation.digest import digest
from tests.conftest import settle, write_tree


class Look:
    """The files of one build in `folder`: `a.css`, the names in the folder, and the output `build/a.css`."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_tree(folder, {"a.css": "a {}", "build/a.css": "a{}"})
        self._looked_at = LookedAt()
        self.inputs: tuple[str, ...] = (str(folder / "a.css"), str(folder / "gone.css"), str(folder))

    def build(self) -> bool:
        began_ns = time.time_ns()
        output = str(self.folder / "build/a.css")
        digests = {output: digest(b"a{}"), self.inputs[0]: digest((self.folder / "a.css").read_bytes())}
        decided = Decided(inputs=self.inputs, outputs=(output,), folders=(str(self.folder),), digests=digests)
        return self._looked_at.keep(decided, began_ns)

    def changed(self) -> set[str]:
        return {os.path.relpath(path, self.folder) for path in self._looked_at.changed()}


@pytest.fixture
def look(tmp_path: Path) -> Look:
    look = Look(tmp_path / "site")
    settle()
    assert look.build()
    return look


def test_nothing_is_changed_where_nothing_was_written(look: Look) -> None:
    assert look.changed() == set()


@pytest.mark.parametrize("name", ["a.css", "build/a.css"])
def test_a_file_that_was_written_is_changed(look: Look, name: str) -> None:
    (look.folder / name).write_text("b {}")
    assert look.changed() == {name}


def test_a_file_that_appears_is_changed_with_the_names_around_it(look: Look) -> None:
    (look.folder / "gone.css").write_text("b {}")
    assert look.changed() == {"gone.css", "."}


def test_a_file_that_is_replaced_leaves_the_names_around_it_unchanged(look: Look) -> None:
    (look.folder / "b.css").write_text("b {}")
    assert look.changed() == {"."}
    os.replace(look.folder / "b.css", look.folder / "a.css")
    assert look.changed() == {"a.css", "."}
    assert look.build()
    (look.folder / ".a.css.swp").write_text("")
    assert look.changed() == set()


def test_a_young_file_that_is_written_again_with_the_same_stamp_is_changed(look: Look) -> None:
    path = look.folder / "a.css"
    path.write_text("b {}")
    stamp = path.stat()
    assert look.changed() == {"a.css"}
    assert look.build()
    path.write_text("c {}")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert look.changed() == {"a.css"}


def test_a_file_that_was_written_while_the_build_ran_is_changed(look: Look) -> None:
    (look.folder / "a.css").write_text("b {}")
    assert look.changed() == {"a.css"}
    (look.folder / "a.css").write_text("c {}")
    assert look.build()
    assert look.changed() == {"a.css"}


def test_files_that_do_not_matter_any_more_are_not_looked_at(look: Look) -> None:
    look.inputs = look.inputs[:1]
    assert look.build()
    (look.folder / "gone.css").write_text("b {}")
    assert look.changed() == set()
