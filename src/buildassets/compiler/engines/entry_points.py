"""Loads the engines that other packages bring as entry points.

Takes names, gives guarded engines. Reads the metadata of the installed packages and imports only the engine asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from buildassets.compiler.engines.failures import NOT_RUN_HINT
from buildassets.compiler.engines.guarded import GuardedCompiler, GuardedEngine, Label, described
from buildassets.compiler.engines.protocol import EngineOptions, KnownCompiler, KnownEngine
from buildassets.errors import BuildError, Terminated
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.media import suffix
from buildassets.foundation.permission import NotPermittedError
from buildassets.programs.project_python import is_of_project, loaded_entry_point

if TYPE_CHECKING:  # it takes 28 ms to import
    from importlib.metadata import EntryPoint

GROUP: Final = "buildassets.engines"


def engine_names() -> tuple[str, ...]:
    """The names of all engines that packages bring, sorted."""
    return tuple(sorted(_entries()))


def is_brought(name: str, folder: str) -> bool:
    """Whether the project in the absolute `folder` itself brings the engine `name`."""
    return any(is_of_project(entry, folder) for entry in _entries().get(name, ()))


def load_engine(name: str, options: EngineOptions) -> KnownEngine:
    """The engine `name` of the one package that brings it; raises BuildError if it cannot be loaded."""
    return GuardedEngine(*_loaded(name, options), options.shown)


def load_compiler(name: str, options: EngineOptions) -> KnownCompiler:
    """The engine `name`, which has to declare what it compiles to; raises BuildError if it cannot be loaded."""
    return _compiler(*_loaded(name, options), options)


def load_any(name: str, options: EngineOptions) -> KnownEngine | KnownCompiler:
    """The engine `name`, a compiler if it declares what it compiles to; raises BuildError if it cannot be loaded."""
    engine, label = _loaded(name, options)
    if getattr(engine, "compiles_to", None) is None:
        return GuardedEngine(engine, label, options.shown)
    return _compiler(engine, label, options)


def _compiler(engine: Any, label: Label, options: EngineOptions) -> KnownCompiler:
    compiles_to = getattr(engine, "compiles_to", None)
    if compiles_to is None:
        message = f"{label.text} does not declare what it compiles to"
        hint = "it makes no kind of its own: name it under `css`, `js` or `scss` if it is for one of these"
        raise BuildError([error("engine/unloadable", message, hint=hint)])
    if not isinstance(compiles_to, str) or suffix("x" + compiles_to) != compiles_to or len(compiles_to) < 2:
        raise BuildError([_unloadable(label, f"its `compiles_to` is {compiles_to!r} and no suffix, as `.css` is one")])
    return GuardedCompiler(engine, label, options.shown, compiles_to)


def _entries() -> Mapping[str, Sequence["EntryPoint"]]:
    from importlib.metadata import entry_points

    try:
        entries = entry_points(group=GROUP)
    except Exception as fault:  # one package with a broken file is enough
        message = "the entry points of the packages that are installed cannot be read"
        hint = "run `pip check` to find the broken package, and install that again"
        raise BuildError([error("engine/unloadable", message, notes=[described(fault)], hint=hint)]) from None
    by_name = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: (_package(entry), entry.value)):
        by_name[entry.name].append(entry)
    return by_name


def _package(entry: "EntryPoint") -> str:
    try:
        name = entry.dist.name if entry.dist else None
    except Exception:  # its METADATA is not there, as after half an uninstallation
        name = None
    return name or entry.value.partition(".")[0].partition(":")[0]


def _loaded(name: str, options: EngineOptions) -> tuple[Any, Label]:
    """The object that the package makes, checked for all attributes of an engine, and its label for messages."""
    entries = _entries().get(name, ())
    if len(entries) != 1:
        raise BuildError([_absent(name) if not entries else _ambiguous(name, entries)])
    label = Label(name, _package(entries[0]), entries[0].module)
    try:
        start: Callable[[EngineOptions], Any] = loaded_entry_point(
            entries[0], options.folder, permission=options.permission
        )
        engine = start(options)
        faults = list(_faults(engine))
    except Terminated:
        raise
    except NotPermittedError:
        raise BuildError([_not_loaded(label)]) from None
    except (Exception, SystemExit) as fault:
        raise BuildError([_unloadable(label, described(fault))]) from None
    if faults:
        raise BuildError([_unloadable(label, *faults)])
    return engine, label


def _faults(engine: object) -> Iterator[str]:
    """How `engine` fails to fulfil the protocol, one clause for each attribute."""
    for name in ("name", "version"):
        value = getattr(engine, name, None)
        if not isinstance(value, str) or not value:
            yield f"its `{name}` is {value!r} and no text" if hasattr(engine, name) else f"it has no `{name}`"
    for name in ("run", "close"):
        if not callable(getattr(engine, name, None)):
            yield f"it has no method `{name}`"


def _absent(name: str) -> Diagnostic:
    message = f"no package that is installed has an engine `{name}`"
    return error("engine/unloadable", message, hint="install the package that has it")


def _ambiguous(name: str, entries: Sequence["EntryPoint"]) -> Diagnostic:
    packages = " and ".join(f"`{_package(entry)}`" for entry in entries)
    message = f"more than one package has an engine `{name}`: {packages}"
    return error("engine/unloadable", message, hint="uninstall all but one of them")


def _unloadable(label: Label, *reasons: str) -> Diagnostic:
    message = f"{label.text} cannot be loaded"
    hint = f"install a version of `{label.package}` that fits, with everything that it needs"
    return error("engine/unloadable", message, notes=reasons, hint=hint)


def _not_loaded(label: Label) -> Diagnostic:
    message = f"{label.text} is not loaded: the project brings it, and none of its code may run"
    return error("config/not-run", message, hint=NOT_RUN_HINT)
