"""Source languages that no browser reads: their suffixes, the names of compiled files, and hints. Pure."""

from collections.abc import Container, Mapping
from typing import Final

from buildassets.foundation.media import OCTETS, SCRIPT_SUFFIXES, media_of, suffix
from buildassets.foundation.paths import LogicalPath

TYPED: Final = frozenset(SCRIPT_SUFFIXES)
_TEMPLATES: Final = frozenset((".ejs", ".eco", ".hbs", ".handlebars", ".mustache", ".hamlc", ".dust"))
_SCRIPTS: Final = (
    ".coffee",
    ".litcoffee",
    ".iced",
    ".elm",
    ".vue",
    ".svelte",
    ".astro",
    ".marko",
    ".riot",
    ".cjsx",
    ".ls",
    ".mdx",
)
_SHEETS: Final = (".less", ".styl", ".stylus", ".pcss", ".postcss", ".sss")
_PAGES: Final = (
    *(".slim", ".haml", ".pug", ".jade", ".njk", ".liquid", ".twig", ".jinja", ".jinja2", ".j2"),
    *(".djhtml", ".mak", ".mako", ".pt"),
)
_SERVERS: Final = (".php", ".py", ".rb", ".pl", ".cgi", ".asp", ".aspx", ".jsp")  # released, they would be readable
_COMPILES_TO: Final[Mapping[str, str]] = {
    **dict.fromkeys((*_SCRIPTS, *_TEMPLATES), ".js"),
    **SCRIPT_SUFFIXES,
    **dict.fromkeys(_SHEETS, ".css"),
    **dict.fromkeys(_PAGES, ".html"),
    **dict.fromkeys((*_SERVERS, ".erb"), ""),  # the suffix before it stays: `a.js.erb` → `a.js`
}
_SASS: Final = {".scss": ".css", ".sass": ".css"}  # an engine compiles these, unless another suffix follows
# Languages whose compiled file usually lies beside the source under the same name. Templates are not among them: a
# template and a script of one name are two things.
_COMPILED_BESIDE: Final = frozenset(
    (*TYPED, ".coffee", ".litcoffee", ".iced", ".cjsx", ".ls", *_SHEETS, *_PAGES, ".erb")
)


def is_source_language(path: str) -> bool:
    """Whether the suffix of `path` is that of a language that no browser reads."""
    return suffix(path) in _COMPILES_TO


def is_declaration(path: str) -> bool:
    """Whether `path` contains only types, so that it compiles to nothing: `x.d.ts`."""
    return path.lower().endswith((".d.ts", ".d.mts", ".d.cts"))


def compiled_name(path: str) -> str:
    """The name of the compiled file: `b.js.erb` → `b.js`, `c.coffee` → `c.js`, `v.jst.ejs` → `v.jst.js`."""
    kind = ""
    compiles_to = {**_COMPILES_TO, **_SASS}
    while (last := suffix(path)) in compiles_to:
        kind = compiles_to[last] or kind
        path = path[: -len(last)]
    return path if media_of(path) is not OCTETS else path + kind


def is_compiled_beside(path: LogicalPath, known: Container[str]) -> bool:
    """Whether the compiled file of `path` is among `known`: another tool compiles it."""
    return suffix(path) in _COMPILED_BESIDE and compiled_name(path) in known


_OTHERWISE: Final = "name it in `raw` to release it unchanged, or in `exclude` to skip it"


def reason(kind: str) -> str:
    """Why a file with the suffix `kind` is not released, as a clause after a colon."""
    return f"servers run `{kind}`" if kind in _SERVERS else f"nothing compiles `{kind}`"


def advice(kind: str, *further: str) -> str:
    """The hint for files with the suffix `kind`, and those with `further` suffixes, that nothing compiles."""
    if further:
        how = "name engines for these suffixes in `engines`, or compile the files before the build"
    elif kind in TYPED:
        how = f'bundle it: `"js/app.js" = {{ files = ["js/app{kind}"], bundle = true }}` in `bundles`'
    elif kind in (".ejs", ".eco"):
        how = "rename it to `.jst` if it is a template in the manner of underscore.js"
    elif kind in _SERVERS:
        how = "move it out of the source root"
    elif kind == ".erb":
        how = "write the values into a page or a JSON file of their own, or run the file through ERB before the build"
    else:
        how = f"name an engine for `{kind[1:]}` in `engines`, or compile it before the build"
    return f"{how}; {_OTHERWISE}"
