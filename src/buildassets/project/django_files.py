"""The settings of a Django project, as far as their files show them without being run.

Takes the files of a project, gives the statements that assign its settings. `from .base import *` is followed.
"""

import ast
from collections.abc import Iterator
from typing import Final

from buildassets.frozen import frozen
from buildassets.migrate.django_settings import settings_module
from buildassets.migrate.python_lines import text_of
from buildassets.project.files import ProjectFiles

_MOST_FILES: Final = 20


@frozen
class Assigned:
    """A statement of the file `file` that assigns the setting; `value` is its right side."""

    file: str
    statement: ast.stmt
    value: ast.expr


@frozen
class DjangoSettings:
    """The settings module, its `files` (its own first), and where they assign each setting, the deciding one last."""

    module: str
    files: tuple[str, ...]
    assigned: tuple[tuple[str, Assigned], ...]

    def of(self, name: str) -> list[Assigned]:
        """Where the setting `name` is assigned or extended."""
        return [one for setting, one in self.assigned if setting == name]

    def counting(self, name: str) -> list[Assigned]:
        """Those from the last one on that is made in any case, and by which what stood before no longer counts."""
        all_ = self.of(name)
        at = next((number for number in range(len(all_) - 1, 0, -1) if _replaces(all_[number], name)), 0)
        return all_[at:]

    def last(self, name: str) -> Assigned | None:
        """The assignment of the setting that counts."""
        return next(reversed(self.of(name)), None)

    def text(self, name: str) -> str | None:
        """The value of a setting that is a literal text."""
        last = self.last(name)
        return text_of(last.value) if last else None

    def flag(self, name: str) -> bool | None:
        """The value of a setting that is literally True or False."""
        last = self.last(name)
        value = last.value.value if last and isinstance(last.value, ast.Constant) else None
        return value if isinstance(value, bool) else None

    def texts(self, name: str) -> list[str] | None:
        """The texts of a setting that is a list; None if some of them are computed, or nothing assigns it."""
        assigned = self.counting(name)
        listed = [self._texts(one.value, (name,)) for one in assigned]
        return [text for texts in listed for text in texts or ()] if assigned and None not in listed else None

    def _texts(self, value: ast.expr, names: tuple[str, ...]) -> list[str] | None:
        """The texts in a list, in a sum of lists, and in what other names stand for; `names` are on the way."""
        if isinstance(value, ast.Constant):
            return [value.value] if isinstance(value.value, str) else None
        if isinstance(value, ast.Name):
            if value.id in names:
                return []  # as in `INSTALLED_APPS = INSTALLED_APPS + […]`
            assigned = self.last(value.id)
            return self._texts(assigned.value, (*names, value.id)) if assigned else None
        if isinstance(value, ast.List | ast.Tuple):
            inner = value.elts
        elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            inner = [value.left, value.right]
        elif isinstance(value, ast.Starred):
            inner = [value.value]
        else:
            return None
        listed = [self._texts(one, names) for one in inner]
        return [text for texts in listed for text in texts or ()] if None not in listed else None

    def path(self, name: str) -> str | None:
        """The path of a setting like `BASE_DIR / "a/b"`, relative to the folder of `manage.py`."""
        last = self.last(name)
        return path_of(last.value) if last else None


def django_settings(files: ProjectFiles) -> DjangoSettings | None:
    """The settings that `manage.py` or the environment names; None if there are none, or their file is elsewhere."""
    module = settings_module(files.folder, None)
    own = _file_of(files, module) if module else None
    if module is None or own is None:
        return None
    read: list[str] = []
    assigned = tuple(_assigned(files, own, read))
    return DjangoSettings(module, tuple(read), assigned)


def path_of(value: ast.expr) -> str | None:
    """`a/b` for `BASE_DIR / "a" / "b"`, `os.path.join(BASE_DIR, "a", "b")` and `"a/b"`; None for anything else."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, ast.Name):
        return "" if value.id in ("BASE_DIR", "PROJECT_ROOT", "ROOT_DIR") else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        parts = [path_of(value.left), path_of(value.right)]
    elif isinstance(value, ast.Call) and value.args and not value.keywords:
        parts = [path_of(one) for one in value.args]  # `os.path.join`, `str`, `Path`
    else:
        return None
    return "/".join(part for part in parts if part) if None not in parts else None


def _replaces(one: Assigned, name: str) -> bool:
    """Whether a statement at the top of a module gives the setting a value in which the one before has no part."""
    is_extended = isinstance(one.statement, ast.AugAssign) or any(
        isinstance(node, ast.Name) and node.id == name for node in ast.walk(one.value)
    )
    return one.statement.col_offset == 0 and not is_extended


def _file_of(files: ProjectFiles, module: str) -> str | None:
    path = module.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if files.text_or_none(name) is not None), None)


def _assigned(files: ProjectFiles, file: str, read: list[str]) -> Iterator[tuple[str, Assigned]]:
    """The assignments in `file` and in the files that it imports all of, in the order in which they are made."""
    if file in read or len(read) >= _MOST_FILES:
        return
    read.append(file)
    try:
        tree = ast.parse(files.text(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            other = _file_of(files, _module_named(file, statement))
            yield from _assigned(files, other, read) if other else ()
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, Assigned(file, statement, statement.value)


def _module_named(file: str, statement: ast.ImportFrom) -> str:
    """The absolute name of the module in `from … import *` in `file`."""
    if not statement.level:
        return statement.module or ""
    package = file.split("/")[: -statement.level]
    return ".".join([*package, *filter(None, [statement.module])])
