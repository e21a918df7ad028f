"""Reads Python of a project: its statements, the settings that they assign, and values. Takes text or nodes. Pure."""

import ast
import posixpath
from collections.abc import Callable, Iterator
from typing import Any, Final

UNKNOWN: Final = object()
"""The value of what is computed; also in place of an element of a list, or of a value of a dict."""

# Names that settings give to the folder of `manage.py`, where they do not show how they find it.
_ROOTS: Final = ("BASE_DIR", "PROJECT_ROOT", "ROOT_DIR")
_SAME: Final = ("Path", "PurePath", "str", "abspath", "realpath", "normpath", "resolve", "absolute", "list", "tuple")
_LONGEST: Final = 10_000  # of texts and lists: sums of sums may be endless
_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parsed(text: str) -> ast.Module | None:
    """The module with that text; None if this version of Python cannot parse it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def simple_statements(node: ast.AST, *, is_top: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements that contain no others, with whether they stand at the top of the module."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        has_body = any(isinstance(one, ast.stmt | ast.match_case) for one in ast.iter_child_nodes(child))
        if isinstance(child, ast.stmt) and not has_body:
            yield child, is_top
        yield from simple_statements(child, is_top=is_top and not isinstance(child, _SCOPES))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST) -> str | None:
    """The text of a literal; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def literal_of(node: ast.expr) -> Any:
    """The value of a literal; UNKNOWN for anything else."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):  # a key of a dict may be a list, a sum may have a thousand parts
        return UNKNOWN


def settings_in(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The settings that a statement assigns, with their values.

    Recognises `NAME = …`, `app.config["NAME"] = …`, `app.config.update(NAME=…)`, `NAME.append(…)` and the like.
    """
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            yield from _set(target, statement.value)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from _settings_in_call(statement.value)


