"""A program: runs a module of the project that defines bundles, and prints what it found as JSON.

    python -m buildassets.compat.webassets.compile.collect MODULE[:ATTRIBUTE]

The attribute is an environment, an application of Flask or a function that gives one; without it, what the module has
of these, or its bundles. What the module prints goes to stderr.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from buildassets.compat import webassets
from buildassets.compat.webassets.compile.describe import described, environment_of_yaml, is_app
from buildassets.compat.webassets.compile.described import BundleTooLargeError, document_of
from buildassets.compat.webassets.compile.yaml_file import read_yaml_file
from buildassets.compat.webassets.run.bundle import Bundle
from buildassets.compat.webassets.run.environment import Environment, LoaderError, YAMLLoader
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import to_json as diagnostic_json
from buildassets.foundation.permission import IMPORTING
from buildassets.programs.project_python import project_module
from buildassets.runtime import static_files
from buildassets.runtime.assets import Assets
from buildassets.runtime.unbuilt import UnbuiltAssets

_FACTORIES: Final = ("create_app", "make_app", "create_environment")
_TOPS: Final = ("webassets", "flask_assets")


class NothingFoundError(LookupError):
    """A module that has no bundles."""


def main(argument: str) -> dict[str, Any]:
    """The bundles of the module or application `argument` as JSON values; else a `fault`, or `diagnostics`."""
    name, _, attribute = argument.partition(":")
    sys.path.insert(0, os.getcwd())
    sys.meta_path.insert(0, _StandIns())
    read: list[str] = []
    _read_yaml_files(read)
    _need_no_release()
    try:
        with redirect_stdout(sys.stderr):
            module = project_module(name, permission=IMPORTING)
            environment = _environment(module, attribute)
            found = described(environment, os.getcwd())
    except ConfigError as fault:
        return {"diagnostics": [diagnostic_json(one) for one in fault.diagnostics], "files": _files(read)}
    except BundleTooLargeError as fault:
        return {"fault": str(fault), "files": _files(read)}
    except Exception as fault:
        return {"fault": f"{type(fault).__name__}: {fault}", "files": _files(read)}
    return {**document_of(found), "files": _files(read)}


def _need_no_release() -> None:
    """Let applications of this process start without a release, which is what will be made of them."""
    unbuilt = UnbuiltAssets()
    static_files.nearest_manifest = lambda folder: os.path.join(folder, static_files.MANIFEST)
    Assets._read = lambda _: unbuilt._read()  # type: ignore[assignment, method-assign]  # of this process alone


def _read_yaml_files(read: list[str]) -> None:
    """Let loaders of this process read YAML, which those of a web process do not."""

    def load_bundles(self: YAMLLoader, _: Any = None) -> dict[str, Bundle]:
        path = _path(self)
        read.append(os.path.abspath(path))
        known = {one.name: one for one in _ or () if isinstance(one, Bundle) and one.name}
        return dict(read_yaml_file(path, path, known).bundles)

    def load_environment(self: YAMLLoader) -> Environment:
        path = _path(self)
        read.append(os.path.abspath(path))
        file = read_yaml_file(path, path)
        return environment_of_yaml(path, file.settings, file.bundles)

    YAMLLoader.load_bundles = load_bundles  # type: ignore[method-assign]  # of this process alone
    YAMLLoader.load_environment = load_environment  # type: ignore[method-assign]  # of this process alone


def _path(loader: YAMLLoader) -> str:
    given = loader.file_or_filename
    return str(getattr(given, "name", given))


def _environment(module: ModuleType, attribute: str) -> Environment:
    if attribute:
        found: Any = module
        for part in attribute.split("."):
            found = getattr(found, part)
        environment = _meant(found)
        if environment is None:
            raise NothingFoundError(f"`{attribute}` is neither an environment nor an application that has one")
        return environment
    for found in _candidates(module):
        environment = _meant(found)
        if environment is not None:
            return environment
    raise NothingFoundError(f"the module `{module.__name__}` has no environment and no bundles")


def _candidates(module: ModuleType) -> Iterator[Any]:
    """The objects that may contain the bundles, the likeliest first."""
    values = vars(module)
    yield from (value for value in values.values() if isinstance(value, Environment) and len(value))
    yield from (value for value in values.values() if is_app(value))
    yield from (values[name] for name in _FACTORIES if callable(values.get(name)))
    yield {name: value for name, value in values.items() if isinstance(value, Bundle)}
    yield from (value for value in values.values() if isinstance(value, Environment))


def _meant(found: Any) -> Environment | None:
    """The environment that `found` is, has or gives."""
    if isinstance(found, Environment):
        return found
    if isinstance(found, dict):
        environment = Environment()
        environment.register(found)
        return environment if found else None
    if is_app(found):
        return _meant(getattr(found.jinja_env, "assets_environment", None))
    return _meant(found()) if callable(found) else None


def _files(read: Iterable[str]) -> list[str]:
    """The files of the project that were loaded or read."""
    top = os.path.join(os.getcwd(), "")
    loaded = {os.path.abspath(path) for one in sys.modules.copy().values() if (path := getattr(one, "__file__", None))}
    return sorted({*read, *(path for path in loaded if path.startswith(top) and "site-packages" not in path)})


class _StandIns:
    """Finds and loads `webassets.…` and `flask_assets` (importlib's meta path), installed or not, before all others.

    Whatever they are asked for and ours do not have is a class. So a project is built before its imports are changed.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder."""
        if name.partition(".")[0] not in _TOPS:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]  # it has what is used of a loader

    def create_module(self, _: ModuleSpec) -> None:
        """See importlib.abc.Loader."""
        return

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its names."""
        given: dict[str, Any] = {name: getattr(webassets, name) for name in webassets.__all__}
        is_jinja = module.__name__.endswith(".jinja2") and ".ext" in module.__name__
        given |= {"LoaderError": LoaderError, "assets": given["AssetsExtension"]} if is_jinja else {}
        module.__dict__.update(given)
        module.__dict__["__getattr__"] = _other


def _other(name: str) -> Any:
    """A class for a name that decides nothing here, such as a resolver or an exception."""
    if name.startswith("__"):
        raise AttributeError(name)
    if name.endswith(("Error", "Exception")):
        return type(name, (Exception,), {})
    if name.endswith("Filter"):
        return type(name, (webassets.Filter,), {})
    return type(name, (), {"__init__": lambda self, *_, **__: None})


if __name__ == "__main__":
    printed = sys.stdout
    sys.stdout = sys.stderr
    printed.write(json.dumps(main(sys.argv[1])))
