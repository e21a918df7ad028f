"""Makes a plan for the compiler from the templates of a project.

Takes Django's settings, gives the arguments that hand the plan to the compiler. Writes below the folder of the cache.
Imports Django.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from time import monotonic
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError

from buildassets.compat.compressor.compile import plan_trace
from buildassets.compat.compressor.compile.contents import BlockContents, RenderedBlock, kept_directory
from buildassets.compat.compressor.compile.contexts import ProbedContexts, thread_state
from buildassets.compat.compressor.compile.django_blocks import DjangoBlocks
from buildassets.compat.compressor.compile.django_templates import build_engines, template_names
from buildassets.compat.compressor.compile.environment_reads import recorded_environment
from buildassets.compat.compressor.compile.found_blocks import FoundBlocks
from buildassets.compat.compressor.compile.marks import root_name, without_queries
from buildassets.compat.compressor.compile.page_templates import has_listeners
from buildassets.compat.compressor.compile.precompilers import was_libsass
from buildassets.compat.compressor.compile.rendering import Rendering
from buildassets.compat.compressor.compile.sass_texts import sass_digits
from buildassets.compat.compressor.compile.settings import build_options, setting_faults
from buildassets.compat.compressor.compile.sources import GeneratedSources
from buildassets.compat.compressor.compile.static_files import StaticFiles, collected_root, files_listed_once
from buildassets.compat.compressor.run.elements import elements_of
from buildassets.compat.compressor.run.key import Block, block_key
from buildassets.compat.compressor.run.state import State
from buildassets.compat.plan_file import plain, plan_folder, plan_path, write_plan
from buildassets.compiler.cache.folder import FOLDER_VARIABLE
from buildassets.compiler.config.block_plan import FORMAT
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, render_text
from buildassets.foundation.frozen import frozen, replace
from buildassets.runtime.django.sources import as_glob

__all__ = ["TemplateScope", "planned", "planned_blocks", "scope"]

_SUFFIXES: Final = (".html",)
_JINJA_SUFFIXES: Final = (".html", ".jinja", ".jinja2", ".j2")
_MODULES: Final = (".py", ".pyc")
_GENERATED: Final = "sources"
_LONG_SECONDS: Final = 1
_UNWRITABLE: Final = (
    f"check the permissions and the free space there, or name another folder for the cache in `{FOLDER_VARIABLE}`"
)


@frozen
class TemplateScope:
    """Which templates are looked into: their suffixes and engines, where not all; and whether links are followed."""

    suffixes: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    follow_links: bool = False


_SCOPE: Final[ContextVar[TemplateScope]] = ContextVar("buildassets_compressor_scope", default=TemplateScope())  # noqa: B039 frozen


@contextmanager
def scope(given: TemplateScope) -> Iterator[None]:
    """Collect within that scope meanwhile."""
    token = _SCOPE.set(given)
    try:
        yield
    finally:
        _SCOPE.reset(token)


def planned() -> list[str]:
    """Write the plan; gives the arguments that hand it to the compiler."""
    folder = plan_folder("compressor")
    with kept_directory():
        contexts = ProbedContexts()
    key = None if contexts.text is None else plan_trace.deciding_key((_SCOPE.get(), contexts.text))
    if key is None or not plan_trace.holds(folder, key):
        _write(folder, key, contexts)
    return ["--plan", os.path.relpath(plan_path(folder))]


def planned_blocks() -> int:
    """The number of blocks in the plan that was written last."""
    with open(plan_path(plan_folder("compressor")), encoding="utf-8") as file:
        return len(json.load(file)["blocks"])


def _write(folder: str, key: str | None, contexts: ProbedContexts) -> None:
    """Collect all blocks and write the plan, with the trace by which a later build finds it still valid, if possible.

    `key` contains all that decides the plan besides files; None if that is not known.
    """
    with _writing(folder):
        plan_trace.forget(folder)
    collection = _Collection(contexts)
    recorded = plan_trace.recorded_reads(), recorded_environment()
    with recorded[0] as reads, recorded[1] as variables, kept_directory(), files_listed_once():
        document, sources = collection.document(folder)
    document["inputs"] = sorted({*document["inputs"], *collection.included(reads.stamps)})
    with _writing(folder):
        sources.write(os.path.join(folder, _GENERATED))
        write_plan(folder, document)
        if key is not None and reads.all_files and contexts.is_stable and collection.is_traceable():
            paths = [*document["inputs"], *collection.looked_for()]
            plan_trace.keep(folder, key, reads, paths, variables=variables)


@contextmanager
def _writing(folder: str) -> Iterator[None]:
    """Raise CommandError, with the exit code of a build that fails, where `folder` cannot be written."""
    try:
        yield
    except OSError as fault:
        message = f"cannot write the folder `{_shown(folder)}` for the blocks of templates: {reason_text(fault)}"
        path = _shown(os.fspath(fault.filename2 or fault.filename or folder))
        report = render_text(error("output/unwritable", message, Location(path), hint=_UNWRITABLE))
        raise CommandError(report, returncode=1) from None


class _Collection:
    """The blocks of one build."""

    def __init__(self, contexts: ProbedContexts) -> None:
        self._contexts = contexts
        self._sources = GeneratedSources()
        self._files = StaticFiles()
        self._blocks = FoundBlocks()
        self._faults: list[Diagnostic] = [*setting_faults()]
        self._same: dict[tuple[Block, str], RenderedBlock] = {}  # which give the same in each context
        self._seen: set[tuple[Block, str, tuple[str, int, int] | None]] = set()  # in this context
        self._templates: set[str] = set()
        self._roots: set[str] = set()
        self._contents: BlockContents | None = None

    def document(self, folder: str) -> tuple[dict[str, Any], GeneratedSources]:
        """The plan as JSON values, and the sources that it names."""
        if not any(fault.is_error for fault in self._faults):
            self._contents = BlockContents(build_options(), self._files, self._sources, _shown)
            try:
                self._collect(self._contents)
            except BuildError as fault:
                self._faults += fault.diagnostics
        contents = self._contents
        found = [*self._faults, *self._blocks.diagnostics, *(contents.all_diagnostics() if contents else [])]
        folders = {os.path.dirname(os.path.abspath(path)) for path in self._templates}
        read = contents.read if contents else ()
        inputs = sorted({*folders, *self._templates, *read, *self._awaited()} - {""})
        return {
            "format": FORMAT,
            "shown": os.path.relpath(os.path.join(folder, _GENERATED)).replace(os.sep, "/"),
            "folder": _GENERATED,
            "blocks": self._blocks.blocks(),
            "files": contents.named_as if contents else {},
            "bundles": {name: list(members) for name, members in (contents.bundles if contents else {}).items()},
            "parts": sorted(self._sources.texts.keys() - self._sources.named),
            "named": sorted(self._sources.named),
            "packaged": [f"./{as_glob(path)}" for path in sorted(self._sources.packaged)],
            "places": {path: asdict(place) for path, place in self._sources.places.items()},
            "roots": [*_sass_roots(contents, self._files), *_collected_roots(contents)] if contents else [],
            "load_paths": _load_paths(self._files),
            "sass_digits": sass_digits(),
            "was_libsass": contents is not None and was_libsass(contents.options.precompilers),
            "merged": [[root.path, root.prefix] for root in self._files.roots],
            "data_url_bytes": contents.options.data_url_bytes if contents else 0,
            "diagnostics": [plain(one) for one in dict.fromkeys(found)],
            "inputs": [os.path.abspath(path) for path in inputs],
            "renew": _renewal(),
        }, self._sources

    def is_traceable(self) -> bool:
        """Whether nothing but files, settings and contexts decided: no program, and no filter of the project's."""
        has_errors = any(one.is_error for one in (*self._faults, *self._blocks.diagnostics))
        contents = self._contents
        return contents is not None and contents.is_traceable and not (has_errors or has_listeners())

    def looked_for(self) -> Iterator[str]:
        """Where the static files that blocks link are, or might be."""
        for path in self._contents.linked if self._contents else ():
            yield from self._files.candidates(path)

    def included(self, reads: Iterable[str]) -> Iterator[str]:
        """Those of the files that were read which lie in folders of templates: a block may include any of them."""
        roots = tuple({root.rstrip(os.sep) + os.sep for root in self._roots})
        for path in map(os.path.abspath, reads):
            if path.startswith(roots) and not path.endswith(_MODULES) and os.path.isfile(path):
                yield path

    def _awaited(self) -> Iterator[str]:
        """Where the static files would be that blocks link and nobody has: one that comes mends its block."""
        for path in self._contents.linked if self._contents else ():
            if not self._files.find(path):
                yield from self._files.candidates(path)

    def _collect(self, contents: BlockContents) -> None:
        state, readers, progress = thread_state(), [*_readers(_SCOPE.get())], _Progress()
        for values in self._contexts.each():
            if (now := thread_state()) != state:  # which may decide what a loader finds
                self._leave(readers)
                state, readers = now, [*_readers(_SCOPE.get())]
                self._same.clear()
            self._seen.clear()
            for reader in readers:
                for rendering in reader.renderings(values):
                    progress.add()
                    self._take(contents, replace(rendering, values=values), state)
        self._leave(readers)
        progress.end()

    def _leave(self, readers: Iterable[Any]) -> None:
        """Keep the diagnostics of readers of templates."""
        for reader in readers:
            self._faults += reader.diagnostics
            self._templates |= reader.files
            self._roots |= reader.roots

    def _take(self, contents: BlockContents, rendering: Rendering, state: State) -> None:
        """Add what a rendering becomes to the blocks, unless the same was taken before."""
        text, queries = without_queries(rendering.text)
        if queries:
            roots = {root_name(name) for name in queries}
            missing = tuple(name for name in rendering.missing if root_name(name) not in roots)
            rendering = replace(rendering, text=text, missing=missing)
        where = rendering.place.tag
        # A parent's block, which a hundred templates inherit; programs may make something else of it at another place.
        anywhere, here = (rendering.block, rendering.text), (rendering.block, rendering.text, where)
        same = self._same.get(anywhere)
        is_seen = here in self._seen or (same is not None and (*anywhere, None) in self._seen)
        if same is not None or is_seen:
            contents.known.add(where)
        if is_seen:
            return
        made = same or contents.made(rendering)
        if made.tags is None:
            return
        self._seen |= {(*anywhere, None), here}
        if made.is_ours:
            self._same[anywhere] = made
        elements = elements_of(rendering.text)
        key = block_key(rendering.block, elements, contents.options.prefixes, self._is_file, loose=made.is_loose)
        self._blocks.add(key, made.tags, rendering.place, state)

    def _is_file(self, path: str) -> bool:
        return (self._files.find(path) or self._files.collected(path)) is not None


