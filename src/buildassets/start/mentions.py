"""Where the Python of a project names templates for something that is not known to render them.

`render_template("a.html")` is known, as are names of settings and functions like it; `open`, `send_file` and all others
are not. Takes the texts of modules, gives places and templates.
"""

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, Literal, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.project.python import parsed, text_of

_RENDERS: Final = re.compile(r"template|render|inclusion_tag", re.IGNORECASE)
# What gets folders of templates to render, watch or pack what is in them.
_LOADS: Final = frozenset(
    (
        *("DIRS", "Environment", "Jinja2Templates", "TemplateConfig", "jinja_loader", "setup", "template_folder"),
        *("add_jinja2_search_path", "jinja2.directories", "mako.directories"),
        *("data_files", "extra_files", "package_data", "reload_dirs", "watch"),
    )
)
_ASKS: Final = frozenset(("exists", "is_dir", "is_file", "isdir", "isfile", "makedirs", "mkdir"))
# Functions and attributes whose results are paths, or the value that they get.
_PATHS: Final = ("Path", "PurePath", "abspath", "absolute", "fspath", "join", "joinpath", "normpath", "parent", "path")
_SAME: Final = (
    *(*_PATHS, "realpath", "resolve", "as_posix", "format", "get", "getenv", "list", "str", "tuple"),
    *("ChoiceLoader", "FileSystemLoader", "PackageLoader", "PrefixLoader"),
)
_WORD: Final = re.compile(r"[\w.-]+")
_PARTS: Final = (ast.BinOp, ast.JoinedStr, ast.FormattedValue)
_PASSING: Final = (*_PARTS, ast.List, ast.Tuple, ast.Set, ast.Starred, ast.IfExp, ast.BoolOp, ast.Await, ast.Subscript)
_HARMLESS: Final = (ast.Compare, ast.Expr, ast.Assert, ast.If, ast.While, ast.UnaryOp)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
# A text is the name of a template, a path of one or of a folder of some, or that of a folder around these.
_Kind: TypeAlias = Literal["name", "folder", "around"]
_OF_FLASK: Final[Mapping[str, _Kind]] = {"template_folder": "folder", "root_path": "around"}
_SENDS: Final = frozenset(
    (
        *("STATICFILES_DIRS", "SharedDataMiddleware", "StaticFiles", "WhiteNoise", "add_files", "add_static"),
        *("add_static_view", "directories", "directory", "document_root", "open", "root", "send_from_directory"),
        *("serve", "send_file", "static_file", "static_folder"),
    )
)


class TemplatePaths:
    """Templates by the ends of their paths, and by those of the folders that they are in."""

    def __init__(self, templates: Sequence[str], roots: Sequence[str]) -> None:
        self.all = templates
        self._files: dict[str, list[str]] = {}
        self._folders: dict[str, list[str]] = {}
        for name in templates:
            for end in ends_of(name):
                self._files.setdefault(end, []).append(name)
            root = next((one for one in roots if name.startswith(f"{one}/")), name)
            parts = name.split("/")[:-1]
            for depth in range(root.count("/") + 1, len(parts) + 1):
                for end in ends_of("/".join(parts[:depth]), least=depth - root.count("/")):
                    self._folders.setdefault(end, []).append(name)

        self._around = frozenset(end for root in roots for end in (*ends_of(posixpath.dirname(root)), ""))
        self._words = frozenset(end for end in (*self._files, *self._folders, *self._around, ".") if "/" not in end)

    def has_word(self, text: str) -> bool:
        """Whether a text may name some."""
        return not self._words.isdisjoint(_WORD.findall(text)) or any(one in text for one in _OF_FLASK)

    def files(self, given: str) -> list[str]:
        """The templates whose paths end with `given`, which may have the name of a package before it."""
        return self._files.get(_path(given), [])

    def around(self, given: str) -> Sequence[str]:
        """All templates, if `given` is a folder around some."""
        return self.all if given and ":" not in given and _path(given) in self._around else ()

    def below(self, given: str) -> list[str]:
        """The templates below a folder of templates, or one inside of it, whose path ends with `given`."""
        return self._folders.get(_path(given), [])


