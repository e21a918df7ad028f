from pathlib import Path

import pytest

from tests.command import built
from tests.components.projects import page_assets
from tests.conftest import Tree
from tests.runtime.django.site import in_django

LOAD = "{% load component_assets %}"
APPS = ["buildassets.components", "buildassets.runtime.django"]
CARD = (
    LOAD
    + """<article class="card" {% component_root %}></article>
{% style scoped %} .card { color: red } {% endstyle %}
{% behaviour %} export function mount(element) {} {% endbehaviour %}"""
)
SITE: Tree = {
    "manage.py": "",
    "assets/a.svg": "<svg/>",
    "templates/base.html": LOAD + "<head>{% component_assets nonce=nonce %}</head>{% block body %}{% endblock %}",
    "templates/cards/card.html": CARD,
    "templates/page.html": '{% extends "base.html" %}{% block body %}{% include "./cards/card.html" %}{% endblock %}',
}


def page(folder: Path, files: Tree | None = None) -> str:
    """The page of a built site."""
    result = built(folder, {**SITE, **(files or {})}, "components = true\n")
    assert result.succeeded, result.diagnostics
    return in_django(
        folder, "print(get())", INSTALLED_APPS=APPS, BUILDASSETS={"manifest": str(folder / "build/manifest.json")}
    )


def test_page_has_the_links_of_its_components_and_no_block(tmp_path: Path) -> None:
    shown = page(tmp_path)
    assert shown.count("<link") == 2
    assert '<script src="/assets/components/card-' in shown
    assert '<article class="card" data-component="card-' in shown
    assert "color" not in shown
    assert "export" not in shown


def test_nonce_is_on_all_elements(tmp_path: Path) -> None:
    base = SITE["templates/base.html"]
    assert isinstance(base, str)
    assert page(tmp_path, {"templates/base.html": base.replace("=nonce", '="n"')}).count('nonce="n"') == 3


def test_listed_templates_are_those_of_the_page(tmp_path: Path) -> None:
    listed = LOAD + '{% component_assets %}{% components "cards/*.html" %}{% include kind %}'
    result = built(tmp_path, {**SITE, "templates/page.html": listed}, "components = true\n")
    assert len(page_assets(result, "page.html")) == 2


def test_computed_names_are_errors(tmp_path: Path) -> None:
    result = built(tmp_path, {**SITE, "templates/other.html": "{% include kind %}"}, "components = true\n")
    (found,) = result.diagnostics
    assert found.location is not None
    assert (found.code, found.location.file) == ("template/component", "templates/other.html")


def test_names_that_with_binds_are_followed(tmp_path: Path) -> None:
    inner = '{% with name="cards/card.html" %}{% include name %}{% endwith %}'
    shown = page(tmp_path, {"templates/page.html": LOAD + "{% component_assets %}" + inner})
    assert shown.count("<link") == 2


def test_component_of_cotton_is_followed(tmp_path: Path) -> None:
    files = {"templates/cotton/my_card.html": CARD, "templates/page.html": LOAD + "{% component_assets %}<c-my-card />"}
    assert page(tmp_path, files).count("<link") == 2


@pytest.mark.parametrize("body", ["{{ a }}", "{% if a %}", "{# a #}"])
def test_syntax_in_a_body_is_an_error_of_the_template(body: str, tmp_path: Path) -> None:
    text = LOAD + "\n{% style %}" + body + "{% endstyle %}"
    program = f"""
from django.template import Template, TemplateSyntaxError
try:
    Template({text!r})
except TemplateSyntaxError as fault:
    print(fault, fault.token.lineno)
"""
    shown = in_django(tmp_path, program, INSTALLED_APPS=APPS)
    assert shown.startswith("a template cannot evaluate what is in `{% style %}`")
    assert shown.strip().endswith(" 2")


def test_block_that_is_not_closed_is_an_error(tmp_path: Path) -> None:
    program = f"""
from django.template import Template, TemplateSyntaxError
try:
    Template({LOAD + "{% style %} a"!r})
except TemplateSyntaxError as fault:
    print(fault)
"""
    assert in_django(tmp_path, program, INSTALLED_APPS=APPS).strip() == "`{% style %}` is not closed"
