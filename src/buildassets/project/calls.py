"""Finds the calls in Python that make applications, environments of templates and their settings. Pure.

Takes the text of a module, gives the calls with the statements in which they stand. Names are followed through the
imports of the module alone.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.frameworks import FRAMEWORKS
from buildassets.project.python import dotted, parsed, simple_statements

# What each of these callables makes, by the end of its dotted name.
MAKERS: Final[Mapping[str, str]] = {
    **{maker: framework.name for framework in FRAMEWORKS for maker in framework.makers},
    "fastapi.templating.Jinja2Templates": "templates",
    "starlette.templating.Jinja2Templates": "templates",
    "buildassets.runtime.Assets": "assets",
    "buildassets.runtime.assets.Assets": "assets",
    "buildassets.runtime.flask.FlaskAssets": "flask-assets",
    "buildassets.runtime.quart.QuartAssets": "flask-assets",
}
_OURS: Final = ("assets", "flask-assets")


@frozen
class MadeThing:
    """A call that makes a thing of some `kind`; `name` is the variable that gets it, empty if none does directly.

    A class that makes an application is of a library, which others configure: its calls do not count, except ours and
    those with `__name__`.
    `statement` is the simple statement in which the call stands.
    """

    kind: str
    name: str
    call: ast.Call
    statement: ast.stmt


@frozen
class Module:
    """The objects that a module makes, in order, and the dotted names that it imports."""

    made: tuple[MadeThing, ...] = ()
    imported: frozenset[str] = frozenset()
    tree: ast.Module | None = None

    def of(self, *kinds: str) -> list[MadeThing]:
        """The objects of `kinds` that it makes."""
        return [one for one in self.made if one.kind in kinds]

    def imports(self, package: str) -> bool:
        """Whether it imports `package` or something in it."""
        return any(name == package or name.startswith(f"{package}.") for name in self.imported)


def read_module(text: str) -> Module:
    """The module with that text; empty if this version of Python cannot parse it."""
    tree = parsed(text)
    if tree is None:
        return Module()
    origins = origins_in([*ast.walk(tree)])
    made = sorted(_made(tree, origins), key=lambda one: (one.call.lineno, one.call.col_offset))
    return Module(tuple(made), frozenset(origins.values()), tree)


def origins_in(nodes: Sequence[ast.AST]) -> dict[str, str]:
    """What the imported names of the module stand for, and what its classes are that inherit from a maker."""
    found = _imported(nodes)
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            maker = next((base for one in node.bases if (base := full_name(one, found)) in MAKERS), None)
            found |= {node.name: maker} if maker else {}
    return found


def _imported(nodes: Iterable[ast.AST]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name] = one.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def _made(tree: ast.Module, origins: Mapping[str, str]) -> Iterator[MadeThing]:
    in_classes = {id(one) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for one in ast.walk(node)}
    opened = [node for node in ast.walk(tree) if isinstance(node, ast.With)]  # with Configurator() as config:
    for statement in (*simple_statements(tree), *opened):
        name = _target(statement)
        for node in _expressions(statement):
            kind = MAKERS.get(full_name(node.func, origins)) if isinstance(node, ast.Call) else None
            if kind is None or not isinstance(node, ast.Call):
                continue
            if id(node) not in in_classes or kind in _OURS or _is_of_module(node):
                is_direct = getattr(statement, "value", None) is node
                yield MadeThing(kind, name if is_direct else "", call=node, statement=statement)


def _is_of_module(call: ast.Call) -> bool:
    """Whether it makes an application of the module that calls, as in `Flask(__name__)`."""
    return bool(call.args) and dotted(call.args[0]) == "__name__"


def _expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a simple statement, or of the head of a `with`."""
    for one in statement.items if isinstance(statement, ast.With) else [statement]:
        yield from ast.walk(one)


def full_name(function: ast.expr, origins: Mapping[str, str]) -> str:
    """The dotted name that a function has where it is defined."""
    name, dot, rest = dotted(function).partition(".")
    return f"{origins.get(name, name)}{dot}{rest}"


def _target(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return dotted(statement.targets[0])
    return dotted(statement.target) if isinstance(statement, ast.AnnAssign) else ""
