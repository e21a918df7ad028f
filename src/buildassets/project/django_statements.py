"""Follows the statements of Django's settings without running them. Takes the files of a project, gives values.

What a statement does is known or not: a value that depends on a condition that is not known is not known, nor is one
that a call may have changed, nor a list or dict of which a name stands where that may be changed: see `occurrences`.
`from .base import *`, and `include` of django-split-settings, are followed.
"""

import ast
import fnmatch
import posixpath
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from buildassets.foundation.frozen import frozen, replace
from buildassets.project.files import ProjectFiles
from buildassets.project.occurrences import ANY, Doubts, doubts
from buildassets.project.python import (
    DEFINED,
    FUNCTIONS,
    UNKNOWN,
    Maybe,
    ProjectPath,
    Setting,
    added,
    bound,
    disturbed,
    dotted,
    either,
    names_in,
    parsed,
    root,
    settings_in,
    simple_statements,
    stored,
    value_of,
    value_of_absent,
)

_MOST_FILES: Final = 20
_MOST_MODULES: Final = 200  # that are looked at for what they share with settings
_ABSENT: Final = object()
_WRITERS: Final = frozenset(("exec", "eval", "globals", "locals", "setattr", "delattr", "vars"))  # of any name
_LOCAL: Final = ("local", "secret", "private", "override", "settings", "config", "dev")  # in names of modules
_Look: TypeAlias = Callable[[str], Any]


class _Names:
    """The values of names so far; those in a branch are above those `around` it."""

    def __init__(self, doubts: Doubts, around: "_Names | None" = None) -> None:
        self.doubts = doubts
        self._around = around
        self.own: dict[str, Any] = {}
        self.is_lost = False  # so that names are not known, except the own ones

    def value(self, name: str) -> Any:
        """The value of a name; `_ABSENT` if it has none."""
        names: _Names | None = self
        while names is not None:
            if name in names.own:
                return self._certain(name, names.own[name])
            if names.is_lost:
                return UNKNOWN
            names = names._around
        return _ABSENT

    def look(self, name: str) -> Any:
        """The value of a name as `value_of` takes it."""
        if name in self.doubts.shadowed and name in FUNCTIONS:
            return DEFINED
        value = self.value(name)
        return value_of_absent(name) if value is _ABSENT else value

    def lose(self) -> None:
        """Make the values of all names unknown."""
        file = self.look("__file__")
        self.own.clear()
        self.own["__file__"] = file
        self.is_lost = True

    def merge(self, branches: "Sequence[_Names]") -> None:
        """Take what is the same after all branches; a name that has no value after one of them is not known."""
        names = dict.fromkeys(name for one in branches for name in one.own)
        found = {name: _one_of([one.value(name) for one in branches]) for name in names}
        if any(one.is_lost for one in branches):
            self.lose()
        self.own.update(found)

    def _certain(self, name: str, value: Any) -> Any:
        """`value`, unless it is in doubt."""
        is_doubtful = name in self.doubts.bound or (ANY in self.doubts.bound and name != "__file__")
        return UNKNOWN if is_doubtful or (isinstance(value, list | dict) and name in self.doubts.values) else value


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
    return next((name for name in (f"{path}/__init__.py", f"{path}.py") if files.text_or_none(name) is not None), None)


