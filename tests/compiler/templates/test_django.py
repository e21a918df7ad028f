"""Names in Django templates."""

import pytest
from django.template.base import tag_re
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.templates.django import DjangoReader, tags
from buildassets.compiler.templates.names import HELPERS, NamingRule, Reading

LOAD = "{% load buildassets %}"


def read(text: str, functions: tuple[str, ...] = (), builtins: tuple[str, ...] = ()) -> Reading:
    return DjangoReader(functions, builtins).read(text)


def names(text: str, functions: tuple[str, ...] = (), builtins: tuple[str, ...] = ()) -> list[str]:
    return [use.written.text for use in read(text, functions, builtins).uses]


def test_names_of_a_tag_that_takes_several() -> None:
    text = LOAD + '{% modulepreload "a.js" "b.js" nonce=nonce as links %}{% modulepreload name %}'
    assert names(text) == ["a.js", "b.js"]
    assert len(read(text).unchecked) == 1


@pytest.mark.parametrize("tag", sorted(name for name, rule in HELPERS.items() if rule is NamingRule.EXACT))
def test_names_of_our_tags(tag: str) -> None:
    text = LOAD + f'{{% {tag} "a.css" media="print" %}}{{% {tag} name="b.css" as x %}}{{% {tag} \'c.css\' as y %}}'
    assert names(text) == ["a.css", "b.css", "c.css"]
    assert not read(text).unchecked


@pytest.mark.parametrize(
    "text",
    [
        '{% load static %}{% static "a.css" %}',
        '{% static "a.css" as url %}{{ url }}',
        '{% load i18n %}{% blocktranslate %}x{% endblocktranslate %}{% static "a"|add:".css" %}',
        '{% load asset from buildassets %}{% asset "A.css"|lower %}',
        '{% load buildassets %}{{ "a.css"|asset }}',
        '{% load buildassets %}{% if "a.css"|asset == "b|asset" %}{% endif %}',
        '{% load buildassets %}{% blocktranslate with url="a.css"|asset|upper %}{% endblocktranslate %}',
        '{% load buildassets nothing_that_is_known %}{% unknown %}{% asset "a.css" %}{% endunknown %}',
        '{% load buildassets %}{% with name="a.css" n=1 %}{% asset name %}{% endwith %}',
        '{% load buildassets %}{% with "a.css" as name %}{% asset name %}{% endwith %}',
        '<!-- {% static "a.css" %} -->',
        "{% load buildassets %}{%asset\t'a.css'%}",
    ],
)
def test_a_name_is_found_wherever_it_is_asked_for(text: str) -> None:
    reading = read(text)
    assert [use.written.text for use in reading.uses] == ["a.css"]
    assert not reading.unchecked
    assert not reading.faults


@pytest.mark.parametrize(
    "text",
    [
        '{% stylesheet "mine" %}',
        '{% load sprites %}{% stylesheet "mine" %}',
        '{% load buildassets %}{% load stylesheet from sprites %}{% stylesheet "mine" %}',
        '{% load asset from buildassets %}{% stylesheet "mine" %}',
        '{% load buildassets %}{% comment "note" %}{% asset "mine" %}{% endcomment %}',
        '{% load buildassets %}{% verbatim x %}{% asset "mine" %}{% endverbatim x %}',
        '{% load buildassets %}{# {% asset "mine" %} #}<!-- asset "mine" -->',
        '{% load buildassets %}{%\n asset "mine" %}',
        '{{ "mine"|asset }}',
        "{% load buildassets %}{% x |unknown %}{{ |unknown }}",
        '{% if "x|asset" %}{% endif %}{{ asset }}{% asset %}{%%}{{}}',
    ],
)
def test_similar_tags_are_left_alone(text: str) -> None:
    assert read(text) == Reading()


@pytest.mark.parametrize(
    "argument", ["name", '"a"|add:name', '_("a.css")', "3", '"abc"|random', '"a"|mine', '"open', "|upper"]
)
def test_computed_names_are_reported_as_unchecked(argument: str) -> None:
    reading = read(LOAD + f"{{% asset {argument} %}}")
    assert not reading.uses
    assert reading.unchecked == ((len(LOAD) + 3, len(LOAD) + 8),)


@pytest.mark.parametrize(
    "text",
    [
        '{% with name="a" %}{% endwith %}{% asset name %}',
        '{% with name="a" %}{% for name in x %}{% asset name %}{% endfor %}{% endwith %}',
        '{% with name="a" %}{% url "x" as name %}{% asset name %}{% endwith %}',
        "{% endwith %}{% asset name %}",
    ],
)
def test_names_of_with_end_where_django_ends_them(text: str) -> None:
    reading = read(LOAD + text)
    assert (reading.uses, len(reading.unchecked)) == ((), 1)


