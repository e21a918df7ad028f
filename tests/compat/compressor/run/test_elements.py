"""The elements of a block, as browsers split them."""

import pytest

from buildassets.compat.compressor.run.elements import elements_of


def names(block: str) -> list[str]:
    return [element.name for element in elements_of(block)]


def test_comments_and_text_are_left_out() -> None:
    assert names("text <!-- <script>a</script> --> <style>b</style> more") == ["style"]


def test_tags_of_elements_around_others_are_left_out() -> None:
    found = elements_of("<div id=x><b>bold</b><script>one</script></div><meta charset=utf-8>")
    assert [one.markup for one in found] == ["<script>one</script>", "<meta charset=utf-8>"]


def test_a_script_may_hold_tags() -> None:
    (element,) = elements_of("<script>document.write('<b>' + \"</scr\" + 'ipt>')</script>")
    assert element.text == "document.write('<b>' + \"</scr\" + 'ipt>')"


@pytest.mark.parametrize(
    ("markup", "value"),
    [
        ("<link rel=x href=a.css>", "a.css"),
        ("<link rel=x href='a.css'/>", "a.css"),
        ('<LINK REL=x HREF="a.css?b&amp;c">', "a.css?b&c"),
        ("<link rel=x href = 'a.css' href='b.css'>", "a.css"),
    ],
)
def test_attributes_are_read_in_every_form(markup: str, value: str) -> None:
    (element,) = elements_of(markup)
    assert element.get("href") == value


def test_a_bare_attribute_is_empty_and_an_absent_one_is_none() -> None:
    (element,) = elements_of("<script async></script>")
    assert (element.get("async"), element.get("defer")) == ("", None)


def test_a_link_without_rel_is_left_out() -> None:
    assert names('<link href="a.css"><link rel="icon" href="b.png">') == ["link"]


def test_an_element_that_does_not_end_goes_to_the_end() -> None:
    (element,) = elements_of("<style>a { top: 0 }")
    assert element.text == "a { top: 0 }"
