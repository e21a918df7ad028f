"""The essence of style sheets differs exactly where their meaning in browsers differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.minify import alignment, essence, has_essence, token_starts, written_apart
from tests.css_trees import tree

SAME = [
    ("a { b : c ; }", "a{b:c}"),
    ("a{b:c;;}", "a{b:c}"),
    ("a{b:c;}/* d */", "a{b:c}"),
    (".a/**/.b{}", ".a.b{}"),
    ("a > b ~ c + d , e{}", "a>b~c+d,e{}"),
    (":is( a > b , c ){}", ":is(a>b,c){}"),
    ("a[ b = 'c' ]{}", "a[b='c']{}"),
    ("a{> b{}+ c{}}", "a{>b{}+c{}}"),
    ("a{b:c ! important}", "a{b:c!important}"),
    ("a{* zoom : 1}", "a{* zoom:1}"),
    ("a{*zoom : 1}", "a{*zoom:1}"),
    ("a{b:url( c )}", "a{b:url(c)}"),
    ("a{b:url( 'c' )}", "a{b:url('c')}"),
    ("a{b:f( c , d )}", "a{b:f(c,d)}"),
    ("@media screen and ( min-width : 1px ) , print { }", "@media screen and (min-width:1px),print{}"),
    ("@supports ( a : b ) and ( c : d ) { }", "@supports (a:b) and (c:d){}"),
    ("@import 'a' supports( b : c ) ;", "@import 'a' supports(b:c);"),
    ("a{--b:  c d  ;}", "a{--b:c d}"),
    ("a{--b : c}", "a{--b:c}"),
    ("a{}\r\n\t\fb{}", "a{}b{}"),
    ("a{ b:c } /* open", "a{b:c}"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equivalent_sheets_have_one_essence(one: str, other: str) -> None:
    assert essence(one) == essence(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_judge_reads_them_alike_too(one: str, other: str) -> None:
    assert tree(one) == tree(other)


DIFFERENT = [
    ("a .b{}", "a.b{}"),
    (".a/**/ .b{}", ".a/**/.b{}"),
    ("a #b{}", "a#b{}"),
    ("a [b]{}", "a[b]{}"),
    ("a *{}", "a*{}"),
    (":is(a) b{}", ":is(a)b{}"),
    ("a :hover{}", "a:hover{}"),
    ("a{b :hover{}}", "a{b:hover{}}"),
    ("a{b :hover{c:d}e:f}", "a{b:hover{c:d}e:f}"),
    ("@scope (a :hover){}", "@scope (a:hover){}"),
    ("@supports selector(a :hover){}", "@supports selector(a:hover){}"),
    ("@media screen and (a){}", "@media screen and(a){}"),
    ("@page :first{}", "@page:first{}"),
    ("a{b:calc(1px + 2px)}", "a{b:calc(1px+2px)}"),
    ("a{b:calc(1px - 2px)}", "a{b:calc(1px -2px)}"),
    ("a{b:10px -5px}", "a{b:10px-5px}"),
    ("a{b:var(--c) var(--d)}", "a{b:var(--c)var(--d)}"),
    ("a{b:0\\0 c}", "a{b:0\\0c}"),
    ("a{--b: ;}", "a{--b:;}"),
    ("a{--b:c , d}", "a{--b:c,d}"),
    ("a{--b:{c : d}}", "a{--b:{c:d}}"),
    ("a{--b:c/**/d}", "a{--b:c d}"),
    ("a{\\2d-b:c , d}", "a{\\2d-b:c,d}"),
    ("@property --a{initial-value:b , c}", "@property --a{initial-value:b,c}"),
    ("@function --a(){result:b , c}", "@function --a(){result:b,c}"),
    ("@container style(--a: b , c){}", "@container style(--a:b,c){}"),
    ("@supports (--a: ){}", "@supports (--a:){}"),
    (":nth-child(2n + 1){}", ":nth-child(2n+1){}"),
    (":nth-child(+ n){}", ":nth-child(+n){}"),
    ("a > > b{}", "a>>b{}"),
    ("a > |b{}", "a>|b{}"),
    ("@media (width > = 1px){}", "@media (width >= 1px){}"),
    ("a[b ~ = c]{}", "a[b ~= c]{}"),
    ("a{b:'c  d'}", "a{b:'c d'}"),
    ("a{b:url('c d')}", "a{b:url('cd')}"),
    ("a{b:'c\n}", "a{b:'c}"),
    ("a{b:c}/*!d*/", "a{b:c}"),
    ("a{b:\\31  c}", "a{b:\\31 c}"),
    ("@layer a;", "@layer a"),
    ("@media{;a{}}", "@media{a{}}"),
    (";a{}", "a{}"),
    ("\ufeffa{}", "a{}"),
    ("@charset  'a';", "@charset 'a'"),
    ("a{b:c}}d{}", "a{b:c}d{}"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_sheets_have_two_essences(one: str, other: str) -> None:
    assert essence(one) != essence(other)


ENCODINGS = ['@charset  "a";', '/**/@charset "a";', ' @charset "a";', '@charset "a" ;']


@pytest.mark.parametrize("text", ENCODINGS)
def test_a_sheet_without_an_encoding_does_not_gain_one(text: str) -> None:
    assert not written_apart(essence(text)).startswith("@charset")


def test_no_character_becomes_a_byte_order_mark() -> None:
    assert written_apart(essence(" \ufeffa{}")) == " \ufeffa{}"


def test_the_encoding_stays_first() -> None:
    assert written_apart(essence('@charset "utf-8";\n\na{}')) == '@charset "utf-8";a{}'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a/**/b{}", "a/**/b{}"),
        ("a/**/(b){}", "a/**/(b){}"),
        (
            "a{b:1/**/2 1/**/% 1/**/e3 -/**/1 ./**/5 #/**/a @/**/b}",
            "a{b:1/**/2 1/**/% 1/**/e3 -/**/1 ./**/5 #/**/a @/**/b}",
        ),
        ("a{b:1/**/+2}", "a{b:1+2}"),
        ("a{b:\\31/**/ c}", "a{b:\\31/**/ c}"),
        ("</**/!--a{}", "<!/**/--a{}"),
        ("-- > a{}", "--/**/>a{}"),
        ("a + 1{}", "a+/**/1{}"),
        ("a{b:\\\n}", "a{b:\\\n}"),
        ("a{b:'c\r\n }", "a{b:'c\n}"),
        ("a{--b:'c\n }", "a{--b:'c\n}"),
    ],
)
def test_tokens_that_would_run_together_are_kept_apart(text: str, written: str) -> None:
    assert written_apart(essence(text)) == written


def shortest(text: str) -> str:
    entries = essence(text)
    joined = "".join(entries)
    return joined if has_essence(joined, entries) else written_apart(entries)


SHEETS = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "--b",
                ".c",
                "#d",
                "1",
                "2px",
                "+",
                "-",
                ">",
                "~",
                "*",
                "|",
                "=",
                "!",
                "<",
                "--",
                "<!--",
                "-->",
                ":",
                ",",
            ),
            *(
                "{",
                "}",
                "{",
                "}",
                ";",
                ";",
                "(",
                ")",
                "[",
                "]",
                "f(",
                "url(",
                "style(",
                ":is(",
                "url( x )",
                "'s'",
                "'",
                '"',
            ),
            *(
                "@media ",
                "@supports",
                "@charset",
                "@x",
                "/**/",
                "/*",
                "/*!k*/",
                " ",
                " ",
                "\n",
                "\\",
                "\\31",
                "\\31 ",
                "\\\n",
            ),
            *("\ufeff", "\x00", "é", "%", "e", ".", "/", "!important", "initial-value", "--x:"),
        ]
    ),
    max_size=25,
).map("".join)


@given(SHEETS)
def test_every_essence_can_be_written(text: str) -> None:
    entries = essence(text)
    assert essence(written_apart(entries)) == entries


@given(SHEETS)
def test_writing_adds_nothing(text: str) -> None:
    assert len(shortest(text)) <= len(text) + text.count("!--") * 4 + 1


@given(SHEETS, SHEETS)
def test_comparing_portions_is_comparing_the_whole(one: str, other: str) -> None:
    assert has_essence(one, essence(one))
    assert has_essence(one, essence(other)) == (essence(one) == essence(other))


@given(SHEETS)
def test_the_judge_reads_the_shortest_sheet_alike(text: str) -> None:
    assert tree(shortest(text)) == tree(text)


@pytest.mark.parametrize(("source", "minified"), SAME)
def test_tokens_are_aligned_with_those_of_the_source(source: str, minified: str) -> None:
    pairs = list(alignment(minified, source))
    assert [here for here, _ in pairs] == token_starts(minified)
    starts = token_starts(source)
    assert all(there in starts and minified[here] == source[there] for here, there in pairs)


@given(st.lists(st.sampled_from(["a", "b", ";", ":", "{", "}", " ", "/*c*/", "url( d )", "'e'", "@f", "(", ")"])))
def test_alignment_goes_on_to_the_end_of_what_is_proven(words: list[str]) -> None:
    source = "".join(words)
    minified = written_apart(essence(source))
    assert [here for here, _ in alignment(minified, source)] == token_starts(minified)


def test_alignment_ends_where_the_sheets_differ() -> None:
    assert list(alignment("a{b:c}d{}", "a{b:x}d{}")) == [(0, 0), (1, 1), (2, 2), (3, 3)]
