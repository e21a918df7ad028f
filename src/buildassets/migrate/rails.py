"""Reads the load path of Rails and its settings `config.assets.…`, which both of its asset pipelines share.

Takes a folder, gives roots and a Plan. Values that are no literals stay unknown.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from glob import glob
from typing import Any, Final, TypeAlias

from buildassets.compiler.config.file import read_text
from buildassets.foundation.frozen import frozen
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, nothing_there
from buildassets.migrate.ruby import NotLiteralError, RubyStatement, literal, parts, statements

IMPORTMAP_ROOTS: Final = ("app/javascript", "vendor/javascript")
RUBY: Final = "it is Ruby, which nothing runs here"
_PARENTS: Final = ("app/assets", "lib/assets", "vendor/assets")
_SPECS: Final = ("*/*.gemspec", "*/*/*.gemspec")
_INITIALIZER: Final = "config/initializers/assets.rb"
_ENVIRONMENTS: Final = "config/environments"
_PRODUCTION: Final = f"{_ENVIRONMENTS}/production.rb"
_FILES: Final = ("config/application.rb", _PRODUCTION, _INITIALIZER)
_SETTING: Final = re.compile(
    r"(?:Rails\.application\.)?config\.assets\.(\w+)\s*"
    r"(\+=|<<|=|\.(?:push|append|concat|unshift|prepend)\b)?\s*(.*)",
    re.DOTALL,
)
_ASSETS: Final = re.compile(r"\bconfig\.assets\b")
_ROOT: Final = re.compile(r"(?:Rails\.root|root)\.join\((.*)\)(?:\.to_s)?\Z")
_ADDED: Final = re.compile(r"(?:Rails\.root|root)\s*[+/]\s*[\"']([^\"'#]*)[\"']\Z")
_INTERPOLATED: Final = re.compile(r"[\"']#\{(?:Rails\.)?root\}/([^\"'#]*)[\"']\Z")
_VALUE: Final[Answer] = ("not possible", f"{RUBY}: write the value that it gives")
_NPM: Final[Answer] = (
    "changed",
    "it is a source root with `npm = true`: only the files of packages that something refers to are read",
)


@frozen
class Given:
    """The values of a setting, the operator before them, and whether the statement is in the initializer of assets.

    That runs when Rails has put its own folders and entries into the settings.
    """

    values: list[Any]
    operator: str
    in_initializer: bool
    folder: str

    @property
    def replaces(self) -> bool:
        """Whether the setting has no other values then."""
        return self.operator == "="


# Takes what a setting is given into our configuration.
Taker: TypeAlias = Callable[[Given, dict[str, Any]], Answer]
# What becomes of settings: a reason why nothing does, an answer for any value, or what takes the values.
Settings: TypeAlias = Mapping[str, str | Answer | Taker]


def rails_plan(asked: ProjectToMigrate, system: str, table: Settings, ours: dict[str, Any]) -> Plan:
    """The migration by `table`. Raises ConfigError."""
    ours["sources"] = _own_roots(asked.folder)
    if not ours["sources"]:
        raise nothing_there(system, ["app/assets/"])
    lines: list[Accounted] = []
    for file, statement, name, given in _settings(asked.folder):
        taker = table.get(name, f"no setting of {system} with a counterpart here")
        if file not in _FILES:
            environment = file.rpartition("/")[2].removesuffix(".rb")
            answer: Answer = ("changed", f"it is for `{environment}` alone: builds have the settings of production")
        elif not name:
            answer = ("not possible", f"{RUBY}: write the settings that apply, each by itself")
        elif isinstance(taker, str):
            answer = ("not possible", taker)
        elif isinstance(taker, tuple):
            answer = taker
        else:
            answer = _VALUE if given is None else taker(given, ours)
        lines += (Accounted(file, number, text, *answer) for number, text in statement.lines)
    return Plan(tuple(lines), ours)


def of_texts(taker: Taker) -> Taker:
    """`taker`, where all values are texts."""

    def checked(given: Given, ours: dict[str, Any]) -> Answer:
        is_text = given.values and all(isinstance(one, str) for one in given.values)
        return taker(given, ours) if is_text else _VALUE

    return checked


@of_texts
def paths(given: Given, ours: dict[str, Any]) -> Answer:
    """Folders of the load path become source roots."""
    there, own = existing(given.folder, given.values), _own_roots(given.folder)
    if given.replaces:
        ours["sources"] = [] if given.in_initializer else own
    roots = [{"path": path, "npm": True} if path == "node_modules" else path for path in there]
    is_first = given.operator in (".unshift", ".prepend")
    if is_first:
        own = [root for root in own if root not in roots]
        ours["sources"] = [root for root in ours["sources"] if root not in roots]
    added = [root for root in roots if root not in ours["sources"]]
    at = len(ours["sources"]) if not is_first else 0 if given.in_initializer else len(own)
    ours["sources"][at:at] = added
    if len(there) < len(given.values):
        gone = next(path for path in given.values if path not in there)
        return "not possible", f"there is no folder `{gone}`: make it, or name it in `sources` when it is there"
    return _NPM if "node_modules" in there else ("taken over", "it is a source root")


@of_texts
def prefix(given: Given, ours: dict[str, Any]) -> Answer:
    """The folder of URLs becomes `url`."""
    ours["url"] = f"/{given.values[0].strip('/')}/"
    return "taken over", "it is `url`"


def _own_roots(folder: str) -> list[Any]:
    """The folders that Rails itself puts into the load path."""
    return [*asset_roots(folder), *importmap_roots(folder)]


def asset_roots(folder: str) -> list[str]:
    """Every folder of `app/assets`, `lib/assets` and `vendor/assets`, relative to `folder`, in the order of Rails."""
    roots = []
    for parent in (f"{engine}{parent}" for engine in engines(folder) for parent in _PARENTS):
        path = os.path.join(folder, parent)
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        roots += [f"{parent}/{name}" for name in names if os.path.isdir(os.path.join(path, name)) and name[0] != "."]
    return roots


def engines(folder: str) -> list[str]:
    """The project itself, as an empty text, and the engines in folders of it, which are gems, each with a slash."""
    specs = (spec for pattern in _SPECS for spec in sorted(glob(pattern, root_dir=folder)))
    return ["", *dict.fromkeys(f"{os.path.dirname(spec).replace(os.sep, '/')}/" for spec in specs)]


def importmap_roots(folder: str) -> list[str]:
    """The folders that importmap-rails adds to the load path, if the project uses it."""
    has_pins = os.path.isfile(os.path.join(folder, "config", "importmap.rb"))
    return existing(folder, IMPORTMAP_ROOTS) if has_pins else []


def existing(folder: str, roots: Iterable[str]) -> list[str]:
    """Those of `roots` that exist, each once."""
    return [root for root in dict.fromkeys(roots) if os.path.isdir(os.path.join(folder, root))]


def _settings(folder: str) -> Iterator[tuple[str, RubyStatement, str, Given | None]]:
    """Every statement about `config.assets` in the order in which Rails reads them, with its file, name and values.

    The values are None where they are computed. A condition that decides whether other statements apply has no name;
    nor has another use of the settings. Those of other environments than production come last.
    """
    for file in (*_FILES, *_other_environments(folder)):
        path = os.path.join(folder, file)
        for statement in statements(read_text(path, file)) if os.path.isfile(path) else ():
            match = _SETTING.match(statement.text)
            if match is not None:
                values = None if statement.is_conditional else _values(match[1], match[2] or "", match[3])
                given = None if values is None else Given(values, match[2] or "", file == _INITIALIZER, folder)
                yield file, statement, match[1], given
            elif (file == _INITIALIZER and statement.is_conditional) or _ASSETS.search(statement.text):
                yield file, statement, "", None


def _other_environments(folder: str) -> list[str]:
    path = os.path.join(folder, _ENVIRONMENTS)
    names = sorted(os.listdir(path)) if os.path.isdir(path) else []
    return [file for name in names if name.endswith(".rb") and (file := f"{_ENVIRONMENTS}/{name}") != _PRODUCTION]


def _values(name: str, operator: str, text: str) -> list[Any] | None:
    """The values that the setting `name` gets; False for a compressor that is switched off; None for an expression."""
    text = text.strip()
    if name.endswith("_compressor") and text in ("nil", "false"):
        return [False]
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    separator = "<<" if operator == "<<" else "," if operator.startswith(".") else None
    found: list[Any] = []
    for part in parts(text, separator) if separator else [text]:
        values = _values_of(part)
        if values is None:
            return None
        found += values
    return found or None


def _values_of(text: str) -> list[Any] | None:
    """The values of an expression, which may be a list; None where one is computed."""
    if text.startswith("[") and text.endswith("]"):
        inner = [_values_of(part) for part in parts(text[1:-1], ",")]
        return None if None in inner else [one for values in inner for one in values or ()]
    if (below := _path_below_root(text)) is not None:
        return [below]
    try:
        value = literal(text)
    except (NotLiteralError, RecursionError):
        return None
    return None if value is None else value if isinstance(value, list) else [value]


def _path_below_root(text: str) -> str | None:
    """The path below the root in `Rails.root.join("a", "b")` or `"#{Rails.root}/a/b"`; None for other expressions."""
    if interpolated := _INTERPOLATED.match(text) or _ADDED.match(text):
        return interpolated[1]
    joined = _ROOT.match(text)
    try:
        parts: list[Any] = literal(f"[{joined[1]}]") if joined else [None]
    except NotLiteralError:
        return None
    return "/".join(parts) if all(isinstance(one, str) for one in parts) else None
