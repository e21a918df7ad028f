"""Drafts that earlier builds made, for as long as all that they were made of is the same.

Only what an engine compiled or minified is kept: everything else is read and scanned in the time that finding it in the
cache takes.
"""

import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from buildassets._version import __version__
from buildassets.compiler.cache import Cache
from buildassets.compiler.config import Config, Templates
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.result import MODES, Mode
from buildassets.compiler.tools import environment, tools
from buildassets.compiler.traces import Stale
from buildassets.digest import digest_of_all
from buildassets.paths import LogicalPath

# Where the types of a draft are at home. Nothing else is loaded: what lies in a cache is no program.
_HOMES: Final = ("buildassets.compiler.model", "buildassets.compiler.source_map", "buildassets.diagnostics")
_STEP: Final = "draft "  # with the logical path, a NUL and the path of the source


class KeptDrafts:
    """The drafts of one project in one cache."""

    def __init__(self, cache: Cache, config: Config, mode: Mode) -> None:
        self._cache = cache
        self._config = config
        self._mode = mode

    @cached_property
    def key(self) -> str:
        """For all that a draft depends on besides files."""
        files = self._cache.files
        used = (f"{path} {files.of(path)}" for path in tools(self._config.folder))
        return digest_of_all([_settings(self._config, self._mode), *used])

    def holds(self, source: Source) -> bool:
        """Whether a draft of `source` is kept and fits, told without loading it."""
        return self._cache.holds(*self.step_of(source))

    def held(self, source: Source) -> Draft | None:
        """The draft of `source` that is kept; None where it has to be made."""
        held = self._cache.recall(*self.step_of(source))
        if not isinstance(held, Stale):
            with suppress(pickle.UnpicklingError):
                return replace(_unpacked(held), source=source)
        return None

    def now(self) -> int:
        """When work on a draft begins, for `keep`."""
        return self._cache.now()

    def keep(self, draft: Draft, began_ns: int) -> None:
        """Keep `draft`, the work on which began at `began_ns`, if an engine made it."""
        if draft.engines and not draft.failed:
            step, key = self.step_of(draft.source)
            self._cache.keep(step, key, (*draft.inputs, *draft.absences), pickle.dumps(draft), began_ns)

    def step_of(self, source: Source) -> tuple[str, str]:
        """The step that makes the draft of `source`, and the key for all that it depends on besides files."""
        return f"{_STEP}{source.logical}\0{source.path}", self.key


def made_anew(cache: Cache) -> dict[LogicalPath, Stale]:
    """Why the drafts that engines made in this build were not those of an earlier one."""
    return {_asset(step): stale for step, stale in sorted(cache.rerun.items()) if step.startswith(_STEP)}


def kept_drafts(
    cache: Cache, config: Config, is_meant: Callable[[LogicalPath, str], bool]
) -> dict[LogicalPath, Stale | None]:
    """The drafts that earlier builds kept, in any mode, and what is wrong with each now; None where it still holds.

    `is_meant` tells by logical path and by the path of the source which of them are asked for.
    """
    found: dict[LogicalPath, Stale | None] = {}
    modes = [KeptDrafts(cache, config, mode) for mode in MODES]
    for step in sorted(cache.steps()):
        if step.startswith(_STEP) and is_meant(_asset(step), step.partition("\0")[2]):
            traces = [cache.trace(step, mode.key) for mode in modes]
            stale = [trace for trace in traces if isinstance(trace, Stale)]
            if len(stale) < len(modes):
                found[_asset(step)] = None
            else:
                found.setdefault(_asset(step), max(stale, key=lambda one: one.path is not None))
    return found


def _asset(step: str) -> LogicalPath:
    return LogicalPath(step.removeprefix(_STEP).partition("\0")[0])


def _settings(config: Config, mode: Mode) -> str:
    """What of the settings decides a draft."""
    without = replace(config, output="", entries=(), compress={}, integrity=None, bundles={}, retain=None, budgets={})
    without = replace(without, templates=Templates())
    return repr((__version__, environment(), mode, without))


class _Drafts(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module not in _HOMES:
            raise pickle.UnpicklingError(f"a draft holds no {module}.{name}")
        return super().find_class(module, name)


def _unpacked(content: bytes) -> Draft:
    draft: Draft = _Drafts(BytesIO(content)).load()
    return draft