def test_names_of_ones_own_tags_and_filters() -> None:
    text = '{% icon_url "a.svg" %}{% icon_url path="b.svg" %}{{ "c.svg"|icon_url }}'
    reading = read(text, ("icon_url",))
    assert [(use.written.text, use.rule) for use in reading.uses] == [(f"{n}.svg", NamingRule.OWN) for n in "abc"]


def test_libraries_that_every_template_has() -> None:
    builtins = ("buildassets.runtime.django.templatetags.buildassets", "mine.tags")
    assert names('{% asset "a.css" %}', builtins=builtins) == ["a.css"]


@pytest.mark.parametrize(
    "before", ["", "\t", "x\n\n  ", "😀 é ", "\ufeff", '{% if "HERE" %}', '{{ "HERE" }}{# HERE #}']
)
@pytest.mark.parametrize(
    "tag", ['asset "HERE"', 'asset   name="HERE" as x', "image 'HERE' alt='HERE'", 'asset "here"|upper']
)
def test_the_span_is_that_between_the_quotes(before: str, tag: str) -> None:
    text = f"{LOAD}{before}{{%  {tag}%}}"
    (use,) = read(text).uses
    assert use.written.text == "HERE"
    assert text[use.written.start : use.written.end].upper() == "HERE"
    assert use.written.start > len(LOAD + before)


@pytest.mark.parametrize(("text", "start"), [("a{% comment %}b", 4), ("a{% verbatim %}b", 4), ('a{% x _("b %}', 4)])
def test_an_unclosed_tag_is_a_fault_with_a_place(text: str, start: int) -> None:
    (fault,) = read(text).faults
    assert fault.start == start


@given(st.lists(st.sampled_from([*"{}%# \na", "{{", "}}", "{%", "%}", "{#", "#}"])).map("".join))
def test_tags_are_those_that_django_finds(text: str) -> None:
    assert list(tags(text)) == [match.span() for match in tag_re.finditer(text)]


def test_a_text_ends_no_comment() -> None:
    text = LOAD + "{% comment %}endcomment{% asset 'a.css' %}{% endcomment %}{% asset 'b.css' %}"
    assert names(text) == ["b.css"]


PART = "{% partialdef card %}{% asset name %}{% endpartialdef %}"


@pytest.mark.parametrize(
    ("text", "found", "unchecked"),
    [
        ('{% partialdef card %}{% asset "a.css" %}{% endpartialdef card %}', ["a.css"], 0),
        ('{% partialdef card inline %}{% asset "a.css" %}{% endpartialdef %}', ["a.css"], 0),
        (PART, [], 1),
        (PART + '{% with name="a.css" %}{% partial card %}{% endwith %}', ["a.css"], 0),
        ('{% with name="a.css" %}{% partial card %}{% endwith %}' + PART, ["a.css"], 0),
        ('{% with name="a.css" %}' + PART + "{% endwith %}", [], 1),
        (
            '{% with name="a.css" %}' + PART.replace("card", "card inline") + "{% partial card %}{% endwith %}",
            ["a.css"],
            0,
        ),
        (PART + "".join(f'{{% with name="{n}" %}}{{% partial card %}}{{% endwith %}}' for n in "ab"), ["a", "b"], 0),
        (PART + '{% with name="a" %}{% partial card %}{% endwith %}{% partial card %}', ["a"], 1),
        (
            "{% partialdef a %}{% partialdef b %}{% asset name %}{% endpartialdef %}{% partial b %}{% endpartialdef %}"
            '{% with name="a.css" %}{% partial a %}{% endwith %}',
            ["a.css"],
            0,
        ),
        ('{% partialdef a %}{% asset "a.css" %}{% partial a %}{% endpartialdef %}{% partial a %}', ["a.css"], 0),
    ],
)
def test_names_in_a_part_are_those_of_the_places_that_name_it(text: str, found: list[str], unchecked: int) -> None:
    reading = read(LOAD + text)
    assert [use.written.text for use in reading.uses] == found
    assert len(set(reading.unchecked)) == unchecked
    assert not reading.faults


def test_a_part_that_is_not_closed_is_a_fault() -> None:
    (fault,) = read("a {% partialdef card %} b").faults
    assert (fault.message, fault.start) == ("`{% partialdef %}` is not closed", 5)
