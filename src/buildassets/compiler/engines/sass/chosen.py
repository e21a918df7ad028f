"""Which implementation of Sass compiles the sheets of a project: makes the engines `dart-sass` and `sass`.

It is imported for the first sheet; `late` has what a build needs to know before.
"""

from importlib.util import find_spec
from typing import TypeVar

from buildassets.compiler.engines.protocol import EngineOptions, KnownEngine
from buildassets.compiler.engines.sass.dart import DartSassEngine, SassEngine
from buildassets.compiler.engines.sass.libsass import libsass
from buildassets.compiler.engines.sass.like_libsass import LikeLibsassEngine

_Engine = TypeVar("_Engine", bound=DartSassEngine)


def dart_sass(options: EngineOptions) -> KnownEngine:
    """The engine `dart-sass`; for sheets that libsass compiled so far, one whose results are as from that."""
    dart = _started(DartSassEngine, options)
    if not options.was_libsass:
        return dart

    has_libsass = find_spec("_sass") is not None
    return LikeLibsassEngine(libsass(options) if has_libsass else None, dart, options)


def sass_on_path(options: EngineOptions) -> SassEngine:
    """The engine `sass`."""
    return _started(SassEngine, options)


def _started(engine: type[_Engine], options: EngineOptions) -> _Engine:
    return engine(
        options.load_paths,
        options.shown,
        url=options.url,
        folder=options.folder,
        permission=options.permission,
        merged=options.merged,
        is_of_others=options.is_of_others,
    )
