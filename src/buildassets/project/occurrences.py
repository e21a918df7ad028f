"""Finds the names of modules whose lists and dicts may change in ways that no single statement shows. Pure.

A list or dict stays known only where each occurrence of its name is in a position that is listed here: whatever
else may hand it to code that changes it. Names that share one are known only where none of them is changed.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from buildassets.foundation.frozen import frozen_by_name
from buildassets.project.python import READERS, dotted, root, text_of

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
        self._shared: dict[str, str] = {}  # a forest: of names that may share a list or dict
        self._shadowed: set[str] = set()  # names of functions that modules define

    def module(self, tree: ast.Module) -> None:
        """Look at each name in a module."""
        looked_up = {id(one) for node in ast.walk(tree) if isinstance(node, ast.Compare) for one in node.comparators}
        for node in ast.walk(tree):
            self._shadowed.update(_defined(node))
            is_writer = isinstance(node, ast.Name) and node.id in _WRITERS
            if isinstance(node, ast.Attribute):
                is_set = node.attr.isupper() and not isinstance(node.ctx, ast.Load)
                self._bound.update([node.attr] if is_set else [])
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
        groups: dict[str, set[str]] = {}
        for name in self._shared:
            groups.setdefault(self._first(name), set()).add(name)
        values = set(self._values)
        for names in groups.values():
            if len(names) > 1 and names & (self._values | self._changed):
                values |= names
        return Doubts(
            values=frozenset(values),
            shadowed=frozenset(self._shadowed),
            bound=frozenset(self._bound),
            changed=frozenset(self._changed),
        )

    def _first(self, name: str) -> str:
        while self._shared.get(name, name) != name:
            self._shared[name] = self._shared.get(self._shared[name], self._shared[name])
            name = self._shared[name]
        return name

    def _share(self, names: Iterable[str]) -> None:
        """Note that names may share a list or dict."""
        first = ""
        for name in names:
            self._shared.setdefault(name, name)
            if first:
                self._shared[self._first(name)] = self._first(first)
            first = first or name

    def _statement(self, statement: ast.stmt) -> None:  # noqa: C901 a branch for each kind
        match statement:
            case ast.Assign(targets, value):
                names = [one.id for one in targets if isinstance(one, ast.Name)]
                if names:
                    self._name(names, value)
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target, annotation, value):
                self._expression(annotation)
                if value is not None and isinstance(target, ast.Name):
                    self._name([target.id], value)
                elif value is not None:
                    self._assign(target, value)
            case ast.AugAssign(target, _, value):
                self._changed.add(root(target))
                self._items(target)
                self._content(value, [root(target)], is_copied=isinstance(target, ast.Name))
            case ast.Delete(targets):
                for target in targets:
                    self._changed.update([] if isinstance(target, ast.Name) else [root(target)])
                    self._items(target)
            case ast.Expr(ast.Call(ast.Attribute(owner, method)) as call) if method not in _LOOKS and _is_owner(owner):
                self._changed.add(root(owner))
                self._values.update(one.attr for one in ast.walk(owner) if isinstance(one, ast.Attribute))
                self._items(owner)
                for one in (*call.args, *(keyword.value for keyword in call.keywords)):
                    self._content(one, [root(owner)], is_copied=method not in _ADDS)
            case ast.For(target, iterated) | ast.AsyncFor(target, iterated):
                self._content(iterated, [*_names(target)], is_copied=False)
                self._bodies(statement)
            case ast.If(test) | ast.While(test):
                self._expression(test, is_test=True)
                self._bodies(statement)
            case ast.Try() | ast.TryStar():
                for handler in statement.handlers:
                    self._bound.update([handler.name] if handler.name else [])
                    self._expression(handler.type)
                self._bodies(statement)
            case ast.With(items) | ast.AsyncWith(items):
                for item in items:
                    self._expression(item.context_expr)
                    self._bound.update(_names(item.optional_vars) if item.optional_vars else ())
                self._bodies(statement)
            case ast.Match(subject, cases):
                self._expression(subject)
                for case in cases:
                    self._bound.update(_captured(case.pattern))
                    self._expression(case.guard)
                self._bodies(statement)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._scope(statement)
            case ast.Import() | ast.ImportFrom():
                for alias in statement.names:
                    self._share([alias.name, alias.asname] if alias.asname else [])
            case _:
                for part in ast.iter_child_nodes(statement):
                    self._expression(part)

    def _bodies(self, statement: ast.stmt) -> None:
        """Look at the statements in a statement."""
        for part in ast.iter_child_nodes(statement):
            if isinstance(part, ast.stmt):
                self._statement(part)
            elif isinstance(part, ast.ExceptHandler | ast.match_case):
                for one in part.body:
                    self._statement(one)

    def _name(self, names: Sequence[str], value: ast.expr) -> None:
        """Look at a value that gets `names`."""
        if not isinstance(value, ast.Constant | ast.JoinedStr):
            self._share(names)
        self._content(value, names, is_copied=False)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        """Look at a value that a target gets, but for one of its own name."""
        if isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) and not _has_star(value) else []
            if len(target.elts) == len(values) and not _has_star(target):
                for one, part in zip(target.elts, values, strict=True):
                    self._name([one.id], part) if isinstance(one, ast.Name) else self._assign(one, part)
                return
            self._bound.update(_names(target))
            self._expression(value)
        elif isinstance(target, ast.Subscript | ast.Attribute):
            self._changed.add(root(target))
            self._items(target)
            self._content(value, [root(target)], is_copied=False)

    def _items(self, target: ast.expr) -> None:
        """Look at the expressions in the items of a target."""
        while isinstance(target, ast.Attribute | ast.Subscript):
            if isinstance(target, ast.Subscript):
                self._expression(target.slice)
            target = target.value
        if not isinstance(target, ast.Name):
            self._expression(target)

    def _content(self, value: ast.expr, names: Sequence[str], *, is_copied: bool) -> None:
        """Look at a value that `names` get, or get as a part; where it `is_copied`, only its elements."""
        match value:
            case ast.Name(name):
                self._share(() if is_copied else (name, *filter(None, names)))
            case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
                for one in elements:
                    inner, is_star = (one.value, True) if isinstance(one, ast.Starred) else (one, False)
                    self._content(inner, names, is_copied=is_star)
            case ast.Dict(keys, values):
                for key, one in zip(keys, values, strict=True):
                    self._content(one, names, is_copied=key is None)
                    self._expression(key)
            case ast.Subscript() | ast.Attribute() if root(value):
                attributes = [one.attr for one in ast.walk(value) if isinstance(one, ast.Attribute)]
                self._share((root(value), *attributes, *filter(None, names)))  # of a module they are names, too
                is_method = isinstance(value, ast.Attribute) and not value.attr.isupper()
                self._values.update([root(value)] if is_method else [])
                self._items(value)
            case _:
                self._expression(value)

    def _expression(  # noqa: C901 a branch for each kind
        self, node: ast.AST | None, own: frozenset[str] = frozenset(), *, is_test: bool = False
    ) -> None:
        """Look at the names in an expression, but for those that are its `own`."""
        match node:
            case None:
                return
            case ast.Name(name):
                self._values.update(() if is_test or name in own else (name,))
            case ast.BinOp(left, _, right):
                self._operands((left, right), own)
            case ast.Compare(left, _, others):
                self._operands((left, *others), own)
            case ast.BoolOp(_, values) if is_test:
                self._operands(values, own)
            case ast.UnaryOp(_, operand):
                self._operands((operand,), own)
            case ast.IfExp(test, body, orelse):
                self._operands((test,), own)
                self._expression(body, own)
                self._expression(orelse, own)
            case ast.FormattedValue(value):
                self._operands((value,), own)
            case ast.Starred(value):
                self._operands((value,), own)
            case ast.Call():
                self._call(node, own)
            case ast.Lambda():
                self._scope(node, own)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._comprehension(node, own)
            case ast.NamedExpr(target, value):
                self._bound.add(target.id)
                self._expression(value, own)
            case ast.Attribute(value, method):
                self._values.update([method] if method.isupper() and not is_test else [])
                is_owner = isinstance(value, ast.Name)
                self._expression(None if is_owner and method in _LOOKS else value, own)
            case ast.Subscript(ast.Name(name), index):
                self._values.update(() if is_test or name in own else (name,))
                self._expression(index, own)
            case _:
                for part in ast.iter_child_nodes(node):
                    self._expression(part, own)

    def _operands(self, operands: Iterable[ast.expr], own: frozenset[str]) -> None:
        """Look at operands, of which the result has at most the elements."""
        for one in operands:
            if not isinstance(one, ast.Name):
                self._expression(one, own, is_test=True)

    def _call(self, call: ast.Call, own: frozenset[str]) -> None:
        function = dotted(call.func)
        name = function.rpartition(".")[2]
        is_read = name in READERS and not call.keywords and name not in self._shadowed and name not in own
        self._expression(None if isinstance(call.func, ast.Name) else call.func, own)
        for one in call.args:
            if not (is_read and isinstance(one, ast.Name)):
                self._expression(one, own)
        for keyword in call.keywords:
            self._expression(keyword.value, own)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, own: frozenset[str]
    ) -> None:
        targets = frozenset(name for one in node.generators for name in _names(one.target))
        calls = (one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute))
        is_changing = any(root(one.func) in targets for one in calls)
        for generator in node.generators:
            if is_changing or not isinstance(generator.iter, ast.Name):
                self._expression(generator.iter, own)
            for test in generator.ifs:
                self._expression(test, own | targets, is_test=True)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._expression(part, own | targets)

    def _scope(self, node: ast.AST, own: frozenset[str] = frozenset()) -> None:
        """Look at a function or class: names of the module may be in it where nothing is changed."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for one in node.decorator_list:
                self._expression(one, own)
        if isinstance(node, ast.ClassDef):
            for one in (*node.bases, *(keyword.value for keyword in node.keywords)):
                self._expression(one, own)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._expression(node.returns, own)
        if isinstance(node, _FUNCTIONS):
            for given in ast.walk(node.args):
                self._expression(given.annotation if isinstance(given, ast.arg) else None, own)
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                self._expression(default, own)
        local = own | _locals_of(node)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body  # type: ignore[attr-defined]
        for statement in body:
            self._inside(statement, local)

    def _inside(self, node: ast.AST, own: frozenset[str]) -> None:
        """Look at a part of a function."""
        if isinstance(node, ast.Global | ast.Nonlocal):
            self._bound.update(node.names)
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            self._scope(node, own)
        elif isinstance(node, ast.If | ast.While):
            self._expression(node.test, own, is_test=True)
            for one in (*node.body, *node.orelse):
                self._inside(one, own)
        elif isinstance(node, ast.expr):
            self._expression(node, own)
        else:
            for part in ast.iter_child_nodes(node):
                self._inside(part, own)


def _is_owner(node: ast.expr) -> bool:
    """Whether a method that is called on `node` is one of a list or dict that a name has."""
    return bool(root(node)) and not (isinstance(node, ast.Name) and node.id in _TYPES)


def _names(node: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def _captured(pattern: ast.pattern) -> Iterator[str]:
    for one in ast.walk(pattern):
        if isinstance(one, ast.MatchAs | ast.MatchStar) and one.name:
            yield one.name
        elif isinstance(one, ast.MatchMapping) and one.rest:
            yield one.rest


def _has_star(node: ast.Tuple | ast.List) -> bool:
    return any(isinstance(one, ast.Starred) for one in node.elts)


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
