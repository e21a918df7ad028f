"""Pages with template code among the assets: a warning, and an error where the application renders the same file."""

from pathlib import Path

import pytest

from buildassets.foundation.diagnostics import Severity
from tests.building import printed
from tests.command import built
from tests.conftest import Tree

CARD = "<p>\n{% if user.is_staff %}{{ secret }}{% endif %}</p>\n"
VALUE = "<p>{{ title }}</p>\n"
ROOTS = 'sources = ["assets", { path = "templates" }]\n'


def severities(folder: Path, files: Tree, settings: str = "") -> list[Severity]:
    """The severities of what a build of `files` reports about templates."""
    found = built(folder, {"assets/a.css": "a { b: c }", **files}, settings).diagnostics
    return [one.severity for one in found if one.code == "source/template"]


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({"assets/card.html": CARD}, ""),
        ({"assets/app/templates/card.html": VALUE}, ""),
        ({"assets/card.html": CARD}, '[engines]\nhtml = "none"\n'),
        ({"assets/card.html": CARD}, '[templates]\ndirs = ["."]\n'),
    ],
)
def test_released_template_is_a_warning(tmp_path: Path, files: Tree, settings: str) -> None:
    assert severities(tmp_path, files, settings) == [Severity.WARNING]


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({"templates/card.html": CARD}, ROOTS),
        ({"templates/card.html": VALUE}, ROOTS),
        ({"site/templates/parts/card.html": VALUE}, 'sources = ["assets", "site/templates/parts"]\n'),
        ({"views/card.html": VALUE}, 'sources = ["assets", "views"]\n[templates]\ndirs = ["views"]\n'),
        ({"assets/views/card.html": VALUE}, '[templates]\ndirs = ["assets/views"]\n'),
        ({"manage.py": "", "jinja2/card.html": VALUE}, 'sources = ["assets", "jinja2"]\n'),
    ],
)
def test_released_template_that_the_application_renders_is_an_error(tmp_path: Path, files: Tree, settings: str) -> None:
    assert severities(tmp_path, files, settings) == [Severity.ERROR]


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({"assets/card.html": VALUE}, ""),
        ({"templates/card.html": "<p>a</p>", "templates/card.js": "a = '{{ b }} {% c %}'"}, ROOTS),
        ({"templates/card.html": CARD}, ROOTS + 'exclude = ["./card.html"]\n'),
        ({"assets/card.html": CARD}, 'raw = ["**/*.html"]\n'),
        ({"templates/card.html": CARD}, ""),
        ({"assets/card.html": "<p>{% not closed, }} {{ nor this</p>"}, ""),
    ],
)
def test_pages_without_public_template_code_are_not_reported(tmp_path: Path, files: Tree, settings: str) -> None:
    assert severities(tmp_path, files, settings) == []


def test_hint_has_the_line_that_excludes_the_templates(tmp_path: Path) -> None:
    files = {"assets/a.css": "", "templates/card.html": CARD, "templates/parts/row.html": VALUE}
    result = built(tmp_path, files, ROOTS)
    assert 'write `exclude = ["./card.html", "parts/row.html"]`' in printed(result)
    assert "--> templates/card.html:2:1" in printed(result)
    assert severities(tmp_path, files, ROOTS + 'exclude = ["./card.html", "parts/row.html"]\n') == []


@pytest.mark.parametrize("suffix", ["mako", "mak", "pt", "djhtml"])
def test_files_with_suffixes_of_templates_are_not_released(tmp_path: Path, suffix: str) -> None:
    result = built(tmp_path, {"assets/a.css": "", f"assets/card.{suffix}": "<%! import os %>"})
    assert [one.code for one in result.diagnostics] == ["source/uncompiled"]
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["a.css"]
