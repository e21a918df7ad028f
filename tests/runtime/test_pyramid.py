"""Pyramid: what templates and requests have, by the settings of the application."""

from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.runtime.pages import run_python, write_release

_IMPORTS = """
import pyramid_mako
from pyramid.config import Configurator
from webob import Request
from buildassets.runtime.pyramid import serving
"""
_APP = """
warnings.simplefilter("ignore")  # WebOb imports modules that Python is to lose
config = Configurator(settings={settings!r})
config.include("pyramid_mako")
config.include("buildassets.runtime.pyramid")
config.add_route("home", "/")
config.add_view(lambda request: {given}, route_name="home", renderer="home.mako")
app = serving(config)
print(Request.blank("/").get_response(app).text)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_release(tmp_path / "build", {"a.css": "a { color: red }"}, integrity=False)
    write_tree(tmp_path, {"templates/home.mako": "${asset('a.css')}|${image}"})
    return tmp_path


def output_of(site: Path, program: str, given: str, **settings: str) -> str:
    """Return the output of a program for an application with these settings, whose view gives `given`."""
    return run_python(
        program.format(settings={"mako.directories": "templates", **settings}, given=given), cwd=site, imports=_IMPORTS
    )


def page(site: Path, given: str = "{'image': 1}", **settings: str) -> str:
    named = {f"buildassets.{name}": value for name, value in settings.items()}
    return output_of(site, _APP, given, **named).strip()


def test_values_of_a_view_come_first(site: Path) -> None:
    assert page(site).startswith("/assets/a.")
    assert page(site).endswith("|1")


def test_the_settings_are_those_of_assets(site: Path) -> None:
    (site / "build").rename(site / "release")
    shown = page(site, url="https://cdn.example.com/x/", manifest="release/manifest.json", reload="true")
    assert shown.startswith("https://cdn.example.com/x/a.")


def test_requests_have_the_assets(site: Path) -> None:
    assert "|/assets/a." in page(site, "{'image': request.assets.url('a.css')}")


def test_markup_is_not_escaped_again(site: Path) -> None:
    write_tree(site, {"templates/home.mako": "${stylesheet('a.css', media='<&')}${'<'}"})
    shown = page(site, "{}")
    assert shown.startswith('<link rel="stylesheet" href="/assets/a.')
    assert shown.endswith('media="&lt;&amp;">&lt;')


def test_a_missing_manifest_ends_the_start(site: Path) -> None:
    with pytest.raises(AssertionError, match=r"ManifestError[\s\S]*none\.json"):
        page(site, manifest="none.json")


def test_serving_needs_no_include(site: Path) -> None:
    write_tree(site, {"templates/home.mako": "${asset('a.css')}"})
    program = _APP.replace('config.include("buildassets.runtime.pyramid")\n', "")
    shown = output_of(site, program, "{}")
    assert shown.startswith("/assets/a.")
