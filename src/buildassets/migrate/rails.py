"""Reads the load path of Rails and its settings `config.assets.…`, which both of its asset pipelines share.

Takes a folder, gives roots and a Plan. Values that are no literals stay unknown.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from buildassets.compiler.config.file import read_text
from buildassets.migrate.plan import Accounted, Answer, Asked, Plan, nothing_there
from buildassets.migrate.ruby import NotLiteralError, Statement, literal, statements

IMPORTMAP_ROOTS: Final = ("app/javascript", "vendor/javascript")
RUBY: Final = "it is Ruby, which nothing runs here"
_PARENTS: Final = ("app/assets", "lib/assets", "vendor/assets")
_INITIALIZER: Final = "config/initializers/assets.rb"
_FILES: Final = ("config/application.rb", "config/environments/production.rb", _INITIALIZER)
_SETTING: Final = re.compile(
    r"(?:Rails\.application\.)?config\.assets\.(\w+)\s*(?:\+=|<<|=|\.push|\.concat|\.unshift)?\s*(.*)"
)
_ROOT: Final = re.compile(r"(?:Rails\.root|root)\.join\((.*)\)(?:\.to_s)?\Z")
_INTERPOLATED: Final = re.compile(r"[\"']#\{(?:Rails\.)?root\}/([^\"'#]*)[\"']\Z")
_VALUE: Final[Answer] = ("not possible", f"{RUBY}: write the value that it gives")
_NPM: Final[Answer] = (
    "changed",
    "it is a source root with `npm = true`: only the files of packages that something refers to are read",
)

# Takes the values of a setting into our configuration for the folder.
Taker: TypeAlias = Callable[[list[Any], dict[str, Any], str], Answer]


def rails_plan(asked: Asked, system: str, table: Mapping[str, str | Taker], ours: dict[str, Any]) -> Plan:
    """The migration by `table`, which has what takes each setting, or why nothing does. Raises ConfigError."""
    ours["sources"] = [*asset_roots(asked.folder), *importmap_roots(asked.folder)]
    if not ours["sources"]:
        raise nothing_there(system, ["app/assets/"])
    lines: list[Accounted] = []
    for file, statement, name, values in _settings(asked.folder):
        taker = table.get(name, f"no setting of {system} with a counterpart here")
        if not name:
            answer: Answer = ("not possible", f"{RUBY}: write the settings that apply without the condition")
        elif isinstance(taker, str):
            answer = ("not possible", taker)
        else:
            answer = _VALUE if values is None else taker(values, ours, asked.folder)
        lines += (Accounted(file, number, text, *answer) for number, text in statement.lines)
    return Plan(tuple(lines), ours)


def of_texts(taker: Taker) -> Taker:
    """`taker`, where all values are texts."""

    def checked(values: list[Any], ours: dict[str, Any], folder: str) -> Answer:
        is_text = values and all(isinstance(one, str) for one in values)
        return taker(values, ours, folder) if is_text else _VALUE

    return checked


@of_texts
def paths(values: list[Any], ours: dict[str, Any], folder: str) -> Answer:
    """Folders of the load path become source roots."""
    there = existing(folder, values)
    ours["sources"] += [
        {"path": path, "npm": True} if path == "node_modules" else path for path in there if path not in ours["sources"]
    ]
    if len(there) < len(values):
        gone = next(path for path in values if path not in there)
        return "not possible", f"there is no folder `{gone}`: make it, or name it in `sources` when it is there"
    return _NPM if "node_modules" in there else ("taken over", "it is a source root")


@of_texts
def prefix(values: list[Any], ours: dict[str, Any], _: str) -> Answer:
    """The folder of URLs becomes `url`."""
    ours["url"] = f"/{values[0].strip('/')}/"
    return "taken over", "it is `url`"


def asset_roots(folder: str) -> list[str]:
    """Every folder of `app/assets`, `lib/assets` and `vendor/assets`, relative to `folder`, in the order of Rails."""
    roots = []
    for parent in _PARENTS:
        path = os.path.join(folder, parent)
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        roots += [f"{parent}/{name}" for name in names if os.path.isdir(os.path.join(path, name)) and name[0] != "."]
    return roots


def importmap_roots(folder: str) -> list[str]:
    """The folders that importmap-rails adds to the load path, if the project uses it."""
    has_pins = os.path.isfile(os.path.join(folder, "config", "importmap.rb"))
    return existing(folder, IMPORTMAP_ROOTS) if has_pins else []


def existing(folder: str, roots: Iterable[str]) -> list[str]:
    """Those of `roots` that exist, each once."""
    return [root for root in dict.fromkeys(roots) if os.path.isdir(os.path.join(folder, root))]


def _settings(folder: str) -> Iterator[tuple[str, Statement, str, list[Any] | None]]:
    """Every statement about `config.assets` in the order in which Rails reads them, with its file, name and values.

    The values are None where they are computed. A condition that decides whether other statements apply has no name.
    """
    for file in _FILES:
        path = os.path.join(folder, file)
        for statement in statements(read_text(path, file)) if os.path.isfile(path) else ():
            match = _SETTING.match(statement.text)
            if match is not None:
                yield file, statement, match[1], None if statement.is_conditional else _values(match[1], match[2])
            elif file == _INITIALIZER and statement.is_conditional:
                yield file, statement, "", None


def _values(name: str, text: str) -> list[Any] | None:
    """The values that the setting `name` gets; False for a compressor that is switched off; None for an expression."""
    text = text.strip()
    if name.endswith("_compressor") and text in ("nil", "false"):
        return [False]
    if (below := _path_below_root(text)) is not None:
        return [below]
    try:
        value = literal(text.removeprefix("(").removesuffix(")") if text.startswith("(") else text)
    except (NotLiteralError, RecursionError):
        return None
    return None if value is None else value if isinstance(value, list) else [value]


def _path_below_root(text: str) -> str | None:
    """The path below the root in `Rails.root.join("a", "b")` or `"#{Rails.root}/a/b"`; None for other expressions."""
    if interpolated := _INTERPOLATED.match(text):
        return interpolated[1]
    joined = _ROOT.match(text)
    try:
        parts: list[Any] = literal(f"[{joined[1]}]") if joined else [None]
    except NotLiteralError:
        return None
    return "/".join(parts) if all(isinstance(one, str) for one in parts) else None
