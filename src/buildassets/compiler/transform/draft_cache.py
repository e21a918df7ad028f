"""Caches drafts between builds, each for as long as everything that it depends on is the same.

Only drafts that an engine compiled or minified are kept: reading and scanning any other source takes no longer than a
look into the cache.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Final

from buildassets._version import __version__
from buildassets.compiler.body import LostBodyError
from buildassets.compiler.cache.portable_names import PortableNames
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.cache.toolchain import is_for_packages, own_files
from buildassets.compiler.cache.traces import Stale, Trace
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.guarded import GuardedEngine
from buildassets.compiler.engines.program_files import names_in
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.model import Draft, Recipe, Source
from buildassets.compiler.transform.draft_form import DraftForm
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.compiler.transform.recipes import making_by, makings
from buildassets.disk.tools_folder import package_records
from buildassets.foundation.digest import digest_of_all
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath

if TYPE_CHECKING:
    from buildassets.compiler.transform.command_engine import CommandEngine

_STEP: Final = "draft "  # with the logical path, a NUL and the name of the source


def names_for(config: Config) -> PortableNames:
    """The names in the cache for the files of a project and of the folders that its settings name."""
    packages = filter(is_for_packages, sys.path)
    folders = {f"source-{number}": root.path for number, root in enumerate(config.sources)}
    folders |= {f"load-{number}": path for number, path in enumerate(config.load_paths)}
    folders |= {f"packages-{number}": path for number, path in enumerate(packages)}
    return PortableNames(config.folder, folders)


def step_name(logical: LogicalPath, path: str, names: PortableNames) -> str:
    """The name of the step that makes the draft `logical` of the source at the absolute `path`."""
    return f"{_STEP}{logical}\0{names.name(path)}"


class KeptDrafts:
    """The cached drafts that `engines` made of the sources of one project."""

    def __init__(self, cache: Cache, config: Config, engines: EngineSet) -> None:
        self._cache = cache
        self._config = config
        self._engines = engines
        self._names = names_for(config)
        self._identities: dict[int, str] = {}

    def holds(self, source: Source) -> bool:
        """Whether a valid draft of `source` is kept; does not load it.

        The key, which takes 40 ms the first time, is not computed if no draft of `source` is kept at all.
        """
        return self.knows(source) and self._cache.holds(*self.step_of(source))

    def knows(self, source: Source) -> bool:
        """Whether a draft of `source` is kept, valid or not."""
        return self._cache.knows(self._step(source))

    def fetch(self, sources: Iterable[Source]) -> None:
        """Take over from the remote cache the drafts of those `sources` that have to be made, if there is one."""
        if self._cache.is_remote:
            self._cache.fetch(map(self.step_of, sources))

    def draft(self, source: Source, make: Callable[[Source], Draft]) -> Draft:
        """The draft of `source`, kept or made; made if it was of files that are behind links out of a root now."""
        if not self.knows(source):
            began_ns, began = self.now(), monotonic()
            draft = make(source)
            self.keep(draft, began_ns, monotonic() - began)
            return draft
        draft = self._cache.step(*self.step_of(source), lambda: make(source), self._form_of(source))
        return make(source) if not draft.failed and self._engines.linked.refuses(draft) else draft

    def now(self) -> int:
        """The present time, for the `began_ns` of `keep`."""
        return self._cache.now()

    def prepare(self, sources: Iterable[Source]) -> None:
        """Compute what the keys of `sources` have in common: digests of engines and of their programs."""
        for source in sources:
            self.step_of(source)

    def keep(self, draft: Draft, began_ns: int, seconds: float = 0.0) -> None:
        """Keep `draft`, the work on which began at `began_ns` and took so many `seconds`, if an engine made it."""
        source = draft.source
        run = self._form_of(source).run(draft)
        self._cache.keep(self._step(source), lambda: self.step_of(source)[1], run, began_ns, seconds=seconds)

    def step_of(self, source: Source) -> tuple[str, str]:
        """The name of the step that makes the draft of `source`, and its key, which covers all inputs but files."""
        settings = f"{self._config.directives} {bool(self._config.source_maps)} {self._config.templating}"
        settings += f" {source.root in self._engines.lenient} {source.root in self._engines.of_others}"
        if source.recipe is not None:
            settings += f" {making_by(source.recipe).deciding(source.recipe)}"
        if source.syntax is Syntax.JAVASCRIPT:
            settings += f" {self._config.define} {self._engines.meta_env}"
        identities = (self._identity(engine) if engine else "" for engine in self._engines.used_on(source))
        key = digest_of_all([self._own, settings, *identities])
        return self._step(source), key

    def _step(self, source: Source) -> str:
        return step_name(source.logical, source.path, self._names)

    def _form_of(self, source: Source) -> DraftForm:
        return DraftForm(source, self._names, self._engines.shown)

    @cached_property
    def _own(self) -> str:
        """A digest of this package, and of the interpreter's tables that its readers use."""
        used = (f"{name} {self._cache.files.of(path)}" for name, path in own_files())
        return digest_of_all([__version__, repr(sys.version_info[:2]), *used])

    def _identity(self, engine: "KnownEngine | CommandEngine") -> str:
        """A digest of everything that decides the results of `engine`, besides the files that it reads."""
        if id(engine) not in self._identities:
            self._identities[id(engine)] = digest_of_all(self._deciding(engine))
        return self._identities[id(engine)]

    def _deciding(self, engine: "KnownEngine | CommandEngine") -> Iterator[str]:
        digest_of = self._cache.files.of
        yield from (engine.name, engine.version)
        yield from sorted(f"{os.path.basename(path)} {digest_of(path)}" for path in engine.programs)
        for name in engine.reads:
            yield from (name, *self._setting(name))
        yield from self._engines.deciding(engine)
        if isinstance(engine, GuardedEngine):  # which may run any program, and any package of npm's
            folders = os.environ.get("PATH", "").split(os.pathsep)
            yield from sorted(digest_of_all(sorted(names_in(path))) for path in folders if os.path.isdir(path))
            yield from map(digest_of, package_records(self._config.folder))

    def _setting(self, name: str) -> Iterator[str]:
        if name == "url":
            yield self._config.url
        elif name == "browsers":
            yield from self._config.browsers
        elif name == "templates":
            from buildassets.compiler.sources.template_files import scanned_globs

            yield from map(self._names.name, scanned_globs(self._config))
            roots = [(root.include, root.exclude) for root in self._config.sources]
            yield repr((self._config.exclude, self._config.plain, roots))
        elif name == "of_others":
            yield from map(self._names.name, self._config.of_others)
        elif name == "load_paths":
            yield from map(self._names.name, self._config.load_paths)
            yield from (f"{self._names.name(path)} {prefix}" for path, prefix in self._config.merged)
        else:
            yield from map(self._names.name, os.environ.get(name.upper(), "").split(os.pathsep))


