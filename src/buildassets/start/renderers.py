"""The templates that another renderer may show than the one that gets our helpers, each with a place in the code.

Takes the files of a project and what it is. These count: a renderer with an environment of its own, code that reads or
sends templates as files, tags with other delimiters, and a module that cannot be read, as it may do any of this.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.project.calls import MAKERS, full_name, origins_in
from buildassets.project.django_files import DjangoSettings, path_of
from buildassets.project.files import ProjectFiles, is_aside
from buildassets.project.found import ProjectFindings
from buildassets.project.python import UNKNOWN, ProjectPath, dotted, items, root, text_of, value_of, value_of_absent
from buildassets.start.markup import expressions
from buildassets.start.mentions import Mentions, Modules, OtherUse, TemplatePaths, renders

# What makes a renderer, by its full name. Of packages with the name of an engine that are not known here, all may.
_RENDERER: Final = re.compile(
    r"jinja2(?:\.\w+)*\.\w*(?:Environment|Template)|(?:starlette|fastapi)\.templating\.Jinja2Templates"
    r"|django\.template\.(?:engine\.)?Engine|django\.template\.backends\..+|aiohttp_jinja2\.setup"
    r"|flask\.(?:app\.)?Flask|quart\.(?:app\.)?Quart|(?:flask|quart)\.templating\.Environment"
    r"|(?:sqladmin|starlette_admin)\..+"  # which show templates of the project's folder, too
    r"|litestar\.template\.(?:config\.)?TemplateConfig"
    r"|tornado\.(?:template\..+|web\.Application)"
    r"|(?!(?:aiohttp_jinja2|jinja2|pyramid_\w+)\b)\w*(?:jinja|mako|chameleon|genshi)\w*(?:\..+)?"
)
_SOURCES: Final = ("create_jinja_environment", "get_source")  # other ways to a renderer, or to texts of templates
_IMPORTS: Final = ("__import__", "import_module", "importlib.import_module")
_SIGN: Final = re.compile(
    r"(?i)jinja|mako|chameleon|genshi|tornado|templating|_admin|sqladmin|get_source|Engine|Flask|Quart|template\.backends"
)
# The kind of what is made for a framework whose renderer gets the helpers.
_EQUIPPED: Final[Mapping[str, str]] = {
    "aiohttp": "aiohttp-templates",
    "fastapi": "templates",
    "flask": "flask",
    "jinja": "jinja",
    "litestar": "template-config",
    "quart": "quart",
    "starlette": "templates",
}
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "django": (".html", ".htm", ".djhtml"),
    "pyramid": (".jinja2", ".mako", ".mak", ".pt"),
}
_SUFFIXES_OF_JINJA: Final = (".html", ".htm", ".j2", ".jinja", ".jinja2", ".jinja-html")
_DELIMITER: Final = re.compile(
    r"\b(?:block|variable|comment)_(?:start|end)_string\b|\bline_(?:statement|comment)_prefix\b"
    r"|\bjinja_options\s*=\s*+(?![={]|dict\()"
)
_MACRO: Final = re.compile(r"\{%[-+]?\s*macro\b")
_SETTINGS: Final = (".py", ".ini", ".cfg", ".toml", ".yaml", ".yml", ".json")
_BACKENDS: Final = "django.template.backends."
_COMMANDS: Final = "/management/commands/"
_ASKS: Final = ("isinstance", "issubclass", "cast")


def suffixes_of(framework: str) -> tuple[str, ...]:
    """The suffixes of templates that the renderer of `framework` is known to show."""
    return _SUFFIXES.get(framework, _SUFFIXES_OF_JINJA)


def other_uses(
    files: ProjectFiles, found: ProjectFindings, paths: TemplatePaths, helpers: Sequence[str]
) -> Iterator[OtherUse]:
    """The places from which some of all templates, those of `paths`, may be shown without our `helpers` of Jinja."""
    every = frozenset(paths.all)
    names = [one for one in files.names if one.endswith(".py") and (not is_aside(one) or _COMMANDS in one)]
    modules = Modules({one: files.text(one) for one in names if not one.endswith("setup.py")})
    for place in found.unread:
        text = files.text_or_none(place.partition(":")[0])  # none where its encoding is not known
        if text is None or _SIGN.search(text) or paths.has_word(text):
            yield OtherUse(place, every)
    if found.framework.name != "django":
        yield from (OtherUse(place, every) for place in _with_delimiters(files))
    if found.django is not None:
        yield from _of_settings(found.django, every)
    renderers = _Renderers(files, found, every)
    for name, text in modules.texts.items():
        if _SIGN.search(text):
            yield from renderers.others(name, modules)
    if found.framework.name == "pyramid":  # whose helpers are variables, which macros may not see
        yield from (OtherUse(one, frozenset([one])) for one in paths.all if _MACRO.search(files.text(one)))
    yield from Mentions(modules, paths).others()
    yield from _with_own_names(files, paths, modules, helpers)


def _with_own_names(
    files: ProjectFiles, paths: TemplatePaths, modules: Modules, helpers: Sequence[str]
) -> Iterator[OtherUse]:
    """The templates with variables that are called as one of `helpers`, and the calls that give them some."""
    word = re.compile(rf"(?<![\w.\"'-])(?:{'|'.join(helpers)})\b")
    for name in paths.all if helpers else ():
        text = files.text(name)
        if word.search(text) and (found := [one for one in expressions(text) if word.search(text, *one)]):
            yield OtherUse(_place(name, text, found[0][0]), frozenset([name]))
    for name, given in ((name, node) for one in helpers for name, node in modules.with_word(one)):
        is_context = isinstance(given, ast.Return) or (isinstance(given, ast.Call) and renders(given))
        if is_context and not {*helpers}.isdisjoint(_names_given(given)):
            yield OtherUse(f"{name}:{getattr(given, 'lineno', 0)}", frozenset(paths.all))


def _names_given(context: ast.AST) -> Iterator[str]:
    for node in ast.walk(context):
        if isinstance(node, ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.Dict):
            yield from (text_of(key) or "" for key in node.keys if key)


def _place(name: str, text: str, position: int) -> str:
    return f"{name}:{text.count(chr(10), 0, position) + 1}"


def _with_delimiters(files: ProjectFiles) -> Iterator[str]:
    """The places that set the delimiters of tags."""
    for name in files.own:
        if name.endswith(_SETTINGS) and (match := _DELIMITER.search(files.text(name))):
            yield _place(name, files.text(name), match.start())


def _of_settings(settings: DjangoSettings, every: frozenset[str]) -> Iterator[OtherUse]:
    """The templates of backends in `TEMPLATES` that are not Django's own; all where these are not known."""
    for assigned in settings.of("TEMPLATES"):
        tables = [one for one in ast.walk(assigned.value) if isinstance(one, ast.Dict)]
        backends = [table for one in tables if "BACKEND" in (table := dict(items(one)))]
        place = f"{assigned.file}:{assigned.statement.lineno}"
        if assigned.replaces and not backends:
            yield OtherUse(place, every)
        for table in backends:
            backend = text_of(table["BACKEND"])
            if backend == f"{_BACKENDS}jinja2.Jinja2":
                folders = table.get("DIRS")
                given = [path_of(one) for one in folders.elts] if isinstance(folders, ast.List | ast.Tuple) else [None]
                of_applications = frozenset(one for one in every if "/jinja2/" in f"/{one}")
                yield OtherUse(place, of_applications | _below(every, every, given))
            elif backend != f"{_BACKENDS}django.DjangoTemplates":
                yield OtherUse(place, every)


