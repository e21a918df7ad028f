"""Every reader of text in the project as a function of one text, with what may be hard for it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from buildassets.compat.jammit.compile.assets_yml import PACKAGES, read_assets_yml
from buildassets.compiler.config import toml_table
from buildassets.compiler.config.toml_positions import find_places
from buildassets.compiler.engines.failures import sentence
from buildassets.compiler.engines.jst import compile_template
from buildassets.compiler.engines.lightningcss_refusals import find_unfit
from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.compiler.engines.sass import imports as scss_imports
from buildassets.compiler.engines.sass import libsass_faults as scss_syntax
from buildassets.compiler.engines.sass.functions import outside, uncalled
from buildassets.compiler.engines.sass.libsass_messages import error_message, warning_messages
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.compiler.languages.css import minify as css_minify
from buildassets.compiler.languages.css.lexer import faults
from buildassets.compiler.languages.directives import read_header
from buildassets.compiler.languages.edits import Member
from buildassets.compiler.languages.javascript import minify as js_minify
from buildassets.compiler.languages.javascript import references as js_references
from buildassets.compiler.languages.javascript.asset_url import find_asset_urls, scan_written
from buildassets.compiler.languages.javascript.scopes import read_script
from buildassets.compiler.languages.map_comment import map_comment
from buildassets.compiler.languages.markup.references import addresses
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.languages.scan import join, scan
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import read_map
from buildassets.compiler.resolve.urls import target_of
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.templates.chameleon import ChameleonReader
from buildassets.compiler.templates.django import DjangoReader
from buildassets.compiler.templates.jinja import JinjaReader
from buildassets.compiler.templates.mako import MakoReader
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error, locate, render_annotation, render_text
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath, from_url, normalise, relative, split_url, to_url
from buildassets.foundation.paths import join as join_paths
from buildassets.migrate import ruby
from tests.growth.shapes import (
    DIRECTIVES,
    JSON,
    MARKUP,
    MESSAGES,
    PATHS,
    PYTHON_TEMPLATES,
    RUBY,
    SCRIPTS,
    SHEETS,
    TEMPLATES,
    TOML,
    YAML,
)

Around = tuple[tuple[str, str], ...]

_NAKED: Final = (("", ""),)
_CSS: Final = (*_NAKED, ("a{b:", "}"), ("@media ", "{}"))
_JS: Final = (*_NAKED, ("a=", ";"), ("`${", "}`"))
_MARKUP: Final = (
    *(*_NAKED, ("<svg>", "</svg>"), ("<a ", ">"), ("<style>", "</style>")),
    *(("<script>", "</script>"), ("<img srcset='", "'>"), ("<a style='", "'>")),
)
_SCRIPT: Final = LogicalPath("a.js")


class Reader(NamedTuple):
    """`read` takes a text of any length; `units` are what it may be made of, `around` what stands on its sides."""

    read: Callable[[str], object]
    units: tuple[str, ...]
    around: Around = _NAKED


def _given(text: str, path: str) -> EngineInput:
    return EngineInput(text, f"/p/{path}", path, wants_source_map=True)


def _scss(text: str) -> None:
    blank = scss_syntax.blanked(text)
    scss_syntax.silently_wrong(blank)
    scss_syntax.functions_defined(blank)
    scss_syntax.left_over(blank, ["f"])
    for indented in (False, True):
        scss_syntax.import_rule(text, blank, "a", indented=indented)


def _scss_imports(text: str) -> None:
    list(scss_imports.loads(text, "/p/a.scss", [], scss_imports.Listings()))


def _scss_messages(text: str) -> None:
    error_message(text)
    list(warning_messages(text))
    sentence(text)


def _sass_functions(text: str) -> None:
    list(uncalled(text))
    list(outside(text, [text[:40]], []))


def _unfit(text: str) -> None:
    if not faults(text):
        list(find_unfit(text))


def _asset_urls(text: str) -> None:
    find_asset_urls(f"ASSET_URL('a');{text}", _SCRIPT)
    scan_written(f"{text};ASSET_URL('a')", _SCRIPT)


def _toml(text: str) -> None:
    with suppress(ConfigError):
        if ".a" not in text:  # tomllib joins the parts of a dotted key in square time (Python 3.11)
            toml_table.parse(text, "a.toml")
        find_places(text)


def _ruby(text: str) -> None:
    for statement in ruby.statements(text):
        ruby.call(statement.text)


def _assets_yml(text: str) -> None:
    with suppress(ConfigError):
        found = read_assets_yml(text, "a.yml", "production")
        for kind in PACKAGES:
            found.packages(kind)


def _diagnostic(text: str) -> None:
    found = error("a/b", text, locate("a", text, len(text) // 2))
    render_text(found)
    render_annotation(found)


def _long_name(text: str) -> None:
    for pattern in ("**/*.js", "*a*b*c*", "a/**/b/**/c/**/d", "**/a*/**/*b", "[!a]*?*.js"):
        compile_globs([pattern])(text)


def _url(text: str) -> None:
    reference = Reference(0, 0, text, ReferenceKind.URL)
    target_of(reference, LogicalPath("a/b.js"), "/assets/", lambda _: False)
    split_url(text)
    normalise(text)
    join_paths(LogicalPath("a/b"), text)
    relative(LogicalPath("a/b"), text)
    to_url(from_url(text.encode("utf-8", "ignore").decode()))  # no name of a file has half a surrogate pair


def _joined(syntax: Syntax) -> Callable[[str], object]:
    return lambda text: join(syntax, [Member("a", text), Member("b", text), Member("c", "a")])


def _references(syntax: Syntax) -> Callable[[str], object]:
    return lambda text: scan(syntax, text)


READERS: Final[Mapping[str, Reader]] = {
    "css references": Reader(_references(Syntax.CSS), SHEETS, _CSS),
    "css engine": Reader(lambda text: SheetEngine().run(_given(text, "a.css")), SHEETS, _CSS),
    "css written apart": Reader(lambda text: css_minify.written_apart(css_minify.essence(text)), SHEETS, _CSS),
    "css unfit": Reader(_unfit, SHEETS, _CSS),
    "css join": Reader(_joined(Syntax.CSS), SHEETS, _CSS),
    "css map comment": Reader(lambda text: map_comment(text, Syntax.CSS), SHEETS, _CSS),
    "sass functions": Reader(_sass_functions, SHEETS, _CSS),
    "scss": Reader(_scss, SHEETS, (*_CSS, ("@import ", ";"), ('"#{', '}"'))),
    "scss imports": Reader(_scss_imports, SHEETS, (*_NAKED, ("@import ", ";"))),
    "scss messages": Reader(_scss_messages, MESSAGES, (*_NAKED, ("Error: ", ""), ("WARNING: ", ""))),
    "js references": Reader(js_references.scan, SCRIPTS, _JS),
    "js references by tokens": Reader(lambda text: list(js_references.scan_tokens(text)), SCRIPTS, _JS),
    "js engine": Reader(lambda text: RjsminEngine().run(_given(text, "a.js")), SCRIPTS, _JS),
    "js reduced": Reader(lambda text: js_minify.reduced(js_minify.pieces(text)), SCRIPTS, _JS),
    "js asset urls": Reader(_asset_urls, SCRIPTS, _JS),
    "js scopes": Reader(read_script, SCRIPTS, _JS),
    "js join": Reader(_joined(Syntax.JAVASCRIPT), SCRIPTS, _JS),
    "js map comment": Reader(lambda text: map_comment(text, Syntax.JAVASCRIPT), SCRIPTS, _JS),
    "js unescaped": Reader(js_references.unescaped, SCRIPTS),
    "jst": Reader(
        lambda text: compile_template(_given(text, "a.jst")), SCRIPTS + MARKUP, (*_NAKED, ("<%", "%>"), ("<%=", "%>"))
    ),
    "html": Reader(_references(Syntax.HTML), MARKUP, _MARKUP),
    "svg": Reader(_references(Syntax.SVG), MARKUP, _MARKUP),
    "web manifest": Reader(_references(Syntax.WEB_MANIFEST), JSON, (*_NAKED, ('{"icons":[{"src":"', '"}]}'))),
    "source map references": Reader(_references(Syntax.SOURCE_MAP), JSON, (*_NAKED, ('{"sources":["', '"]}'))),
    "import map": Reader(addresses, JSON, (*_NAKED, ('{"imports":{"a":"', '"}}'))),
    "source map": Reader(
        lambda text: read_map(text, Lines("a\n" * 9)),
        JSON,
        (*_NAKED, ('{"version":3,"sources":["a"],"mappings":"', '"}')),
    ),
    "toml": Reader(_toml, TOML, (*_NAKED, ("a = [", "]"), ("a = ", ""), ("[", "]"))),
    "directives": Reader(lambda text: read_header(text, "a.js"), DIRECTIVES, (*_NAKED, ("//= ", ""), ("/*", "*/"))),
    "jinja": Reader(
        lambda text: JinjaReader([], [], lambda _: None).read(text),
        TEMPLATES,
        (*_NAKED, ("{{", "}}"), ("{%", "%}"), ("{% if a %}", "{% endif %}")),
    ),
    "django": Reader(
        lambda text: DjangoReader([]).read(text),
        TEMPLATES,
        (
            *(*_NAKED, ("{% load buildassets %}{{", "}}")),
            *(("{% load buildassets %}{% asset ", "%}"), ("{% verbatim %}", "")),
        ),
    ),
    "mako": Reader(
        lambda text: MakoReader([]).read(text),
        PYTHON_TEMPLATES,
        (*_NAKED, ("${", "}"), ("<% ", "%>"), ("% if a(", "):"), ("${asset(", ")}"), ("${modulepreload(", ")}")),
    ),
    "chameleon": Reader(
        lambda text: ChameleonReader([]).read(text),
        PYTHON_TEMPLATES,
        (
            *_NAKED,
            ("${", "}"),
            ("<?python ", "?>"),
            ("<a tal:b='", "'>"),
            ("${asset(", ")}"),
            ("${modulepreload(", ")}"),
        ),
    ),
    "ruby": Reader(_ruby, RUBY, (*_NAKED, ("pin ", ""), ("pin [", "]"), ('pin "', '"'))),
    "assets.yml": Reader(
        _assets_yml,
        YAML,
        (
            *(*_NAKED, ("javascripts:\n  a: [", "]"), ("javascripts:\n  a:\n", ""), ("javascripts:\n", "")),
            *(("x: &x {a: 1}\njavascripts:\n  a: [", "]"), ("javascripts: {a: '", "'}")),
        ),
    ),
    "diagnostic": Reader(_diagnostic, MESSAGES),
    "glob": Reader(lambda text: compile_globs([text])("a" * 50 + "/" + "b" * 50), PATHS),
    "long name against globs": Reader(_long_name, PATHS),
    "url": Reader(_url, PATHS, (*_NAKED, ("./", ""), ("/assets/", ""))),
    "lines": Reader(lambda text: Lines(text, Syntax.JAVASCRIPT).place(len(text)), MESSAGES),
}
