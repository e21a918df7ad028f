"""Finds the sources that directives name, and the order in which they are joined, as in Sprockets. Pure.

Takes drafts and sources, gives logical paths and diagnostics. Knows the gems whose assets Rails projects name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os.path import dirname, join, normpath
from typing import Final

from buildassets.compiler.bundle.directive_names import (
    KindFilter,
    Place,
    SourcesByName,
    candidates,
    kinds_of,
    syntax_of,
)
from buildassets.compiler.languages.reference import Directive
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.names import file_name
from buildassets.compiler.sources.uncompiled import advice, is_compiled_beside, is_declaration
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import suffix
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath

_ANY_KIND: Final = ("link", "depend_on", "depend_on_asset", "link_tree", "link_directory", "depend_on_directory")
_GEMS: Final[Mapping[str, str]] = {
    "action_cable": "actioncable",
    "actioncable": "actioncable",
    "actiontext": "actiontext",
    "activestorage": "activestorage",
    "bootstrap": "bootstrap",
    "bootstrap-sprockets": "bootstrap-sass",
    "font-awesome": "font-awesome-rails",
    "jquery": "jquery-rails",
    "jquery-ui": "jquery-ui-rails",
    "jquery2": "jquery-rails",
    "jquery3": "jquery-rails",
    "jquery_ujs": "jquery-rails",
    "popper": "popper_js",
    "rails-ujs": "actionview",
    "select2": "select2-rails",
    "stimulus": "stimulus-rails",
    "timeago": "timeago_js",
    "trix": "actiontext",
    "turbo": "turbo-rails",
    "turbolinks": "turbolinks-source",
}


@frozen
class Requires:
    """The sources that the directives of one source name.

    - `required`: those to join with it, in order; the source itself is at the place of its own text
    - `stubbed`: those to leave out, with everything that they require
    - `linked`: those to release, too
    - `depended`: those whose change counts as a change of it
    - `refused`: those that nothing compiles
    """

    required: tuple[LogicalPath, ...]
    stubbed: tuple[LogicalPath, ...] = ()
    linked: tuple[LogicalPath, ...] = ()
    depended: tuple[LogicalPath, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    refused: tuple[LogicalPath, ...] = ()


NOTHING_REQUIRED: Final = Requires(())


def joining_order(tops: Sequence[LogicalPath], requires: Mapping[LogicalPath, Requires]) -> tuple[LogicalPath, ...]:
    """`tops` and everything that they require, each once, requirements first; without those that `tops` stub."""
    if len(tops) == 1 and requires[tops[0]] is NOTHING_REQUIRED:
        return (tops[0],)
    stubbed = [path for top in tops for path in requires[top].stubbed]
    left_out = set(_depth_first(stubbed, requires))
    return tuple(path for path in _depth_first(tops, requires) if path not in left_out)


def _depth_first(starts: Sequence[LogicalPath], requires: Mapping[LogicalPath, Requires]) -> Iterator[LogicalPath]:
    """All sources reached from `starts`, each after those that it requires.

    In a cycle, a source comes where it is met for the second time.
    """
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


class SprocketsLibrary:
    """Finds sources by the names in directives: below any source root, or relative to the file with the directive.

    `mains` gives the paths of a package's main files by the path or name of its folder. `places` are searched for files
    that are in no source root, or in one of npm.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        prefixes: Sequence[str],
        is_folder: Callable[[str], bool],
        mains: Callable[[str], Iterable[str]],
        *,
        places: Sequence[Place] = (),
    ) -> None:
        self._sources = sources
        self._prefixes = prefixes
        self._is_folder = is_folder
        self._mains = mains
        self._places = places
        self.elsewhere: dict[LogicalPath, Source] = {}  # sources found in `places` that are no assets

    @cached_property
    def _by_name(self) -> SourcesByName:
        return SourcesByName(self._sources, file_name)

    @cached_property
    def _by_path(self) -> SourcesByName:
        return SourcesByName(self._sources, lambda source: source.path)

    @cached_property
    def _nearby(self) -> Known:
        return Known(self._by_name)

    @cached_property
    def _logical(self) -> frozenset[str]:
        return frozenset(source.logical for source in self._sources)

    def requires(self, draft: Draft) -> Requires:
        """The sources that the directives of `draft` name."""
        if not draft.directives:
            return NOTHING_REQUIRED
        by_verb: dict[str, list[Source]] = {"require": [], "stub": [], "link": [], "depend": []}
        faults: list[Diagnostic] = []
        asked = [(directive, self._named(draft.source, directive)) for directive in draft.directives]
        stubbed = [target for directive, named in asked if directive.name == "stub" for target in _listed(named)]
        refused: list[Source] = []
        for directive, named in asked:
            if isinstance(named, Diagnostic):
                faults.append(named)
                continue
            takes_any = directive.name.startswith("depend_on")
            by_verb[directive.name.partition("_")[0]] += (
                target for target in named if takes_any or not target.uncompiled
            )
            lost = [target for target in named if target.uncompiled and target not in stubbed]
            if lost and not takes_any:
                refused += lost
                faults.append(_uncompiled(directive, lost))
        required, left_out, linked, depended = (_paths(by_verb[verb]) for verb in ("require", "stub", "link", "depend"))
        return Requires(
            required, left_out, linked=linked, depended=depended, diagnostics=tuple(faults), refused=_paths(refused)
        )

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
        gem = gem_of(directive.argument)
        is_alike = near and suffix(near) in (suffix(directive.argument), suffix(source.logical))
        hint = f"did you mean `{near}`?" if is_alike else None
        if gem:
            hint = f"it is of the gem `{gem}`: `buildassets migrate sprockets` lists folders of gems for `sources`"
        return error("directive/missing", message, directive.location, hint=hint)

    def _file(self, source: Source, directive: Directive) -> Source | None:
        kind = KindFilter(None if directive.name in _ANY_KIND else suffix(source.logical))
        named = directive.argument
        if named.startswith(("./", "../")):
            path = normpath(join(dirname(source.path), named))
            target = self._by_path.direct(path, kind) or self._by_path.index(path, kind) or self._main(path, source)
            return target or self._elsewhere(directive, kind, lambda place: place.name_of(path))
        for prefix in self._prefixes:
            name = normpath(join(prefix, named))
            target = self._by_name.direct(name, kind) or self._by_name.index(name, kind)
            if target := target or self._main(name, source):
                return target
        return self._elsewhere(directive, kind, lambda place: normpath(named))

    def _main(self, package: str, source: Source) -> Source | None:
        """The main file, of the kind of `source`, of the package at `package`, an absolute or a logical path."""
        kind = KindFilter(suffix(source.logical))
        mains = (self._by_path.direct(path, kind) for path in self._mains(package))
        return next((main for main in mains if main), None)

    def _elsewhere(
        self, directive: Directive, kind: KindFilter, name_in: Callable[[Place], str | None]
    ) -> Source | None:
        """The source in one of the places with the name that `name_in` gives for that place."""
        for place in self._places:
            name = name_in(place) if place.makes_assets or directive.name != "link" else None
            for candidate in candidates(name, kind.suffix, place.description) if name else ():
                target = place.source(candidate)
                if target and kind.fits(target):
                    if target.root < 0:
                        self.elsewhere[target.logical] = target
                    return target
        return None

    def _in_folder(self, source: Source, directive: Directive) -> Sequence[Source] | Diagnostic:
        folder = normpath(join(dirname(source.path), directive.argument))
        if not self._is_folder(folder):
            message = f"cannot find the folder `{directive.argument}`"
            return error("directive/missing", message, directive.location)
        is_tree = directive.name.endswith("_tree")
        is_any = directive.name in _ANY_KIND
        kind = directive.kind if "/" in directive.kind or not directive.kind else "." + directive.kind.lstrip(".")
        members = [
            member
            for member in self._sources
            if member.path != source.path
            and (member.path.startswith(folder + "/") if is_tree else dirname(member.path) == folder)
            and (is_any or syntax_of(member) is syntax_of(source))
            and (not kind or kind in kinds_of(member))
            and not (member.uncompiled and self._is_made_elsewhere(member))
        ]
        return sorted(members, key=lambda member: member.path)

    def _is_made_elsewhere(self, source: Source) -> bool:
        return is_declaration(source.path) or is_compiled_beside(source.logical, self._logical)


def _listed(named: Sequence[Source] | Diagnostic) -> Sequence[Source]:
    return () if isinstance(named, Diagnostic) else named


def _paths(sources: Iterable[Source]) -> tuple[LogicalPath, ...]:
    return tuple(dict.fromkeys(source.logical for source in sources))


def _uncompiled(directive: Directive, lost: Sequence[Source]) -> Diagnostic:
    """The error for a directive that names sources which nothing compiles."""
    kinds = sorted({suffix(source.path) for source in lost})
    listed = ", ".join(f"`{kind}`" for kind in kinds)
    what = f"`{lost[0].shown}`" if len(lost) == 1 else f"{len(lost)} files"
    message = f"`{directive.name}` asks for {what}, and nothing compiles {listed}"
    notes = [f"`{source.shown}`" for source in lost] if len(lost) > 1 else []
    return error("source/uncompiled", message, directive.location, notes=notes, hint=advice(*kinds))


def gem_of(name: str) -> str | None:
    """The gem with the asset `name`, as a directive names it; None if it is not known."""
    return _GEMS.get(name.partition("/")[0].partition(".")[0])
