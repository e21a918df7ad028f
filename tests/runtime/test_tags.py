import json
import string

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup as JinjaMarkup

from buildassets.runtime.tags import Markup, attribute_names, data, element, script, style, svg
from tests.runtime.pages import elements, text


@pytest.mark.parametrize(
    ("given_name", "html_name"),
    [
        ("media", "media"),
        ("data_turbo_track", "data-turbo-track"),
        ("class_", "class"),
        ("async_", "async"),
        ("HREF", "href"),
        ("@click.prevent", "@click.prevent"),
        ("x-on:click", "x-on:click"),
    ],
)
def test_argument_names_become_attribute_names(given_name: str, html_name: str) -> None:
    assert attribute_names({given_name: 1}) == {html_name: 1}


@pytest.mark.parametrize("name", ["", "_", "a b", "a=b", "a>", "a/", 'a"', "a'", "a\n", "1a", "é", "a\0", "-a"])
def test_invalid_attribute_name_is_rejected(name: str) -> None:
    with pytest.raises(ValueError, match="is not an attribute name"):
        attribute_names({name: "x"})


def test_true_is_a_bare_attribute_and_false_and_none_are_left_out() -> None:
    assert element("a", {"b": True, "c": False, "d": None, "e": "", "f": 0}) == '<a b e="" f="0">'


def test_attributes_keep_their_order() -> None:
    assert element("a", {"z": 1, "b": 2, "y": 3}) == '<a z="1" b="2" y="3">'


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")))
def test_any_value_comes_out_of_the_page_as_it_went_in(value: str) -> None:
    assert elements(element("a", {"b": value})) == [("a", {"b": value})]


@pytest.mark.parametrize("kind", [JinjaMarkup, SafeString, Markup])
def test_values_that_call_themselves_markup_are_escaped_too(kind: type[str]) -> None:
    assert element("a", {"b": kind('"><script>&amp;')}) == '<a b="&quot;&gt;&lt;script&gt;&amp;amp;">'


@given(st.dictionaries(st.text(string.printable), st.text(string.printable)))
def test_hostile_names_are_refused_or_are_one_attribute(attributes: dict[str, str]) -> None:
    try:
        names = attribute_names(attributes)
    except ValueError:
        return
    assert [tag for tag, _ in elements(element("a", names))] == ["a"]
    assert list(elements(element("a", names))[0][1]) == list(names)


def test_markup_is_its_own_html() -> None:
    assert Markup("<a>").__html__() == "<a>"


hostile = st.text("</sScCrRiIpPtTyYlLeE!-> \n")
pieces = st.lists(st.sampled_from(["</style", "</script", "<!--", "<script", "-->", ">", " ", "</", "x"])).map("".join)


@given(hostile | pieces)
def test_no_style_sheet_ends_its_element(css: str) -> None:
    inner = style(css, {}).removeprefix("<style>").removesuffix("</style>")
    assert "</style" not in inner.lower()


@given(hostile | pieces)
def test_no_script_ends_its_element_or_hides_its_end(javascript: str) -> None:
    inner = script(javascript, {}).removeprefix("<script>").removesuffix("</script>")
    assert "</script" not in inner.lower()
    assert "<!--" not in inner


@given(st.text(st.characters(exclude_categories=["Cs"])) | pieces)
def test_json_in_the_page_means_the_same(value: str) -> None:
    document = json.dumps({"a": value}, ensure_ascii=False)
    inner = data(document, {}).removeprefix('<script type="application/json">').removesuffix("</script>")
    assert json.loads(inner) == {"a": value}


def test_css_without_an_end_tag_is_left_unchanged() -> None:
    assert style("a > b { color: red } </* x", {}) == "<style>a > b { color: red } </* x</style>"


def test_svg_comes_without_what_xml_puts_before_it() -> None:
    before = '<?xml version="1.0"?>\n<!-- <svg> -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD" [<!ENTITY a "<svg>">]>\n'
    assert svg(before + '<svg id="a"><g/></svg>\n', {}) == '<svg id="a"><g/></svg>'


def test_attributes_of_an_inlined_svg_come_before_its_own() -> None:
    assert svg('<svg class="a"/>', {"class": "b&"}) == '<svg class="b&amp;" class="a"/>'


@pytest.mark.parametrize("image", ["", "<svgx>", "<html>", "<!-- <svg>", "<!DOCTYPE [" + "] " * 9, "x<svg>"])
def test_text_that_is_not_svg_is_rejected(image: str) -> None:
    with pytest.raises(ValueError, match="must begin with `<svg`"):
        svg(image, {})


def test_text_of_an_element_is_the_text_of_the_page() -> None:
    assert text(script("a < b && c", {})) == "a < b && c"
