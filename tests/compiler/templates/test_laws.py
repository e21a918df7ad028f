"""Whatever a page asks for when it is made was found in its template, or its call was told to compute a name."""

import re
from itertools import count
from typing import Any

from django.template import Context, Engine, Library
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError

from buildassets.compiler.templates.django import DjangoReader
from buildassets.compiler.templates.jinja import JinjaReader
from buildassets.compiler.templates.names import Reading

Asked = list[tuple[int, str]]  # the number of a call, and the name that it asks for

_NAMES = st.sampled_from(['"a.css"', '"b.css"', '"c.css"'])
_N = st.just("n")


def _formatted(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of that form: `<0>` is what the first of `parts` gives."""
    return st.tuples(*parts).map(lambda given: re.sub(r"<(\d)>", lambda match: given[int(match[1])], form))


_EXPRESSIONS = st.one_of(
    _NAMES,
    _N,
    _formatted('(<0> ~ ".x")', _NAMES | _N),
    _formatted("(<0> if flag else <1>)", _NAMES, _NAMES | _N),
    _formatted("(<0>|default(<1>))", _N, _NAMES),
    _formatted("(<0>|upper)", _NAMES),
)
_JINJA_LEAVES = st.one_of(
    _formatted("{{ <0>(<1>, site=@) }}", st.sampled_from(["asset", "image", "f"]), _EXPRESSIONS),
    _formatted("{% set n = <0> %}", _EXPRESSIONS),
    _formatted("{% set f = <0> %}", st.sampled_from(["asset", "image", "n"])),
    _formatted(
        "{% macro <0>(n=<1>) %}{{ asset(n, site=@) }}{{ kwargs and '' }}{% endmacro %}",
        st.sampled_from(["image", "f"]),
        _NAMES,
    ),
    st.just("{% raw %}{{ asset('raw', site=@) }}{% endraw %}{# {{ asset('comment', site=@) }} #}"),
)


def _jinja_blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        _formatted("{% if flag %}<0>{% else %}<1>{% endif %}", inner, inner),
        _formatted("{% if flag %}<0>{% endif %}", inner),
        _formatted("{% for n in [<0>, <1>] %}<2>{% endfor %}", _NAMES, _NAMES, inner),
        _formatted("{% with n = <0> %}<1>{% endwith %}", _EXPRESSIONS, inner),
    )


_DJANGO_EXPRESSIONS = st.one_of(_NAMES, _N, _formatted("<0>|upper", _NAMES | _N))
_DJANGO_LEAVES = st.one_of(
    _formatted("{% <0> <1> site=@ %}", st.sampled_from(["asset", "image"]), _DJANGO_EXPRESSIONS),
    _formatted("{% asset <0> site=@ as n %}", _DJANGO_EXPRESSIONS),
    st.just("{% comment %}{% asset 'comment' site=@ %}{% endcomment %}"),
    st.just("{% verbatim %}{% asset 'verbatim' site=@ %}{% endverbatim %}"),
)


def _django_blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        _formatted("{% if flag %}<0>{% else %}<1>{% endif %}", inner, inner),
        _formatted("{% with n=<0> %}<1>{% endwith %}", _DJANGO_EXPRESSIONS, inner),
        _formatted("{% for n in names %}<0>{% endfor %}", inner),
    )


def _numbered(template: str) -> str:
    """The template with a number for each of its calls."""
    numbers = count()
    return re.sub("@", lambda _: str(next(numbers)), template)


_JINJA = st.recursive(_JINJA_LEAVES, _jinja_blocks, max_leaves=10).map(_numbered)
_DJANGO = st.recursive(_DJANGO_LEAVES, _django_blocks, max_leaves=10).map(_numbered)


def asked_of_jinja(template: str, flag: bool) -> Asked:
    """The assets that a page asks for."""
    asked: Asked = []
    environment = Environment(autoescape=True)

    def asset(name: Any, site: int) -> str:
        asked.append((site, str(name)))
        return ""

    environment.globals.update(asset=asset, image=asset)
    environment.from_string(template).render(flag=flag)
    return asked


def asked_of_django(template: str, flag: bool) -> Asked:
    """The assets that a page asks for."""
    asked: Asked = []
    library = Library()

    def asset(name: Any, site: int) -> str:
        asked.append((site, str(name)))
        return "a URL"

    for tag in ("asset", "image"):
        library.simple_tag(asset, name=tag)
    engine = Engine()
    engine.template_builtins.append(library)
    engine.from_string(template).render(Context({"flag": flag, "names": ["d.css"]}))
    return asked


def untold(template: str, reading: Reading, asked: Asked) -> Asked:
    """Assets that a page asked for and that were neither found nor reported as computed."""
    found = {use.written.text for use in reading.uses}
    computed = {start for start, _ in reading.unchecked}

    def start_of(site: int) -> int:
        opened = re.compile(rf"(?:{{{{|{{%) (?=(?:(?!{{{{|{{%).)*site={site}\b)", re.DOTALL)
        return [match.end() for match in opened.finditer(template)][-1]

    return [(site, name) for site, name in asked if name not in found and start_of(site) not in computed]


@settings(max_examples=50)
@given(_JINJA, st.booleans())
def test_jinja(template: str, flag: bool) -> None:
    try:
        asked = asked_of_jinja(template, flag)
    except (UndefinedError, TypeError, RecursionError):  # a call of what is no function, or of itself
        assume(False)
    reading = JinjaReader((), (), lambda _: None).read(template)
    assert reading.faults == ()
    assert untold(template, reading, asked) == []


@settings(max_examples=50)
@given(_DJANGO, st.booleans())
def test_django(template: str, flag: bool) -> None:
    asked = asked_of_django(template, flag)
    reading = DjangoReader((), ["buildassets.runtime.django.templatetags.buildassets"]).read(template)
    assert reading.faults == ()
    assert untold(template, reading, asked) == []
