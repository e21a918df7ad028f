import pytest

from buildassets.compiler.engines.sass.libsass_faults import blanked, import_rule, left_over, silently_wrong


def squeezed(text: str) -> str:
    blank = blanked(text)
    assert len(blank) == len(text)
    return " ".join(blank.split())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a /* b */ c", "a c"),
        ("a // b\nc", "a c"),
        ("a /* b", "a"),
        ("a \"b\" c 'd' e", "a c e"),
        (r'a "b\" c" d', "a d"),
        ('a "b // c" d', "a d"),
        ('a "b#{c + "d" + e}f" g', "a c + + e g"),
        ('a "#{b("#{c}")}" d', "a b( c ) d"),
        ("a { b: #{c} } d", "a { b: #{c} } d"),
        ("a url(//b.c/d) e", "a url( ) e"),
        ('a url("b") c', "a url( ) c"),
        ("a url(#{b}) c", "a url(#{b}) c"),
        ('a "b\nc', "a c"),
        (r"a \"b", r"a \"b"),
        ("} a 'b'", "} a"),
        ("a // url(\nb) c", "a b) c"),
        ('a /b (c url( d ) e "f"', "a /b (c url( ) e"),
    ],
)
def test_comments_strings_and_urls_are_blanked(text: str, code: str) -> None:
    assert squeezed(text) == code


def test_two_slashes_do_not_begin_a_comment_in_css() -> None:
    assert blanked("a // b", line_comments=False) == "a // b"


@pytest.mark.parametrize(
    "text",
    [
        '@use "x";',
        '@forward "x";',
        "a:nth-child(2n + 1 of .b) { c: d }",
        "a { b: hsl(.5turn, 1%, 2%) }",
        "a { b: adjust-hue(mix(red, blue), 1rad) }",
        "a { b: rgba(mix(red, blue), 50%) }",
        "a { b: rgba(0, 0, 0, .5%) }",
        "a { b: var(--c,) }",
        "@media not (hover) { a { b: c } }",
        "@media screen and (not (hover)) { a { b: c } }",
        "@media not screen { a { @media (hover) { b: c } } }",
        "@media (hover) { a { @media not #{$q} { b: c } } }",
    ],
)
def test_sheet_that_libsass_miscompiles_is_found(text: str) -> None:
    assert len(silently_wrong(blanked(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "/* @use */ // @use\n a { b: '@use' }",
        "@used x;",
        "a:nth-child(2n + 1) { b: c }",
        "a { b: hsl(5deg, 1%, 2%) rgba(mix(red, blue, 15%), .5) rgba(#000, .5) }",
        "a { b: var(--c, 1px); --d: var(--e,) }",
        "@media not screen { a { b: c } } @media (hover) { a { b: c } }",
        "@media not all and (hover) { a { b: #{$c} } }",
        "a:not(.b) { @media (hover) { c: d } }",
    ],
)
def test_sheet_that_libsass_compiles_correctly_has_no_fault(text: str) -> None:
    assert silently_wrong(blanked(text)) == []


@pytest.mark.parametrize(
    ("css", "word"),
    [
        ("a { b: calc(1px + $w) }", "$w"),
        ("a { b: calc(1px + #{) }", "#{"),
        ("a:is(.b &) { c: d }", "&"),
        ("a:is(%b) { c: d }", "%b"),
        ("@media screen and (false) { a { b: c } }", "(false)"),
        ("@media not { a { b: c } }", "not "),
        ("@font-face { a { b: c } }", "@font-face { a {"),
        ("a { b: calc(1px + percentage(.5)) }", "percentage"),
        ("a { b: calc(1px + to-rem(2)) }", "to-rem"),
    ],
)
def test_sass_that_libsass_leaves_is_found(css: str, word: str) -> None:
    assert [
        css[finding.start : finding.end] for finding in left_over(blanked(css, line_comments=False), {"to_rem"})
    ] == [word]


@pytest.mark.parametrize(
    "css",
    [
        "a { --b: $c & %d #{ }",
        "a { b: '$c #{d} &' url($c) } /* $c */",
        "[a$=b], [a$='b'] { c: d }",
        r".a\&b, .a\%c, .a\$d { e: f }",
        "@keyframes a { 50% { b: c } }",
        "a { b: to-rem(2) percentage(1) }",
        "a { b: calc(1px + var(--c)); d: mix(1) }",
    ],
)
def test_css_that_looks_like_sass_is_left_alone(css: str) -> None:
    assert left_over(blanked(css, line_comments=False), {"to-rem"}) == []


@pytest.mark.parametrize(
    ("text", "has_conditions"),
    [
        ('@import "a";', False),
        ("@import 'b', 'a';", False),
        ('@import "a" screen;', True),
        ('@import "aa"; @import "a" /* c */;', False),
    ],
)
def test_import_is_found_with_what_follows_it(text: str, has_conditions: bool) -> None:
    rule = import_rule(text, blanked(text), "a", indented=False)
    assert rule is not None
    assert (text[rule.start - 1 : rule.end + 1].strip("'\""), rule.has_conditions) == ("a", has_conditions)


def test_unquoted_import_of_the_indented_syntax_is_found() -> None:
    text = "@import b, a\n.c\n  d: e"
    rule = import_rule(text, blanked(text), "a", indented=True)
    assert rule is not None
    assert not rule.has_conditions


def test_blanking_takes_linear_time() -> None:
    assert len(blanked('"#{' * 100_000)) == 300_000
    assert len(blanked("/*" * 100_000)) == 200_000
    assert len(blanked("url(" * 100_000)) == 400_000
