"""The table of frameworks: each row in what finds them, in the documentation and in the command that serves them."""

from pathlib import Path

import pytest

from buildassets.project.calls import MAKERS
from buildassets.project.files import ProjectFiles
from buildassets.project.found import find
from buildassets.project.frameworks import FRAMEWORKS, Framework
from tests.conftest import write_tree

_DOCS = Path(__file__).parents[2] / "docs"
_EACH = pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework.name)


@_EACH
def test_a_framework_is_found_by_what_its_modules_make(framework: Framework, tmp_path: Path) -> None:
    for maker in framework.makers:
        module, _, name = maker.rpartition(".")
        write_tree(tmp_path, {"app.py": f"from {module} import {name}\napp = {name}()\n"})
        assert find(ProjectFiles(str(tmp_path))).framework == framework
        assert MAKERS[maker] == framework.name


@_EACH
def test_a_framework_is_found_by_a_requirement(framework: Framework, tmp_path: Path) -> None:
    if framework.makers:
        write_tree(tmp_path, {"requirements.txt": framework.requirement})
        assert find(ProjectFiles(str(tmp_path))).framework == framework


@_EACH
def test_a_framework_has_a_page_that_shows_how_it_is_served(framework: Framework) -> None:
    page = (_DOCS / framework.page).read_text(encoding="utf-8")
    assert framework.name in page.lower()
    assert framework.url_setting.split("`")[1].rstrip("=") in page
