"""The library and the modules in Python answer alike, whatever the text."""

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from buildassets.compiler.engines.lightningcss import DEFAULT_BROWSERS, LightningcssEngine
from buildassets.compiler.engines.lightningcss_refusals import find_unfit
from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.compiler.languages.css import lexer as css
from buildassets.compiler.languages.css import minify as css_minify
from buildassets.compiler.languages.css import proof as css_proof
from buildassets.compiler.languages.css import references as css_references
from buildassets.compiler.languages.css.open_ends import open_ends
from buildassets.compiler.languages.css.structure import StyleRule, TooManyError, first_lost
from buildassets.compiler.languages.edits import Member
from buildassets.compiler.languages.javascript import lexer as js
from buildassets.compiler.languages.javascript import minify as js_minify
from buildassets.compiler.languages.javascript import references as js_references
from buildassets.compiler.languages.javascript.chunk_names import bundler_of
from buildassets.compiler.languages.javascript.early_errors import early_error
from buildassets.compiler.languages.javascript.jsx import may_have_jsx
from buildassets.compiler.languages.javascript.minify import ProvenScript, is_readable
from buildassets.compiler.languages.javascript.scopes import read_script
from buildassets.compiler.languages.javascript.survey import surveyed
from buildassets.compiler.languages.javascript.unclosed import unclosed
from buildassets.compiler.languages.javascript.worker_urls import may_name_workers
from buildassets.compiler.languages.native.library import Question, asked, asked_of_script, numbers_of
from buildassets.compiler.languages.scan import join
from buildassets.foundation.media import Syntax
from tests.compiler.languages.javascript.test_scopes import BODIES
from tests.conftest import lexers_in_python, need_library, watchdog

PACKAGE: Final = Path(js.__file__).parents[3]
ROOT: Final = Path(__file__).parents[4]

_SCRIPT: Final = r"""
a b1 / /= * = == => ( ) [ ] { } , ; : ? ?. . ... ' " ` ${ \ < <!--
--> -- ++ + - ! ~ && | ^ << >>> 0 1 0x1F 017 08 1_0 1e5 1n
1. # #! @ async await function class let of for var const if return yield import export from new URL meta default static
get typeof in instanceof extends case do else while /* */ // /*! //! @license 'a' "b" `c` /r/g \u0061 \u{62}
as break this import('a') import.meta.url newURL('a',import.meta.url) //#sourceMappingURL=a.map
"""
_SHEET: Final = r"""
a b-c --x - : ; { } ( ) [ ] , > ~ + * = | ^ $ ! important @media @import @charset @x url( url(a) URL("x") \75rl( u\72l(
style( supports( STYLE( \ /* */ /*! /*!k*/ /**/ ' " 's' "t" <!-- --> # #id 1 1.5 +.5e3 10px 5% 2n & .c calc( var(--x)
@supports @container @property / initial-value result --y: \41 \0 \110000 \d800
"""
_RULES: Final = r"""
a .b #c d-e [f] [g=h] * & > ~ + , , : :: :hover ::before ::-moz-x ::-webkit-x :is( :where( :not( :nth-child( ) (
{ { { } } } ; i:j k:l --m:n --o:{ @media print all @layer p.q r,s @scope (.t) @font-face src:u @property --v @supports
@keyframes @-x-keyframes from @x @charset @import 'w' /*;*/ url({) \31 \{ !important
"""
SCRIPT_PIECES, SHEET_PIECES, RULE_PIECES = _SCRIPT.split(), _SHEET.split(), _RULES.split()
ODD: Final = (
    "\n",
    "\r\n",
    "\f",
    "\t",
    " ",
    "\u2028",
    "\ufeff",
    "\xa0",
    "é",
    "\U0001f600",
    "\ud800",
    "\0",
    "\x85",
    "\u212a",
)


def texts(pieces: list[str]) -> st.SearchStrategy[str]:
    """Texts of tokens and their parts, or of anything."""
    piece = st.one_of(st.sampled_from(pieces), st.sampled_from(ODD), st.just(" "))
    return st.one_of(st.lists(piece, max_size=14).map("".join), st.text(max_size=30), st.binary(max_size=30).map(_text))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


