"""The edits of Python that give a framework our runtime.

Takes the modules of a project, gives edits where one statement of a known form is found, else the lines to write.
"""

import ast
from collections.abc import Iterator
from typing import Final

from buildassets.project.calls import Made, Module
from buildassets.project.files import ProjectFiles
from buildassets.project.found import Found
from buildassets.start.edits import ByHand, Edit, Insertion, inserted

_MANIFEST: Final = "build/manifest.json"
_RELOAD: Final = 'reload="BUILDASSETS_WATCH" in os.environ'
_ASSETS: Final = f'Assets("{_MANIFEST}", {_RELOAD})'
_RUNTIME: Final = "from buildassets.runtime import Assets"
_ANY: Final = "where the application is made"


def edited_python(files: ProjectFiles, found: Found, has_static: bool) -> Iterator[Edit | ByHand]:
    """The edits for the framework of `found`; none where the project has our runtime already."""
    if found.is_equipped or found.framework in ("", "django"):
        return
    if found.framework in ("flask", "quart"):
        yield _flask(files, found, has_static)
    elif found.framework in ("fastapi", "starlette"):
        yield from _starlette(files, found)
    elif found.framework == "litestar":
        yield _litestar(files, found)
    else:
        yield from _jinja(files, found)


def _only(found: Found, kind: str) -> tuple[str, Module, Made] | None:
    """The one place that makes something of `kind`, and gives it a plain name."""
    places = [(name, module, one) for name, module in found.modules.items() for one in module.of(kind)]
    return places[0] if len(places) == 1 and places[0][2].name.isidentifier() else None


def _flask(files: ProjectFiles, found: Found, has_static: bool) -> Edit | ByHand:
    name = "FlaskAssets" if found.framework == "flask" else "QuartAssets"
    imported = f"from buildassets.runtime.{found.framework} import {name}"
    options = "serve=True, static=True" if has_static else "serve=True"
    place = _only(found, found.framework)
    if place is None:
        return ByHand(_first(found), _ANY, (imported, f"{name}(app, {options})"))
    file, module, made = place
    return _edit(files, file, module, [imported], [_after(made, f"{name}({made.name}, {options})")])


def _starlette(files: ProjectFiles, found: Found) -> Iterator[Edit | ByHand]:
    """The files of the release in front of the application, and the helpers in its templates."""
    imported = [_RUNTIME, "from buildassets.runtime.starlette import AssetServer, with_assets"]
    app, templates = _only(found, found.framework), _only(found, "templates")
    if app is None:
        lines = ("import os", *imported, f"assets = {_ASSETS}", "app.add_middleware(AssetServer, assets=assets)")
        yield ByHand(_first(found), _ANY, (*lines, "templates = with_assets(templates, assets)"))
        return
    file, module, made = app
    variable = _free(module)
    first = made
    insertions = [_after(made, f"{made.name}.add_middleware(AssetServer, assets={variable})")]
    if templates and templates[0] == file:
        equipped = templates[2]
        first = min(made, equipped, key=lambda one: one.statement.lineno)
        insertions.append(_after(equipped, f"with_assets({equipped.name}, {variable})"))
    elif templates:
        other, its_module, equipped = templates
        call = f"with_assets({equipped.name}, {_ASSETS})"
        yield _edit(files, other, its_module, ["import os", *imported], [_after(equipped, call)])
    used = "AssetServer, with_assets" if len(insertions) > 1 else "AssetServer"
    imports = ["import os", _RUNTIME, f"from buildassets.runtime.starlette import {used}"]
    yield _edit(files, file, module, imports, [_before(first, f"{variable} = {_ASSETS}"), *insertions])
    if not templates:
        lines = ("from buildassets.runtime.starlette import with_assets", "with_assets(templates, assets)")
        yield ByHand(file, "where `Jinja2Templates` are made", lines)


