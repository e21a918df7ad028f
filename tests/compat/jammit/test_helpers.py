"""Jammit's helpers in Jinja and Django, over releases that were built of `config/assets.yml`."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from buildassets.compiler.config.values import Mode
from buildassets.runtime import AssetNotFound, Assets
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.runtime.django.site import page_of

SITE: Tree = {
    "config/assets.yml": """
javascripts: {site: [js/*.js, views/*.jst], more: [js/a.js]}
stylesheets: {one: [css/*.css], two: [css/b.css], none: [css/none*.css]}
templates: {old: [views/*.jst]}
""",
    "js/a.js": "a()",
    "js/b.js": "b()",
    "css/a.css": "a { top: 0 }",
    "css/b.css": "b { top: 0 }",
    "views/x.jst": "x",
}


class Request:
    """The part of Flask's request that the helpers read."""

    def __init__(self, **args: str) -> None:
        self.args = args


def assets_of(
    folder: Path, mode: Mode = "production", more: str = "", settings: str = 'integrity = "sha384"\n'
) -> Assets:
    write_tree(
        folder, {**SITE, "buildassets.toml": settings, "config/assets.yml": f"{SITE['config/assets.yml']!s}{more}"}
    )
    assert build(load_config(start=str(folder), mode=mode), mode=mode).succeeded
    return Assets(folder / "build/manifest.json", reload=mode == "development")


def page(assets: Assets, template: str, *, autoescape: bool = True, **given: Any) -> str:
    environment = Environment(autoescape=autoescape, extensions=["buildassets.compat.jammit.JammitExtension"])
    environment.assets = assets  # type: ignore[attr-defined]  # Jinja's way to extend an environment
    return environment.from_string(template).render(**given)


@pytest.mark.parametrize("autoescape", [True, False])
def test_a_package_is_one_element(tmp_path: Path, autoescape: bool) -> None:
    assets = assets_of(tmp_path)
    template = '{{ include_stylesheets("one", "two", media="print") }}|{{ include_javascripts("site", "more") }}'
    sheets, scripts = page(assets, template, autoescape=autoescape).split("|")
    assert sheets.split("\n") == [assets.stylesheet(name, media="print") for name in ("one.css", "two.css")]
    assert scripts.split("\n") == [assets.script(name, defer=False) for name in ("site.js", "more.js")]


def test_tags_have_integrity_only_if_the_configuration_sets_it(tmp_path: Path) -> None:
    template = '{{ include_stylesheets("one") }}{{ include_javascripts("site") }}{{ include_templates("old") }}'
    without = page(assets_of(tmp_path / "a", settings=""), template)
    assert ("integrity" in without, "crossorigin" in without) == (False, False)
    assert page(assets_of(tmp_path / "b"), template).count(' integrity="sha384-') == 3


def test_templates_are_where_the_package_has_them(tmp_path: Path) -> None:
    assets = assets_of(tmp_path)
    found = page(assets, '{{ include_templates("old", "site") }}').split("\n")
    assert found == [assets.script(name, defer=False) for name in ("old.jst.js", "site.js")]


def test_package_is_its_members_in_order_in_development(tmp_path: Path) -> None:
    assets = assets_of(tmp_path, "development")
    template = '{{ include_stylesheets("one", embed_assets=false) }}|{{ include_javascripts("site") }}|'
    template += '{{ include_templates("site") }}'
    sheets, scripts, templates = page(assets, template).split("|")
    assert sheets.split("\n") == [assets.stylesheet(name) for name in ("css/a.css", "css/b.css")]
    assert scripts.split("\n") == [assets.script(name, defer=False) for name in ("js/a.js", "js/b.js", "site.jst.js")]
    assert templates == assets.script("site.jst.js", defer=False)


@pytest.mark.parametrize(
    ("mode", "more", "request_", "is_one"),
    [
        ("development", "package_assets: always", Request(), True),
        ("development", "package_assets: always", Request(debug_assets="true"), False),
        ("development", "package_assets: always", None, True),
        ("development", "package_assets: always\nallow_debugging: false", Request(debug_assets="true"), True),
        ("production", "", Request(debug_assets="true"), True),
        ("production", "package_assets: false", Request(), False),
    ],
)
def test_members_are_loaded_in_development_on_request(
    tmp_path: Path, mode: Mode, more: str, request_: object, is_one: bool
) -> None:
    assets = assets_of(tmp_path, mode, more)
    assert (page(assets, '{{ include_stylesheets("one") }}', request=request_).count("<link") == 1) is is_one


def test_empty_package_has_no_element(tmp_path: Path) -> None:
    assert page(assets_of(tmp_path), '[{{ include_stylesheets("none") }}]') == "[]"


@pytest.mark.parametrize("helper", ["include_stylesheets", "include_javascripts", "include_templates"])
def test_an_unknown_package_fails_with_its_name(tmp_path: Path, helper: str) -> None:
    with pytest.raises(AssetNotFound, match=r"`sitte\."):
        page(assets_of(tmp_path), f'{{{{ {helper}("sitte") }}}}')


def test_the_django_tags_give_the_same(tmp_path: Path) -> None:
    assets = assets_of(tmp_path)
    template = """{% load jammit %}{% include_stylesheets "one" "two" media="print" %}|{% include_javascripts "site" %}|
{% include_templates "old" %}"""
    apps = ["buildassets.runtime.django", "buildassets.compat.jammit"]
    site = {"INSTALLED_APPS": apps, "BUILDASSETS": {"manifest": str(tmp_path / "build/manifest.json")}}
    sheets, scripts, templates = page_of(tmp_path, template, **site).split("|")
    assert sheets.split("\n") == [assets.stylesheet(name, media="print") for name in ("one.css", "two.css")]
    assert scripts == assets.script("site.js", defer=False)
    assert templates == "\n" + assets.script("old.jst.js", defer=False)
