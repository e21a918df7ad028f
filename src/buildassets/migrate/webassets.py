"""webassets and Flask-Assets: builds keep reading the bundles, so one line of ours is enough.

Takes what is asked, gives a Plan. Runs the module with the bundles, as every build does afterwards.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from buildassets.compat.webassets.compile.described import Described, Tree
from buildassets.compat.webassets.compile.filters import FILTERS, meaning_of
from buildassets.compat.webassets.compile.read import describe
from buildassets.compat.webassets.compile.settings import is_of_assets, setting_meaning
from buildassets.compat.webassets.compile.yaml_file import SUFFIXES, read_yaml_file
from buildassets.compat.webassets.run.bundle import is_url
from buildassets.compat.webassets.run.settings import OPTIONS, name_in_flask
from buildassets.compiler.config.file import relative_to
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, keyed_lines, nothing_there, together
from buildassets.migrate.python_lines import Judgement, SettingsTable, Uses, accounts_of, answer_of, over
from buildassets.project.files import ProjectFiles, is_aside
from buildassets.project.python import dotted, text_of

_THEIRS: Final = re.compile(
    r"^[^\S\n]*(?:from|import)\s+(?:webassets|flask_assets|buildassets\.compat\.webassets)\b", re.M
)
_APPLICATION: Final = re.compile(r"\bFlask\(")
_ENVIRONMENT: Final = re.compile(r"\b(?:Environment|YAMLLoader|PythonLoader)\(")
_PASSED_OVER: Final = ("tests", "test", "build", "dist", "migrations")
_USUAL_FILES: Final = ("assets.yml", "assets.yaml", "webassets.yml", "webassets.yaml")
_ASIDE: Final = (
    "it has no bundles, or is of tests, examples or a template of projects: list it in `webassets` if needed"
)
_OTHERS: Final = "no build reads it, as the bundles are in other files: move its bundles there"
_READ: Final[Answer] = ("taken over", "every build reads it unchanged")
_IMPORT: Final[Answer] = (
    "changed",
    "import it from `buildassets.compat.webassets`, the only part that a web process needs",
)
_COMMAND: Final[Answer] = ("not possible", "run `buildassets build`, or `watch` to develop")
_REMOTE: Final[Answer] = (
    "not possible",
    "it is on another host, and left out: put the file into a source root, as `buildassets vendor add` does",
)
_OWN_FILTER: Final[Answer] = (
    "not possible",
    "a build does not run it: make an engine of it, see docs/reference/engines.md",
)
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


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of a project. Raises ConfigError."""
    files = ProjectFiles(asked.folder)
    named, found, unread = _found(files, asked)
    own = {one.name for tree in found.bundles.values() for one in _own_filters(tree)}
    remote = {item for tree in (*found.bundles.values(), *found.anonymous) for item in _left_out(tree)}
    # The file that is named comes first, a `module:object`.
    first = named[0].partition(":")[0].replace(".", "/")
    shown = sorted(
        (relative_to(asked.folder, path) for path in found.files), key=lambda path: (path != f"{first}.py", path)
    )
    names: set[str] = set()  # that one module imports from another
    for _ in range(2):  # a first time for the names, as a module may come before the one that it imports from
        judge = partial(_Judge, own, remote, names)
        lines = [line for name in shown for line in _lines(files, name, remote, judge)]
    lines += (_unread(files, name, why) for name, why in unread.items() if name not in shown)
    return Plan(tuple(lines), {"webassets": [*named] if len(named) > 1 else named[0]})


def _found(files: ProjectFiles, asked: ProjectToMigrate) -> tuple[tuple[str, ...], Described, Mapping[str, str]]:
    """The module or the YAML files with the bundles, their description, and why other files are not read.

    Raises ConfigError.
    """
    modules = _modules(files)
    yaml = [*_yaml_files(files)]
    unread = {name: _ASIDE for name in files.called(*_USUAL_FILES) if name not in yaml}
    unread |= {name: _OTHERS for name in (*modules, *yaml) if _is_theirs(files, name)}
    candidates = [*((module,) for module in modules.values()), *([tuple(yaml)] if yaml else [])]
    if not candidates:
        for name in set(files.names).intersection(_USUAL_FILES):
            read_yaml_file(files.path(name), name)  # it reports what is wrong with it
        raise nothing_there("webassets", ["assets.py", "assets.yml"])
    faults: list[ConfigError] = []
    for named in candidates:
        if not named[0].endswith(SUFFIXES):
            asked.announce(named[0])
        try:
            found = describe(asked.folder, *named, permission=asked.permission)
        except ConfigError as fault:
            faults.append(fault)
            continue
        if found.bundles or found.anonymous:
            return named, found, unread
    raise faults[0] if faults else nothing_there("webassets", [one for named in candidates for one in named])


def _is_theirs(files: ProjectFiles, name: str) -> bool:
    return name.endswith(SUFFIXES) or _THEIRS.search(files.text(name)) is not None


def _unread(files: ProjectFiles, name: str, why: str) -> Accounted:
    """The account of a file that no build reads."""
    text = files.text(name)
    use = _THEIRS.search(text)
    number = text.count("\n", 0, use.start()) + 1 if use else 1
    return Accounted(name, number, text=text.split("\n")[number - 1].strip(), outcome="not possible", note=why)


