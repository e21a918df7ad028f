"""The CSS lexer: every token of CSS Syntax 3, and texts made to take time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.lexer import Kind, faults, pieces, tokens, unescaped

CSS_TEXT = st.lists(
    st.sampled_from(
        [
            *"abeurlz019 \n\r\f\t\"'\\()[]{}<>!-+*/:;,.@#%=~|_\x00\x01é",
            "url(",
            "/*",
            "*/",
            "\r\n",
            "<!--",
            "-->",
            "\\75 ",
        ]
    )
).map("".join)


def read(text: str) -> list[tuple[str, str]]:
    return [(token.kind.name, text[token.start : token.end]) for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a", Kind.NAME),
        ("--x", Kind.NAME),
        ("--", Kind.NAME),
        ("-a-", Kind.NAME),
        ("a--", Kind.NAME),
        ("größe", Kind.NAME),
        ("🎉", Kind.NAME),
        ("a\x00b", Kind.NAME),
        ("_\\9", Kind.NAME),
        ("\\31 0", Kind.NAME),
        ("\\31\r\nb", Kind.NAME),
        ("-\\,", Kind.NAME),
        ("\\", Kind.NAME),
        ("curl(", Kind.FUNCTION),
        ("-url(", Kind.FUNCTION),
        ("a\\((", Kind.FUNCTION),
        ("1", Kind.NUMBER),
        ("+.5e-3", Kind.NUMBER),
        ("-10px", Kind.NUMBER),
        ("1e3px", Kind.NUMBER),
        ("1e-x", Kind.NUMBER),
        ("1--x", Kind.NUMBER),
        ("50%", Kind.NUMBER),
        ("2\\70 x", Kind.NUMBER),
        ('"a\'b"', Kind.STRING),
        ("'a\\'b'", Kind.STRING),
        ('"a\\\nb"', Kind.STRING),
        ('"a\\\r\nb"', Kind.STRING),
        ('"\\41\nb"', Kind.STRING),
        ('"open', Kind.STRING),
        ('"open\\', Kind.STRING),
        ("#fff", Kind.HASH),
        ("#0", Kind.HASH),
        ("#\\31 a", Kind.HASH),
        ("@media", Kind.AT_KEYWORD),
        ("@-x", Kind.AT_KEYWORD),
        ("@--x", Kind.AT_KEYWORD),
        ("@\\69mport", Kind.AT_KEYWORD),
        ("url(a.png)", Kind.URL),
        ("URL( \n a.png\t)", Kind.URL),
        ("url()", Kind.URL),
        ("url(a\\)b)", Kind.URL),
        ("url(a\\20 )", Kind.URL),
        ("url(open", Kind.URL),
        ("\\75rl(a)", Kind.URL),
        ("\\000075 rl(a)", Kind.URL),
        ("\\u\\R\\4c(a)", Kind.URL),
        ("url(a b)", Kind.BAD),
        ("url(a\"b')", Kind.BAD),
        ("url(a(b)", Kind.BAD),
        ("url(a b\\)c)", Kind.BAD),
        ("url(a b", Kind.BAD),
        ("url(\x01)", Kind.BAD),
        ("/**/", Kind.COMMENT),
        ("/***/", Kind.COMMENT),
        ("/*/* \n */", Kind.COMMENT),
        ("/*/", Kind.COMMENT),
        ("/* open *", Kind.COMMENT),
        ("<!--", Kind.HTML_COMMENT),
        ("-->", Kind.HTML_COMMENT),
        (" \t\r\n\f", Kind.SPACE),
        ("\ufeff", Kind.BYTE_ORDER_MARK),
        ("<", Kind.DELIMITER),
        ("\x01", Kind.DELIMITER),
    ],
)
def test_one_token_is_read_whole(text: str, kind: Kind) -> None:
    assert read(text) == [(kind.name, text)]


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ('url( "a" )', ["url(", " ", '"a"', " ", ")"]),
        ('"a\nb"', ['"a', "\n", "b", '"']),
        ("'a\fb", ["'a", "\f", "b"]),
        ("u+26", ["u", "+26"]),
        ("U+4??", ["U", "+4", "?", "?"]),
        ("1.", ["1", "."]),
        ("1.e3", ["1", ".", "e3"]),
        ("1+2", ["1", "+2"]),
        ("+a", ["+", "a"]),
        ("a-->b", ["a--", ">", "b"]),
        ("1-->", ["1--", ">"]),
        ("<!-a", ["<", "!", "-a"]),
        ("a\\\nb", ["a", "\\", "\n", "b"]),
        ("a/**/b", ["a", "/**/", "b"]),
        ("@2x", ["@", "2x"]),
        ("#(", ["#", "("]),
        ("a\ufeffb", ["a\ufeffb"]),
        ("\ufeffa", ["\ufeff", "a"]),
        ("a~=b", ["a", "~", "=", "b"]),
        ("\\75 url(a)", ["\\75 url(", "a", ")"]),
        ("1url(a)", ["1url", "(", "a", ")"]),
        ("#url(a)", ["#url", "(", "a", ")"]),
        ("<!--url(a)", ["<!--", "url(a)"]),
    ],
)
def test_tokens_end_as_in_the_standard(text: str, texts: list[str]) -> None:
    assert [piece for _, piece, _ in pieces(text)] == texts


def test_a_string_that_a_line_end_cuts_is_bad() -> None:
    assert read('"a\nb')[0] == ("BAD", '"a')


def test_reading_may_begin_at_any_token() -> None:
    assert [token[1:] for token in tokens("a url(b) c", 2)] == [(2, 8), (8, 9), (9, 10)]


@given(CSS_TEXT)
def test_tokens_tile_every_text(text: str) -> None:
    position = 0
    for token in tokens(text):
        assert token.start == position < token.end
        position = token.end
    assert position == len(text)


@given(CSS_TEXT)
def test_pieces_are_the_tokens(text: str) -> None:
    assert list(pieces(text)) == [(one.kind, text[one.start : one.end], one.end) for one in tokens(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a{b:c}", []),
        ('a{b:"c"}/* d */', []),
        ("url(a\\))", []),
        ('"a\nb', ['"a']),
        ("url(a b) 'c\n", ["url(a b)", "'c"]),
        ("a /* b", ["/* b"]),
        ("/*/", ["/*/"]),
        ('a "b', ['"b']),
        ('a "b\\"', ['"b\\"']),
        ("a url(b", ["url(b"]),
        ("a url(b\\)", ["url(b\\)"]),
        ("", []),
    ],
)
def test_faults_are_bad_tokens_and_those_that_the_end_cuts(text: str, found: list[str]) -> None:
    assert [text[token.start : token.end] for token in faults(text)] == found


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        ("plain", "plain"),
        ("\\41 b", "Ab"),
        ("\\000041b", "Ab"),
        ("\\41\r\nb", "Ab"),
        ("\\(", "("),
        ("a\\\nb", "ab"),
        ("a\\\r\nb", "ab"),
        ("\\0 \\d800 \\110000 ", "\ufffd\ufffd\ufffd"),
        ("\x00\\\x00", "\ufffd\ufffd"),
        ("\\1f600", "😀"),
        ("\\", "\ufffd"),
    ],
)
def test_escapes_have_the_meaning_of_the_standard(raw: str, meaning: str) -> None:
    assert unescaped(raw) == meaning