def _litestar(files: ProjectFiles, found: Found) -> Edit | ByHand:
    imports = ["import os", _RUNTIME, "from buildassets.runtime.litestar import asset_files, with_assets"]
    app, config = _only_call(found, "litestar"), _only_call(found, "template-config")
    handlers = _handlers(app[2].call) if app else None
    can_call_back = config and not any(one.arg in ("engine_callback", None) for one in config[2].call.keywords)
    if app is None or config is None or app[0] != config[0] or handlers is None or not can_call_back:
        lines = (*imports, f"assets = {_ASSETS}", "Litestar([…, asset_files(assets)],")
        return ByHand(
            _first(found), _ANY, (*lines, "    template_config=TemplateConfig(…, engine_callback=with_assets(assets)))")
        )
    file, module, _ = app
    variable = _free(module)
    first = min(app[2], config[2], key=lambda one: one.statement.lineno)
    insertions = [
        _before(first, f"{variable} = {_ASSETS}"),
        _argument(files.text(file), handlers, f"asset_files({variable})"),
        _argument(files.text(file), config[2].call, f"engine_callback=with_assets({variable})"),
    ]
    return _edit(files, file, module, imports, insertions)


def _jinja(files: ProjectFiles, found: Found) -> Iterator[Edit | ByHand]:
    extension = "buildassets.runtime.jinja.AssetsExtension"
    place = _only(found, "jinja")
    if place is None:
        lines = ("import os", _RUNTIME, f'env.add_extension("{extension}")', f"env.assets = {_ASSETS}")
        yield ByHand(_first(found), "where the environment of Jinja is made", lines)
        return
    file, module, made = place
    calls = f'{made.name}.add_extension("{extension}")\n{made.name}.assets = {_ASSETS}'
    imports, insertions = ["import os", _RUNTIME], [_after(made, calls)]
    application = _wsgi_application(module) if made.is_top else None
    if application is None:
        yield _edit(files, file, module, imports, insertions)
        yield ByHand("", "in the server of the site", (f"serve `{_MANIFEST[:5]}/assets/` below `/assets/`",))
        return
    imports.append("from buildassets.runtime.wsgi import AssetServer")
    served = f"\n\n{application.name} = AssetServer({application.name}, assets={made.name}.assets)"
    insertions.append(Insertion((application.end_lineno or application.lineno) + 1, served))
    yield _edit(files, file, module, imports, insertions)


def _wsgi_application(module: Module) -> ast.FunctionDef | None:
    """The function of the module that is a WSGI application (PEP 3333), by its two arguments."""
    functions = [one for one in module.tree.body if isinstance(one, ast.FunctionDef)] if module.tree else []
    found = [one for one in functions if [argument.arg for argument in one.args.args][1:] == ["start_response"]]
    return found[0] if len(found) == 1 else None


def _only_call(found: Found, kind: str) -> tuple[str, Module, Made] | None:
    places = [(name, module, one) for name, module in found.modules.items() for one in module.of(kind)]
    return places[0] if len(places) == 1 and places[0][2].is_top else None


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


def _after(made: Made, text: str) -> Insertion:
    indent = " " * made.statement.col_offset
    return Insertion((made.statement.end_lineno or 0) + 1, "\n".join(indent + line for line in text.split("\n")))


def _before(made: Made, text: str) -> Insertion:
    return Insertion(made.statement.lineno, " " * made.statement.col_offset + text)


def _edit(files: ProjectFiles, file: str, module: Module, imports: list[str], insertions: list[Insertion]) -> Edit:
    text = files.text(file)
    wanted = [one for one in imports if one != "import os" or "os" not in module.names]
    first = min(one.line for one in insertions)
    return Edit(file, text, inserted(text, [*_imports(module, wanted, first), *insertions]))


def _imports(module: Module, wanted: list[str], first: int) -> Iterator[Insertion]:
    """The lines that import, above the line `first`: `import …` before the other imports there, the rest below them."""
    body = module.tree.body if module.tree else []
    at_top = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom) and one.lineno < first]
    below = (at_top[-1].end_lineno or 0) + 1 if at_top else first
    after_future = [one for one in at_top if getattr(one, "module", "") != "__future__"]
    above = after_future[0].lineno if after_future else below
    for line in wanted:
        yield Insertion(above if line.startswith("import ") else below, line)


def _free(module: Module) -> str:
    """A name for the release that the module does not use."""
    return next(name for name in ("assets", "release", "built_assets", "site_assets") if name not in module.names)


def _first(found: Found) -> str:
    return next(iter(found.applications()), "")
