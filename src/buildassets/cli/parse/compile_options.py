"""The values of the options of verbs that compile, and the configuration that they make. Without click.

Reads the command line of a plain build: one with the options that most builds have, and without a mistake. Click reads
all others. To import it takes 17 ms, a tenth of a build after an edit; so this imports next to nothing.
"""

import os
from collections.abc import Sequence
from typing import Final, cast

from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.values import Config, Mode
from buildassets.foundation.frozen import frozen, frozen_by_name
from buildassets.foundation.permission import Permission

_FLAGS: Final = ("--quiet", "--verbose", "--no-cache")
_WITH_VALUE: Final = ("--config", "--output", "--cache-dir", "--mode")
_SHORT: Final = {"-q": "--quiet", "-v": "--verbose", "-o": "--output"}
_MODES: Final = ("production", "development")


@frozen
class CompileOptions:
    """The options that all verbs share that compile.

    `sources`, `output` and `url` override the configuration; `also` are additional source roots, `templates` additional
    folders of templates, `plan` is the file with the blocks of templates.
    """

    sources: tuple[str, ...]
    config_file: str | None
    also: tuple[str, ...]
    output: str | None
    url: str | None
    mode: Mode
    jobs: int | None
    as_json: bool
    verbose: bool
    quiet: bool
    templates: tuple[str, ...] = ()
    plan: str | None = None

    def config(self, *, permission: Permission) -> Config:
        """The configuration with these options applied; raises ConfigError."""
        overrides = Overrides(
            sources=self.sources,
            also=self.also,
            templates=self.templates,
            output=self.output,
            url=self.url,
            plan=self.plan,
        )
        return load_config(self.config_file, overrides, mode=self.mode, permission=permission)


@frozen_by_name
class BuildOptions:
    """The options of a build, each by the name that the command line has for it."""

    given: CompileOptions
    carry_from: tuple[str, ...] = ()
    carry_url: str | None = None
    carry_if_any: bool = False
    companions: tuple[str, ...] = ()
    provenance: bool = False
    no_cache: bool = False
    cache_dir: str | None = None
    cache_write: bool = False
    executor: str | None = None


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
    return BuildOptions(given=given, no_cache="--no-cache" in flags, cache_dir=values.get("--cache-dir"))