@pytest.fixture(scope="module", autouse=True)
def library_is_there() -> None:
    need_library()


def listed(answer: bytes | None) -> list[tuple[int, int]]:
    assert answer is not None
    each = iter(numbers_of(answer))
    return [*zip(each, each, strict=True)]


@given(texts(SCRIPT_PIECES), st.sampled_from([None, True, False]))
def test_tokens_of_scripts_are_the_same(text: str, module: bool | None) -> None:
    expected = [(int(kind), end) for kind, _, end in js.tokens(text, module=module)]
    assert listed(asked_of_script(Question.SCRIPT_TOKENS, text, "", module=module)) == expected


@given(texts(SHEET_PIECES))
def test_tokens_of_sheets_are_the_same(text: str) -> None:
    assert listed(asked(Question.SHEET_TOKENS, text)) == [(int(kind), end) for kind, _, end in css.tokens(text)]


OPENERS: Final = {")": "(", "]": "[", "}": "{"}


def closed_by_tokens(text: str, start: int) -> int | None:
    """Where the bracket at `start` is closed; None where what it holds is bad or not in balance."""
    opened: list[str] = []
    for kind, place, end in js.tokens(text):
        word = text[place:end]
        if place < start:
            continue
        if kind is js.Kind.BAD:
            return None
        if kind is js.Kind.TEMPLATE:
            if word[0] == "}" and opened.pop() != "`":
                return None
            opened += ["`"] * (word[-1] == "{")
        elif kind is js.Kind.PUNCTUATOR and word in "([{":
            opened.append(word)
        elif kind is js.Kind.PUNCTUATOR and word in OPENERS:
            if opened.pop() != OPENERS[word]:
                return None
            if not opened:
                return place
    return None


@given(texts([*SCRIPT_PIECES, *BODIES]) | st.lists(st.sampled_from(BODIES)).map("\n".join))
def test_tokens_go_on_behind_braces_that_are_left_out(text: str) -> None:
    text = f"{{{text}\n}}"
    expected = [*js.tokens(text)]
    for start, end in listed(asked(Question.CLOSED_BRACES, text)):
        assert closed_by_tokens(text, start) == end
        leaping = js.LeapingTokens(text)
        while next(leaping).start < start:
            pass
        leaping.leap(end)
        assert [*leaping] == [token for token in expected if token.start >= end]


@given(texts(SCRIPT_PIECES))
def test_scripts_are_reduced_to_the_same(text: str) -> None:
    assert ProvenScript(text, module=None).reduced() == js_minify.reduced(js_minify.pieces(text))


@given(texts(SCRIPT_PIECES), texts(SCRIPT_PIECES))
def test_scripts_are_compared_alike(text: str, other: str) -> None:
    source = [*js_minify.pieces(text)]
    is_bad = any(piece.kind is js.Kind.BAD for piece in source)
    for minified in (other, text, js_minify.reduced(source)):
        expected = None if is_bad else js_minify.same_meaning(source, js_minify.pieces(minified))
        assert ProvenScript(text, module=None).compared(minified) is expected


@given(texts(SCRIPT_PIECES))
def test_references_of_scripts_are_the_same(text: str) -> None:
    assert js_references.scan(text) == [*js_references.scan_tokens(text)]


WORDS: Final = ["Worker(", "importScripts", "ASSET_URL(", "meta", "?.env", " .\t\x85env", "env"]
MARKS: Final = (
    *("__vite__mapDeps", "vite:preloadError", "webpackChunk", "webpackJsonp", "parcelRequire", "System.register("),
    *('import("./a.js"),["b"]', "import(`a`), ['b']", 'import("a"),\x85["b"]'),
)


@given(texts([*SCRIPT_PIECES, *WORDS, *MARKS, 'import("a"),', '["b"]']))
def test_a_survey_of_a_script_holds_what_python_finds(text: str) -> None:
    survey = surveyed(text)
    assert survey is not None
    assert js_references.scan(text) == in_python(partial(js_references.scan, text))
    assert survey.may_name_workers is ("Worker" in text or "importScripts" in text)
    assert survey.may_have_asset_urls is ("ASSET_URL" in text)
    assert survey.may_be_bundled or not bundler_of(text)
    assert survey.may_have_meta_env or not re.search(r"meta\s*\??\.\s*env\b", text)
    if not text.startswith("\ufeff"):
        assert survey.is_whole is (in_python(partial(unclosed, text)) is None)


