"""Reads Python of a project: its statements, the settings that they assign, and values. Takes text or nodes. Pure."""

import ast
import posixpath
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, Final, Literal, TypeVar

from buildassets.foundation.frozen import frozen, replace

UNKNOWN: Final = object()
"""The value of what is computed; also in place of an element of a list, or of a value of a dict."""

DEFINED: Final = object()
"""The value of a function or class of the project."""


class ProjectPath(str):
    """A path from the folder of `manage.py`; as a part of another text it would be absolute."""

    __slots__ = ()


class PythonTuple(list[Any]):
    """A tuple; `+=` makes another one, where it changes a list itself."""


@frozen
class Maybe:
    """An element of a list that is in it only on a condition that is not known."""

    value: Any


_Made = TypeVar("_Made", bound=ast.expr)

# Names that settings give to the folder of `manage.py`; what they are is only known where nothing assigns them.
_ROOTS: Final = ("BASE_DIR", "PROJECT_ROOT", "ROOT_DIR")
_SAME: Final = ("str", "optional")
FUNCTIONS: Final = frozenset(
    ("list", "tuple", "dict", "Path", "PurePath", "join", "dirname", "abspath", "realpath", "normpath", *_SAME)
)
"""The names of functions whose results are known, unless a module gives them to something else."""
_NORMAL: Final = ("abspath", "realpath", "normpath", "resolve", "absolute")
_LONGEST: Final = 10_000  # of texts and lists: sums of sums may be endless
# Methods of lists and dicts that change nothing, and functions that change no argument.
READS: Final = ("copy", "count", "get", "index", "items", "keys", "values")
READERS: Final = (
    *("all", "any", "bool", "dict", "enumerate", "filter", "frozenset", "isinstance", "len", "list", "map", "max"),
    *("min", "print", "repr", "reversed", "set", "sorted", "str", "sum", "tuple", "type", "zip"),
    *("copy", "deepcopy", "join"),
)
_MOST_KEYS: Final = 1_000
_MOST_LEVELS: Final = 50  # that a path is above another
_DEEPEST: Final = 4  # levels of a table in which an item is set


def parsed(text: str) -> ast.Module | None:
    """The module with that text; None if this version of Python cannot parse it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def fault_line(text: str) -> int:
    """The line at which this version of Python stops parsing `text`; 1 where it does not know one."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        return getattr(fault, "lineno", None) or 1
    return 1


def simple_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements that contain no others."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        has_body = any(isinstance(one, ast.stmt | ast.match_case) for one in ast.iter_child_nodes(child))
        if isinstance(child, ast.stmt) and not has_body:
            yield child
        yield from simple_statements(child)


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


@frozen
class Setting:
    """A setting that a statement assigns, extends or changes.

    `value` is what it becomes where the statement `sets` it, or what is added where it `adds`. Where it `changes` the
    setting in another way, the value then is not known, and `value` has the expressions of the change. A setting that
    is an item of a table, such as `app.config`, is set `through` that; else it is a name of the module.
    """

    name: str
    value: ast.expr
    effect: Literal["sets", "adds", "changes"]
    through: str = ""


def settings_in(statement: ast.stmt) -> Iterator[Setting]:
    """The settings that a statement assigns or changes.

    Recognises `NAME = …`, `app.config["NAME"] = …`, `app.config.update(NAME=…)`, `NAME.append(…)` and the like.
    """
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            yield from _set(target, statement.value)
    elif isinstance(statement, ast.AugAssign):
        is_sum = isinstance(statement.target, ast.Name) and isinstance(statement.op, ast.Add | ast.BitOr)
        for one in _set(statement.target, statement.value):
            yield replace(one, effect="adds" if is_sum else "changes")
    elif isinstance(statement, ast.Delete):
        for target in statement.targets:
            yield from _changed(target, target)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from _settings_in_call(statement.value)


