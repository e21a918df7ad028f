"""The modules `webassets.…` and `flask_assets` under ours, for the process that runs a module of the project.

So a project is built before its imports are changed, and whether or not the other system is installed.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from buildassets.compat import webassets
from buildassets.compat.webassets.run.loaders import LoaderError

_TOPS: Final = ("webassets", "flask_assets")


class StandIns:
    """Finds and loads them (importlib's meta path): whatever they are asked for and ours do not have is a class."""

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


def install() -> None:
    """Let the names be found before all others."""
    sys.meta_path.insert(0, StandIns())