class _Progress:
    """A line on a terminal that counts the renderings of blocks, where these take long."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._count = 0
        self._is_shown = False

    def add(self) -> None:
        """Count a rendering."""
        self._count += 1
        if monotonic() - self._began > _LONG_SECONDS and sys.stderr.isatty():
            self._is_shown = True
            sys.stderr.write(f"\rrendering blocks of templates: {self._count:,}")
            sys.stderr.flush()

    def end(self) -> None:
        """Erase the line."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _renewal() -> list[str]:
    """The command that writes the plan again; none where settings are not a module that another process could load."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        return []
    return [sys.executable, "-m", "django", "compress", "--force", "--only-plan", "--pythonpath", sys.path[0] or "."]


def _readers(given: TemplateScope) -> Iterator[Any]:
    """The readers of templates, one for each engine."""
    if not given.engines or "django" in given.engines:
        for engine in build_engines():
            names = template_names(engine, given.suffixes or _SUFFIXES, follow_links=given.follow_links)
            yield DjangoBlocks(engine, names, _shown)
    if not given.engines or "jinja2" in given.engines:
        from buildassets.compat.compressor.compile.jinja_blocks import JinjaBlocks, build_environments

        for environment in build_environments():
            yield JinjaBlocks(environment, given.suffixes or _JINJA_SUFFIXES, _shown)


def _shown(path: str) -> str:
    """A path as a user would write it: relative where it lies below the working directory."""
    if not os.path.isabs(path):
        return path
    found = os.path.relpath(path)
    return (path if found.startswith(os.pardir) else found).replace(os.sep, "/")


def _sass_roots(contents: BlockContents, files: StaticFiles) -> Iterator[dict[str, Any]]:
    """Source roots for the Sass files of packages that blocks name: of others' folders none is compiled else."""
    for path, file in sorted(contents.sass_files.items()):
        root = files.root_of(file)
        if root is not None:
            below = os.path.relpath(file, root.path).replace(os.sep, "/")
            yield {"path": root.path, "shown": _shown(root.path), "prefix": root.prefix, "include": [f"./{below}"]}
        assert path


def _collected_roots(contents: BlockContents) -> Iterator[dict[str, Any]]:
    """A source root for what only the root of collected files holds, of which nothing else is released."""
    if contents.collected:
        path = collected_root()
        include = [f"./{name}" for name in sorted(contents.collected)]
        yield {"path": path, "shown": _shown(path), "prefix": "", "include": include}


def _load_paths(files: StaticFiles) -> list[str]:
    """The folders in which Sass searches for imports: the finders' folders, and those of LIBSASS_*."""
    more: Sequence[Any] = getattr(settings, "LIBSASS_ADDITIONAL_INCLUDE_PATHS", None) or ()
    if not apps.is_installed("django.contrib.staticfiles"):
        return [os.path.abspath(str(one)) for one in more]
    return [*(root.path for root in files.roots), *(os.path.abspath(str(one)) for one in more)]
