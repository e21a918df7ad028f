"""Which sources the directives of a source mean, and the order in which they are joined, as Sprockets has it. Pure.

Takes drafts and sources, gives logical paths and diagnostics.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os.path import dirname, join, normpath
from typing import Final

from buildassets.compiler.bundle.directive_names import Names, Place, Wanted, candidates, kinds_of, syntax_of
from buildassets.compiler.languages.reference import Directive
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.names import file_name
from buildassets.compiler.sources.uncompiled import advice, is_compiled_beside, is_declaration
from buildassets.diagnostics import Diagnostic, error
from buildassets.frozen import frozen
from buildassets.media import suffix
from buildassets.nearest import Known
from buildassets.paths import LogicalPath

_ANY_KIND: Final = ("link", "depend_on", "depend_on_asset", "link_tree", "link_directory", "depend_on_directory")


@frozen
class Requires:
    """What a source asks for.

    `required` are the sources to be joined with it, itself among them where its own text stands; `stubbed` are those
    to be left out with all that they require; `linked` are to be released too; a change of `depended` is one of it.
    What is `refused` nothing compiles.
    """

    required: tuple[LogicalPath, ...]
    stubbed: tuple[LogicalPath, ...] = ()
    linked: tuple[LogicalPath, ...] = ()
    depended: tuple[LogicalPath, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    refused: tuple[LogicalPath, ...] = ()


def joining_order(tops: Sequence[LogicalPath], requires: Mapping[LogicalPath, Requires]) -> tuple[LogicalPath, ...]:
    """`tops` and all that they require, each once, what is required first; what `tops` stub is left out."""
    stubbed = [path for top in tops for path in requires[top].stubbed]
    left_out = set(_depth_first(stubbed, requires))
    return tuple(path for path in _depth_first(tops, requires) if path not in left_out)


def _depth_first(starts: Sequence[LogicalPath], requires: Mapping[LogicalPath, Requires]) -> Iterator[LogicalPath]:
    """Each source after those that it requires; in a cycle, where it is met for the second time."""
    seen: set[LogicalPath] = set()
    given: set[LogicalPath] = set()
    stack = [*reversed(starts)]
    while stack:
        path = stack.pop()
        if path not in seen:
            seen.add(path)
            stack.append(path)
            stack += reversed(requires[path].required)
        elif path not in given:
            given.add(path)
            yield path


class Library:
    """The sources as directives name them: below any source root, or relative to the file that names them.

    `mains` gives the paths of the files that the folder of a package stands for, by the path or name of that folder.
    `places` are where files are looked for that are in no source root, or in one of npm.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        prefixes: Sequence[str],
        is_folder: Callable[[str], bool],
        mains: Callable[[str], Iterable[str]],
        places: Sequence[Place] = (),
    ) -> None:
        self._sources = sources
        self._prefixes = prefixes
        self._is_folder = is_folder
        self._mains = mains
        self._places = places
        self.elsewhere: dict[LogicalPath, Source] = {}  # what was found in these and is no asset

    @cached_property
    def _by_name(self) -> Names:
        return Names(self._sources, file_name)

    @cached_property
    def _by_path(self) -> Names:
        return Names(self._sources, lambda source: source.path)

    @cached_property
    def _nearby(self) -> Known:
        return Known(self._by_name)

    @cached_property
    def _logical(self) -> frozenset[str]:
        return frozenset(source.logical for source in self._sources)

    def requires(self, draft: Draft) -> Requires:
        """What the directives of `draft` mean."""
        found: dict[str, list[Source]] = {"require": [], "stub": [], "link": [], "depend": []}
        faults: list[Diagnostic] = []
        asked = [(directive, self._named(draft.source, directive)) for directive in draft.directives]
        stubbed = [one for directive, named in asked if directive.name == "stub" for one in _listed(named)]
        refused: list[Source] = []
        for directive, named in asked:
            if isinstance(named, Diagnostic):
                faults.append(named)
                continue
            takes_any = directive.name.startswith("depend_on")
            found[directive.name.partition("_")[0]] += (one for one in named if takes_any or not one.uncompiled)
            lost = [one for one in named if one.uncompiled and one not in stubbed]
            if lost and not takes_any:
                refused += lost
                faults.append(_uncompiled(directive, lost))
        required, left_out, linked, depended = (_paths(found[key]) for key in ("require", "stub", "link", "depend"))
        return Requires(required, left_out, linked, depended, tuple(faults), _paths(refused))

    def _named(self, source: Source, directive: Directive) -> Sequence[Source] | Diagnostic:
        if directive.name == "require_self":
            return [source]
        if directive.name.endswith(("_tree", "_directory")):
            return self._in_folder(source, directive)
        named = self._file(source, directive)
        if named:
            return [named]
        near = self._nearby.nearest(directive.argument)
        message = f"cannot find `{directive.argument}`"
        hint = f"did you mean `{near}`?" if near else None
        return error("directive/missing", message, directive.location, hint=hint)

    def _file(self, source: Source, directive: Directive) -> Source | None:
        wanted = Wanted(None if directive.name in _ANY_KIND else suffix(source.logical))
        named = directive.argument
        if named.startswith(("./", "../")):
            path = normpath(join(dirname(source.path), named))
            found = self._by_path.direct(path, wanted) or self._by_path.index(path, wanted) or self._main(path, source)
            return found or self._elsewhere(directive, wanted, lambda place: place.name_of(path))
        for prefix in self._prefixes:
            name = normpath(join(prefix, named))
            found = self._by_name.direct(name, wanted) or self._by_name.index(name, wanted)
            if found := found or self._main(name, source):
                return found
        return self._elsewhere(directive, wanted, lambda place: normpath(named))

    def _main(self, package: str, source: Source) -> Source | None:
        """What the package, an absolute path or a logical one, names as its main file of the kind of `source`."""
        wanted = Wanted(suffix(source.logical))
        found = (self._by_path.direct(path, wanted) for path in self._mains(package))
        return next((one for one in found if one), None)

    def _elsewhere(self, directive: Directive, wanted: Wanted, name_in: Callable[[Place], str | None]) -> Source | None:
        """What has, in one of the places, the name that `name_in` gives for it."""
        for place in self._places:
            name = name_in(place) if place.makes_assets or directive.name != "link" else None
            for one in candidates(name, wanted.kind, place.description) if name else ():
                found = place.source(one)
                if found and wanted.fits(found):
                    if found.root < 0:
                        self.elsewhere[found.logical] = found
                    return found
        return None

    def _in_folder(self, source: Source, directive: Directive) -> Sequence[Source] | Diagnostic:
        folder = normpath(join(dirname(source.path), directive.argument))
        if not self._is_folder(folder):
            message = f"cannot find the folder `{directive.argument}`"
            return error("directive/missing", message, directive.location)
        is_tree = directive.name.endswith("_tree")
        is_any = directive.name in _ANY_KIND
        wanted = directive.kind if "/" in directive.kind or not directive.kind else "." + directive.kind.lstrip(".")
        found = [
            one
            for one in self._sources
            if one is not source
            and (one.path.startswith(folder + "/") if is_tree else dirname(one.path) == folder)
            and (is_any or syntax_of(one) is syntax_of(source))
            and (not wanted or wanted in kinds_of(one))
            and not (one.uncompiled and self._is_made_elsewhere(one))
        ]
        return sorted(found, key=lambda one: one.path)

    def _is_made_elsewhere(self, source: Source) -> bool:
        return is_declaration(source.path) or is_compiled_beside(source.logical, self._logical)


def _listed(named: Sequence[Source] | Diagnostic) -> Sequence[Source]:
    return () if isinstance(named, Diagnostic) else named


def _paths(sources: Iterable[Source]) -> tuple[LogicalPath, ...]:
    return tuple(dict.fromkeys(source.logical for source in sources))


def _uncompiled(directive: Directive, lost: Sequence[Source]) -> Diagnostic:
    """The fault of a directive that asks for sources which nothing compiles."""
    kinds = sorted({suffix(one.path) for one in lost})
    listed = ", ".join(f"`{kind}`" for kind in kinds)
    what = f"`{lost[0].shown}`" if len(lost) == 1 else f"{len(lost)} files"
    message = f"`{directive.name}` asks for {what}, and nothing compiles {listed}"
    notes = [f"`{one.shown}`" for one in lost] if len(lost) > 1 else []
    return error("source/uncompiled", message, directive.location, notes=notes, hint=advice(*kinds))
