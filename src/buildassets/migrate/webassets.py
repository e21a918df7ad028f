"""webassets and Flask-Assets: builds keep reading the bundles, so one line of ours is enough.

Takes a folder, gives a Plan. Runs the module with the bundles, as every build does afterwards.
"""

import ast
import os
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from buildassets.compat.webassets.build.described import Described, Tree
from buildassets.compat.webassets.build.filters import FILTERS, meaning_of
from buildassets.compat.webassets.build.read import describe
from buildassets.compat.webassets.build.settings import is_of_assets, setting_meaning
from buildassets.compat.webassets.build.yaml_file import SUFFIXES, read_yaml_file
from buildassets.compat.webassets.run.settings import OPTIONS, name_in_flask
from buildassets.compiler.config.file import read_text, relative_to
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.files import small_text_of
from buildassets.folders import walk
from buildassets.migrate.plan import Accounted, Announce, Plan, lines_of, nothing_there, written
from buildassets.migrate.python_lines import Answer, Judgement, accounts_of, dotted, settings_in, text_of, worst
from buildassets.programs.permission import Permission

_THEIRS: Final = re.compile(r"^\s*(?:from|import)\s+(?:webassets|flask_assets|buildassets\.compat\.webassets)\b", re.M)
_APPLICATION: Final = re.compile(r"\bFlask\(")
_ENVIRONMENT: Final = re.compile(r"\b(?:Environment|YAMLLoader|PythonLoader)\(")
_PASSED_OVER: Final = ("node_modules", "site-packages", "tests", "test", "build", "dist", "migrations")
_USUAL_FILES: Final = ("assets.yml", "assets.yaml")
_READ: Final[Answer] = ("taken over", "it is read as it is, on every build")
_IMPORT: Final[Answer] = (
    "changed",
    "import it from `buildassets.compat.webassets`, which is all that a web process needs",
)
_COMMAND: Final[Answer] = ("not possible", "run `buildassets build`, or `watch` to develop")
_OWN_FILTER: Final[Answer] = ("not possible", "a build does not run it: make an engine of it, see docs/engines.md")
_COMMANDS: Final = ("build", "clean", "watch", "CommandLineEnvironment", "ManageAssets")
_YAML_KEYS: Final[dict[str, Answer]] = {
    "bundles": ("taken over", "each bundle is an asset with the name of its `output`"),
    "contents": ("taken over", "they are joined in this order"),
    "output": (
        "taken over",
        "it is the name of the asset; a version in it is left out, as every name has a fingerprint",
    ),
    "extra": ("taken over", "templates find it in `EXTRA`"),
    "debug": ("taken over", "it decides whether pages load the members or the bundle"),
    "depends": ("changed", "not needed: a build knows what it has read"),
    "config": ("changed", "settings of filters: see those below it"),
    "filters": _READ,
}


def plan(folder: str, *, permission: Permission, announce: Announce) -> Plan:
    """The migration of the project in `folder`. Raises ConfigError."""
    named, found = _found(folder, permission=permission, announce=announce)
    names: set[str] = set()  # names that one module imports from another
    files = _files(folder, named, found)
    for path in files:  # a first time for the names, as a module may come before the one that it imports from
        for _ in _lines(folder, path, found, names):
            pass
    accounts = [line for path in files for line in _lines(folder, path, found, names)]
    return Plan(tuple(accounts), written({"webassets": named}))


def _found(folder: str, *, permission: Permission, announce: Announce) -> tuple[str, Described]:
    """The module or YAML file with the bundles, and their description. Raises ConfigError."""
    candidates = [*_modules(folder), *_yaml_files(folder)]
    if not candidates:
        for name in _USUAL_FILES:
            if os.path.isfile(os.path.join(folder, name)):
                read_yaml_file(os.path.join(folder, name), name)  # it reports what is wrong with it
        raise nothing_there("webassets", ["assets.py", "assets.yml"])
    faults: list[ConfigError] = []
    for named in candidates:
        if not named.endswith(SUFFIXES):
            announce(named)
        try:
            found = describe(folder, named, permission=permission)
        except ConfigError as fault:
            faults.append(fault)
            continue
        if found.bundles or found.anonymous:
            return named, found
    raise faults[0] if faults else nothing_there("webassets", candidates)


