"""Vite: what it builds becomes a source root, and its server `dev`. Takes what is asked, gives a Plan."""

import ast
import json
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import partial
from shlex import quote
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, by_line, nothing_there, together
from buildassets.migrate.python_lines import Judgement, SettingsTable, Uses, accounts_of, among
from buildassets.project.files import ProjectFiles
from buildassets.project.found import template_folders

_NAMES: Final = tuple(f"vite.config.{suffix}" for suffix in ("js", "mjs", "ts", "mts", "cjs", "cts"))
_PASSED_OVER: Final = ("tests", "test", "build", "dist", "static")
_TEMPLATES: Final = (".html", ".htm", ".jinja", ".jinja2", ".j2")
_PORT: Final = 5173
_MANIFEST: Final = ".vite/manifest.json"
_MANIFEST_BEFORE_5: Final = "manifest.json"
_MAJOR: Final = re.compile(r"[\^~>=v\s]*(\d+)(?:\.|\Z)")
_HIDDEN_SINCE: Final = 5
_RELATIVE: Final = ("", "./")
_START: Final = re.compile(r"\bdefineConfig\b\s*\(|\bexport\s+default\b|\bmodule\.exports\b")
_TOKEN: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<token>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[\w$][\w$.]*|[^\s])""",
    re.DOTALL,
)
_OPTIONS: Final = ("build.rollupOptions", "build.rolldownOptions")
# The names here of the keys of Vite's configuration that matter, by their paths.
_KEYS: Final = {
    **{key: key for key in ("base", "root", "publicDir")},
    **{f"build.{key}": key for key in ("outDir", "manifest", "sourcemap")},
    **{f"server.{key}": key for key in ("port", "origin", "https")},
    **{f"{options}.input": "input" for options in _OPTIONS},
    **{f"{options}.output.dir": "dir" for options in _OPTIONS},
}
# A key that is not known where one of these tables is computed.
_TABLES: Final = {"build": "outDir", **{f"{options}.output": "dir" for options in _OPTIONS}}
_ASSIGNED: Final = ("build", "server")  # tables that are often assigned to a variable of their name first
_ENDS: Final = (",", "}", ")", ";")
_LONGEST: Final = 16  # tokens of a value that is read
_PLAIN: Final = re.compile(r"""(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(\d+|true|false))(?=[,});])""")
_FROM_CONFIGURATION: Final = "\0"
_BESIDE: Final = re.compile(
    r"(?:path\.)?(?:resolve|join)\((?:__dirname|import\.meta\.dirname),(?P<path>[\"'][^\"']*[\"'])\)"
)
_FALLBACK: Final = re.compile(r"process\.env\.\w+(?:\|\||\?\?)")
_TAG: Final = re.compile(r"\{[%{]-?\s*(load\s[^%{]*\bdjango_vite\b[^%{]*|vite_\w+)")
_LOAD: Final = re.compile(r"\{%-?\s*load\s")
_PYTHON: Final = re.compile(r"django_vite|DJANGO_VITE|flask_vite")
_STAYS: Final = "it stays unchanged"
_OF_TAGS: Final[dict[str, Answer]] = {
    "vite_hmr": ("changed", "leave it out: `script` has Vite's client, in each page once"),
    "vite_hmr_client": ("changed", "leave it out: `script` has Vite's client, in each page once"),
    "vite_asset": ("changed", 'write `script` with the same name, as in `{% script "src/main.ts" %}`'),
    "vite_asset_url": ("changed", "write `asset` with the same name"),
    "vite_preload_asset": ("changed", "leave it out: `script` preloads what the entry imports"),
    "vite_react_refresh": ("changed", "write `vite_refresh`, before the first `script`"),
    "vite_tags": ("changed", 'write `script` with the entry, as in `{{ script("src/main.ts") }}`'),
}
_LEGACY: Final[Answer] = ("not possible", "builds for browsers without modules are not loaded: set `build.target`")
_APPS: Final = {
    "django_vite": Meaning(
        "changed",
        "replace it by `buildassets.runtime.django` above `django.contrib.staticfiles`: docs/frameworks/django.md",
    )
}
_OF_SETTINGS: Final = Meaning(
    "changed", "set `BUILDASSETS` in its place, and name the server as `dev`: docs/frameworks/django.md"
)
_TABLE: Final = SettingsTable(among({}, "DJANGO_VITE", _OF_SETTINGS), _APPS)
_OF_DJANGO: Final = "Django's own static files, with which `migrate django vite` makes a plan"
_OF_FLASK: Final[Answer] = (
    "changed",
    "put `FlaskAssets(app)` of `buildassets.runtime.flask` in its place: docs/frameworks/flask.md",
)


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of the projects of Vite in a folder, which may lie in folders of it. Raises ConfigError."""
    files = ProjectFiles(asked.folder)
    # Of several configurations in one folder, Vite takes the first by their suffixes.
    named = sorted(files.ending(*_NAMES, outside=_PASSED_OVER), key=lambda name: _NAMES.index(posixpath.basename(name)))
    taken = {posixpath.dirname(name): name for name in reversed(named)}
    fronts = [_Front(name, files.text(name), _manifest_of(files, name)) for _, name in sorted(taken.items())]
    if not fronts:
        raise nothing_there("Vite", ["vite.config.js", "vite.config.ts"])
    lines = [line for front in fronts for line in front.lines()]
    users = files.ending(".py", *_TEMPLATES, outside=_PASSED_OVER)
    lines += (line for name in users for line in _users(name, files.text(name)))
    unbuilt = [
        f"`{front.path or front.shown}`"
        for front in fronts
        if not (front.manifest and os.path.isfile(files.path(front.manifest)))
    ]
    absent = [f"{', '.join(unbuilt)}, which Vite has not built here"] if unbuilt else []
    is_django = any(_LOAD.search(files.text(name)) for name in files.ending(".html", outside=_PASSED_OVER))
    absent += [_OF_DJANGO] if is_django and not asked.is_with_django else []
    return Plan(
        tuple(lines),
        _settings(files, fronts, is_django=is_django),
        absent=", or of ".join(absent),
        before=tuple(front.command for front in fronts),
    )


