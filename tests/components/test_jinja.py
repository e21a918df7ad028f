from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader, TemplateSyntaxError

from buildassets.components.blocks import component_id
from buildassets.components.run import UnknownPageError
from buildassets.runtime import Assets
from buildassets.runtime.unbuilt import UnbuiltAssets
from tests.components.projects import CARD, SITE, built_with
from tests.runtime.pages import elements

EXTENSION = "buildassets.components.jinja.ComponentsExtension"


def environment(folder: Path | None = None, templates: Mapping[str, str] | None = None) -> Environment:
    loader: Any = FileSystemLoader(folder / "templates") if folder else DictLoader(templates or {})
    made = Environment(
        autoescape=True, loader=loader, extensions=["buildassets.runtime.jinja.AssetsExtension", EXTENSION]
    )
    if folder:
        made.assets = Assets(folder / "build/manifest.json")  # type: ignore[attr-defined]  # Jinja's way
    return made


def test_page_has_the_links_of_its_components_and_no_block(tmp_path: Path) -> None:
    result = built_with(tmp_path, SITE)
    page = environment(tmp_path).get_template("page.html").render()
    assert result.manifest is not None
    loaded = [
        (tag, found.get("rel") or found.get("type")) for tag, found in elements(page) if tag in ("link", "script")
    ]
    assert loaded == [("link", "modulepreload"), ("link", "stylesheet"), ("script", "module")]
    assert "color" not in page
    assert "export" not in page


def test_layout_that_is_rendered_by_an_include_knows_the_page(tmp_path: Path) -> None:
    head = {"templates/base.html": '{% include "head.html" %}{% block body %}{% endblock %}'}
    built_with(tmp_path, {**SITE, **head, "templates/head.html": "{{ component_assets() }}"})
    assert 'rel="stylesheet"' in environment(tmp_path).get_template("page.html").render()


def test_nonce_is_on_all_elements(tmp_path: Path) -> None:
    built_with(
        tmp_path, {**SITE, "templates/base.html": '{{ component_assets(nonce="n") }}{% block body %}{% endblock %}'}
    )
    page = environment(tmp_path).get_template("page.html").render()
    assert page.count('nonce="n"') == 3


def test_page_that_the_build_has_not_seen_is_an_error(tmp_path: Path) -> None:
    built_with(tmp_path, SITE)
    found = environment(tmp_path).from_string("{{ component_assets() }}")
    with pytest.raises(UnknownPageError, match="a template without a name"):
        found.render()


def test_page_without_a_release_has_no_links() -> None:
    made = environment(templates={"page.html": "a{{ component_assets() }}"})
    made.assets = UnbuiltAssets()  # type: ignore[attr-defined]  # Jinja's way
    assert made.get_template("page.html").render() == "a"


def test_release_without_components_names_the_setting(tmp_path: Path) -> None:
    built_with(tmp_path, {"assets/a.svg": ""})
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/late.html").write_text("{{ component_assets() }}")
    with pytest.raises(UnknownPageError, match="set `components = true`"):
        environment(tmp_path).get_template("late.html").render()


@pytest.mark.parametrize(
    "page",
    ['{% include "card.html" %}', '{% from "card.html" import card %}{{ card() }}', '{% extends "card.html" %}'],
)
def test_root_is_marked_by_the_template_that_has_it(page: str) -> None:
    card = "{% macro card() %}<p {{ component_root() }}>{% endmacro %}{{ card() }}"
    shown = environment(templates={"card.html": card, "page.html": page}).get_template("page.html").render()
    assert shown == f'<p data-component="{component_id("card.html")}">'


def test_white_space_around_a_block_is_removed_as_asked() -> None:
    text = "a {%- style %} .x { }\n{% endstyle -%} b"
    assert environment().from_string(text).render() == "ab"


def test_lines_of_errors_stay() -> None:
    with pytest.raises(TemplateSyntaxError) as raised:
        environment().from_string(CARD + "{% nope %}")
    assert raised.value.lineno == CARD.count("\n") + 1


def test_syntax_in_a_body_is_an_error_of_the_template() -> None:
    with pytest.raises(TemplateSyntaxError, match="syntax of the template") as raised:
        environment().from_string("\n{% style %}\n{{ a }}{% endstyle %}")
    assert raised.value.lineno == 3


def test_block_before_a_parent_gives_nothing() -> None:
    page = '{% style %}a { }{% endstyle %}{% extends "base.html" %}'
    assert environment(templates={"base.html": "base", "page.html": page}).get_template("page.html").render() == "base"


def test_list_of_components_gives_nothing() -> None:
    assert environment().from_string('a{% components "b.html", "c/*.html" %}b').render() == "ab"
