"""The public names for writing an engine: the protocol, its input and output, and diagnostics.

A package lists its engines as entry points in the group `buildassets.engines`: docs/reference/engines.md. Importing
this module loads no engine.
"""

from buildassets.compiler.engines.protocol import Compiled, Compiler, Engine, EngineInput, EngineOptions
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, place, warning
from buildassets.foundation.permission import Permission

__all__ = [
    "Compiled",
    "Compiler",
    "Diagnostic",
    "Engine",
    "EngineInput",
    "EngineOptions",
    "Location",
    "Permission",
    "error",
    "locate",
    "place",
    "warning",
]
