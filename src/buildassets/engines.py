"""What an engine of your own needs: the protocol, what goes in, what comes out, and the diagnostics. Public.

A package names its engines among its entry points, in the group `buildassets.engines`; docs/engines.md shows one.
Importing this loads no other engine.
"""

from buildassets.compiler.engines.protocol import Compiled, Compiler, Engine, EngineInput, EngineOptions
from buildassets.diagnostics import Diagnostic, Location, error, locate, place, warning

__all__ = [
    "Compiled",
    "Compiler",
    "Diagnostic",
    "Engine",
    "EngineInput",
    "EngineOptions",
    "Location",
    "error",
    "locate",
    "place",
    "warning",
]
