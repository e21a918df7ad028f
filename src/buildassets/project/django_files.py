"""The settings of a Django project, as far as their files show them without being run.

Takes the files of a project, gives the statements that assign its settings, and values. `from .base import *`, and
`include` of django-split-settings, are followed.
"""

import ast
import fnmatch
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from buildassets.disk.files import small_text_of
from buildassets.foundation.frozen import frozen
from buildassets.project.files import ProjectFiles
from buildassets.project.python import UNKNOWN, added, dotted, parsed, settings_in, simple_statements, text_of, value_of

_MOST_FILES: Final = 20
_VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
_NAMED: Final = re.compile(rf"[\"']{_VARIABLE}[\"']\s*,\s*[\"']([\w.]+)[\"']")


@frozen
class Assigned:
    """A statement of the file `file` that assigns the setting; `value` is its right side.

    It `adds` to the value so far as `+=` and `NAME["KEY"] = …` do; with `is_read` that has a part in its right side.
    """

    file: str
    statement: ast.stmt
    value: ast.expr
    adds: bool
    is_read: bool

    @property
    def is_conditional(self) -> bool:
        """Whether the statement is inside of another, and gives a value in which the one before has no part."""
        return self.statement.col_offset > 0 and not self.adds and not self.is_read

    @property
    def replaces(self) -> bool:
        """Whether the statement at the top of a module gives a value in which the one before has no part."""
        return self.statement.col_offset == 0 and not self.adds and not self.is_read


@frozen
class DjangoSettings:
    """The settings module, its `files` (its own first), and where they assign each setting, the deciding one last."""

    module: str
    files: tuple[str, ...]
    values: Mapping[str, Any]
    assigned: tuple[tuple[str, Assigned], ...]

    def of(self, name: str) -> list[Assigned]:
        """Where the setting `name` is assigned or extended."""
        return [one for setting, one in self.assigned if setting == name]

    def counting(self, name: str) -> list[Assigned]:
        """Those from the last one on that is made in any case, and by which what stood before no longer counts."""
        all_ = self.of(name)
        at = next((number for number in range(len(all_) - 1, 0, -1) if all_[number].replaces), 0)
        return all_[at:]

    def last(self, name: str) -> Assigned | None:
        """The assignment of the setting that counts."""
        return next(reversed(self.of(name)), None)

    def value(self, name: str, default: Any = None) -> Any:
        """The value of the setting; UNKNOWN where it is computed, `default` where nothing assigns it.

        A list that is another one in a condition has the elements of both.
        """
        return self.values.get(name, default)

    def text(self, name: str) -> str | None:
        """The value of a setting that is a text."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> list[str] | None:
        """The texts of a setting that is a list; None if some of them are computed, or nothing assigns it."""
        value = self.value(name)
        return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None

    def table(self, name: str) -> Mapping[str, Any]:
        """The value of a setting that is a dict; empty where it is none."""
        value = self.value(name)
        return value if isinstance(value, dict) else {}

    def folders(self) -> list[tuple[str, str]] | None:
        """The prefixes and folders of `STATICFILES_DIRS`; None where some are computed, or where it is no list."""
        given = self.value("STATICFILES_DIRS", [])
        pairs = [["", one] if isinstance(one, str) else one for one in given] if isinstance(given, list) else [UNKNOWN]
        known = [(one[0], one[1]) for one in pairs if isinstance(one, list) and [*map(type, one)] == [str, str]]
        return known if len(known) == len(pairs) else None


def django_settings(files: ProjectFiles, given: str | None = None) -> DjangoSettings | None:
    """The settings that are `given`, or that the environment or `manage.py` names; None where they have no file."""
    module = settings_module(files.folder, given)
    own = _file_of(files, module) if module else None
    if module is None or own is None:
        return None
    read: list[str] = []
    assigned = tuple(_assigned(files, own, read))
    return DjangoSettings(module, tuple(read), _values(assigned), assigned)


def settings_module(folder: str, given: str | None) -> str | None:
    """The module of the settings: the given one, or that of the environment, or the one that `manage.py` names."""
    if given or os.environ.get(_VARIABLE):
        return given or os.environ[_VARIABLE]
    match = _NAMED.search(small_text_of(os.path.join(folder, "manage.py")) or "")
    return match[1] if match else None


def path_of(value: ast.expr) -> str | None:
    """`a/b` for `BASE_DIR / "a" / "b"`, `os.path.join(BASE_DIR, "a", "b")` and `"a/b"`; None for anything else."""
    found = value_of(value)
    return found if isinstance(found, str) else None


def _values(assigned: Iterable[tuple[str, Assigned]]) -> Mapping[str, Any]:
    """The values of settings after all statements."""
    found: dict[str, Any] = {}
    evaluated: ast.expr | None = None
    new: Any = None
    for name, one in assigned:
        found["__file__"] = one.file
        if one.value is not evaluated:  # it is that of several names in `A = B = []`
            evaluated, new = one.value, value_of(one.value, lambda other: found.get(other, UNKNOWN))
        before = found.get(name)
        is_union = one.is_conditional and isinstance(before, list) and isinstance(new, list)
        found[name] = added(before, new) if before is not None and (is_union or one.adds) else new
    return found


def _file_of(files: ProjectFiles, module: str) -> str | None:
    path = module.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if files.text_or_none(name) is not None), None)


def _assigned(files: ProjectFiles, file: str, read: list[str]) -> Iterator[tuple[str, Assigned]]:
    """The assignments in `file` and in the files that it imports or includes, in the order in which they are made."""
    if file in read or len(read) >= _MOST_FILES:
        return
    read.append(file)
    tree = parsed(files.text(file))
    for statement, _ in simple_statements(tree) if tree else ():
        for other, names in _followed(files, file, statement):
            yield from (pair for pair in _assigned(files, other, read) if "*" in names or pair[0] in names)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        plain = {dotted(one) for one in targets if one and not isinstance(statement, ast.AugAssign)}
        named = _names(statement)
        whole = getattr(statement, "value", None) if not isinstance(statement, ast.Expr) else None
        in_whole = _names(whole) if whole is not None else None
        for name, value in settings_in(statement):
            is_read = name in (_names(value) if in_whole is None else in_whole)
            if name in named:
                yield name, Assigned(file, statement, value, adds=name not in plain, is_read=is_read)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _followed(files: ProjectFiles, file: str, statement: ast.stmt) -> Iterator[tuple[str, set[str]]]:
    """The files whose settings a statement imports, or includes by django-split-settings, and the names of these."""
    folder = posixpath.dirname(file)
    if isinstance(statement, ast.ImportFrom):
        names = {one.name for one in statement.names if one.name == "*" or one.name.isupper()}
        other = _file_of(files, _module_named(file, statement)) if names else None
        yield from [(other, names)] if other else ()
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        included = dotted(statement.value.func).endswith("include") and "split_settings" in files.text(file)
        patterns = [text_of(node) for node in ast.walk(statement.value)] if included else []
        for pattern in (posixpath.normpath(posixpath.join(folder, one)) for one in patterns if one):
            yield from ((name, {"*"}) for name in sorted(files.names) if fnmatch.fnmatch(name, pattern))


def _module_named(file: str, statement: ast.ImportFrom) -> str:
    """The absolute name of the module in `from … import …` in `file`."""
    if not statement.level:
        return statement.module or ""
    package = file.split("/")[: -statement.level]
    return ".".join([*package, *filter(None, [statement.module])])
