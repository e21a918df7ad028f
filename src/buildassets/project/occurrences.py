"""Finds the names of modules whose lists and dicts may change in ways that no single statement shows. Pure.

A list or dict stays known only where each occurrence of its name is in a position that is listed here: whatever
else may hand it to code that changes it. Names that share one are known only where none of them is changed.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from buildassets.foundation.frozen import frozen_by_name
from buildassets.project.python import READERS, dotted, names_in, paired, root, text_of

ANY: Final = "*"
"""The name of all names, where code may change any of them."""

# By which code may change the names of a module.
_WRITERS: Final = frozenset(
    ("exec", "eval", "compile", "globals", "locals", "vars", "setattr", "delattr", "builtins", "__builtins__")
)
_NAMESPACES: Final = frozenset(("__dict__", "__globals__", "f_globals", "f_locals", "_getframe"))
_IMPORTERS: Final = ("import_module", "__import__", "import_string")
_LOOKS: Final = ("copy", "count", "index", "keys")  # methods that neither change a list or dict nor give parts of it
_TYPES: Final = ("dict", "list", "object", "set", "super", "tuple", "type")  # whose methods take the owner
_ADDS: Final = ("append", "insert", "update", "setdefault")  # methods that put their arguments into the owner
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@frozen_by_name
class Doubts:
    """Names whose `values` are not known if they are lists or dicts, and those that are `bound` in other ways.

    `changed` are names that statements of the module change in place, `shadowed` those that a module gives to something
    of its own; `*` is among `bound` if all are in doubt.
    """

    values: frozenset[str] = frozenset()
    shadowed: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def doubts(trees: Iterable[ast.Module], is_of_project: Callable[[str], bool]) -> Doubts:
    """What is in doubt in modules that share names; `is_of_project` knows by name which modules share."""
    found = _Occurrences(is_of_project)
    try:
        for tree in trees:
            found.module(tree)
    except RecursionError:  # a condition in a thousand others
        return Doubts(bound=frozenset([ANY]))
    return found.result()


class _Occurrences:
    def __init__(self, is_of_project: Callable[[str], bool]) -> None:
        self._is_of_project = is_of_project
        self._values: set[str] = set()
        self._bound: set[str] = set()
        self._changed: set[str] = set()
        self._shared: dict[str, set[str]] = {}  # by name, those that may share a list or dict with it
        self._shadowed: set[str] = set()  # names of functions that modules define

    def module(self, tree: ast.Module) -> None:
        """Look at each name in a module."""
        looked_up = {id(one) for node in ast.walk(tree) if isinstance(node, ast.Compare) for one in node.comparators}
        for node in ast.walk(tree):
            self._shadowed.update(_defined(node))
            self._bound.update(_bound_by(node))
            is_writer = isinstance(node, ast.Name) and node.id in _WRITERS
            if isinstance(node, ast.Attribute):
                is_modules = dotted(node) == "sys.modules" and id(node) not in looked_up
                is_writer = node.attr in _NAMESPACES or is_modules
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in _IMPORTERS:
                name = text_of(node.args[0]) if node.args else None
                is_writer = name is None or self._is_of_project(name)
            self._bound.update([ANY] if is_writer else [])
        for statement in tree.body:
            self._statement(statement)

    def result(self) -> Doubts:
        """The occurrences in all modules."""
        values, waiting = set(self._values), [*self._values, *self._changed]
        while waiting:
            others = self._shared.pop(name := waiting.pop(), set())
            values.update([name, *others] if others else ())
            waiting += others
        return Doubts(
            values=frozenset(values),
            shadowed=frozenset(self._shadowed),
            bound=frozenset(self._bound),
            changed=frozenset(self._changed),
        )

    def _share(self, names: Iterable[str]) -> None:
        """Note that names may share a list or dict."""
        first, *others = [*filter(None, names)] or [""]
        for name in others:
            if name != first:
                self._shared.setdefault(first, set()).add(name)
                self._shared.setdefault(name, set()).add(first)

    def _statement(self, statement: ast.AST) -> None:  # noqa: C901 a branch for each kind
        """Look at a statement outside of functions, or at a part of it."""
        match statement:
            case ast.Assign(targets, value):
                names = [one for one in targets if isinstance(one, ast.Name)]
                self._share(one.id for one in names)
                for target in (*names[:1], *(one for one in targets if not isinstance(one, ast.Name))):
                    self._assign(target, value)
            case ast.AnnAssign(target, annotation, value):
                self._look(annotation)
                if value is not None:
                    self._assign(target, value)
            case ast.AugAssign(target, _, value):
                self._change(target)
                self._content(value, [root(target)], is_copied=isinstance(target, ast.Name))
            case ast.Delete(targets):
                for target in targets:
                    if not isinstance(target, ast.Name):
                        self._change(target)
            case ast.Expr(ast.Call(ast.Attribute(owner, method)) as call) if method not in _LOOKS and _is_owner(owner):
                self._values.update(one.attr for one in ast.walk(owner) if isinstance(one, ast.Attribute))
                self._change(owner)
                for one in (*call.args, *(keyword.value for keyword in call.keywords)):
                    self._content(one, [root(owner)], is_copied=method not in _ADDS)
            case ast.For(target, iterated, body, orelse) | ast.AsyncFor(target, iterated, body, orelse):
                self._content(iterated, [*names_in(target)], is_copied=False)
                for inner in (*body, *orelse):
                    self._statement(inner)
            case ast.Import(aliases) | ast.ImportFrom(_, aliases):
                for alias in aliases:
                    self._share([alias.name, alias.asname or ""])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.expr():
                self._look(statement)
            case _:
                tested = getattr(statement, "test", None)
                for part in ast.iter_child_nodes(statement):
                    self._look(part, is_safe=True) if part is tested else self._statement(part)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        """Look at a value that a target gets, but for one of its own name."""
        if isinstance(target, ast.Name):
            self._content(value, [target.id], is_copied=False)
        elif isinstance(target, ast.Tuple | ast.List):
            for one, part in (pairs := paired(target, value)):
                self._assign(one, part)
            if not pairs:
                self._bound.update(names_in(target))
                self._look(value)
        else:
            self._change(target)
            self._content(value, [root(target)], is_copied=False)

    def _change(self, target: ast.expr) -> None:
        """Note that the value of a name is changed, and look at the expressions in the items of `target`."""
        self._changed.add(root(target))
        self._items(target)

    def _items(self, target: ast.expr) -> None:
        while isinstance(target, ast.Attribute | ast.Subscript):
            if isinstance(target, ast.Subscript):
                self._look(target.slice)
            target = target.value
        self._look(target, is_safe=True)

    def _content(self, value: ast.expr | None, names: Sequence[str], *, is_copied: bool) -> None:
        """Look at a value that `names` get, or get as a part; where it `is_copied`, only its elements."""
        match value:
            case ast.Name(name):
                self._share(() if is_copied else (name, *names))
            case ast.Starred(inner):
                self._content(inner, names, is_copied=True)
            case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
                for one in elements:
                    self._content(one, names, is_copied=False)
            case ast.Dict(keys, values):
                for key, one in zip(keys, values, strict=True):
                    self._content(one, names, is_copied=key is None)
                    self._look(key)
            case ast.Subscript() | ast.Attribute() if root(value):
                attributes = [one.attr for one in ast.walk(value) if isinstance(one, ast.Attribute)]
                self._share((root(value), *attributes, *names))  # of a module they are names, too
                is_method = isinstance(value, ast.Attribute) and not value.attr.isupper()
                self._values.update([root(value)] if is_method else [])
                self._items(value)
            case _:
                self._look(value)

    def _look(self, node: ast.AST | None, own: frozenset[str] = frozenset(), *, is_safe: bool = False) -> None:
        """Look at the names in an expression, or in a part of a function, but for those that are its `own`.

        It `is_safe` where its value is only tested, or its elements are taken.
        """
        inner, safe = frozenset[str](), list[ast.AST | None]()
        match node:
            case ast.Name(name) | ast.Subscript(ast.Name(name)):
                is_known = is_safe or name in own or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
                self._values.update(() if is_known else (name,))
                safe = [getattr(node, "value", None)]
            case ast.Attribute(value, name):
                self._values.update([name] if name.isupper() and not is_safe else [])
                safe = [value] if name in _LOOKS and isinstance(value, ast.Name) else []
            case ast.BinOp() | ast.Compare() | ast.UnaryOp() | ast.FormattedValue() | ast.Starred():
                safe = [*ast.iter_child_nodes(node)]
            case ast.BoolOp(_, values) if is_safe:
                safe = [*values]
            case ast.IfExp(test) | ast.If(test) | ast.While(test):
                safe = [test]
            case ast.Call(function, arguments, keywords):
                name = dotted(function).rpartition(".")[2]
                is_read = name in READERS and not keywords and name not in self._shadowed and name not in own
                safe = [*(arguments if is_read else ()), *([function] if isinstance(function, ast.Name) else ())]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                inner = frozenset(name for one in node.generators for name in names_in(one.target))
                self._generators(node, inner, own)
            case ast.Lambda() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                inner = _locals_of(node)
                self._around(node, own)
        are_safe, own = {id(one) for one in safe}, own | inner
        for part in _inside(node):
            self._look(part, own, is_safe=id(part) in are_safe)

    def _generators(self, node: "_Comprehension", targets: frozenset[str], own: frozenset[str]) -> None:
        calls = (one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute))
        is_changing = any(root(one.func) in targets for one in calls)
        for generator in node.generators:
            self._look(generator.iter, own, is_safe=not is_changing and isinstance(generator.iter, ast.Name))
            for test in generator.ifs:
                self._look(test, own | targets, is_safe=True)

    def _around(self, node: ast.AST, own: frozenset[str]) -> None:
        """Look at what is evaluated where a function or class is defined."""
        body = {id(one) for one in _inside(node)}
        for part in ast.iter_child_nodes(node):
            if id(part) not in body:
                self._look(part, own)


_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def _inside(node: ast.AST | None) -> Iterable[ast.AST]:
    """The parts of a node that see its own names."""
    match node:
        case None:
            return ()
        case ast.Lambda(_, body):
            return (body,)
        case ast.FunctionDef(body=statements) | ast.AsyncFunctionDef(body=statements) | ast.ClassDef(body=statements):
            return statements
        case ast.DictComp(key, value):
            return (key, value)
        case ast.ListComp(element) | ast.SetComp(element) | ast.GeneratorExp(element):
            return (element,)
    return ast.iter_child_nodes(node)


def _is_owner(node: ast.expr) -> bool:
    """Whether a method that is called on `node` is one of a list or dict that a name has."""
    return bool(root(node)) and not (isinstance(node, ast.Name) and node.id in _TYPES)


def _bound_by(node: ast.AST) -> Iterable[str]:
    """The names that a node binds in another way than an assignment or an import."""
    match node:
        case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()) if name.isupper():
            return (name,)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)) | ast.NamedExpr(ast.Name(name)):
            return (name,)
        case ast.withitem(optional_vars=ast.AST() as target):
            return names_in(target)
        case ast.Global(names) | ast.Nonlocal(names):
            return names
    return ()


def _defined(node: ast.AST) -> Iterator[str]:
    """The names that a node gives to something else than usual."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias) and node.asname and node.asname != node.name:
        yield node.asname


def _locals_of(node: ast.AST) -> frozenset[str]:
    """The names of a function or class of its own."""
    found: set[str] = set()
    if isinstance(node, _FUNCTIONS):
        given = node.args
        found.update(one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs))
        found.update(one.arg for one in (given.vararg, given.kwarg) if one)
    shared: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Global | ast.Nonlocal):
            shared.update(one.names)
        elif isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            found.add(one.id)
    return frozenset(found - shared)
