"""Whole template semantics, of both engines in one build: every page shows what was built for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.compat.compressor.site import LOAD, Site, block, site


def _js(text: str, arguments: str = "") -> str:
    return f"{{% compress js {arguments} %}}<script>{text}</script>{{% endcompress %}}"


_TAGS = """
from django import template
register = template.Library()
@register.inclusion_tag("tags/theme.html")
def theme(name):
    return {"theme": name}
@register.simple_tag
def shout(text):
    return text.upper()
"""
_DJANGO = {
    "base.html": LOAD + "{% block js %}" + _js("var base = 1") + "{% endblock %}{% block more %}{% endblock %}",
    "child.html": '{% extends "base.html" %}' + LOAD + "{% block more %}" + _js("var child = 1") + "{% endblock %}",
    "variable.html": "{% extends layout %}" + LOAD + "{% block more %}" + _js("var variable = 1") + "{% endblock %}",
    "sub/relative.html": '{% extends "../base.html" %}'
    + LOAD
    + "{% block js %}"
    + _js("var own = 1")
    + "{% endblock %}",
    "inner.html": LOAD + "{% compress js %}{% block js %}<script>var inner = 1</script>{% endblock %}{% endcompress %}",
    "super.html": '{% extends "inner.html" %}{% block js %}{{ block.super }}<script>var s = 2</script>{% endblock %}',
    "super2.html": '{% extends "super.html" %}{% block js %}{{ block.super }}<script>var t = 3</script>{% endblock %}',
    "parts/part.html": LOAD + _js('var part = "{{ part }}"'),
    "include.html": '{% include "parts/part.html" with part="given" %}',
    "include_variable.html": "{% for name in names %}{% include name with part=forloop.counter %}{% endfor %}",
    "tags/theme.html": LOAD + _js('var theme = "{{ theme }}"'),
    "inclusion.html": '{% load own %}{% theme "dark" %}',
    "branches.html": LOAD + "{% if user %}" + _js("var yes = 1") + "{% else %}" + _js("var no = 1") + "{% endif %}",
    "loop.html": LOAD + "{% for n in numbers %}" + _js("var n = {{ n }}") + "{% endfor %}",
    "with.html": LOAD + '{% with a="set" %}' + _js('var a = "{{ a }}"') + "{% endwith %}",
    "assigned.html": LOAD + '{% load own %}{% shout "up" as up %}' + _js('var up = "{{ up }}"'),
    "comment.html": LOAD + "{% comment %}" + _js("var gone = 1") + "{% endcomment %}" + _js("var here = 1"),
    "spaceless.html": LOAD + "{% spaceless %}" + _js("var s = 1") + "{% endspaceless %}",
    "i18n.html": LOAD + '{% load i18n %}<p>{% translate "May" %}</p>' + _js("var i = 1"),
    "unlisted.html": LOAD + "{% for one in things %}" + _js("var thing = 1") + "{% endfor %}",
    "inside.html": LOAD
    + "{% compress js %}{% for n in numbers %}<script>var i{{ n }} = 1</script>{% endfor %}{% endcompress %}",
    "cached.html": LOAD + "{% load cache %}{% cache 10 key %}" + _js("var cached = 1") + "{% endcache %}",
    "relative_static.html": LOAD + "{% static 'js/one.js' as one %}"
    '{% compress js %}<script src="{{ one }}"></script>{% endcompress %}',
}
_JINJA = {
    "jinja2/jbase.html": "{% block js %}" + _js("var base = 1") + "{% endblock %}{% block more %}{% endblock %}",
    "jinja2/jchild.html": '{% extends "jbase.html" %}{% block more %}' + _js("var child = 1") + "{% endblock %}",
    "jinja2/jvariable.html": "{% extends layout %}{% block more %}" + _js("var variable = 1") + "{% endblock %}",
    "jinja2/jinner.html": "{% compress js %}{% block js %}<script>var inner = 1</script>{% endblock %}"
    "{% endcompress %}",
    "jinja2/jsuper.html": '{% extends "jinner.html" %}{% block js %}{{ super() }}<script>var s = 2</script>'
    "{% endblock %}",
    "jinja2/jset.html": '{% set a = "set" %}' + _js('var a = "{{ a }}"'),
    "jinja2/jpart.html": _js('var part = "{{ part }}"'),
    "jinja2/jinclude.html": '{% set part = "given" %}{% include "jpart.html" %}',
    "jinja2/jbranches.html": "{% if user %}" + _js("var yes = 1") + "{% else %}" + _js("var no = 1") + "{% endif %}",
    "jinja2/jloop.html": "{% for n in numbers %}" + _js("var n = {{ n }}") + "{% endfor %}",
    "jinja2/jmacros.html": "{% macro part(a) %}" + _js('var m = "{{ a }}"') + "{% endmacro %}",
    "jinja2/jimport.html": '{% from "jmacros.html" import part %}{{ part("in") }}',
    "jinja2/jinside.html": "{% compress js %}{% if user %}<script>var a = 1</script>{% endif %}"
    "<script>var b = 1</script>{% endcompress %}",
    "jinja2/jcomma.html": _js("var comma = 1", ", inline"),
    "jinja2/jend.html": "{% compress js %}<script>var e = 1</script>{% endcompress js %}",
    "jinja2/jstatic.html": "{% compress js %}<script src=\"{{ static('js/one.js') }}\"></script>{% endcompress %}",
}
_CONTEXT: Mapping[str, Any] = {
    "layout": "base.html",
    "names": ["parts/part.html"],
    "numbers": [1, 2],
}
# The texts of each page, with values next to those of the context.
_PAGES: list[tuple[str, Mapping[str, Any], list[str]]] = [
    ("base.html", {}, ["var base=1"]),
    ("child.html", {}, ["var base=1", "var child=1"]),
    ("variable.html", {}, ["var base=1", "var variable=1"]),
    ("sub/relative.html", {}, ["var own=1"]),
    ("super.html", {}, ["var inner=1\nvar s=2"]),
    ("super2.html", {}, ["var inner=1\nvar s=2\nvar t=3"]),
    ("include.html", {}, ['var part="given"']),
    ("include_variable.html", {}, ['var part="1"']),
    ("inclusion.html", {}, ['var theme="dark"']),
    ("branches.html", {"user": 1}, ["var yes=1"]),
    ("branches.html", {}, ["var no=1"]),
    ("loop.html", {}, ["var n=1", "var n=2"]),
    ("with.html", {}, ['var a="set"']),
    ("assigned.html", {}, ['var up="UP"']),
    ("comment.html", {}, ["var here=1"]),
    ("spaceless.html", {}, ["var s=1"]),
    ("i18n.html", {}, ["var i=1"]),
    ("unlisted.html", {"things": [1]}, ["var thing=1"]),
    ("inside.html", {}, ["var i1=1\nvar i2=1"]),
    ("cached.html", {}, ["var cached=1"]),
    ("relative_static.html", {}, ["var one=1"]),
    ("jchild.html", {}, ["var base=1", "var child=1"]),
    ("jvariable.html", {"layout": "jbase.html"}, ["var base=1", "var variable=1"]),
    ("jsuper.html", {}, ["var inner=1\nvar s=2"]),
    ("jset.html", {}, ['var a="set"']),
    ("jinclude.html", {}, ['var part="given"']),
    ("jbranches.html", {"user": 1}, ["var yes=1"]),
    ("jbranches.html", {}, ["var no=1"]),
    ("jloop.html", {}, ["var n=1", "var n=2"]),
    ("jimport.html", {}, ['var m="in"']),
    ("jinside.html", {"user": 1}, ["var a=1\nvar b=1"]),
    ("jinside.html", {}, ["var b=1"]),
    ("jcomma.html", {}, ["var comma=1"]),
    ("jend.html", {}, ["var e=1"]),
    ("jstatic.html", {}, ["var one=1"]),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    apps = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles", "shop"]
    files = {"shop/__init__.py": "", "shop/templatetags/__init__.py": "", "shop/templatetags/own.py": _TAGS}
    pages: list[tuple[str, str, Mapping[str, Any]]] = [
        (name, "jinja2" if name.startswith("j") else "django", {**_CONTEXT, **values}) for name, values, _ in _PAGES
    ]
    contexts = [dict(_CONTEXT), {**_CONTEXT, "layout": "jbase.html"}]
    folder = tmp_path_factory.mktemp("site")
    settings: dict[str, Any] = {"INSTALLED_APPS": apps, "COMPRESS_OFFLINE_CONTEXT": contexts}
    return site(folder, {**_DJANGO, **_JINJA}, files=files, pages=pages, **settings)


@pytest.mark.parametrize("number", range(len(_PAGES)), ids=lambda number: f"{number}-{_PAGES[number][0]}")
def test_page_shows_what_was_built_for_it(number: int, made: Site) -> None:
    name, _, expected = _PAGES[number]
    before = [one for one, _, _ in _PAGES[:number]].count(name)
    page = made.pages[name][before]
    assert [text.strip() for text in made.texts(page)] == expected
    is_inline = name == "jcomma.html"
    assert page.count("/static/CACHE/js/") == (0 if is_inline else len(expected)), page


def test_included_templates_are_not_reported(made: Site) -> None:
    assert made.code == 0
    assert "compressor/unknown" not in made.err


_BLOCK = "{% block js %}" + block("js", "<script>var own = 1</script>") + "{% endblock %}"
_PARENTS = {
    "base.html": "{% block js %}{% endblock %}",
    "page.html": "\n{% extends layout %}" + LOAD + _BLOCK,
    "jinja2/jbase.html": "{% block js %}{% endblock %}",
    "jinja2/jpage.html": "\n{% extends layout %}" + _BLOCK.replace(LOAD, ""),
}


def test_blocks_of_a_template_whose_parent_is_not_known_are_built(tmp_path: Path) -> None:
    pages: list[tuple[str, str, Mapping[str, Any]]] = [
        ("page.html", "django", {"layout": "base.html"}),
        ("jpage.html", "jinja2", {"layout": "jbase.html"}),
    ]
    made = site(tmp_path, _PARENTS, pages=pages)
    assert made.codes() == ["warning[compressor/template]"] * 2
    assert "cannot follow the template `page.html`: `layout` is known at run time only" in made.err
    assert "--> templates/page.html:2:1" in made.err
    assert "--> jinja2/jpage.html:2:12" in made.err
    assert ["/static/CACHE/js/" in made.page(name) for name, _, _ in pages] == [True, True]


def test_a_parent_that_one_of_the_contexts_has_is_known(tmp_path: Path) -> None:
    contexts = [{}, {"layout": "base.html"}, {"layout": "jbase.html"}, {}]
    files = {"templates/jbase.html": "", "jinja2/base.html": ""}
    made = site(tmp_path, _PARENTS, pages=[], files=files, COMPRESS_OFFLINE_CONTEXT=contexts)
    assert made.codes() == []


def test_a_parent_may_be_named_by_default(tmp_path: Path) -> None:
    parent = (
        "{% load compress %}{% compress js %}{% block js %}{% endblock %}<script>var p = 1</script>{% endcompress %}"
    )
    page = '{% extends layout|default:"base.html" %}{% block js %}<script>var c = 1</script>{% endblock %}'
    made = site(tmp_path, {"base.html": parent, "page.html": page})
    assert made.codes() == []
    assert [text.split("\n") for text in made.texts(made.page())] == [["var c=1", "var p=1", ""]]


def test_a_parent_that_is_not_there_is_reported_with_its_tag(tmp_path: Path) -> None:
    absent = {"page.html": "\n{% extends 'gone.html' %}" + LOAD + _BLOCK}
    absent["jinja2/jpage.html"] = "\n{% extends 'gone.html' %}" + _BLOCK.replace(LOAD, "")
    made = site(tmp_path, absent, pages=[])
    assert made.code == 0
    for place in ("templates/page.html:2:1", "jinja2/jpage.html:2:4"):
        assert f"there is no template `gone.html`\n  --> {place}\n" in made.err