class Statements:
    """Follows modules; collects the `read` files, and where they change settings, as `assigned`, in order."""

    def __init__(self, files: ProjectFiles) -> None:
        self.read: list[str] = []
        self.assigned: list[tuple[str, Assigned]] = []
        self._files = files
        self._modules: dict[str, _Names] = {}
        self._file = ""  # that is read
        self._defined: set[str] = set()  # functions and classes of the project
        self._packages: set[str] = set()  # names of modules of the project
        self._foreign: set[str] = set()  # other modules, and what is made by these
        self._doubts = Doubts()
        self._conditions = 0  # around the statement, that are not known
        self._guards = 0  # around the statement, that pass over an exception

    def values(self, file: str) -> Mapping[str, Any]:
        """The values of the names of a module after all statements; `*` is among them if others are not known."""
        self._doubts = _doubts_of(self._files, file)
        found = self._module(file)
        values = {name: UNKNOWN if (one := found.value(name)) is DEFINED else one for name in found.own}
        return {**values, ANY: UNKNOWN} if found.is_lost or ANY in self._doubts.bound else values

    def _module(self, file: str) -> _Names:
        """The names of a module, each file read once."""
        if file not in self._modules:
            self._modules[file] = found = _Names(self._doubts)
            found.own["__file__"] = ProjectPath(file)
            if len(self._modules) > _MOST_MODULES:
                found.lose()
            else:
                self._execute(file, found)
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
            case ast.With() | ast.AsyncWith():  # which may pass over an exception
                self._branches(state, statement.body, ())
            case ast.Try() | ast.TryStar():
                self._try(statement, state)
            case ast.ClassDef():
                self._branches(state, statement.body, ())
                self._define(statement, state)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(statement, state)
            case _:
                self._simple(statement, state)

    def _if(self, statement: ast.If, state: _Names) -> None:
        truth = _truth(statement.test, state.look)
        if truth is None:
            self._branches(state, statement.body, statement.orelse)
            return
        self._body(statement.body if truth else statement.orelse, state)
        unused = ast.Module(statement.orelse if truth else statement.body, [])
        for one in simple_statements(unused):
            self.assigned += ((setting.name, self._assigned(one, setting, None)) for setting in _named(one))

    def _branches(self, state: _Names, *bodies: Iterable[ast.stmt]) -> None:
        """Follow one of `bodies`, of which it is not known."""
        self._conditions += 1
        states = [_Names(self._doubts, state) for _ in bodies]
        for one, body in zip(states, bodies, strict=True):
            self._body(body, one)
        self._conditions -= 1
        state.merge(states)

    def _loop(self, statement: ast.For | ast.AsyncFor | ast.While, state: _Names) -> None:
        """Follow a body that runs any number of times: what it changes is not known."""
        after = _Names(self._doubts, state)
        self._branches(after, statement.body)
        changed = {name for name in after.own if after.value(name) is not state.value(name)}
        if after.is_lost:
            state.lose()
        state.own.update(dict.fromkeys(changed, UNKNOWN))
        self._branches(state, statement.orelse, ())

    def _try(self, statement: ast.Try | ast.TryStar, state: _Names) -> None:
        """Follow a body that may end at any place, where a handler goes on."""
        self._guards += 1
        if not all(map(self._is_absent, statement.body)):
            handlers = [handler.body for handler in statement.handlers]
            self._branches(state, [*statement.body, *statement.orelse], *handlers, ())
        else:
            self._branches(state, statement.orelse, *(handler.body for handler in statement.handlers))
        self._guards -= 1
        self._body(statement.finalbody, state)

    def _is_absent(self, statement: ast.stmt) -> bool:
        """Whether a statement imports from a module that is on other machines only."""
        if not isinstance(statement, ast.ImportFrom) or not self._may_be_absent(statement):
            return False
        return file_of(self._files, _module_named(self._file, statement)) is None

    def _simple(self, statement: ast.stmt, state: _Names) -> None:
        if self._is_followed(statement, state):
            return
        settings = _named(statement)
        values: dict[ast.expr, _Value] = {}  # each evaluated once, as `A = B = []` makes one list
        for one in settings:
            if one.value not in values:
                values[one.value] = _value(one.value, state.look)
        for one in settings:
            self._assign(one, values[one.value], statement, state)
        calls = [dotted(one.func) for one in ast.walk(statement) if isinstance(one, ast.Call)]
        is_including = "include" in calls and "split_settings" in self._files.text(self._file)
        if is_including or not _WRITERS.isdisjoint(calls):
            self._lose([ANY], statement, state)
        self._disturb(statement, statement, state, known={one.name for one in settings})

    def _is_followed(self, statement: ast.stmt, state: _Names) -> bool:
        """Follow a statement that reads other files, or does nothing; whether there is nothing else to it."""
        match statement:
            case ast.ImportFrom():
                return self._import(statement, state)
            case ast.Import():
                self._import_modules(statement)
            case ast.Expr(ast.Call() as call):
                if dotted(call.func).endswith("include") and "split_settings" in self._files.text(self._file):
                    self._include(call, statement, state)
                    return True
        return isinstance(statement, ast.AnnAssign) and statement.value is None

    def _assign(self, one: Setting, given: _Value, statement: ast.stmt, state: _Names) -> None:
        before, value = state.value(one.name), given.value
        self.assigned.append((one.name, self._assigned(statement, one, given)))
        if one.effect == "adds" and before is not _ABSENT:
            value = added(before, value)
        value = UNKNOWN if one.effect == "changes" else value
        if isinstance(one.value, ast.Call) and self._foreign.intersection([root(one.value.func)]):
            self._foreign.add(one.name)
        state.own[one.name] = value

    def _assigned(self, statement: ast.stmt, setting: Setting, given: _Value | None) -> Assigned:
        """The effect of a statement on a setting; it is used only with the `given` value."""
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
        changed = {*disturbed(node), *stored(node)}.difference(known)
        if self._changes_a_module(node):
            self._lose([ANY], statement, state)
            for one in self._modules.values():
                one.lose()
        mutable = [name for name in changed if isinstance(state.value(name), list | dict)]
        self._lose({*mutable, *({*bound(node)}.difference(known))}, statement, state)

    def _changes_a_module(self, node: ast.AST) -> bool:
        """Whether `node` sets a name of a module of the project, or may change what such a name has."""
        for one in ast.walk(node):
            owner = root(one)
            is_of_package = owner in self._packages
            if isinstance(one, ast.Subscript | ast.Attribute) and not isinstance(one.ctx, ast.Load):
                is_of_system = owner == "sys" and isinstance(one.value, ast.Name)
                is_unknown = isinstance(one, ast.Attribute) and owner not in self._foreign
                if is_of_package or (is_unknown and not is_of_system):
                    return True
            if is_of_package and isinstance(one, ast.Attribute) and not isinstance(one.value, ast.Name):
                return True
            given = (*one.args, *(keyword.value for keyword in one.keywords)) if isinstance(one, ast.Call) else ()
            if any(root(each) in self._packages for each in given):
                return True
        return False

    def _lose(self, names: Iterable[str], statement: ast.stmt, state: _Names) -> None:
        """Make the values of names unknown, by a statement that is not understood."""
        for name in sorted(names):
            value = ast.copy_location(ast.Constant(None), statement)
            one = Assigned(self._file, statement, value, adds=True, is_read=False, unknown=(value,))
            self.assigned += [(name, one)] if name.isupper() or name == ANY else []
            if name == ANY:
                state.lose()
            else:
                state.own[name] = DEFINED if name in self._defined else UNKNOWN

    def _define(self, statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, state: _Names) -> None:
        """Note a function or class."""
        self._defined.add(statement.name)
        state.own[statement.name] = DEFINED

    def _import_modules(self, statement: ast.Import) -> None:
        """Note which names are modules of the project, and which are others."""
        for one in statement.names:
            name = one.asname or one.name.partition(".")[0]
            if file_of(self._files, one.name):
                self._packages.add(name)
            elif name != "sys":
                self._foreign.add(name)

    def _import(self, statement: ast.ImportFrom, state: _Names) -> bool:
        """Follow an import of names from a module of the project; whether there is nothing else to it."""
        names = {one.name: one.asname or one.name for one in statement.names}
        module = _module_named(self._file, statement)
        file = file_of(self._files, module)
        if module.startswith("split_settings") and any(one.asname for one in statement.names):
            self._lose([ANY], statement, state)
        for name, own in names.items():
            if file_of(self._files, f"{module}.{name}"):
                self._packages.add(own)
        if file is None:
            self._foreign.update(() if self._packages.intersection(names.values()) else names.values())
            is_star = ANY in names and not self._may_be_absent(statement) and not _has_no_settings(statement)
            self._lose([ANY] if is_star else (), statement, state)
            return ANY in names
        has_settings = any(name == ANY or name.isupper() for name in names)
        begin, read = len(self.assigned), len(self.read)
        found = self._module(file)
        if not has_settings:
            del self.assigned[begin:], self.read[read:]
        if ANY in names:
            self._take_all(found, statement, state)
        else:
            self.assigned[begin:] = [pair for pair in self.assigned[begin:] if pair[0] in (ANY, *names)]
            for name, own in names.items():
                state.own[own] = found.value(name) if found.value(name) is not _ABSENT else UNKNOWN
                self._defined |= {own} if state.own[own] is DEFINED else set()
        return True

    def _take_all(self, found: _Names, statement: ast.ImportFrom, state: _Names) -> None:
        """Take all public names of a module."""
        if found.is_lost:
            state.lose()
        public = found.value("__all__")
        shown = [name for name in found.own if not name.startswith("_")]
        if public is not _ABSENT:
            shown = public if isinstance(public, list) and _is_known(public) else []
            self._lose([] if shown == public else [ANY], statement, state)
        state.own.update((name, found.value(name)) for name in shown if isinstance(name, str) and name in found.own)

    def _may_be_absent(self, statement: ast.ImportFrom) -> bool:
        """Whether a module without a file, in a `try` or on a condition, is one that a project has on some machines."""
        module = statement.module or ""
        is_local = bool(statement.level) or any(word in module for word in _LOCAL)
        is_optional = self._guards > 0 or self._conditions > 0
        return is_optional and (is_local or file_of(self._files, module.partition(".")[0]) is not None)

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
    return [one for one in settings_in(statement) if not one.through]


