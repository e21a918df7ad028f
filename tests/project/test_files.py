from pathlib import Path

from buildassets.project.files import ProjectFiles
from tests.conftest import write_tree


def test_installed_and_generated_files_are_left_out(tmp_path: Path) -> None:
    files = ["a.py", "b/c.py", ".git/x", "node_modules/x", "env1/pyvenv.cfg", "env1/x.py", "out/x", "__pycache__/x"]
    write_tree(tmp_path, dict.fromkeys(files, ""))
    assert ProjectFiles(str(tmp_path), (str(tmp_path / "out"),)).names == ("a.py", "b/c.py")


def test_name_that_is_not_text_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a\x1b.css").touch()
    (tmp_path / "b\udcff.css").touch()
    assert ProjectFiles(str(tmp_path)).names == ()


def test_file_that_is_not_text_has_an_empty_text(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": b"\xff"})
    assert (ProjectFiles(str(tmp_path)).text("a.py"), ProjectFiles(str(tmp_path)).text_or_none("a.py")) == ("", None)
