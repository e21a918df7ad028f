"""Names in Jinja templates."""

from collections.abc import Mapping

import pytest

from buildassets.compiler.templates.jinja import JinjaReader
from buildassets.compiler.templates.names import HELPERS, NamingRule, Reading


def read(text: str, functions: tuple[str, ...] = (), others: Mapping[str, str] | None = None) -> Reading:
    return JinjaReader(functions, (), (others or {}).get).read(text)


def names(text: str, functions: tuple[str, ...] = (), others: Mapping[str, str] | None = None) -> list[str]:
    return [use.written.text for use in read(text, functions, others).uses]


def test_names_of_a_helper_that_takes_several() -> None:
    reading = read('{{ modulepreload("a.js", "b.js", nonce=nonce) }}{{ modulepreload(*names) }}')
    assert [(use.written.text, use.rule) for use in reading.uses] == [
        ("a.js", NamingRule.EXACT),
        ("b.js", NamingRule.EXACT),
    ]
    assert len(reading.unchecked) == 1


@pytest.mark.parametrize("helper", sorted(name for name, rule in HELPERS.items() if rule is NamingRule.EXACT))
def test_names_of_our_helpers(helper: str) -> None:
    text = f'{{{{ {helper}("a.css", media="print") }}}}{{{{ {helper}(name="b.css") }}}}'
    assert names(text) == ["a.css", "b.css"]
    assert not read(text).unchecked


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ('"css/" ~ "app.css"', ["css/app.css"]),
        ('"css/" + ("a" if x else "b") ~ ".css"', ["css/a.css", "css/b.css"]),
        ('"a.css" if x else "b.css"', ["a.css", "b.css"]),
        ('"a.css" if x', ["a.css"]),
        ('"APP.css"|lower', ["app.css"]),
        ('"a-b"|replace("-", "/")', ["a/b"]),
        ('"img/%s.png" % "x"', ["img/x.png"]),
        (r'"caf\u00e9.css"', ["café.css"]),
    ],
)
def test_constant_expressions_are_folded(argument: str, expected: list[str]) -> None:
    reading = read(f"{{{{ asset({argument}) }}}}")
    assert [use.written.text for use in reading.uses] == expected
    assert not reading.unchecked


@pytest.mark.parametrize(
    "argument", ["name", '"css/" ~ name', "*names", "**given", "f()", '_("a.css")', '["a"]|random']
)
def test_computed_names_are_reported_as_unchecked(argument: str) -> None:
    reading = read(f"{{{{ x }}}} {{{{ asset({argument}) }}}}")
    assert not reading.uses
    assert reading.unchecked == ((11, 16),)


@pytest.mark.parametrize("argument", ['name or "a.css"', 'name|default("a.css")', '"a.css" if x else name'])
def test_the_literal_part_of_a_choice_is_a_name_and_the_rest_unchecked(argument: str) -> None:
    reading = read(f"{{{{ asset({argument}) }}}}")
    assert [use.written.text for use in reading.uses] == ["a.css"]
    assert len(reading.unchecked) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{% set name = "a.css" %}{{ asset(name) }}',
        '{% set url = asset %}{{ url("a.css") }}',
        '{% with url = asset, name = "a.css" %}{{ url(name) }}{% endwith %}',
        '{% for name in ["a.css"] %}{{ asset(name) }}{% endfor %}',
        '{% if x %}{{ f() }}{% elif asset("a.css") %}{% else %}{% endif %}',
        '{% if x %}{{ f() }}{% elif y %}{{ asset("a.css") }}{% endif %}',
        '{% call(x) f(asset("a.css")) %}{% endcall %}',
        '{% set x %}{{ asset("a.css") }}{% endset %}',
        '{% filter upper %}{{ asset("a.css") }}{% endfilter %}',
        '{% trans url=asset("a.css") %}see {{ url }}{% endtrans %}',
        '{% do f(asset("a.css")) %}{% for x in y %}{% continue %}{% endfor %}',
        '{% extends "base.html" %}{% block b %}{{ super() }}{{ asset("a.css") }}{% endblock %}',
        '<!-- {{ asset("a.css") }} -->',
    ],
)
def test_a_name_is_found_wherever_it_is_called_for(text: str) -> None:
    reading = read(text)
    assert [use.written.text for use in reading.uses] == ["a.css"]
    assert not reading.faults


def test_branches_give_all_that_they_set() -> None:
    text = (
        '{% if x %}{% set n = "a" %}{% elif y %}{% set n = "b" %}{% else %}{% set n = "c" %}{% endif %}{{ asset(n) }}'
    )
    assert names(text) == ["a", "b", "c"]
    assert not read(text).unchecked
    assert len(read('{% if x %}{% set n = "a" %}{% endif %}{{ asset(n) }}').unchecked) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{% macro image(x) %}{% endmacro %}{{ image("mine") }}',
        '{% from "forms.html" import image %}{{ image("mine") }}',
        '{% for image in images %}{{ image("mine") }}{% endfor %}',
        '{% set image = f() %}{{ image("mine") }}',
        '{% macro m(image) %}{{ image("mine") }}{% endmacro %}',
        '{% call(image) f() %}{{ image("mine") }}{% endcall %}',
        '{% import "forms.html" as asset %}{{ asset("mine") }}',
        '{{ photo.image("mine") }}',
        '{% raw %}{{ asset("mine") }}{% endraw %}',
        '{# {{ asset("mine") }} #}',
        '<!-- asset("mine") --><script>asset("mine")</script>',
    ],
)
def test_similar_calls_are_left_alone(text: str) -> None:
    assert read(text) == Reading()


