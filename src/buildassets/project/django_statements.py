"""Follows the statements of Django's settings without running them. Takes the files of a project, gives values.

What a statement does is known or not: a value that depends on a condition that is not known is not known, nor is one
that a call may have changed. `from .base import *`, and `include` of django-split-settings, are followed.
"""

import ast
import fnmatch
import posixpath
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.project.files import ProjectFiles
from buildassets.project.python import (
    UNKNOWN,
    Maybe,
    PythonTuple,
    Setting,
    added,
    bound,
    disturbed,
    dotted,
    either,
    parsed,
    root,
    settings_in,
    simple_statements,
    value_of,
)

ANY: Final = "*"
"""The name of all settings, where a statement may have changed any of them."""

_MOST_FILES: Final = 20
_ABSENT: Final = object()
_WRITERS: Final = ("exec", "globals", "locals", "setattr", "vars")  # by which any name may get another value
_Look: TypeAlias = Callable[[str], Any]


class _Names:
    """The values of names so far; those in a branch are above those `around` it."""

    def __init__(self, around: "_Names | None" = None) -> None:
        self._around = around
        self.own: dict[str, Any] = {}
        self.is_lost = False  # so that names are not known, except the own ones

    def value(self, name: str) -> Any:
        """The value of a name; `_ABSENT` if it has none."""
        names: _Names | None = self
        while names is not None:
            if name in names.own:
                return names.own[name]
            if names.is_lost:
                return UNKNOWN
            names = names._around
        return _ABSENT

    def look(self, name: str) -> Any:
        """The value of a name as `value_of` takes it."""
        value = self.value(name)
        return UNKNOWN if value is _ABSENT else value

    def names_of(self, value: Any) -> list[str]:
        """The names of one list or dict, which a statement may change itself, in order; none of other values."""
        if not isinstance(value, list | dict) or isinstance(value, PythonTuple):
            return []
        known = {*self.own, *(self._around.names_of(value) if self._around else ())}
        return sorted(name for name in known if self.value(name) is value)

    def lose(self) -> None:
        """Make the values of all names unknown."""
        file = self.look("__file__")
        self.own.clear()
        self.own["__file__"] = file
        self.is_lost = True

    def merge(self, branches: "Sequence[_Names]", *, has_aliases: bool) -> None:
        """Take what is the same after all branches; a name that has no value after one of them is not known.

        Nor is a list known of which not the same names are names after all branches.
        """
        found: dict[str, Any] = {}
        made: dict[tuple[int, ...], Any] = {}  # one list for the names of one list
        unlike: set[str] = set()
        for name in dict.fromkeys(name for one in branches for name in one.own):
            values = [one.value(name) for one in branches]
            found[name] = made.setdefault(tuple(map(id, values)), _one_of(values))
            if has_aliases and any(value is not values[0] for value in values):
                names = {tuple(one.names_of(value)) for one, value in zip(branches, values, strict=True)}
                unlike.update(other for each in names if len(names) > 1 for other in each)
        found.update(dict.fromkeys(unlike, UNKNOWN))
        if any(one.is_lost for one in branches):
            self.lose()
        self.own.update(found)


@frozen
class _Value:
    """The value of an expression, the `names` in it, and its parts that are not known."""

    value: Any
    names: frozenset[str]
    unknown: tuple[ast.expr, ...]


@frozen
class Assigned:
    """A statement of the file `file` that assigns or changes the setting; `value` is its right side.

    It `adds` to the value so far as `+=` and `NAME["KEY"] = …` do; with `is_read` that has a part in its right side.
    `unknown` are the parts of `value` that are not known: all of it if the statement `is_conditional`, by a condition
    that is not known. Where a condition is false, the statement is not `is_used`.
    """

    file: str
    statement: ast.stmt
    value: ast.expr
    adds: bool
    is_read: bool
    unknown: tuple[ast.expr, ...] = ()
    is_conditional: bool = False
    is_used: bool = True

    @property
    def replaces(self) -> bool:
        """Whether the statement at the top of a module gives a value in which the one before has no part."""
        return self.statement.col_offset == 0 and not self.adds and not self.is_read