def _doubts_of(files: ProjectFiles, own: str) -> Doubts:
    """What is in doubt in a module, in those that give it settings, and in those of their imports that import these."""
    folders = own.split("/")[:-1]
    packages = ("/".join((*folders[:end], "__init__.py")) for end in range(1, len(folders) + 1))
    trees: dict[str, ast.Module] = {}
    giving, waiting = set[str](), [own]
    while waiting:
        file = waiting.pop()
        if file not in giving and (tree := parsed(files.text(file))) is not None:
            giving.add(file)
            trees[file] = tree
            waiting += _giving_files(files, file, tree)
    imports = {file: {*_imported_files(files, file, tree)} for file, tree in trees.items()}
    sharing, waiting = {*giving}, sorted({*packages}.union(*imports.values()).difference(giving))
    while waiting and len(trees) < _MOST_MODULES:
        file = waiting.pop()
        if file in trees or files.text_or_none(file) is None or (tree := parsed(files.text(file))) is None:
            continue
        trees[file], imports[file] = tree, {*_imported_files(files, file, tree)}
        if imports[file] & giving:
            sharing.add(file)
            waiting += sorted(imports[file])
    found = doubts((trees[file] for file in sorted(sharing)), lambda module: file_of(files, module) is not None)
    counts = Counter(one for file in sharing for one in imports[file] & giving)
    several = [file for file in sharing if file != own and any(counts[one] > 1 for one in imports[file])]
    beside = [doubts([trees[file]], lambda _: False).changed for file in several]
    return replace(found, values=found.values.union(*beside))


