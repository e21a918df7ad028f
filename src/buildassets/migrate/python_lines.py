"""Reads Python files of other systems' projects: finds relevant statements, and gives an account of each line.

Takes text, gives accounts. Runs nothing. Pure.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from buildassets.frozen import field, frozen
from buildassets.migrate.plan import Accounted, Outcome

Answer = tuple[Outcome, str]
_WORST: Final[tuple[Outcome, ...]] = ("taken over", "changed", "not possible")


@frozen
class Judgement:
    """The answers for a statement: `usual` for each of its lines, except for those in `lines`.

    Without `usual`, its other lines are not listed.
    """

    usual: Answer | None
    lines: Mapping[int, Answer] = field(default_factory=dict)


Judge = Callable[[ast.stmt], Judgement | None]


def accounts_of(file: str, text: str, judge: Judge) -> Iterator[Accounted]:
    """The account of each line of the statements of `text` that `judge` knows.

    Empty if this version of Python cannot parse the text.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    written = text.split("\n")
    for statement in _statements(tree):
        judgement = judge(statement)
        if judgement is None:
            continue
        for number in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
            line = written[number - 1].strip()
            answer = judgement.lines.get(number, judgement.usual)
            if line and not line.startswith("#") and answer is not None:
                yield Accounted(file, number, line, *answer)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements that contain no others, and classes, followed by their statements."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            inner = [*_statements(child)]
            yield from inner or [child]
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from _statements(child)


def worst(answers: Iterator[tuple[int, Answer]]) -> dict[int, Answer]:
    """The answer for each line; of several, the one that requires the most work."""
    answers_by_line: dict[int, Answer] = {}
    for line, answer in answers:
        before = answers_by_line.get(line)
        if before is None or _WORST.index(answer[0]) > _WORST.index(before[0]):
            answers_by_line[line] = answer
    return answers_by_line


def together(answers: Sequence[Answer]) -> Answer:
    """The answer for a line with several settings: the outcome that requires the most work, and all the notes."""
    outcome = max((outcome for outcome, _ in answers), key=_WORST.index)
    return outcome, "; ".join(dict.fromkeys(note for _, note in answers))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def text_of(node: ast.AST) -> str | None:
    """The text of a literal; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def settings_in(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The settings that a statement assigns, with their values.

    Recognises `NAME = …`, `app.config["NAME"] = …`, `app.config.update(NAME=…)` and the like.
    """
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            name = _setting_name(target)
            if name:
                yield name, statement.value
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from _settings_in_call(statement.value)


def _settings_in_call(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in ("update", "from_mapping"):
        yield from ((one.arg, one.value) for one in call.keywords if one.arg)
        for argument in call.args:
            if isinstance(argument, ast.Dict):
                keys = ((text_of(key) if key else None, value) for key, value in _items(argument))
                yield from ((key, value) for key, value in keys if key)
    elif method == "setdefault" and len(call.args) == 2 and (name := text_of(call.args[0])):
        yield name, call.args[1]


def _items(given: ast.Dict) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    yield from zip(given.keys, given.values, strict=True)


def _setting_name(target: ast.expr) -> str | None:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Subscript):
        return text_of(target.slice)
    return None
