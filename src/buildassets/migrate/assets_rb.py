"""`config.assets.…` of Rails, in the files that have it: what each line sets, whichever asset pipeline reads it.

Takes a folder, gives settings, and the accounts of their lines. What is no literal is not guessed.
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
    """A statement about `config.assets`: `name` is the setting, `value` what it is given, None for what is computed.

    With `adds` the value is added to those that are there. What is no such statement, and decides whether others hold,
    has no name.
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
            found = _SETTING.match(statement.text)
            if found is None and file == _INITIALIZER and statement.is_conditional:
                yield Setting(file, statement, "", None)
            elif found is not None:
                value = None if statement.is_conditional else _value_of(found[1], found[3])
                yield Setting(file, statement, found[1], value, adds=found[2] not in (None, "="))


# What becomes of the values of a setting.
Answer = Callable[[list[Any]], tuple[Outcome, str]]


def accounts(
    setting: Setting, left_out: Mapping[str, str], answers: Mapping[str, Answer], system: str
) -> Iterator[Accounted]:
    """The account of each line of `setting`: what has no counterpart is `left_out`, for others there are `answers`."""
    outcome, note = _answer(setting, left_out, answers, system)
    for number, text in setting.statement.lines:
        yield Accounted(setting.file, number, text, outcome, note)


def _answer(
    setting: Setting, left_out: Mapping[str, str], answers: Mapping[str, Answer], system: str
) -> tuple[Outcome, str]:
    if not setting.name:
        return "not possible", f"{RUBY}: write what holds without it"
    if setting.name in left_out:
        return "not possible", left_out[setting.name]
    answer = answers.get(setting.name)
    if answer is None:
        return "not possible", f"no setting of {system} that has a counterpart here"
    if setting.value is None:
        return "not possible", f"{RUBY}: write the value that it gives"
    return answer(setting.value if isinstance(setting.value, list) else [setting.value])


def _value_of(name: str, text: str) -> Any:
    """What the setting `name` is given; False for a compressor that is none."""
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
    """The path that `Rails.root.join("a", "b")` or `"#{Rails.root}/a/b"` stands for, from the root; None for others."""
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