@given(texts([*"=(,?:&|[<> {\n\u00a0/", "return", "default", "<a", "<_b", "/>", "<>", 'c="', "{...d"]))
def test_a_script_with_a_tag_may_have_jsx(text: str) -> None:
    survey = surveyed(text)
    assert survey is not None
    assert survey.may_have_jsx or not may_have_jsx(text)


@pytest.mark.parametrize(("text", "may"), [("return <a/>", True), ("i<n; j < k", False), ("'<a/>'", False)])
def test_only_a_script_with_a_tag_may_have_jsx(text: str, may: bool) -> None:
    survey = surveyed(text)
    assert survey is not None
    assert survey.may_have_jsx is may


@pytest.mark.parametrize("mark", MARKS)
def test_a_script_with_the_mark_of_a_bundler_may_be_bundled(mark: str) -> None:
    text = f"a();\n{mark}b();\n"
    survey, plain = surveyed(text), surveyed("a(), import('./a.js')")
    assert survey is not None
    assert plain is not None
    assert bundler_of(text)
    assert (survey.may_be_bundled, plain.may_be_bundled) == (True, False)


REFERRING: Final = [
    *(
        "import",
        "import(",
        "import.meta",
        "new URL(",
        "new",
        "URL",
        "from",
        "export *",
        "ASSET_URL_0123456789ab",
        "url",
    ),
    *(
        ".meta.resolve(",
        ".source(",
        ".defer(",
        "import.meta.url",
        ".url",
        "resolve",
        "(",
        ")",
        ",",
        ".",
        ";",
        "\\",
        "x",
    ),
    *(
        '"a.js"',
        "'b.png'",
        "`c.js`",
        "`d${1}`",
        '"e',
        "`f",
        r"'\x61'",
        r"`\u{62}`",
        r"'\u'",
        "/* g */",
        "/* h",
        "// i\n",
    ),
    *("//# sourceMappingURL=a.map", "/*# sourceMappingURL=b.map */", "//@ sourceMappingURL=c d", "data:,"),
]


@given(texts(REFERRING))
@example("import.meta.resolve(`a.js`, b); new URL('c.png', import . meta /* d */ . url)")
@example("new URL('a.wasm', ASSET_URL_0123456789ab); new URL('b', ASSET_URL_0123456789abc)")
@example("//# sourceMappingURL=a.map\n//# sourceMappingURL=b c")
def test_all_forms_of_references_are_read_alike(text: str) -> None:
    expected = in_python(partial(js_references.scan, text))
    assert js_references.scan(text) == expected
    survey = surveyed(text)
    assert survey is not None
    if survey.is_whole:
        assert [*js_references.references_in(text, survey)] == expected


@given(texts(SCRIPT_PIECES))
def test_what_reads_as_a_module_is_the_same(text: str) -> None:
    assert js.reads_as_module(text) is in_python(partial(js.reads_as_module, text))


@given(texts(WORDS))
def test_whether_scripts_name_workers_is_the_same(text: str) -> None:
    assert may_name_workers(text) is in_python(partial(may_name_workers, text))


@given(texts(SHEET_PIECES))
def test_faults_of_sheets_are_the_same(text: str) -> None:
    assert css_proof.faults(text) == css.faults(text)


@given(texts(SCRIPT_PIECES), st.sampled_from([None, True, False]))
def test_unclosed_scripts_are_found_alike(text: str, module: bool | None) -> None:
    found = partial(unclosed, text, module=module)
    assert found() == in_python(found)


@given(texts(SCRIPT_PIECES))
def test_which_scripts_can_be_read_is_the_same(text: str) -> None:
    assert is_readable(text) is all(kind is not js.Kind.BAD for kind, _, _ in js.tokens(text))


REFUSED: Final = [
    *["return", "return(", "new.target", "new . target", ".new.target", "var{", "let [", "for(let[a] of", "for await("],
    *["if(a)", "else", "do", "try", "finally", "catch(e)", "function f()", "=", "=>", "==", " in ", " of ", "/(/", "}"],
]


