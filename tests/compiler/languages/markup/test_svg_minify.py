"""SVG in fewer characters: what goes, what stays, and that the tree is the same by a parser that is not ours."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.markup.svg_minify import minified
from tests.compiler.languages.markup.test_svg_fault import BOMB

HEAD = '<svg xmlns="http://www.w3.org/2000/svg">'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("\n <g>\n  <path d='M0 0'></path>\n </g>\n", '<g><path d="M0 0"/></g>'),
        ("<!-- made by an editor --><g/>", "<g/>"),
        ("<text> a <tspan> b </tspan> c </text>", "<text> a <tspan> b </tspan> c </text>"),
        ("<style><![CDATA[ a > b { c: d } ]]></style>", "<style> a > b { c: d } </style>"),
        ("<g>\u00a0</g>", "<g>\u00a0</g>"),
        ("<g fill='url(&quot;#a&quot;)'/>", "<g fill='url(\"#a\")'/>"),
        ("<g id='a&#10;b'/>", '<g id="a&#10;b"/>'),
        ("<text>a<!-- -->b ]]&gt; &lt;&amp;</text>", "<text>ab ]]&gt; &lt;&amp;</text>"),
        ("<x:y xmlns:x='urn:x'> <x:z/> </x:y>", '<x:y xmlns:x="urn:x"> <x:z/> </x:y>'),
        ("<text xml:space='preserve'>  a  </text>", '<text xml:space="preserve">  a  </text>'),
    ],
)
def test_invisible_text_is_removed_and_the_rest_stays(inside: str, expected: str) -> None:
    assert minified(f"{HEAD}{inside}</svg>") == f"{HEAD}{expected}</svg>"


def test_declaration_and_document_type_go() -> None:
    head = "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'>\n"
    assert minified(f"{head}{HEAD}</svg>\n") == f"{HEAD[:-1]}/>"


@pytest.mark.parametrize("comment", ["<!--! a notice -->", "<!-- @license ISC -->", "<!-- Copyright 2026 somebody -->"])
def test_a_comment_of_a_licence_stays(comment: str) -> None:
    assert minified(f"{comment} {HEAD}<g/></svg>") == f"{comment}{HEAD}<g/></svg>"


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}<g></svg>",
        f"{HEAD}&nbsp;</svg>",
        "no markup",
        "",
        BOMB + f"]>{HEAD}&a19;</svg>",
        "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + f"{HEAD}&a;</svg>",
        "<!DOCTYPE svg [<!ATTLIST g fill CDATA 'red'>]>" + f"{HEAD} <g/> </svg>",
        "<!DOCTYPE svg SYSTEM 'http://a.example/a.dtd'>" + f"{HEAD}&later;</svg>",
        f"{HEAD} <script>document.documentElement.childNodes.length</script> </svg>",
        f"{HEAD} <g onclick='f()'/> </svg>",
        f"{HEAD}<text>\ud800</text></svg>",
    ],
)
def test_without_a_proof_nothing_is_changed(text: str) -> None:
    assert minified(text) is None


@pytest.mark.parametrize("style", ["g:empty { fill: red }", "@import 'a.css';", "text { white-space: pre }"])
def test_white_space_that_a_sheet_can_see_stays(style: str) -> None:
    inside = f"<style>{style}</style> <g> </g>"
    assert minified(f"{HEAD}{inside}</svg>") == f"{HEAD}{inside}</svg>"


def test_a_named_sheet_stays_and_keeps_white_space() -> None:
    text = f'<?xml-stylesheet href="a.css"?>{HEAD} <g/> </svg>'
    assert minified(text) == text


PARTS = st.sampled_from(
    [
        "<g>",
        "</g>",
        "<path d='M0 0 h1'/>",
        "<text>",
        "</text>",
        " ",
        "\n\t",
        "a",
        "&amp;",
        "<![CDATA[<a> ]]>",
        "<!-- - -->",
    ]
)


@given(st.lists(PARTS, max_size=12).map("".join))
def test_another_parser_reads_the_same_tree(inside: str) -> None:
    text = f"{HEAD}{inside}</svg>"
    result = minified(text)
    if result is not None:
        assert _drawn(ElementTree.fromstring(result)) == _drawn(ElementTree.fromstring(text))
        assert minified(result) == result


def _drawn(element: ElementTree.Element, *, in_text: bool = False) -> object:
    """The tree without white space between elements that draw no text."""
    in_text = in_text or element.tag.endswith("}text")
    texts = [element.text or "", *(child.tail or "" for child in element)]
    shown = [text if in_text or text.strip(" \t\n\r") else "" for text in texts]
    return element.tag, element.attrib, shown, [_drawn(child, in_text=in_text) for child in element]


@pytest.mark.parametrize("encoding", ["Shift_JIS", "GB2312", "x-sjis", "base64"])
def test_a_document_in_an_encoding_that_cannot_be_read_is_left(encoding: str) -> None:
    assert minified(f"<?xml version='1.0' encoding='{encoding}'?>{HEAD} <g/> </svg>") is None
