"""The edits of Python that give a framework our runtime.

Takes the modules of a project, gives edits where one statement of a known form is found, else the lines to write.
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
_RUNTIME: Final = "from buildassets.runtime import Assets"
_ANY: Final = "where the application is made"


def edited_python(
    files: ProjectFiles, found: ProjectFindings, manifest: str, *, has_static: bool
) -> Iterator[FileEdit | ByHand]:
    """The edits for the framework of `found`; none where the project has our runtime already.

    `manifest` is the path of the manifest, relative to the project.
    """
    if found.is_equipped or found.framework.name in ("", "django"):
        return
    if found.framework.name in ("flask", "quart"):
        yield _flask(files, found, manifest, has_static=has_static)
    elif found.framework.name in ("fastapi", "starlette"):
        yield from _starlette(files, found, manifest)
    elif found.framework.name == "litestar":
        yield _litestar(files, found, manifest)
    elif found.framework.name == "pyramid":
        yield _pyramid(files, found, manifest)
    elif found.framework.name == "aiohttp":
        yield _aiohttp(files, found, manifest)
    elif found.framework.name == "jinja":
        yield from _jinja(files, found, manifest)
    else:
        yield ByHand(_first(found), f"as docs/{found.framework.page} shows", ())


def _assets(manifest: str, file: str) -> str:
    return f'Assets({_location(manifest, file)}, reload="BUILDASSETS_WATCH" in os.environ)'


def _location(manifest: str, file: str) -> str:
    """The expression for the path of the manifest in the module `file`, whatever the working directory is."""
    return f'os.path.join(os.path.dirname(__file__), "{posixpath.relpath(manifest, posixpath.dirname(file) or ".")}")'


def _only(files: ProjectFiles, found: ProjectFindings, kind: str) -> tuple[str, Module, MadeThing] | None:
    """The one place that makes something of `kind`, and gives it a plain name."""
    place = _only_call(files, found, kind)
    return place if place and place[2].name.isidentifier() else None


def _flask(files: ProjectFiles, found: ProjectFindings, manifest: str, *, has_static: bool) -> FileEdit | ByHand:
    name = "FlaskAssets" if found.framework.name == "flask" else "QuartAssets"
    imported = f"from buildassets.runtime.{found.framework.name} import {name}"
    options = "serve=True, static=True" if has_static else "serve=True"
    place = _only(files, found, found.framework.name)
    file = place[0] if place else _first(found)
    app = place[2].name if place else _name(found, found.framework.name, "app")
    path = posixpath.relpath(manifest, posixpath.dirname(file) or ".")
    configured = [] if manifest == _DEFAULT else [f'{app}.config.setdefault("BUILDASSETS_MANIFEST", "{path}")']
    lines = [*configured, f"{name}({app}, {options})"]
    if place is None:
        return ByHand(file, _ANY, (imported, *lines))
    text = files.text(file)
    return _edit(text, file, place[1], [imported], insertions=[_after(text, place[2], "\n".join(lines))])


def _starlette(files: ProjectFiles, found: ProjectFindings, manifest: str) -> Iterator[FileEdit | ByHand]:
    """The files of the release in front of the application, and the helpers in its templates."""
    imported = [_RUNTIME, "from buildassets.runtime.starlette import AssetServer, with_assets"]
    app, templates = _only(files, found, found.framework.name), _only(files, found, "templates")
    release = _assets(manifest, app[0] if app else _first(found))
    if app is None or (templates and templates[0] == app[0] and not _is_shared(app[1], [app[2], templates[2]])):
        name = _name(found, found.framework.name, "app")
        lines = ("import os", *imported, f"assets = {release}", f"{name}.add_middleware(AssetServer, assets=assets)")
        yield ByHand(_first(found), _ANY, lines)
        yield from _templates_by_hand(files, found, manifest, made_in=_first(found), variable="assets")
        return
    file, module, made = app
    text, variable = files.text(file), _free(module)
    first = made
    insertions = [_after(text, made, f"{made.name}.add_middleware(AssetServer, assets={variable})")]
    if templates and templates[0] == file:
        equipped = templates[2]
        first = min(made, equipped, key=lambda one: one.statement.lineno)
        insertions.append(_after(text, equipped, f"with_assets({equipped.name}, {variable})"))
    elif templates:
        other, its_module, equipped = templates
        call = f"with_assets({equipped.name}, {_assets(manifest, other)})"
        its_text = files.text(other)
        imports = ["import os", _RUNTIME, "from buildassets.runtime.starlette import with_assets"]
        yield _edit(its_text, other, its_module, imports, insertions=[_after(its_text, equipped, call)])
    used = "AssetServer, with_assets" if len(insertions) > 1 else "AssetServer"
    imports = ["import os", _RUNTIME, f"from buildassets.runtime.starlette import {used}"]
    yield _edit(text, file, module, imports, insertions=[_before(text, first, f"{variable} = {release}"), *insertions])
    if not templates:
        yield from _templates_by_hand(files, found, manifest, made_in=file, variable=variable)


def _is_shared(module: Module, made: list[MadeThing]) -> bool:
    """Whether a variable above the first of these statements is known in the others."""
    nodes = [*ast.walk(module.tree)] if module.tree else []
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    around = [[one for one in functions if any(node is each.statement for node in ast.walk(one))] for each in made]
    return min(made, key=lambda one: one.statement.lineno).is_top or around[0] == around[1]


def _templates_by_hand(
    files: ProjectFiles, found: ProjectFindings, manifest: str, *, made_in: str, variable: str
) -> Iterator[ByHand]:
    """The lines for templates of Jinja that are made in no known way, or in several places."""
    if not any("inja2" in files.text(name) for name in files.own if name.endswith(".py")):
        return
    makers = {name: made[0].name for name, module in found.modules.items() if (made := module.of("templates"))}
    for owner, name in (makers or {made_in: ""}).items():
        given, imports = (variable, ()) if owner == made_in else (_assets(manifest, owner), ("import os", _RUNTIME))
        call = f"with_assets({name or 'templates'}, {given})"
        lines = (*imports, "from buildassets.runtime.starlette import with_assets", call)
        yield ByHand(owner, "where `Jinja2Templates` are made", lines, optional=not found.templates)


def _litestar(files: ProjectFiles, found: ProjectFindings, manifest: str) -> FileEdit | ByHand:
    imports = ["import os", _RUNTIME, "from buildassets.runtime.litestar import asset_files, with_assets"]
    app, config = (_at_top(_only_call(files, found, kind)) for kind in ("litestar", "template-config"))
    release = _assets(manifest, app[0] if app else _first(found))
    handlers = _handlers(app[2].call) if app else None
    can_call_back = config and _can_call_back(config[2].call)
    if app is None or config is None or app[0] != config[0] or handlers is None or not can_call_back:
        lines = (*imports, f"assets = {release}", "Litestar([…, asset_files(assets)],")
        return ByHand(
            _first(found), _ANY, (*lines, "    template_config=TemplateConfig(…, engine_callback=with_assets(assets)))")
        )
    file, module, _ = app
    text, variable = files.text(file), _free(module)
    first = min(app[2], config[2], key=lambda one: one.statement.lineno)
    insertions = [
        _before(text, first, f"{variable} = {release}"),
        _argument(text, handlers, f"asset_files({variable})"),
        _argument(text, config[2].call, f"engine_callback=with_assets({variable})"),
    ]
    return _edit(text, file, module, imports, insertions=insertions)


def _can_call_back(call: ast.Call) -> bool:
    """Whether a configuration of templates is one of Jinja, and has no callback."""
    given = {one.arg: one.value for one in call.keywords}
    engine = given.get("engine", given.get("instance", call))
    names = dotted(engine.func if isinstance(engine, ast.Call) else engine).split(".")
    return "JinjaTemplateEngine" in names and given.keys().isdisjoint(("engine_callback", None))


def _pyramid(files: ProjectFiles, found: ProjectFindings, manifest: str) -> FileEdit | ByHand:
    """The application with the files of the release, whose settings give templates the helpers."""
    imports = ["import os", "from buildassets.runtime.pyramid import serving"]
    places = [
        (name, module, *made)
        for name in files.own
        if name.endswith(".py") and (module := read_module(files.text(name))).imports("pyramid")
        for made in _made_by_method(module, "make_wsgi_app")
    ]
    location = _location(manifest, places[0][0] if places else _first(found))
    pairs = f'"buildassets.manifest": {location}, "buildassets.reload": "BUILDASSETS_WATCH" in os.environ'
    if len(places) != 1 or not _is_alone(files.text(places[0][0]), places[0][2]):
        lines = (*imports, f"config.add_settings({{{pairs}}})", "serving(config)  # in place of config.make_wsgi_app()")
        return ByHand(_first(found), _ANY, lines)
    file, module, statement, call, owner = places[0]
    text = files.text(file)
    indent = text.split("\n")[statement.lineno - 1][: statement.col_offset]
    insertions = [
        Insertion(statement.lineno, f"{indent}{owner}.add_settings({{{pairs}}})"),
        Insertion(call.lineno, f"serving({owner})", call.col_offset, call.end_col_offset),
    ]
    return _edit(text, file, module, imports, insertions=insertions)


def _made_by_method(module: Module, method: str) -> Iterator[tuple[ast.stmt, ast.Call, str]]:
    """The calls of `method` of a plain name on one line, each with the simple statement around it, and that name."""
    for statement, _ in simple_statements(module.tree or ast.Module([], [])):
        for node in ast.walk(statement):
            owner, _, name = dotted(node.func).rpartition(".") if isinstance(node, ast.Call) else ("", "", "")
            is_plain = owner.isidentifier() and name == method
            if isinstance(node, ast.Call) and is_plain and node.lineno == node.end_lineno and not node.args:
                yield statement, node, owner


def _aiohttp(files: ProjectFiles, found: ProjectFindings, manifest: str) -> FileEdit | ByHand:
    """The helpers in the templates of aiohttp-jinja2, and the routes of the files."""
    place = _only_call(files, found, "aiohttp-templates")
    call = place[2].call if place else None
    app = dotted(call.args[0]) if call and call.args else ""
    is_usual = (
        call and dotted(call.func) == "aiohttp_jinja2.setup" and not any(one.arg == "app_key" for one in call.keywords)
    )
    imports = ["import os", _RUNTIME, "from buildassets.runtime.aiohttp import asset_routes, with_assets"]
    release = _free(place[1]) if place else "assets"
    lines = [
        f"{release} = {_assets(manifest, place[0] if place else _first(found))}",
        f"with_assets(aiohttp_jinja2.get_env({app or 'app'}), {release})",
        f"{app or 'app'}.add_routes(asset_routes({release}))",
    ]
    if place is None or not app.isidentifier() or not is_usual:
        return ByHand(place[0] if place else _first(found), "below `aiohttp_jinja2.setup`", (*imports, *lines))
    text = files.text(place[0])
    return _edit(text, place[0], place[1], imports, insertions=[_after(text, place[2], "\n".join(lines))])


def _jinja(files: ProjectFiles, found: ProjectFindings, manifest: str) -> Iterator[FileEdit | ByHand]:
    extension = "buildassets.runtime.jinja.AssetsExtension"
    place = _only(files, found, "jinja")
    release = _assets(manifest, place[0] if place else _first(found))
    if place is None:
        name = _name(found, "jinja", "env")
        lines = ("import os", _RUNTIME, f'{name}.add_extension("{extension}")', f"{name}.assets = {release}")
        yield ByHand(_first(found), "where the environment of Jinja is made", lines)
        return
    file, module, made = place
    text = files.text(file)
    calls = f'{made.name}.add_extension("{extension}")\n{made.name}.assets = {release}'
    imports, insertions = ["import os", _RUNTIME], [_after(text, made, calls)]
    application = _wsgi_application(module) if made.is_top else None
    if application is None:
        yield _edit(text, file, module, imports, insertions=insertions)
        by_hand = (f"serve `{posixpath.dirname(manifest)}/assets/` below `/assets/`",)
        yield ByHand("", "in the server of the site", by_hand, optional=not found.templates)
        return
    imports.append("from buildassets.runtime.wsgi import AssetServer")
    served = f"\n\n{application.name} = AssetServer({application.name}, assets={made.name}.assets)"
    insertions.append(Insertion((application.end_lineno or application.lineno) + 1, served))
    yield _edit(text, file, module, imports, insertions=insertions)


def _wsgi_application(module: Module) -> ast.FunctionDef | None:
    """The function of the module that is a WSGI application (PEP 3333), by its two arguments."""
    functions = [one for one in module.tree.body if isinstance(one, ast.FunctionDef)] if module.tree else []
    found = [one for one in functions if [argument.arg for argument in one.args.args][1:] == ["start_response"]]
    return found[0] if len(found) == 1 else None


def _only_call(files: ProjectFiles, found: ProjectFindings, kind: str) -> tuple[str, Module, MadeThing] | None:
    """The one place that makes something of `kind`, if nothing else stands on the lines of that statement."""
    places = [(name, module, one) for name, module in found.modules.items() for one in module.of(kind)]
    return places[0] if len(places) == 1 and _is_alone(files.text(places[0][0]), places[0][2].statement) else None


def _at_top(place: tuple[str, Module, MadeThing] | None) -> tuple[str, Module, MadeThing] | None:
    return place if place and place[2].is_top else None


def _is_alone(text: str, statement: ast.stmt) -> bool:
    """Whether only blanks stand before a statement, and only a comment behind it, in lines that are counted as here."""
    if text.count("\r") != text.count("\r\n"):
        return False  # Python also ends a line at a carriage return
    lines = text.encode("utf-8").split(b"\n")
    before = lines[statement.lineno - 1][: statement.col_offset]
    behind = lines[(statement.end_lineno or statement.lineno) - 1][statement.end_col_offset :].strip()
    return not before.strip(b" \t") and (not behind or behind.startswith(b"#"))


def _handlers(call: ast.Call) -> ast.List | None:
    """The list of route handlers in a call of `Litestar`."""
    given = next(
        (one.value for one in call.keywords if one.arg == "route_handlers"), call.args[0] if call.args else None
    )
    return given if isinstance(given, ast.List) else None


def _argument(text: str, node: ast.Call | ast.List, written: str) -> Insertion:
    """One more element, at the end of those of `node`."""
    line, column = node.end_lineno or node.lineno, (node.end_col_offset or 1) - 1
    starts = [len(one.encode("utf-8")) + 1 for one in text.split("\n")]
    at = sum(starts[: line - 1]) + column
    before = text.encode("utf-8")[:at].decode("utf-8").rstrip()
    comma = "" if before.endswith((",", "(", "[")) else ", "
    elements = [*node.elts] if isinstance(node, ast.List) else [*node.args, *(one.value for one in node.keywords)]
    if elements and (elements[-1].end_lineno or 0) < line:  # the bracket stands on a line of its own
        last = elements[-1]
        return Insertion(last.end_lineno or line, f", {written}", last.end_col_offset)
    return Insertion(line, f"{comma}{written}", column)


def _after(text: str, made: MadeThing, written: str) -> Insertion:
    indent = _indent(text, made)
    return Insertion((made.statement.end_lineno or 0) + 1, "\n".join(indent + line for line in written.split("\n")))


def _before(text: str, made: MadeThing, written: str) -> Insertion:
    return Insertion(made.statement.lineno, _indent(text, made) + written)


def _indent(text: str, made: MadeThing) -> str:
    """What stands before the statement on its line: blanks or tabs."""
    return text.split("\n")[made.statement.lineno - 1][: made.statement.col_offset]


def _edit(
    text: str, file: str, module: Module, imports: list[str], *, insertions: list[Insertion]
) -> FileEdit | ByHand:
    """The edit of the module; its lines to write by hand where it would no longer be Python."""
    first = min(one.line for one in insertions)
    wanted = [one for one in imports if one != "import os" or not _has_os(module, first)]
    after = inserted(text, [*import_lines(module, wanted, first), *insertions])
    if read_module(after).tree is None:
        return ByHand(file, _ANY, (*wanted, *(one.text.strip(" \t,") for one in insertions)))
    return FileEdit(file, text, after)


def _has_os(module: Module, line: int) -> bool:
    """Whether the module imports `os` above `line`, at its top."""
    body = module.tree.body if module.tree else []
    above = (one for one in body if isinstance(one, ast.Import) and one.lineno < line)
    return any(each.name == "os" and not each.asname for one in above for each in one.names)


def import_lines(module: Module, wanted: list[str], first: int) -> Iterator[Insertion]:
    """The lines that import, above the line `first`: `import …` before the other imports there, the rest below them."""
    body = module.tree.body if module.tree else []
    at_top = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom) and one.lineno < first]
    below = (at_top[-1].end_lineno or 0) + 1 if at_top else _top(body, first)
    after_future = [one for one in at_top if getattr(one, "module", "") != "__future__"]
    above = after_future[0].lineno if after_future else below
    for line in wanted:
        yield Insertion(above if line.startswith("import ") else below, line)


def _top(body: list[ast.stmt], line: int) -> int:
    """The first line, decorators too, of the statement of the module in which the line `line` stands."""
    starts = [min([one.lineno, *(each.lineno for each in getattr(one, "decorator_list", []))]) for one in body]
    return max((start for start in starts if start <= line), default=line)


def _free(module: Module) -> str:
    """A name for the release that the module does not use."""
    return next(name for name in ("assets", "release", "built_assets", "site_assets") if name not in module.names)


def _name(found: ProjectFindings, kind: str, usual: str) -> str:
    """The name that the project gives the first thing of `kind`; the `usual` one if it gives none."""
    made = (one.name for module in found.modules.values() for one in module.of(kind))
    return next(filter(str.isidentifier, made), usual)


def _first(found: ProjectFindings) -> str:
    return next(iter(found.applications()), "")
