"""Flask-Static-Digest: static folders become source roots. Takes a folder, gives a Plan. Runs no code of it."""

import ast
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compiler.config.file import read_text, relative_to
from buildassets.files import small_text_of
from buildassets.folders import walk
from buildassets.migrate.flask_folders import FlaskFolders
from buildassets.migrate.plan import Accounted, Plan, nothing_there, written
from buildassets.migrate.python_lines import Answer, Judgement, accounts_of, settings_in, together

_PREFIX: Final = "FLASK_STATIC_DIGEST_"
_THEIRS: Final = re.compile(r"flask_static_digest|FLASK_STATIC_DIGEST_|static_url_for")
_FOLDER: Final = re.compile(r"\b(?:Flask|Blueprint)\s*\(")
_CALL: Final = re.compile(r"\bstatic_url_for\s*\(")
_PASSED_OVER: Final = ("node_modules", "site-packages", "tests", "test", "build", "dist", "static")
_TEMPLATES: Final = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".xml", ".txt")
_SETTINGS: Final[Mapping[str, Meaning]] = {
    "FLASK_STATIC_DIGEST_BLACKLIST_FILTER": Meaning(
        "not possible", "every file of a release has a fingerprint: put what needs its own name in `exclude`"
    ),
    "FLASK_STATIC_DIGEST_COMPRESSION": Meaning("taken over", "it is `compress`"),
    "FLASK_STATIC_DIGEST_GZIP_FILES": Meaning("taken over", "it is `compress`"),
    "FLASK_STATIC_DIGEST_HOST_URL": Meaning("taken over", "it is the beginning of `url`"),
}
_UNKNOWN: Final = Meaning("not possible", "no setting of Flask-Static-Digest: remove it")
_EXTENSION: Final[Answer] = (
    "changed",
    "put `FlaskAssets(app, static=True)` of `buildassets.runtime.flask` in its place: docs/flask.md",
)
_HELPER: Final[Answer] = (
    "changed",
    '`url_for` gives the same; or let `app.jinja_env.globals["static_url_for"]` be that of `url_for`',
)
_CODINGS: Final = {"gzip": "gzip", "brotli": "br"}


def plan(folder: str) -> Plan:
    """The migration of Flask-Static-Digest in the project in `folder`. Raises ConfigError."""
    values: dict[str, Any] = {}
    folders = FlaskFolders(folder)
    lines = tuple(line for path in _files(folder) for line in _lines(folder, path, values, folders))
    if not any(_THEIRS.search(line.text) for line in lines):
        raise nothing_there("Flask-Static-Digest", ["flask_static_digest"])
    return Plan(lines, written(_settings(folder, values, folders)))


def _files(folder: str) -> Iterator[str]:
    """The modules and templates of the project."""
    for top, folders, files in walk(folder):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER and not _is_aside(top, name))
        yield from (os.path.join(top, name) for name in sorted(files) if name.endswith((".py", *_TEMPLATES)))


def _is_aside(top: str, name: str) -> bool:
    return name.startswith(".") or os.path.exists(os.path.join(top, name, "pyvenv.cfg"))


def _lines(folder: str, path: str, values: dict[str, Any], folders: FlaskFolders) -> Iterator[Accounted]:
    shown = relative_to(folder, path)
    content = small_text_of(path) or ""
    if not _THEIRS.search(content) and not (path.endswith(".py") and _FOLDER.search(content)):
        return
    text = read_text(path, shown)
    if path.endswith(".py"):
        yield from accounts_of(shown, text, _Judge(path, values, folders))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if _CALL.search(line):
            yield Accounted(shown, number, line.strip(), *_HELPER)