@given(texts(SCRIPT_PIECES) | st.lists(st.sampled_from([*REFUSED, *"(){}[]; ax", " " * 39]), max_size=14).map("".join))
def test_early_errors_are_found_alike(text: str) -> None:
    found = partial(early_error, text)
    assert found() == in_python(found)


@given(texts(SHEET_PIECES))
def test_unclosed_sheets_are_found_alike(text: str) -> None:
    found = partial(open_ends, text)
    assert found() == in_python(found)


REFERRING_IN_SHEETS: Final = [
    *(
        *sorted(css_references.REFERRING),
        "URL(a.png)",
        r"\75rl(b.png)",
        "-image-set(",
        "type(",
        ")",
        "a(",
    ),
    *("@import", r"@\69mport", "@media", "@namespace", "@supports", "@x", "{", "}", ";", ",", "[", "]", "(", "x", "\\"),
    *(
        '"c.png"',
        "'d.png'",
        r"'\65.png'",
        '"f',
        "'data:,'",
        "url(data:,)",
        "url()",
        "url( g.png )",
        "url(h i)",
        "src('j')",
    ),
    *(
        "/* k */",
        "/*# sourceMappingURL=l.map */",
        "/*@ sourceMappingURL=m.map*/",
        "/*# sourceMappingURL=n o */",
        "/*# p",
    ),
]


@given(texts(REFERRING_IN_SHEETS))
@example("@import /* a */ url('b.css') supports(c: url(d));@namespace url(e); { g: image-set('h' i('j'), src(\"k\")) }")
@example("a {}\n/*# sourceMappingURL=a.map */\n/*# sourceMappingURL=b c */ /* d")
def test_references_of_sheets_are_the_same(text: str) -> None:
    assert css_references.scan(text) == in_python(partial(css_references.scan, text))


@pytest.mark.parametrize("function", sorted(css_references.REFERRING))
def test_each_referring_function_refers(function: str) -> None:
    text = f"a {{ b: {function}'c.png') }}"
    assert [one.url for one in css_references.scan(text)] == ["c.png"]
    assert css_references.scan(text) == in_python(partial(css_references.scan, text))


@given(texts(SHEET_PIECES), texts(SHEET_PIECES))
def test_meanings_of_sheets_are_compared_alike(text: str, other: str) -> None:
    source, entries = css_proof.ProvenSheet(text), css_minify.essence(text)
    assert source.joined() == "".join(entries)
    assert source.written_apart() == css_minify.written_apart(entries)
    for minified in (other, text, source.joined(), source.written_apart()):
        assert source.means(minified) is css_minify.has_essence(minified, entries)


def lost(before: str, after: str) -> StyleRule | str | None:
    try:
        return first_lost(before, after)
    except TooManyError:
        return "too many"


RULES: Final = texts(SHEET_PIECES + RULE_PIECES)


@given(RULES, RULES, RULES)
def test_rules_that_sheets_lose_are_the_same(text: str, before: str, behind: str) -> None:
    for other in (text, behind, before + text + behind, text.replace(",", "{", 1), text.replace("}", "", 1)):
        for pair in ((text, other), (other, text)):
            assert lost(*pair) == in_python(partial(lost, *pair))


PLAIN_RULES: Final = st.lists(st.sampled_from(RULE_PIECES), max_size=20).map("".join)


@given(PLAIN_RULES, PLAIN_RULES)
def test_library_knows_itself_which_usual_rules_are_kept(text: str, other: str) -> None:
    for pair in ((text, other), (text, text + other), (text, other + text), (text + other, text)):
        is_kept = in_python(partial(lost, *pair)) is None
        assert asked(Question.KEEPS_RULES, *pair) == bytes([is_kept])


@given(RULES)
def test_sheets_unfit_for_lightningcss_are_found_alike(text: str) -> None:
    assert [*find_unfit(text)] == in_python(lambda: [*find_unfit(text)])


@given(RULES)
def test_licences_of_sheets_are_the_same(text: str) -> None:
    assert css_proof.licences(text) == in_python(partial(css_proof.licences, text))


