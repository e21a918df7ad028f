"""Names in templates of Mako and Chameleon are those that rendering asks for."""

from collections.abc import Callable
from typing import Any

import pytest
from chameleon import PageTemplate
from mako.template import Template

from buildassets.compiler.templates.chameleon import ChameleonReader
from buildassets.compiler.templates.mako import MakoReader
from buildassets.compiler.templates.names import Reading
from tests.growth.test_growth import cpu_seconds, growth

MAKO = [
    "${asset('a.css')}",
    "${ asset( 'a.css' ) | h }",
    '${stylesheet("é😀.css", media="print")} ${ {"x": asset("b.css")}["x"] }',
    "% if True:\n  ${asset('a.css' if True else 'b.css')}\n% endif",
    "% for name in [asset('a.css')]:\n${name}\n% endfor",
    "<% url = asset('a.css') %>${url}",
    "<%! x = '}' %>${asset('a' + '.css')}",
    "## ${asset('no.css')}\n<%doc>${asset('no.css')}</%doc>\n<%text>${asset('no.css')}</%text>\n%% ${asset('a.css')}",
    "<%def name=\"image(file)\">${file}</%def>${image('no.css')}${asset(name='a.css')}",
    "<%def name=\"part(x)\">${x}</%def>${part(asset('a.css'))}",
    "${x.asset('no.css')}${'asset(1)'}${asset('a.css')}",
    "${modulepreload('a.js', 'b.js')}",
    "<a href=\"${asset(\n  'a.css'\n)}\">it's {</a>",
]
CHAMELEON = [
    "<a>${asset('a.css')}</a>",
    "<a href=\"${asset('a.css')}\" />",
    "<a tal:attributes=\"href asset('a.css'); class 'b'\" />",
    "<a tal:content=\"structure: stylesheet('a.css')\" />",
    "<a tal:replace='structure stylesheet(&quot;a.css&quot;)' />",
    "<tal:block replace=\"asset('a.css')\" />",
    "<a tal:define=\"url asset('a' + '.css')\">${url}</a>",
    "<a><!--! ${asset('no.css')} --><!-- ${asset('a.css')} --></a>",
    "<a>$${asset('no.css')}</a>",
    "<?python url = asset('a.css') ?><a>${url}</a>",
    "<a tal:condition=\"asset('a.css')\">it's</a>",
    "<a title=\"asset('no.css')\">asset('no.css')</a>",
]


def rendered(template: Callable[..., Any]) -> set[str]:
    """The names that the template asks for."""
    asked: set[str] = set()

    def helper(*names: str, name: str = "", **attributes: object) -> str:
        asked.update(filter(None, (*names, name)))
        return ""

    class Other:
        def asset(self, name: str) -> str:
            return ""

    helpers = dict.fromkeys(("asset", "stylesheet", "modulepreload", "image"), helper)
    template(**helpers, x=Other())
    return asked


def texts(text: str, reading: Reading) -> set[str]:
    """The names that were read, each of which stands where it is reported."""
    assert not reading.faults
    for use in reading.uses:
        written = text[use.written.start : use.written.end].replace("' + '", "")
        assert written == use.written.text or "&quot;" in text
    return {use.written.text for use in reading.uses}


@pytest.mark.parametrize("text", MAKO)
def test_mako_asks_for_what_is_read(text: str) -> None:
    asked = rendered(Template(text).render)
    assert asked
    either = {"b.css"} if " if " in text else set()  # the branch that is not taken
    assert texts(text, MakoReader([]).read(text)) == asked | either


@pytest.mark.parametrize("text", CHAMELEON)
def test_chameleon_asks_for_what_is_read(text: str) -> None:
    found = texts(text, ChameleonReader([]).read(text))
    assert found == rendered(PageTemplate(text).render)
    assert bool(found) == ("'a" in text or "&quot;a" in text)


@pytest.mark.parametrize("reader", [MakoReader, ChameleonReader])
def test_computed_names_are_reported_as_unchecked(reader: Any) -> None:
    reading = reader([]).read("<a>${asset(name)}${asset('a.css' or x)}</a>")
    assert [use.written.text for use in reading.uses] == ["a.css"]
    assert reading.unchecked == ((5, 10), (19, 24))


@pytest.mark.parametrize("reader", [MakoReader, ChameleonReader])
def test_functions_of_ones_own_are_read(reader: Any) -> None:
    reading = reader(["icon", "h.static"]).read("<a>${icon('a.svg')}${h.static(path='b.svg')}${static('no')}</a>")
    assert [use.written.text for use in reading.uses] == ["a.svg", "b.svg"]


@pytest.mark.parametrize("reader", [MakoReader, ChameleonReader])
def test_an_expression_that_is_not_closed_is_a_fault(reader: Any) -> None:
    (fault,) = reader([]).read("<a>${asset('a.css'</a>").faults
    assert fault.start == 5


@pytest.mark.parametrize("reader", [MakoReader([]), ChameleonReader([])])
def test_a_name_of_too_many_parts_is_unchecked(reader: Any) -> None:
    reading = reader.read("${asset(" + "'a' + " * 2_000 + "'b')}")
    assert (reading.uses, len(reading.unchecked)) == ((), 1)


@pytest.mark.busy(reason="compares CPU times, which grow where other processes take the caches")
@pytest.mark.parametrize("reader", [MakoReader([]), ChameleonReader([])])
@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        *(("", opened, "") for opened in ("${asset(", '${asset("a"+', '${asset("a" if b else ')),
        *(("${", '\\"', "}"), ("${", '\\"""', "}"), ("", "<% ", ""), ("", "<%doc>", ""), ("", "<?python ", "")),
        *(("${modulepreload(", "'a', ", ")}"), ("${modulepreload(", "'a',\n", ")}")),
    ],
)
def test_time_to_read_grows_with_the_template(reader: Any, before: str, unit: str, after: str) -> None:
    def seconds(size: int) -> float:
        text = before + unit * size + after
        return cpu_seconds(lambda: reader.read(text))

    assert growth(seconds, 2_000, 4, limit=8) < 8
