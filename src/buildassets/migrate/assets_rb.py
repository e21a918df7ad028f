"""Reads the settings `config.assets.…` of Rails, which both of its asset pipelines share.

Takes a folder, gives settings, and the accounts of their lines. Values that are no literals stay unknown.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.frozen import frozen
from buildassets.migrate.plan import Accounted, Outcome
from buildassets.migrate.ruby import NotLiteralError, Statement, literal, statements

_INITIALIZER: Final = "config/initializers/assets.rb"
FILES: Final = ("config/application.rb", "config/environments/production.rb", _INITIALIZER)
RUBY: Final = "it is Ruby, which nothing runs here"
_SETTING: Final = re.compile(
    r"(?:Rails\.application\.)?config\.assets\.(\w+)\s*(\+=|<<|=|\.push|\.concat|\.unshift)?\s*(.*)"
)
_ROOT: Final = re.compile(r"(?:Rails\.root|root)\.join\((.*)\)(?:\.to_s)?\Z")
_INTERPOLATED: Final = re.compile(r"[\"']#\{(?:Rails\.)?root\}/([^\"'#]*)[\"']\Z")


@frozen
class Setting:
    """A statement about `config.assets`: `name` is the setting, `value` its literal value, None if that is computed.

    With `adds` the value is added to the earlier ones. A condition that decides whether other statements apply has no
    name.
    """

    file: str
    statement: Statement
    name: str
    value: Any
    adds: bool = False


def settings(folder: str) -> Iterator[Setting]:
    """Every statement about `config.assets` in the usual files, in the order in which Rails reads them."""
    for file in FILES:
        path = os.path.join(folder, file)
        if not os.path.isfile(path):
            continue
        for statement in statements(read_text(path, file)):
            match = _SETTING.match(statement.text)
            if match is None and file == _INITIALIZER and statement.is_conditional:
                yield Setting(file, statement, "", None)
            elif match is not None:
                value = None if statement.is_conditional else _value_of(match[1], match[3])
                yield Setting(file, statement, match[1], value, adds=match[2] not in (None, "="))


# A function that judges the values of a setting.
Answer = Callable[[list[Any]], tuple[Outcome, str]]


def accounts(
    setting: Setting, left_out: Mapping[str, str], answers: Mapping[str, Answer], system: str
) -> Iterator[Accounted]:
    """The account of each line of `setting`: by `left_out` if it has no counterpart, else by `answers`."""
    outcome, note = _answer(setting, left_out, answers, system)
    for number, text in setting.statement.lines:
        yield Accounted(setting.file, number, text, outcome, note)


def _answer(
    setting: Setting, left_out: Mapping[str, str], answers: Mapping[str, Answer], system: str
) -> tuple[Outcome, str]:
    if not setting.name:
        return "not possible", f"{RUBY}: write the settings that apply without the condition"
    if setting.name in left_out:
        return "not possible", left_out[setting.name]
    answer = answers.get(setting.name)
    if answer is None:
        return "not possible", f"no setting of {system} with a counterpart here"
    if setting.value is None:
        return "not possible", f"{RUBY}: write the value that it gives"
    return answer(setting.value if isinstance(setting.value, list) else [setting.value])


def _value_of(name: str, text: str) -> Any:
    """The value that the setting `name` gets; False for a compressor that is switched off."""
    is_off = name.endswith("_compressor") and text.strip() in ("nil", "false")
    return False if is_off else _value(text)


def _value(text: str) -> Any:
    text = text.strip()
    if (below := path_below_root(text)) is not None:
        return below
    try:
        return literal(text.removeprefix("(").removesuffix(")") if text.startswith("(") else text)
    except (NotLiteralError, RecursionError):
        return None


def path_below_root(text: str) -> str | None:
    """The path below the root in `Rails.root.join("a", "b")` or `"#{Rails.root}/a/b"`; None for other expressions."""
    if interpolated := _INTERPOLATED.match(text):
        return interpolated[1]
    joined = _ROOT.match(text)
    if joined is None:
        return None
    try:
        parts = literal(f"[{joined[1]}]")
    except NotLiteralError:
        return None
    return "/".join(parts) if all(isinstance(one, str) for one in parts) else None