def _set(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The setting that `target` is; `NAME["KEY"] = …` adds to `NAME`."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Subscript) and (key := text_of(target.slice)):
        if isinstance(target.value, ast.Subscript) or dotted(target.value).isupper():
            yield from _set(target.value, ast.copy_location(ast.Dict([target.slice], [value]), value))
        else:
            yield key, value


def _settings_in_call(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    if not isinstance(call.func, ast.Attribute):
        return
    method, owner, last = call.func.attr, dotted(call.func.value), call.args[-1] if call.args else None
    if method in ("update", "from_mapping"):
        pairs = [pair for given in (call, *call.args) for pair in items(given)]
        whole = ast.Dict([ast.Constant(name) for name, _ in pairs], [value for _, value in pairs])
        yield from [(owner, ast.copy_location(whole, call))] if owner.isupper() else pairs
    elif method == "setdefault" and len(call.args) == 2 and (name := text_of(call.args[0])):
        yield name, call.args[1]
    elif method in ("append", "insert", "extend") and last and owner.isupper():
        yield owner, last if method == "extend" else ast.copy_location(ast.List([last]), last)


def items(given: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The keys that are literal texts, and the values, of a dict, or of a call such as `dict(key=value)`."""
    if isinstance(given, ast.Dict):
        pairs = zip(given.keys, given.values, strict=True)
        yield from ((name, value) for key, value in pairs if key is not None and (name := text_of(key)))
    elif isinstance(given, ast.Call):
        yield from ((one.arg, one.value) for one in given.keywords if one.arg)


def value_of(node: ast.expr, look: Callable[[str], Any] = lambda name: UNKNOWN) -> Any:
    """The value of an expression: texts, numbers, lists, dicts and paths, which are texts; else UNKNOWN.

    A path from the folder of `manage.py` is relative. `look` gives the values of names, `__file__` among them.
    """
    try:
        return _value_of(node, look)
    except RecursionError:  # a sum of a thousand parts
        return UNKNOWN


def _value_of(node: ast.expr, look: Callable[[str], Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name(name):
            found = look(name)
            return "" if found is UNKNOWN and name in _ROOTS else found
        case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
            return _listed(elements, look)
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            found = dict(pair for key, value in pairs for pair in _pairs(key, _value_of(value, look)))
            return found if _is_usual(found) else UNKNOWN
        case ast.BinOp(left, ast.Add(), right):
            return added(_value_of(left, look), _value_of(right, look))
        case ast.BinOp(left, ast.Div(), right):
            return _joined([_value_of(left, look), _value_of(right, look)])
        case ast.JoinedStr(parts):
            texts = [_value_of(one.value if isinstance(one, ast.FormattedValue) else one, look) for one in parts]
            return "".join(texts) if _are_usual_texts(texts) else UNKNOWN
    return _made(node, look)


def added(first: Any, second: Any) -> Any:
    """The sum of two texts or lists, or both dicts in one; UNKNOWN for anything else, or what is longer than usual."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {**first, **second} if len(first) + len(second) < _LONGEST else UNKNOWN
    is_same = isinstance(first, str | list) and type(first) is type(second)
    return first + second if is_same and len(first) + len(second) < _LONGEST else UNKNOWN


def _listed(elements: list[ast.expr], look: Callable[[str], Any]) -> Any:
    """The list of `elements`, with those of a list that has a star in its place."""
    found: list[Any] = []
    for element in elements:
        starred = _value_of(element.value, look) if isinstance(element, ast.Starred) else None
        found += [_value_of(element, look)] if starred is None else starred if isinstance(starred, list) else [UNKNOWN]
        if len(found) > _LONGEST:
            return UNKNOWN
    return found if _is_usual(found) else UNKNOWN


def _is_usual(value: list[Any] | dict[Any, Any]) -> bool:
    """Whether a list or dict has no more values than usual, those of lists and dicts in it among them."""
    waiting, count = [value], 0
    while waiting and count <= _LONGEST:
        one = waiting.pop()
        count += len(one)
        waiting += (
            inner for inner in (one.values() if isinstance(one, dict) else one) if isinstance(inner, list | dict)
        )
    return count <= _LONGEST


def _are_usual_texts(parts: list[Any]) -> bool:
    return all(isinstance(one, str) for one in parts) and sum(map(len, parts)) < _LONGEST


def _pairs(key: ast.expr | None, value: Any) -> Iterator[tuple[Any, Any]]:
    if key is None:
        yield from value.items() if isinstance(value, dict) else ()
    elif isinstance(key, ast.Constant):
        yield key.value, value


def _made(node: ast.expr, look: Callable[[str], Any]) -> Any:
    """The value of a call or an attribute."""
    match node:
        case ast.Attribute(owner, "parent"):
            return _above(_value_of(owner, look), 1)
        case ast.Subscript(ast.Attribute(owner, "parents"), ast.Constant(int(number))):
            return _above(_value_of(owner, look), number + 1)
        case ast.Call():
            return _result(node, look)
    return UNKNOWN


def _result(call: ast.Call, look: Callable[[str], Any]) -> Any:
    """The result of a call that makes a path, or a list or a text of the same."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    is_function = dotted(call.func).endswith((f"path.{name}", "pathlib.Path"))
    owner = [] if is_function or not isinstance(call.func, ast.Attribute) else [call.func.value]
    given = [_value_of(one, look) for one in (*owner, *call.args)]
    if name in ("join", "joinpath", "Path", "path") and len(given) > 1:
        return _joined(given)
    if name == "dirname" and given:
        return _above(given[0], 1)
    return given[0] if name in _SAME and len(given) == 1 else UNKNOWN


def _joined(parts: list[Any]) -> Any:
    return posixpath.join(*parts) if _are_usual_texts(parts) else UNKNOWN


def _above(path: Any, levels: int) -> Any:
    """The folder that many levels above `path`; UNKNOWN above the folder of `manage.py`."""
    for _ in range(levels):
        if not isinstance(path, str) or not path:
            return UNKNOWN
        if path == (path := posixpath.dirname(path)):
            break
    return path