class _Front:
    """One configuration of Vite, with what its lines set."""

    def __init__(self, shown: str, text: str, manifest: str) -> None:
        self.shown = shown
        self._manifest = manifest
        self._lines = text.split("\n")
        self._keys = [*_keys_of(text)]
        self._given: dict[str, str | None] = {}
        for _, key, value in self._keys:
            self._given[key] = value if self._given.setdefault(key, value) == value else None

    @property
    def path(self) -> str | None:
        """The folder that Vite builds into, relative to the project; None where it is computed."""
        folder = posixpath.dirname(self.shown)
        root, built = self._given.get("root", ""), self._given.get("dir", self._given.get("outDir", "dist"))
        if root is None or built is None:
            return None
        is_beside = "dir" in self._given or built.startswith(_FROM_CONFIGURATION)
        start = folder if is_beside else posixpath.join(folder, root.removeprefix(_FROM_CONFIGURATION))
        return posixpath.normpath(posixpath.join(start, built.removeprefix(_FROM_CONFIGURATION)))

    @property
    def manifest(self) -> str | None:
        """The file of Vite's manifest, relative to the project; None where its folder is computed."""
        return posixpath.join(self.path, self._manifest_name) if self.path else None

    @property
    def command(self) -> str:
        """The command by which Vite builds it."""
        folder = posixpath.dirname(self.shown)
        return f"(cd {quote(folder)} && npx vite build)" if folder else "npx vite build"

    @property
    def base(self) -> str | None:
        """The base that Vite builds for; None where it is computed."""
        return self._given.get("base", "/")

    @property
    def _manifest_name(self) -> str:
        manifest = self._given.get("manifest")
        return manifest if manifest and manifest not in ("true", "false") else self._manifest

    def source(self) -> dict[str, str]:
        """Our source root; without a path where that is computed."""
        scheme = "https" if self._given.get("https", "false") != "false" else "http"
        port = self._given.get("port")
        path = {"path": self.path} if self.path else {}
        return {**path, "manifest": self._manifest_name, "dev": f"{scheme}://localhost:{port or _PORT}"}

    def lines(self) -> Iterator[Accounted]:
        """The account of each line that matters."""
        if missing := [text for key, text in _NEEDED.items() if key not in self._given]:
            number = next((number for number, line in enumerate(self._lines, 1) if _START.search(line)), 1)
            note = f"add {' and '.join(missing)}"
            yield Accounted(self.shown, number, text=self._lines[number - 1].strip(), outcome="changed", note=note)
        answers = by_line((number, self._answer(key, value)) for number, key, value in self._keys)
        for number, answer in answers.items():
            yield Accounted(self.shown, number, self._lines[number - 1].strip(), *answer)

    def _answer(self, key: str, value: str | None) -> Answer:
        if self._given[key] is None and key not in ("input", "https", "sourcemap"):
            why = "is computed, and no code of Vite is run here" if value is None else "has several values here"
            return "not possible", f"`{key}` {why}: {_ASKED.get(key, 'write the value that it has')}"
        return _OF_VALUES.get((key, value), _TAKEN[key])


