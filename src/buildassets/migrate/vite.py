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
# A key of Vite's configuration with a text, a number or a flag, in its line.
_KEY: Final = re.compile(
    r"""(?<![\w.$"'])(base|root|outDir|manifest|input|port|origin|sourcemap|https)\s*:\s*"""
    r"""(?:(["'`])([^"'`$]*)\2|(\d+)\b|(true|false)\b)?"""
)
_TEXT: Final = re.compile(r""""[^"]*"|'[^']*'|`[^`]*`|//.*""")
_TAG: Final = re.compile(r"\{[%{]-?\s*(load\s[^%{]*\bdjango_vite\b[^%{]*|vite_\w+)")
_LOAD: Final = re.compile(r"\{%-?\s*load\s[^%]*\bdjango_vite\b")
_PYTHON: Final = re.compile(r"django_vite|DJANGO_VITE|flask_vite")
_STAYS: Final = "it stays unchanged"
_OF_TAGS: Final[dict[str, Answer]] = {
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
    unbuilt = [f"`{front.path}`" for front in fronts if not os.path.isfile(files.path(front.manifest))]
    return Plan(
        tuple(lines),
        _settings(files, fronts),
        absent=f"{', '.join(unbuilt)}, which Vite has not built here" if unbuilt else "",
        commands=(*(front.command for front in fronts), "buildassets build"),
    )


class _Front:
    """One configuration of Vite, with what its lines set."""

    def __init__(self, shown: str, text: str, manifest: str) -> None:
        self.shown = shown
        self._manifest = manifest
        self._lines = text.split("\n")
        self._given = {key: value for _, key, value in self._keys()}

    def _keys(self) -> Iterator[tuple[int, str, str | None]]:
        """The number of the line, the key and the value of each setting; None for a value that is computed."""
        depth = 0  # of brackets in the value of `input`
        for number, line in enumerate(self._lines, 1):
            if not line.strip() or line.lstrip().startswith(("//", "*", "/*")):
                continue
            if depth > 0:
                yield number, "input", None
                depth += _opened(line)
                if depth > 0:  # its keys are names of entries
                    continue
            for match in _KEY.finditer(line):
                text = match[3] if match[2] else match[4] or match[5]
                yield number, match[1], text
                depth = _opened(line[match.end() :]) if match[1] == "input" and text is None else depth

    @property
    def path(self) -> str:
        """The folder that Vite builds into, relative to the project."""
        root = posixpath.join(posixpath.dirname(self.shown), self._given.get("root") or "")
        return posixpath.normpath(posixpath.join(root, self._given.get("outDir") or "dist"))

    @property
    def manifest(self) -> str:
        """The file of Vite's manifest, relative to the project."""
        return posixpath.join(self.path, self.source()["manifest"])

    @property
    def command(self) -> str:
        """The command by which Vite builds it."""
        folder = posixpath.dirname(self.shown)
        return f"(cd {quote(folder)} && npx vite build)" if folder else "npx vite build"

    @property
    def base(self) -> str | None:
        """The base that Vite builds for; None where it is computed."""
        return self._given.get("base", "/")

    def source(self) -> dict[str, str]:
        """Our source root."""
        manifest = self._given.get("manifest")
        named = manifest if manifest and manifest not in ("true", "false") else self._manifest
        scheme = "https" if self._given.get("https", "false") != "false" else "http"
        port = self._given.get("port")
        return {"path": self.path, "manifest": named, "dev": f"{scheme}://localhost:{port or _PORT}"}

    def lines(self) -> Iterator[Accounted]:
        """The account of each line that matters."""
        if missing := [text for key, text in _NEEDED.items() if key not in self._given]:
            number = next((number for number, line in enumerate(self._lines, 1) if _START.search(line)), 1)
            note = f"add {' and '.join(missing)}"
            yield Accounted(self.shown, number, text=self._lines[number - 1].strip(), outcome="changed", note=note)
        answers = by_line((number, self._answer(key, value)) for number, key, value in self._keys())
        for number, answer in answers.items():
            yield Accounted(self.shown, number, self._lines[number - 1].strip(), *answer)

    def _answer(self, key: str, value: str | None) -> Answer:
        if value is None and key not in ("input", "https", "sourcemap"):
            return "not possible", f"`{key}` is computed, and no code of Vite is run here: write the value that it has"
        return _OF_VALUES.get((key, value), _TAKEN[key])


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


def _opened(line: str) -> int:
    """How many more brackets a line opens than it closes, outside of texts."""
    plain = _TEXT.sub("", line)
    return sum(map(plain.count, "[({")) - sum(map(plain.count, "])}"))


_NEEDED: Final = {"base": '`base: "./"`', "manifest": "`build: { manifest: true }`"}
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


def _settings(files: ProjectFiles, fronts: list[_Front]) -> dict[str, Any]:
    """Our configuration: the usual source root, and what Vite builds."""
    usual = next((name for name in DEFAULT_ROOTS if files.has_folder(name)), None)
    built = [front.source() for front in fronts]
    inside = [posixpath.relpath(one["path"], usual) for one in built if usual and one["path"].startswith(f"{usual}/")]
    own: list[Any] = (
        [{"path": usual, "exclude": [f"{name}/**" for name in inside]} if inside else usual] if usual else []
    )
    bases = (front.base for front in fronts)
    url = next((base for base in bases if base and base not in ("/", *_RELATIVE)), None)
    pages = template_folders(files, is_django=False)
    is_django = any(_LOAD.search(files.text(name)) for name in files.ending(".html", outside=_PASSED_OVER))
    templates = {"templates": {"dirs": [*pages], "engine": "django"}} if is_django and pages else {}
    return {"sources": [*own, *built], **({"url": url} if url else {}), **templates}
