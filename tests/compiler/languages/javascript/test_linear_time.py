"""Both lexers read long scripts in linear time: in each, one piece is repeated."""

import pytest

from buildassets.compiler.languages.javascript.references import scan
from buildassets.compiler.languages.javascript.scopes import read_script
from buildassets.compiler.languages.javascript.unclosed import unclosed
from tests.conftest import watchdog

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("each_lexer")]


@pytest.mark.parametrize(
    "piece",
    [
        "import('",
        "import/*",
        'new URL("',
        "new/*",
        "from/*",
        "from '",
        "/[",
        "`${",
        '"\\',
        "(a)/[",
        "}/[",
        "import(",
        "<!--",
        "import.",
        "//# sourceMappingURL=",
        "/*# sourceMappingURL=",
        "import\n",
        "(",
        "import('a');(/a(b/)/",
        "import a from 'b'\n",
        "import{",
        "export{a,",
        "//\n",
        "\n// import('a')",
        "\n/* import('a') ",
        "a b from 'c'",
        "from 'a\\\n",
        "            /* import('a')",
    ],
)
@pytest.mark.parametrize("tail", ["", "\nimport 'a'"])
def test_references_take_linear_time(piece: str, tail: str) -> None:
    with watchdog():
        scan(piece * (100_000 // len(piece)) + tail)


@pytest.mark.parametrize(
    "text",
    [
        "() => {" * 60_000,
        "() => { {} /a/ }" * 20_000,
        "(() => { {} /a/ " * 20_000,
        "x => { /*# sourceURL=a */" * 20_000,
    ],
)
def test_functions_that_cannot_be_skipped_take_linear_time(text: str) -> None:
    with watchdog():
        read_script(text)


@pytest.mark.parametrize("text", ["(", ")", "()", "`${", "<!--", "/", "a\n-->(", "'", "{/a/}"])
def test_unclosed_scripts_takes_linear_time(text: str) -> None:
    with watchdog():
        unclosed(text * 100_000)