def _below(templates: frozenset[str], names: Iterable[str], folders: Sequence[Any]) -> frozenset[str]:
    """Those in one of `folders`, wherever these are; all where a folder is not known, or has none of `names`."""
    relative = (one for one in folders if isinstance(one, str) and not one.startswith("/"))
    known = [posixpath.normpath(one).lstrip("./") for one in relative]
    is_known = len(known) == len(folders) and all(any(f"/{one}/" in f"/{name}" for name in names) for one in known)
    if not is_known or not all(known):
        return templates
    return frozenset(name for name in templates if any(f"/{one}/" in f"/{name}" for one in known))


class _Renderers:
    """Finds what makes renderers that do not get the helpers of the framework in `found`."""

    def __init__(self, files: ProjectFiles, found: ProjectFindings, every: frozenset[str]) -> None:
        self._every = every
        self._names = files.names
        self._kind = _EQUIPPED.get(found.framework.name, "jinja" if found.is_equipped else "")
        made = [(name, one) for name, module in found.modules.items() for one in module.of(self._kind)]
        self._equipped = {(name, one.call.lineno, one.call.col_offset) for name, one in made if len(made) == 1}
        modules = (name.removesuffix(".py") for name in files.names if name.endswith(".py"))
        self._own = {part for name in modules for part in name.split("/")}

    def others(self, file: str, modules: Modules) -> Iterator[OtherUse]:
        """The places in a module that make a renderer, or have a class that does."""
        nodes = modules.nodes(file)
        origins = origins_in(nodes)
        imported = {name.partition(".")[0] for name in origins}
        known = self._known(file, nodes, origins)
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and _SIGN.search(node.module or ""):
                yield OtherUse(f"{file}:{node.lineno}", self._every)
            is_source = getattr(node, "attr", "") in _SOURCES
            if is_source or (
                isinstance(node, ast.Call) and dotted(node.func) in _IMPORTS and _SIGN.search(ast.unparse(node))
            ):
                yield OtherUse(f"{file}:{getattr(node, 'lineno', 0)}", self._every)
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in known:
                name = full_name(node, origins) if root(node) in imported else ""
                if _RENDERER.fullmatch(name) and name.partition(".")[0] not in self._own:
                    yield self._other(file, node, modules)

    def _known(self, file: str, nodes: Sequence[ast.AST], origins: Mapping[str, str]) -> set[int]:
        """The parts of the module that make the renderer with the helpers, or no renderer at all."""
        calls = [one for one in nodes if isinstance(one, ast.Call)]
        equipped = [one for one in calls if (file, one.lineno, one.col_offset) in self._equipped]
        given = {one.id for call in equipped for one in ast.walk(call) if isinstance(one, ast.Name)}
        equipped = [one for one in equipped if all(_is_shown(each) for each in ast.walk(one))]
        known: list[ast.AST | None] = [*equipped, *(one for one in calls if dotted(one.func) in _ASKS)]
        for node in nodes:
            if isinstance(node, ast.Assign) and {dotted(one) for one in node.targets} & given:
                known.append(node)
            known += [getattr(node, "annotation", None), getattr(node, "returns", None)]
            if isinstance(node, ast.ClassDef):
                known += [one for one in node.bases if MAKERS.get(full_name(one, origins)) == self._kind]
        return {id(part) for one in known if one for part in ast.walk(one)}

    def _other(self, file: str, node: ast.Name | ast.Attribute, modules: Modules) -> OtherUse:
        call = modules.parents(file).get(node)
        is_made = isinstance(call, ast.Call) and call.func is node
        folders = _Values(file, modules.nodes(file)).folders(call) if is_made and isinstance(call, ast.Call) else None
        return OtherUse(
            f"{file}:{node.lineno}", self._every if folders is None else _below(self._every, self._names, folders)
        )