def _modules(files: ProjectFiles) -> Mapping[str, str]:
    """The modules that may have bundles, by file: applications first, as they have all settings, then environments."""
    texts = {name: files.text(name) for name in files.ending(".py", outside=_PASSED_OVER)}
    if not any(map(_THEIRS.search, texts.values())):
        return {}
    found: list[tuple[int, int, str, str]] = []
    for path, text in texts.items():
        rank = next(
            (rank for rank, sign in enumerate((_APPLICATION, _ENVIRONMENT, _THEIRS)) if sign.search(text)), None
        )
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if rank is not None and all(part.isidentifier() for part in name.split(".")):
            found.append((rank, name.count("."), name, path))
    return {path: name for _, _, name, path in sorted(found)}


def _yaml_files(files: ProjectFiles) -> Iterator[str]:
    for name in files.ending(*SUFFIXES, outside=_PASSED_OVER):
        with suppress(BuildAssetsError):
            bundles = {} if is_aside(name) else read_yaml_file(files.path(name), name).bundles
            if any(bundle.contents for bundle in bundles.values()):
                yield name


def _lines(files: ProjectFiles, shown: str, remote: set[str], judge: Callable[[], "_Judge"]) -> Iterator[Accounted]:
    text = files.text(shown)
    if not shown.endswith(SUFFIXES):
        yield from accounts_of(shown, text, judge())
        return
    has_settings = read_yaml_file(files.path(shown), shown).is_environment
    for number, line, keys in keyed_lines(text):
        yield Accounted(shown, number, line, *_yaml_answer(line, keys, remote, has_settings=has_settings))


def _left_out(tree: Tree, *, is_joined: bool = False) -> Iterator[str]:
    """The files on other hosts that a build leaves out, as they are in a bundle that is joined."""
    is_joined = is_joined or bool(tree.output and tree.merge)
    for one in tree.contents:
        if isinstance(one, Tree):
            yield from _left_out(one, is_joined=is_joined)
        elif is_joined and is_url(one):
            yield one


def _own_filters(tree: Tree) -> Iterator[Any]:
    yield from (one for one in tree.filters if one.is_own)
    for inner in tree.contents:
        yield from _own_filters(inner) if isinstance(inner, Tree) else ()


class _Judge:
    """Finds the statements of a module that are about assets.

    `own` are the names of the project's filters, `remote` the files that are left out. `given` are names that modules
    import from each other: those that this module assigns are added to it.
    """

    def __init__(self, own: set[str], remote: set[str], given: set[str]) -> None:
        self._own = own
        self._remote = remote
        self._uses = Uses("webassets", "flask_assets", "buildassets.compat.webassets", given=given)

    def __call__(self, statement: ast.stmt) -> Judgement | None:
        """The judgement on `statement`; None if it is not about assets."""
        if self._uses.imports(statement):
            return _READ if "buildassets" in ast.unparse(statement) else _IMPORT, ()
        judged = _SETTINGS.judge(statement)
        if judged:
            return judged
        if not self._uses.has(statement):
            return None
        option = _option_of(statement)
        if option:
            return _of_setting(name_in_flask(option)), ()
        remote = (line for one in ast.walk(statement) if text_of(one) in self._remote for line in over(one, _REMOTE))
        return self._by_calls(statement), (*self._filter_lines(statement), *remote)

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
                for value in (one for given in filters for one in getattr(given, "elts", [given])):
                    yield from self._lines_of_filter(value)

    def _lines_of_filter(self, value: ast.expr) -> Iterator[tuple[int, Answer]]:
        written = text_of(value)
        if written is None and isinstance(value, ast.Name | ast.Attribute):
            yield value.lineno, _OWN_FILTER
        for name in filter(None, map(str.strip, (written or "").split(","))):
            yield value.lineno, answer_of(name, meaning_of(name, is_own=name in self._own))


def _of_setting(name: str) -> Answer:
    return answer_of(name, setting_meaning(name))


_SETTINGS: Final = SettingsTable(lambda name: setting_meaning(name) if is_of_assets(name) else None)


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


def _yaml_answer(line: str, keys: tuple[str, ...], remote: set[str], *, has_settings: bool) -> Answer:
    key = keys[-1] if keys else ""
    value = line.partition(" #")[0].removeprefix("- ").removeprefix(f"{key}:")
    if key == "filters" and (names := [name for name in re.split(r"[,\s\[\]\"']+", value) if name]):
        return together([answer_of(one, meaning_of(one, is_own="." in one and one not in FILTERS)) for one in names])
    if key == "contents" and any(one in remote for one in re.split(r"[,\s\[\]\"']+", value)):
        return _REMOTE
    if key in _YAML_KEYS:
        return _YAML_KEYS[key]
    if has_settings and len(keys) == 1:
        return _of_setting(name_in_flask(key))
    if key.lower() in OPTIONS or is_of_assets(key.upper()):
        return _of_setting(name_in_flask(key))
    return ("taken over", "it is a bundle, which templates name") if len(keys) < 3 else _READ