def test_scopes_end_where_jinja_ends_them() -> None:
    assert names('{% for image in x %}{% endfor %}{{ image("a.png") }}') == ["a.png"]
    assert names('{% macro m(image) %}{% endmacro %}{{ image("a.png") }}') == ["a.png"]


def test_a_function_that_only_some_branches_set() -> None:
    assert names('{% if x %}{% set f = asset %}{% endif %}{{ f("a") }}') == ["a"]
    reading = read('{% if x %}{% set f = asset %}{% else %}{% set f = g %}{% endif %}{{ f("a") }}')
    assert (reading.uses, len(reading.unchecked)) == ((), 1)


def test_an_argument_of_a_macro_may_be_its_default_and_anything_else() -> None:
    reading = read('{% macro css(name="a.css") %}{{ asset(name) }}{% endmacro %}{{ css("b.css") }}')
    assert [use.written.text for use in reading.uses] == ["a.css"]
    assert len(reading.unchecked) == 1


def test_a_helper_under_a_name_of_another_template() -> None:
    others = {"h.html": '{% set css = stylesheet %}{% set _own = asset %}{% set main = "m.css" %}'}
    text = '{% from "h.html" import css as sheet, main %}{{ sheet("a.css") }}{{ sheet(main) }}'
    assert names(text, others=others) == ["a.css", "m.css"]
    assert names(
        '{% import "h.html" as h %}{{ h.css("a.css") }}{{ h.asset("b") }}{{ h._own("c") }}', others=others
    ) == ["a.css"]


def test_templates_that_import_one_another_end() -> None:
    others = {"a": '{% from "b" import x %}{% set y = asset %}', "b": '{% from "a" import y %}{% set x = asset %}'}
    assert names('{% from "a" import y %}{{ y("a.css") }}', others=others) == ["a.css"]


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        ('url_for("static", filename="a.css", _external=True)', NamingRule.FILENAME),
        ('url_for("static", path="a.css")', NamingRule.MOUNT),
        ('static("a.css")', NamingRule.STATIC),
        ('icon_url("a.css")', NamingRule.OWN),
        ('app.assets.url(filename="a.css")', NamingRule.OWN),
        ('"a.css"|icon_url', NamingRule.OWN),
    ],
)
def test_names_of_other_functions(call: str, rule: NamingRule) -> None:
    (use,) = read(f"{{{{ {call} }}}}", ("icon_url", "app.assets.url")).uses
    assert (use.written.text, use.rule) == ("a.css", rule)


@pytest.mark.parametrize(
    "text",
    [
        '{% macro icon(name) %}{% endmacro %}{{ icon("a.svg") }}',
        '{% from "icons.html" import icon with context %}{{ icon("a.svg") }}',
        '{% import "icons.html" as icons %}{{ icons.url("a.svg") }}',
    ],
)
def test_ones_own_functions_may_be_macros(text: str) -> None:
    assert names(text, ("icon", "icons.url"), {"icons.html": "{% macro icon(x) %}{% endmacro %}"}) == ["a.svg"]


def test_other_endpoints_are_none_of_ours() -> None:
    assert read('{{ url_for("index", filename="a") }}{{ url_for(x, filename="a") }}{{ url_for() }}') == Reading()
    assert read('{{ url_for("static" if x else "index", filename="a") }}') == Reading()


def test_static_files_of_blueprints() -> None:
    (use,) = read('{{ url_for("shop.cart.static", filename="a" ~ ".css") }}').uses
    assert (use.written.text, use.rule) == ("shop/cart/a.css", NamingRule.BLUEPRINT)
    assert read('{{ url_for(".static", filename="a") }}').unchecked == ((3, 10),)
    assert read('{{ url_for("static", **values) }}').unchecked == ((3, 10),)


@pytest.mark.parametrize(
    "before", ["", "\t", "x\n\n  ", "😀 é ", "\ufeff", "{% raw %} {{ {% endraw %}", "  {%- if x -%}  \n "]
)
@pytest.mark.parametrize("call", ['asset("HERE")', 'asset(\n  "HERE",\n)', 'f(1, "x", asset("HERE"))', "asset('HERE')"])
def test_the_span_is_that_between_the_quotes(before: str, call: str) -> None:
    text = f"{before}{{{{ {call} -}}}}  {{% if y %}}{{% endif %}}" + ("{% endif %}" if "if" in before else "") + "\n"
    (use,) = read(text).uses
    assert text[use.written.start : use.written.end] == "HERE"


def test_an_unknown_tag_is_reported_and_its_content_is_read() -> None:
    text = '{% cache 300, "x" %}{% if x %}{{ asset("a.css") }}{% endif %}{% endcache %}{{ asset("b.css") }}'
    reading = read(text)
    assert [use.written.text for use in reading.uses] == ["a.css", "b.css"]
    (fault,) = reading.faults
    assert (fault.message, fault.start) == ("unknown tag `cache`", 3)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a\n{{ asset( }}", 12),
        ("{% if x %}", 8),
        ("{{ 'a }}", 3),
        ("{{ a b }}", 5),
        ("a{% raw %} x", 10),
        ("{{ a ) }}", 5),
    ],
)
def test_an_invalid_template_is_a_fault_with_a_place(text: str, start: int) -> None:
    (fault,) = read(text).faults
    assert (fault.start, fault.message[:1].islower()) == (start, True)


def test_deep_nesting_is_a_fault() -> None:
    (fault,) = read("{{ " + "(" * 5000 + ")" * 5000 + " }}").faults
    assert fault.message == "is nested too deeply"