def _is_shown(node: ast.AST) -> bool:
    """Whether a part of a call is something else than `**options`, which are not shown."""
    return not (isinstance(node, ast.keyword) and node.arg is None)


class _Values:
    """Evaluates what a module gives to renderers, with the names that it assigns once."""

    def __init__(self, file: str, nodes: Sequence[ast.AST]) -> None:
        self._values: dict[str, Any] = {"__file__": ProjectPath(file)}
        self._nodes: dict[str, ast.expr] = {}
        for node in nodes:
            if isinstance(node, ast.Assign):
                for target in map(dotted, node.targets):
                    self._nodes[target] = ast.Name("") if target in self._nodes else node.value

    def folders(self, call: ast.Call) -> list[Any] | None:
        """The folders whose templates a renderer can show, UNKNOWN among them; None where these may be any."""
        name = dotted(call.func).rpartition(".")[2]
        if name.endswith("Template") and call.args:
            return [] if isinstance(value_of(call.args[0], self._look), str) else None
        given = [one.value for one in call.keywords if one.arg in ("directory", "dirs", "loader", "template_folder")]
        given += call.args[:1] if name == "Jinja2Templates" else []
        if len(given) != 1:
            return None
        return self._of_loader(given[0])

    def _of_loader(self, node: ast.expr) -> list[Any] | None:
        node = self._nodes.get(node.id, node) if isinstance(node, ast.Name) else node
        name = dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        texts = [text_of(one) for one in node.args] if isinstance(node, ast.Call) else []
        if name == "PackageLoader" and texts and None not in texts:
            return [f"{(texts[0] or '').replace('.', '/')}/{texts[1] if len(texts) > 1 else 'templates'}"]
        if name == "FileSystemLoader" and isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        found = value_of(node, self._look)
        return found if isinstance(found, list) else [found]

    def _look(self, name: str) -> Any:
        if name not in self._values:
            self._values[name] = UNKNOWN  # for names that depend on one another
            node = self._nodes.get(name)
            self._values[name] = value_of(node, self._look) if node else value_of_absent(name)
        return self._values[name]