def _set(target: ast.expr, value: ast.expr) -> Iterator[Setting]:
    """The settings that `target` is; `NAME["KEY"] = …` adds to `NAME`."""
    if isinstance(target, ast.Name):
        yield Setting(target.id, value, "sets")
    elif isinstance(target, ast.Tuple | ast.List):
        for one, part in (pairs := paired(target, value)):
            yield from _set(one, part)
        for one in () if pairs else target.elts:
            yield from _changed(one, value)
    elif isinstance(target, ast.Subscript):
        yield from _set_item(target, value)


def paired(target: ast.Tuple | ast.List, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """The targets in `target`, each with its value; empty where `value` does not show which one gets what."""
    values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    has_star = any(isinstance(one, ast.Starred) for one in (*values, *target.elts))
    return [] if has_star or len(values) != len(target.elts) else [*zip(target.elts, values, strict=True)]


def _set_item(target: ast.Subscript, value: ast.expr, depth: int = 1) -> Iterator[Setting]:
    key, owner = text_of(target.slice), target.value
    if key is None or depth > _DEEPEST:
        yield from _changed(target, value)
    elif isinstance(owner, ast.Subscript):
        yield from _set_item(owner, _located(ast.Dict([None, target.slice], [owner, value]), value), depth + 1)
    elif dotted(owner).isupper():
        yield Setting(dotted(owner), _located(ast.Dict([target.slice], [value]), value), "adds")
    else:
        yield Setting(key, value, "sets", root(owner) or "?")


def _changed(target: ast.expr, value: ast.expr) -> Iterator[Setting]:
    """The setting that is `target`, or that `target` is a part of, as changed by `value`."""
    if (name := root(target)).isupper():
        yield Setting(name, _located(ast.Call(ast.Constant(None), [value], []), value), "changes")


def root(node: ast.AST) -> str:
    """`a` for `a.b[0].c`; empty for what does not begin with a name."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _settings_in_call(call: ast.Call) -> Iterator[Setting]:
    if not isinstance(call.func, ast.Attribute):
        return
    method, owner, last = call.func.attr, call.func.value, call.args[-1] if call.args else None
    name = dotted(owner)
    if method in ("update", "from_mapping") and (not name.isupper() or _is_literal(call)):
        pairs = [*items(ast.Call(ast.Name("dict"), call.args, call.keywords))]
        whole = _located(ast.Dict([ast.Constant(key) for key, _ in pairs], [value for _, value in pairs]), call)
        through = root(owner) or "?"
        tables = (Setting(*pair, "sets", through) for pair in pairs)
        yield from [Setting(name, whole, "adds")] if name.isupper() else tables
    elif method == "setdefault" and not name.isupper() and len(call.args) == 2 and (key := text_of(call.args[0])):
        yield Setting(key, call.args[1], "sets", root(owner) or "?")
    elif method in ("append", "extend") and last and isinstance(owner, ast.Name):
        yield Setting(name, last if method == "extend" else _located(ast.List([last]), last), "adds")
    elif method == "insert" and last and isinstance(owner, ast.Name) and _is_zero(call.args[0]):
        yield Setting(name, _located(ast.List([last, ast.Starred(owner)]), last), "sets")
    else:
        yield from _changed(owner, call)


def _is_literal(call: ast.Call) -> bool:
    """Whether a call of `update` shows all keys that it sets."""
    keys = [key for one in call.args for key in (one.keys if isinstance(one, ast.Dict) else [None])]
    return all(key is not None and text_of(key) is not None for key in keys) and all(one.arg for one in call.keywords)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _located(made: _Made, at: ast.expr) -> _Made:
    return ast.fix_missing_locations(ast.copy_location(made, at))


def disturbed(node: ast.AST) -> Iterator[str]:
    """The names whose lists and dicts the methods that `node` calls, or hands out, may change.

    What else may change them is in doubt in the whole module: see `occurrences`.
    """
    called = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load) and one.attr not in READS:
            yield from [root(one.value)] if id(one) in called or isinstance(one.value, ast.Name) else ()


def stored(node: ast.AST) -> Iterator[str]:
    """The names of which an expression or a statement sets or deletes an item or an attribute."""
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript | ast.Attribute) and not isinstance(one.ctx, ast.Load):
            yield root(one)


def names_in(node: ast.AST) -> Iterator[str]:
    """The plain names in an expression or a statement."""
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def bound(node: ast.AST) -> Iterator[str]:
    """The names that an expression or a statement binds or deletes, in any way."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            yield one.id
        elif isinstance(one, ast.alias):
            yield (one.asname or one.name).partition(".")[0]


def items(given: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The keys that are literal texts, and the values, of a dict, or of `dict(key=value)`."""
    if isinstance(given, ast.Dict):
        pairs = zip(given.keys, given.values, strict=True)
        yield from ((name, value) for key, value in pairs if key is not None and (name := text_of(key)))
    elif isinstance(given, ast.Call) and dotted(given.func) == "dict":
        yield from (pair for one in given.args for pair in items(one))
        yield from ((one.arg, one.value) for one in given.keywords if one.arg)


def value_of_absent(name: str) -> Any:
    """The value of a name that nothing assigns: for one that usually is the folder of `manage.py`, that."""
    return ProjectPath() if name in _ROOTS else UNKNOWN


def value_of(node: ast.expr, look: Callable[[str], Any] = value_of_absent) -> Any:
    """The value of an expression: texts, numbers, lists, dicts and paths, which are texts; else UNKNOWN.

    A path from the folder of `manage.py` is relative. `look` gives the values of names, `__file__` among them, and
    DEFINED for a function of the project.
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
            return UNKNOWN if (found := look(name)) is DEFINED else found
        case ast.List(elements):
            return _listed(elements, look)
        case ast.Tuple(elements):
            return PythonTuple(found) if isinstance(found := _listed(elements, look), list) else found
        case ast.Dict():
            return _dict(node, look)
        case ast.BinOp(left, ast.Add(), right):
            return added(_value_of(left, look), _value_of(right, look))
        case ast.BinOp(left, ast.Sub(), ast.Constant(int(levels))):  # environ.Path(__file__) - 3
            is_path = isinstance(left, ast.Call) and dotted(left.func).endswith("environ.Path")
            return _above(_value_of(left, look), levels) if is_path and 0 <= levels < _MOST_LEVELS else UNKNOWN
        case ast.BinOp(left, ast.Div(), right):
            path = _joined([_value_of(left, look), _value_of(right, look)])
            return path if path is UNKNOWN else _like(path, path.rstrip("/") or "/")
        case ast.JoinedStr(parts):
            texts = [_formatted(one, look) for one in parts]
            return reduce(added, texts) if texts and _are_usual_texts(texts) else "" if not texts else UNKNOWN
    return _made(node, look)


def added(first: Any, second: Any) -> Any:
    """The sum of two texts or lists, or both dicts in one; UNKNOWN for anything else, or what is longer than usual.

    In the sum with a list, what is not known is one element that is not known.
    """
    if isinstance(first, list) or isinstance(second, list):
        first, second = ([UNKNOWN] if one is UNKNOWN else one for one in (first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return {**first, **second} if len(first) + len(second) < _MOST_KEYS else UNKNOWN
    if isinstance(first, ProjectPath) and type(second) is str and (second.startswith("/") or not second):
        return ProjectPath(f"{first}{second}".removeprefix("/")) if len(first) + len(second) < _LONGEST else UNKNOWN
    is_same = all(isinstance(one, str) and not isinstance(one, ProjectPath) for one in (first, second))
    if not is_same and not (isinstance(first, list) and isinstance(second, list)):
        return UNKNOWN
    return type(first)(first + second) if len(first) + len(second) < _LONGEST else UNKNOWN


def either(first: Any, second: Any) -> Any:
    """The value that is `first` or `second`: what both have in common is known."""
    if first == second:
        return first
    if isinstance(first, dict) and isinstance(second, dict):
        return {key: either(first.get(key, UNKNOWN), second.get(key, UNKNOWN)) for key in {**first, **second}}
    if not isinstance(first, list) or not isinstance(second, list):
        return UNKNOWN
    less, more = sorted((first, second), key=len)
    for start in range(len(more) - len(less) + 1):
        end = start + len(less)
        if more[start:end] == less:
            return [*map(_maybe, more[:start]), *less, *map(_maybe, more[end:])]
    return UNKNOWN


def _maybe(element: Any) -> Any:
    return element if element is UNKNOWN or isinstance(element, Maybe) else Maybe(element)


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


def _formatted(part: ast.expr, look: Callable[[str], Any]) -> Any:
    if not isinstance(part, ast.FormattedValue):
        return _value_of(part, look)
    return UNKNOWN if part.format_spec or part.conversion != -1 else _value_of(part.value, look)


def _dict(node: ast.Dict, look: Callable[[str], Any]) -> Any:
    """The value of a dict; UNKNOWN where its keys are not all known."""
    found: dict[Any, Any] = {}
    for key, given in zip(node.keys, node.values, strict=True):
        value = _value_of(given, look)
        if key is None and isinstance(value, dict):
            found.update(value)
        elif isinstance(key, ast.Constant):
            found[key.value] = value
        else:
            return UNKNOWN
        if len(found) >= _MOST_KEYS:
            return UNKNOWN
    return found if _is_usual(found) else UNKNOWN


def _made(node: ast.expr, look: Callable[[str], Any]) -> Any:
    """The value of a call or an attribute."""
    match node:
        case ast.Attribute(owner, "parent"):
            return _above(_value_of(owner, look), 1)
        case ast.Subscript(ast.Attribute(owner, "parents"), ast.Constant(int(number))):
            return _above(_value_of(owner, look), number + 1)
        case ast.Subscript(owner, ast.Constant(key)) if isinstance(table := _value_of(owner, look), dict):
            return table.get(key, UNKNOWN)
        case ast.Call():
            return _result(node, look)
    return UNKNOWN


def _result(call: ast.Call, look: Callable[[str], Any]) -> Any:
    """The result of a call that makes a path, or a list or a text of the same."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    if any(one.arg != "strict" for one in call.keywords) or look(root(call.func)) is DEFINED:
        return UNKNOWN
    is_function = dotted(call.func) in (f"path.{name}", f"os.path.{name}", "pathlib.Path", "environ.Path")
    owner = [] if is_function or not isinstance(call.func, ast.Attribute) else [call.func.value]
    given = [_value_of(one, look) for one in (*owner, *call.args)]
    if name in ("join", "joinpath", "Path", "path") and len(given) > 1:
        is_of_text = name == "join" and owner  # `"/".join(…)`
        return UNKNOWN if is_of_text else _joined(given)
    if name == "dirname" and given:
        return _above(given[0], 1)
    if name in ("list", "tuple") and len(given) == 1 and isinstance(given[0], list):
        return [*given[0]] if name == "list" else PythonTuple(given[0])
    if len(given) != 1 or not isinstance(given[0], str):
        return UNKNOWN
    if name in ("Path", "PurePath"):
        return _like(given[0], posixpath.normpath(given[0]) if given[0] else "")
    return _normal(given[0]) if name in _NORMAL else given[0] if name in _SAME else UNKNOWN


def _like(path: str, text: str) -> str:
    """`text`, as a path of the project where `path` is one."""
    return ProjectPath(text) if isinstance(path, ProjectPath) else text


def _normal(path: str) -> Any:
    """`path` without `..`; UNKNOWN above the folder of `manage.py`."""
    found = posixpath.normpath(path) if path else ""
    return UNKNOWN if found.startswith("..") else _like(path, "" if found == "." else found)


def _joined(parts: list[Any]) -> Any:
    return _like(parts[0], posixpath.join(*parts)) if _are_usual_texts(parts) else UNKNOWN


def _above(path: Any, levels: int) -> Any:
    """The folder that many levels above `path`; UNKNOWN above the folder of `manage.py`."""
    for _ in range(levels):
        if not isinstance(path, str) or not path:
            return UNKNOWN
        if path == (path := _like(path, posixpath.dirname(path))):
            break
    return path
