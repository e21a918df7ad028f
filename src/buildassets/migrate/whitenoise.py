"""WhiteNoise: it can keep serving the files of a release. Takes a folder, gives a Plan."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from buildassets.compat.meaning import Meaning
from buildassets.migrate.django_settings import (
    STATICFILES,
    STORAGE_PARTS,
    STORAGES,
    accounts,
    judge_of,
    project_of,
    static_settings,
    without_own,
)
from buildassets.migrate.plan import Announce, Plan, written
from buildassets.migrate.python_lines import Answer, Judgement, settings_in, text_of, together
from buildassets.programs.permission import Permission
from buildassets.soundness import names_media_type

_SERVER: Final = "`AssetServer` serves the release by itself, see docs/serving.md"
_STORAGE: Final = "let it be `buildassets.runtime.django.storage.ReleaseStaticFilesStorage`: builds make the copies"
_WATCH: Final = "in development `buildassets watch` builds, and the release is served"
_SETTINGS: Final[Mapping[str, Meaning]] = {
    "WHITENOISE_ADD_HEADERS_FUNCTION": Meaning("taken over", f"WhiteNoise goes on; `headers` of {_SERVER}"),
    "WHITENOISE_ALLOW_ALL_ORIGINS": Meaning("taken over", f"WhiteNoise goes on; `origins` of {_SERVER}"),
    "WHITENOISE_AUTOREFRESH": Meaning("changed", _WATCH),
    "WHITENOISE_CHARSET": Meaning("changed", "texts of a release are UTF-8"),
    "WHITENOISE_IMMUTABLE_FILE_TEST": Meaning("changed", "set it to the form of our names: docs/serving.md"),
    "WHITENOISE_INDEX_FILE": Meaning("not possible", "pages are no assets: keep WhiteNoise for them"),
    "WHITENOISE_KEEP_ONLY_HASHED_FILES": Meaning("taken over", "a release has no other files"),
    "WHITENOISE_MANIFEST_STRICT": Meaning(
        "changed", "a name that is no asset is an error: `buildassets check` finds it"
    ),
    "WHITENOISE_MAX_AGE": Meaning("changed", "every file of a release may be kept for ever"),
    "WHITENOISE_ROOT": Meaning(
        "not possible", "files at the top, such as `robots.txt`, are no assets: keep WhiteNoise"
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
_STORAGES: Final[Mapping[str, Meaning]] = {
    **STORAGE_PARTS,
    "whitenoise.storage.CompressedManifestStaticFilesStorage": Meaning("changed", _STORAGE),
    "whitenoise.storage.CompressedStaticFilesStorage": Meaning("changed", _STORAGE),
}
_MIDDLEWARE: Final[Mapping[str, Meaning]] = {
    "whitenoise.middleware.WhiteNoiseMiddleware": Meaning("taken over", f"it may go on serving; or {_SERVER}"),
}
_APPS: Final[Mapping[str, Meaning]] = {
    "whitenoise.runserver_nostatic": Meaning("changed", "let `manage.py runserver --with-assets` take its place"),
}
_PARTS: Final = {
    **dict.fromkeys(STORAGES, _STORAGES),
    "MIDDLEWARE": _MIDDLEWARE,
    "INSTALLED_APPS": _APPS,
}


def plan(folder: str, module: str | None, *, permission: Permission, announce: Announce) -> Plan:
    """The migration of WhiteNoise in the project in `folder`. Raises ConfigError."""
    project = project_of(folder, module, "WhiteNoise", permission=permission, announce=announce)
    judge = judge_of({**STATICFILES, **_SETTINGS}, _PARTS, "WHITENOISE_", _UNKNOWN)
    types: dict[str, str] = {}

    def noting(statement: ast.stmt) -> Judgement | None:
        for name, value in settings_in(statement):
            if name == _TYPES:
                types.update(pair for _, pair in _entries(value) if _is_ours(*pair))
                return _of_types(value)
        return judge(statement)

    lines = (*accounts(folder, project, noting), *without_own(folder, project))
    settings = {**static_settings(folder, project), **({"types": types} if types else {})}
    return Plan(lines, written(settings))


def _of_types(value: ast.expr) -> Judgement:
    """The answers for the lines of media types."""
    answers: dict[int, list[Answer]] = {}
    for line, (key, given) in _entries(value):
        if _is_ours(key, given):
            answers.setdefault(line, []).append(_TAKEN)
        elif key:
            answers.setdefault(line, []).append(("not possible", f"`{key}`: {_NO_SUFFIX}"))
        else:
            answers.setdefault(line, []).append(("not possible", f"an entry is computed: {_WRITE_IT}"))
    is_computed = not isinstance(value, ast.Dict)
    usual: Answer = ("not possible", f"`{_TYPES}` is computed: {_WRITE_IT}") if is_computed else _TAKEN
    return Judgement(usual, {line: together(on_line) for line, on_line in answers.items()})


def _entries(value: ast.expr) -> Iterator[tuple[int, tuple[str, str]]]:
    """The lines of media types with their keys and values; both are empty where they are no literals."""
    for key, given in zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ():
        pair = (text_of(key) if key else None, text_of(given))
        yield given.lineno, (pair[0], pair[1]) if pair[0] and pair[1] else ("", "")


def _is_ours(key: str, given: str) -> bool:
    return _SUFFIX.fullmatch(key) is not None and names_media_type(given)
