"""Lists the settings files that esbuild reads for a source: `tsconfig.json`, `jsconfig.json`, `package.json` above it.

Also the folders in which it searches for modules because of these.
"""

import os
import re
from collections.abc import Iterable, Iterator
from os.path import basename, dirname
from typing import Final

from buildassets.compiler.engines.esbuild.tsconfig import tsconfig_of
from buildassets.disk.plain_files import plain

_EXTENDS: Final = re.compile(r'"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")')
_QUOTED: Final = re.compile(r'"([^"]*)"')
_OF_TYPESCRIPT: Final = ("tsconfig.json", "jsconfig.json")
_READ_BESIDE: Final = (*_OF_TYPESCRIPT, "package.json")  # esbuild searches from a file upward


def settings_of(paths: Iterable[str]) -> set[str]:
    """The paths that esbuild tries for the settings of `paths`: upward to the nearest, in a package no further."""
    known: dict[str, set[str]] = {}
    found = {looked_at for path in paths for looked_at in _settings(dirname(path), known)}
    pending = list(found)
    while pending:
        above = set(_extended(pending.pop())) - found
        found |= above
        pending += above
    return found


def folders_of_modules(settings: Iterable[str]) -> set[str]:
    """The folders in which esbuild searches for the modules of bare names, by `baseUrl` and `paths` in `settings`."""
    found: set[str] = set()
    for path in settings:
        if basename(path) in _OF_TYPESCRIPT:
            decided = tsconfig_of(path, dirname(path), _text_of, str)
            targets = (target for targets in decided.paths.values() for target in targets)
            found.update(dirname(target.partition("*")[0]) for target in targets)
            found.update(filter(None, [decided.base]))
    return found


def _text_of(path: str) -> str | None:
    try:
        with open(plain(path), encoding="utf-8", errors="replace") as file:
            return file.read()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None


def _extended(settings: str) -> Iterator[str]:
    """The files that the file `settings` extends, except those in packages, which npm's lock file covers."""
    named = _EXTENDS.findall(_text_of(settings) or "")
    for name in (name for names in named for name in _QUOTED.findall(names)):
        if name.startswith("."):
            path = os.path.normpath(os.path.join(dirname(settings), name))
            yield path
            yield path + ".json"


def _settings(folder: str, known: dict[str, set[str]]) -> set[str]:
    if folder not in known:
        looked_at = {os.path.join(folder, name) for name in _READ_BESIDE}
        is_top = basename(dirname(folder)) == "node_modules" or folder == dirname(folder)
        if not is_top:
            found = {basename(path) for path in looked_at if os.path.isfile(path)}
            above = _settings(dirname(folder), known)
            looked_at |= {path for path in above if basename(path) not in found}
        known[folder] = looked_at
    return known[folder]
