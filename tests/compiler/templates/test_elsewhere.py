"""Names that a release lacks are no errors where Django's finders find them, or a `url_for` of the project decides."""

from pathlib import Path

import pytest

from buildassets.compiler.check import CheckResult
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import READING
from tests.building import check, load_config
from tests.conftest import Tree, write_tree

_MANAGE = """import os
from django.core.management import execute_from_command_line
import sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""
_SETTINGS = """
INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]
STATIC_URL = "/static/"
STATICFILES_DIRS = [("npm", "node_modules")]
"""
DJANGO: Tree = {
    "buildassets.toml": 'sources = ["assets"]',
    "assets/css/app.css": "a { b: c }",
    "manage.py": _MANAGE,
    "settings.py": _SETTINGS,
    "shop/__init__.py": "",
    "shop/static/shop/cart.css": "",
    "node_modules/chart/chart.js": "",
}


def checked(folder: Path, tree: Tree, *, runs: bool = True) -> CheckResult:
    config = load_config(start=str(write_tree(folder, tree)))
    return check(config if runs else replace(config, permission=READING))


def page(*names: str) -> Tree:
    return {"templates/a.html": "{% load static %}" + "".join(f'{{% static "{name}" %}}\n' for name in names)}


def excused(result: CheckResult) -> list[tuple[str, tuple[str, ...]]]:
    return [(names.reason, names.names) for names in result.templates.excused]


def test_names_that_finders_of_django_find_are_no_errors(tmp_path: Path) -> None:
    result = checked(tmp_path, {**DJANGO, **page("npm/chart/chart.js", "shop/cart.css", "css/no.css", "css/app.css")})
    assert [fault.message for fault in result.diagnostics] == ["no asset is named `css/no.css`"]
    assert excused(result) == [("that Django's finders find", ("npm/chart/chart.js", "shop/cart.css"))]
    assert [place.line for names in result.templates.excused for place in names.places] == [1, 2]


def test_names_are_excused_where_python_of_the_project_may_not_run(tmp_path: Path) -> None:
    result = checked(tmp_path, {**DJANGO, "manage.py": "open('ran', 'w')", **page("css/no.css")}, runs=False)
    assert not (tmp_path / "ran").exists()
    assert result.diagnostics == ()
    assert excused(result) == [("that Django's finders may find, which `--no-run` does not ask", ("css/no.css",))]


def test_names_are_excused_with_the_fault_where_django_does_not_start(tmp_path: Path) -> None:
    result = checked(tmp_path, {**DJANGO, "settings.py": "import absent_package", **page("css/no.css")})
    ((reason, names),) = excused(result)
    assert "`manage.py findstatic` fails (ModuleNotFoundError: No module named 'absent_package')" in reason
    assert names == ("css/no.css",)


def test_names_that_django_refuses_are_errors_and_hide_no_others(tmp_path: Path) -> None:
    result = checked(tmp_path, {**DJANGO, **page("../settings.py", "-x.css", "it's.css", "shop/cart.css", "shop")})
    lacking = ["../settings.py", "-x.css", "it's.css", "shop"]
    assert [fault.message for fault in result.diagnostics] == [f"no asset is named `{name}`" for name in lacking]
    assert [names for _, names in excused(result)] == [("shop/cart.css",)]


def test_many_names_are_asked_in_commands_that_systems_take(tmp_path: Path) -> None:
    names = [f"npm/{'x' * 200}{number}.js" for number in range(200)]
    result = checked(tmp_path, {**DJANGO, f"node_modules/{'x' * 200}199.js": "", **page(*names)})
    assert len(result.diagnostics) == 199
    assert [listed for _, listed in excused(result)] == [(names[-1],)]


def test_no_python_runs_where_nothing_is_lacking(tmp_path: Path) -> None:
    result = checked(tmp_path, {**DJANGO, "manage.py": "open('ran', 'w')", **page("css/app.css")})
    assert (result.diagnostics, (tmp_path / "ran").exists()) == ((), False)


def test_a_source_that_no_entry_reaches_is_an_error_though_finders_find_it(tmp_path: Path) -> None:
    settings = 'sources = ["shop/static"]\nentries = ["other.css"]'
    tree = {**DJANGO, "buildassets.toml": settings, "shop/static/other.css": "", **page("shop/cart.css")}
    assert [fault.message for fault in checked(tmp_path, tree).diagnostics] == [
        "no entry reaches `shop/cart.css`, so that no release holds it"
    ]


_PAGE = {"assets/app.css": "", "buildassets.toml": "", "templates/a.html": "{{ url_for('static', filename='a.css') }}"}


@pytest.mark.parametrize(
    "code",
    [
        "kwargs['url_for'] = url_for_theme",
        "    return dict(url_for=dated_url_for)",
        'app.jinja_env.globals.update({"url_for": theme.url})',
        "def url_for(endpoint, **values):",
        "    async def url_for(self, name):",
        "@app.template_global('url_for')",
    ],
)
def test_names_of_a_url_for_of_the_project_are_no_errors(tmp_path: Path, code: str) -> None:
    result = checked(tmp_path, {**_PAGE, "shop/views.py": f"import flask\n{code}\n"})
    assert result.diagnostics == ()
    assert excused(result) == [("that the `url_for` of `shop/views.py:2` may change", ("a.css",))]


@pytest.mark.parametrize(
    "code",
    [
        "from flask import url_for",
        "render(url_for=url_for)",
        "globals['url_for'] = flask.url_for",
        "# kwargs['url_for'] = url_for_theme",
        "if name == 'url_for': pass",
        "redirect(url_for('index'))",
    ],
)
def test_names_of_the_url_for_of_the_framework_are_errors(tmp_path: Path, code: str) -> None:
    result = checked(tmp_path, {**_PAGE, "views.py": code, "tests/test_a.py": "def url_for(name): ..."})
    assert [fault.message for fault in result.diagnostics] == ["no asset is named `a.css`"]
