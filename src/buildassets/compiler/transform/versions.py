"""The versions of all that drafts sources, so that processes elsewhere can be compared with the building one."""

import os
import sys
from functools import cache

from buildassets._version import __version__
from buildassets.compiler.cache.toolchain import own_files
from buildassets.compiler.engines.pillow import KIND as PICTURE
from buildassets.compiler.engines.pillow import engine_version
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.model import Draft
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.compiler.transform.tailwind import KIND as TAILWIND
from buildassets.disk.files import digest_of
from buildassets.foundation.digest import digest_of_all

_DIGITS = 8


def versions_of(engines: EngineSet) -> dict[str, str]:
    """The versions of this package, of the interpreter, whose tables readers use, and of the started `engines`.

    The environment variables that an engine reads are among them, as digests: they may be secret.
    """
    named = {"Sass": engines.scss, "minifier for CSS": engines.css, "minifier for scripts": engines.js}
    named |= {"minifier for SVG": engines.svg, "minifier for HTML": engines.html, "minifier for JSON": engines.json}
    named |= {"grammar of scripts": engines.grammar}
    named |= {f"compiler for {suffix}": engine for suffix, engine in engines.compilers.items()}
    versions = {name: engine.version for name, engine in named.items() if engine}
    versions |= {"Python": f"Python {sys.version_info[0]}.{sys.version_info[1]}", "buildassets": _own_version()}
    for engine in filter(None, named.values()):
        for variable in map(str.upper, engine.reads):
            if value := os.environ.get(variable):
                versions[f"${variable}"] = f"${variable} {digest_of_all([value])[:_DIGITS]}"
    return versions


def used_versions(draft: Draft, engines: EngineSet) -> dict[str, str]:
    """The versions that the engines in `draft.engines` have here, by the same kinds."""
    return {kind: _version(kind, engines) for kind, _ in draft.engines}


def _version(kind: str, engines: EngineSet) -> str:
    if kind == PICTURE:
        return engine_version() or ""
    own: dict[str, KnownEngine | None] = {"scss": engines.scss, "css": engines.css, "js": engines.js}
    own |= {"svg": engines.svg, "html": engines.html, "json": engines.json}
    own |= {"ts": engines.typed, "define": engines.typed, TAILWIND: engines.tailwind}
    engine = own.get(kind) or engines.compilers.get(f".{kind}")
    return engine.version if engine else ""


@cache
def _own_version() -> str:
    """The version of this package, and the beginning of a digest of its files: clones may differ in between."""
    files = (f"{name} {digest_of(path)}" for name, path in own_files())
    return f"buildassets {__version__} ({digest_of_all(files)[:_DIGITS]})"
