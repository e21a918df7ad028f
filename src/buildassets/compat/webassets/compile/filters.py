"""The meanings of the filters of webassets. Pure."""

from collections.abc import Mapping
from typing import Final

from buildassets.compat.meaning import Meaning

_MINIFIED: Final = Meaning(
    "changed", "production minifies: choose another minifier in `engines`, docs/explain/minification.md"
)
_SASS: Final = Meaning("taken over", "Sass is compiled by its suffix: docs/guides/sass.md")
_ENGINE: Final = "bring an engine that compiles them, see docs/reference/engines.md, or bundle what it gives"
_PREFIXES: Final = Meaning(
    "changed", 'set `browsers`, and `css = "lightningcss"` in `engines`: docs/explain/minification.md'
)
_TYPED: Final = "let esbuild bundle it: `{ files, bundle = true }` in `bundles`, docs/guides/bundles.md"

_MINIFIERS: Final = (
    *("cleancss", "closure_js", "closure_stylesheets_minifier", "css_slimmer", "cssmin", "cssutils", "jsmin"),
    *("jspacker", "rcssmin", "rjsmin", "slimit", "uglifyjs", "yui_css", "yui_js"),
)
_SASSES: Final = (
    *("libsass", "node-sass", "node-scss", "pyscss", "sass", "sass_ruby", "scss", "scss_ruby"),
    *("compass",),
)


def _compiled(*suffixes: str) -> Meaning:
    return Meaning("not possible", f"nothing here compiles `{suffixes[0]}`: {_ENGINE}", suffixes=suffixes)


FILTERS: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys(_MINIFIERS, _MINIFIED),
    **dict.fromkeys(_SASSES, _SASS),
    **dict.fromkeys(("autoprefixer", "autoprefixer6", "cssprefixer"), _PREFIXES),
    "babel": Meaning("not possible", _TYPED),
    "clevercss": _compiled(".clevercss", ".ccss"),
    "closure_stylesheets_compiler": _compiled(".gss"),
    "closure_tmpl": _compiled(".soy"),
    "coffeescript": _compiled(".coffee"),
    "cssrewrite": Meaning("taken over", "references are always rewritten"),
    "datauri": Meaning("changed", "small files are inlined into all sheets: `data_urls`"),
    "dustjs": _compiled(".dust"),
    "gzip": Meaning("changed", "copies by gzip and brotli are made in production"),
    "handlebars": _compiled(".hbs", ".handlebars"),
    "jade": _compiled(".jade", ".pug"),
    "jinja2": Meaning("not possible", "no page is made in a build: bundle what the template gives"),
    "jst": Meaning("taken over", "templates are compiled in the build"),
    "less": _compiled(".less"),
    "less_ruby": _compiled(".less"),
    "postcss": Meaning("not possible", "run it before the build, and bundle what it gives, or bring an engine"),
    "replace": Meaning("not possible", "write what it gives into the sources"),
    "requirejs": Meaning("not possible", _TYPED),
    "spritemapper": Meaning("not possible", "name the images one by one, or make the sprite before the build"),
    "stylus": _compiled(".styl"),
    "typescript": Meaning("not possible", _TYPED, suffixes=(".ts",)),
}
_OWN: Final = Meaning("not possible", "it is code of the project, which a build does not run: make an engine of it")
_UNKNOWN: Final = Meaning(
    "not possible", "no filter of webassets has this name: bring an engine, see docs/reference/engines.md"
)


def meaning_of(name: str, *, is_own: bool = False) -> Meaning:
    """The meaning of the filter `name`."""
    return _OWN if is_own else FILTERS.get(name, _UNKNOWN)
