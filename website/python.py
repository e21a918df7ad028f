"""docs/reference/python.md: every public class and function, from `__all__`, signatures and docstrings."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from typing import Final

import click

_MODULES: Final = {
    "buildassets": "For programs that build: [an example](api.md).",
    "buildassets.runtime": "For web processes: [the helpers in templates](runtime.md).",
    "buildassets.runtime.unbuilt": "For tests of web applications that run without a build.",
    "buildassets.runtime.wsgi": "Serves the files of a release in a WSGI application: [serving](../deploy/serving.md).",
    "buildassets.runtime.asgi": "The same in an ASGI application.",
    "buildassets.runtime.flask": "[Flask](../frameworks/flask.md).",
    "buildassets.runtime.quart": "[Quart](../frameworks/quart.md).",
    "buildassets.runtime.starlette": "[Starlette and FastAPI](../frameworks/starlette.md).",
    "buildassets.runtime.litestar": "[Litestar](../frameworks/litestar.md).",
    "buildassets.runtime.aiohttp": "[aiohttp](../frameworks/aiohttp.md).",
    "buildassets.runtime.pyramid": "[Pyramid](../frameworks/pyramid.md).",
    "buildassets.testing": "For test suites: [processes that keep nothing](../explain/stateless.md).",
    "buildassets.engines": "For packages with an engine: [how to write one](engines.md#an-engine-of-your-own).",
}
_SELF: Final = re.compile(r"\(\s*self(?:, |,(?=\n)|(?=\)))")
_COMMENT: Final = re.compile(r"  #.*")
_QUOTED: Final = re.compile(r"((?:: |-> ))\"([^\"]+)\"")
_CONFIG: Final = "buildassets.Config"  # its fields are the keys of the configuration, with absolute paths
_ELSEWHERE: Final = {
    _CONFIG: "[Configuration](configuration.md) describes the keys.",
    "buildassets.runtime.Assets": "[Helpers](runtime.md#helpers) has more of each method.",
    "buildassets.runtime.wsgi.AssetServer": "[Serving](../deploy/serving.md#by-the-application): the arguments.",
    "buildassets.runtime.flask.FlaskAssets": "[Settings](../frameworks/flask.md#settings): the keys.",
    "buildassets.engines.Compiled": "[What it gives](engines.md#what-it-gives) describes each field.",
    "buildassets.engines.Engine": "[What an engine is](engines.md#what-an-engine-is) describes each attribute.",
    "buildassets.engines.EngineInput": "[What it is given](engines.md#what-it-is-given) describes each field.",
    "buildassets.engines.EngineOptions": "[What it is given](engines.md#what-it-is-given) describes each field.",
}
"""Classes whose members another page describes: here they have the beginning of their docstrings."""
_LISTED: Final = re.compile(r"^- `([a-z_]+)`: ", re.MULTILINE)
_RAISES: Final = re.compile(r"\bRaises\b[^.]*(?:\.\w[^.]*)*\.")

_BEGIN: Final = """# Python API

