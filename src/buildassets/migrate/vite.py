"""Vite: what it builds becomes a source root, and its server `dev`. Takes a folder, gives a Plan. Runs none of it."""

import ast
import os
import posixpath
import re
from collections.abc import Iterator
from typing import Any, Final

from buildassets.compiler.config.file import read_text, relative_to
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS
from buildassets.files import small_text_of
from buildassets.folders import walk
from buildassets.migrate.plan import Accounted, Plan, nothing_there, written
from buildassets.migrate.python_lines import Answer, Judgement, accounts_of, settings_in, together

_NAMES: Final = tuple(f"vite.config.{suffix}" for suffix in ("js", "mjs", "ts", "mts", "cjs", "cts"))
_PASSED_OVER: Final = ("node_modules", "site-packages", "tests", "test", "build", "dist", "static")
_TEMPLATES: Final = (".html", ".htm", ".jinja", ".jinja2", ".j2")
_PORT: Final = 5173
_MANIFEST: Final = ".vite/manifest.json"
_RELATIVE: Final = ("", "./")
_START: Final = re.compile(r"\bdefineConfig\b\s*\(|\bexport\s+default\b|\bmodule\.exports\b")
# A key of Vite's configuration with a text, a number or a flag, in its line.
_KEY: Final = re.compile(
    r"""(?<![\w.$"'])(base|root|outDir|manifest|input|port|origin|sourcemap|https)\s*:\s*"""
    r"""(?:(["'`])([^"'`$]*)\2|(\d+)\b|(true|false)\b)?"""
)
_TAG: Final = re.compile(r"\{[%{]-?\s*(load\s[^%]*\bdjango_vite\b|vite_\w+)")
_PYTHON: Final = re.compile(r"django_vite|DJANGO_VITE|flask_vite|\bVite\(")
_STAYS: Final = "it stays as it is"
_OF_TAGS: Final[dict[str, Answer]] = {
    "load": ("changed", "write `{% load buildassets %}`"),
    "vite_hmr_client": ("changed", "leave it out: `script` has Vite's client, in each page once"),
    "vite_asset": ("changed", 'write `script` with the same name, as in `{% script "src/main.ts" %}`'),
    "vite_asset_url": ("changed", "write `asset` with the same name"),
    "vite_preload_asset": ("changed", "leave it out: `script` preloads what the entry imports"),
    "vite_react_refresh": ("changed", "write `vite_refresh`, before the first `script`"),
    "vite_tags": ("changed", 'write `script` with the entry, as in `{{ script("src/main.ts") }}`'),
}
_LEGACY: Final[Answer] = ("not possible", "builds for browsers without modules are not loaded: set `build.target`")
_OF_APPS: Final[Answer] = ("changed", 'put `"buildassets.runtime.django"` in its place: docs/django.md')
_OF_SETTINGS: Final[Answer] = (
    "changed",
    "set `BUILDASSETS` in its place, and name the server as `dev`: docs/django.md",
)
_OF_FLASK: Final[Answer] = (
    "changed",
    "put `FlaskAssets(app)` of `buildassets.runtime.flask` in its place: docs/flask.md",
)


def plan(folder: str) -> Plan:
    """The migration of the projects of Vite in `folder`, which may lie in folders of it. Raises ConfigError."""
    fronts = [_Front(folder, path) for path in _configurations(folder)]
    if not fronts:
        raise nothing_there("Vite", ["vite.config.js", "vite.config.ts"])
    lines = [line for front in fronts for line in front.lines()]
    lines += (line for path in _files(folder) for line in _users(folder, path))
    return Plan(tuple(lines), written(_settings(folder, fronts)))


def _configurations(folder: str) -> Iterator[str]:
    """The paths of Vite's configurations; of several in one folder the one that Vite takes."""
    for top, folders, files in walk(folder):
        folders[:] = _entered(top, folders)
        yield from [os.path.join(top, name) for name in _NAMES if name in files][:1]


def _files(folder: str) -> Iterator[str]:
    """The paths of the modules and templates of the project."""
    for top, folders, files in walk(folder):
        folders[:] = _entered(top, folders)
        yield from (os.path.join(top, name) for name in sorted(files) if name.endswith((".py", *_TEMPLATES)))


def _entered(top: str, folders: list[str]) -> list[str]:
    return sorted(
        name
        for name in folders
        if name not in _PASSED_OVER
        and not name.startswith(".")
        and not os.path.exists(os.path.join(top, name, "pyvenv.cfg"))
    )