@given(texts(SHEET_PIECES), texts(SHEET_PIECES))
def test_sheets_are_joined_alike(text: str, other: str) -> None:
    joined = partial(join, Syntax.CSS, [Member("a", text), Member("b", other), Member("c", "d{}")])
    assert joined() == in_python(joined)


@given(texts(SCRIPT_PIECES), texts(SCRIPT_PIECES))
def test_scripts_are_joined_alike(text: str, other: str) -> None:
    joined = partial(join, Syntax.JAVASCRIPT, [Member("a", f"function f(){{{text}}}"), Member("b", other)])
    assert joined() == in_python(joined)


DECLARING: Final = [
    *["var ", "let ", "const ", "class ", "function f(", "async ", "typeof ", "arguments", "static", "get ", "=>"],
    *[
        "'use strict'",
        ") {",
        "x",
        "a: b",
        "...",
        "//# sourceMappingURL=a\n",
        "/*@ sourceURL=b */",
        "import.meta",
        "/a{/",
    ],
]


@given(
    texts([*SCRIPT_PIECES, *DECLARING])
    | st.lists(st.sampled_from([*DECLARING, *"(){}[],;=*:\n`", "${"]), max_size=20).map("".join)
)
def test_declarations_are_found_alike(text: str) -> None:
    assert read_script(text) == in_python(partial(read_script, text))


ODD_BYTES: Final = b"/*'\"`\\{}()[]<>!-@#:;,.=+ \n\r\0\xe2\x80\xa8\xef\xbb\xbf\xc2\xa0\xff\xf0\xed09eurl"


@given(st.binary(max_size=40) | st.lists(st.sampled_from(ODD_BYTES), max_size=40).map(bytes), st.binary(max_size=20))
def test_any_bytes_have_an_answer(first: bytes, second: bytes) -> None:
    for question in Question:
        for option in range(3):
            assert asked(question, first, second, option) is not None


def mutated(text: str, chance: random.Random) -> str:
    """The text with a character taken out, put in or replaced."""
    place = chance.randrange(len(text) + 1)
    put = chance.choice("'\"`/*{}()[]\n\\<>!-$#@;: ")
    return text[:place] + chance.choice(("", put)) + text[place + chance.randrange(2) :]


def real_texts(suffix: str, count: int) -> Iterator[str]:
    """Files of this project, each as it is and in mutants."""
    chance = random.Random(0)
    for path in sorted(path for folder in (PACKAGE, ROOT / "example_project") for path in folder.rglob(f"*{suffix}")):
        if "node_modules" not in path.parts:
            text = path.read_text("utf-8")
            yield text
            yield from (mutated(text, chance) for _ in range(count))


def in_python(function: Callable[[], object]) -> object:
    """The result of a function with the lexers in Python."""
    with lexers_in_python():
        return function()


def test_scripts_of_the_project_are_minified_and_read_alike() -> None:
    for text in real_texts(".js", 6):
        minify = partial(RjsminEngine().run, EngineInput(text, "/p/a.js", "a.js"))
        for function in (minify, partial(js_references.scan, text), partial(read_script, text)):
            assert function() == in_python(function)


def test_sheets_of_the_project_are_minified_alike() -> None:
    for text in real_texts(".css", 15):
        minify = partial(SheetEngine().run, EngineInput(text, "/p/a.css", "a.css"))
        assert minify() == in_python(minify)
        translate = partial(LightningcssEngine("1", DEFAULT_BROWSERS).run, EngineInput(text, "/p/a.css", "a.css"))
        assert translate() == in_python(translate)


REPEATED: Final = {
    **dict.fromkeys(("(", "{", "`${", "/*", "'", "\0", "\ud800", "a?", "<!--", "url(", "@", "import "), ""),
    "1": "a",
    "0": ".a",
    "\\\\": "\\",
}


@pytest.mark.parametrize(("repeated", "end"), REPEATED.items(), ids=map(repr, REPEATED))
def test_whatever_is_repeated_has_an_answer_in_linear_time(repeated: str, end: str) -> None:
    text = repeated * (200_000 // len(repeated)) + end
    with watchdog(10):
        for question in Question:
            assert asked(question, text, b"", 2) is not None
