import os
from pathlib import Path

import pytest

from buildassets.compiler.engines.reader import Reader
from buildassets.errors import BuildError
from tests.conftest import write_tree


def test_a_file_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "\ufeffé"})
    reader = Reader()
    assert reader.read(str(tmp_path / "a")) == "é"
    assert (reader.inputs, reader.absences) == ({str(tmp_path / "a")}, set())


@pytest.mark.parametrize("name", ["no", "folder", "file/below", "nul\0"])
def test_path_that_is_not_a_file_is_absent(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"folder/a": "", "file": ""})
    reader = Reader()
    assert reader.read(str(tmp_path / name)) is None
    assert (reader.inputs, reader.absences) == (set(), {str(tmp_path / name)})


def test_a_file_that_cannot_be_read_is_an_error_under_its_own_name(tmp_path: Path) -> None:
    os.symlink("loop", tmp_path / "loop")
    with pytest.raises(BuildError) as caught:
        Reader(lambda path: Path(path).name).read(str(tmp_path / "loop"))
    (found,) = caught.value.diagnostics
    assert (found.code, found.location and found.location.file) == ("source/unreadable", "loop")
    assert found.message.startswith("cannot read `loop`: ")
