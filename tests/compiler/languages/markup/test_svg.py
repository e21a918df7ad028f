"""References of SVG images: what a browser loads, where it stands, and nothing else."""

from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from buildassets.compiler.languages.markup.svg import scan
from buildassets.compiler.languages.scan import splice
from buildassets.foundation.paths import split_url
from tests.markup_trees import svg_urls

ONE_REFERENCE = [
    ('<image href="x.png"/>', "x.png"),
    ("<image xlink:href='x.png'></image>", "x.png"),
    ("\ufeff<svg:image\n\thref = 'x.png' />", "x.png"),
    ('<use href="x.svg#a"/>', "x.svg#a"),
    ('<feImage href="x.png"/>', "x.png"),
    ('<script href="x.js"/>', "x.js"),
    ('<linearGradient xlink:href="x.svg#a"/>', "x.svg#a"),
    ('<image href="x&#x2e;png"/>', "x.png"),
    ('<image href="x&amp;y.png"/>', "x&y.png"),
    ('<image href="x>y.png"/>', "x>y.png"),
    ('<rect style="fill:url(x.svg#a)"/>', "x.svg#a"),
    ('<rect fill="url(&quot;x.svg&quot;)"/>', "x.svg"),
    ('<rect clip-path="URL( x.svg )"/>', "x.svg"),
    ("<style>a{fill:url(x.svg)}</style>", "x.svg"),
    ("<style>@import 'x.css';</style>", "x.css"),
    ("<svg:style type='text/css'>@import 'x.css';</svg:style>", "x.css"),
    ("<style><![CDATA[@import 'x.css';]]></style>", "x.css"),
    ("<style>/* <![CDATA[ */@import 'x.css';/* ]]> */</style>", "x.css"),
    ("<style><!-- @import 'y.css'; -->@import 'x.css';</style>", "x.css"),
    ("<style>a{fill:url(&apos;x&amp;y.svg&apos;)}</style>", "x&y.svg"),
    ("<style/>@import 'y.css'<style>@import 'x.css';</style>", "x.css"),
    ("<script type='module'><![CDATA[import './x.js'; 1 < 2]]></script>", "./x.js"),
    ("<?xml version='1.0'?><?xml-stylesheet type='text/css' href='x.css'?><svg/>", "x.css"),
    ("<!DOCTYPE svg [<!ENTITY a '<image href=\"y.png\"/>'><!-- ]> -->]><image href='x.png'/>", "x.png"),
    ("<foreignObject><img xmlns='http://www.w3.org/1999/xhtml' src='x.png'/></foreignObject>", "x.png"),
]


@pytest.mark.parametrize(("text", "url"), ONE_REFERENCE)
def test_urls_that_a_browser_loads_are_found(text: str, url: str) -> None:
    assert [reference.url for reference in scan(text)] == [url]


@pytest.mark.parametrize(
    "text",
    [
        "",
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
        '<a href="x.html"/>',
        '<use href="#a"/><rect fill="url(#a)"/>',
        '<image href=""/><image href="data:image/png;base64,AA=="/>',
        '<!-- <image href="x.png"/> -->',
        '<![CDATA[<image href="x.png"/>]]>',
        '<?x <image href="x.png"/>?>',
        '<text>url(x.png) href="x.png"</text>',
        '<rect data-fill="url(x.svg)" title="url(y)"/>',
        "<script>import('./x.js')</script>",
        "<style type='text/less'>@import 'x';</style>",
        '<image href="&host;x.png"/><rect fill="url(&x;)"/>',
        "<style>a{fill:url(a<!-- -->b)}</style>",
        "<!DOCTYPE svg [<!ENTITY a \"<image href='x.png'/>\">]><svg>&a;</svg>",
        '<!DOCTYPE svg [<!ENTITY a "',
        '<image href="{{ x }}"/>',
        '<image href="x.png',
    ],
)
def test_urls_that_no_browser_loads_are_left_alone(text: str) -> None:
    assert scan(text) == []


def test_references_are_in_the_order_of_the_text() -> None:
    text = '<svg fill="url(a)" style="b:url(b)"><style>c{d:url(c)}</style><image xlink:href="d" href="e"/></svg>'
    assert [reference.url for reference in scan(text)] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("text", "spliced"),
    [
        ('<image href="a&amp;.png?x&amp;y#z"/>', '<image href="new.png?x&amp;y#z"/>'),
        ("<image href='a.png?x&amp;y'/>", "<image href='new.png?x&amp;y'/>"),
        ("<p style='b:url(&quot;a.png#b&quot;)'/>", "<p style='b:url(&quot;new.png#b&quot;)'/>"),
        ("<style><![CDATA[a{b:url(a\\.png?x&y)}]]></style>", "<style><![CDATA[a{b:url(new.png?x&y)}]]></style>"),
    ],
)
def test_query_and_fragment_stay_as_written(text: str, spliced: str) -> None:
    assert splice(text, [(reference, "new.png") for reference in scan(text)]) == spliced


PIECES = [
    *(
        "<g>",
        "</g>",
        "<style>",
        "</style>",
        "<style type='text/css'>",
        "<style/>",
        "<script/>",
        "<script type='module'>",
    ),
    *("</script>", "a{b:url(x.png)}", "a{b:url('y&amp;.png?a&amp;b')}", 'import "./m.js";', "<!--", "-->", "<![CDATA["),
    *("]]>", "<?x", "?>", "<?xml-stylesheet href='t'?>", "&lt;", "&gt;", "&#47;", "&quot;", " ", ">", "text", "<image"),
    *(" href='i.png'", ' xlink:href = "j.png?k"', "/>", "<use xlink:href='u.svg?a&amp;b#c'/>", "<rect fill='url(p)'/>"),
    *("<svg:pattern href='q.svg'/>", "<p style='b:url(&quot;s.png&#34;)'/>", "<a href='l'/>", "<text>", "</text>"),
    *("<title>", "</title>", "<desc/>", "<x:img xmlns:x='http://www.w3.org/1999/xhtml' src='h.png'/>"),
]
SVG = (
    '<!DOCTYPE svg [<!ENTITY e "<image href=\'e\'/>"> <?x "?> <!-- \' -->]><svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:svg="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
)
CONTENT = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


def test_the_pieces_can_make_a_document() -> None:
    assert svg_urls(f"{SVG}{PIECES[2]}{PIECES[9]}{PIECES[3]}</svg>") == ["x.png"]


@given(CONTENT)
def test_a_parser_finds_the_same_before_and_after(content: str) -> None:
    text = f"{SVG}{content}</svg>"
    try:
        loaded = svg_urls(text)
    except ElementTree.ParseError:
        assume(False)
    references = [reference for reference in scan(text) if reference.url != "t"]  # the parser drops instructions
    spliced = splice(text, [(reference, "./n%65w") for reference in references])
    assert svg_urls(spliced) == sorted("./n%65w" + split_url(url)[1] for url in loaded)


@given(st.one_of(st.text(), CONTENT))
def test_places_do_not_overlap(text: str) -> None:
    position = 0
    for reference in scan(text):
        assert position <= reference.start < reference.end <= len(text)
        position = reference.end
