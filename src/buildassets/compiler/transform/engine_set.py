"""Starts the engines of one build as the configuration names them, in the building process and in its workers.

Takes a Config, gives an EngineSet that the caller's stack closes, or raises BuildError.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

from buildassets.compiler.cache.folder import DEFAULT_FOLDER
from buildassets.compiler.config.values import Config, Mode, meta_env
from buildassets.compiler.engines.entry_points import load_any
from buildassets.compiler.engines.esbuild.command import EsbuildCommand, find_esbuild
from buildassets.compiler.engines.esbuild.transform import EsbuildTransform
from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.protocol import (
    KnownCompiler,
    KnownEngine,
    SharesProcesses,
    Templating,
)
from buildassets.compiler.engines.registry import start_compiler, start_engine
from buildassets.compiler.languages.native.library import unmet_demand
from buildassets.compiler.model import Source
from buildassets.compiler.sources.names import is_script_template, is_typed
from buildassets.compiler.transform.command_values import Surroundings
from buildassets.compiler.transform.linked_inputs import LinkedInputs
from buildassets.compiler.transform.recipes import making_by
from buildassets.compiler.transform.syntax_faults import is_json_name
from buildassets.compiler.transform.tailwind import KIND as TAILWIND
from buildassets.compiler.transform.tailwind import late_tailwind, needs_tailwind
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, sort_key
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.media import SASS_SUFFIXES, Syntax, is_sass, suffix

if TYPE_CHECKING:
    from buildassets.compiler.engines.process.child import SharedProcesses
    from buildassets.compiler.transform.command_engine import CommandEngine

_ESBUILD: Final = "esbuild"
_SPACES: Final = "spaces"  # the name of our engine for markup and JSON


@frozen
class EngineSet:
    """The engines of one build.

    `minifiers` are by kind, as in the configuration: none if nothing is to be minified. `compilers` are those for
    further kinds, by the suffix of their sources, as in `.less`. `shown` turns a path into the name that a user would
    write. `linked` is what a compiler may not have read. With `source_maps`, drafts have origins. `grammar` checks the
    syntax of scripts, if there is one; what it finds is a warning in the roots with the indices `lenient`. `templating`
    is how templates become scripts. `tailwind` compiles the style sheets that need it. `typed` compiles TypeScript and
    JSX, and puts the values of the names `defined` into other modules; `meta_env` are the values of `import.meta.env`.
    `commands` are those of the project, by the suffix of their sources, and `outputs` those that make one asset of no
    source; they go before the other compilers, but not in the roots `of_others`.
    """

    scss: KnownEngine
    shown: Callable[[str], str]
    linked: LinkedInputs
    minifiers: Mapping[str, KnownEngine] = field(default_factory=dict)
    compilers: Mapping[str, KnownCompiler] = field(default_factory=dict)
    source_maps: bool = False
    grammar: KnownEngine | None = None
    templating: Templating = field(default_factory=Templating)
    lenient: frozenset[int] = frozenset()
    tailwind: KnownEngine | None = None
    typed: KnownEngine | None = None
    defined: tuple[str, ...] = ()
    meta_env: Mapping[str, str | bool] = field(default_factory=dict)
    commands: "Mapping[str, CommandEngine]" = field(default_factory=dict)
    outputs: "Mapping[str, CommandEngine]" = field(default_factory=dict)
    of_others: frozenset[int] = frozenset()

    def command(self, source: Source) -> "CommandEngine | None":
        """The command of the project that makes the asset of `source`, if there is one."""
        if source.keeps_name:
            return None
        if source.logical in self.outputs:
            return self.outputs[source.logical]
        command = self.commands.get(suffix(source.path))
        if command is not None and command.makes_same_suffix and source.root in self.of_others:
            return None
        return command

    def deciding(self, engine: "KnownEngine | CommandEngine") -> Iterator[str]:
        """All that decides the results of a command besides its program and files; nothing for other engines."""
        for command in (*self.commands.values(), *self.outputs.values()):
            if command is engine:
                yield from command.deciding()

    def compiler(self, source: Source) -> tuple[str, KnownEngine] | None:
        """The compiler of `source`, with its key in the configuration; None if no engine compiles it."""
        kind = suffix(source.path)
        if kind in SASS_SUFFIXES:
            return "scss", self.scss
        if kind in self.compilers:
            return kind[1:], self.compilers[kind]
        return ("ts", self.typed) if self.typed and is_typed(source) else None

    def definer(self, source: Source) -> KnownEngine | None:
        """The engine that puts the values of `define` into the script made of `source`, which nothing compiles."""
        if not self.defined or source.syntax is not Syntax.JAVASCRIPT or is_script_template(source):
            return None
        return self.typed if self.compiler(source) is None else None

    def tailwind_of(self, source: Source) -> KnownEngine | None:
        """Tailwind, if `source` is a sheet that needs it: its content decides."""
        if self.tailwind is None or source.keeps_name or suffix(source.path) != ".css":
            return None
        return self.tailwind if self.compiler(source) is None and needs_tailwind(source.path) else None

    def minifier(self, syntax: Syntax) -> KnownEngine | None:
        """The minifier for texts of `syntax`, if there is one."""
        return self.minifiers.get("json" if syntax is Syntax.WEB_MANIFEST else syntax.value)

    def minifier_of_json(self, source: Source) -> KnownEngine | None:
        """The minifier of `source`, which is JSON, if there is one."""
        return None if is_minified(source) or source.keeps_name else self.minifiers.get("json")

    @property
    def all(self) -> "tuple[KnownEngine | CommandEngine, ...]":
        """All engines of the build."""
        engines = (self.scss, *self.minifiers.values(), self.grammar, self.typed, *self.compilers.values())
        return (*filter(None, engines), *self.commands.values(), *self.outputs.values())

    def of_kind(self, kind: str) -> KnownEngine | None:
        """The engine whose kind in `Draft.engines` is `kind`; None for kinds of recipes and of commands."""
        own = {"scss": self.scss, "ts": self.typed, "define": self.typed, TAILWIND: self.tailwind, **self.minifiers}
        return own.get(kind) or self.compilers.get(f".{kind}")

    def minifier_of_made(self, source: Source) -> KnownEngine | None:
        """The minifier, perhaps our own, for what an engine or a command makes of `source`, if there is one."""
        if is_json_name(source.logical):
            return self.minifier_of_json(source)
        syntax = source.syntax
        return None if syntax is None or is_minified(source) else self.minifier(syntax)

    def minifier_of(self, source: Source) -> KnownEngine | None:
        """The minifier for the text made of `source`, if there is one whose results are worth keeping.

        Our own for SVG and JSON take no longer than a look into the cache.
        """
        syntax = source.syntax
        minifier = None if syntax is None or is_minified(source) else self.minifier(syntax)
        return None if minifier is not None and minifier.name == _SPACES else minifier

    def grammar_of(self, source: Source) -> KnownEngine | None:
        """The engine that checks the syntax of the script made of `source`, if there is one.

        esbuild as a minifier does that itself. But where faults are warnings, they have to be known before.
        """
        if self.grammar is None or source.syntax is not Syntax.JAVASCRIPT:
            return None
        minifier = self.minifier_of(source)
        is_checked = minifier is not None and minifier.name == _ESBUILD and source.root not in self.lenient
        return None if is_checked else self.grammar

    @property
    def work_on_scripts(self) -> bool:
        """Whether anything but a compiler may have to be done with a script."""
        minifier = self.minifiers.get("js")
        return bool(minifier or self.grammar or self.defined or self.commands or self.outputs or self.source_maps)

    def have_work(self, source: Source) -> bool:
        """Whether an engine compiles or minifies `source`."""
        if source.recipe is not None:
            return bool(making_by(source.recipe).engine)
        return not source.keeps_name and any(self.used_on(source))

    def used_on(self, source: Source) -> "tuple[KnownEngine | CommandEngine | None, ...]":
        """The engines for `source`: what makes its text, a minifier, a check of scripts, and one for `define`."""
        compiler = self.compiler(source)
        making = self.command(source) or (compiler[1] if compiler else self.tailwind_of(source))
        minifier = self.minifier_of_made(source) if making else self.minifier_of(source)
        return making, minifier, self.grammar_of(source), self.definer(source)


def started_engines(
    config: Config,
    mode: Mode,
    stack: ExitStack,
    processes: "SharedProcesses | None" = None,
) -> EngineSet:
    """The engines that `config` names, started; raises BuildError with a diagnostic for each that cannot start.

    Those that can take their processes from the pools of `processes` do.
    """
    options = config.engine_options
    names, minifies = config.engines, mode == "production" and config.minify
    named = {"scss": names.scss, **(_minifiers(config) if minifies else {})}
    started: dict[str, KnownEngine] = {}
    compilers: dict[str, KnownCompiler] = {}
    faults: list[Diagnostic] = [*filter(None, [unmet_demand()])]
    for kind, name in (*named.items(), *sorted({**names.packaged, **names.compilers}.items())):
        try:
            if kind in names.compilers:
                compilers["." + kind] = stack.enter_context(closing(start_compiler(name, options)))
            elif kind in names.packaged:
                found = stack.enter_context(closing(load_any(name, options)))
                _add(found, kind, compilers, started if minifies else {})
            else:
                engine = started[kind] = stack.enter_context(closing(start_engine(name, options, kind)))
                if processes is not None and isinstance(engine, SharesProcesses):
                    engine.share(processes)
        except BuildError as fault:
            place = config.place("engines", kind)
            faults += (replace(diagnostic, location=place) for diagnostic in fault.diagnostics)
    if faults:
        raise BuildError(sorted(faults, key=sort_key))
    grammar = _grammar(config, started.get("js"))
    if grammar:
        stack.enter_context(closing(grammar))
    define = {name: json.dumps(value) for name, value in config.define.items()}
    typed = stack.enter_context(closing(EsbuildTransform(options, define)))
    engines = EngineSet(
        started.pop("scss"),
        options.shown,
        linked=LinkedInputs(config),
        minifiers=started,
        compilers=compilers,
        source_maps=bool(config.source_maps),
        grammar=grammar,
        templating=config.templating,
        lenient=_lenient(config),
        tailwind=late_tailwind(config, options),
        typed=typed,
        defined=tuple(define),
        meta_env=meta_env(config, mode),
        of_others=frozenset(number for number, root in enumerate(config.sources) if root.is_of_others),
    )
    return _with_commands(engines, config, mode, stack) if config.commands else engines


def _add(
    engine: KnownEngine | KnownCompiler,
    kind: str,
    compilers: dict[str, KnownCompiler],
    minifiers: dict[str, KnownEngine],
) -> None:
    """Add the engine of a package for `kind` to the `compilers`, if it is one, or else to the `minifiers`."""
    if isinstance(engine, KnownCompiler):
        compilers["." + kind] = engine
    else:
        minifiers[kind] = engine


def _minifiers(config: Config) -> dict[str, str]:
    """The names of the minifiers, by kind; without those of packages for SVG, HTML and JSON, which may be compilers."""
    names = config.engines
    return {kind: name for kind, name in names.minifiers.items() if name != "none" and kind not in names.packaged}


def _with_commands(engines: EngineSet, config: Config, mode: Mode, stack: ExitStack) -> EngineSet:
    """`engines` with the commands of the project."""
    from buildassets.compiler.transform.command_engine import CommandEngine  # 10 ms

    besides = (config.output, os.path.join(config.folder, DEFAULT_FOLDER))
    started = []
    for name, command in sorted(config.commands.items()):
        place = config.place("commands", name, "run", 0)
        around = Surroundings(
            folder=config.folder,
            mode=mode,
            shown=engines.shown,
            permission=config.permission,
            besides=besides,
            place=place,
        )
        started.append(stack.enter_context(closing(CommandEngine(name, command, around))))
    return replace(
        engines,
        commands={f".{one.command.source_suffix}": one for one in started if one.command.source_suffix},
        outputs={one.command.output: one for one in started if one.command.output},
    )


def _grammar(config: Config, minifier: KnownEngine | None) -> KnownEngine | None:
    """The syntax check for scripts: the esbuild that is the `minifier`, or else the one that is found, if there is one.

    Raises BuildError if a locked one cannot run.
    """
    try:
        command = getattr(minifier, "command", None)
        if not isinstance(command, EsbuildCommand):
            command = find_esbuild(config.folder, permission=config.permission)
    except UnavailableError as why:
        if _ESBUILD in config.locked:
            raise BuildError([why.diagnostic("js/unavailable", None)]) from None
        return None
    from buildassets.compiler.engines.esbuild.minify import EsbuildGrammar

    return EsbuildGrammar(command)


def _lenient(config: Config) -> frozenset[int]:
    """The indices of the roots in which broken scripts are warnings: those of others.

    All are, with that of sources in no root, if neither the lock nor a setting asks for esbuild.
    """
    is_asked_for = config.engines.js == _ESBUILD or config.module_bundles or _ESBUILD in config.locked
    roots = enumerate(config.sources)
    others = {index for index, root in roots if root.npm or root.vendored or not is_asked_for}
    return frozenset(others if is_asked_for else {*others, -1})


class RunningEngines:
    """Engines that keep running between builds, as long as the settings stay the same.

    Processes that other engines can use, too, are those of `processes`, if these are given.
    """

    def __init__(self, processes: "SharedProcesses | None" = None) -> None:
        self._processes = processes
        self._ends = ExitStack()
        self._started: tuple[Config, Mode, EngineSet] | None = None

    def started(self, config: Config, mode: Mode) -> EngineSet:
        """The engines that `config` names; raises BuildError with a diagnostic for each that cannot start."""
        if self._started is None or self._started[:2] != (config, mode):
            self.close()
            with ExitStack() as stack:
                self._started = (config, mode, started_engines(config, mode, stack, self._processes))
                self._ends = stack.pop_all()
        return self._started[2]

    def close(self) -> None:
        """Close all engines."""
        self._started = None
        self._ends.close()


def needs_sass(source: Source) -> bool:
    """Whether the Sass engine has to compile this source."""
    return is_sass(source.path)


def is_minified(source: Source) -> bool:
    """Whether the name marks the source as minified already, so that it is left unchanged and its map stays valid."""
    return ".min." in source.relative[source.relative.rfind("/") + 1 :]
