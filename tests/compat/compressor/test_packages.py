"""Blocks of files that installed packages bring, and blocks that many templates inherit."""

import site as python_site
from pathlib import Path

import pytest

from tests.compat.compressor.site import block, css, site

_FILTER = """
class Marked:
    def __init__(self, content, **given):
        self.content = content

    def input(self, **given):
        with open("calls", "a") as file:
            file.write("called\\n")
        return self.content + ".marked { color: red }"
"""
_FILTERS = {"css": ["filters.Marked"]}


def test_a_block_that_templates_inherit_is_made_once(tmp_path: Path) -> None:
    children = {f"child{number}.html": '{% extends "base.html" %}' for number in range(3)}
    templates = {"base.html": block("css", css("css/two.css")), **children}
    site(tmp_path, templates, files={"filters.py": _FILTER}, pages=[], COMPRESS_FILTERS=_FILTERS)
    assert (tmp_path / "calls").read_text() == "called\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The static folder of a package that the user has installed."""
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "user"))
    monkeypatch.setattr(python_site, "USER_BASE", None)
    monkeypatch.setattr(python_site, "USER_SITE", None)
    return python_site.getusersitepackages() + "/shop/static"


@pytest.mark.parametrize("filters", [{}, _FILTERS])
def test_missing_reference_in_a_package_is_a_warning(filters: object, package: str, tmp_path: Path) -> None:
    below = Path(package).relative_to(tmp_path).as_posix()
    files = {f"{below}/css/shop.css": "a { background: url(gone.png) }", "filters.py": _FILTER}
    folders = [package, str(tmp_path / "site")]
    template = block("css", css("css/shop.css", "css/two.css"))
    made = site(tmp_path, template, files=files, STATICFILES_DIRS=folders, COMPRESS_FILTERS=filters)
    assert set(made.codes()) == {"warning[reference/missing]"}
    assert "css/gone.png)" in "".join(made.texts(made.page()))


def test_missing_reference_in_the_project_is_an_error(tmp_path: Path) -> None:
    files = {"site/css/own.css": "a { background: url(gone.png) }", "filters.py": _FILTER}
    template = block("css", css("css/own.css"))
    made = site(tmp_path, template, files=files, pages=[], COMPRESS_FILTERS=_FILTERS)
    assert set(made.codes()) == {"error[reference/missing]"}
