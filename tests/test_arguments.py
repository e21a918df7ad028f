"""Arguments have names: what is made or called here takes at most four by position, and no tuple of several kinds."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SOURCES: Final = Path(__file__).parents[1] / "src/buildassets"
_TREES: Final = {path.relative_to(_SOURCES).as_posix(): ast.parse(path.read_bytes()) for path in _SOURCES.rglob("*.py")}
_MOST: Final = 4
_CALLED_BY_OTHERS: Final = {  # by position
    "compat/compressor/run/jinja.py:_compressed": "the code that Jinja compiles",
    "compat/compressor/run/stand_ins/classes.py:__init__": "filters of django-compressor",
    "compat/webassets/run/jinja.py:_rendered": "the code that Jinja compiles",
    "foundation/diagnostics.py:place": "engines of other packages",
    "net/download.py:redirect_request": "urllib",
    "runtime/jinja.py:__init__": "Jinja",
}


def _long_signatures() -> Iterator[str]:
    for file, tree in _TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
                if len(names) - (names[:1] in (["self"], ["cls"])) > _MOST:
                    yield f"{file}:{node.name}"


def _fields(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the name and number of fields of each class of values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, sum(isinstance(one, ast.AnnAssign) for one in node.body)


def test_functions_take_at_most_four_arguments_by_position() -> None:
    assert set(_long_signatures()) == set(_CALLED_BY_OTHERS)


def test_values_of_many_fields_are_made_by_name() -> None:
    large = {name for tree in _TREES.values() for name, number in _fields(tree) if number > _MOST}
    small = {name for tree in _TREES.values() for name, number in _fields(tree) if number <= _MOST}
    calls = [
        f"{file}:{node.lineno}: {node.func.id}"
        for file, tree in _TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in large - small and len(node.args) > _MOST
    ]
    assert not calls
