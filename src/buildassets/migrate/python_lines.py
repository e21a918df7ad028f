"""Reads Python files of other systems' projects: finds relevant statements, and gives an account of each line.

Takes text, gives accounts. Runs nothing. Pure.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from buildassets.compat.meaning import Meaning
from buildassets.foundation.frozen import field, frozen
from buildassets.migrate.plan import Accounted, Answer, by_line
from buildassets.project.python import parsed, settings_in, simple_statements, text_of

# The answer for all lines of a statement, None where the others are not listed; and those for some of its lines.
Judgement: TypeAlias = tuple[Answer | None, Iterable[tuple[int, Answer]]]
Judge: TypeAlias = Callable[[ast.stmt], Judgement | None]
# Judges the value of a setting.
Reader: TypeAlias = Callable[[str, ast.expr], Judgement]


@frozen
class SettingsTable:
    """What becomes of the settings of a system, by `meaning`; None for those of others.

    `texts` are dotted names, and names in lists, whose lines have their own answers. `readers` look into values.
    """

    meaning: Callable[[str], Meaning | None]
    texts: Mapping[str, Meaning] = field(default_factory=dict)
    readers: Mapping[str, Reader] = field(default_factory=dict)

    def judge(self, statement: ast.stmt) -> Judgement | None:
        """The judgement on a statement; None if it has no setting of the system."""
        judged = [(one.value, *self._judged(one.name, one.value)) for one in settings_in(statement)]
        inner = [one for _, _, lines in judged for one in lines]
        # `A = B = []` gives one value to two settings.
        values = dict.fromkeys(value for value, _, _ in judged)
        inner += (one for value in values for one in self._texts(value))
        found = [(value, answer) for value, answer, _ in judged if answer is not None]
        if not found:
            return (None, inner) if inner else None
        if len(judged) == 1:
            return found[0][1], inner
        return None, (*inner, *(pair for value, answer in found for pair in over(value, answer)))

    def _judged(self, name: str, value: ast.expr) -> tuple[Answer | None, list[tuple[int, Answer]]]:
        meaning = self.meaning(name)
        if name in self.readers:
            answer, lines = self.readers[name](name, value)
            return answer, [*lines]
        return answer_of(name, meaning) if meaning else None, []

    def _texts(self, value: ast.expr) -> Iterator[tuple[int, Answer]]:
        for node in ast.walk(ast.Expr(value)):
            for child in ast.iter_child_nodes(node):
                text = text_of(child) or ""
                if text in self.texts and ("." in text or isinstance(node, ast.List | ast.Tuple)):
                    yield from over(child, answer_of(text, self.texts[text]))


def among(settings: Mapping[str, Meaning], prefix: str, unknown: Meaning) -> Callable[[str], Meaning | None]:
    """Finds the meaning of a setting; one with the `prefix` that is not among `settings` is `unknown`."""
    return lambda name: settings.get(name) or (unknown if name.startswith(prefix) else None)


def answer_of(name: str, meaning: Meaning) -> Answer:
    """The answer that names what has the meaning."""
    return meaning.outcome, f"`{name}`: {meaning.note}"


def over(node: ast.AST, answer: Answer) -> Iterator[tuple[int, Answer]]:
    """The answer for each line of an expression."""
    return ((line, answer) for line in range(node.lineno, node.end_lineno + 1))  # type: ignore[attr-defined]  # it is an expression


def accounts_of(file: str, text: str, judge: Judge) -> Iterator[Accounted]:
    """The account of each line of the statements of `text` that `judge` knows.

    Empty if this version of Python cannot parse the text.
    """
    tree = parsed(text)
    written = text.split("\n")
    for statement in simple_statements(tree) if tree else ():
        usual, inner = judge(statement) or (None, ())
        answers = by_line(inner)
        for number in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
            line = written[number - 1].strip()
            answer = answers.get(number, usual)
            if line and not line.startswith("#") and answer is not None:
                yield Accounted(file, number, line, *answer)


class Uses:
    """Finds the statements of a module that use what it imports from `packages`, or what it makes with that.

    `given` are names that modules import from each other; those that this module assigns are added to it.
    """

    def __init__(self, *packages: str, given: set[str] | None = None) -> None:
        self._packages = packages
        self._given = set() if given is None else given
        self._names: set[str] = set()

    def imports(self, statement: ast.stmt) -> bool:
        """Whether the statement imports one of the packages, or something in it."""
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return False
        modules = [getattr(statement, "module", None) or one.name for one in statement.names]
        if any(f"{module}.".startswith(f"{package}.") for module in modules for package in self._packages):
            self._names |= {(one.asname or one.name).partition(".")[0] for one in statement.names}
            return True
        self._names |= {one.asname or one.name for one in statement.names if one.name in self._given}
        return False

    def has(self, statement: ast.stmt) -> bool:
        """Whether the statement uses a name of theirs; the names that it assigns count from now on."""
        if self._names.isdisjoint(one.id for one in ast.walk(statement) if isinstance(one, ast.Name)):
            return False
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        made = {one.id for one in targets if isinstance(one, ast.Name)}
        self._names |= made
        self._given |= made
        return True
