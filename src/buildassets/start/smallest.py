"""The minifiers with the smallest results: their gain in a project, whether they are there, what they need."""

from collections.abc import Collection, Iterator
from importlib.util import find_spec
from typing import Final

from buildassets.compiler.engines.protocol import EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine
from buildassets.disk.codings import compressed
from buildassets.project.dependencies import Dependencies, add_command
from buildassets.project.files import ProjectFiles
from buildassets.release.report.savings import Saving, estimated, kind_of_minified
from buildassets.start.assets import begin_of
from buildassets.start.deployment import INSTALL

_DEFAULTS: Final = {"css": "builtin", "js": "rjsmin"}
_LEVEL: Final = 9  # of brotli: 11 takes fourteen times as long
_MOST_CHARACTERS: Final = 4_000_000  # are minified for the estimate: half a second
_LOCKED: Final = "[tools.esbuild]"


def gain(files: ProjectFiles, roots: Collection[str]) -> tuple[Saving, ...]:
    """About how much less visitors would load of the sheets and scripts below `roots`, without those in Sass."""
    options = EngineOptions(files.folder, str)
    engines = {kind: start_engine(name, options) for kind, name in _DEFAULTS.items()}
    sizes: dict[str, int] = {}
    left = _MOST_CHARACTERS
    for name in files.names:
        kind = kind_of_minified(name) if name.startswith(tuple(map(begin_of, roots))) else None
        if kind is None:
            continue
        text = files.text(name)
        left -= len(text)
        if left < 0:
            break
        minified = engines[kind].run(EngineInput(text, files.path(name), name)).text.encode()
        sizes[kind] = sizes.get(kind, 0) + len(compressed("br", minified, _LEVEL) or minified)
    return estimated(sizes)


def are_there(files: ProjectFiles, declared: Dependencies) -> bool:
    """Whether both are part of the project: esbuild is locked, and lightningcss is installed and declared."""
    is_locked = _LOCKED in files.text("buildassets.lock")
    return is_locked and find_spec("lightningcss") is not None and _declares_lightningcss(files, declared)


def needs(files: ProjectFiles, declared: Dependencies, *, has_step: bool, has_extra: bool) -> Iterator[str]:
    """What is left to do where the release is built.

    It `has_step` if tools are installed there, and `has_extra` if lightningcss is, or is not used.
    """
    if not has_step:
        yield f"deployment also needs `{INSTALL}` before each build, in CI and in images"
    if not (has_extra or _declares_lightningcss(files, declared)):
        add = add_command(declared.installer, '"buildassets[lightningcss]"')
        yield f"lightningcss is an extra, here and where the release is built: run `{add}`, and list it"


def _declares_lightningcss(files: ProjectFiles, declared: Dependencies) -> bool:
    return any("lightningcss" in files.text(name) for name in declared.files)