class KeptResults:
    """The results of engines in `cache` by their digests, for assets that are known to be as they were."""

    def __init__(self, cache: Cache | None, config: Config) -> None:
        self._cache = cache
        self._names = names_for(config)
        self._shown = config.shown

    def path_of(self, digest: str) -> str:
        """The path of a result, whether it is there or not."""
        return self._cache.path_of(digest) if self._cache else ""

    def draft_of(self, source: Source, digest: str, size_bytes: int, looked_at: Collection[str]) -> Draft:
        """The draft of `source`, made of files among those at the paths `looked_at`.

        Raises LostBodyError if it is not there.
        """
        content = self._cache.content_of(digest, size_bytes) if self._cache else None
        form = DraftForm(source, self._names, self._shown)
        try:
            if content is not None:
                return form.loads(content, frozenset(map(self._names.name, looked_at)))
        except ValueError:
            pass
        raise LostBodyError


def rerun_reasons(cache: Cache) -> dict[LogicalPath, Stale]:
    """The reasons for which drafts were made again in this build, by logical path."""
    return {_asset(step): stale for step, stale in sorted(cache.rerun.items()) if step.startswith(_STEP)}


def shown_steps(names: Iterable[str]) -> tuple[str, ...]:
    """`names` with logical paths in place of the steps that make drafts."""
    return tuple(sorted({_asset(name) if name.startswith(_STEP) else name for name in names}))


def known_drafts(
    cache: Cache, config: Config, engines: EngineSet, is_meant: Callable[[LogicalPath, str], bool]
) -> dict[LogicalPath, Stale | Trace]:
    """The kept drafts of earlier builds, each with the reason for which it is stale, or its valid trace.

    `is_meant` selects drafts by logical path and name of the source.
    """
    reasons: dict[LogicalPath, Stale | Trace] = {}
    kept, names = KeptDrafts(cache, config, engines), names_for(config)
    for step in sorted(cache.steps()):
        if step.startswith(_STEP) and is_meant(_asset(step), name := step.partition("\0")[2]):
            path = names.path(name)
            recipe = _planned(config, _asset(step), path)
            source = Source(_asset(step), path, shown=config.shown(path), root=0, relative=name, recipe=recipe)
            reasons[_asset(step)] = cache.trace(step, kept.step_of(source)[1])
    return reasons


def _planned(config: Config, logical: LogicalPath, path: str) -> Recipe | None:
    """The recipe that makes `logical` now of the source at `path`; None if that is a file of its own."""
    if not os.path.isfile(os.path.dirname(path)):  # below which the path of a recipe is
        return None
    recipes = (one.planned(config, logical, path) for one in makings())
    return next((recipe for recipe in recipes if recipe is not None), None)


def _asset(step: str) -> LogicalPath:
    return LogicalPath(step.removeprefix(_STEP).partition("\0")[0])
