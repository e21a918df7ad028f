"""Compile, minify and fingerprint web assets in the build stage; read one manifest at run time.

Importing this package imports nothing else: `build`, `Config` and `Diagnostic` are loaded when first asked for
(PEP 562), so that a web process which needs `buildassets.runtime` alone never pays for the compiler.
"""

from buildassets._version import __version__

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a web process starts
if TYPE_CHECKING:
    from buildassets.compiler.build import build
    from buildassets.compiler.config.values import Config
    from buildassets.diagnostics import Diagnostic

__all__ = ["Config", "Diagnostic", "__version__", "build"]

_HOMES = {
    "Config": "buildassets.compiler.config.values",
    "Diagnostic": "buildassets.diagnostics",
    "build": "buildassets.compiler.build",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
