"""Replacements of the settings of webassets and Flask-Assets. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compat.webassets.run.settings import OPTIONS, PREFIX
from buildassets.foundation.nearest import nearest

_PROGRAM: Final = Meaning("changed", "not needed: the engines of the build take the place of programs")
_BUCKET: Final = (
    "let `url` be that of the bucket or of the CDN, and upload with `buildassets publish`: docs/deploy/publish.md"
)
_NO_CACHE: Final = "not needed: what did not change is not compiled again"
_OF_OPTIONS: Final[Mapping[str, Meaning]] = {
    "auto_build": Meaning("changed", "a web process builds nothing: run `buildassets build`, or `watch` to develop"),
    "cache": Meaning("changed", _NO_CACHE),
    "cache_file_mode": Meaning("changed", _NO_CACHE),
    "debug": Meaning("taken over", "where it is True, pages load the members of bundles of a development build"),
    "directory": Meaning("taken over", "it is the source root"),
    "load_path": Meaning("taken over", "its folders are source roots"),
    "manifest": Meaning("changed", "the manifest of the release takes its place"),
    "resolver": Meaning("not possible", "files are found in source roots: name them in `sources`", needs=True),
    "updater": Meaning("changed", _NO_CACHE),
    "url": Meaning("taken over", "it is `url`"),
    "url_expire": Meaning("changed", "not needed: every name has a fingerprint"),
    "url_mapping": Meaning("changed", "all assets are below one `url`: the folder has a prefix there"),
    "versions": Meaning("changed", "not needed: every name has a fingerprint"),
}
_OTHERS: Final[Mapping[str, Meaning]] = {
    "CDN_DOMAIN": Meaning("changed", "let `BUILDASSETS_URL` begin with it"),
    "DATAURI_MAX_SIZE": Meaning("taken over", "it is `limit` of `data_urls`"),
    "FLASK_ASSETS_USE_AZURE": Meaning("not possible", _BUCKET, needs=True),
    "FLASK_ASSETS_USE_CDN": Meaning("not possible", _BUCKET, needs=True),
    "FLASK_ASSETS_USE_S3": Meaning("not possible", _BUCKET, needs=True),
    "JST_BARE": Meaning("changed", "templates are always in a function"),
    "JST_COMPILER": Meaning("taken over", "it is called with the text of each template"),
    "JST_DIR_SEPARATOR": Meaning("taken over", "names of templates have it"),
    "JST_NAMESPACE": Meaning("taken over", "templates are properties of it"),
    "LIBSASS_INCLUDES": Meaning("taken over", "Sass also looks there"),
    "SASS_LOAD_PATHS": Meaning("taken over", "Sass also looks there"),
    "PYSCSS_LOAD_PATHS": Meaning("taken over", "Sass also looks there"),
}
# What settings of filters begin with.
_FILTERS: Final = (
    *("AUTOPREFIXER_", "BABEL_", "CLEANCSS_", "CLOSURE_", "COFFEE_", "COMPASS_", "CSSMIN_", "CSSUTILS_", "DUSTJS_"),
    *("HANDLEBARS_", "JADE_", "JSMIN_", "LESS_", "LIBSASS_", "NODE_SASS_", "NODE_SCSS_", "POSTCSS_", "PYSCSS_"),
    *("REQUIREJS_", "SASS_", "SCSS_", "SLIMIT_", "SPRITEMAPPER_", "STYLUS_", "TYPESCRIPT_", "UGLIFYJS_", "YUI_"),
)
LOAD_PATHS: Final = ("LIBSASS_INCLUDES", "SASS_LOAD_PATHS", "PYSCSS_LOAD_PATHS")


def is_of_assets(name: str) -> bool:
    """Whether a setting of an application may be meant for Flask-Assets or for a filter."""
    return name in _OTHERS or name.startswith((PREFIX, f"FLASK_{PREFIX}", *_FILTERS))


def setting_meaning(name: str) -> Meaning:
    """The replacement of the setting `name`, as Flask-Assets calls it."""
    option = name.removeprefix(PREFIX).lower()
    if name.startswith(PREFIX) and option in _OF_OPTIONS:
        return _OF_OPTIONS[option]
    if name in _OTHERS:
        return _OTHERS[name]
    if name.startswith(_FILTERS):
        return _PROGRAM
    known = [*(f"{PREFIX}{one.upper()}" for one in OPTIONS), *_OTHERS]
    near = nearest(name, known)
    advice = f"did you mean `{near}`?" if near else "remove it"
    return Meaning("not possible", f"no setting of webassets: {advice}", needs=True)


def wanted(settings: Mapping[str, Any], name: str) -> Any:
    """The value of a setting in whatever case it is written; None where it has none."""
    return next((value for key, value in settings.items() if key.upper() == name), None)
