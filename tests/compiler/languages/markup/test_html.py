"""References of HTML documents: what a browser loads, where it stands, and nothing else."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.markup.html import scan
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import splice
from buildassets.foundation.paths import split_url
from tests.markup_trees import html_urls

ONE_REFERENCE = [
    ('<img src="x.png">', "x.png"),
    ("<IMG alt=x SRC = x.png>", "x.png"),
    ("<img\nsrc='x.png'/>", "x.png"),
    ("<img src=x.png/>", "x.png/"),
    ('<img alt="a>b" src="x.png">', "x.png"),
    ('<img src="x.png" src="y.png">', "x.png"),
    ('<img src="x.png?a&b#c">', "x.png?a&b#c"),
    ("<input type=IMAGE src=x.png>", "x.png"),
    ("<video poster=x.png>", "x.png"),
    ("<object data=x.svg>", "x.svg"),
    ("<body background=x.png>", "x.png"),
    ("<script src=x.js>import './y.js'</script>", "x.js"),
    ('<link rel="Shortcut ICON" href=x.ico>', "x.ico"),
    ("<link href=x.css rel='alternate stylesheet'>", "x.css"),
    ("<link rel=manifest href=x.webmanifest>", "x.webmanifest"),
    ("<svg><image href=x.png /></svg>", "x.png"),
    ("<svg><USE xlink:href=x.svg#a></svg>", "x.svg#a"),
    ("<svg><path fill='url(x.svg#a)'/></svg>", "x.svg#a"),
    ('<p style="background:url(&quot;x.png&#34;)">', "x.png"),
    ("<style>a{b:url(x.png)}</style>", "x.png"),
    ("<style type=TEXT/CSS>a{b:url(x.png)}", "x.png"),
    ("<style><!-- a{b:url(x.png)} --></style>", "x.png"),
    ("<svg><style>a{b:url('x&amp;y.png')}</style></svg>", "x&y.png"),
    ("<svg><style><![CDATA[a{b:url(x.png)}]]></style></svg>", "x.png"),
    ("<svg><style/>a{b:url(y.png)}</svg><img src=x.png>", "x.png"),
    ("<svg><title><img src=x.png></title></svg>", "x.png"),
    ("<svg><p></p><title><img src=y.png></title><img src=x.png>", "x.png"),
    ("<script type=module>import './x.js' // </script>", "./x.js"),
    ("<script type=module>'<!-- <script></script>';import './x.js' // --></script>", "./x.js"),
    ("<noscript><img src=x.png></noscript>", "x.png"),
    ("<head><noscript><link rel=stylesheet href=x.css></noscript>", "x.css"),
    ("<noscript><!-- </noscript><img src=x.png> -->", "x.png"),
    ("<noscript><plaintext></noscript><img src=x.png>", "x.png"),
    ("<head><noscript><style></noscript><img src=x.png></style>", "x.png"),
    ("<noscript><style>a{b:url(x.png)}</noscript><img src=y.png></style>", "x.png"),
    ("<noscript><style>a{b:c}</noscript><img src=x.png></style>", "x.png"),
    ("<noscript><p title='</noscript><img src=x.png>'>", "x.png"),
    ("<noscript><script><!--<script></noscript><img src=x.png>", "x.png"),
    ("<noscript><svg></noscript><style>a{b:url(x.png)}</style>", "x.png"),
    ("<noscript><noscript></NOSCRIPT ><img src=x.png>", "x.png"),
    ("<!--><img src=x.png>", "x.png"),
    ("<!-- --!><img src=x.png>", "x.png"),
    ("<?php if (1 > 2) ?><img src=x.png>", "x.png"),
    ("<![CDATA[<img src=y.png>]]><img src=x.png>", "x.png"),
    ("a < b <img src=x.png>", "x.png"),
    ("<base href=./><img src=x.png>", "x.png"),
    ("<base target=_blank><img src=x.png>", "x.png"),
    ("<img src=x.png {{ more }}>", "x.png"),
]


@pytest.mark.parametrize(("text", "url"), ONE_REFERENCE)
def test_urls_that_a_browser_loads_are_found(text: str, url: str) -> None:
    assert [reference.url for reference in scan(text)][:1] == [url]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<a href=x.html>",
        "<link rel=canonical href=x.html><link href=x>",
        "<input src=x.png>",
        "<meta property=og:image content=x.png>",
        "<img data-src=x.png src='' srcset>",
        "<img src='#x'><img src=data:image/png;base64,AA==>",
        "<!-- <img src=x.png> -->",
        "<!doctype <img src=x.png>",
        "<textarea><img src=x.png></textarea>",
        "<title><img src=x.png></TITLE >",
        "<xmp><img src=x.png></xm></xmp>",
        "<plaintext></plaintext><img src=x.png>",
        "<noscript><!-- <img src=x.png> --></noscript>",
        "<noscript><plaintext><img src=x.png></noscript>",
        "<svg><noscript><style><![CDATA[</noscript><img src=x.png>",
        "<script>document.write('<img src=x.png>'); import('./x.js')</script>",
        "<script type=text/template><img src=x.png></script>",
        "<script><!-- <script> </script> <img src=x.png> --></script>",
        "<script/><img src=x.png></script>",
        "<style type=text/less>a{b:url(x)}</style>",
        "<img alt='<img src=x.png>'>",
        "<img src='x.png",
        "</img src=x.png>",
        "<base href=/app/><img src=x.png>",
        "<img src=x.png><base href=https://example.com>",
        "<style>a{b:url(x.png)}</style><base href=y/>",
        "<style>/*# sourceMappingURL=x.map */</style>",
    ],
)
def test_urls_that_no_browser_loads_are_left_alone(text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '<img src="{{ root }}x.png">',
        "<img src=\"{% static 'x.png' %}\">",
        "<img src={{x}}>",
        '<img src="<?php echo $x ?>">',
        '<img src="<%= x %>">',
        '<img srcset="{{ a }} 1x, {{ b }} 2x">',
        '<p style="background:url({{x}})">',
        "<style>a{b:url({{x}})}</style>",
    ],
)
def test_placeholders_of_templates_are_left_alone(text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("a&amp;b", "a&b"),
        ("a&ampb", "a&ampb"),
        ("a&copy", "a©"),
        ("a&copy=1", "a&copy=1"),
        ("a&copy;=1", "a©=1"),
        ("a&notit;", "a&notit;"),
        ("a&#x62;&#99c", "abcc"),
        ("a&#0;", "a\N{REPLACEMENT CHARACTER}"),
        (f"a&#{'9' * 5000};", "a\N{REPLACEMENT CHARACTER}"),
        ("a&&;b", "a&&;b"),
    ],
)
def test_character_references_mean_what_they_mean_in_attributes(raw: str, url: str) -> None:
    assert [reference.url for reference in scan(f'<img src="{raw}">')] == [url]


@pytest.mark.parametrize(
    ("srcset", "urls"),
    [
        ("a.png", ["a.png"]),
        ("a.png 1x, b.png 2x", ["a.png", "b.png"]),
        (" , a,b.png 1x,c.png", ["a,b.png", "c.png"]),
        ("a.png, b.png,", ["a.png", "b.png"]),
        ("a.png 1x,b.png 2x", ["a.png", "b.png"]),
        ("a.png calc(1x, 2x), b.png (", ["a.png", "b.png"]),
        ("data:image/png,AA 1x, a.png 2x", ["a.png"]),
        ("a.png&#32;1x, b.png 2x", ["a.png", "b.png"]),
    ],
)
def test_a_set_of_images_is_split_as_in_the_standard(srcset: str, urls: list[str]) -> None:
    assert [reference.url for reference in scan(f'<img srcset="{srcset}">')] == urls


def test_addresses_of_an_import_map_are_module_specifiers() -> None:
    text = (
        '<script type="importmap">{"imports": {"a": "./a.js", "b": "https://x/b.js"},'
        ' "scopes": {"./s/": {"a": "./s/\\u0061.js"}}, "integrity": {"./a.js": "sha384-x"}}</script>'
    )
    found = scan(text)
    assert [(one.url, one.kind) for one in found if one.url.startswith(".")] == [
        ("./a.js", ReferenceKind.MODULE),
        ("./s/a.js", ReferenceKind.MODULE),
    ]


@pytest.mark.parametrize(
    ("text", "spliced"),
    [
        ('<img src="a&amp;.png?x&amp;y#z">', '<img src="new.png?x&amp;y#z">'),
        ("<img src=a.png?x&y>", "<img src=new.png?x&y>"),
        ("<p style='b:url(a&#46;png?x&lt;y)'>", "<p style='b:url(new.png?x&lt;y)'>"),
        ("<script type=module>import './a.js'</script>", "<script type=module>import './new.png'</script>"),
    ],
)
def test_query_and_fragment_stay_as_written(text: str, spliced: str) -> None:
    assert splice(text, [(reference, "new.png") for reference in scan(text)]) == spliced


PIECES = [
    *('<img src="a.png">', "<svg>", "</svg>", "<math>", "<mi>", "</mi>", "</math>", "<style>", "</style>", "</title>"),
    *("a{b:url(x.png)}", 'a{b:url("y&amp;.png")}', "<script>", "</script>", "<script type=module>", 'import "./m.js";'),
    *("<!--", "-->", "--!>", "<!-->", "<!", "<?", ">", "<", "/>", '"', "'", " ", "=", "<image href=i.png />", "</"),
    *('<use xlink:href="u.svg?a&amp;b#c"/>', "<desc>", "</desc>", "<textarea>", "</textarea>", "<![CDATA[", "]]>"),
    *('<p style="b:url(&quot;s.png&#34;)">', "<link rel=stylesheet href=l.css>", "<iframe src=f.html>", "</iframe>"),
    *('<img srcset="c.png 1x, d.png 2x,e.png">', "<noscript>", "</noscript>", "<script/>", "<style/>", "<div>"),
    *("</div>", "<foreignObject>", "</foreignObject>", "&copy=", "&amp", "<a b=", "<video poster=v.png src=w.png>"),
    *('<path fill="url(p.svg#a)" />', "<img src=a&copy=1.png>", "<img src=a&notit;.png>", '<img src="1" src="2">'),
]
MARKUP = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


@given(MARKUP)
def test_a_parser_finds_the_same_before_and_after(text: str) -> None:
    spliced = splice(text, [(reference, "./n%65w") for reference in scan(text)])
    assert html_urls(spliced) == sorted("./n%65w" + split_url(url)[1] for url in html_urls(text))


@given(st.one_of(st.text(), MARKUP))
def test_a_place_holds_the_url_and_places_do_not_overlap(text: str) -> None:
    position = 0
    for reference in scan(text):
        assert position <= reference.start < reference.end <= len(text)
        assert unescape(text[reference.start : reference.end]) == unescape(reference.url)
        position = reference.end
