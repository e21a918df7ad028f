"""Tokens of HTML and XML: where they begin, what they are, and that they cover every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.markup.lexer import MarkupKind, MarkupToken, html_tokens, read_tag, xml_tokens

MARKUP = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                *(
                    "<a",
                    "<a>",
                    "</a>",
                    "<svg>",
                    "</svg>",
                    "<style>",
                    "</style>",
                    "<script>",
                    "</script>",
                    "<title>",
                    "<",
                ),
                *(">", "/", "/>", "=", '"', "'", " ", "!", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "?>", "<!"),
                *("<!DOCTYPE", "[", "]", "b", "é", "\ufeff", "\x00", "</", "<desc>", "<plaintext>"),
            ]
        ),
        max_size=20,
    ).map("".join),
)


@given(MARKUP)
def test_tokens_of_html_lie_end_to_end(text: str) -> None:
    assert "".join(text[token.start : token.end] for token in html_tokens(text)) == text


@given(MARKUP)
def test_tokens_of_xml_lie_end_to_end(text: str) -> None:
    assert "".join(text[token.start : token.end] for token in xml_tokens(text)) == text


def html(text: str) -> list[tuple[str, str]]:
    return [(token.kind.name, text[token.start : token.end]) for token in html_tokens(text)]


def xml(text: str) -> list[tuple[str, str]]:
    return [(token.kind.name, text[token.start : token.end]) for token in xml_tokens(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("<a b='>'>c", ("TAG", "<a b='>'>")),
        ('<a b">c">', ("TAG", '<a b">')),
        ("<a =b='c>'>", ("TAG", "<a =b='c>'>")),
        ("<br/>", ("TAG", "<br/>")),
        ("<svg/>", ("EMPTY_TAG", "<svg/>")),
        ("</a b='>'>", ("END_TAG", "</a b='>'>")),
        ("<a b='", ("CUT", "<a b='")),
        ("</a", ("CUT", "</a")),
        ("<!-->a", ("COMMENT", "<!-->")),
        ("<!--->a", ("COMMENT", "<!--->")),
        ("<!----!>a", ("COMMENT", "<!----!>")),
        ("<!-- > ---> a", ("COMMENT", "<!-- > --->")),
        ("<!doctype html>a", ("COMMENT", "<!doctype html>")),
        ("<?a ?>b", ("COMMENT", "<?a ?>")),
        ("</ a>b", ("COMMENT", "</ a>")),
        ("<![CDATA[a>]]>", ("COMMENT", "<![CDATA[a>")),
        ("<1>", ("TEXT", "<1>")),
    ],
)
def test_html_is_split_as_browsers_do(text: str, first: tuple[str, str]) -> None:
    assert html(text)[0] == first


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("<style></style >", None),
        ("<style><a></styles></STYLE\n>", ("RAW_TEXT", "<a></styles>")),
        ("<title>a<b></title>", ("TEXT", "a<b>")),
        ("<script>'<!--'</script>", ("RAW_TEXT", "'<!--'")),
        ("<script><!--<script></script>--></script>", ("RAW_TEXT", "<!--<script></script>-->")),
        ("<script><!--<script>--></script>", ("RAW_TEXT", "<!--<script>-->")),
        ("<script><!--><script></script>", ("RAW_TEXT", "<!--><script>")),
        ("<script><!--</script>", ("RAW_TEXT", "<!--")),
        ("<plaintext></plaintext>", ("RAW_TEXT", "</plaintext>")),
    ],
)
def test_the_inside_of_some_elements_is_text(text: str, inside: tuple[str, str] | None) -> None:
    second = html(text)[1]
    assert second == (inside or ("END_TAG", "</style >"))


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("<svg><style><a>", ("TAG", "<a>")),
        ("<svg><![CDATA[<a>]]>", ("CDATA", "<![CDATA[<a>]]>")),
        ("<svg><a b=c/>", ("TAG", "<a b=c/>")),
        ("<svg><a b=c />", ("EMPTY_TAG", "<a b=c />")),
        ("<svg><desc><style><a>", ("RAW_TEXT", "<a>")),
        ("<svg><desc></svg><style><a>", ("RAW_TEXT", "<a>")),
        ("<svg><p><style><a>", ("RAW_TEXT", "<a>")),
        ("<svg></svg><style><a>", ("RAW_TEXT", "<a>")),
        ("<svg/><style><a>", ("RAW_TEXT", "<a>")),
        ("<math><mi><svg></math><style><a>", ("RAW_TEXT", "<a>")),
        ("<math><mi></mi><style><a>", ("TAG", "<a>")),
    ],
)
def test_svg_and_mathml_are_read_otherwise(text: str, last: tuple[str, str]) -> None:
    assert html(text)[-1] == last


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("<a:b c='>'/>", ("EMPTY_TAG", "<a:b c='>'/>")),
        ("<é>", ("TAG", "<é>")),
        ("<style><a>", ("TAG", "<style>")),
        ("<!-->-->", ("COMMENT", "<!-->-->")),
        ("<?a >?>", ("INSTRUCTION", "<?a >?>")),
        ("<![CDATA[a]>]]>", ("CDATA", "<![CDATA[a]>]]>")),
        ("<!DOCTYPE a '>' [<!ENTITY b ']>'>]>", ("COMMENT", "<!DOCTYPE a '>' [<!ENTITY b ']>'>]>")),
        ("<!DOCTYPE a [<!-- ' ]> --> <?b ' ]> ?>]>", ("COMMENT", "<!DOCTYPE a [<!-- ' ]> --> <?b ' ]> ?>]>")),
    ],
)
def test_xml_is_split_by_its_grammar(text: str, first: tuple[str, str]) -> None:
    assert xml(text)[0] == first


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("<a>", {}),
        ("<a b C=d>", {"b": "", "c": "d"}),
        ("<a b='c' B=d>", {"b": "c"}),
        ("<a/b=c/d=>", {"b": "c/d="}),
        ("<a\nb\n=\n'c d'e=f />", {"b": "c d", "e": "f"}),
        ("<a b= c='d' e=>", {"b": "c='d'", "e": ""}),
        ('<a =b=c "d>', {"=b": "c", '"d': ""}),
        ("<aİ b=c>", {"b": "c"}),
    ],
)
def test_attributes_are_read_as_browsers_do(text: str, attributes: dict[str, str]) -> None:
    tag = read_tag(text, MarkupToken(MarkupKind.TAG, 0, len(text)))
    assert {name: text[start:end] for name, (start, end) in tag.attributes.items()} == attributes