class _Front:
    """One configuration of Vite, with what its lines set."""

    def __init__(self, folder: str, path: str) -> None:
        self.shown = relative_to(folder, path)
        self._text = read_text(path, self.shown)
        self._lines = self._text.split("\n")
        self._given = {key: value for _, key, value in self._keys()}

    def _keys(self) -> Iterator[tuple[int, str, str | None]]:
        """The number of the line, the key and the value of each setting; None for a value that is computed."""
        for number, line in enumerate(self._lines, 1):
            if line.lstrip().startswith(("//", "*", "/*")):
                continue
            for match in _KEY.finditer(line):
                text = match[3] if match[2] else match[4] or match[5]
                yield number, match[1], text

    @property
    def path(self) -> str:
        """The folder that Vite builds into, relative to the project."""
        root = posixpath.join(posixpath.dirname(self.shown), self._given.get("root") or "")
        return posixpath.normpath(posixpath.join(root, self._given.get("outDir") or "dist"))

    @property
    def base(self) -> str | None:
        """The base that Vite builds for; None where it is computed."""
        return self._given.get("base", "/")

    def source(self) -> dict[str, str]:
        """Our source root."""
        manifest = self._given.get("manifest")
        named = manifest if manifest and manifest not in ("true", "false") else _MANIFEST
        scheme = "https" if self._given.get("https", "false") != "false" else "http"
        port = self._given.get("port")
        return {"path": self.path, "manifest": named, "dev": f"{scheme}://localhost:{port or _PORT}"}

    def lines(self) -> Iterator[Accounted]:
        """The account of each line that matters."""
        if missing := [text for key, text in _NEEDED.items() if key not in self._given]:
            number = next((number for number, line in enumerate(self._lines, 1) if _START.search(line)), 1)
            note = f"add {' and '.join(missing)}"
            yield Accounted(self.shown, number, self._lines[number - 1].strip(), "changed", note)
        by_line: dict[int, list[Answer]] = {}
        for number, key, value in self._keys():
            by_line.setdefault(number, []).append(self._answer(key, value))
        for number, answers in by_line.items():
            yield Accounted(self.shown, number, self._lines[number - 1].strip(), *together(answers))

    def _answer(self, key: str, value: str | None) -> Answer:
        if value is None and key not in ("input", "https", "sourcemap"):
            return "not possible", f"`{key}` is computed, and no code of Vite is run here: write the value that it has"
        if key == "base":
            return _answer_to_base(value or "")
        if key == "manifest":
            if value == "false":
                return "changed", "write `manifest: true`, by which names of sources are found"
            return "taken over", "it is `manifest` of the source root"
        return _TAKEN[key]


_NEEDED: Final = {"base": '`base: "./"`', "manifest": "`build: { manifest: true }`"}
_TAKEN: Final[dict[str, Answer]] = {
    "root": ("taken over", "it is the folder that `outDir` is relative to"),
    "outDir": ("taken over", "it is a source root"),
    "input": ("taken over", 'templates name these, as in `script("src/main.ts")`'),
    "port": ("taken over", "it is the port of `dev`"),
    "origin": ("taken over", _STAYS),
    "https": ("taken over", "`dev` begins with `https:`"),
    "sourcemap": ("taken over", f"{_STAYS}; to keep maps out of the release, name `**/*.map` in `exclude`"),
}


def _answer_to_base(base: str) -> Answer:
    if base in _RELATIVE:
        return "taken over", f"{_STAYS}: a release may be served anywhere"
    if base == "/":
        return "changed", 'write `base: "./"`'
    return "taken over", "it is `url`"


def _users(folder: str, path: str) -> Iterator[Accounted]:
    """The lines of a module or a template that use Vite through another package."""
    shown = relative_to(folder, path)
    text = small_text_of(path) or ""
    if path.endswith(".py"):
        if _PYTHON.search(text):
            yield from accounts_of(shown, text, _judged)
        return
    for number, line in enumerate(text.split("\n"), 1):
        words = [match[1].split()[0] for match in _TAG.finditer(line)]
        if answers := [_OF_TAGS.get(word, _LEGACY if "legacy" in word else _OTHER) for word in words]:
            yield Accounted(shown, number, line.strip(), *together(answers))


_OTHER: Final[Answer] = ("not possible", "there is no such helper: docs/vite.md")


def _judged(statement: ast.stmt) -> Judgement | None:
    """The judgement of a statement that uses django-vite or Flask-Vite."""
    if any(name.startswith("DJANGO_VITE") for name, _ in settings_in(statement)):
        return Judgement(_OF_SETTINGS)
    constants = [one for one in ast.walk(statement) if isinstance(one, ast.Constant)]
    if apps := {one.lineno: _OF_APPS for one in constants if one.value == "django_vite"}:
        return Judgement(None, apps)
    modules = [statement.module] if isinstance(statement, ast.ImportFrom) else []
    called = [one.func for one in ast.walk(statement) if isinstance(one, ast.Call)]
    if "flask_vite" in modules or any(isinstance(one, ast.Name) and one.id == "Vite" for one in called):
        return Judgement(_OF_FLASK)
    return None


def _settings(folder: str, fronts: list[_Front]) -> dict[str, Any]:
    """Our configuration: the usual source root, and what Vite builds."""
    usual = next((name for name in DEFAULT_ROOTS if os.path.isdir(os.path.join(folder, name))), None)
    built = [front.source() for front in fronts]
    inside = [posixpath.relpath(one["path"], usual) for one in built if usual and one["path"].startswith(f"{usual}/")]
    own: list[Any] = (
        [{"path": usual, "exclude": [f"{name}/**" for name in inside]} if inside else usual] if usual else []
    )
    bases = (front.base for front in fronts)
    url = next((base for base in bases if base and base not in ("/", *_RELATIVE)), None)
    return {"sources": [*own, *built], **({"url": url} if url else {})}
