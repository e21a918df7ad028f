"""HTML in fewer characters: what goes, what stays, and that html5lib reads the same tree."""

import re
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.markup.html_minify import linked_sheets, minified, preserves_space
from tests.conftest import watchdog
from tests.markup_trees import html5lib


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>a   b\n\n  c</p>", "<p>a b\nc</p>"),
        ("<p class=\"x\"  id='y z'\n>a</p >", "<p class=\"x\" id='y z'>a</p>"),
        ('<input  disabled value = "a/b" data-x=\'"\' />', '<input disabled value="a/b" data-x=\'"\'>'),
        ("<p>a <!-- a note --> b</p>", "<p>a b</p>"),
        ("<p>a<!-- a note -->b</p>", "<p>ab</p>"),
        ("<p>a\u00a0 \u2003b</p>", "<p>a\u00a0 \u2003b</p>"),
        ("<pre>\n a  <b  id='c'>d</b> <!-- a note --></pre>  a", "<pre>\n a  <b  id='c'>d</b> <!-- a note --></pre> a"),
        ("<textarea>\n a  b</textarea>  a", "<textarea>\n a  b</textarea> a"),
        ("<script>  a  //  <b>\n</script>  a", "<script>  a  //  <b>\n</script> a"),
        ("<style>  p  { a: b }</style>  a", "<style>  p  { a: b }</style> a"),
        ("<title>a  b</title>  a", "<title>a  b</title> a"),
        ('<svg viewBox="0 0 1 1">  <g/>  </svg>  a', '<svg viewBox="0 0 1 1">  <g/>  </svg> a'),
        ("<table> <!-- a note --> <tr></table>  a", "<table> <!-- a note --> <tr></table> a"),
        ("<pre><table></pre>  a  </table>", "<pre><table></pre>  a  </table>"),
        ("<a  href=x?a&amp;b>a  &lt;  b</a>", "<a href=x?a&amp;b>a &lt; b</a>"),
        ("<P CLASS=A>a</P>", "<P CLASS=A>a</P>"),
        ("<a  href=b/ >a</a>", "<a href=b/ >a</a>"),
    ],
)
def test_invisible_text_is_removed_and_the_rest_stays(text: str, expected: str) -> None:
    assert minified(text) == expected


@pytest.mark.parametrize(
    "comment",
    [
        "<!--[if lt IE 9]><script src='a.js'></script><![endif]-->",
        "<!--[if !IE]><!--><p>a</p><!--<![endif]-->",
        "<!--#include file='a.html' -->",
        "<!-- ko foreach: items --><!-- /ko -->",
        "<!-- esi -->",
        "<!--$--><!--/$-->",
        "<!-- build:css a.css --><!-- endbuild -->",
        "<!-- -->",
        "<!-- Copyright 2026 somebody -->",
        "<!-- noindex -->",
    ],
)
def test_a_comment_for_programs_stays(comment: str) -> None:
    assert minified(f"<p>a</p>{comment}<p>a  b</p>") == f"<p>a</p>{comment}<p>a b</p>"


def test_in_a_page_with_scripts_only_comments_that_are_set_off_go() -> None:
    text = "<script src=a.js></script>{}<p>"
    assert minified(text.format("<!-- a note --><!--v-if-->")) == text.format("<!--v-if-->").replace(
        "a.js", '"a.js"'[1:-1]
    )


@pytest.mark.parametrize("mark", ["{{ a }}", "{% if a %}", "<?php a ?>", "${a}", "<%= a %>", "{# a #}"])
def test_a_template_is_left_alone(mark: str) -> None:
    assert minified(f"<p>a  b {mark}</p>") is None


@pytest.mark.parametrize("text", ["<p>a  <b", "<<!-- a note -->b>", "<p>a</"])
def test_without_a_proof_nothing_is_changed(text: str) -> None:
    assert minified(text) in (None, text)


@pytest.mark.parametrize(
    "css", ["white-space: pre", "white-space:break-spaces", "WHITE-SPACE : var(--x)", "@import 'a'"]
)
def test_where_a_style_may_preserve_white_space_texts_stay(css: str) -> None:
    assert preserves_space(css)
    assert minified(f"<style>p {{ {css} }}</style><p  id='a'>a  b") == f"<style>p {{ {css} }}</style><p id='a'>a  b"


@pytest.mark.parametrize("css", ["white-space: nowrap", "white-space:normal", "color: red"])
def test_other_styles_preserve_none(css: str) -> None:
    assert not preserves_space(css)


def test_linked_sheets_are_found() -> None:
    text = "<link rel=icon href=a><link REL='alternate stylesheet' href=' b.css '><link rel=stylesheet href=c&amp;d>"
    assert list(linked_sheets(text)) == ["b.css", None]


PARTS = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "</b>", "<pre>", "</pre>", "<table>", "<tr>", "<td>", "</table>", "<textarea>"),
        *("</textarea>", "<ul>", "<li>", "<svg>", "</svg>", "<path/>", "<title>", "</title>", "<br/>", "<select>"),
        *("<option>", "</select>", "<script>", "</script>", "<div class='a b' id=c>", "</div>", "<a x='1' y>", "</a>"),
        *(" ", "  \n", "a", " b ", "<", "&amp;", "<!-- a note -->", "<!--x-->", "<![CDATA[ a ]]>", "<template>"),
    ]
)


@given(st.lists(PARTS, max_size=14).map("".join))
def test_another_parser_reads_the_same_tree(text: str) -> None:
    result = minified(text)
    if result is not None:
        assert tree(result) == tree(text)
        assert minified(result) == result


def tree(text: str) -> object:
    """The tree by html5lib, without comments, and with one character for white space where none preserves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = html5lib.parse(text, treebuilder="etree", scripting=True)
    return shown(document, preserved=False)


PRESERVING = re.compile(r"\}(pre|textarea|script|style|title|noscript)\Z|\{http://www.w3.org/2000/svg")


def shown(element: Any, *, preserved: bool) -> object:
    preserved = preserved or PRESERVING.search(element.tag) is not None
    nodes: list[Any] = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            nodes += [shown(child, preserved=preserved), child.tail or ""]
        elif preserved:
            nodes += [child.text, child.tail or ""]
        else:
            nodes[-1] += child.tail or ""
    texts = [re.sub(r"[ \t\n\r\f]+", " ", node) if isinstance(node, str) and not preserved else node for node in nodes]
    return element.tag, dict(element.attrib), texts


def test_a_page_of_angle_brackets_takes_linear_time() -> None:
    text = "<" * 1_000_000
    with watchdog(5):
        assert minified(text) == text
