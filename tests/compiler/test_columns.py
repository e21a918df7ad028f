"""Every stage that makes places makes right ones, whatever stands in the file before them.

Lines and columns count from 1, columns in characters; a byte order mark is none. Lines end at LF, CR LF and CR.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.usefixtures("shared_engines"), pytest.mark.thorough]

DART: Tree = {"buildassets.toml": '[engines]\nscss = "dart-sass"\n'}
LIBSASS: Tree = {"buildassets.toml": '[engines]\nscss = "libsass"\n'}
JOINED: Tree = {"buildassets.toml": 'bundles = {"all.js" = ["one.js", "two.js"], "all.css" = ["one.css", "two.css"]}\n'}
PARTIAL: Tree = {"assets/a.scss": '@import "p";'}
SHEETS_JOINED = 'bundles = {"all.css" = ["one.css", "two.scss"]}\n'
SHEETS: Tree = {"assets/one.css": "a{b:c}", "assets/two.scss": '@import "p";', "assets/x.css": ""}
BUNDLED: Tree = {"buildassets.toml": 'bundles = {"all.js" = {files = ["a.ts"], bundle = true}}\n'}
MAPPED: Tree = {"buildassets.toml": 'importmap = {"lit" = "readme.txt"}\n'}
DIRECTED: Tree = {"buildassets.toml": "directives = true\n"}
ASSET_PATH = '/**/\na { b: "¤"; content: asset-path("«a.png»") }\n'
UNCALLED = '/**/\na { b: "¤"; --c: «asset-url»("a.png") }\n'
BAD_BYTE = "\udcab"  # as "surrogateescape" has it

# What is at fault stands between « and »; at ¤ stands, within a string or a comment, whatever may make columns wrong.
FAULTS: dict[str, tuple[str, str, str, Tree]] = {
    "config value": ("config/type", "buildassets.toml", '\nexclude = ["¤", «5»]\n', {"assets/a.css": ""}),
    "config key": ("config/unknown-key", "buildassets.toml", '\ntemplates = {dirs = ["¤"], «no» = 1}\n', {}),
    "config syntax": ("config/syntax", "buildassets.toml", '\nexclude = ["¤", «b»uild]\n', {}),
    "config bundle": ("bundle/empty", "buildassets.toml", '\nbundles = {"a.js" = [«"no¤.js"»]}\n', {"assets/b.js": ""}),
    "config encoding": ("config/encoding", "buildassets.toml", f'\nurl = "¤«{BAD_BYTE}»"\n', {}),
    "config entry": ("config/entries", "buildassets.toml", '\nentries = ["¤*", «"b"»]\n', {}),
    "config import map": ("importmap/missing", "buildassets.toml", '\nimportmap = {"¤b" = «"c.js"»}\n', {}),
    "encoding": ("source/encoding", "assets/a.css", f'/**/\na {{ b: "¤«{BAD_BYTE}»" }}\n', {}),
    "encoding of a page": ("source/encoding", "assets/a.html", f"<p>\n¤«{BAD_BYTE}»", {}),
    "css syntax": ("css/syntax", "assets/a.css", '/**/\na { b: "¤"; c: «url(x y)» }\n', {}),
    "css reference": ("reference/missing", "assets/a.css", '/**/\na { b: "¤"; c: url("«no.png»") }\n', {}),
    "css escape": ("reference/missing", "assets/a.css", '/**/\na { b: "¤"; c: url(«n\\6f.png») }\n', {}),
    "css import": ("reference/missing", "assets/a.css", '/**/\n/*¤*/ @import "«no.css»" print;\n', {}),
    "css image set": ("reference/missing", "assets/a.css", '/**/\na{b:"¤";c:image-set("«no.png»" 1x)}\n', {}),
    "css source map": ("reference/missing-map", "assets/a.min.css", "a{}\n/*¤*//*# sourceMappingURL=«no.map» */\n", {}),
    "css data url": (
        "data-url/refused",
        "assets/a.css",
        '/**/\na { b: "¤"; c: url("«b.svg?buildassets-data-url»") }\n',
        {"assets/b.svg": '<svg><use href="c.svg#a"/></svg>', "assets/c.svg": "<svg/>"},
    ),
    "js syntax": ("js/syntax", "assets/a.js", "f();\nf('¤', «'open»\n", {}),
    "js reference": ("reference/missing", "assets/a.js", 'f();\nf("¤"); import("«./no.js»");\n', {}),
    "js escape": ("reference/missing", "assets/a.js", 'f();\nf("¤"); import("«./n\\x6f.js»");\n', {}),
    "js url": ("reference/missing", "assets/a.js", 'f();\nf("¤"); new URL("«no.png»", import.meta.url);\n', {}),
    "js template": ("reference/missing", "assets/a.js", "f();\nf(`¤`); import(`«./no.js»`);\n", {}),
    "js after lines": ("reference/missing", "assets/a.js", 'f(`\na¤\\\nb`, "¤"); import("«./no.js»");\n', {}),
    "js source map": (
        "reference/missing-map",
        "assets/a.min.js",
        "f();\n/*¤*/ //# sourceMappingURL=«no.map»\n",
        {},
    ),
    "js bare name": ("reference/unmapped", "assets/a.js", 'f();\nf("¤"); import "«lti»";\n', MAPPED),
    "svg reference": ("reference/missing", "assets/a.svg", '<svg>\n<title>¤</title><use href="«no.svg»"/></svg>\n', {}),
    "svg style": ("reference/missing", "assets/a.svg", "<svg>\n<style>/*¤*/ a{b:url(«no.svg»)}</style></svg>\n", {}),
    "html reference": ("reference/missing", "assets/a.html", '<p>\n<p>¤</p><img src="«no.png»">\n', {}),
    "html module": (
        "reference/missing",
        "assets/a.html",
        '<p>\n<script type="module">f("¤");import "«./no.js»"</script>\n',
        {},
    ),
    "html srcset": (
        "reference/missing",
        "assets/a.html",
        '<p>\n<img alt="¤" srcset="readme.txt 1x, «no.png» 2x">\n',
        {},
    ),
    "html entity": ("reference/missing", "assets/a.html", '<p>\n<p>¤&amp;<img src="«no&amp;.png»?a">\n', {}),
    "html style": ("reference/missing", "assets/a.html", '<p>\n<p title="¤" style="a:url(«no.png»)">\n', {}),
    "html import map": (
        "reference/missing",
        "assets/a.html",
        '<p>\n<script type="importmap">{"imports": {"¤": "«./no.js»"}}</script>\n',
        {},
    ),
    "web manifest escape": (
        "reference/missing",
        "assets/a.webmanifest",
        '{"a":\n"¤", "icons": [{"src": "«n\\u006f.png»"}]}\n',
        {},
    ),
    "web manifest": (
        "reference/missing",
        "assets/a.webmanifest",
        '{"a":\n"¤", "icons": [{"src": "«no.png»"}]}\n',
        {},
    ),
    "directive": ("directive/missing", "assets/a.js", "//\n//¤= require «./no»\n", DIRECTED),
    "unknown directive": ("directive/unknown", "assets/a.js", "/**/\n/*¤*/ //= «nothing» x\n", DIRECTED),
    "template": ("jst/syntax", "assets/a.jst", "<p>\n<p>¤</p><%= «(» %>\n", {}),
    "code of a template": ("jst/syntax", "assets/a.jst", "<p>\n<p>¤</p><% if («}» %>\n", {}),
    "libsass syntax": ("scss/syntax", "assets/a.scss", 'a {\nb: "¤"; c: «$no» }\n', {}),
    "libsass import": ("scss/import", "assets/a.scss", '/**/\n/*¤*/ @import "«no»";\n', {}),
    "libsass error": ("scss/error", "assets/a.scss", '/**/\n/*¤*/ «@error» "no";\n', {}),
    "libsass warning": ("scss/warn", "assets/a.scss", '/**/\n/*¤*/ «@warn» "no";\n', {}),
    "libsass guard": ("scss/unsupported", "assets/a.scss", '/**/\n/*¤*/ «@use» "sass:math";\n', {}),
    "libsass left over": ("scss/unsupported", "assets/a.scss", '$w: 1px;\na { b: "¤"; c: calc(1% - «$w») }\n', {}),
    "libsass reference": ("reference/missing", "assets/a.scss", '/**/\na { b: "¤"; c: url("«no.png»") }\n', {}),
    "libsass indented": ("scss/syntax", "assets/a.sass", 'a\n  b: "¤" «$no»\n', {}),
    "libsass reference in indented": (
        "reference/missing",
        "assets/a.sass",
        'a\n  b: "¤", url("«no.png»")\n',
        {},
    ),
    "libsass partial": (
        "reference/missing",
        "assets/_p.scss",
        '/**/\na { b: "¤"; c: url("«no.png»") }\n',
        PARTIAL,
    ),
    "libsass syntax of a partial": (
        "scss/syntax",
        "assets/_p.scss",
        'a {\nb: "¤"; c: «$no» }\n',
        PARTIAL,
    ),
    "libsass bad url": ("css/syntax", "assets/_p.scss", '/**/\na { b: "¤"; c: «url(x y)» }\n', PARTIAL),
    "libsass asset path": ("scss/asset-path", "assets/_p.scss", ASSET_PATH, {**PARTIAL, "assets/a.png": ""}),
    "libsass uncalled": ("scss/uncalled", "assets/_p.scss", UNCALLED, PARTIAL),
    "libsass mixin": (
        "reference/missing",
        "assets/_p.scss",
        '@mixin m {\nb: "¤"; c: url("«no.png»") }\n',
        {"assets/a.scss": '@import "q"; a { @include m; }', "assets/_q.scss": '@import "p";'},
    ),
    "dart-sass syntax": ("scss/syntax", "assets/a.scss", 'a {\nb: "¤"; c: «$no» }\n', DART),
    "dart-sass import": ("scss/import", "assets/a.scss", '/**/\n/*¤*/ @use "«no»";\n', DART),
    "dart-sass error": ("scss/error", "assets/a.scss", '/**/\n/*¤*/ «@error "no"»;\n', DART),
    "dart-sass warning": ("scss/warn", "assets/a.scss", '/**/\n/*¤*/ «@»warn "no";\n', DART),
    "dart-sass deprecation": ("scss/deprecated", "assets/a.scss", 'a {\nb: "¤"; c: «4px/(1 + 1)»; }\n', DART),
    "dart-sass reference": ("reference/missing", "assets/a.scss", '/**/\na { b: "¤"; c: url("«no.png»") }\n', DART),
    "dart-sass indented": ("scss/syntax", "assets/a.sass", 'a\n  b: "¤" «$no»\n', DART),
    "dart-sass reference in indented": (
        "reference/missing",
        "assets/a.sass",
        'a\n  b: "¤", url("«no.png»")\n',
        DART,
    ),
    "dart-sass partial": (
        "reference/missing",
        "assets/_p.scss",
        '/**/\na { b: "¤"; c: url("«no.png»") }\n',
        {**DART, "assets/a.scss": '@use "p";'},
    ),
    "dart-sass bad url": (
        "css/syntax",
        "assets/_p.scss",
        '/**/\na { b: "¤"; c: «url(x y)» }\n',
        {**DART, "assets/a.scss": '@use "p";'},
    ),
    "dart-sass asset path": ("scss/asset-path", "assets/_p.scss", ASSET_PATH, {**DART, **PARTIAL, "assets/a.png": ""}),
    "dart-sass uncalled": ("scss/uncalled", "assets/_p.scss", UNCALLED, {**DART, **PARTIAL}),
    "dart-sass mixin": (
        "reference/missing",
        "assets/_p.scss",
        '@mixin m {\nb: "¤"; c: url("«no.png»") }\n',
        {**DART, "assets/a.scss": '@use "q"; a { @include q.m; }', "assets/_q.scss": '@forward "p";'},
    ),
    "dart-sass syntax of a partial": (
        "scss/syntax",
        "assets/_p.scss",
        '@mixin m {\nb: "¤"; c: «$no» }\n',
        {**DART, "assets/a.scss": '@use "p"; a { @include p.m; }'},
    ),
    "bundle of scripts": (
        "bundle/redeclared",
        "assets/two.js",
        'f();\nf("¤"); const «x» = 1;\n',
        {**JOINED, "assets/one.js": "const x = 1", "assets/one.css": "", "assets/two.css": ""},
    ),
    "bundle by esbuild": (
        "bundle/esbuild",
        "assets/a.ts",
        'f();\nf("¤"); if (typeof x === «"strnig😀"») f();\n',
        BUNDLED,
    ),
    "import in a bundle by esbuild": (
        "bundle/missing",
        "assets/a.ts",
        'f();\nf("¤"); import(«"./no.js"»);\n',
        BUNDLED,
    ),
    "module in a bundle": (
        "bundle/module",
        "assets/two.js",
        'f();\nf("¤"); «import» { x } from "./one.js";\n',
        {**JOINED, "assets/one.js": "", "assets/one.css": "", "assets/two.css": ""},
    ),
    "bundle of sheets": (
        "bundle/import",
        "assets/two.css",
        '/**/\n/*¤*/ «@import» "/x.css";\n',
        {**JOINED, "assets/one.css": "a{b:c}", "assets/one.js": "", "assets/two.js": ""},
    ),
    "bundle of sheets by libsass": (
        "bundle/import",
        "assets/_p.scss",
        '/**/\n/*¤*/ «@import» "/x.css";\n',
        {"buildassets.toml": f'{SHEETS_JOINED}engines = {{scss = "libsass"}}\n', **SHEETS},
    ),
    # Whose map has the place at which that begins which is imported.
    "bundle of sheets by dart-sass": (
        "bundle/import",
        "assets/_p.scss",
        '/**/\n/*¤*/ @import «"»/x.css";\n',
        {"buildassets.toml": f'{SHEETS_JOINED}engines = {{scss = "dart-sass"}}\n', **SHEETS},
    ),
}


def _at_mark(odd: str) -> Callable[[str], str]:
    return lambda text: text.replace("¤", odd)


ODDITIES: dict[str, Callable[[str], str]] = {
    "plain": _at_mark(""),
    "bom": lambda text: "\ufeff" + _at_mark("")(text),
    "bom on the line": lambda text: "\ufeff" + _at_mark("")(text).replace("\n", " ", 1),
    "crlf": lambda text: _at_mark("")(text).replace("\n", "\r\n"),
    "cr": lambda text: _at_mark("")(text).replace("\n", "\r"),
    "tabs": lambda text: _at_mark("")(text).replace("\n", "\n\t\t", 1),
    "astral": _at_mark("😀😀"),
    "combining": _at_mark("-\u0301\u0302"),
    "line separator": _at_mark("\u2028"),
    "next line": _at_mark("\u0085"),
}


def _is_possible(fault: str, oddity: str) -> bool:
    """Not so a lone CR as the end of a line in TOML, nor another indentation in the indented syntax."""
    if FAULTS[fault][1].endswith(".sass"):
        return oddity not in ("tabs", "bom on the line")
    return oddity != "cr" or not fault.startswith("config ")


CASES = [
    pytest.param(fault, oddity, marks=pytest.mark.corpus if "by esbuild" in fault else ())
    for fault in FAULTS
    for oddity in ODDITIES
    if _is_possible(fault, oddity)
]


@pytest.mark.parametrize(("fault", "oddity"), CASES)
def test_place_is_right(fault: str, oddity: str, tmp_path: Path) -> None:
    if "by esbuild" in fault:
        (tmp_path / "node_modules").symlink_to(node_modules())
    code, file, template, others = FAULTS[fault]
    others = {**LIBSASS, **others} if fault.startswith("libsass ") else others
    written = ODDITIES[oddity](template)
    content = written.replace("«", "").replace("»", "").encode("utf-8", "surrogateescape")
    found = diagnosed(write_tree(tmp_path, {**others, "assets/readme.txt": "", file: content}), code)
    assert found.location is not None
    place = found.location
    before, _, rest = written.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").partition("«")
    marked = rest.partition("»")[0].replace(BAD_BYTE, "\ufffd")
    assert place.file == file
    assert (place.line, place.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert place.excerpt[place.excerpt_column - 1 :][: place.length] == marked


def diagnosed(folder: Path, code: str) -> Diagnostic:
    """The last diagnostic of that code in the build of `folder`."""
    try:
        diagnostics = build(load_config(start=str(folder))).diagnostics
    except ConfigError as refused:
        diagnostics = refused.diagnostics
    return [found for found in diagnostics if found.code == code][-1]
