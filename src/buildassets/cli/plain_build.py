"""Reads the command line of a plain build: one with the options that most builds have, and without a mistake.

Click reads all others. To import it takes 17 ms, a tenth of a build after an edit; so this imports next to nothing.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from buildassets.cli.compile_options import BuildOptions, CompileOptions

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Mode

_FLAGS: Final = ("--quiet", "--verbose", "--no-cache")
_WITH_VALUE: Final = ("--config", "--output", "--cache-dir", "--mode")
_SHORT: Final = {"-q": "--quiet", "-v": "--verbose", "-o": "--output"}
_MODES: Final = ("production", "development")


def plain_options(arguments: Sequence[str]) -> BuildOptions | None:
    """The options of a plain build, as click would read them from `arguments`; None where click has to."""
    if arguments[:1] != ["build"] or os.name == "nt":  # where click replaces wildcards and variables
        return None
    sources: list[str] = []
    values: dict[str, str] = {"--mode": _MODES[0]}
    flags: set[str] = set()
    rest = iter(arguments[1:])
    for argument in rest:
        option, equals, value = argument.partition("=")
        name = _SHORT.get(argument, option)
        if name in _FLAGS and not equals:
            flags.add(name)
        elif name in _WITH_VALUE:
            values[name] = value if equals else next(rest, "-")
            if not equals and values[name].startswith("-"):  # it is missing, or looks like an option
                return None
        elif argument.startswith("-"):
            return None
        else:
            sources.append(argument)
    return _options(sources, values, flags) if values["--mode"] in _MODES else None


def _options(sources: Sequence[str], values: dict[str, str], flags: set[str]) -> BuildOptions:
    given = CompileOptions(
        sources=tuple(sources),
        config_file=values.get("--config"),
        also=(),
        output=values.get("--output"),
        url=None,
        mode=cast("Mode", values["--mode"]),
        jobs=None,
        as_json=False,
        verbose="--verbose" in flags,
        quiet="--quiet" in flags,
    )
    return BuildOptions(given, no_cache="--no-cache" in flags, cache_dir=values.get("--cache-dir"))
