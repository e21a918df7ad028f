"""WhiteNoise: it can keep serving the files of a release. Takes what is asked, gives a Plan."""

import ast
import re
from collections.abc import Mapping
from typing import Final

from buildassets.compat.meaning import Meaning
from buildassets.manifest.soundness import names_media_type
from buildassets.migrate.django import project_of, static_plan
from buildassets.migrate.plan import Answer, Plan, ProjectToMigrate
from buildassets.migrate.python_lines import Judgement, SettingsTable, among
from buildassets.project.python import text_of

_SERVER: Final = "`AssetServer` serves the release by itself, see docs/deploy/serving.md"
_WATCH: Final = "in development `buildassets watch` builds, and the release is served"
_SETTINGS: Final[Mapping[str, Meaning]] = {
    "WHITENOISE_ADD_HEADERS_FUNCTION": Meaning("taken over", f"WhiteNoise goes on; `headers` of {_SERVER}"),
    "WHITENOISE_ALLOW_ALL_ORIGINS": Meaning("taken over", f"WhiteNoise goes on; `origins` of {_SERVER}"),
    "WHITENOISE_AUTOREFRESH": Meaning("changed", _WATCH),
    "WHITENOISE_CHARSET": Meaning("changed", "texts of a release are UTF-8"),
    "WHITENOISE_IMMUTABLE_FILE_TEST": Meaning("changed", "set it to the form of our names: docs/deploy/serving.md"),
    "WHITENOISE_INDEX_FILE": Meaning("not possible", "pages are not assets: keep WhiteNoise for them"),
    "WHITENOISE_KEEP_ONLY_HASHED_FILES": Meaning("taken over", "a release has no other files"),
    "WHITENOISE_MANIFEST_STRICT": Meaning("changed", "an unknown name is an error: `buildassets check` finds it"),
    "WHITENOISE_MAX_AGE": Meaning("changed", "browsers may keep every file of a release forever"),
    "WHITENOISE_ROOT": Meaning(
        "not possible", "files at the top, such as `robots.txt`, are not assets: keep WhiteNoise"
    ),
    "WHITENOISE_SKIP_COMPRESS_EXTENSIONS": Meaning("changed", "copies are kept only where they are smaller"),
    "WHITENOISE_STATIC_PREFIX": Meaning("changed", "it is `url`, by default `STATIC_URL`"),
    "WHITENOISE_USE_FINDERS": Meaning("changed", _WATCH),
}
_TYPES: Final = "WHITENOISE_MIMETYPES"
_TAKEN: Final[Answer] = ("taken over", f"`{_TYPES}`: they are `types`, for the manifest and all who serve by it")
_WRITE_IT: Final = "write it into `types`, by suffix"
_NO_SUFFIX: Final = "`types` has the last suffix in lower case, and no parameters: keep WhiteNoise for a whole name"
_SUFFIX: Final = re.compile(r"\.[^A-Z./\\\s]+")  # as `types` takes it
_UNKNOWN: Final = Meaning("not possible", "no setting of WhiteNoise: remove it")
_TEXTS: Final[Mapping[str, Meaning]] = {
    "whitenoise.middleware.WhiteNoiseMiddleware": Meaning("taken over", f"it may go on serving; or {_SERVER}"),
    "whitenoise.runserver_nostatic": Meaning("changed", "let `manage.py runserver --with-assets` take its place"),
}


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of WhiteNoise in a project. Raises ConfigError."""
    types: dict[str, str] = {}
    project = project_of(asked, "WhiteNoise")
    given = [one for one in project.settings.of(_TYPES) if one.is_conditional or not one.is_used]
    conditional = {(one.value.lineno, one.value.col_offset) for one in given}

    def of_types(_: str, value: ast.expr) -> Judgement:
        if (value.lineno, value.col_offset) in conditional:
            return ("not possible", f"`{_TYPES}` depends on a condition: {_WRITE_IT}"), ()
        if not isinstance(value, ast.Dict):
            return ("not possible", f"`{_TYPES}` is computed: {_WRITE_IT}"), ()
        lines: list[tuple[int, Answer]] = []
        for key, given in zip(value.keys, value.values, strict=True):
            name, media_type = text_of(key) if key else None, text_of(given)
            if not name or not media_type:
                lines.append((given.lineno, ("not possible", f"an entry is computed: {_WRITE_IT}")))
            elif _SUFFIX.fullmatch(name) and names_media_type(media_type):
                types[name] = media_type
                lines.append((given.lineno, _TAKEN))
            else:
                lines.append((given.lineno, ("not possible", f"`{name}`: {_NO_SUFFIX}")))
        return _TAKEN, lines

    table = SettingsTable(among(_SETTINGS, "WHITENOISE_", _UNKNOWN), _TEXTS, {_TYPES: of_types})
    return static_plan(project, table, {"types": types})