def _keys_of(text: str) -> Iterator[tuple[int, str, str | None]]:
    """The number of the line, the key and the value of each setting in `_KEYS`; None for a value that is computed."""
    found = [match for match in _TOKEN.finditer(text) if match["token"]]
    tokens = ["", "", *(match["token"] for match in found), "", ""]
    lines = _line_numbers(text, [match.start() for match in found])
    around: list[str] = []  # the key of each open bracket, empty for those without one
    for number, token in enumerate(tokens[2:-2], 2):
        if token in ("{", "[", "("):
            around.append(_key_before(tokens, number))
        elif token in ("}", "]", ")"):
            around = around[:-1]
        path = ".".join(filter(None, around))
        is_key = tokens[number + 1] == ":" and tokens[number - 1] in ("{", ",")
        named = ".".join(filter(None, (path, token.strip("\"'")))) if is_key else ""
        if named in _KEYS:
            yield lines[number - 2], _KEYS[named], _value_of(tokens, number + 2)
        elif named in _TABLES and tokens[number + 2] != "{":
            yield lines[number - 2], _TABLES[named], None
        elif _KEYS.get(path) == "input" and token[0] in "\"'`":
            yield lines[number - 2], "input", None


def _line_numbers(text: str, starts: Sequence[int]) -> list[int]:
    """The number of the line of each of the offsets, which ascend."""
    numbers, number, before = [], 1, 0
    for start in starts:
        number += text.count("\n", before, start)
        before = start
        numbers.append(number)
    return numbers


def _key_before(tokens: Sequence[str], number: int) -> str:
    """The key whose value the bracket at `number` begins; empty without one."""
    mark, name = tokens[number - 1], tokens[number - 2].strip("\"'")
    return name if (mark == ":" and tokens[number - 3] in ("{", ",")) or (mark == "=" and name in _ASSIGNED) else ""


def _value_of(tokens: Sequence[str], start: int) -> str | None:
    """The text, number or flag that begins at `start`, or that is used there without a variable of the environment.

    A path that is joined to the folder of the configuration is marked.
    """
    written = "".join(tokens[start : start + _LONGEST])
    if fallback := _FALLBACK.match(written):
        written = written[fallback.end() :]
    if joined := _BESIDE.match(written):
        return _FROM_CONFIGURATION + joined["path"][1:-1] if written[joined.end() : joined.end() + 1] in _ENDS else None
    plain = _PLAIN.match(written)
    return next(filter(None, plain.groups()), "") if plain and "$" not in plain[0] else None


def _manifest_of(files: ProjectFiles, config: str) -> str:
    """The path of Vite's manifest by its version, which the nearest `package.json` states."""
    parts = posixpath.dirname(config).split("/")
    for number in range(len(parts), -1, -1):
        name = posixpath.join(*parts[:number], "package.json")
        if name in files.names and (stated := _stated(files.text(name))):
            major = _MAJOR.match(stated)
            return _MANIFEST_BEFORE_5 if major and int(major[1]) < _HIDDEN_SINCE else _MANIFEST
    return _MANIFEST


def _stated(text: str) -> str:
    """The version of Vite in a `package.json`; empty if it has none."""
    try:
        described = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    tables = [described.get(key) for key in ("devDependencies", "dependencies")] if isinstance(described, dict) else []
    stated = [one["vite"] for one in tables if isinstance(one, dict) and isinstance(one.get("vite"), str)]
    return stated[0] if stated else ""