def _modules(folder: str) -> list[str]:
    """The modules that may have bundles: applications first, as they have all settings, then environments."""
    found: list[tuple[int, int, str]] = []
    texts = {path: _text(path) for path in _paths(folder, (".py",))}
    if not any(map(_THEIRS.search, texts.values())):
        return []
    for path, text in texts.items():
        likely = [_APPLICATION.search(text), _ENVIRONMENT.search(text), _THEIRS.search(text)]
        rank = next((number for number, one in enumerate(likely) if one), None)
        if rank is not None:
            name = relative_to(folder, path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            found.append((rank, name.count("."), name))
    return [name for _, _, name in sorted(found) if all(part.isidentifier() for part in name.split("."))]


def _yaml_files(folder: str) -> Iterator[str]:
    for path in _paths(folder, SUFFIXES):
        shown = relative_to(folder, path)
        try:
            found = read_yaml_file(path, shown)
        except BuildAssetsError:
            continue
        if any(bundle.contents for bundle in found.bundles.values()):
            yield shown


def _paths(folder: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    for top, folders, files in walk(folder):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER and not _is_aside(top, name))
        yield from (os.path.join(top, name) for name in sorted(files) if name.endswith(suffixes))


def _is_aside(top: str, name: str) -> bool:
    return name.startswith(".") or os.path.exists(os.path.join(top, name, "pyvenv.cfg"))


def _text(path: str) -> str:
    return small_text_of(path) or ""


def _files(folder: str, named: str, found: Described) -> list[str]:
    """The files with lines about assets; that of the module in `named`, a `module:object`, comes first."""
    own = os.path.join(folder, *named.partition(":")[0].split(".")) + ".py"
    return sorted(found.files, key=lambda path: (path != own, path))


def _lines(folder: str, path: str, found: Described, names: set[str]) -> Iterator[Accounted]:
    shown = relative_to(folder, path)
    if path.endswith(SUFFIXES):
        yield from _yaml_lines(shown, read_text(path, shown))
    else:
        own = {one.name for tree in found.bundles.values() for one in _own_filters(tree)}
        yield from accounts_of(shown, read_text(path, shown), _Judge(own, names))


def _own_filters(tree: Tree) -> Iterator[Any]:
    yield from (one for one in tree.filters if one.is_own)
    for inner in tree.contents:
        yield from _own_filters(inner) if isinstance(inner, Tree) else ()


class _Judge:
    """Finds the statements of a module that are about assets.

    `own` are the names of the project's filters. `given` are names that modules import from each other: those that this
    module assigns are added to it.
    """

    def __init__(self, own: set[str], given: set[str]) -> None:
        self._own = own
        self._given = given
        self._names: set[str] = set()  # of imported objects, and of those made with them

    def __call__(self, statement: ast.stmt) -> Judgement | None:
        """The judgement on `statement`; None if it is not about assets."""
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return self._imported(statement)
        settings = [(name, value) for name, value in settings_in(statement) if is_of_assets(name)]
        if settings:
            return Judgement(_of_setting(settings[0][0]), worst(_setting_lines(settings)))
        used = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)} & self._names
        if not used:
            return None
        if isinstance(statement, ast.Assign):
            made = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            self._names |= made
            self._given |= made
        option = _option_of(statement)
        if option:
            return Judgement(_of_setting(name_in_flask(option)))
        return Judgement(self._by_calls(statement), worst(self._filter_lines(statement)))

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> Judgement | None:
        """The judgement on an import; the names that it brings count as those of assets from now on."""
        modules = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
        modules += [one.name for one in statement.names] if isinstance(statement, ast.Import) else []
        top = {one.partition(".")[0] for one in modules}
        if not top & {"webassets", "flask_assets"} and "buildassets.compat.webassets" not in modules:
            self._names |= {one.asname or one.name for one in statement.names if one.name in self._given}
            return None
        self._names |= {(one.asname or one.name).partition(".")[0] for one in statement.names}
        return Judgement(_READ if "buildassets" in top else _IMPORT)

    def _by_calls(self, statement: ast.stmt) -> Answer:
        """The answer to a statement that matters only by the functions that it calls."""
        calls = [one.func for one in ast.walk(statement) if isinstance(one, ast.Call)]
        names = {dotted(one).rpartition(".")[2] or getattr(one, "attr", "") for one in calls}
        if "register_filter" in names:
            return _OWN_FILTER
        return _COMMAND if names.intersection(_COMMANDS) else _READ

    def _filter_lines(self, statement: ast.stmt) -> Iterator[tuple[int, Answer]]:
        for call in ast.walk(statement):
            if isinstance(call, ast.Call):
                is_filter = dotted(call.func).rpartition(".")[2] == "get_filter"
                filters = [*call.args[:1]] if is_filter else []
                filters += [one.value for one in call.keywords if one.arg in ("filters", "filter")]
                for given in filters:
                    yield from self._lines_of_filters(given)

    def _lines_of_filters(self, given: ast.expr) -> Iterator[tuple[int, Answer]]:
        values = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
        for value in values:
            written = text_of(value)
            if written is None and isinstance(value, ast.Name | ast.Attribute):
                yield value.lineno, _OWN_FILTER
            for name in (written or "").split(","):
                if name.strip():
                    yield value.lineno, _of_filter(name.strip(), name.strip() in self._own)


