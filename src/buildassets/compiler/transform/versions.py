"""The versions of all that drafts sources, so that processes elsewhere can be compared with the building one."""

import os
import sys
from functools import cache

from buildassets._version import __version__
from buildassets.compiler.cache.toolchain import own_files
from buildassets.compiler.model import Draft
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.compiler.transform.recipes import makings
from buildassets.disk.files import digest_of
from buildassets.foundation.digest import digest_of_all

_DIGITS = 8


def versions_of(engines: EngineSet) -> dict[str, str]:
    """The versions of this package, of the interpreter, whose tables readers use, and of the started `engines`.

    The environment variables that an engine reads are among them, as digests: they may be secret.
    """
    named = {"Sass": engines.scss, "grammar of scripts": engines.grammar}
    named |= {f"minifier for {kind}": engine for kind, engine in engines.minifiers.items()}
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
    if (engine := engines.of_kind(kind)) is not None:
        return engine.version
    return next((making.version() for making in makings() if making.engine == kind), "")


@cache
def _own_version() -> str:
    """The version of this package, and the beginning of a digest of its files: clones may differ in between."""
    files = (f"{name} {digest_of(path)}" for name, path in own_files())
    return f"buildassets {__version__} ({digest_of_all(files)[:_DIGITS]})"
