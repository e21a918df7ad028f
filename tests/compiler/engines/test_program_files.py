"""Versions of installed packages."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import hypothesis
import pytest

from buildassets.compiler.engines.program_files import installed_version
from tests.conftest import write_tree


def test_version_is_that_of_the_folder_next_to_the_modules(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a-1.2rc3.dist-info/METADATA": "", "a_b-2.dist-info/METADATA": "", "a/__init__.py": ""})
    assert installed_version("a", str(tmp_path)) == "1.2rc3"


@pytest.mark.parametrize("names", [[], ["hypothesis-1.dist-info/METADATA", "hypothesis-2.dist-info/METADATA"]])
def test_version_is_asked_of_python_where_that_is_not_sure(tmp_path: Path, names: list[str]) -> None:
    write_tree(tmp_path, dict.fromkeys(names, ""))
    assert installed_version("hypothesis", str(tmp_path)) == version("hypothesis") == hypothesis.__version__


def test_package_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    with pytest.raises(PackageNotFoundError):
        installed_version("there-is-none", str(tmp_path))