def _imported_files(files: ProjectFiles, file: str, tree: ast.Module) -> Iterator[str]:
    """The files of the project that a module imports anywhere, and those of the packages around them."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = _module_named(file, node)
            names = [module, *(f"{module}.{one.name}" for one in node.names if one.name != ANY)]
        for name in names:
            parts = name.split(".")
            for end in range(1, len(parts) + 1):
                found = file_of(files, ".".join(parts[:end]))
                if found and found != file:
                    yield found
    if "split_settings" in files.text(file):
        folder = posixpath.dirname(file)
        yield from (name for name in files.ending(".py") if name.startswith(f"{folder}/") and name != file)


def _giving_files(files: ProjectFiles, file: str, tree: ast.Module) -> Iterator[str]:
    """The files of the project that a module gets settings from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(one.name == ANY or one.name.isupper() for one in node.names):
            yield from filter(None, [file_of(files, _module_named(file, node))])
    if "split_settings" in files.text(file):
        yield from _imported_files(files, file, tree)


def _value(node: ast.expr, look: _Look) -> _Value:
    value = value_of(node, look)
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) and not _is_known(value) else []
    wholes = [part.value if isinstance(part, ast.Starred) else part for part in parts]
    unknown = [part for part, whole in zip(parts, wholes, strict=True) if not _is_known(value_of(whole, look))]
    return _Value(value, frozenset(names_in(node)), tuple(unknown) if _is_known(value) or unknown else (node,))


def _is_known(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_is_known, value.values() if isinstance(value, dict) else value))
    return value is not UNKNOWN and not isinstance(value, Maybe)


def _has_no_settings(statement: ast.ImportFrom) -> bool:
    """Whether the module is of the standard library or of Django, whose names are not settings of a project."""
    package = (statement.module or "").partition(".")[0]
    return not statement.level and (package == "django" or package in sys.stdlib_module_names)


def _module_named(file: str, statement: ast.ImportFrom) -> str:
    """The absolute name of the module in `from … import …` in `file`."""
    if not statement.level:
        return statement.module or ""
    package = file.split("/")[: -statement.level]
    return ".".join([*package, *filter(None, [statement.module])])