_NEEDED: Final = {"base": '`base: "./"`', "manifest": "`build: { manifest: true }`"}
_FOLDER: Final = 'name the folder that it writes in `sources`, as in `{ path = "FOLDER", manifest = "MANIFEST" }`'
_ASKED: Final = {**dict.fromkeys(("root", "outDir", "dir"), _FOLDER), "base": 'write `base: "./"`'}
_ANYWHERE: Final[Answer] = ("taken over", f"{_STAYS}: a release may be served anywhere")
_OF_VALUES: Final[dict[tuple[str, str | None], Answer]] = {
    ("base", ""): _ANYWHERE,
    ("base", "./"): _ANYWHERE,
    ("base", "/"): ("changed", 'write `base: "./"`'),
    ("manifest", "false"): ("changed", "write `manifest: true`, by which names of sources are found"),
}
_TAKEN: Final[dict[str, Answer]] = {
    "base": ("taken over", "it is `url`"),
    "manifest": ("taken over", "it is `manifest` of the source root"),
    "root": ("taken over", "it is the folder that `outDir` is relative to"),
    "outDir": ("taken over", "it is a source root"),
    "dir": ("taken over", "it is a source root, in place of `outDir`"),
    "publicDir": ("taken over", "Vite copies its files into its output, from which they are released"),
    "input": ("taken over", 'templates name these, as in `script("src/main.ts")`'),
    "port": ("taken over", "it is the port of `dev`"),
    "origin": ("taken over", _STAYS),
    "https": ("taken over", "`dev` begins with `https:`"),
    "sourcemap": ("taken over", f"{_STAYS}; to keep maps out of the release, name `**/*.map` in `exclude`"),
}


def _users(shown: str, text: str) -> Iterator[Accounted]:
    """The lines of a module or a template that use Vite through another package."""
    if shown.endswith(".py"):
        yield from accounts_of(shown, text, partial(_judged, Uses("flask_vite"))) if _PYTHON.search(text) else ()
        return
    for number, line in enumerate(text.split("\n"), 1):
        if answers := [_of_tag(match[1].split()) for match in _TAG.finditer(line)]:
            yield Accounted(shown, number, line.strip(), *together(answers))


def _of_tag(words: Sequence[str]) -> Answer:
    """The answer for a tag or an expression of `words`: `load` with all libraries, or one helper."""
    name = words[0]
    if name != "load":
        return _OF_TAGS.get(name, _LEGACY if "legacy" in name else _OTHER)
    libraries = ["django_vite"] if "from" in words else words[1:]
    named = dict.fromkeys("buildassets" if one == "django_vite" else one for one in libraries)
    return "changed", f"write `{{% load {' '.join(named)} %}}`"


_OTHER: Final[Answer] = ("not possible", "there is no such helper: docs/guides/vite.md")


def _judged(uses: Uses, statement: ast.stmt) -> Judgement | None:
    """The judgement of a statement that uses django-vite or Flask-Vite."""
    if uses.imports(statement) or uses.has(statement):
        return _OF_FLASK, ()
    return _TABLE.judge(statement)


def _settings(files: ProjectFiles, fronts: list[_Front], *, is_django: bool) -> dict[str, Any]:
    """Our configuration: the usual source root, and what Vite builds."""
    usual = next((name for name in DEFAULT_ROOTS if files.has_folder(name)), None)
    built = [front.source() for front in fronts if front.path]
    inside = [posixpath.relpath(one["path"], usual) for one in built if usual and one["path"].startswith(f"{usual}/")]
    own: list[Any] = (
        [{"path": usual, "exclude": [f"{name}/**" for name in inside]} if inside else usual] if usual else []
    )
    bases = (front.base for front in fronts)
    url = next((base for base in bases if base and base not in ("/", *_RELATIVE)), None)
    pages = template_folders(files, is_django=False)
    templates = {"templates": {"dirs": [*pages], "engine": "django"}} if is_django and pages else {}
    sources = [*own, *built]
    return {**({"sources": sources} if sources else {}), **({"url": url} if url else {}), **templates}
