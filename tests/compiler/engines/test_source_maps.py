"""The source maps that minifiers and the template compiler make: every token is where the map has it came from."""

import pytest

from buildassets.compiler.engines.jst import compile_template
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import read_map
from buildassets.foundation.media import Syntax

CSS = "\ufeff/* k */\r\na > b {\n  color : red ;\n  ;--x: 1  2 ;\n}\n\n.😀 .c{ content: '😀' ; b:url( d ) }\ne{f:g}"
SCRIPT = "\ufeff// k\r\nvar  a = '😀' ;\nlet b=/x/ ;  function c ( ) {\u2028return `t ${ a } u` }\n/*! l */ c ( )"
TEMPLATE = "\ufeff<p>😀\n<%= name %> <% if (a) { %>\r\n<b><%- b\n.c %></b><% } %>"


def words(given: EngineInput, compiled: Compiled, syntax: Syntax) -> list[tuple[str, str]]:
    """From each mapped place: the characters there, and as many at the place in the source."""
    source_map = read_map(compiled.source_map or "", Lines(compiled.text, syntax))
    assert source_map is not None
    assert [origin.name for origin in source_map.origins] == [given.path]
    lines = Lines(given.text, syntax)
    found = []
    for offset, _, line, column, _ in source_map.mappings:
        there = lines.offset(line, column)
        assert there is not None
        found.append((compiled.text[offset : offset + 3], given.text[there : there + 3]))
    return found


def test_minified_sheet_is_mapped_token_by_token() -> None:
    given = EngineInput(CSS, "/a.css", "a.css", wants_source_map=True)
    found = words(given, SheetEngine().run(given), Syntax.CSS)
    assert [here[0] for here, _ in found] == [there[0] for _, there in found]
    starts = [here for here, _ in found]
    assert [word for word in ("col", "red", "'😀'", "url", ".😀 ", "f:g") if word in starts] == [
        *("col", "red", "'😀'", "url", ".😀 ", "f:g")
    ]


def test_minified_script_is_mapped_token_by_token() -> None:
    given = EngineInput(SCRIPT, "/a.js", "a.js", wants_source_map=True)
    found = words(given, RjsminEngine().run(given), Syntax.JAVASCRIPT)
    assert [here[0] for here, _ in found] == [there[0] for _, there in found]
    assert {"var", "'😀'", "/x/", "ret", "`t "} <= {here for here, _ in found}


def test_sheet_with_faults_is_mapped() -> None:
    given = EngineInput("a { b: 'c\n; d : e }\nf { g:h }", "/a.css", "a.css", wants_source_map=True)
    found = words(given, SheetEngine().run(given), Syntax.CSS)
    assert ("g:h", "g:h") in found


def test_code_of_a_template_is_mapped() -> None:
    given = EngineInput(TEMPLATE, "/a.jst", "a.jst", wants_source_map=True)
    found = words(given, compile_template(given), Syntax.JAVASCRIPT)
    assert [here[0] for here, _ in found] == list("ni(a){b.c}")
    assert all(here[0] == there[0] for here, there in found)


@pytest.mark.parametrize("engine", [SheetEngine(), RjsminEngine()])
def test_no_map_is_made_unasked(engine: SheetEngine | RjsminEngine) -> None:
    assert engine.run(EngineInput("a{}", "/a", "a")).source_map is None
