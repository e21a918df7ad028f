"""Flask-Static-Digest: static folders become source roots. Takes what is asked, gives a Plan. Runs no code of it."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.migrate.flask_folders import FlaskFolders
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, nothing_there
from buildassets.migrate.python_lines import Judgement, SettingsTable, Uses, accounts_of, among, answer_of
from buildassets.project.files import ProjectFiles
from buildassets.project.python import UNKNOWN, literal_of

_THEIRS: Final = re.compile(r"flask_static_digest|FLASK_STATIC_DIGEST_|static_url_for")
_FOLDER: Final = re.compile(r"\b(?:Flask|Blueprint)\s*\(")
_CALL: Final = re.compile(r"\bstatic_url_for\s*\(")
_PASSED_OVER: Final = ("tests", "test", "build", "dist")
_TEMPLATES: Final = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".xml", ".txt")
_HOST: Final = "FLASK_STATIC_DIGEST_HOST_URL"
_COMPRESSION: Final = "FLASK_STATIC_DIGEST_COMPRESSION"
_GZIP: Final = "FLASK_STATIC_DIGEST_GZIP_FILES"
_SETTINGS: Final[Mapping[str, Meaning]] = {
    "FLASK_STATIC_DIGEST_BLACKLIST_FILTER": Meaning(
        "not possible", "every file of a release has a fingerprint: put what needs its own name in `exclude`"
    ),
    _COMPRESSION: Meaning("taken over", "it is `compress`"),
    _GZIP: Meaning("taken over", "it is `compress`"),
    _HOST: Meaning("taken over", "it is the beginning of `url`"),
}
_UNKNOWN: Final = Meaning("not possible", "no setting of Flask-Static-Digest: remove it")
_MEANING: Final = among(_SETTINGS, "FLASK_STATIC_DIGEST_", _UNKNOWN)
_EXTENSION: Final[Answer] = (
    "changed",
    "put `FlaskAssets(app, static=True)` of `buildassets.runtime.flask` in its place: docs/frameworks/flask.md",
)
_HELPER: Final[Answer] = (
    "changed",
    '`url_for` gives the same; or let `app.jinja_env.globals["static_url_for"]` be that of `url_for`',
)
_CODINGS: Final = {"gzip": "gzip", "brotli": "br"}


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of a project. Raises ConfigError."""
    files, values = ProjectFiles(asked.folder), dict[str, Any]()
    folders = FlaskFolders(asked.folder)
    lines = [
        line
        for name in files.ending(".py", *_TEMPLATES, outside=(*_PASSED_OVER, "static"))
        for line in _lines(files, name, _Judge(files.path(name), values, folders))
    ]
    if not any(_THEIRS.search(line.text) for line in lines):
        raise nothing_there("Flask-Static-Digest", ["flask_static_digest"])
    prefixes = [*dict.fromkeys(one.url for one in folders.found if not one.blueprint)] or ["/static/"]
    settings = {
        "sources": [*_sources(files, folders)],
        **dict(_settings(values, prefixes[0])),
        "url_prefixes": prefixes,
    }
    return Plan(tuple(lines), settings)


def _lines(files: ProjectFiles, name: str, judge: "_Judge") -> Iterator[Accounted]:
    text = files.text(name)
    if name.endswith(".py"):
        yield from accounts_of(name, text, judge) if _THEIRS.search(text) or _FOLDER.search(text) else ()
        return
    for number, line in enumerate(text.split("\n"), 1):
        if _CALL.search(line):
            yield Accounted(name, number, line.strip(), *_HELPER)


class _Judge:
    """Finds the statements of `module` about Flask-Static-Digest and static folders.

    Records these in `folders`, and in `values` those of its settings.
    """

    def __init__(self, module: str, values: dict[str, Any], folders: FlaskFolders) -> None:
        self._module = module
        self._values = values
        self._folders = folders
        self._uses = Uses("flask_static_digest")
        self._table = SettingsTable(_MEANING, readers=dict.fromkeys(_SETTINGS, self._noted))

    def __call__(self, statement: ast.stmt) -> Judgement | None:
        if self._uses.imports(statement):
            return _EXTENSION, ()
        if judged := self._table.judge(statement):
            return judged
        if any(isinstance(one, ast.Name) and one.id == "static_url_for" for one in ast.walk(statement)):
            return _HELPER, ()
        if self._uses.has(statement):
            return _EXTENSION, ()
        answer = self._folders.answer(self._module, statement)
        return (answer, ()) if answer else None

    def _noted(self, name: str, value: ast.expr) -> Judgement:
        found = literal_of(value)
        if found is UNKNOWN:
            note = f"`{name}` is computed: {_SETTINGS[name].note}, with the value that it has"
            return ("not possible", note), ()
        self._values[name] = found
        return answer_of(name, _SETTINGS[name]), ()


def _settings(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """The keys of our configuration that their settings have."""
    host, compression = values.get(_HOST), values.get(_COMPRESSION)
    if isinstance(host, str) and host.startswith(("http://", "https://", "/")):
        yield "url", f"{host.rstrip('/')}{prefix}"
    if isinstance(compression, list | tuple | set):
        yield "compress", sorted(_CODINGS[one] for one in compression if isinstance(one, str) and one in _CODINGS)
    elif values.get(_GZIP) is False:
        yield "compress", []


def _sources(files: ProjectFiles, folders: FlaskFolders) -> Iterator[Any]:
    """The static folders that modules name, and those called `static`.

    Where no application names its own, it is the one nearest to the top; the others belong to blueprints.
    """
    named = {one.path: one.blueprint for one in folders.found}
    yield from ({"path": path, "prefix": prefix} if prefix else path for path, prefix in named.items())
    known = tuple(f"{path}/" for path in {*named, *folders.unused})
    within = (f"/{name}".partition("/static/") for name in files.ending("", outside=_PASSED_OVER))
    others = {f"{owner}/static"[1:] for owner, separator, _ in within if separator}
    others = {path for path in others if not f"{path}/".startswith(known)}
    is_without = not folders.unused and "" not in named.values()
    for number, path in enumerate(sorted(others, key=lambda path: (path.count("/"), path))):
        above = path.split("/")[-2:-1]
        yield path if (is_without and number == 0) or not above else {"path": path, "prefix": above[0]}
