"""Which sources the directives of a source mean, and the order in which they are joined, as Sprockets has it. Pure.

Takes drafts and sources, gives logical paths and diagnostics.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from os.path import dirname, join, normpath
from typing import Final

from buildassets.compiler.languages.reference import Directive
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.sources.discover import file_name
from buildassets.diagnostics import Diagnostic, error
from buildassets.frozen import frozen
from buildassets.media import Media, media_of, suffix
from buildassets.nearest import Known
from buildassets.paths import LogicalPath

_ANY_KIND: Final = ("link", "depend_on", "depend_on_asset", "link_tree", "link_directory", "depend_on_directory")


@frozen
class Requires:
    """What a source asks for.

    `required` are the sources to be joined with it, itself among them where its own text stands; `stubbed` are those
    to be left out with all that they require; `linked` are to be released too; a change of `depended` is one of it.
    """

    required: tuple[LogicalPath, ...]
    stubbed: tuple[LogicalPath, ...] = ()
    linked: tuple[LogicalPath, ...] = ()
    depended: tuple[LogicalPath, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


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
    """The sources as directives name them: below any source root, or relative to the file that names them."""

    def __init__(self, sources: Sequence[Source], prefixes: Sequence[str], is_folder: Callable[[str], bool]) -> None:
        self._sources = sources
        self._prefixes = prefixes
        self._is_folder = is_folder
        self._by_name = {name: source for source in reversed(sources) for name in (file_name(source), source.logical)}
        self._nearby = Known(self._by_name)
        self._by_path: dict[str, Source] = {}
        for source in reversed(sources):
            self._by_path |= {_as_compiled(source.path, source): source, source.path: source}
            self._by_name.setdefault(_as_compiled(file_name(source), source), source)

    def requires(self, draft: Draft) -> Requires:
        """What the directives of `draft` mean."""
        own = draft.source.logical
        found: dict[str, list[LogicalPath]] = {"require": [], "stub": [], "link": [], "depend": []}
        faults = []
        for directive in draft.directives:
            if directive.name == "require_self":
                found["require"].append(own)
                continue
            named = self._named(draft.source, directive)
            if isinstance(named, Diagnostic):
                faults.append(named)
            else:
                found[directive.name.partition("_")[0]] += named
        required = tuple(dict.fromkeys(found["require"]))
        return Requires(required, tuple(found["stub"]), tuple(found["link"]), tuple(found["depend"]), tuple(faults))

    def _named(self, source: Source, directive: Directive) -> list[LogicalPath] | Diagnostic:
        if directive.name.endswith(("_tree", "_directory")):
            return self._in_folder(source, directive)
        named = self._file(source, directive)
        if named:
            return [named.logical]
        near = self._nearby.nearest(directive.argument)
        message = f"cannot find `{directive.argument}`"
        hint = f"did you mean `{near}`?" if near else None
        return error("directive/missing", message, directive.location, hint=hint)

    def _file(self, source: Source, directive: Directive) -> Source | None:
        kind = suffix(source.logical)
        is_any = directive.name in _ANY_KIND
        named = directive.argument
        is_relative = named.startswith(("./", "../"))
        for base in [dirname(source.path)] if is_relative else self._prefixes:
            stem = normpath(join(base, named))
            known = self._by_path if is_relative else self._by_name
            names = (stem, stem + kind, f"{stem}/index{kind}") if is_any else (stem + kind, stem, f"{stem}/index{kind}")
            for name in names:
                found = known.get(name)
                if found and (is_any or _syntax(found) == _syntax(source)):
                    return found
        return None

    def _in_folder(self, source: Source, directive: Directive) -> list[LogicalPath] | Diagnostic:
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
            and (is_any or _syntax(one) == _syntax(source))
            and wanted in ("", suffix(one.logical), media_of(one.logical).type)
        ]
        return [one.logical for one in sorted(found, key=lambda one: one.path)]


def _as_compiled(name: str, source: Source) -> str:
    """The `name` of the file of `source` with the suffix of what it becomes, as Sprockets writes it: of `v/item.jst` it
    is `v/item.js`."""
    return name[: -len(suffix(name)) or None] + suffix(source.logical)


def _syntax(source: Source) -> object:
    media: Media = media_of(source.logical)
    return media.syntax
