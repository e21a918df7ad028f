"""The project that random edits change: its files, the texts and names that they get, and its settings."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

from buildassets.compiler.config.key_table import KEYS
from tests.compiler.sources.test_variants import picture
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules
from tests.fonts import font_file

_SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><image href="b.png"/></svg>\n'
_PACKAGE: Final = '{{"name": "{0}", "version": "1.0.{1}", "main": "{2}.js"}}'
_FACE: Final = "@font-face { font-family: A; src: url(../fonts/a.ttf) }\na { font-family: A }\n"
_TSCONFIG: Final = '{{"extends": "./base", "compilerOptions": {{"paths": {{"@/*": ["./assets/js/{}/*"]}}}}}}'

SITE: Final[Tree] = {
    "assets/css/app.scss": '@use "theme" as *; @use "more/part";\n'
    "a { color: $colour; background: url(../img/a.svg) }\n",
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/css/more/_part.scss": "b { background: url(c.png) }\n",
    "assets/css/more/c.png": "c",
    "assets/css/base.css": '@import "print.css";\na { background: url("../img/a.svg"), url("../img/b.png") }\n',
    "assets/css/print.css": "b { color: black }\n",
    "assets/img/a.svg": _SVG.format(10),
    "assets/img/b.png": picture("PNG", (10, 10)),
    "assets/js/app.js": 'import { cycle } from "./cycle.js";\nimport("./late.js");\ncycle();\n',
    "assets/js/cycle.js": 'import { back } from "./back.js";\nexport const cycle = () => back;\n',
    "assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = () => cycle;\n',
    "assets/js/late.js": 'new URL("../img/a.svg", import.meta.url);\n',
    "assets/js/mapped.js": "mapped();\n//# sourceMappingURL=mapped.js.map\n",
    "assets/js/mapped.js.map": '{"version": 3, "sources": ["m.ts"], "names": [], "mappings": "AAAA"}',
    "assets/js/one.js": "one();\n",
    "assets/js/two.js": "two();\n",
    "assets/page.html": '<link rel="stylesheet" href="css/base.css">\n<script src="js/one.js"></script>\n',
    "assets/data.json": '{"icons": []}\n',
    "icons/x.svg": _SVG.format(1),
    "icons/y.svg": _SVG.format(2),
    "lib/_theme.scss": "$colour: tan;\n",
    "node_modules/pkg/package.json": _PACKAGE.format("pkg", 0, "index"),
    "node_modules/pkg/index.js": 'import "./more.js";\nexport const pkg = 1;\n',
    "node_modules/pkg/more.js": "more();\n",
    "views/page.html": "",
    "templates/page.html": '{{ stylesheet("css/app.css") }}{{ icon("x") }}\n',
    "vendor/lib/lib.js": "lib();\n",
    "vendor/lib/lib.css": "lib { background: url(none.png) }\n",
    "assets/fonts/a.ttf": font_file("abc"),
    "assets/css/fonts.css": _FACE,
    "static/s.css": "s { color: tan }\n",
    "buildassets.toml": "",
}

TYPED: Final[Tree] = {
    "assets/js/typed.ts": 'import { a } from "./a";\nimport { b } from "@/b";\nconsole.log(a as number, b);\n',
    "assets/js/a.ts": "export const a: number = 1;\nexport interface T {}\n",
    "assets/js/lib/b.tsx": "export const b = <i/>;\n",
    "assets/js/other/b.ts": "export const b = 2;\n",
    "assets/app.html": '<script type="module" src="js/typed.ts"></script>\n',
    "templates/typed.html": '{{ script("js/a.ts") }}',
    "tsconfig.json": _TSCONFIG.format("lib"),
    "base.json": '{"compilerOptions": {"jsx": "react", "jsxFactory": "h"}}',
}
"""Modules in TypeScript, which need esbuild."""

_TEXTS: Final[Mapping[str, tuple[str | bytes, ...]]] = {
    ".css": (
        "a { color: red }\n",
        '@import "print.css";\nc { color: blue }\n',
        '@import "../css/base.css";\n',
        "a { background: url(../img/b.png) }\n",
        "a { background: url(none.png) }\n",
        "a { background: url(/assets/img/a.svg), url(/img/a.svg) }\n",
        "a { background: url(../img/a.svg?buildassets-data-url) }\n",
        "/* a comment */\n",
        'a { content: "x }\n',
        "a {} }\n",
        "@tailwindd base;\n",
        "/*\n *= require ./print\n */\nb { color: red }\n",
        "",
    ),
    ".scss": (
        '@use "theme" as *; a { color: $colour }\n',
        "$colour: blue;\n",
        "a { b { color: red; background: url(../img/b.png) } }\n",
        '@use "none";\n',
        '@warn "old"; a { b: c }\n',
        "a { b: }\n",
        "a { background: url(c.png) }\n",
        "",
    ),
    ".js": (
        "plain();\n",
        'import "./one.js";\nimport { two } from "./two.js";\n',
        'import "pkg";\n',
        'import "named";\n',
        'import "none";\n',
        'import "./none.js";\n',
        'import "./../css/print.css";\n',
        'import data from "../data.json" with { type: "json" };\n',
        'new Worker("two.js");\nnew Worker(new URL("./one.js", import.meta.url));\n',
        'export { back as cycle } from "./back.js";\n',
        'export const x = ASSET_URL("../img/b.png");\n',
        "console.log(import.meta.env.MODE, process.env.NODE_ENV);\n",
        '__webpack_require__.u = () => "js/two.js";\n(self.webpackChunk = self.webpackChunk || []).push([]);\n',
        "//= require ./two\nx();\n",
        "f(\n",
        "//# sourceMappingURL=none.js.map\n",
        "",
    ),
    ".svg": (
        _SVG.format(3),
        '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
        '<svg><use href="a.svg#x"/></svg>\n',
        "<svg>\n",
    ),
    ".html": (
        '<link rel="stylesheet" href="css/print.css">\n',
        '<script type="module" src="js/app.js"></script>\n{{ script("js/app.js") }}{{ icon("y") }}\n',
        '{{ script("js/late.js") }}\n',
        "<p>\n",
    ),
    ".json": ('{"a": 1}\n', '{ "a":  [1, 2] }', '{"name": "pkg", "main": "more.js"}', "{"),
    ".map": ('{"version": 3, "sources": [], "names": [], "mappings": ""}', "{}"),
    ".png": ("pixels", "other pixels", "x"),
    ".txt": ("text\n", "User-agent: *\n"),
    ".ttf": (*map(font_file, ("ab", "abcd")), "no font"),
}
_TYPED_TEXTS: Final[Mapping[str, tuple[str | bytes, ...]]] = {
    ".ts": (
        "export const a: number = 2;\n",
        "export const a: number = 1;\nexport interface T { x: 1 }\n",
        'import "./late";\nexport const a: number = 1;\n',
        'import { b } from "@/b";\nconsole.log(b);\nexport const b = 1;\n',
        'export { T } from "./a";\nexport { cycle } from "./cycle.js";\n',
        "export const a: = 1;\n",
        "console.log(VERSION, import.meta.env.MODE);\n",
        "",
    ),
    ".tsx": ("export const b = <b/>;\n", 'import { a } from "./a";\nexport const b = <a>{a}</a>;\n'),
    ".jsx": ("export const b = <p/>;\n",),
    "tsconfig.json": (
        *map(_TSCONFIG.format, ("lib", "other", "none")),
        '{"compilerOptions": {"jsx": "react-jsx", "verbatimModuleSyntax": true}}',
        "{",
    ),
    "base.json": ('{"compilerOptions": {"jsx": "react", "jsxFactory": "m"}}', "{}"),
}
NAMES: Final = (
    "one",
    "two",
    "three",
    "_theme",
    "_part",
    "base",
    "print",
    "index",
    "app",
    "robots",
    "x",
    "y",
    "One",
    "é b",
)
FOLDERS: Final = ("assets", "assets/css", "assets/css/more", "assets/js", "assets/img", "assets/new", "lib", "icons")
MORE_FOLDERS: Final = ("templates", "vendor/lib", "node_modules/pkg", "node_modules/other")

# Alternatives to the example of a key, in the table of keys.
_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "budgets": ('{ "js/app.js" = "1 kB" }', '{ "css/*" = "30 B" }'),
    "bundles": (
        '{ "js/all.js" = ["js/one.js", "js/two.js"], "css/all.css" = ["css/print.css", "css/app.css"] }',
        '{ "js/all.js" = ["js/*.js"] }',
    ),
    "commands": ('{ upper = { from = "txt", to = "css", run = ["tr", "a-z", "A-Z"] } }',),
    "compress": ("[]", '["gzip", "br"]', "{ gzip = 1 }"),
    "data_urls": ("{ limit = 60 }",),
    "define": ('{ "process.env.NODE_ENV" = "production" }',),
    "engines": ('{ js = "none" }', '{ scss = "libsass" }', '{ scss = "dart-sass" }', '{ css = "lightningcss" }'),
    "entries": ('["js/app.js", "css/*.css"]', '["page.html"]', '["js/typed.ts", "css/fonts.css"]'),
    "env": ('["API_URL", "OTHER"]',),
    "exclude": ('["img/*"]',),
    "external": ('["none*"]',),
    "fingerprinted": ('["img/b.png"]',),
    "fonts": (
        '{ "fonts/*" = { unicode_range = ["U+61"], formats = ["woff2", "woff"] } }',
        '{ "*" = { text = "templates", text_only = true } }',
    ),
    "icons": ('{ "i.svg" = { dir = "icons", used_only = true } }', '{ "i.svg" = { dir = "icons" } }'),
    "images": ('{ warn = "5 B" }', '{ variants = { "img/*" = { widths = [5] } } }', "{ strip = false }"),
    "importmap": ('{ named = "js/one.js", "named/" = "js/" }', '{ pkg = "js/two.js" }'),
    "integrity": ('"none"',),
    "missing": ('"error"', '"ignore"'),
    "plain": ('["robots.txt", "page.html"]',),
    "raw": ('["**/*.scss"]', '["**/*.ts"]'),
    "source_maps": ('"hidden"',),
    "sources": (
        '["assets", "lib"]',
        '["assets", { path = "vendor", prefix = "v", vendored = true }]',
        '["assets", { path = "node_modules", npm = true }]',
        '[{ path = "assets", vendored = true }]',
        '["lib", "assets", { path = "vendor" }]',
    ),
    "templates": ('{ dirs = ["templates"], engine = "django" }',),
    "url_prefixes": ('["/"]',),
}
_TYPED_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "bundles": (
        '{ "js/out.js" = { files = ["js/typed.ts"], bundle = true } }',
        '{ "js/out.js" = { files = ["js/app.js"], bundle = true, splitting = true } }',
    ),
    "engines": ('{ js = "esbuild" }',),
}
NOT_EDITED: Final[Mapping[str, str]] = {
    "cache": "tests of the remote cache compare builds with it and without",
    "output": "each build has the same release directory",
    "run": "starts a program next to a watch, which makes no asset",
    "webassets": "reads another system's file, of which there are examples",
    "jammit": "reads another system's file, of which there are examples",
    "pipeline": "reads the settings of Django, which a process imports once",
}
"""The keys that no random edit sets, each with the reason."""

SET: Final[Mapping[str, tuple[str, ...]]] = {
    key.name: (key.example, *(f"{key.name} = {value}" for value in _SETTINGS.get(key.name, ())))
    for key in KEYS
    if key.name not in NOT_EDITED
}
"""By key the lines of the configuration that set it."""

LENIENT: Final = 'missing = "warn"'


def write_site(folder: Path, *, is_typed: bool) -> Path:
    """Write the project; one with modules in TypeScript has esbuild."""
    write_tree(folder, {**SITE, **(TYPED if is_typed else {})})
    if is_typed:
        (folder / "node_modules/esbuild").symlink_to(node_modules() / "esbuild")
    return folder


def _is_typed(folder: Path) -> bool:
    return (folder / "node_modules/esbuild").exists()


def suffixes(folder: Path) -> list[str]:
    """The suffixes of the files of the project."""
    typed = [one for one in _TYPED_TEXTS if one.startswith(".")] if _is_typed(folder) else []
    return [*_TEXTS, *typed]


def text(random: Random, name: str) -> str | bytes:
    """A text for the file called `name`, or for one of its kind."""
    known = {**_TEXTS, **_TYPED_TEXTS}
    return random.choice(known.get(name) or known.get(Path(name).suffix, ("other\n",)))


def package(random: Random) -> Tree:
    """The description of a package, of another version or with another main file."""
    main = random.choice(["index", "more", "none"])
    name = random.choice(["pkg", "other"])
    return {f"node_modules/{name}/package.json": _PACKAGE.format(name, random.randrange(3), main)}


def settings(random: Random, folder: Path) -> str:
    """A configuration with a few keys."""
    typed = _TYPED_SETTINGS if _is_typed(folder) else {}
    lines = {"compress": "compress = []" if random.random() < 0.8 else 'compress = ["gzip"]', "missing": LENIENT}
    if random.random() < 0.1:
        lines.clear()
    for name in random.sample(sorted(SET), random.randrange(6)):
        more = [f"{name} = {value}" for value in typed.get(name, ())]
        chosen = random.choice((*SET[name], *more))
        lines |= {line.partition(" ")[0]: line for line in chosen.splitlines()}
    return "\n".join([*lines.values(), ""])