def file_of(files: ProjectFiles, module: str) -> str | None:
    """The file of a module of the project."""
    path = module.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if files.text_or_none(name) is not None), None)


class Statements:
    """Follows modules; collects the `read` files, and where they change settings, as `assigned`, in order."""

    def __init__(self, files: ProjectFiles) -> None:
        self.read: list[str] = []
        self.assigned: list[tuple[str, Assigned]] = []
        self._files = files
        self._modules: dict[str, _Names] = {}
        self._file = ""  # that is read
        self._has_aliases = False  # whether two names may have one list
        self._conditions = 0  # around the statement, that are not known
        self._guards = 0  # around the statement, that pass over an exception

    def values(self, file: str) -> Mapping[str, Any]:
        """The values of the names of a module after all statements; `*` is among them if others are not known."""
        found = self._module(file)
        return {**found.own, ANY: UNKNOWN} if found.is_lost else found.own

    def _module(self, file: str) -> _Names:
        """The names of a module, each file read once."""
        if file not in self._modules:
            self._modules[file] = _Names()
            self._modules[file].own["__file__"] = file
            self._execute(file, self._modules[file])
        return self._modules[file]

    def _execute(self, file: str, state: _Names) -> None:
        if len(self.read) >= _MOST_FILES or (tree := parsed(self._files.text(file))) is None:
            state.lose()
            return
        self.read.append(file)
        around, self._file, self._guards = (self._file, self._guards), file, 0
        try:
            self._body(tree.body, state)
        except RecursionError:  # a condition in a thousand others
            state.lose()
        self._file, self._guards = around

    def _body(self, body: Iterable[ast.stmt], state: _Names) -> None:
        for statement in body:
            for one in ast.iter_child_nodes(statement) if isinstance(statement, _COMPOUND) else ():
                if isinstance(one, ast.expr | ast.withitem):
                    self._disturb(one, statement, state, known=())
            self._statement(statement, state)

    def _statement(self, statement: ast.stmt, state: _Names) -> None:
        match statement:
            case ast.If():
                self._if(statement, state)
            case ast.Match(cases=cases):
                self._branches(state, *(case.body for case in cases), ())
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(statement, state)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                is_guard = any("suppress" in ast.unparse(one) for one in items)
                (self._guarded if is_guard else self._body)(statement.body, state)
            case ast.Try() | ast.TryStar():
                self._try(statement, state)
            case ast.ClassDef():
                self._branches(state, statement.body, ())
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for one in (one for one in ast.walk(statement) if isinstance(one, ast.Global)):
                    self._lose(one.names, statement, state)
            case _:
                self._simple(statement, state)

    def _if(self, statement: ast.If, state: _Names) -> None:
        truth = _truth(statement.test, state.look)
        if truth is None:
            self._branches(state, statement.body, statement.orelse)
            return
        self._body(statement.body if truth else statement.orelse, state)
        unused = ast.Module(statement.orelse if truth else statement.body, [])
        for one in (one for one, _ in simple_statements(unused)):
            self.assigned += ((setting.name, self._assigned(one, setting, None)) for setting in _named(one))

    def _branches(self, state: _Names, *bodies: Iterable[ast.stmt]) -> None:
        """Follow one of `bodies`, of which it is not known."""
        self._conditions += 1
        states = [_Names(state) for _ in bodies]
        for one, body in zip(states, bodies, strict=True):
            self._body(body, one)
        self._conditions -= 1
        state.merge(states, has_aliases=self._has_aliases)

    def _loop(self, statement: ast.For | ast.AsyncFor | ast.While, state: _Names) -> None:
        """Follow a body that runs any number of times: what it changes is not known."""
        after = _Names(state)
        self._branches(after, statement.body)
        changed = {name for name in after.own if after.value(name) is not state.value(name)}
        if self._has_aliases:
            changed |= {other for name in changed for other in state.names_of(state.value(name))}
        if after.is_lost:
            state.lose()
        state.own.update(dict.fromkeys(changed, UNKNOWN))
        self._branches(state, statement.orelse, ())

    def _guarded(self, body: Sequence[ast.stmt], state: _Names) -> bool:
        """Follow a body that ends where it raises an exception; whether it may do so."""
        self._guards += 1
        raising = None
        for number, statement in enumerate(body, 1):
            self._body([statement], state)
            if self._may_raise(statement, state):
                raising = number
                self._branches(state, body[number:], ())
                break
        self._guards -= 1
        return raising is not None

    def _try(self, statement: ast.Try | ast.TryStar, state: _Names) -> None:
        if self._guarded(statement.body, state):
            self._branches(state, statement.orelse, *(handler.body for handler in statement.handlers))
        else:
            self._body(statement.orelse, state)
        self._body(statement.finalbody, state)

    def _may_raise(self, statement: ast.stmt, state: _Names) -> bool:
        if isinstance(statement, ast.ImportFrom):
            return not self._imported(statement)
        settings = [*settings_in(statement)]
        is_known = all(_is_known(value_of(one.value, state.look)) for one in settings)
        is_plain = isinstance(statement, ast.Pass) or bool(settings)
        return not (is_plain and is_known)

    def _simple(self, statement: ast.stmt, state: _Names) -> None:
        if isinstance(statement, ast.ImportFrom) and self._import(statement, state):
            return
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if dotted(call.func).endswith("include") and "split_settings" in self._files.text(self._file):
                self._include(call, statement, state)
                return
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            return
        settings = _named(statement)
        values: dict[ast.expr, _Value] = {}  # each evaluated once, as `A = B = []` makes one list
        for one in settings:
            if one.value not in values:
                values[one.value] = _value(one.value, state.look)
            self._assign(one, values[one.value], statement, state)
        known = {one.name for one in settings}
        has_parts_of_its_own = all(isinstance(one, ast.List | ast.Tuple | ast.Dict | ast.BinOp) for one in values)
        self._has_aliases |= len(values) < len(settings) or not has_parts_of_its_own
        if any(isinstance(one, ast.Call) and dotted(one.func) in _WRITERS for one in ast.walk(statement)):
            self._lose([ANY], statement, state)
        self._disturb(statement, statement, state, known=known)

    def _assign(self, one: Setting, given: _Value, statement: ast.stmt, state: _Names) -> None:
        before, value = state.value(one.name), given.value
        self.assigned.append((one.name, self._assigned(statement, one, given)))
        if one.effect == "adds" and before is not _ABSENT:
            value = added(before, value)
        value = UNKNOWN if one.effect == "changes" else value
        is_other = one.effect == "sets" and not isinstance(statement, ast.Expr)
        names = state.names_of(before) if self._has_aliases and not is_other else ()
        state.own.update(dict.fromkeys((*names, one.name), value))

    def _assigned(self, statement: ast.stmt, setting: Setting, given: _Value | None) -> Assigned:
        """What a statement does to a setting; nothing of it is used without the value that is `given`."""
        is_whole = self._conditions > 0 or setting.effect == "changes"
        parts = (part for part in given.unknown if root(part) != setting.name) if given else ()
        return Assigned(
            self._file,
            statement,
            setting.value,
            adds=setting.effect != "sets",
            is_read=given is not None and setting.name in given.names,
            unknown=() if given is None else (setting.value,) if is_whole else tuple(parts),
            is_conditional=self._conditions > 0,
            is_used=given is not None,
        )

    def _disturb(self, node: ast.AST, statement: ast.stmt, state: _Names, *, known: Iterable[str]) -> None:
        """Make unknown what the calls in `node` may change, and the names that it binds, except those `known`."""
        changed = [name for name in disturbed(node) if isinstance(state.value(name), list | dict) and name not in known]
        others = [other for name in changed for other in state.names_of(state.value(name)) if self._has_aliases]
        self._lose({*changed, *others, *({*bound(node)}.difference(known))}, statement, state)

    def _lose(self, names: Iterable[str], statement: ast.stmt, state: _Names) -> None:
        """Make the values of names unknown, by a statement that is not understood."""
        for name in sorted(names):
            value = ast.copy_location(ast.Constant(None), statement)
            one = Assigned(self._file, statement, value, adds=True, is_read=False, unknown=(value,))
            self.assigned += [(name, one)] if name.isupper() or name == ANY else []
            if name == ANY:
                state.lose()
            else:
                state.own[name] = UNKNOWN

    def _import(self, statement: ast.ImportFrom, state: _Names) -> bool:
        """Follow an import of names from a file of the project; whether there is nothing else to it."""
        names = {one.name: one.asname or one.name for one in statement.names}
        file = self._imported(statement)
        if file is None:
            is_star = ANY in names and not self._guards and not _has_no_settings(statement)
            self._lose([ANY] if is_star else (), statement, state)
            return ANY in names
        begin = len(self.assigned)
        found = self._module(file)
        if ANY in names:
            if found.is_lost:
                state.lose()
            public = found.look("__all__")
            shown = public if isinstance(public, list) else [name for name in found.own if not name.startswith("_")]
            state.own.update((name, found.own[name]) for name in shown if isinstance(name, str) and name in found.own)
        else:
            self.assigned[begin:] = [pair for pair in self.assigned[begin:] if pair[0] in (ANY, *names)]
            state.own.update((own, found.look(name)) for name, own in names.items())
        return True

    def _imported(self, statement: ast.ImportFrom) -> str | None:
        """The file of the project that settings are imported from."""
        has_settings = any(one.name == ANY or one.name.isupper() for one in statement.names)
        return file_of(self._files, _module_named(self._file, statement)) if has_settings else None

    def _include(self, call: ast.Call, statement: ast.stmt, state: _Names) -> None:
        """Follow the files that django-split-settings includes, which see and set the same names."""
        given = value_of(ast.Tuple(call.args), state.look)
        for pattern in given if isinstance(given, list) else [UNKNOWN]:
            if not isinstance(pattern, str):
                self._lose([ANY], statement, state)
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self._file), pattern))
            for name in sorted(self._files.names):
                is_named = fnmatch.fnmatchcase(name, path) and name.count("/") == path.count("/")
                if is_named and name not in self.read:
                    self._execute(name, state)


