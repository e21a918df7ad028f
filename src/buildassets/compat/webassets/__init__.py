"""webassets and Flask-Assets: bundles of Python and YAML, `{% assets %}`, `env["name"].urls()`.

    from buildassets.compat.webassets import Bundle, Environment    # in the place of `flask_assets`, or of `webassets`
    env.add_extension("buildassets.compat.webassets.AssetsExtension")

At build time the bundles become assets; at run time they are looked up in the manifest. Imports nothing before it is
asked for: who has no templates needs no Jinja.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildassets.compat.webassets.run.bundle import Bundle
    from buildassets.compat.webassets.run.environment import Environment, PythonLoader, YAMLLoader
    from buildassets.compat.webassets.run.filters import ExternalTool, Filter, get_filter, register_filter
    from buildassets.compat.webassets.run.jinja import AssetsExtension

__all__ = [
    "AssetsExtension",
    "Bundle",
    "Environment",
    "ExternalTool",
    "Filter",
    "PythonLoader",
    "YAMLLoader",
    "get_filter",
    "register_filter",
]

_MODULES = {
    "AssetsExtension": "jinja",
    "Bundle": "bundle",
    "Environment": "environment",
    **dict.fromkeys(("ExternalTool", "Filter", "get_filter", "register_filter"), "filters"),
    **dict.fromkeys(("PythonLoader", "YAMLLoader"), "environment"),
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.run.{_MODULES[name]}"), name)
