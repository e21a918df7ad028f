"""The settings of a Django project, as far as their files show them without being run.

Takes the files of a project, gives the statements that change its settings, and values.
"""

import ast
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeGuard

from buildassets.disk.files import small_text_of
from buildassets.foundation.frozen import frozen
from buildassets.project.django_statements import Assigned, Statements, file_of
from buildassets.project.files import ProjectFiles
from buildassets.project.occurrences import ANY
from buildassets.project.python import UNKNOWN, Maybe, text_of, value_of

WITH_RUNSERVER: Final = ("django.contrib.staticfiles", "daphne", "whitenoise.runserver_nostatic")
"""The applications with a `runserver` of their own, which takes the place of ours if they are before it."""
_VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
_NAMED: Final = re.compile(rf"[\"']{_VARIABLE}[\"']\s*,\s*[\"']([\w.]+)[\"']")

# The names of settings that each statement, by file, line and column, changes.
Changes: TypeAlias = Mapping[tuple[str, int, int], Sequence[tuple[str, Assigned]]]


@frozen
class DjangoSettings:
    """The settings module, its `files` (its own first), and where they change each setting, the deciding one last.

    `values` are those of names after all statements; a statement may have changed any name if `*` is among them.
    """

    module: str
    files: tuple[str, ...]
    values: Mapping[str, Any]
    assigned: tuple[tuple[str, Assigned], ...]

    @property
    def own_file(self) -> str:
        """The file of the module; of one outside of the project the name that it has in a package."""
        return self.files[0] if self.files else f"{self.module.replace('.', '/')}.py"

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
        return next((one for one in reversed(self.of(name)) if one.is_used), None)

    def changes(self) -> Changes:
        """The changes of each statement."""
        found: dict[tuple[str, int, int], list[tuple[str, Assigned]]] = {}
        for name, one in self.assigned:
            found.setdefault((one.file, one.statement.lineno, one.statement.col_offset), []).append((name, one))
        return found

    def value(self, name: str, default: Any = None) -> Any:
        """The value of the setting; UNKNOWN where it is computed, `default` where nothing assigns it."""
        return self.values.get(name, UNKNOWN if ANY in self.values else default)

    def applications(self) -> list[str] | None:
        """The `INSTALLED_APPS`, those on a condition among them; None if some are computed, or nothing assigns them."""
        given = self.value("INSTALLED_APPS")
        named = [one.value if isinstance(one, Maybe) else one for one in given] if isinstance(given, list) else []
        texts = [one for one in named if isinstance(one, str)]
        return texts if isinstance(given, list) and texts == named else None

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
        """The prefixes and folders of `STATICFILES_DIRS`; None where some are computed, or where it is not a list."""
        given = self.value("STATICFILES_DIRS", [])
        pairs = [["", one] if isinstance(one, str) else one for one in given] if isinstance(given, list) else [UNKNOWN]
        known = [(one[0], one[1]) for one in pairs if _is_pair(one)]
        return known if len(known) == len(pairs) else None

    def likely_folders(self) -> list[str]:
        """The folders of `STATICFILES_DIRS` without a prefix, also where code that is not run may change the setting.

        It is for proposals that a person looks at: a name for the folder of `manage.py` counts as that.
        """
        if (known := self.folders()) is not None:
            return [folder for prefix, folder in known if not prefix]
        last = self.last("STATICFILES_DIRS")
        parts = last.value.elts if last and isinstance(last.value, ast.List | ast.Tuple) else []
        return [folder for one in parts if (folder := path_of(one))]

    def literal_applications(self) -> set[str]:
        """The texts among the values of `INSTALLED_APPS`, also where others are computed."""
        nodes = (node for one in self.of("INSTALLED_APPS") for node in ast.walk(one.value))
        return {text for node in nodes if (text := text_of(node))}


def django_settings(files: ProjectFiles, given: str | None = None) -> DjangoSettings | None:
    """The settings that are `given`, or that the environment or `manage.py` names; None where they have no file."""
    module = settings_module(files.folder, given)
    own = file_of(files, module) if module else None
    if module is None or own is None:
        return None
    followed = Statements(files)
    values = followed.values(own)
    return DjangoSettings(module, tuple(followed.read), values, tuple(followed.assigned))


def settings_module(folder: str, given: str | None) -> str | None:
    """The module of the settings: the given one, or that of the environment, or the one that `manage.py` names.

    Where `manage.py` computes the name, it is that of the only folder next to it that has a `settings.py`.
    """
    if given or os.environ.get(_VARIABLE):
        return given or os.environ[_VARIABLE]
    lines = (small_text_of(os.path.join(folder, "manage.py")) or "").split("\n")
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    match = _NAMED.search(text)
    return match[1] if match else _only_settings(folder) if _VARIABLE in text else None


def _only_settings(folder: str) -> str | None:
    found = [*Path(folder).glob("*/settings.py")]
    return f"{found[0].parent.name}.settings" if len(found) == 1 else None


def path_of(value: ast.expr) -> str | None:
    """`a/b` for `BASE_DIR / "a" / "b"`, `os.path.join(BASE_DIR, "a", "b")` and `"a/b"`; None for anything else."""
    found = value_of(value)
    return found if isinstance(found, str) else None


def path_expression(settings: DjangoSettings, path: str) -> str:
    """The expression for a path below the folder of the project, by the `BASE_DIR` that the settings have."""
    base = settings.last("BASE_DIR")
    if base and (found := below(base.value, path)):
        return found
    levels = ".parent" * (1 + settings.own_file.count("/"))
    return f'Path(__file__).resolve(){levels} / "{path}"'


def below(base: ast.expr, path: str) -> str | None:
    """The expression for a path below `BASE_DIR`, whose value is `base`; None where that shows not how to write it."""
    written = ast.unparse(base)
    if "Path(" in written and "environ." not in written and not written.startswith("str("):
        return f'BASE_DIR / "{path}"'
    parts = ", ".join(f'"{part}"' for part in path.split("/"))
    return f"os.path.join(BASE_DIR, {parts})" if "os.path" in written else None


def _is_pair(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