_COMPOUND: Final = (
    *(ast.If, ast.Match, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef),
)


def _one_of(values: Sequence[Any]) -> Any:
    """The value that is one of `values`, as far as it is known."""
    first, *others = values
    for other in others:
        first = UNKNOWN if first is _ABSENT or other is _ABSENT else either(first, other)
    return first


def _truth(test: ast.expr, look: _Look) -> bool | None:
    """Whether a condition is true; None where that is not known."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            truth = _truth(operand, look)
            return None if truth is None else not truth
        case ast.BoolOp(operator, values):
            deciding = isinstance(operator, ast.Or)
            truths = [_truth(one, look) for one in values]
            return deciding if deciding in truths else None if None in truths else not deciding
    value = value_of(test, look)
    return bool(value) if value is None or isinstance(value, bool | int) else None


def _named(statement: ast.stmt) -> list[Setting]:
    """The settings of a statement that are names of the module."""
    names = _names(statement)
    return [one for one in settings_in(statement) if one.name in names]


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _value(node: ast.expr, look: _Look) -> _Value:
    value = value_of(node, look)
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) and not _is_known(value) else []
    wholes = [part.value if isinstance(part, ast.Starred) else part for part in parts]
    unknown = [part for part, whole in zip(parts, wholes, strict=True) if not _is_known(value_of(whole, look))]
    return _Value(value, frozenset(_names(node)), tuple(unknown) if _is_known(value) or unknown else (node,))


def _is_known(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_known, value.values()))
    return (
        all(map(_is_known, value)) if isinstance(value, list) else value is not UNKNOWN and not isinstance(value, Maybe)
    )


def _has_no_settings(statement: ast.ImportFrom) -> bool:
    """Whether the module is of the standard library or of Django, whose names are no settings of a project."""
    package = (statement.module or "").partition(".")[0]
    return not statement.level and (package == "django" or package in sys.stdlib_module_names)


def _module_named(file: str, statement: ast.ImportFrom) -> str:
    """The absolute name of the module in `from … import …` in `file`."""
    if not statement.level:
        return statement.module or ""
    package = file.split("/")[: -statement.level]
    return ".".join([*package, *filter(None, [statement.module])])
