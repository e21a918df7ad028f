"""django-compressor: builds keep reading its settings. Takes what is asked, gives a Plan."""

import ast
import os
from collections.abc import Mapping
from typing import Any, Final

from buildassets.compat.compressor.compile.meanings import MEANINGS
from buildassets.compat.meaning import Meaning
from buildassets.compiler.config.file import relative_to
from buildassets.migrate.django import project_of
from buildassets.migrate.plan import Plan, ProjectToMigrate
from buildassets.migrate.python_lines import Judgement, SettingsTable, among, answer_of
from buildassets.project.django_files import DjangoSettings
from buildassets.project.python import UNKNOWN, value_of

_SMALLER: Final = Meaning("changed", "nothing to do: what is released is minified")
_FOLDERS: Final = "LIBSASS_ADDITIONAL_INCLUDE_PATHS"
_SETTINGS: Final[Mapping[str, Meaning]] = {
    **MEANINGS,
    _FOLDERS: Meaning("taken over", "used: Sass also looks there"),
    "LIBSASS_CUSTOM_FUNCTIONS": Meaning("taken over", "used; `static` is known anyway"),
    "LIBSASS_OUTPUT_STYLE": _SMALLER,
    "LIBSASS_PRECISION": Meaning("taken over", "used by libsass; without it there are 10 digits"),
    "LIBSASS_SOURCEMAPS": Meaning("changed", "nothing to do: see `source_maps` in the configuration"),
    "LIBSASS_SOURCE_COMMENTS": _SMALLER,
}
_UNKNOWN: Final = Meaning("not possible", "not known to django-compressor: remove it")
_EXTENSION: Final = "compressor.contrib.jinja2ext.CompressorExtension"
_TEXTS: Final[Mapping[str, Meaning]] = {
    "compressor": Meaning("changed", "put `buildassets.compat.compressor` in its place"),
    _EXTENSION: Meaning("changed", "it is `buildassets.compat.compressor.CompressorExtension`"),
}
_BUILD: Final = "build with `manage.py assets build`, which finds static files as Django does"
_EMBEDS: Final = "CssDataUriFilter"
_MINIFYING: Final = ("min", "yui", "yuglify", "closure", "cleancss")


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of the project. Raises ConfigError if its settings cannot be found or loaded."""
    project = project_of(asked, "django-compressor")
    settings = project.settings
    filters = _filters(settings)

    def of_filters(name: str, _: ast.expr) -> Judgement:
        value = _value(settings, name)
        if any(map(_are_computed, value.values() if isinstance(value, dict) else [value])):
            return ("not possible", f"`{name}` is computed: set `engines` where its filters minify nothing"), ()
        return answer_of(name, _SETTINGS[name]), ()

    readers = dict.fromkeys(("COMPRESS_FILTERS", "COMPRESS_CSS_FILTERS", "COMPRESS_JS_FILTERS"), of_filters)
    lines = [*project.accounts(SettingsTable(among(_SETTINGS, "COMPRESS_", _UNKNOWN), _TEXTS, readers))]
    lines += project.build(_BUILD)
    embeds = any(one.endswith(_EMBEDS) for one in filters.get("css", ()))
    limit = settings.value("COMPRESS_DATA_URI_MAX_SIZE", 1024)
    minifies_nothing = [kind for kind in filters if not any(word in str(filters[kind]).lower() for word in _MINIFYING)]
    folders = [os.path.join(asked.folder, one) for one in settings.texts(_FOLDERS) or ()]
    found: dict[str, Any] = {
        "output": "build",
        **({} if "STATIC_URL" in project.computed else {"url": project.url or "/static/"}),
        **({"load_paths": [relative_to(asked.folder, one) for one in folders]} if folders else {}),
        "engines": dict.fromkeys(minifies_nothing, "none"),
        "data_urls": {"limit": limit} if embeds and isinstance(limit, int) else {},
    }
    return project.plan(lines, found)


def _are_computed(filters: object) -> bool:
    return filters is UNKNOWN or (isinstance(filters, list) and not all(isinstance(one, str) for one in filters))


def _value(settings: DjangoSettings, name: str) -> Any:
    """The value of a setting, which is the literal that is assigned last where other code might change it."""
    value, last = settings.value(name), settings.last(name)
    if last is None:
        return None
    return value_of(last.value) if value is UNKNOWN and last.replaces else value


def _filters(settings: DjangoSettings) -> dict[str, list[str]]:
    """The filters of each kind that settings name; before django-compressor 2.3 each kind has a setting."""
    older = {kind: _value(settings, f"COMPRESS_{kind.upper()}_FILTERS") for kind in ("css", "js")}
    table = _value(settings, "COMPRESS_FILTERS")
    named = {
        **(table if isinstance(table, dict) else {}),
        **{kind: one for kind, one in older.items() if one is not None},
    }
    return {
        kind: [text for text in one if isinstance(text, str)] for kind, one in named.items() if isinstance(one, list)
    }
