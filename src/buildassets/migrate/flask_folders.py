"""The static folders that modules name in `Flask(…)` and `Blueprint(…)`. Takes statements, gives their answers."""

import ast
import os
from collections.abc import Iterator
from typing import Final

from buildassets.compiler.config.file import relative_to
from buildassets.foundation.frozen import frozen
from buildassets.migrate.plan import Answer, together
from buildassets.project.python import UNKNOWN, dotted, literal_of

# The arguments that may stand without their names, in order (Flask 3.1, `Flask` and `Blueprint`).
_ARGUMENTS: Final = {
    "Flask": ("import_name", "static_url_path", "static_folder"),
    "Blueprint": ("name", "import_name", "static_folder", "static_url_path"),
}
_NAMED: Final = ("static_folder", "static_url_path")
_NAME_IT: Final = "name the folder in `sources`, and the beginning of its URLs in `url_prefixes`"
_TAKEN: Final = "the folder is a source root, and its URLs are `url_prefixes`"


@frozen
class StaticFolder:
    """A static folder at `path`; `url` begins its URLs, `blueprint` is its owner's name, empty for an application."""

    path: str
    url: str
    blueprint: str


class FlaskFolders:
    """Collects `found`, the static folders, and `unused`: those called `static` in whose place others are named."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: list[StaticFolder] = []
        self.unused: set[str] = set()

    def answer(self, module: str, statement: ast.stmt) -> Answer | None:
        """The answer for a statement of the file `module`; None if it names no static folder."""
        calls = [one for one in ast.walk(statement) if isinstance(one, ast.Call)]
        answers = [answer for call in calls for answer in self._answers(module, call)]
        return together(answers) if answers else None

    def _answers(self, module: str, call: ast.Call) -> Iterator[Answer]:
        kind = dotted(call.func).rpartition(".")[2]
        given = dict(zip(_ARGUMENTS.get(kind, ()), call.args, strict=False))
        given |= {one.arg: one.value for one in call.keywords if one.arg}
        if kind not in _ARGUMENTS or not any(name in given for name in _NAMED):
            return
        named = {name: literal_of(given[name]) for name in (*_NAMED, "name") if name in given}
        if UNKNOWN in named.values():
            yield "not possible", f"an argument is computed: {_NAME_IT}"
            return
        root = None if "root_path" in given else self._root(module, given.get("import_name"))
        if kind == "Flask":
            named = {"static_folder": "static", "static_url_path": None, **named, "name": ""}
        yield self._noted(root, named.get("static_folder"), named.get("static_url_path"), named.get("name", ""))

    def _root(self, module: str, import_name: ast.expr | None) -> str | None:
        """The folder that an application's relative paths begin at; None if its name is not that of the module."""
        is_own = isinstance(import_name, ast.Name) and import_name.id == "__name__"
        return os.path.dirname(module) if is_own else None

    def _noted(self, root: str | None, given: object, url: object, blueprint: object) -> Answer:
        if not isinstance(blueprint, str) or not isinstance(url, str | None) or not isinstance(given, str | None):
            return "not possible", f"an argument is not a text: {_NAME_IT}"
        if root is not None:
            self._left_out(root, blueprint)
        if given is None:
            return "taken over", "there is no static folder, so none is a source root"
        if not given or (root is None and not os.path.isabs(given)):
            return "not possible", f"the folder depends on more than its name: {_NAME_IT}"
        path = os.path.normpath(os.path.join(root or "", given))
        shown = relative_to(self._folder, path)
        if not os.path.isdir(path):
            return "not possible", f"there is no folder `{shown}`: make it, or name it in `sources` when it is there"
        self.unused.discard(shown)
        begin = f"/{os.path.basename(path)}" if url is None else url.rstrip("/")
        self.found.append(StaticFolder(shown, f"{begin}/", blueprint))
        if not blueprint:
            return "taken over", _TAKEN
        return "taken over", f"the folder is a source root with the prefix `{blueprint}`, for `{blueprint}.static`"

    def _left_out(self, root: str, blueprint: str) -> None:
        usual = relative_to(self._folder, os.path.join(root, "static"))
        if not blueprint and not any(one.path == usual for one in self.found):
            self.unused.add(usual)
