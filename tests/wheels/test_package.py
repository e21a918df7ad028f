"""The build of a package for an application, as far as it needs no installation."""

import os
from pathlib import Path

import pytest

from buildassets.wheels.package import built_again
from tests.conftest import write_tree
from tests.wheels.projects import WITHOUT_BACKEND, write_package


@pytest.mark.parametrize("path", ["", ".", "lib"])
def test_relative_entry_of_pythonpath_leads_to_no_module_in_the_package(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    package = write_package(
        tmp_path / "cards", WITHOUT_BACKEND, {"sitecustomize.py": trap, "lib/sitecustomize.py": trap}
    )
    monkeypatch.chdir(write_tree(tmp_path / "site", {"assets/app.css": ""}))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((path, str(tmp_path / "none"))))
    built_again(str(package))
    assert (package / "src/cards/release/manifest.json").exists()
    assert not (tmp_path / "ran").exists()


def test_relative_entry_of_pythonpath_leads_to_the_modules_that_it_means_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_package(tmp_path / "cards", WITHOUT_BACKEND)
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    monkeypatch.chdir(write_tree(tmp_path / "site", {"lib/sitecustomize.py": trap}))
    monkeypatch.setenv("PYTHONPATH", "lib")
    built_again(str(package))
    assert (tmp_path / "ran").exists()
