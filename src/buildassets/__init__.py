"""Compile, minify and fingerprint web assets in the build stage; read one manifest at run time.

Importing this package imports nothing else: the names of the public API are loaded at first use (PEP 562), so that a
web process that needs `buildassets.runtime` alone never loads the compiler.
"""

from buildassets._version import __version__

TYPE_CHECKING = False  # our own, since importing `typing` would take a third of the start-up time of a web process
if TYPE_CHECKING:
    from buildassets.api import build, check, load_config
    from buildassets.compiler.check import CheckResult
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.result import BuildResult
    from buildassets.errors import (
        BuildAssetsError,
        BuildError,
        ConfigError,
        ManifestError,
        PackagesError,
        RegistryError,
        ReleaseError,
    )
    from buildassets.foundation.diagnostics import Diagnostic

__all__ = [
    "BuildAssetsError",
    "BuildError",
    "BuildResult",
    "CheckResult",
    "Config",
    "ConfigError",
    "Diagnostic",
    "ManifestError",
    "PackagesError",
    "RegistryError",
    "ReleaseError",
    "__version__",
    "build",
    "check",
    "load_config",
]

_HOMES = {
    "buildassets.api": ("build", "check", "load_config"),
    "buildassets.compiler.check": ("CheckResult",),
    "buildassets.compiler.config.values": ("Config",),
    "buildassets.compiler.result": ("BuildResult",),
    "buildassets.foundation.diagnostics": ("Diagnostic",),
    "buildassets.errors": tuple(name for name in __all__ if name.endswith("Error")),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