class _Judge:
    """Finds the statements of `module` about Flask-Static-Digest and static folders.

    Records these in `folders`, and in `values` those of its settings.
    """

    def __init__(self, module: str, values: dict[str, Any], folders: FlaskFolders) -> None:
        self._module = module
        self._values = values
        self._folders = folders
        self._names: set[str] = set()

    def __call__(self, statement: ast.stmt) -> Judgement | None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return self._imported(statement)
        settings = [(name, value) for name, value in settings_in(statement) if name.startswith(_PREFIX)]
        if settings:
            return self._of_settings(settings)
        used = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}
        if "static_url_for" in used:
            return Judgement(_HELPER)
        if not used & self._names:
            answer = self._folders.answer(self._module, statement)
            return Judgement(answer) if answer else None
        if isinstance(statement, ast.Assign):
            self._names |= {one.id for one in statement.targets if isinstance(one, ast.Name)}
        return Judgement(_EXTENSION)

    def _of_settings(self, settings: list[tuple[str, ast.expr]]) -> Judgement:
        answers = [(value, self._noted(name, value, _SETTINGS.get(name, _UNKNOWN))) for name, value in settings]
        if len(answers) == 1:
            return Judgement(answers[0][1])
        lines: dict[int, list[Answer]] = {}
        for value, answer in answers:
            for line in range(value.lineno, (value.end_lineno or value.lineno) + 1):
                lines.setdefault(line, []).append(answer)
        return Judgement(None, {line: together(on_line) for line, on_line in lines.items()})

    def _noted(self, name: str, value: ast.expr, meaning: Meaning) -> Answer:
        try:
            self._values[name] = ast.literal_eval(value)
        except ValueError:
            return "not possible", f"`{name}` is computed: {meaning.note}, with the value that it has"
        return meaning.outcome, f"`{name}`: {meaning.note}"

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> Judgement | None:
        modules = [statement.module] if isinstance(statement, ast.ImportFrom) else [one.name for one in statement.names]
        if "flask_static_digest" not in modules:
            return None
        self._names |= {one.asname or one.name for one in statement.names}
        return Judgement(_EXTENSION)


def _settings(folder: str, values: Mapping[str, Any], folders: FlaskFolders) -> dict[str, Any]:
    """Our configuration."""
    found: dict[str, Any] = {"sources": [*_sources(folder, folders)]}
    prefixes = [*dict.fromkeys(one.url for one in folders.found if not one.blueprint)] or ["/static/"]
    host = values.get("FLASK_STATIC_DIGEST_HOST_URL")
    if isinstance(host, str) and host.startswith(("http://", "https://", "/")):
        found["url"] = f"{host.rstrip('/')}{prefixes[0]}"
    found["url_prefixes"] = prefixes
    compression = values.get("FLASK_STATIC_DIGEST_COMPRESSION")
    if isinstance(compression, list | tuple | set):
        found["compress"] = sorted(_CODINGS[one] for one in compression if one in _CODINGS)
    elif values.get("FLASK_STATIC_DIGEST_GZIP_FILES") is False:
        found["compress"] = []
    return found


def _sources(folder: str, folders: FlaskFolders) -> Iterator[Any]:
    """The static folders that modules name, and those called `static`.

    Where no application names its own, it is the one nearest to the top; the others belong to blueprints.
    """
    named = {one.path: one.blueprint for one in folders.found}
    yield from ({"path": path, "prefix": prefix} if prefix else path for path, prefix in named.items())
    others = [path for path in _static_folders(folder) if not _is_below(path, {*named, *folders.unused})]
    is_without = not folders.unused and "" not in named.values()
    for number, path in enumerate(sorted(others, key=lambda path: (path.count("/"), path))):
        above = path.split("/")[-2:-1]
        yield path if (is_without and number == 0) or not above else {"path": path, "prefix": above[0]}


def _is_below(path: str, above: set[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in above)


def _static_folders(folder: str) -> Iterator[str]:
    for top, folders, _ in walk(folder):
        folders[:] = [name for name in folders if name not in _PASSED_OVER[:-1] and not _is_aside(top, name)]
        if "static" in folders:
            folders.remove("static")
            yield relative_to(folder, os.path.join(top, "static"))
