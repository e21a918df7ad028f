"""`config.assets.…` of Rails, in the files that have it: what each line sets, whichever asset pipeline reads it.

Takes a folder, gives settings. What is no literal is not guessed.
"""

import os
import re
from collections.abc import Iterator
from typing import Any, Final

from buildassets.compiler.config.file import read_text
from buildassets.frozen import frozen
from buildassets.migrate.ruby import NotLiteralError, Statement, literal, statements

FILES: Final = (
    "config/application.rb",
    "config/environments/production.rb",
    "config/initializers/assets.rb",
)
_SETTING: Final = re.compile(
    r"(?:Rails\.application\.)?config\.assets\.(\w+)\s*(\+=|<<|=|\.push|\.concat|\.unshift)?\s*(.*)"
)
_ROOT: Final = re.compile(r"(?:Rails\.root|root)\.join\((.*)\)(?:\.to_s)?\Z")
_INTERPOLATED: Final = re.compile(r"[\"']#\{(?:Rails\.)?root\}/([^\"'#]*)[\"']\Z")


@frozen
class Setting:
    """A statement about `config.assets`: `name` is the setting, `value` what it is given, None for what is computed.

    With `adds` the value is added to those that are there.
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
            if found is not None:
                # All that stands in `config/application.rb` stands in a block: only what is conditional counts.
                value = None if " if " in statement.text or " unless " in statement.text else _value(found[3])
                yield Setting(file, statement, found[1], value, adds=found[2] not in (None, "="))


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
