"""The one line of Python that gives a framework our runtime.

Takes the modules of a project, gives an edit where one statement of a known form is found, else the lines to write.
"""

import ast
import posixpath
from collections.abc import Iterator
from typing import Final

from buildassets.project.calls import MadeThing, Module, read_module
from buildassets.project.files import ProjectFiles
from buildassets.project.found import ProjectFindings
from buildassets.project.python import dotted, simple_statements
from buildassets.start.edits import ByHand, FileEdit, Insertion, inserted

_DEFAULT: Final = "build/manifest.json"
_ANY: Final = "where the application is made"
_AS_BEFORE: Final = {"static": "True", "strict": "False", "required": "False"}
_PYRAMID: Final = "buildassets.runtime.pyramid"


def edited_python(
    files: ProjectFiles, found: ProjectFindings, manifest: str, static: str = "static"
) -> Iterator[FileEdit | ByHand]:
    """The edit for the framework of `found`; none where the project has our runtime already.

    `manifest` is the path of the manifest, relative to the project, `static` the name that the project gives its static
    files.
    """
    if found.is_equipped or not (found.framework.extension or found.framework.name == "pyramid"):
        return
    options = {**_AS_BEFORE, **({} if static == "static" else {"static": f'"{static}"'})}
    if found.framework.name == "pyramid":
        yield _pyramid(files, manifest, options)
    else:
        yield _extension(files, found, manifest, options)


def _extension(
    files: ProjectFiles, found: ProjectFindings, manifest: str, options: dict[str, str]
) -> FileEdit | ByHand:
    """The line below the one that makes the application."""
    framework = found.framework
    place = _only(files, found, framework.name)
    file = place[0] if place else next(iter(found.applications()), "")
    app = place[2].name if place else _name(found, framework.name)
    lines = []
    if framework.name in ("flask", "quart"):  # which know the application's folder
        path = posixpath.relpath(manifest, posixpath.dirname(file) or ".")
        lines = [] if manifest == _DEFAULT else [f'{app}.config.setdefault("BUILDASSETS_MANIFEST", "{path}")']
    else:
        options = {**_location(manifest), **options}
    templates = shared_templates(files, found) if framework.module == "starlette" else None
    given = f"{app}, {templates.name}" if templates else app
    arguments = ", ".join(f"{name}={value}" for name, value in options.items())
    lines.append(f"{framework.extension}({given}, {arguments})")
    imported = f"from buildassets.runtime.{framework.module} import {framework.extension}"
    if place is None:
        return ByHand(file, _ANY, (imported, *lines))
    last = max(filter(None, (place[2], templates)), key=lambda made: made.statement.lineno)
    return _edit(files, file, place[1], imports=[imported], line=_after(files.text(file), last, "\n".join(lines)))


def shared_templates(files: ProjectFiles, found: ProjectFindings) -> MadeThing | None:
    """The one `Jinja2Templates` of a project, if it is at the top of a module, and the application there, too."""
    places = [_only(files, found, kind) for kind in (found.framework.name, "templates")]
    if len({one[0] for one in places if one}) != 1 or None in places:
        return None
    made = [one[2] for one in places if one]
    return made[1] if all(one.statement.col_offset == 0 for one in made) else None


def _location(manifest: str) -> dict[str, str]:
    return {"near": "__file__"} if manifest == _DEFAULT else {"manifest": f'"{manifest}"'}