The names on this page are public, and so are the classes and settings on the pages of the frameworks and of
[other systems](../coming-over/README.md): `buildassets.runtime.django`, `buildassets.compat`. Everything else may
change with each release: [what a version promises](versions.md).
"""


def page() -> str:
    """The whole page."""
    lines = [_BEGIN]
    known: dict[int, str] = {}
    for module, about in _MODULES.items():
        lines.append(f"## {module}\n\n{about}")
        names: list[str] = import_module(module).__all__
        for name in names:
            value = getattr(import_module(module), name)
            if id(value) in known:
                lines.append(f"\n### {module}.{name}\n\nThe same as `{known[id(value)]}`.")
                continue
            known[id(value)] = f"{module}.{name}"
            lines += _entry(f"{module}.{name}", value)
        lines.append("")
    return "\n".join(lines)


def _entry(name: str, value: object) -> Iterator[str]:
    yield f"\n### {name}\n"
    if inspect.isclass(value):
        yield from _class(name, value)
    elif inspect.isfunction(value):
        yield f"```python\n{_header(value)}\n```\n"
        yield _described(value)
    else:
        yield _other(name, value)


def _class(name: str, value: type) -> Iterator[str]:
    yield f"```python\n{_class_header(value)}\n```\n"
    is_brief = name in _ELSEWHERE
    yield _beginning(value) if is_brief and name != "buildassets.runtime.Assets" else _with_types(value)
    if is_brief:
        yield f"\n{_ELSEWHERE[name]}"
    if name == _CONFIG:
        return
    listed = set(_LISTED.findall(_described(value)))
    public = [(field, kind) for field, kind in _annotations(value).items() if not field.startswith("_")]
    if fields := [f"- `{field}: {kind}`" for field, kind in public if field not in listed]:
        yield "\n".join(["", "Further fields:" if listed else "Its fields:", "", *fields])
    for method, function in _members(value):
        yield f"\n#### {value.__name__}.{method}\n"
        decorator = "@property\n" if isinstance(vars(value)[method], property) else ""
        yield f"```python\n{decorator}{_header(function)}\n```\n"
        yield _beginning(function) if is_brief else _described(function)


def _with_types(value: type) -> str:
    """The docstring of a class, with the types of the fields that it lists."""
    kinds = _annotations(value)
    return _LISTED.sub(lambda found: f"- `{found[1]}: {kinds[found[1]]}`: ", _described(value))


def _class_header(value: type) -> str:
    """How it is made, if it has an `__init__` of its own; else what it is derived from."""
    constructor = vars(value).get("__init__")
    if constructor is not None and constructor.__module__ == value.__module__ and _is_written(constructor):
        return _header(constructor).replace("def __init__", f"class {value.__name__}").removesuffix(" -> None")
    bases = [base.__name__ for base in value.__bases__ if base is not object]
    return f"class {value.__name__}({', '.join(bases)})" if bases else f"class {value.__name__}"


def _members(value: type) -> Iterator[tuple[str, object]]:
    """The documented public methods and properties that `value` defines."""
    for name, member in vars(value).items():
        function = member.fget if isinstance(member, property) else member
        is_public = name == "__call__" or not name.startswith("_")
        if is_public and inspect.isfunction(function) and function.__doc__ and _is_written(function):
            yield name, function


def _is_written(value: object) -> bool:
    """Whether there is a source: what `dataclass` makes has none."""
    try:
        _source(value)
    except (OSError, TypeError):
        return False
    return True


def _source(value: object) -> str:
    return textwrap.dedent(inspect.getsource(value))  # type: ignore[arg-type]  # a class or a function


def _annotations(value: type) -> dict[str, str]:
    """The fields of a class with their types, as the source has them."""
    (tree,) = ast.parse(_source(value)).body
    assert isinstance(tree, ast.ClassDef)
    fields = (node for node in tree.body if isinstance(node, ast.AnnAssign))
    return {ast.unparse(node.target): ast.unparse(node.annotation).strip("'") for node in fields}


def _header(function: object) -> str:
    """`def name(parameters) -> type`, as the source has it, without `self` and the quotes around types."""
    source = _source(function)
    (tree,) = ast.parse(source).body
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    header = "\n".join(source.splitlines()[tree.lineno - 1 : tree.body[0].lineno - 1]).strip().removesuffix(":")
    return _QUOTED.sub(r"\1\2", _SELF.sub("(", _COMMENT.sub("", header)))


def _described(value: object) -> str:
    return inspect.getdoc(value) or ""


def _beginning(value: object) -> str:
    """The first paragraph of a docstring, and what it states of exceptions."""
    first, _, rest = _described(value).partition("\n\n")
    return "\n\n".join([first, *(" ".join(sentence.split()) for sentence in _RAISES.findall(rest))])


def _other(name: str, value: object) -> str:
    if name.endswith("__version__"):
        return "The version, such as `1.2.3`."
    assert isinstance(value, click.Group), name
    return f"The group of commands `{value.name}`. {value.help or ''}"
