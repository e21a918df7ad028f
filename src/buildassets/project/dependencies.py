"""The packages that a project declares, of Python and of npm, and the program that installs them.

Takes the files of a project, gives names in their normal form (PEP 503). What is not a list of requirements is passed
over.
"""

import ast
import json
import re
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from typing import Any, Final

from buildassets.foundation.frozen import frozen
from buildassets.foundation.toml_values import toml_values
from buildassets.project.files import ProjectFiles
from buildassets.project.python import dotted, parsed, text_of

_NAME: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_REQUIREMENTS: Final = re.compile(r"(?:^|/)requirements[^/]*\.(?:txt|in)$|(?:^|/)requirements/[^/]+\.(?:txt|in)$")
_NOT_DEPLOYED: Final = re.compile(r"(?:^|[/_.-])(?:dev\w*|tests?|testing|docs?|lint|ci|vendor)(?=[/_.-])")


@frozen
class Dependencies:
    """The declared packages: `python` and `node`; `files` list those of Python, first what a deployment installs.

    `installer` is `uv`, `poetry`, `pipenv` or `pip`.
    """

    python: frozenset[str]
    node: frozenset[str]
    files: tuple[str, ...]
    installer: str


def dependencies(files: ProjectFiles) -> Dependencies:
    """The dependencies that the project's files declare."""
    project = _pyproject(files)
    listed = {"pyproject.toml": set(_of_pyproject(project)), "Pipfile": set(_of_pipfile(files))}
    listed |= {"setup.cfg": set(_of_setup_cfg(files)), "setup.py": set(_of_setup_py(files))}
    listed |= {name: set(_of_requirements(files.text(name))) for name in files.names if _REQUIREMENTS.search(name)}
    python = frozenset(name for names in listed.values() for name in names)
    named = sorted((name for name, names in listed.items() if names), key=_order)
    return Dependencies(python, frozenset(_of_npm(files)), tuple(named), _installer(files, project))


def is_deployed(file: str) -> bool:
    """Whether a list of requirements of that name is installed where the application is deployed."""
    return not _NOT_DEPLOYED.search(file)


def _order(file: str) -> tuple[bool, int, str]:
    return not is_deployed(file), file.count("/"), file


def add_command(installer: str, package: str) -> str:
    """The command that adds `package` to the project."""
    return {
        "uv": f"uv add {package}",
        "poetry": f"poetry add {package}",
        "pipenv": f"pipenv install {package}",
    }.get(installer, f"pip install {package}")


def _installer(files: ProjectFiles, project: dict[str, Any]) -> str:
    tools = project.get("tool")
    if "uv.lock" in files.names or _table(tools, "uv"):
        return "uv"
    if "poetry.lock" in files.names or _table(tools, "poetry"):
        return "poetry"
    return "pipenv" if "Pipfile" in files.names else "pip"


def is_distribution(files: ProjectFiles) -> bool:
    """Whether the project is built into a package that others install."""
    return bool({"setup.py", "setup.cfg"}.intersection(files.names) or _table(_pyproject(files), "build-system"))


def _pyproject(files: ProjectFiles) -> dict[str, Any]:
    return _toml(files, "pyproject.toml")


def _toml(files: ProjectFiles, name: str) -> dict[str, Any]:
    try:
        return toml_values(files.text(name).replace("\r\n", "\n"))
    except ValueError:
        return {}


def _of_pyproject(project: dict[str, Any]) -> Iterator[str]:
    own = _table(project, "project")
    yield from _names(own.get("dependencies"))
    for group in (*_table(own, "optional-dependencies").values(), *_table(project, "dependency-groups").values()):
        yield from _names(group)
    poetry = _table(_table(project, "tool"), "poetry")
    yield from map(_normal, _table(poetry, "dependencies"))
    for group in _table(poetry, "group").values():
        yield from map(_normal, _table(group, "dependencies"))


def _of_setup_cfg(files: ProjectFiles) -> Iterator[str]:
    """The names in `install_requires` and `[options.extras_require]` of setuptools."""
    config = ConfigParser(interpolation=None)
    try:
        config.read_string(files.text("setup.cfg"))
    except ConfigParserError:
        return
    yield from _of_requirements(config.get("options", "install_requires", fallback=""))
    if config.has_section("options.extras_require"):
        yield from (name for _, value in config.items("options.extras_require") for name in _of_requirements(value))


def _of_setup_py(files: ProjectFiles) -> Iterator[str]:
    """The literal names in the argument `install_requires` of `setup.py`, also where that is a name of the module."""
    tree = parsed(files.text("setup.py"))
    for node in ast.walk(tree) if tree else ():
        is_argument = isinstance(node, ast.keyword) and node.arg == "install_requires"
        is_name = isinstance(node, ast.Assign) and dotted(node.targets[0]) in ("install_requires", "requires")
        if isinstance(node, ast.keyword | ast.Assign) and (is_argument or is_name):
            yield from _names([text_of(one) for one in ast.walk(node.value)])


def _of_pipfile(files: ProjectFiles) -> Iterator[str]:
    pipfile = _toml(files, "Pipfile")
    for key in ("packages", "dev-packages"):
        yield from map(_normal, _table(pipfile, key))


def _of_requirements(text: str) -> Iterator[str]:
    yield from _names([line for line in text.splitlines() if not line.lstrip().startswith(("#", "-", "."))])


def _names(listed: object) -> Iterator[str]:
    for one in listed if isinstance(listed, list) else ():
        match = _NAME.match(one) if isinstance(one, str) else None
        if match:
            yield _normal(match[1])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _of_npm(files: ProjectFiles) -> Iterator[str]:
    for name in files.called("package.json"):
        try:
            package = json.loads(files.text(name))
        except (ValueError, RecursionError):
            continue
        for key in ("dependencies", "devDependencies"):
            yield from _table(package, key)


def _table(value: object, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