def _of_filter(name: str, is_own: bool = False) -> Answer:
    meaning = meaning_of(name, is_own)
    return meaning.outcome, f"`{name}`: {meaning.note}"


def _of_setting(name: str) -> Answer:
    meaning = setting_meaning(name)
    return meaning.outcome, f"`{name}`: {meaning.note}"


def _setting_lines(settings: list[tuple[str, ast.expr]]) -> Iterator[tuple[int, Answer]]:
    for name, value in settings:
        yield from ((line, _of_setting(name)) for line in range(value.lineno, (value.end_lineno or value.lineno) + 1))


def _option_of(statement: ast.stmt) -> str | None:
    """The option of an environment that a statement sets: `assets.url = …`, or `assets.config["less_bin"] = …`."""
    if not isinstance(statement, ast.Assign):
        return None
    target = statement.targets[0]
    if isinstance(target, ast.Attribute) and target.attr in OPTIONS:
        return target.attr
    if isinstance(target, ast.Subscript) and dotted(target.value).endswith(".config"):
        return text_of(target.slice)
    return None


_KEY: Final = re.compile(r"\s*(?:-\s+)?([\w.%-]+|\"[^\"]*\"|'[^']*')\s*:(?:\s+(.*))?$")
_ITEM: Final = re.compile(r"\s*-\s+(.*)$")


def _yaml_lines(shown: str, text: str) -> Iterator[Accounted]:
    """The lines of a YAML file, each with the answer to its key; items of a list of filters with their own."""
    key, filters_indent = "", None  # how deep the key `filters` stands, while its list goes on
    for number, line in lines_of(text):
        indent = len(line) - len(line.lstrip())
        if filters_indent is not None and (indent < filters_indent or not line.lstrip().startswith("-")):
            filters_indent = None
        found = _KEY.match(line)
        if found is not None:
            key = found[1].strip("\"'")
            filters_indent = indent if key == "filters" else None
        answer = partial(_yaml_answer, key)
        item = _ITEM.match(line)
        value = (found[2] if found else item[1] if item and filters_indent is not None else None) or ""
        yield Accounted(shown, number, line.strip(), *answer(value, indent))


def _yaml_answer(key: str, value: str, indent: int) -> Answer:
    if key == "filters" and value:
        names = [name for name in re.split(r"[,\s\[\]\"']+", value.partition(" #")[0]) if name]
        answers = worst((0, _of_filter(name, "." in name and name not in FILTERS)) for name in names)
        return answers.get(0, _READ)
    if key in _YAML_KEYS:
        return _YAML_KEYS[key]
    if key.lower() in OPTIONS or is_of_assets(key.upper()):
        return _of_setting(name_in_flask(key))
    return ("taken over", "it is a bundle, which templates name") if indent < 8 else _READ