def _path(given: str) -> str:
    return given.rpartition(":")[2].lstrip("./").rstrip("/")


def ends_of(path: str, least: int = 1) -> Iterator[str]:
    """The ends of a path that begin with a whole name, from those with the `least` number of names on."""
    parts = path.split("/")
    return ("/".join(parts[-count:]) for count in range(least, len(parts) + 1))


@frozen
class OtherUse:
    """A place in Python, as `file:line`, from which `templates` may be shown by a renderer without our helpers."""

    place: str
    templates: frozenset[str]


class Modules:
    """Modules with their texts; each is parsed at most once, and only where somebody asks."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.nodes = cache(self._nodes)
        self.parents = cache(self._parents)

    def _nodes(self, name: str) -> list[ast.AST]:
        tree = parsed(self.texts[name])
        return [*ast.walk(tree)] if tree else []

    def _parents(self, name: str) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.nodes(name) for child in ast.iter_child_nodes(node)}

    def with_word(self, word: str) -> Iterator[tuple[str, ast.AST]]:
        """All nodes, with their modules, of those modules that have the `word`."""
        pattern = re.compile(rf"\b{re.escape(word)}\b")
        return ((name, node) for name, text in self.texts.items() if pattern.search(text) for node in self.nodes(name))


class Mentions:
    """Follows the names of templates, `names`, through `modules`."""

    def __init__(self, modules: Modules, names: TemplatePaths) -> None:
        self._modules = modules
        self._names = names
        self._known: dict[tuple[ast.AST | None, str, _Kind], bool] = {}
        self._renders = cache(self._function_renders)

    def others(self) -> Iterator[OtherUse]:
        """The places where templates or their folders are named for something that is not known to render them."""
        for file, text in self._modules.texts.items():
            if self._names.has_word(text):
                for node in self._modules.nodes(file):
                    yield from self._other(file, node)

    def _other(self, file: str, node: ast.AST) -> Iterator[OtherUse]:
        found, kind = self._named(node)
        is_rooted = (text_of(node) or "").startswith("/") and not isinstance(self._modules.parents(file)[node], _PARTS)
        if found and not is_rooted and not self._is_known(file, node, kind):
            yield OtherUse(f"{file}:{getattr(node, 'lineno', 0)}", frozenset(found))

    def _named(self, node: ast.AST) -> tuple[Sequence[str], _Kind]:
        """The templates that a text or an attribute stands for, and how it does."""
        if isinstance(node, ast.Attribute) and node.attr in _OF_FLASK:
            return self._names.all, _OF_FLASK[node.attr]
        text = text_of(node) or ""
        if found := self._names.files(text):
            return found, "name"
        found = self._names.below(text)
        return (found, "folder") if found else (self._names.around(text), "around")

    def _is_known(self, file: str, node: ast.AST, kind: _Kind) -> bool:
        """Whether all that gets the value of `node` is known to render, and not to send."""
        parents, keys = self._modules.parents(file), list[str]()
        while (parent := parents.get(node)) is not None and not isinstance(parent, _HARMLESS):
            if isinstance(parent, ast.Subscript) and parent.slice is node:
                return True
            if kind == "around" and _goes_on(parent, node):
                return True
            if isinstance(parent, ast.Dict) and node in parent.keys:
                return True
            if isinstance(parent, ast.Dict):
                pairs = zip(parent.keys, parent.values, strict=True)
                keys += [text_of(key) or "" for key, value in pairs if key and value is node]
            elif not isinstance(parent, _PASSING) and (name := _last(parent)) not in _SAME:
                return self._is_known_receiver(file, node, parent, [*keys, name], kind=kind)
            kind = "folder" if kind == "name" and _makes_path(parent) else kind
            node = parent
        return True

    def _is_known_receiver(self, file: str, node: ast.AST, parent: ast.AST, names: list[str], *, kind: _Kind) -> bool:
        """Whether `parent`, behind which the value is another one, gives it to what renders."""
        around = self._modules.parents(file)
        if isinstance(parent, ast.keyword):
            names += [parent.arg or "", _last(around[parent])]
        targets = [*_targets(parent)]
        if targets and (kind == "around" or not self._are_known(names, kind)):
            return all(self._is_known_name(file, parent, one, kind) for one in targets)
        if isinstance(parent, ast.Return | ast.Yield):
            names.append(getattr(self._function(file, parent), "name", ""))
        return self._are_known(names, kind)

    def _are_known(self, names: Sequence[str], kind: _Kind) -> bool:
        """Whether what gets a value under one of `names` renders templates, or loads or looks for them."""
        if kind == "around":
            return _SENDS.isdisjoint(names)
        if kind == "folder":
            return any(one in _LOADS or one in _ASKS for one in names)
        return any(_RENDERS.search(one) or one in _ASKS or self._renders(one) for one in names)

    def _is_known_name(self, file: str, statement: ast.AST, target: ast.expr, kind: _Kind) -> bool:
        """Whether all uses of a variable that gets the value are known; those of an attribute are by its name alone."""
        name, function = _last(target), self._function(file, statement)
        is_of_class = isinstance(self._modules.parents(file).get(statement), ast.ClassDef)
        if not isinstance(target, ast.Name) or (is_of_class and kind == "name" and _RENDERS.search(name)):
            return self._are_known([name], kind)
        key = (function, name, kind)
        if key not in self._known:
            self._known[key] = True  # for variables that depend on one another
            nodes = ((file, one) for one in ast.walk(function)) if function else self._modules.with_word(name)
            uses = [one for one in nodes if _is_use(one[1], name)]
            known = (self._is_known(each, one, kind) for each, one in uses)
            is_unused = kind != "name" and not is_of_class and _RENDERS.search(name) is not None
            self._known[key] = all(known) if uses or is_unused else self._are_known([name], kind)
        return self._known[key]

    def _function(self, file: str, node: ast.AST | None) -> ast.AST | None:
        """The function around `node`."""
        parents = self._modules.parents(file)
        while node is not None and not isinstance(node, _FUNCTIONS):
            node = parents.get(node)
        return node

    def _function_renders(self, name: str) -> bool:
        """Whether a function of the project with that name calls something that renders."""
        if not name.isidentifier():
            return False
        found = (one for _, one in self._modules.with_word(name) if isinstance(one, _FUNCTIONS) and one.name == name)
        calls = (call for one in found for call in ast.walk(one) if isinstance(call, ast.Call))
        return any(map(renders, calls))


def renders(call: ast.Call) -> bool:
    """Whether the name of what is called is that of something that renders."""
    return bool(_RENDERS.search(_last(call)))


def _is_use(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and _last(node) == name and isinstance(node.ctx, ast.Load)


def _goes_on(parent: ast.AST, node: ast.AST) -> bool:
    """Whether the folder `node` is the beginning of a path, or a part of another text."""
    if isinstance(parent, ast.BinOp):
        return not isinstance(parent.op, ast.Div) or parent.left is node
    if isinstance(parent, ast.Call) and _last(parent) in _PATHS:
        return node is not (parent.args[-1] if parent.args else parent.func)
    return isinstance(parent, ast.JoinedStr)


def _makes_path(node: ast.AST) -> bool:
    return _last(node) in _PATHS or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))


def _last(node: ast.AST) -> str:
    """The last part of the name of a variable, an attribute, or of what a call calls, or a literal key; else empty."""
    node = node.func if isinstance(node, ast.Call) else node
    if isinstance(node, ast.Subscript):
        return text_of(node.slice) or ""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    """The variables that get a value by a statement, a loop or an expression."""
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign | ast.For | ast.AsyncFor | ast.comprehension):
        yield node.target