def _pyramid(files: ProjectFiles, manifest: str, options: dict[str, str]) -> FileEdit | ByHand:
    """The lines above the one that makes the application, whose settings are those of the release."""
    places = [
        (name, module, *made)
        for name in files.own
        if name.endswith(".py") and (module := read_module(files.text(name))).imports("pyramid")
        for made in _made_by_method(module, "make_wsgi_app")
    ]
    named = {} if manifest == _DEFAULT else {"manifest": f'"{manifest}"'}
    pairs = ", ".join(f'"buildassets.{name}": {value}' for name, value in {**named, **options}.items())
    lines = [f".add_settings({{{pairs}}})", f'.include("{_PYRAMID}")']
    if len(places) != 1 or not _is_alone(files.text(places[0][0]), places[0][2]):
        return ByHand(places[0][0] if places else "", _ANY, tuple(f"config{line}" for line in lines))
    file, module, statement, owner = places[0]
    indent = files.text(file).split("\n")[statement.lineno - 1][: statement.col_offset]
    text = "\n".join(f"{indent}{owner}{line}" for line in lines)
    return _edit(files, file, module, imports=[], line=Insertion(statement.lineno, text))


def _made_by_method(module: Module, method: str) -> Iterator[tuple[ast.stmt, str]]:
    """The simple statements that call `method` of a plain name, each with that name."""
    for statement in simple_statements(module.tree or ast.Module([], [])):
        for node in ast.walk(statement):
            owner, _, name = dotted(node.func).rpartition(".") if isinstance(node, ast.Call) else ("", "", "")
            if owner.isidentifier() and name == method:
                yield statement, owner


def _only(files: ProjectFiles, found: ProjectFindings, kind: str) -> tuple[str, Module, MadeThing] | None:
    """The one place that makes something of `kind`, and gives it a plain name, if nothing else is on its lines."""
    places = [(name, module, one) for name, module in found.modules.items() for one in module.of(kind)]
    is_one = len(places) == 1 and places[0][2].name.isidentifier()
    return places[0] if is_one and _is_alone(files.text(places[0][0]), places[0][2].statement) else None


def _is_alone(text: str, statement: ast.stmt) -> bool:
    """Whether only blanks stand before a statement, and only a comment behind it, in lines that are counted as here."""
    if text.count("\r") != text.count("\r\n"):
        return False  # Python also ends a line at a carriage return
    lines = text.encode("utf-8").split(b"\n")
    before = lines[statement.lineno - 1][: statement.col_offset]
    behind = lines[(statement.end_lineno or statement.lineno) - 1][statement.end_col_offset :].strip()
    return not before.strip(b" \t") and (not behind or behind.startswith(b"#"))


def _after(text: str, made: MadeThing, written: str) -> Insertion:
    indent = text.split("\n")[made.statement.lineno - 1][: made.statement.col_offset]
    return Insertion((made.statement.end_lineno or 0) + 1, "\n".join(indent + line for line in written.split("\n")))


def _edit(files: ProjectFiles, file: str, module: Module, *, imports: list[str], line: Insertion) -> FileEdit | ByHand:
    """The edit of the module; its lines to write by hand where it would no longer be Python."""
    text = files.text(file)
    after = inserted(text, [*import_lines(module, imports, line.line), line])
    if read_module(after).tree is None:
        return ByHand(file, _ANY, (*imports, *(one.strip() for one in line.text.split("\n"))))
    return FileEdit(file, text, after)


def import_lines(module: Module, wanted: list[str], first: int) -> Iterator[Insertion]:
    """The lines that import, below the other imports above the line `first`."""
    body = module.tree.body if module.tree else []
    at_top = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom) and one.lineno < first]
    below = (at_top[-1].end_lineno or 0) + 1 if at_top else _top(body, first)
    yield from (Insertion(below, line) for line in wanted)


def _top(body: list[ast.stmt], line: int) -> int:
    """The first line, decorators too, of the statement of the module in which the line `line` stands."""
    starts = [min([one.lineno, *(each.lineno for each in getattr(one, "decorator_list", []))]) for one in body]
    return max((start for start in starts if start <= line), default=line)


def _name(found: ProjectFindings, kind: str) -> str:
    """The name that the project gives the first application; `app` if it gives none."""
    made = (one.name for module in found.modules.values() for one in module.of(kind))
    return next(filter(str.isidentifier, made), "app")
